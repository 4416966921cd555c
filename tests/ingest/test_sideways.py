"""Text that runs up or down the displayed page, or stands on its head, is read line by line; boxes stay in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.layout import columns
from legalqa.ingest.layout import lines as layout
from legalqa.ingest.layout.pieces import Piece, turned
from tests.ingest import layouts, pdfs
from tests.ingest.layouts import Canvas, at

LEASE = (
    "MASTER LEASE AGREEMENT",
    "",
    "The Tenant shall pay the rent on the first day",
    "of each month without deduction or set-off.",
    "The Landlord may terminate this Lease on notice.",
)
SIDES = st.floats(0, 1000)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_is_read_line_by_line(tmp_path: Path, rotate: int) -> None:
    found = layouts.layer(pdfs.text_pdf(tmp_path / "a.pdf", [LEASE], rotate=rotate))
    assert found.text.split("\n") == list(LEASE)
    assert len(found.lines) == 4
    assert {piece.turn for piece in found.pieces} == {rotate // 90}


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_the_boxes_of_a_turned_page_are_those_of_the_displayed_one(tmp_path: Path, rotate: int) -> None:
    found = layouts.layer(pdfs.text_pdf(tmp_path / "a.pdf", [LEASE], rotate=rotate))
    pieces = sorted((p.text, p.x0, p.y0, p.x1, p.y1) for p in found.pieces)
    words = sorted((found.text[w.start : w.end], w.x0, w.y0, w.x1, w.y1) for w in found.words)
    for piece, word in zip(pieces, words, strict=True):
        assert word[0] == piece[0]
        assert word[1:] == pytest.approx(piece[1:])
    first = found.lines[0]
    assert (first.y1 - first.y0 > first.x1 - first.x0) == (rotate in (90, 270))


def sideways(canvas: Canvas, x: float, top: float, lines: tuple[str, ...], degrees: int) -> None:
    """Lines set from a point on, turned against the clock."""
    canvas.saveState()
    canvas.translate(x, layouts.HEIGHT - top)
    canvas.rotate(degrees)
    canvas.setFont("Times-Roman", 10)
    for number, line in enumerate(lines):
        canvas.drawString(0, -13 * number, line)
    canvas.restoreState()


@pytest.mark.parametrize(("degrees", "x"), [(90, 30), (270, 580)])
def test_a_block_set_sideways_on_an_upright_page_comes_after_it(tmp_path: Path, degrees: int, x: float) -> None:
    block = ("Received by the clerk of the court", "on the first day of June 2020")

    def draw(canvas: Canvas) -> None:
        sideways(canvas, x, 400, block, degrees)
        layouts.column(canvas, 72, 90, LEASE[2:])

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert found.text == "\n".join(LEASE[2:]) + "\n\n" + "\n".join(block)


def test_an_upright_page_label_on_a_turned_page_comes_after_it(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 280, 770, "Page 7")
        sideways(canvas, 100, 700, LEASE[2:], 90)

    assert layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text == "\n".join(LEASE[2:]) + "\n\nPage 7"


def test_heads_of_a_table_may_run_up_the_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        layouts.grid(canvas, (72, 172, 272, 372), (100, 180, 200, 220, 240))
        for number, head in enumerate(("Tenant", "Rent", "Area")):
            sideways(canvas, 122 + 100 * number, 175, (head,), 90)
        for row in range(3):
            for column, cell in enumerate((f"Suite {row}", f"{row + 1}00", f"{row + 4}20")):
                at(canvas, 80 + 100 * column, 195 + 20 * row, cell)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert found.text.split("\n") == ["Tenant | Rent | Area", "Suite 0 | 100 | 420", "Suite 1 | 200 | 520",
                                      "Suite 2 | 300 | 620"]  # fmt: skip


@given(st.tuples(SIDES, SIDES, SIDES, SIDES), st.integers(0, 3), st.tuples(SIDES, SIDES))
def test_turning_and_turning_back_changes_nothing(
    box: tuple[float, float, float, float], turn: int, size: tuple[float, float]
) -> None:
    there = turned(box, turn, *size)
    width, height = size if turn % 2 == 0 else size[::-1]
    assert turned(there, -turn % 4, width, height) == pytest.approx(box, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 3), SIDES, SIDES), max_size=30))
def test_no_piece_is_lost_whatever_its_turn_and_spans_are_exact(places: list[tuple[int, float, float]]) -> None:
    pieces = [Piece(f"w{n}", x, y, x + 20, y + 10, turn=turn) for n, (turn, x, y) in enumerate(places)]
    lines = columns.ordered(pieces)
    assert sorted(piece.text for line in lines for piece in line) == sorted(piece.text for piece in pieces)
    text, words = layout.compose(lines)
    flat = [piece for line in lines for piece in line]
    for word, piece in zip(words, flat, strict=True):
        assert text[word.start : word.end] == piece.text
        assert (word.x0, word.y0) == (piece.x0, piece.y0)
