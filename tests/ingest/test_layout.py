"""Words with boxes become text, and every span is exact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.layout import Piece, compose, lines_of

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=12) | st.sampled_from(
    ["agree-", "non-", "ment", "-", "--", "Smith-", "Jones", "U.S.", "compete"]
)
lines = st.lists(st.lists(st.tuples(texts, st.booleans()), min_size=1, max_size=6), max_size=12)


def pieces(rows: list[list[tuple[str, bool]]]) -> list[Piece]:
    return [
        Piece(text, 72 + 60 * column, 72 + 14 * row, 72 + 60 * column + 50, 84 + 14 * row, hyphen=hyphen)
        for row, words in enumerate(rows)
        for column, (text, hyphen) in enumerate(words)
    ]


@given(lines)
def test_every_word_is_in_the_text_at_its_span(rows: list[list[tuple[str, bool]]]) -> None:
    found = lines_of(pieces(rows))
    assert [len(line) for line in found] == [len(row) for row in rows]
    text, words = compose(found)
    position = 0
    flat = [piece for line in found for piece in line]
    assert len(words) == len(flat)
    for word, piece in zip(words, flat, strict=True):
        assert word.start >= position
        assert not text[position : word.start].strip()
        shown = text[word.start : word.end]
        assert shown
        assert (
            shown.rstrip("-") == piece.text.rstrip("-\u00ad\u2010") or shown == piece.text or shown == piece.text + "-"
        )
        assert (word.x0, word.y0, word.x1, word.y1) == (piece.x0, piece.y0, piece.x1, piece.y1)
        position = word.end
    assert position == len(text)


def line(text: str, row: float) -> list[Piece]:
    return [Piece(word, 60 * i, row, 60 * i + 50, row + 12) for i, word in enumerate(text.split())]


def test_hyphens_at_line_ends() -> None:
    cases = {
        ("the agree-", "ment binds"): "the agreement binds",
        ("a non-", "compete clause"): "a non-compete clause",
        ("Smith-", "Jones agreed"): "Smith-Jones agreed",
        ("pages 5-", "6 hold"): "pages 5-\n6 hold",
        ("a dash -", "and on"): "a dash -\nand on",
        ("the long-term long-", "term lease"): "the long-term long-term lease",
    }
    for (first, second), expected in cases.items():
        assert compose([line(first, 0), line(second, 14)])[0] == expected


def test_a_marked_hyphen_that_is_not_in_the_text() -> None:
    first = [Piece("agree", 0, 0, 50, 12, hyphen=True)]
    assert compose([first, line("ment binds", 14)])[0] == "agreement binds"


def test_paragraphs_are_told_by_the_gap_beyond_the_usual_one() -> None:
    rows = [line(f"line {n}", 28.0 * n) for n in range(4)] + [line("next paragraph", 28.0 * 3 + 42)]
    assert compose(rows)[0] == "line 0\nline 1\nline 2\nline 3\n\nnext paragraph"
