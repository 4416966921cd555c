"""Cases and statutes named in a text: does the record or the firm's list know them, could they exist at all?

Found by eyecite. `unknown` is no verdict on a case's existence, only that nothing here vouches for it; that an
authority is good law is never said. `malformed` is said of what cannot exist: no such reporter, a year before the
reporter began, after it ended or still to come, volume or page zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from legalqa.values.answer import Authority
from legalqa.verify.words import word_set

Stands = Callable[[str], Sequence[str]]

LAST_WEST_VOLUME = 999  # volumes of a National Reporter series end at 999, then a new series begins
LATE_YEARS = 3  # years after a reporter's end that a citation may still bear

_TOKEN = r"(?:[A-Z][\w'’]*\.?(?:[A-Z][\w'’]*\.?)*(?:\d[a-z]{1,2}\.?)?|\d(?:d|[a-z]{2})\b\.?|&|of|\([A-Z][\w.-]*\))"
_CANDIDATE = re.compile(
    rf"(?<![\w.$,:/-])(?P<volume>\d{{1,4}}[A-Z]?)\s+(?P<reporter>{_TOKEN}(?:\s+{_TOKEN}){{0,6}}?)\s+"
    r"(?P<page>\d{1,5})(?![\w/:-]|[.,]\d|\s*(?:%|days|months|years))"
)
_YEAR_AFTER = re.compile(r"(?:,\s*\d+(?:[-–]\d+)?)*\s*\((?:[^()]{0,40}\s)?(?P<year>\d{4})\)")
_CASE_BEFORE = re.compile(r"(?:[A-Z][\w.'’&]*\s+(?:(?:of|the|and|&)\s+)?){1,8}v\.\s+[A-Z][^;()]{1,60},\s+$")
_PIN_AFTER = re.compile(r"(?:,\s*\d+(?:[-–]\d+)?)*")
_RULE = re.compile(  # rules of court, which eyecite does not look for
    r"\b(?:Fed\.\s?R\.\s?(?:Civ|Crim|App|Evid|Bankr)\.(?:\s?P\.)?|(?:[A-Z][a-z]{1,5}\.\s?)R\.\s?(?:Civ|Crim|App|Evid)\.(?:\s?P\.)?)"
    r"\s+\d+(?:\.\d+)?(?:\([A-Za-z0-9]{1,4}\))*"
)
_ZERO = "volume and page are counted from 1"
_MONTHS = word_set(
    "january february march april may june july august september october november december section article"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """One citation in the text: its words, other spellings of it, and why it cannot exist ("" if it could)."""

    start: int
    text: str
    spellings: tuple[str, ...]
    fault: str = ""


def check(
    text: str, stands: Stands, *, listed: Collection[str] = (), today: date | None = None
) -> tuple[Authority, ...]:
    """Every authority named in `text`, once, in order.

    `stands` names the places in the record where a citation's words stand; `listed` is the firm's own list of
    citations. For a malformed authority `where` says what is wrong with it.
    """
    known = {_key(citation) for citation in listed}
    result: dict[str, Authority] = {}
    for found in sorted(_citations(text, today or date.today()), key=lambda one: one.start):
        key = _key(found.spellings[0])
        if key not in result:
            result[key] = _authority(found, stands, known)
    return tuple(result.values())


def spans(text: str) -> list[tuple[int, int]]:
    """Offsets of the citations of law in `text`, with what belongs to them (names of parties, pin, year)."""
    from eyecite import get_citations
    from eyecite.models import (
        FullCaseCitation,
        FullJournalCitation,
        FullLawCitation,
        ShortCaseCitation,
        SupraCitation,
    )

    law = (FullCaseCitation, FullLawCitation, FullJournalCitation, ShortCaseCitation, SupraCitation)
    citations = cast("list[Any]", get_citations(text) if text else [])  # eyecite takes no text for a mistake
    found = [_extent(citation, text) for citation in citations if type(citation) in law]
    others = [match.span() for match in _RULE.finditer(text)]
    others += [
        (named.start() if (named := _CASE_BEFORE.search(text, 0, match.start())) else match.start(), match.end())
        for match in _CANDIDATE.finditer(text)
        if _looks_cited(match, text)
    ]
    return sorted({*found, *(one for one in others if not any(a < one[1] and one[0] < b for a, b in found))})


def _extent(citation: Any, text: str) -> tuple[int, int]:
    """From the parties' names to the year. eyecite's own end may be that of a later citation."""
    end = citation.span()[1]
    after = _YEAR_AFTER.match(text, end) or _PIN_AFTER.match(text, end)
    return citation.full_span()[0], after.end() if after else end


def _year(citation: Any, after: str) -> str:
    """The year in parentheses right after a citation; eyecite may give that of a later one."""
    match = _YEAR_AFTER.match(after)
    if match:
        return match["year"]
    return str(getattr(citation.metadata, "year", None) or "") if "(" in after[:60] and "." not in after[:8] else ""


def _authority(found: _Found, stands: Stands, known: Collection[str]) -> Authority:
    for spelling in found.spellings:
        where = tuple(stands(spelling))
        if where:
            return Authority(found.text, "in_record", where)
    if any(_key(spelling) in known for spelling in found.spellings):
        return Authority(found.text, "in_list")
    return Authority(found.text, "malformed", (found.fault,)) if found.fault else Authority(found.text, "unknown")


def _key(citation: str) -> str:
    return re.sub(r"[\s.,]", "", citation).lower().replace("§§", "§")


def _citations(text: str, today: date) -> Iterator[_Found]:
    from eyecite import get_citations
    from eyecite.models import FullCaseCitation, FullJournalCitation, FullLawCitation, ShortCaseCitation

    if not re.search(r"\d", text):
        return
    covered: list[tuple[int, int]] = []
    full: set[tuple[str, str]] = set()
    for citation in cast("list[Any]", get_citations(text)):
        kind = type(citation)
        if kind not in (FullCaseCitation, FullLawCitation, FullJournalCitation, ShortCaseCitation):
            continue
        start, end = citation.span()
        covered.append((start, end))
        groups = citation.groups
        series = groups.get("volume") or "", groups.get("reporter") or ""
        if kind is ShortCaseCitation:
            if series not in full:
                yield _Found(start, text[start:end], (" ".join(series),))
            continue
        full.add(series)
        fault = _fault(citation, text[end:], today) if kind is FullCaseCitation else ""
        spellings = dict.fromkeys((citation.matched_text(), citation.corrected_citation()))
        yield _Found(start, _with_name(citation, text[end:]), tuple(spellings), fault)
    for match in _RULE.finditer(text):
        yield _Found(match.start(), match.group(), (match.group(),))
    for match in _CANDIDATE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in covered) and _looks_cited(match, text):
            fault = _ZERO if _counted_from_zero(match) else _unknown_reporter(match["reporter"])
            yield _Found(match.start(), match.group(), (match.group(),), fault)


def _with_name(citation: Any, after: str) -> str:
    """The citation with the names of its parties, if they stand before it."""
    metadata = citation.metadata
    plaintiff, defendant = getattr(metadata, "plaintiff", None), getattr(metadata, "defendant", None)
    names = f"{plaintiff} v. {defendant}, " if plaintiff and defendant else ""
    found = _year(citation, after)
    year = f" ({found})" if found else ""
    return " ".join(f"{names}{citation.matched_text()}{year}".split())


def _fault(citation: Any, after: str, today: date) -> str:
    """Why a case citation with a known reporter cannot exist."""
    groups, editions = citation.groups, citation.all_editions
    if (groups.get("volume") or "1").strip("0") == "" or (groups.get("page") or "1").strip("0") == "":
        return _ZERO
    volume = groups.get("volume") or ""
    west = all(re.fullmatch(r"(F|P|A|N\.E|S\.E|N\.W|S\.W|So|F\. Supp)\.?(\s?\dd)?", one.short_name) for one in editions)
    if volume.isdigit() and int(volume) > LAST_WEST_VOLUME and west and editions:
        return f"no volume {volume} of {groups.get('reporter')} exists"
    year = _year(citation, after)
    if not year.isdigit():
        return ""
    number = int(year)
    starts = [one.start.year for one in editions if one.start]
    if number > today.year:
        return f"the year {number} is still to come"
    if starts and number < min(starts):
        return f"{groups.get('reporter')} began in {min(starts)}: it holds no decision of {number}"
    if editions and all(one.end and number > one.end.year + LATE_YEARS for one in editions):
        ended = max(one.end.year for one in editions)
        return f"{groups.get('reporter')} ended in {ended}: it holds no decision of {number}"
    return ""


def _looks_cited(match: re.Match[str], text: str) -> bool:
    """Whether "265 Qneed 260" is meant as a citation and not as an address or a date."""
    reporter = match["reporter"]
    words = reporter.replace(".", " ").lower().split()
    if set(words) & _MONTHS:
        return False
    if _key(reporter) in _reporters():
        return _counted_from_zero(match)
    abbreviated = bool(re.search(r"[A-Za-z]\.|\d[a-z]", reporter)) and len(match["volume"]) <= 4
    before, after = text[max(match.start() - 120, 0) : match.start()], text[match.end() :]
    beside = bool(re.search(r"\sv\.\s[^;]*$", before) or _YEAR_AFTER.match(after))
    alone = match.group().strip() == text.strip(" .;()")
    return beside or alone or (abbreviated and _nearest(reporter)[1] >= 75)


def _counted_from_zero(match: re.Match[str]) -> bool:
    return not match["volume"].strip("0") or not match["page"].strip("0")


def _unknown_reporter(reporter: str) -> str:
    near, likeness = _nearest(reporter)
    hint = f" (nearest known: {near})" if likeness >= 60 else ""
    return f"no reporter is called “{reporter}”{hint}"


@lru_cache(maxsize=1)
def _reporters() -> dict[str, str]:
    """Every known abbreviation of a reporter, by key."""
    from eyecite.tokenizers import EDITIONS_LOOKUP

    return {_key(name): name for name in EDITIONS_LOOKUP}


@lru_cache(maxsize=256)
def _nearest(reporter: str) -> tuple[str, float]:
    from rapidfuzz import fuzz, process

    best = process.extractOne(_key(reporter), list(_reporters()), scorer=fuzz.ratio)
    return (_reporters()[best[0]], best[1]) if best else ("", 0.0)
