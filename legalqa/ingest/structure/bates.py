"""Bates stamps: a prefix and a number that goes up by one from page to page, printed at the edge of each.

A page's stamp is believed because of its neighbours: a number that stands alone proves little, since case numbers,
postal codes and document control numbers look the same. On a scan a letter may have been read for a digit (O for 0,
I or l for 1, S for 5, B for 8) or the other way round; that is repaired only where the pages before and after leave
one possible number, and is recorded, so that a reader can be told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from legalqa.values.document import Metadatum, Region

_HEAD_LINES, _FOOT_LINES = 3, 4  # lines at the edges of a page that may carry a stamp
_LONGEST = 200  # characters of such a line
_STAMP = re.compile(
    r"(?<![\w.,:/#&$-])(?P<prefix>[A-Z][A-Za-z0-9&]{0,14}?(?:[ _.-][A-Z][A-Za-z0-9&]{0,14}?){0,2}?)(?P<gap>[ _.-]{0,3})"
    r"(?P<digits>\d{4,10})(?![\w/-]|[.,:]\d)"
)
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9&|][\w&|.-]{0,30}(?:[ _-]{1,2}[\w|]{1,14}){0,2}(?![\w-])")
_LEGEND = re.compile(  # what protective orders have stamped beside a number
    r"(?:(?:HIGHLY|MOST|STRICTLY)\s+)?(?:CONFIDENTIAL(?:ITY)?|RESTRICTED|PRIVILEGED)\b(?:\s+TREATMENT\s+REQUESTED)?"
    r"|\b(?:OUTSIDE\s+)?(?:ATTORNEYS?|COUNSEL)['’]?S?['’]?\s+EYES\s+ONLY\b"
    r"|\bSUBJECT\s+TO\s+(?:A\s+)?PROTECTIVE\s+ORDER\b",
    re.I,
)
_FILLER = re.compile(r"(?:[\s\W]|\bpage\s+\d+(?:\s+of\s+\d+)?|\b\d{1,4}\b)*", re.I)
_NO_PREFIX = re.compile(
    r"(?i)(?:no|nos|number|case|doc|docs|document|documents|dkt|docket|ecf|page|pages|pageid|id|inv|invoice|po|tel"
    r"|fax|phone|rev|form|iso"
    r"|cv|cr|acct|account|ref|file|matter|job|order|section|sec|rule|box|suite|ste|zip|code|room|unit|lot|permit"
    r"|license"
    r"|policy|claim|check|copyright|since|est|in|on|of|by|and|to|from|the|year|fy|exhibit|ex|art|article|version|ver|v"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?|.*\b(?:no|case|docket|phone|fax|tel|ave|avenue|street|road)\.?|.*-(?:cv|cr|md"
    r"|bk|ap)"
)
_STATE = re.compile(
    r"A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[TA]"
    r"|W[AVIY]"
)
_FILED = re.compile(
    r"^[ \t]*(?:Case|CASE)[ \t:]+[\w:.-]{4,40}[^\r\n]{0,80}?\b(?:Document|Doc\.?)[ \t#]+\d[^\r\n]{0,160}?"
    r"(?:Filed|Entered)[^\r\n]{0,120}",
    re.M,
)
_TO_DIGIT = str.maketrans("OoQDIl|SsBZz", "000011155822")
_TO_LETTER = str.maketrans("01l|58", "OIIISB")


@dataclass(frozen=True, slots=True)
class Found:
    """One entry a page in `numbers`; the stamps as regions; the repaired ones as metadata ("bates")."""

    numbers: tuple[str | None, ...]
    regions: tuple[Region, ...] = ()
    metadata: tuple[Metadatum, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that are missing between two stamps of one series, first and last of them as they would be printed."""

    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class _Stamp:
    page: int
    prefix: str
    gap: str
    digits: str
    start: int
    end: int
    alone: bool  # nothing else stands in its line but legends and page numbers

    @property
    def number(self) -> int:
        return int(self.digits)


def bates_of(text: str, pages: Sequence[tuple[int, int]]) -> Found:
    """The Bates number of each page of a document, None for a page that bears none."""
    series: dict[tuple[str, str, int], list[_Stamp]] = defaultdict(list)
    edges = [list(_edges(text, start, end)) for start, end in pages]
    for page, lines in enumerate(edges):
        for stamp in _stamps(text, page, lines):
            series[_plain(stamp.prefix), stamp.gap, len(stamp.digits)].append(stamp)
    filed = tuple(
        Region("stamp", m.start() + len(m.group()) - len(m.group().lstrip()), m.end()) for m in _FILED.finditer(text)
    )
    best: list[_Stamp] = []
    for stamps in series.values():
        chain = _chain(stamps)
        if len(chain) > len(best) and _believed(chain, len(pages)):
            best = chain
    if not best:
        return Found((None,) * len(pages), filed)
    numbers: list[str | None] = [None] * len(pages)
    for stamp in best:
        numbers[stamp.page] = text[stamp.start : stamp.end]
    regions = [_region(text, stamp.start, stamp.end) for stamp in best]
    metadata: list[Metadatum] = []
    for value, page, start, end in _repaired(text, edges, best):
        numbers[page] = value
        regions.append(_region(text, start, end))
        metadata.append(Metadatum("bates", value, start, end))
    return Found(tuple(numbers), tuple(sorted({*regions, *filed}, key=lambda r: r.start)), tuple(metadata))


def gaps(documents: Iterable[Sequence[str | None]]) -> tuple[Gap, ...]:
    """What is missing in the productions that these documents belong to, inside them and between them.

    Takes the stamps of each document's pages. A series is a prefix with its separator and width.
    """
    series: dict[tuple[str, int], set[int]] = defaultdict(set)
    for stamps in documents:
        for stamp in stamps:
            if stamp and (match := re.fullmatch(r"(.*?)(\d+)", stamp)):
                series[match[1], len(match[2])].add(int(match[2]))
    return tuple(
        Gap(f"{prefix}{former + 1:0{width}d}", f"{prefix}{later - 1:0{width}d}", later - former - 1)
        for (prefix, width), numbers in sorted(series.items())
        for former, later in pairwise(sorted(numbers))
        if later > former + 1
    )


def _edges(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The first and last lines of a page that hold anything."""
    head: list[tuple[int, int]] = []
    position = start
    while position < end and len(head) < _HEAD_LINES:
        stop = _line_end(text, position, end)
        if text[position:stop].strip():
            head.append((position, stop))
        position = stop + 1
    foot: list[tuple[int, int]] = []
    stop = end
    while stop > position and len(foot) < _FOOT_LINES:
        begin = text.rfind("\n", position, stop) + 1 or position
        if text[begin:stop].strip():
            foot.append((begin, stop))
        stop = begin - 1
    yield from (line for line in (*head, *reversed(foot)) if line[1] - line[0] <= _LONGEST)


def _line_end(text: str, start: int, end: int) -> int:
    found = text.find("\n", start, end)
    return found if found >= 0 else end


def _stamps(text: str, page: int, lines: Iterable[tuple[int, int]]) -> Iterator[_Stamp]:
    """What has the form of a stamp and stands first or last in its line."""
    for start, end in lines:
        blank = _LEGEND.sub(lambda legend: " " * len(legend.group()), text[start:end])
        for match in _STAMP.finditer(blank):
            prefix = match["prefix"]
            before, after = blank[: match.start()], blank[match.end() :]
            first, last = bool(_FILLER.fullmatch(before)), bool(_FILLER.fullmatch(after))
            if not (first or last) or _NO_PREFIX.fullmatch(prefix) or re.search(r"\d{4,}", prefix):
                continue
            if _STATE.fullmatch(prefix[-2:]) and match["gap"] == " " and len(match["digits"]) == 5:
                continue  # a postal code
            yield _Stamp(
                page, prefix, match["gap"], match["digits"], start + match.start(), start + match.end(), first and last
            )


def _chain(stamps: Sequence[_Stamp]) -> list[_Stamp]:
    """The longest run of stamps, one a page, whose numbers rise from page to page; () if many do not."""
    by_page: dict[int, _Stamp] = {}
    for stamp in stamps:
        by_page.setdefault(stamp.page, stamp)
    ordered = [by_page[page] for page in sorted(by_page)]
    ends: list[int] = []  # of the run of each length, the least number that it may end with
    places: list[int] = []
    for stamp in ordered:
        place = bisect_left(ends, stamp.number)
        ends[place : place + 1] = [stamp.number]
        places.append(place)
    chain: list[_Stamp] = []
    wanted = len(ends) - 1
    for stamp, place in zip(reversed(ordered), reversed(places), strict=True):
        if place == wanted and (not chain or stamp.number < chain[-1].number):
            chain.append(stamp)
            wanted -= 1
    if len(ordered) - len(chain) > len(ordered) // 5:
        return []
    usual = Counter(stamp.prefix for stamp in chain).most_common(1)[0][0]
    return [stamp for stamp in reversed(chain) if stamp.prefix == usual]


def _believed(chain: Sequence[_Stamp], pages: int) -> bool:
    """Whether the numbers can be nothing but stamps: on most pages, most of them one more than the last."""
    if not chain or 2 * len(chain) < pages:
        return False
    by_one = sum(two.number - one.number == two.page - one.page for one, two in pairwise(chain))
    alone = sum(stamp.alone for stamp in chain)
    if len(chain) == 1:
        stamp = chain[0]
        letters = sum(char.isalpha() for char in stamp.prefix)
        return (
            pages == 1
            and stamp.alone
            and letters >= 2
            and len(stamp.digits) >= 5
            and (stamp.digits[0] == "0" or stamp.gap == "")
        )
    return 2 * by_one >= len(chain) - 1 and (2 * alone >= len(chain) or (len(chain) >= 3 and by_one == len(chain) - 1))


def _repaired(
    text: str, edges: Sequence[Sequence[tuple[int, int]]], chain: Sequence[_Stamp]
) -> Iterator[tuple[str, int, int, int]]:
    """For pages without a stamp: value, page and span where what is printed can only be the one that belongs there."""
    known = {stamp.page: stamp.number for stamp in chain}
    model = chain[0]
    for page, lines in enumerate(edges):
        if page in known or (number := _expected(known, page)) is None:
            continue
        width = len(model.digits)
        value = f"{model.prefix}{model.gap}{number:0{width}d}"
        readings = [span for start, end in lines for span in _readings(text, start, end, model, f"{number:0{width}d}")]
        if len(readings) == 1:
            yield value, page, *readings[0]


def _expected(known: dict[int, int], page: int) -> int | None:
    """The number that the neighbours leave for the page: between two in step, or after (before) two in step."""
    for one, two in ((page - 1, page + 1), (page - 2, page - 1), (page + 1, page + 2)):
        if one in known and two in known and known[two] - known[one] == two - one:
            return known[one] + page - one
    return None


def _readings(text: str, start: int, end: int, model: _Stamp, digits: str) -> Iterator[tuple[int, int]]:
    """Words of the line that are the expected stamp once letters and digits of like shape count as the same."""
    length = len(model.prefix)
    wanted = _plain(model.prefix) + digits
    for match in _TOKEN.finditer(text, start, end):
        closed = re.sub(r"[ _.-]", "", match.group())
        bare = re.sub(r"[ _.-]", "", model.prefix)
        if len(closed) == len(bare) + len(digits):
            read = _plain(closed[: len(bare)]) + closed[len(bare) :].translate(_TO_DIGIT)
            if read == re.sub(r"[ _.-]", "", wanted[:length]) + digits:
                yield match.span()


def _plain(prefix: str) -> str:
    """The prefix in capitals with digits of like shape as letters: HARB0R and HARBOR are one."""
    return prefix.translate(_TO_LETTER).upper()


def _region(text: str, start: int, end: int) -> Region:
    """The stamp with the legend beside it on its line."""
    begin = text.rfind("\n", 0, start) + 1
    for legend in _LEGEND.finditer(text, max(begin, start - 80), start):
        if not re.search(r"\w", text[legend.end() : start]):
            start = legend.start()
            break
    stop = text.find("\n", end)
    legend_after = _LEGEND.search(text, end, min(stop if stop >= 0 else len(text), end + 80))
    if legend_after and not re.search(r"\w", text[end : legend_after.start()]):
        end = legend_after.end()
    return Region("stamp", start, end)
