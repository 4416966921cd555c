"""Sections of a legal text from its numbered headings, with exact, nested spans.

Candidates are beginnings of lines (and of clauses after a run of spaces, as text files flattened from a web page have
them). `numbering` decides whether a number can stand there; lines of a table of contents, running heads and wrapped
citations are no headings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legalqa.ingest import numbering
from legalqa.values.document import Section

_LINE = re.compile(r"[^\r\n\f]+")
_CLAUSE = re.compile(r"(?:^|[\r\n\f]|\s{3,}|\t)[ \t]*(?=\S)")
_LEADERS = re.compile(r"\.{4,}|(?:\. ){3,}|…{2,}|_{4,}\s*\d+\s*$")
_PAGE_AT_END = re.compile(r"\s(?:\d{1,3}|[ivxl]{1,5}|[A-Z]-\d{1,3})\s*$")
_CONTENTS = re.compile(r"\s*(?:TABLE\s+OF\s+CONTENTS|Table\s+of\s+Contents|CONTENTS|INDEX)\s*$")
_MAIN = re.compile(
    r"(?:RECITALS?|BACKGROUND|PRELIMINARY STATEMENTS?|WITNESSETH:?|W I T N E S S E T H:?|INTRODUCTION|ARGUMENT"
    r"|DISCUSSION|ANALYSIS|CONCLUSION|STATEMENT OF (?:THE )?(?:FACTS|CASE|ISSUES)|FACTUAL BACKGROUND|LEGAL STANDARDS?"
    r"|FINDINGS OF FACT|CONCLUSIONS OF LAW|PRAYER FOR RELIEF|JURISDICTION(?: AND VENUE)?|PARTIES|CAUSES? OF ACTION"
    r"|DEFINITIONS|AGREEMENT|ORDER|Recitals|Background|Introduction|Conclusion)\s*[:.]?\s*$"
)
_WHEREAS = re.compile(r"WHEREAS\b")
_TITLE_END = re.compile(r"[.:](?=\s|$)|\s{3,}|[\r\n]|\s[–—]\s|(?<=\w)\.(?=[A-Z])")
_SMALL_WORDS = "a an and as at by for from in into of on or the to under upon with without not its"
_SMALL = frozenset(_SMALL_WORDS.split())
_TITLE_MOST = 90
_EDGE_LINES = 2  # lines at the top and bottom of a page that may be running heads


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    number: str
    title: str
    level: int


def sections_of(text: str, running: frozenset[int] = frozenset()) -> tuple[Section, ...]:
    """All sections in the order of the text. `running` are the starts of lines that repeat on every page."""
    headings = _without_contents(text, list(_headings(text, running)))
    return _nested(text, headings)


def running_lines(text: str, pages: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Starts of lines at the pages' edges that are the same, but for digits, on several pages."""
    edges: list[tuple[int, str]] = []
    for start, end in pages:
        lines = [match for match in _LINE.finditer(text, start, end) if not match.group().isspace()]
        for match in {m.start(): m for m in [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]}.values():
            edges.append((match.start(), re.sub(r"\d+", "#", match.group().strip())))
    seen = Counter(shape for _, shape in edges)
    least = max(3, len(pages) // 4)
    return frozenset(start for start, shape in edges if seen[shape] >= least)


def _headings(text: str, running: frozenset[int]) -> Iterator[_Heading]:
    sequence = numbering.Sequence()
    recitals = main = contents = False
    last: _Heading | None = None
    for start, line, line_start in _candidates(text):
        contents = bool(_CONTENTS.match(line)) or (contents and bool(_PAGE_AT_END.search(line)))
        if contents or line_start in running or _LEADERS.search(line):
            continue
        if line_start == start and _MAIN.match(line):
            if last is not None and last.title == " ".join(line.split()).strip(" .:"):
                continue  # the second line of "ARTICLE I / DEFINITIONS"
            sequence.restart()
            recitals = main = True
            yield _Heading(start, "", line.strip(" .:\t"), 1)
            continue
        if _WHEREAS.match(line):
            if not recitals:
                recitals = True
                sequence.restart()
                yield _Heading(start, "", "WHEREAS", 1)
            continue
        readings = [r for r in numbering.readings(line) if _plausible(text, start, line, r)]
        taken = sequence.take(readings) if readings else None
        if taken:
            number, level = taken
            if level == 1:  # "A." under RECITALS is a part of them, "1." is what follows them
                main = main and number.style == "LETTER."
            level += main
            last = _Heading(start, number.text, _title(text, start + number.length, number), level)
            yield last


def _candidates(text: str) -> Iterator[tuple[int, str, int]]:
    """Start, rest of the line, and start of the whole line, for every place where a heading may begin."""
    line_end = line_start = -1
    for match in _CLAUSE.finditer(text):
        start = match.end()
        if start >= line_end:
            found = _LINE.match(text, start)
            line_end = found.end() if found else start
            line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start), text.rfind("\f", 0, start)) + 1
        if text[start] in "AESW§(RPIDFLJCBO" or text[start].isalnum():
            yield start, text[start : min(line_end, start + 400)], line_start


def _plausible(text: str, start: int, line: str, number: numbering.Numbered) -> bool:
    """Whether what stands around a number lets it be a heading."""
    rest = line[number.length :].lstrip(" \t.:–—-")
    broken = _breaks_before(text, start)
    if number.style == "exhibit":
        return (
            broken and len(rest.strip()) <= _TITLE_MOST and not rest[:1].islower() and not rest.startswith((",", ")"))
        )
    if number.rank < numbering.BRACKET:
        if (
            rest[:1].islower()
            or rest.startswith((",", ";", ")"))
            or (number.style == "article" and rest.startswith("of "))
        ):
            return False
        if number.style in ("number", "LETTER.", "ROMAN.", "letter.") and not rest:
            return False
        if number.style in ("LETTER.", "letter.") and not broken and not _ended_before(text, start):
            return False
    return broken or _ended_before(text, start)


def _breaks_before(text: str, start: int) -> bool:
    """Whether a blank line, a run of spaces or the beginning of the text comes before."""
    before = text[max(start - 40, 0) : start]
    gap = before[len(before.rstrip()) :]
    return gap == before or gap.count("\n") > 1 or gap.count("\r") > 1 or "\f" in gap or (
        len(gap) >= 3 and "\n" not in gap
    )  # fmt: skip


def _ended_before(text: str, start: int) -> bool:
    """Whether the words before end a sentence, a clause, a heading or a page (its number)."""
    before = text[max(start - 120, 0) : start].rstrip()
    if before.endswith((".", ";", ":", ",", "”", '"', "and", "or", "—", "-")):
        return True
    last = re.split(r"[\r\n]", before)[-1].strip()
    return last.isdigit() or last.isupper() or (len(last) < 60 and last.istitle())


def _title(text: str, start: int, number: numbering.Numbered) -> str:
    """The heading's words; "" where the number stands before running text."""
    window = text[start : start + 3 * _TITLE_MOST]
    stripped = window.lstrip(" \t.:–—-")
    if number.rank == numbering.TOP:
        stripped = stripped.lstrip("\r\n \t")
    end = _TITLE_END.search(stripped)
    if number.rank == numbering.BRACKET and not (end and end.group()[0] in ".:"):
        return ""  # an item of a list, not a heading
    title = stripped[: end.start()] if end else stripped[: _TITLE_MOST + 1]
    title = " ".join(title.split())
    if (
        not title
        or len(title) > _TITLE_MOST
        or title.count("(") != title.count(")")
        or (number.rank == numbering.TOP and any(numbering.readings(stripped)))
    ):
        return ""
    words = re.findall(r"[^\W\d_][\w'’]*", title)
    named = [word for word in words if word.lower() not in _SMALL]
    if not named or sum(word[0].isupper() for word in named) < 0.7 * len(named):
        return ""
    return title.strip(' ,;"“”')


def _without_contents(text: str, headings: list[_Heading]) -> list[_Heading]:
    """Headings of a table of contents left out: they stand again later, and nothing but a line follows them."""
    last_of = {_key(heading): heading.start for heading in headings}
    kept: list[_Heading] = []
    for index, heading in enumerate(headings):
        end = headings[index + 1].start if index + 1 < len(headings) else len(text)
        line = text[heading.start : end]
        listed = len(line) < 2 * _TITLE_MOST and (bool(_PAGE_AT_END.search(line.rstrip())) or line.strip()[-1:] != ".")
        again = last_of[_key(heading)] > heading.start
        if not (listed and again and heading.number):
            kept.append(heading)
    return kept


def _key(heading: _Heading) -> tuple[str, str]:
    """What a heading and its line in a table of contents have in common."""
    return heading.number, re.sub(r"\s\d+$", "", heading.title.lower())[:20]


def _nested(text: str, headings: Sequence[_Heading]) -> tuple[Section, ...]:
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    for index, heading in enumerate(headings):
        end = next((later.start for later in headings[index + 1 :] if later.level <= heading.level), len(text))
        while end > heading.start and text[end - 1].isspace():
            end -= 1
        while path and path[-1][0] >= heading.level:
            path.pop()
        path.append((heading.level, f"{heading.number} {heading.title}".strip()))
        names = tuple(name for _, name in path)
        found.append(Section(heading.number, heading.title, heading.level, heading.start, end, names))
    return tuple(found)
