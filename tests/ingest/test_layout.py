"""Words with boxes become text, and every span is exact."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.layout.lines import Piece, Row, compose, composed, lines_of

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


cells = st.lists(st.lists(st.lists(texts, max_size=4), min_size=2, max_size=4), min_size=1, max_size=6)


@given(cells)
def test_every_word_of_a_table_is_in_the_text_at_its_span(table: list[list[list[str]]]) -> None:
    rows: list[Row] = []
    for number, texts_of in enumerate(table):
        found: list[Piece] = []
        before: dict[int, str] = {}
        for column, words in enumerate(texts_of):
            placed = [
                Piece(w, 90 * column + 20 * i, 14 * number, 90 * column + 20 * i + 18, 14 * number + 12)
                for i, w in enumerate(words)
            ]
            if placed and column:
                before[id(placed[0])] = " | " if found else "| "
            found += placed
        if found:
            rows.append(Row(found, "\n", before, {id(piece) for piece in found[::3]}))
    made = composed(rows)
    assert len(made.words) == sum(len(row.pieces) for row in rows)
    assert len(made.spans) == len(rows)
    end = 0
    for word in made.words:
        assert word.start >= end
        assert not made.text[end : word.start].replace("|", "").strip()
        assert made.text[word.start : word.end]
        end = word.end
    assert end == len(made.text)
    for (start, stop), row in zip(made.spans, rows, strict=True):
        inside = [word for word in made.words if start <= word.start < stop]
        assert len(inside) == len(row.pieces)
        assert inside[-1].end == stop


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


def test_on_a_page_that_breaks_words_a_prefix_is_a_syllable() -> None:
    rows = ["the liti-", "gation of a non-", "compete was re-", "quired by coun-", "sel in the sub-", "ject matter"]
    made = compose([line(text, 14 * number) for number, text in enumerate(rows)])[0]
    assert made.replace("\n", " ") == ("the litigation of a non-compete was required by counsel in the subject matter")
    assert compose([line("a re-", 0), line("export licence", 14)])[0] == "a re-export licence"


def test_a_prefix_before_what_is_no_second_half_is_a_syllable() -> None:
    cases = {
        ("the Ex-", "isting Credit Agreement"): "the Existing Credit Agreement",
        ("a pre-", "liminary injunction"): "a preliminary injunction",
        ("the pre-", "existing condition"): "the pre-existing condition",
        ("his ex-", "wife sued"): "his ex-wife sued",
        ("it re-", "quired notice"): "it required notice",
        ("the inter-", "est accrues"): "the interest accrues",
        ("a pro-", "rata share"): "a pro-rata share",
        ("an anti-", "dilution clause"): "an anti-dilution clause",
    }
    for (first, second), expected in cases.items():
        assert compose([line(first, 0), line(second, 14)])[0] == expected


def test_a_marked_hyphen_that_is_not_in_the_text() -> None:
    first = [Piece("agree", 0, 0, 50, 12, hyphen=True)]
    assert compose([first, line("ment binds", 14)])[0] == "agreement binds"


def test_paragraphs_are_told_by_the_gap_beyond_the_usual_one() -> None:
    rows = [line(f"line {n}", 28.0 * n) for n in range(4)] + [line("next paragraph", 28.0 * 3 + 42)]
    assert compose(rows)[0] == "line 0\nline 1\nline 2\nline 3\n\nnext paragraph"
