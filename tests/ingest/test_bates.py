"""Bates stamps told from other numbers by their sequence, repaired where their neighbours leave one reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from legalqa.ingest.structure.bates import Gap, bates_of, gaps


def spans(pages: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    found, position = [], 0
    for page in pages:
        found.append((position, position + len(page)))
        position += len(page) + 2
    return "\n\n".join(pages), tuple(found)


def numbers(pages: list[str]) -> tuple[str | None, ...]:
    return bates_of(*spans(pages)).numbers


BODY = "Text of a page that goes on.\nMore of it stands here.\nAnd a third line.\nAnd a fourth one.\n\n"


def test_a_sequence_with_a_page_unstamped() -> None:
    pages = [f"{BODY}HPP{number:06d}" for number in range(114, 118)]
    pages.insert(2, "A page without a stamp.")
    assert numbers(pages) == ("HPP000114", "HPP000115", None, "HPP000116", "HPP000117")


@pytest.mark.parametrize(
    "form", ["HF-LL {:07d}", "ABC_{:05d}", "SMITH.{:06d}", "Def-Prod {:06d}", "X1B{:06d}", "NASA{:04d}"]
)
def test_forms(form: str) -> None:
    pages = [BODY + form.format(number) for number in range(98, 103)]
    assert numbers(pages) == tuple(form.format(number) for number in range(98, 103))


def test_a_legend_is_no_part_of_a_number_but_of_the_stamp() -> None:
    pages = [
        "CONFIDENTIAL – HPP000114\nText.",
        "Text.\nHPP000115",
        "Text.\nHPP000116 ATTORNEYS' EYES ONLY",
        "Text.\nPage 4 of 4     HPP000117",
    ]
    text, where = spans(pages)
    found = bates_of(text, where)
    assert found.numbers == ("HPP000114", "HPP000115", "HPP000116", "HPP000117")
    assert [text[region.start : region.end] for region in found.regions] == [
        "CONFIDENTIAL – HPP000114",
        "HPP000115",
        "HPP000116 ATTORNEYS' EYES ONLY",
        "HPP000117",
    ]


def test_a_gap_inside_a_document_stays_a_gap() -> None:
    pages = [f"{BODY}HARBOR{number:06d}" for number in (101, 102, 103, 104, 107, 108)]
    found = numbers(pages)
    assert found[4] == "HARBOR000107"
    assert gaps([found, ("HARBOR000110", None), (None,)]) == (
        Gap("HARBOR000105", "HARBOR000106", 2),
        Gap("HARBOR000109", "HARBOR000109", 1),
    )


def test_series_do_not_mix() -> None:
    assert gaps([("A0001", "A0002"), ("B0009",), ("A 0004",)]) == ()


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("HARB0R000103", "HARBOR000103"),
        ("HARBOROOO1O3", "HARBOR000103"),
        ("HARBOR0OOl03", "HARBOR000103"),
        ("HAR8OR000103", "HARBOR000103"),
        ("HARBOR 000103", "HARBOR000103"),
        ("HARBOR000163", None),  # 6 is not mistaken for 0: another number, whatever it means
        ("HARBOR000O105", None),
        ("HARDOR000103", None),
    ],
)
def test_repair_between_neighbours(printed: str, value: str | None) -> None:
    pages = [BODY + stamp for stamp in ("HARBOR000101", "HARBOR000102", printed, "HARBOR000104", "HARBOR000105")]
    text, where = spans(pages)
    found = bates_of(text, where)
    assert found.numbers == ("HARBOR000101", "HARBOR000102", value, "HARBOR000104", "HARBOR000105")
    assert [(datum.field, datum.value, text[datum.start : datum.end]) for datum in found.metadata] == (
        [("bates", value, printed)] if value else []
    )


def test_a_gap_leaves_more_than_one_reading_and_is_not_repaired() -> None:
    stamps = ("HARBOR000101", "HARBOR000102", "HARBOROOO1O3", "HARBOR000110", "HARBOR000111")
    found = numbers([BODY + stamp for stamp in stamps])
    assert found[2] == "HARBOR000103"  # two in step before it, and it reads as their successor
    stamps = ("HARBOR000101", "HARBOROOO1O2", "HARBOR000110", "HARBOR000115", "HARBOR000116")
    assert numbers([BODY + stamp for stamp in stamps])[1] is None


@pytest.mark.parametrize(
    "pages",
    [
        ["Text\n1", "Text\n2", "Text\n3"],
        ["Text\nABC0001", "Text\nXYZ0001", "Text\nQRS0001"],
        ["Text\nABC0005", "Text\nABC0003", "Text\nABC0004"],
        ["Ref ABC0001 in a sentence.", "Ref ABC0002 in a sentence."],
        ["Case 2:24-cv-00417\nText", "Case 2:24-cv-00417\nText", "Case 2:24-cv-00417\nText"],
        ["Text\nPortland, ME 04101"],
        ["ME 04101\nText"],
        ["Text\n207-555-0117", "Text\n207-555-0118"],
        ["Text\n4823-1234-5678 v.1", "Text\n4823-1234-5678 v.1"],
        ["Text\nDOCS 1234567", "Text\nDOCS 1234567"],
        ["Text\nMarch 2019", "Text\nMarch 2020"],
        ["Invoice 00123", "Invoice 00124", "Invoice 00125"],
        ["No. 00123", "No. 00124"],
        ["", ""],
    ],
)
def test_what_is_no_bates_number(pages: list[str]) -> None:
    assert numbers(pages) == (None,) * len(pages)


def test_a_single_produced_page() -> None:
    assert numbers([f"{BODY}HARBOR000110"]) == ("HARBOR000110",)


def test_a_filing_stamp_is_a_stamp() -> None:
    text = "Case 2:24-cv-00417-HLR Document 52 Filed 08/29/25 Page 1 of 5 PageID #: 611\n\nORDER"
    (region,) = bates_of(text, ((0, len(text)),)).regions
    assert (region.kind, text[region.start : region.end]) == ("stamp", text.split("\n")[0])


@given(st.lists(st.text(alphabet="HPO0I1l5S8B \n-_", max_size=60), max_size=12))
def test_spans_lie_in_the_text(pages: list[str]) -> None:
    text, where = spans(pages)
    found = bates_of(text, where)
    assert len(found.numbers) == len(pages)
    assert all(0 <= region.start < region.end <= len(text) for region in found.regions)
    assert all(text[datum.start : datum.end].strip() for datum in found.metadata)
    for number, (start, end) in zip(found.numbers, where, strict=True):
        assert number is None or number in text[start:end] or number in {datum.value for datum in found.metadata}


def production(path: Path, first: int, missing: int) -> None:
    """Four pages as a vendor stamps them, one number left out after the second."""
    canvas = Canvas(str(path), pagesize=letter)
    for at in range(4):
        canvas.setFont("Helvetica", 12)
        for line in range(24):
            canvas.drawString(
                72, 720 - 24 * line, f"Line {line} of page {at} tells of invoice 00{at}17 and nothing else."
            )
        canvas.setFont("Courier-Bold", 11)
        canvas.drawRightString(580, 22, f"HF-LL {first + at + (missing if at > 1 else 0):07d}")
        canvas.drawString(40, 22, "CONFIDENTIAL")
        canvas.showPage()
    canvas.save()


def test_a_produced_scan(tmp_path: Path) -> None:
    """Stamped, printed, scanned and read again: the numbers survive OCR, and the gap is seen."""
    import hashlib

    import pypdfium2

    from legalqa.ingest.reader import Reader, ReadOptions

    born = tmp_path / "born.pdf"
    production(born, 4566, 3)
    pictures = [page.render(scale=200 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(born)]
    scan = tmp_path / "scan.pdf"
    pictures[0].save(scan, save_all=True, append_images=pictures[1:], resolution=200)
    reader = Reader(ReadOptions())
    try:
        document = reader.read(scan, hashlib.sha256(scan.read_bytes()).hexdigest())
    finally:
        reader.close()
    assert [page.source for page in document.pages] == ["ocr"] * 4
    found = [page.bates for page in document.pages]
    assert found == ["HF-LL 0004566", "HF-LL 0004567", "HF-LL 0004571", "HF-LL 0004572"]
    assert gaps([found]) == (Gap("HF-LL 0004568", "HF-LL 0004570", 3),)
