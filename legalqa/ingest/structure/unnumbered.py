"""Main headings that bear no number of an outline: RECITALS, ARGUMENT, COUNT I, EXAMINATION BY MR. DOE.

Where the pages tell how their lines are set, a short line that stands alone, centred or bold and in capitals or larger
than the text around it, is one too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from legalqa.ingest.items import Line
from legalqa.ingest.structure import messages, numbering
from legalqa.values.document import Region

_OWN_LINE = re.compile(r"(?:^|[\r\n\f]|(?<!\s)\s{3,}+)[ \t]*(?P<line>[A-Z][^\r\n\f]{2,99})(?=[\r\n\f]|$)")
_MAIN = re.compile(
    r"(?:RECITALS?|BACKGROUND|PRELIMINARY STATEMENTS?|W ?I ?T ?N ?E ?S ?S ?E ?T ?H|INTRODUCTION|ARGUMENT"
    r"|DISCUSSION|ANALYSIS|CONCLUSION|STATEMENT OF (?:THE )?(?:FACTS|CASE|ISSUES)|FACTUAL (?:BACKGROUND|ALLEGATIONS)"
    r"|LEGAL STANDARDS?|FINDINGS OF FACT|CONCLUSIONS OF LAW|PRAYER FOR RELIEF|JURISDICTION(?: AND VENUE)?|THE PARTIES"
    r"|PARTIES|NATURE OF THE ACTION|GENERAL ALLEGATIONS|CAUSES? OF ACTION|JURY DEMAND|DEMAND FOR JURY TRIAL"
    r"|AFFIRMATIVE DEFENSES?|DEFINITIONS|AGREEMENT|ORDER|STIPULATIONS?|TERMS AND CONDITIONS"
    r"|Recitals|Background|Introduction|Conclusion|WITNESSETH)\s*[:.]?\s*$"
)
_COUNT = re.compile(
    r"(?P<number>COUNT\s+(?:[IVXL]+|\d{1,2}|[A-Z]{3,9})|(?:[A-Z]+\s){0,2}?[A-Z]+(?:ST|ND|RD|TH)\s+"
    r"(?:CAUSE OF ACTION|CLAIM FOR RELIEF|AFFIRMATIVE DEFENSE|DEFENSE))\b[\s:.–—-]*(?P<title>[^\r\n\f]{0,80})$"
)
_CLAIM = re.compile(r"\s{1,20}\((?P<title>[^()\r\n]{3,80})\)")
_EXAMINED = re.compile(
    r"(?:(?:DIRECT|CROSS|REDIRECT|RECROSS|FURTHER|CONTINUED|VOIR DIRE|RE-?DIRECT|RE-?CROSS)[\s-]+){0,3}EXAMINATION"
    r"(?:\s*\((?:CONTINUED|Continued|Resumed|RESUMED)\))?(?:\s+BY\s+(?:MR|MS|MRS|DR)\.?\s+[A-Z'’ -]{2,40})?\s*:?\s*$"
)
_BY = re.compile(r"\s*(?:\d{1,2}\s+)?(?P<by>BY\s+(?:MR|MS|MRS|DR)\.?\s+[A-Z'’-]{2,30}(?:\s[A-Z'’-]{2,30})?)\s*:")
_CLOSING = re.compile(
    r"(?:RECITALS?|W ?I ?T ?N ?E ?S ?S ?E ?T ?H|Recitals|BACKGROUND|PRELIMINARY STATEMENTS?|WITNESSETH)\b"
)
_RECITED = re.compile(
    r"[\s:.-]*(?:WHEREAS|Whereas|\(?[A1i][.)]|[^\r\n\f]{100})"
)  # in an index of terms none of these follows
_WHEREAS = re.compile(r"(?:^|[\r\n\f]|(?<!\s)\s{2,}+)[ \t]*(?P<line>WHEREAS\b)")
_MOST = 80  # characters of a heading that only its type shows
_NO_HEADING = re.compile(
    r"[,;]$|^\(?(?:[\d\W]+|page\b.*)$|[_]{3}|\.{3}|@|^(?:By|Name|Title|Date|Its|Via|Confidential|Privileged|Execution|Draft|Attorneys?)\b:?",
    re.I,
)


class Main(NamedTuple):
    """A main heading. `holds` says that whatever is numbered below it belongs to it: a message, an examination."""

    start: int
    number: str
    title: str
    holds: bool = False


class _Set(NamedTuple):
    """How the text of a document is mostly set: type size in points, left and right edge."""

    size: float
    left: float
    right: float


def headings(text: str, closed: Sequence[Region], lines: Sequence[Line] = ()) -> list[Main]:
    """Main headings in order of the text, outside the closed regions."""
    found = {main.start: main for main in _worded(text)}
    for start, title in _typeset(text, lines):
        found.setdefault(start, Main(start, "", title))
    found.update({start: Main(start, "", title, True) for start, title in messages.messages(text)})
    recital = _first_whereas(text, found)
    if recital is not None:
        found[recital] = Main(recital, "", "WHEREAS")
    starts = [region.start for region in closed]
    kept = []
    for start in sorted(found):
        index = bisect_right(starts, start) - 1
        if index < 0 or start >= closed[index].end:
            kept.append(found[start])
    return kept


def closing(text: str, closed: Sequence[Region]) -> list[int]:
    """Starts of the main headings at which every list ends and numbers begin anew: recitals, messages, examinations."""
    return [main.start for main in headings(text, closed) if main.holds or closes(main.title)]


def closes(title: str) -> bool:
    """Whether a main heading begins recitals."""
    return bool(_CLOSING.match(title)) or title == "WHEREAS"


def _worded(text: str) -> Iterator[Main]:
    for match in _OWN_LINE.finditer(text):
        line, start = match["line"].rstrip(), match.start("line")
        if _CLOSING.match(line) and not _RECITED.match(text, match.end()):
            continue
        if _MAIN.match(line):
            yield Main(start, "", " ".join(line.split()).strip(" .:"))
        elif count := _COUNT.match(line):
            title = " ".join(count["title"].split()).strip(" .:()")
            yield Main(start, " ".join(count["number"].split()), title or _below(text, match.end()))
        elif _EXAMINED.match(line):
            by = _BY.match(text, match.end())
            title = " ".join(line.split()).strip(" .:")
            title = f"{title} {' '.join(by['by'].split())}" if by and " BY " not in title else title
            yield Main(start, "", title, True)


def _below(text: str, end: int) -> str:
    """The name of a claim in brackets on the line below its number."""
    match = _CLAIM.match(text, end)
    return " ".join(match["title"].split()) if match else ""


def _first_whereas(text: str, found: dict[int, Main]) -> int | None:
    """Where recitals begin that no heading announces."""
    match = _WHEREAS.search(text)
    if match is None:
        return None
    announced = any(_CLOSING.match(title) and start < match.start() for start, _, title, _ in found.values())
    return None if announced else match.start("line")


def _typeset(text: str, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Short lines that their type shows to be headings."""
    usual = _usual(lines)
    if usual is None:
        return
    for index, line in enumerate(lines):
        words = text[line.start : line.end].strip()
        if not 3 <= len(words) <= _MOST or _NO_HEADING.search(words) or next(numbering.readings(words), None):
            continue
        before = lines[index - 1] if index else None
        after = lines[index + 1] if index + 1 < len(lines) else None
        if before is None or after is None or not _alone(text, before, line, after):
            continue
        letters = [c for c in words if c.isalpha()]
        if len(letters) < 3 or len(letters) < 0.6 * len(words.replace(" ", "")):
            continue
        capitals = all(c.isupper() for c in letters)
        middle = abs((line.x0 + line.x1) - (usual.left + usual.right)) / 2 < 0.04 * (usual.right - usual.left)
        centred = middle and line.x0 > usual.left + 0.12 * (usual.right - usual.left)
        larger = line.size > 1.15 * usual.size
        signs = capitals + centred + larger + 2 * (line.bold >= 0.8)
        if signs >= 3 and (words[0].isupper()):
            yield (
                line.start + len(text[line.start : line.end]) - len(text[line.start : line.end].lstrip()),
                " ".join(words.split()).strip(" .:"),
            )


def _usual(lines: Sequence[Line]) -> _Set | None:
    long = [line for line in lines if line.end - line.start > 50 and line.size > 0]
    if len(long) < 10:
        return None
    size = Counter(round(line.size * 2) / 2 for line in long).most_common(1)[0][0]
    return _Set(size, median(line.x0 for line in long), median(line.x1 for line in long))


def _alone(text: str, before: Line, line: Line, after: Line) -> bool:
    """Whether more than a line's end parts the line from the lines around it."""
    above = "\n\n" in text[before.end : line.start] or before.y0 > line.y0
    below = "\n\n" in text[line.end : after.start] or line.y0 > after.y0
    return above and below
