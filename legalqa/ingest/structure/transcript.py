"""Deposition transcripts: who testified, who examined, and the printed lines of transcripts that came as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from legalqa.values.document import Metadatum, Region

_FRONT = 12_000
_PERSON = r"(?<!\w)[A-Z][\w.'’-]{0,30}(?:[ \t]{1,4}[A-Z][\w.'’-]{0,30}){1,4}"
_DEPONENT = re.compile(
    rf"\b(?:DEPOSITION|Deposition|TESTIMONY|Testimony)\s{{1,30}}(?:OF|of)\s{{0,30}}:?\s{{1,30}}(?:MR\.?\s{{1,30}}"
    rf"|MS\.?\s{{1,30}}"
    rf"|DR\.?\s{{1,30}})?(?P<of>{_PERSON})"
    rf"|(?P<sworn>{_PERSON})\s{{0,30}},?\s{{1,30}}(?:called\s{{1,30}}as\s{{1,30}}a\s{{1,30}}witness[^.]{{0,80}}?,?\s{{1,30}})?(?:having\s{{1,30}}been|was"
    rf"|being)\s{{1,30}}(?:first\s{{1,30}})?(?:duly\s{{1,30}})?sworn"
)
_EXAMINER = re.compile(
    r"^[ \t\d]{0,12}(?:(?:DIRECT|CROSS|REDIRECT|RECROSS|FURTHER"
    r"|CONTINUED)[ \t-]+)*EXAMINATION(?:[ \t]+\(?CONTINUED\)?)?"
    r"\s{1,30}(?:\d{1,2}\s{1,30})?BY[ \t]+(?P<name>(?:MR|MS|MRS"
    r"|DR)\.[ \t]+[A-Z][A-Z'’-]+(?:[ \t]+[A-Z][A-Z'’-]+){0,2})",
    re.M,
)
_NO_NAME = re.compile(
    r"\b(?:VOLUME|TAKEN|PAGES?|DATE|COURT|CASE|PLAINTIFF|DEFENDANT|BY|ON|EXHIBIT|DEPOSITION|COMPANY|THE|TRANSCRIPT"
    r"|VIDEOTAPED|BEFORE)\b.*",
    re.I | re.S,
)
_NUMBERED = re.compile(r"^[ \t]{0,12}(?P<number>\d{1,2})(?:[ \t]+(?P<said>[^\s|][^\r\n]*?))?[ \t]*\r?$", re.M)
_PAGE = re.compile(r"^[ \t]*(?:Page[ \t]+)?(?P<page>\d{1,4})[ \t]*\r?$", re.I)
_LONG, _SHORT = 15, 3  # lines of a full page at least, and of the last one
_MOST_LINES = 30


def people(text: str) -> tuple[Metadatum, ...]:
    """The deponent, and each attorney who examined, as printed."""
    found: list[Metadatum] = []
    for match in _DEPONENT.finditer(text, 0, _FRONT):
        group = "of" if match["of"] else "sworn"
        name = _NO_NAME.sub("", match[group]).rstrip(" \t,.-")
        if len(name.split()) >= 2:
            start = match.start(group)
            found.append(Metadatum("deponent", " ".join(name.split()), start, start + len(name)))
            break
    seen: set[str] = set()
    for match in _EXAMINER.finditer(text):
        value = " ".join(match["name"].split())
        if value not in seen and len(seen) < 8:
            seen.add(value)
            found.append(Metadatum("examiner", value, *match.span("name")))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Run:
    """The numbered lines of one page of the transcript, from its line 1 on."""

    lines: tuple[re.Match[str], ...]


def line_regions(text: str) -> tuple[Region, ...]:
    """A "line_number" and a "line" for each printed line of a transcript in plain text.

    The detail of a line is "45:12" where the printed page number is known, else "12".
    """
    runs = list(_runs(text))
    if not any(len(run.lines) >= _LONG for run in runs):
        return ()
    regions: list[Region] = []
    for run, page in zip(runs, _pages(text, runs), strict=True):
        for line in run.lines:
            regions.append(Region("line_number", *line.span("number")))
            if line["said"]:
                number = line["number"]
                regions.append(Region("line", *line.span("said"), f"{page}:{number}" if page else number))
    return tuple(regions)


def _runs(text: str) -> Iterator[_Run]:
    """Lines that count 1, 2, 3 … with nothing but blank lines between them."""
    run: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(text):
        number = int(match["number"])
        follows = bool(run) and not text[run[-1].end() : match.start()].strip()
        if run and follows and number == len(run) + 1 <= _MOST_LINES:
            run.append(match)
            continue
        if len(run) >= _SHORT:
            yield _Run(tuple(run))
        run = [match] if number == 1 else []
    if len(run) >= _SHORT:
        yield _Run(tuple(run))


def _pages(text: str, runs: Sequence[_Run]) -> list[str]:
    """The printed page number of each run, if the numbers between the runs go up by one; else "" for all."""
    for place in (_above, _below):
        numbers = [place(text, runs, at) for at in range(len(runs))]
        known = [(at, number) for at, number in enumerate(numbers) if number is not None]
        if len(known) >= max(2, len(runs) - 1) and len({number - at for at, number in known}) == 1:
            first = known[0][1] - known[0][0]
            return [str(first + at) for at in range(len(runs))]
    return [""] * len(runs)


def _above(text: str, runs: Sequence[_Run], at: int) -> int | None:
    """The number that stands alone in one of the last three lines before the page's line 1."""
    start = runs[at - 1].lines[-1].end() if at else 0
    between = text[max(start, runs[at].lines[0].start() - 400) : runs[at].lines[0].start()]
    return _number(reversed([line for line in re.split(r"[\n\f]", between) if line.strip()][-3:]))


def _below(text: str, runs: Sequence[_Run], at: int) -> int | None:
    """The number that stands alone in one of the first three lines after the page's last line."""
    start = runs[at].lines[-1].end()
    end = runs[at + 1].lines[0].start() if at + 1 < len(runs) else len(text)
    between = text[start : min(end, start + 400)]
    return _number(iter([line for line in re.split(r"[\n\f]", between) if line.strip()][:3]))


def _number(lines: Iterator[str]) -> int | None:
    for line in lines:
        if match := _PAGE.match(line):
            return int(match["page"])
    return None
