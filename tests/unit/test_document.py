"""Pages, boxes and sections computed from spans."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.values.document import Box, Document, Page, Section, Word

TEXT = "Base Rent is due\n\non the first day"


def document(words: tuple[Word, ...], more: tuple[Word, ...] = ()) -> Document:
    pages = (
        Page(1, "i", "text", 0, 16, 612, 792, words, bates="HP000001"),
        Page(2, "1", "ocr", 18, 34, 612, 792, more),
    )
    sections = (
        Section("4", "RENT", 1, 0, 34, ("ARTICLE 4 RENT",)),
        Section("4.1", "Base", 2, 18, 34, ("ARTICLE 4 RENT", "4.1 Base")),
    )
    return Document("d", "lease.pdf", "0" * 64, "pdf", "Lease", "lease", None, (), True, TEXT, pages, sections)


def words(*boxes: tuple[int, int, float, float, float, float]) -> tuple[Word, ...]:
    return tuple(Word(*box) for box in boxes)


def test_a_line_is_one_box_and_two_lines_are_two() -> None:
    found = document(words((0, 4, 72, 72, 95, 84), (5, 9, 98, 72, 120, 84), (10, 12, 72, 86, 80, 98))).boxes_of(0, 12)
    assert found == (Box(1, 72, 72, 120, 84), Box(1, 72, 86, 80, 98))


def test_a_slanting_line_never_covers_the_next_one() -> None:
    slanting = document(words((0, 4, 72, 80, 95, 90), (5, 9, 98, 76, 120, 86), (10, 12, 125, 72, 140, 82)))
    boxes = slanting.boxes_of(0, 12)
    assert len(boxes) == 2
    assert all(box.y1 - box.y0 < 15 for box in boxes)


def test_upside_down_and_upright_lines_are_lines_too() -> None:
    turned = document(words((0, 4, 98, 72, 120, 84), (5, 9, 72, 72, 95, 84)))
    assert turned.boxes_of(0, 9) == (Box(1, 72, 72, 120, 84),)
    vertical = document(words((0, 4, 72, 72, 84, 95), (5, 9, 72, 98, 84, 120), (10, 12, 90, 72, 102, 95)))
    assert vertical.boxes_of(0, 12) == (Box(1, 72, 72, 84, 120), Box(1, 90, 72, 102, 95))


def test_pages_bates_sections_and_confidence_come_from_the_span() -> None:
    read = document(words((0, 4, 0, 0, 1, 1)), (Word(18, 20, 0, 0, 1, 1, 91.0), Word(21, 24, 2, 0, 3, 1, 45.0)))
    assert [page.number for page in read.pages_of(10, 20)] == [1, 2]
    assert [page.number for page in read.pages_of(16, 18)] == []
    assert read.bates_of(0, 34) == ("HP000001",)
    assert read.section_of(20) == ("ARTICLE 4 RENT", "4.1 Base")
    assert read.confidence_of(0, 16) is None
    assert read.confidence_of(0, 34) == 45.0


@given(st.integers(0, 34), st.integers(0, 34))
def test_pages_hold_a_character_of_the_span(start: int, end: int) -> None:
    read = document(())
    expected = [p.number for p in read.pages if max(p.start, start) < min(p.end, end)]
    assert [page.number for page in read.pages_of(start, end)] == expected
