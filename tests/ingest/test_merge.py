"""Whatever OCR adds to a text layer, every span still names its own characters and the layer keeps every one of its."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.items import Line
from legalqa.ingest.layout.lines import Piece, compose
from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.scans.compose import Composed
from legalqa.ingest.scans.merge import merged
from legalqa.values.document import Region, Word

WORDS = st.lists(st.text("abcdefg", min_size=1, max_size=6), min_size=1, max_size=4)


def row(words: list[str], x: float, y: float) -> list[Piece]:
    return [Piece(word, x + 60 * n, y, x + 60 * n + 50, y + 10) for n, word in enumerate(words)]


def lines_of(words: tuple[Word, ...], text: str) -> tuple[Line, ...]:
    found, begin = [], 0
    for piece in text.split("\n"):
        own = [word for word in words if begin <= word.start < begin + len(piece)]
        if own:
            found.append(Line(own[0].start, own[-1].end, own[0].x0, own[0].y0, own[-1].x1, own[0].y1))
        begin += len(piece) + 1
    return tuple(found)


def layer_of(rows: list[tuple[list[str], float]]) -> TextLayer:
    text, words = compose([row(content, 72, y) for content, y in rows])
    return TextLayer(text, words, [], lines_of(words, text))


def part_of(words: list[str], x: float, y: float) -> Composed:
    text, placed = compose([row(words, x, y)])
    return Composed(text, placed, lines_of(placed, text), 90.0)


@given(
    st.lists(st.tuples(WORDS, st.floats(0, 700)), max_size=6),
    st.lists(st.tuples(WORDS, st.floats(0, 500), st.floats(0, 700)), max_size=4),
    st.data(),
)
def test_no_span_is_torn(
    rows: list[tuple[list[str], float]], added: list[tuple[list[str], float, float]], data: st.DataObject
) -> None:
    plain = layer_of(rows)
    regions: tuple[Region, ...] = ()
    if plain.words:
        first, last = sorted(data.draw(st.integers(0, len(plain.words) - 1)) for _ in range(2))
        regions = (Region("table", plain.words[first].start, plain.words[last].end, "as it was"),)
    layer = TextLayer(plain.text, plain.words, [], plain.lines, regions)
    parts = [part_of(*one) for one in added]
    both = merged(layer, parts)
    told = [layer.text[w.start : w.end] for w in layer.words]
    kept = [w for w in both.words if any((w.x0, w.y0) == (o.x0, o.y0) for o in layer.words)]
    expected = sorted(told + [p.text[w.start : w.end] for p in parts for w in p.words])
    assert sorted(both.text[w.start : w.end] for w in both.words) == expected
    assert sorted(both.text.split()) == sorted(layer.text.split() + [w for p in parts for w in p.text.split()])
    assert len(kept) >= len(told)
    assert all(a.end <= b.start for a, b in zip(both.words, both.words[1:], strict=False))
    said = sorted(layer.text[line.start : line.end] for line in layer.lines)
    assert sorted(both.text[line.start : line.end] for line in both.lines) == sorted(
        said + [p.text[line.start : line.end] for p in parts for line in p.lines]
    )
    for before, after in zip(layer.regions, both.regions, strict=True):
        assert both.text[after.start : after.end].split() == layer.text[before.start : before.end].split()


def test_parts_stand_between_the_lines_that_they_stand_between() -> None:
    layer = layer_of([(["above"], 100), (["below"], 300)])
    both = merged(layer, [part_of(["third"], 72, 400), part_of(["first"], 72, 20), part_of(["second"], 72, 200)])
    assert both.text.split() == ["first", "above", "second", "below", "third"]
    assert both.text == "first\n\nabove\n\nsecond\n\nbelow\n\nthird"


def test_hidden_text_stays_last() -> None:
    plain = layer_of([(["seen"], 100), (["hidden"], 50)])
    at = plain.text.index("hidden")
    layer = TextLayer(plain.text, plain.words, [], plain.lines, (Region("hidden", at, at + 6, "white"),))
    both = merged(layer, [part_of(["read"], 72, 500)])
    assert both.text.split() == ["seen", "read", "hidden"]
    (region,) = both.regions
    assert both.text[region.start : region.end] == "hidden"


def test_a_part_is_not_read_before_one_that_stands_above_it_in_its_column() -> None:
    layer = layer_of([(["a", "header", "over", "the", "page"], 20), (["#:28982"], 40)])
    body = part_of(["The", "body", "of", "the", "letter"], 72, 200)
    both = merged(layer, [part_of(["2019"], 252, 600), body])
    assert both.text.split("\n\n") == [layer.text, "The body of the letter", "2019"]
