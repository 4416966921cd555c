"""Printed dates, and which of them a document bears.

A document's date is the day it was made, signed, filed or sent; a day that it only mentions is none. Two different
days with the same claim cancel each other: a missing date hides nothing from a search, a wrong one does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from legalqa.ingest.structure import opening
from legalqa.ingest.structure.numbering import ORDINALS

COURT_TYPES = frozenset(
    ("order", "opinion", "complaint", "answer", "motion", "brief", "declaration", "pleading", "subpoena", "discovery")
)
_SENT_TYPES = frozenset(("letter", "email", "notice", "transcript", "invoice", "notes", "minutes"))
_FRONT = 8_000  # characters in which a document says when it was made
_FIRST_PAGE = 2_500
_OTHER = 1_000  # where what cannot be told must say its date, if anywhere
_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep"
    "|october oct|november nov|december dec"
)
_MONTHS = {name: n for n, names in enumerate(_MONTH_NAMES.split("|"), start=1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ORDINAL_WORDS = [*ORDINALS, *(f"twenty-{word}" for word in ORDINALS[:9]), "thirtieth", "thirty-first"]
_ORDINALS = {word: n for n, word in enumerate(_ORDINAL_WORDS, start=1)}
_TH = r"(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)\b)?"  # "15t h": a raised ending that came apart in the text layer
_DATE = re.compile(
    rf"\b(?P<m1>{_MONTH})\.?\s{{1,4}}(?P<d1>\d{{1,2}}){_TH}\s{{0,3}},?\s{{0,4}}(?P<y1>(?:19|20)\d\d)\b"
    rf"|\b(?P<d2>\d{{1,2}}){_TH}\s{{0,4}}(?:day\s{{1,4}}of\s{{1,4}})?(?P<m2>{_MONTH})\.?\s{{0,3}},?\s{{1,4}}"
    r"(?P<y2>(?:19|20)\d\d)\b"
    rf"|\b(?P<w5>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\s{{1,4}}(?:day\s{{1,4}})?of\s{{1,4}}"
    rf"(?P<m5>{_MONTH})\s{{0,3}},?\s{{1,4}}(?P<y5>(?:19|20)\d\d)\b"
    r"|(?<![\d/.-])(?P<m3>\d{1,2})/(?P<d3>\d{1,2})/(?P<y3>(?:19|20)\d\d|\d\d)(?![\d/-])"
    r"|(?<![\d/-])(?P<y4>(?:19|20)\d\d)-(?P<m4>\d\d)-(?P<d4>\d\d)(?![\d-])",
    re.I,
)
_MADE = re.compile(  # right before the day on which an agreement was made
    r"(?:\b(?:dated|made|entered\s{1,30}in(?:to)?|executed|signed|concluded|issued|effective)"
    r"(?:[\s,;]+(?!between\b|among\b|dated\b)[\w“”\"()’']+){0,8}?|\bas\s{1,30}of|\bdated|\bdate:|^)"
    r"[:,]?(?:\s{1,30}(?:as|of|on|this|the|day|effective|date|and|in))*\s{0,30}$",
    re.I,
)
_EFFECTIVE = re.compile(r"\b(?:effective|effect|commenc\w+|amended|restated)\b[^.]{0,60}$", re.I)
_SIGNATURE = re.compile(r"\b(?:By|Name|Title|Signature|Place)\b:?(?!.{0,200}\bThis\b)", re.S)
_ITSELF = re.compile(
    r"\b(?:This|THIS|this)\s{1,30}(?:[\w,&'’./-]+\s{1,30}){0,14}?(?:\(|[“\"]|(?i:\w*(?:lease|agreement|amendment"
    r"|addendum"
    r"|contract"
    r"|indenture|guaranty|deed|plan|note|nda|license)\b))"
)
_ANOTHER = re.compile(  # "… to the Lease dated", "that certain Agreement, dated"
    r"\b(?:to|under|of|certain|that|the|such|an?|by|with)\s{1,30}(?:[\w&'’/-]+\s{1,30}){0,6}?(?:agreements?|lease"
    r"|contract|note"
    r"|letter"
    r"|indenture|deed|amendment|mortgage|statement|prospectus|plan)\b[^.;]{0,140}?"
    r"\b(?:dated|made|entered\s{1,30}into|executed|effective|as\s{1,30}of)\b[^.;]{0,40}$",
    re.I,
)
_LABEL = re.compile(
    r"(?:^|\n)[ \t\d]{0,6}(?:date|dated|sent|invoice\s{1,30}date|date\s{1,30}of\s{1,30}invoice"
    r"|date\s{1,30}issued)\s{0,3}:\s{0,12}"
    r"(?:\w{3,9},?\s{1,3})?$",
    re.I,
)
_STAMP = re.compile(r"\bDocument\s{1,30}\d+(?:-\d+)?\s{1,30}Filed\s{1,30}(\d\d)/(\d\d)/(\d\d(?:\d\d)?)\b")
_SIGNED = re.compile(
    r"\s{0,30}(?:\d{1,2}\s{1,30})?(?:(?:dated|date|filed|entered|so ordered|signed|executed)\b[:,]?(?:\s{1,30}(?:this"
    r"|on|the))*)?\s{0,30}",
    re.I,
)
_WITNESS = re.compile(
    r"\b(?:IN\s{1,30}WITNESS|executed|signed|entered\s{1,30}into)\b[^.]{0,240}?\b(?:as\s{1,30}of|on"
    r"|this)(?:\s{1,30}(?:the|this))?\s{0,30}$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A printed date: ISO 8601, and the span of what is printed."""

    iso: str
    start: int
    end: int


def days(text: str, start: int = 0, end: int | None = None) -> Iterator[Day]:
    """Every date of the calendar printed in ``text[start:end]``; 30 February is none."""
    for match in _DATE.finditer(text, start, len(text) if end is None else end):
        if iso := _iso(match):
            yield Day(iso, match.start(), match.end())


def date_of(text: str, kind: str) -> Day | None:
    """The day of a document of this type."""
    if kind in COURT_TYPES:
        return _filed(text)
    if kind in _SENT_TYPES:
        return _sent(text) or (None if kind == "letter" else _made(text))
    return _made(text) if kind != "other" else _made(text[:_OTHER])


def _made(text: str) -> Day | None:
    """The day on which an agreement says it was made; else the one it was effective, titled with or executed on."""
    made: list[Day] = []
    effective: list[Day] = []
    alone: list[Day] = []
    former = 0
    for day in days(text, 0, _reach(text)):
        before = _before(text, max(former, day.start - 360), day.start)
        former = day.end
        itself = list(_ITSELF.finditer(before))
        another = _ANOTHER.search(before[itself[-1].end() :] if itself else before)
        if another or _SIGNATURE.search(before):
            continue
        if not _MADE.search(before):
            alone += [day] if _alone(text, day) and day.start < _FIRST_PAGE else []
        elif _EFFECTIVE.search(before) and not re.search(r"\b(?:made|entered|dated|executed)\b", before[-60:], re.I):
            effective += [day] if itself or re.search(r"(?i)date\W*$|\bdate\b", before) else []
        else:
            made.append(day)
    for claims in (made, effective, alone):
        if claims:
            return _one(claims)
    return _executed(text)


def _executed(text: str) -> Day | None:
    """ "IN WITNESS WHEREOF … as of May 1, 2020", if only one such day is printed."""
    tail = max(len(text) - 40_000, 0)
    return _one([day for day in days(text, tail) if _WITNESS.search(text[max(day.start - 300, 0) : day.start])])


def _reach(text: str) -> int:
    """To the end of the preamble: a day in the recitals is that of another document."""
    begin = opening.preamble(text)
    recitals = opening.RECITALS.search(text, begin, begin + _FRONT)
    return recitals.start() if recitals else max(_FIRST_PAGE, begin + 1_200)


def _before(text: str, begin: int, start: int) -> str:
    """What of ``text[begin:start]`` stands in the sentence or paragraph that goes on at `start`, in one line."""
    window = text[max(begin, 0) : start]
    cut = max((match.end() for match in re.finditer(r"\n[ \t\r]*\n|\f|[a-z)]\.\s{1,30}(?=[A-Z])", window)), default=0)
    return " ".join(window[cut:].split()) + (" " if window[-1:].isspace() else "")


def _alone(text: str, day: Day) -> bool:
    """Whether the date stands in a line of its own, or right after the title at the very front."""
    before = text[max(text.rfind("\n", 0, day.start) + 1, day.start - 200) : day.start]
    end = text.find("\n", day.end, day.end + 200)
    after = text[day.end : end if end >= 0 else day.end + 200]
    titled = day.start < 300 and re.search(r"\b(?:AGREEMENT|LEASE|AMENDMENT|CONTRACT|PLAN)\s{1,6}$", before)
    return bool(titled) or (not before.strip() and not after.strip(" .,\r"))


def _sent(text: str) -> Day | None:
    """A labelled date ("Date:"), else the first one with a line of its own, else the first of all on the first page."""
    front = list(days(text, 0, _FIRST_PAGE))
    labelled = [day for day in front if _LABEL.search(text[max(day.start - 60, 0) : day.start])]
    alone = [day for day in front if _line_is_date(text, day)]
    if labelled or alone:
        return min(labelled + alone, key=lambda day: day.start)
    return front[0] if front and front[0].start < 1_000 else None


def _line_is_date(text: str, day: Day) -> bool:
    begin = text.rfind("\n", 0, day.start) + 1
    end = text.find("\n", day.end)
    end = end if end >= 0 else len(text)
    if end - begin > 80:
        return False
    rest = text[begin : day.start] + text[day.end : end]
    return not re.sub(r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\W|\d", "", rest)


def _filed(text: str) -> Day | None:
    """The day of a court paper: of filing, as the court stamps it on each page, else of its signature."""
    if stamp := _STAMP.search(text[:_FRONT]):
        month, day, year = (int(part) for part in stamp.groups())
        if iso := _day(2000 + year if year < 100 else year, month, day):
            return Day(iso, stamp.start(1), stamp.end(3))
    for start, end in ((max(len(text) - _FIRST_PAGE, 0), len(text)), (0, _FIRST_PAGE)):
        for found in days(text, start, end):
            line = text.rfind("\n", 0, found.start) + 1
            if found.start - line < 200 and _SIGNED.fullmatch(text, line, found.start):
                return found
    return None


def _one(claims: Sequence[Day]) -> Day | None:
    """The first of them if all name the same day."""
    return claims[0] if len({day.iso for day in claims}) == 1 else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _iso(match: re.Match[str]) -> str | None:
    if match["m3"]:
        return _slashes(int(match["m3"]), int(match["d3"]), match["y3"])
    if match["w5"]:
        return _day(int(match["y5"]), _MONTHS[match["m5"].lower()], _ORDINALS[match["w5"].lower()])
    for n in "124":
        if match[f"y{n}"]:
            month = match[f"m{n}"].lower()
            return _day(int(match[f"y{n}"]), _MONTHS.get(month) or int(month), int(match[f"d{n}"]))
    return None


def _slashes(first: int, second: int, printed_year: str) -> str | None:
    """Month first, as American papers write it, unless there is no such month."""
    year = int(printed_year)
    if len(printed_year) == 2:
        year += 2000 if year < 50 else 1900
    return _day(year, second, first) if first > 12 else _day(year, first, second)
