"""The sample matter: its questions are true of its documents, its sums add up, and it can be made again."""

from __future__ import annotations

import email
import email.policy
import importlib.util
import json
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "sample"
DOCUMENTS = SAMPLE / "documents"
SCAN = "Northgate letter 2024-06-11 (scan).pdf"
INVOICE = "Northgate invoice NMS-24-1187.pdf"
TRANSCRIPT = "Deposition of Dana Okafor 2025-03-18.pdf"
KINDS = {"fact", "amount", "date", "clause", "party", "amended", "scan", "testimony", "table"}
KINDS_WITHOUT_ANSWER = {"unanswerable", "false_premise"}
LIMIT_BYTES = 4_000_000


def _questions() -> list[dict[str, Any]]:
    lines = (SAMPLE / "qa.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


QUESTIONS = _questions()


def _builder() -> Any:
    """``build.py``, which lies outside any package."""
    spec = importlib.util.spec_from_file_location("sample_build", SAMPLE / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _pages_as_extracted(name: str) -> list[str]:
    document = pypdfium2.PdfDocument(DOCUMENTS / name)
    return [page.get_textpage().get_text_bounded() for page in document]


@cache
def _pages(name: str) -> list[str]:
    """The text of each page, whitespace normalised; one piece for files that have no pages."""
    path = DOCUMENTS / name
    match path.suffix:
        case ".pdf" if name == SCAN:
            pieces = (SAMPLE / "sources" / "scan_letter.txt").read_text(encoding="utf-8").split("\n===\n")
        case ".pdf":
            pieces = _pages_as_extracted(name)
        case ".docx":
            document = docx.Document(str(path))
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            pieces = ["\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])]
        case ".eml":
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            part = message.get_body(("plain",))
            assert part is not None
            pieces = [part.get_content()]
        case _:
            pieces = [path.read_text(encoding="utf-8")]
    return [_normal(piece) for piece in pieces]


def test_there_is_enough_of_everything() -> None:
    names = [path.name for path in DOCUMENTS.iterdir()]
    assert len(names) >= 10
    assert sum(path.stat().st_size for path in DOCUMENTS.iterdir()) < LIMIT_BYTES
    kinds = Counter(question["kind"] for question in QUESTIONS)
    assert len(QUESTIONS) >= 45
    assert kinds["unanswerable"] >= 10
    assert kinds["false_premise"] >= 3
    assert min(kinds["scan"], kinds["testimony"], kinds["amended"], kinds["table"]) >= 3
    cited = {answer["document"] for question in QUESTIONS for answer in question["answers"]}
    assert cited == set(names)


def test_questions_are_well_formed() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question["kind"] in KINDS | KINDS_WITHOUT_ANSWER
        assert question["has_answer"] is bool(question["answers"])
        assert question["has_answer"] is (question["kind"] in KINDS)
        if question["kind"] in ("false_premise", "amended", "testimony"):
            assert question["note"]


def test_amended_numbers_name_both_places() -> None:
    for question in QUESTIONS:
        if question["kind"] == "amended":
            first, second = (answer["document"] for answer in question["answers"])
            assert "Amendment" in first
            assert second.startswith("Industrial Lease")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question["id"]))
def test_every_quote_stands_where_it_is_said_to_stand(question: dict[str, Any]) -> None:
    for answer in question["answers"]:
        pages = _pages(answer["document"])
        has_pages = answer["document"].endswith(".pdf")
        assert (answer["page"] is not None) is has_pages
        assert _normal(answer["quote"]) in pages[answer["page"] - 1 if has_pages else 0]


def test_testimony_is_quoted_at_the_lines_of_the_note() -> None:
    for question in QUESTIONS:
        for answer in question["answers"]:
            if answer["document"] != TRANSCRIPT:
                continue
            spans = re.findall(r"(\d+):(\d+)(?:-(?:(\d+):)?(\d+))?", question["note"])
            lines = _pages_as_extracted(TRANSCRIPT)[answer["page"] - 1].splitlines()
            (line,) = [re.match(r"\d+", text) for text in lines if answer["quote"] in text]
            assert line is not None
            place = (answer["page"], int(line[0]))
            assert any(
                (int(page), int(first)) <= place <= (int(last_page or page), int(last or first))
                for page, first, last_page, last in spans
            ), f"{place} is outside {question['note']}"


def test_invoice_adds_up() -> None:
    text = " ".join(_pages(INVOICE))
    amounts = [
        (Decimal(quantity), Decimal(price.replace(",", "")), mark, Decimal(amount.replace(",", "")))
        for quantity, price, mark, amount in re.findall(
            r"([\d.]+) (?:each|hour|set|foot|lb|week|lot|gallon) ([\d,]+\.\d\d) (T )?([\d,]+\.\d\d)", text
        )
    ]
    assert len(amounts) == 48
    assert all(quantity * price == amount for quantity, price, _, amount in amounts)
    subtotal = sum(amount for *_, amount in amounts)
    taxable = sum(amount for *_, mark, amount in amounts if mark)
    tax = (taxable * Decimal("0.055")).quantize(Decimal("0.01"))
    assert f"Subtotal {subtotal:,}" in text
    assert f"taxable items (T) of ${taxable:,} {tax:,}" in text
    assert f"TOTAL DUE ${subtotal + tax:,}" in text


def test_claimed_loss_adds_up() -> None:
    (text,) = _pages("Reply to Notice of Default 2024-09-19.docx")
    schedule = text[text.index("Frozen haddock") :]
    amounts = [Decimal(found.replace(",", "")) for found in re.findall(r"\$([\d,]+\.\d\d)", schedule)]
    total = amounts.pop()
    unit_costs = amounts[0:8:2]
    assert sum(amounts) - sum(unit_costs) == total == Decimal("412386.50")


def test_ledger_agrees_with_notice_and_complaint() -> None:
    rent, late = Decimal("68250.00"), Decimal("3412.50")
    assert f"${2 * (rent + late):,}" in " ".join(_pages("Notice of Default 2024-09-12.pdf"))
    assert f"${4 * (rent + late):,}" in " ".join(_pages("Complaint 2024-12-04.pdf"))
    ledger = _pages("HARBOR000101-000114.pdf")[-1]
    assert ledger.endswith(f"${4 * (rent + late):,}")


def test_scan_holds_no_text() -> None:
    document = pypdfium2.PdfDocument(DOCUMENTS / SCAN)
    assert len(document) == 2
    assert all(page.get_textpage().count_chars() == 0 for page in document)


def test_bates_numbers_ascend_and_leave_gaps() -> None:
    numbers = [int(found) for page in _pages("HARBOR000101-000114.pdf") for found in re.findall(r"HARBOR(\d{6})", page)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(_pages("HARBOR000101-000114.pdf"))
    assert set(range(numbers[0], numbers[-1] + 1)) - set(numbers)


def test_lease_is_long() -> None:
    assert len(_pages("Industrial Lease 2019-03-15.pdf")) >= 20


@pytest.mark.slow
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    built = _builder().build(tmp_path)
    assert {path.name for path in built} == {path.name for path in DOCUMENTS.iterdir()}
    for path in built:
        assert path.read_bytes() == (DOCUMENTS / path.name).read_bytes(), path.name
