"""Running heads and feet, page numbers among them, filing stamps, and the page numbers that are printed.

A line at the edge of a page belongs to the furniture if it is a page number that goes on from page to page, a court's
filing stamp, or short and the same, but for digits, on several pages. A clause that a form repeats at the foot of every
page is none: it is a sentence, in the size of the text. A text without pages of its own is parted at form feeds,
"<PAGE>" marks and wide gaps, as filings carried over from paper have them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legalqa.ingest.items import Line
from legalqa.ingest.structure import numbering
from legalqa.values.document import Region, RegionKind

_EDGE = 4  # lines at the top and at the bottom of a page that are looked at
_MOST = 160  # characters of a running line
_LINE = re.compile(r"[^\r\n\f]+")
_GAP = re.compile(r"\f|<PAGE>|(?:[ \t]*\r?\n){4,}(?:[ \t]*_{8,}[ \t]*(?:\r?\n|$)+)?|\r?\n[ \t]*_{12,}[ \t]*\r?\n")
_NUMBER = re.compile(
    r"[\s\W]*(?:(?:Page|PAGE|page|p\.|Pg\.?)\s*)?(?P<number>(?P<prefix>[A-Z]{1,3}-)?(?P<value>\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7}))"
    r"(?:\s*(?:of|OF|/)\s*\d{1,4})?[\s\W]*$"
)
_AT_END = re.compile(
    r"(?<=[.;:,)”\"])\s+(?:Page\s+)?-?(?P<number>(?P<prefix>)(?P<value>\d{1,4}))-?(?:\s+of\s+\d{1,4})?\s*$"
)
_STAMP = re.compile(
    r"Case\s+\S{4,30}\s+(?:Document|Doc\.?|ECF\s+No\.)\s+[\d-]+|^\s*(?:E-?FILED|FILED|ELECTRONICALLY FILED)\b.{0,60}\d|"
    r"\bDocument\s+\d+(?:-\d+)?\s+Filed\s+\d\d/\d\d/\d\d|USCA\d?\s+Case\s+#?\S+|NYSCEF DOC\. NO\.|\bEnvelope:\s*\d{6,}"
)
_PAGE_ID = re.compile(r"\bPage\s?ID\s*#?:?\s*$", re.I)
_STAMP_BELOW = re.compile(r"[ \t]*(?:\r?\n)[ \t]*(?P<number>(?:ID\s*)?#?\s?:?\s?\d{1,7})[ \t]*(?=[\r\n\f]|$)")
_FIELD = re.compile(
    r"(?::|_{3,}|\|.*)\s*$|^(?:By|Name|Title|Date|Its|From|Sent|To|Cc|Subject):"
)  # of a form, a table, a message
_SENTENCE = re.compile(r"[a-z][.;](?:\s+\d{1,4})?\W*$")


@dataclass(frozen=True, slots=True)
class Running:
    """Furniture of a document, and the printed number of each page, None where none is printed."""

    regions: tuple[Region, ...]
    printed: tuple[str | None, ...]


@dataclass(slots=True)
class _Edge:
    """A line at a page's edge: page index, place from the edge (0 is the outermost), and its span."""

    page: int
    place: int
    top: bool
    start: int
    end: int
    words: str
    shape: str
    small: bool = False
    outside: bool = False


def running_of(
    text: str,
    pages: Sequence[tuple[int, int]],
    paged: bool,
    lines: Sequence[Line] = (),
    heights: Sequence[float] = (),
    flattened: bool = True,
) -> Running:
    """The furniture of a text. `pages` are spans of its pages; unless `paged`, its own page breaks are looked for.

    What is not `flattened` (an e-mail, a Word file, a web page) may have kept page numbers and filing stamps of paper,
    but no running heads: what repeats in it was written twice.
    """
    leaves = list(pages) if paged else _leaves(text)
    edges = list(_edges(text, leaves, _Geometry(lines, heights if paged else ())))
    numbers = _numbers(edges, len(leaves))
    kinds: dict[int, RegionKind] = {}
    for edge in edges:
        if _STAMP.search(edge.words):
            kinds[edge.start] = "stamp"
        elif edge.start in numbers:
            kinds[edge.start] = "header" if edge.top else "footer"
    if paged or flattened:
        _repeated(edges, kinds, len(leaves))
    regions = {edge.start: Region(kinds[edge.start], edge.start, edge.end) for edge in edges if edge.start in kinds}
    _whole_stamps(text, regions)
    tails = _tails(text, leaves, regions)
    printed = [None] * len(leaves) if not paged else _printed(edges, numbers, len(leaves))
    whole = sorted((*regions.values(), *tails), key=lambda region: region.start)
    return Running(tuple(whole), tuple(printed) if paged else (None,) * len(pages))


def _whole_stamps(text: str, regions: dict[int, Region]) -> None:
    """Add to a filing stamp its second line: "… Page ID" / "#:28982"."""
    for stamp in [region for region in regions.values() if region.kind == "stamp"]:
        if (below := _STAMP_BELOW.match(text, stamp.end)) and _PAGE_ID.search(text, stamp.start, stamp.end):
            for start in [start for start in regions if stamp.start < start < below.end()]:
                del regions[start]
            regions[stamp.start] = Region("stamp", stamp.start, below.end("number"))


def labels_of(labels: Sequence[str], printed: Sequence[str | None]) -> tuple[str, ...]:
    """Page labels: those of the file, or where these only count the pages, the numbers printed on most of them.

    A page without a printed number keeps its place in the count, in brackets if another page is called so.
    """
    counting = all(label == str(number) for number, label in enumerate(labels, start=1))
    found = [number for number in printed if number is not None]
    if not counting or len(found) < max(2, (len(labels) + 1) // 2) or len(set(found)) != len(found):
        return tuple(labels)
    taken = set(found)
    return tuple(
        number if number is not None else (f"[{label}]" if label in taken else label)
        for number, label in zip(printed, labels, strict=True)
    )


class _Geometry:
    """Where the lines of a document stand on their pages."""

    def __init__(self, lines: Sequence[Line], heights: Sequence[float]) -> None:
        self._at = {line.start: line for line in lines}
        self._heights = heights
        sizes = Counter[float]()
        for line in lines:
            sizes[round(line.size * 2) / 2] += line.end - line.start
        self._usual = sizes.most_common(1)[0][0] if sizes else 0.0

    def of(self, page: int, start: int) -> tuple[bool, bool]:
        """Whether a line is set smaller than the text, and whether it stands in the outer tenth of its page."""
        line = self._at.get(start)
        if line is None or page >= len(self._heights):
            return False, False
        height = self._heights[page]
        return 0 < line.size < 0.9 * self._usual, line.y1 < 0.1 * height or line.y0 > 0.9 * height


def _leaves(text: str) -> list[tuple[int, int]]:
    """The pages of paper that a text without pages was carried over from."""
    cuts = [0]
    for match in _GAP.finditer(text):
        cuts.extend((match.start(), match.end()))
    cuts.append(len(text))
    spans = [(low, high) for low, high in zip(cuts[::2], cuts[1::2], strict=True) if text[low:high].strip()]
    return spans if len(spans) > 1 else []


def _edges(text: str, leaves: Sequence[tuple[int, int]], geometry: _Geometry) -> Iterator[_Edge]:
    for page, (start, end) in enumerate(leaves):
        lines: list[tuple[int, int]] = []
        first = [m.span() for m, _ in zip(_filled(text, start, end), range(_EDGE), strict=False)]
        lines.extend(first)
        bottom = _from_below(text, start, end)
        for place, (low, high) in enumerate(first):
            if (low, high) not in bottom or place < bottom.index((low, high)):
                yield _edge(text, page, place, True, low, high, geometry)
        for place, (low, high) in enumerate(bottom):
            if (low, high) not in first or place <= first.index((low, high)):
                yield _edge(text, page, place, False, low, high, geometry)


def _filled(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return (match for match in _LINE.finditer(text, start, end) if not match.group().isspace())


def _from_below(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the last lines of a page, the last one first."""
    found: list[tuple[int, int]] = []
    stop = end
    while stop > start and len(found) < _EDGE:
        low = (
            max(text.rfind("\n", start, stop), text.rfind("\r", start, stop), text.rfind("\f", start, stop), start - 1)
            + 1
        )
        if text[low:stop].strip():
            found.append((low, stop))
        stop = low - 1
    return found


def _edge(text: str, page: int, place: int, top: bool, low: int, high: int, geometry: _Geometry) -> _Edge:
    small, outside = geometry.of(page, low)
    while low < high and text[low].isspace():
        low += 1
    while high > low and text[high - 1].isspace():
        high -= 1
    words = text[low : min(high, low + 2 * _MOST)]
    shape = " ".join(words.split())
    if not any(True for _ in numbering.readings(shape)):  # "ARTICLE 4" runs on only if it is always ARTICLE 4
        shape = re.sub(r"\d+", "#", shape)
    return _Edge(page, place, top, low, high, words, shape, small, outside)


def _numbers(edges: Sequence[_Edge], pages: int) -> dict[int, str]:
    """Lines that are page numbers: start → the number as printed. They go on from page to page."""
    runs: dict[tuple[bool, str, str, int], list[tuple[_Edge, str]]] = defaultdict(list)
    for edge in edges:
        match = _NUMBER.match(edge.words) if len(edge.words) <= 40 else None
        if match is None:
            continue
        style, value = _value(match["value"])
        if value:
            runs[edge.top, match["prefix"] or "", style, value - edge.page].append((edge, match["number"]))
    found: dict[int, str] = {}
    for (_, _, _, offset), run in sorted(runs.items(), key=lambda item: -len(item[1])):
        own = {edge.page for edge, _ in run}
        enough = len(own) >= 3 or (len(own) == 2 and (pages <= 4 or offset == 1 or max(own) - min(own) == 1))
        said = len(own) == 1 and any(re.match(r"\W*page\b", edge.words, re.I) for edge, _ in run)
        if enough or said:
            for edge, number in run:
                found.setdefault(edge.start, number)
    return found


def _value(digits: str) -> tuple[str, int]:
    if digits.isdigit():
        return "1", int(digits)
    return ("i" if digits.islower() else "I"), numbering.roman(digits.lower())


def _repeated(edges: Sequence[_Edge], kinds: dict[int, RegionKind], pages: int) -> None:
    """Add lines that stand, but for digits, on several pages, only furniture between them and the edge."""
    seen = Counter[str]()
    counted: set[tuple[int, str]] = set()
    for edge in edges:
        if (edge.page, edge.shape) not in counted and _could_run(edge):
            counted.add((edge.page, edge.shape))
            seen[edge.shape] += 1
    least = 2 if pages <= 4 else 3
    placed = any(edge.outside for edge in edges)
    blocked: set[tuple[int, bool]] = set()
    for edge in sorted(edges, key=lambda e: (e.page, e.top, e.place)):
        if edge.start in kinds:
            continue
        side = (edge.page, edge.top)
        here = edge.outside or not placed or seen[edge.shape] >= 0.5 * pages
        if side not in blocked and here and _could_run(edge) and seen[edge.shape] >= least:
            kinds[edge.start] = "header" if edge.top else "footer"
        else:
            blocked.add(side)


def _could_run(edge: _Edge) -> bool:
    """Whether a line that repeats may be a running one: short, and no sentence unless its type or place say so."""
    letters = sum(c.isalpha() for c in edge.words)
    if not 0 < len(edge.words) <= _MOST or letters < 2 or edge.words[0].islower() or _FIELD.search(edge.words):
        return False
    sentence = bool(_SENTENCE.search(edge.words)) and len(edge.words.split()) > 6
    item = (
        any(True for _ in numbering.readings(edge.words))
        and not edge.words.isupper()
        and edge.words[:1] not in "SEPACseapc"
    )
    return not (sentence or item) or edge.small or edge.outside


def _tails(text: str, leaves: Sequence[tuple[int, int]], regions: dict[int, Region]) -> list[Region]:
    """Page numbers that a conversion left at the end of a page's last paragraph: "… of the Closing. 7"."""
    runs: dict[int, list[Region]] = defaultdict(list)
    for page, (start, end) in enumerate(leaves):
        while end > start and text[end - 1].isspace():
            end -= 1
        low = max(text.rfind("\n", start, end), start - 1) + 1
        if low in regions or end - low < 20:
            continue
        match = _AT_END.search(text, max(low, end - 40), end)
        if match:
            runs[int(match["value"]) - page].append(Region("footer", match.end() - len(match.group().strip()), end))
    return [region for run in runs.values() if len(run) >= 3 for region in run]


def _printed(edges: Sequence[_Edge], numbers: dict[int, str], pages: int) -> list[str | None]:
    """The number of each page; within a run, and before its first number, those that were left out are supplied."""
    found: list[str | None] = [None] * pages
    for edge in edges:
        if edge.start in numbers and found[edge.page] is None:
            found[edge.page] = numbers[edge.start]
    supplied = list(found)
    for page in range(pages - 1, 0, -1):
        number = supplied[page]
        if number and number.isdigit() and int(number) > 1 and supplied[page - 1] is None:
            supplied[page - 1] = str(int(number) - 1)
    taken = Counter(number for number in found if number)
    return [n if n is None or n == own or not taken[n] else None for n, own in zip(supplied, found, strict=True)]
