"""Reading order: of columns, captions and signature blocks; the order of the file where nothing contradicts it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.layout.lines import Piece, ordered
from tests.ingest import layouts
from tests.ingest.layouts import Canvas, at, column

LEFT = [f"Left line {number} is prose that runs on" for number in range(12)]
RIGHT = [f"Right line {number} is prose that runs on" for number in range(12)]


def row_by_row(canvas: Canvas) -> None:
    """Two columns as some programs print them: each row across both."""
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        at(canvas, 72, 90 + 14 * number, left)
        at(canvas, 320, 90 + 14 * number, right)


def right_first(canvas: Canvas) -> None:
    column(canvas, 320, 90, RIGHT)
    column(canvas, 72, 90, LEFT)


@pytest.mark.parametrize("columns", [row_by_row, right_first])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, columns: layouts.Draw) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 300, 760, "3")
        columns(canvas)
        at(canvas, 72, 300, "A line below both columns that runs from one edge of the page to the other edge.")
        at(canvas, 200, 60, "OPINION OF THE COURT")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text.split("\n")
    below = "A line below both columns that runs from one edge of the page to the other edge."
    assert [line for line in found if line] == ["OPINION OF THE COURT", *LEFT, *RIGHT, below, "3"]


def test_three_columns(tmp_path: Path) -> None:
    places = {50: "first", 230: "second", 410: "third"}

    def draw(canvas: Canvas) -> None:
        for row in range(10):
            for x, name in places.items():
                at(canvas, x, 90 + 12 * row, f"The {name} column in row {row}", size=9)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text.split("\n")
    assert [line for line in found if line] == [
        f"The {n} column in row {r}" for n in places.values() for r in range(10)
    ]


def test_the_halves_of_a_caption(tmp_path: Path) -> None:
    left = ["ACME CORPORATION,", "", "Plaintiff,", "", "v.", "", "JOHN DOE,", "", "Defendant."]
    right = {0: "Case No. 24-cv-00123", 2: "COMPLAINT FOR BREACH", 3: "OF CONTRACT"}

    def draw(canvas: Canvas) -> None:
        at(canvas, 180, 60, "UNITED STATES DISTRICT COURT")
        for row, text in enumerate(left):
            if text:
                at(canvas, 72, 100 + 14 * row, text)
            at(canvas, 300, 100 + 14 * row, ")")
            if row in right:
                at(canvas, 330, 100 + 14 * row, right[row])

    text = " ".join(layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text.replace(")", "").split())
    assert text == (
        "UNITED STATES DISTRICT COURT ACME CORPORATION, Plaintiff, v. JOHN DOE, Defendant. "
        "Case No. 24-cv-00123 COMPLAINT FOR BREACH OF CONTRACT"
    )


def test_signature_blocks_side_by_side(tmp_path: Path) -> None:
    rows = [
        ("LANDLORD:", "TENANT:"), ("Harbor Foods, Inc.", "Delta Stores LLC"), ("By: ________", "By: ________"),
        ("Name: Ann Poe", "Name: Roy Orr"), ("Title: President", "Title: Manager"),
    ]  # fmt: skip

    def draw(canvas: Canvas) -> None:
        for number, (left, right) in enumerate(rows):
            at(canvas, 72, 120 + 18 * number, left)
            at(canvas, 330, 120 + 18 * number, right)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text.split("\n")
    assert [line for line in found if line] == [left for left, _ in rows] + [right for _, right in rows]


def test_numbers_drawn_after_their_paragraphs_stand_before_them(tmp_path: Path) -> None:
    texts = [f"The tenant shall keep covenant {name} of this lease." for name in ("one", "two", "three", "four")]

    def draw(canvas: Canvas) -> None:
        for number, text in enumerate(texts):
            at(canvas, 110, 90 + 14 * number, text)
        for number in range(len(texts)):
            at(canvas, 72, 90 + 14 * number, f"1.{number + 1}.")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text
    assert found == "\n".join(f"1.{number + 1}. {text}" for number, text in enumerate(texts))


def test_a_raised_ordinal_drawn_last_joins_its_number(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 90, "Made this 31")
        end = 72 + canvas.stringWidth("Made this 31", "Times-Roman", 11)
        at(canvas, end + 10, 90, "day of July by the parties")
        at(canvas, 72, 104, "named below, who agree as follows.")
        at(canvas, end, 86, "st", size=6.5)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text
    assert found == "Made this 31st day of July by the parties\nnamed below, who agree as follows."


def test_cells_that_the_file_keeps_together_stay_together() -> None:
    left = [Piece(f"a{row}", 72, 100 + 12 * row, 90, 111 + 12 * row) for row in range(3)]
    right = [Piece(f"b{row}", 200, 100 + 12 * row, 218, 111 + 12 * row) for row in range(4)]
    assert [line[0].text for line in ordered(left + right)] == ["a0", "a1", "a2", "b0", "b1", "b2", "b3"]


words = st.builds(
    lambda x, y, width, height, text: Piece(text, x, y, x + width, y + height),
    st.floats(-50, 700), st.floats(-50, 900), st.floats(0, 300), st.floats(0, 60),
    st.sampled_from(["Rent", "1.", ")", "By:", "the", "x", "12", "st"]),
)  # fmt: skip


@given(st.lists(words, max_size=40))
def test_no_word_is_lost_or_doubled_whatever_the_page(pieces: list[Piece]) -> None:
    found = [piece for line in ordered(pieces) for piece in line]
    assert sum(len(piece.text) for piece in found) == sum(len(piece.text) for piece in pieces)
    assert len({id(piece) for piece in found}) == len(found)
    assert all(ordered(line) for line in ordered(pieces))


def test_lines_out_of_order_are_sorted_from_the_top() -> None:
    lines = [
        [Piece(w, 72 + 60 * i, 14 * n, 120 + 60 * i, 14 * n + 12) for i, w in enumerate(["a", "b", "c"])]
        for n in range(20)
    ]
    shuffled = lines[:]
    random.Random(7).shuffle(shuffled)
    assert ordered(piece for line in shuffled for piece in line) == lines
