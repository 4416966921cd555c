"""The planted-error suite's report: one page for the firm's file, as Word or Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from legalqa.errors import UserError
from legalqa.report.as_text import clean

KINDS = {
    "number": "a figure changed",
    "number_word": "a number in words changed",
    "negation": "a negation put in or taken out",
    "party_swap": "parties that change places",
    "modality": "may for must, or must for may",
    "wrong_document": "words of another document",
    "wrong_page": "words of another page",
    "invented_quote": "an invented quotation",
    "invented_authority": "an invented authority",
}
HEADS = ("Error planted", "Claims", "Caught", "Precision")


def rows(told: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """The table: a line for each kind, then all of them, then the true claims that were let stand."""
    figures = told["planted"]
    lines = [_row(KINDS[kind], one) for kind, one in figures["kinds"].items()]
    if "all" in figures:
        lines.append(_row("all kinds", figures["all"]))
    true = figures["true"]
    return [*lines, ("true claims, accepted", str(true["n"]), f"{100 * true['accepted']:.1f}%", "")]


def _row(words: str, one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return words, str(one["n"]), f"{100 * one['recall']:.1f}%", f"{100 * one['precision']:.1f}%"


def lines(told: Mapping[str, Any]) -> list[str]:
    """What was run: for a reader years later."""
    about = told["about"]
    return [
        f"Matter “{clean(about['matter'])}”, {about['documents']:,} documents, fingerprint {about['fingerprint'][:16]}",
        f"LegalQA {about['program']}, run {about['at']}, seed {about['seed']}",
        *(f"{one['role'].capitalize()} model {one['id']}, SHA-256 {one['sha256']}" for one in about["models"]),
    ]


NOTE = (
    "Claims about the matter's own documents were put to the verifier, as they stand there and with one error planted. "
    "Caught: the share of the altered claims that were flagged. Precision: of what is flagged when true and altered "
    "claims are equally many, the share that is altered. Whether an authority is good law is never examined."
)


def as_text(told: Mapping[str, Any]) -> str:
    """Markdown, which is also what the command line prints."""
    table = [" | ".join(("", *row, "")).strip() for row in (HEADS, ("---",) * len(HEADS), *rows(told))]
    return "\n".join(("# Planted-error suite", "", *(f"- {line}" for line in lines(told)), "", *table, "", NOTE))


def write(told: Mapping[str, Any], target: Path) -> None:
    """A Word file of one page. Raises UserError if it cannot be written."""
    import docx
    from docx.shared import Inches

    report = docx.Document()
    report.core_properties.author = "LegalQA"
    report.core_properties.title = "Planted-error suite"
    report.add_heading("Planted-error suite", level=1)
    for line in lines(told):
        report.add_paragraph(clean(line), style="List Bullet")
    table = report.add_table(rows=1, cols=len(HEADS), style="Light List")
    for row in (HEADS, *rows(told)):
        cells = table.rows[0].cells if row is HEADS else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
        cells[0].width = Inches(3.0)
    report.add_paragraph(NOTE)
    report.add_paragraph("Filed by: ____________________        Date: ____________________")
    try:
        report.save(str(target))
    except OSError as error:
        raise UserError(f"The report could not be written to {target} ({error.strerror}).") from None
