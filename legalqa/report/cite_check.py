"""The report on a cite-checked draft, as a Word file: what is wrong first, then every sentence and its grounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from legalqa.errors import UserError
from legalqa.report.as_text import clean
from legalqa.report.commented import WORDS, remark
from legalqa.values.answer import WORST_FIRST, Authority, Sentence, VerifiedAnswer

if TYPE_CHECKING:
    from docx.document import Document

_RIGHT = ("verbatim", "supported")


def write(checked: VerifiedAnswer, matter: str, target: Path, warnings: Sequence[str] = ()) -> None:
    """Write the report on `checked`, a draft held against the matter of that name; `warnings` say what should be seen
    before it leaves the firm.

    Raises UserError if the file cannot be written.
    """
    import docx

    report = docx.Document()
    report.core_properties.author = "LegalQA"
    report.core_properties.title = f"Cite-check of {Path(checked.question).name}"
    report.add_heading(f"Cite-check of {clean(Path(checked.question).name)}", level=0)
    report.add_paragraph(
        f"Held against the record of the matter “{clean(matter)}” on {datetime.now(UTC):%d %B %Y}: "
        f"{checked.searched.documents:,} documents, {checked.searched.pages:,} pages. "
        "Whether an authority is good law was not examined."
    )
    _counts(report, checked.sentences)
    _warnings(report, warnings)
    faults = [sentence for sentence in checked.sentences if sentence.verdict not in _RIGHT]
    _sentences(report, "What needs a look", sorted(faults, key=lambda one: WORST_FIRST.index(one.verdict)))
    _authorities(report, checked.authorities)
    _sentences(report, "Every sentence, in order", checked.sentences)
    _unread(report, checked)
    try:
        report.save(str(target))
    except OSError as error:
        raise UserError(f"The report could not be written to {target} ({error.strerror}).") from None


def _counts(report: Document, sentences: Sequence[Sentence]) -> None:
    counts = Counter(sentence.verdict for sentence in sentences)
    table = report.add_table(rows=1, cols=2, style="Light List")
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Verdict", "Sentences"
    for verdict in WORST_FIRST:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = WORDS[verdict], str(counts[verdict])


def _warnings(report: Document, warnings: Sequence[str]) -> None:
    if not warnings:
        return
    report.add_heading("Before it leaves the firm", level=1)
    for words in warnings:
        report.add_paragraph(clean(words), style="List Bullet")


def _sentences(report: Document, heading: str, sentences: Sequence[Sentence]) -> None:
    report.add_heading(heading, level=1)
    if not sentences:
        report.add_paragraph("Nothing.")
    for sentence in sentences:
        report.add_paragraph(clean(sentence.text), style="Intense Quote")
        for line in remark(sentence).splitlines():
            report.add_paragraph(clean(line), style="List Bullet")


def _authorities(report: Document, authorities: Sequence[Authority]) -> None:
    if not authorities:
        return
    report.add_heading("Authorities", level=1)
    table = report.add_table(rows=1, cols=3, style="Light List")
    for cell, text in zip(table.rows[0].cells, ("Cited", "Known", "Where"), strict=True):
        cell.text = text
    for authority in authorities:
        row = (clean(authority.text), authority.status.replace("_", " "), clean("; ".join(authority.where)))
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _unread(report: Document, checked: VerifiedAnswer) -> None:
    """What could not be searched may hold what was not found."""
    unread = [*checked.searched.unreadable_pages, *checked.searched.partly_read]
    if unread:
        report.add_heading("Not searched, or only in part", level=1)
        for one in unread:
            report.add_paragraph(clean(one), style="List Bullet")
