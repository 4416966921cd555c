"""The parties in the caption of a court paper: "HARBOR LLC, Plaintiff, v. BRIGHT INC., Defendant"."""

from __future__ import annotations

import re

from legalqa.ingest.structure.names import Name, name_at

_VERSUS = re.compile(r"\b(?:v|vs|V|VS)\.(?=\s)|\bagainst\b")
_CAPTION = 3_500
_AGAINST = re.compile(r"(?:v|vs|V|VS)\.?|[-–—\s]*(?:against|AGAINST)[-–—\s]*")
_FIRST_ROLE = re.compile(r"\b(?:Plaintiff|Petitioner|Appellant|Claimant|PLAINTIFF|PETITIONER|APPELLANT|CLAIMANT)")
_SECOND_ROLE = re.compile(r"\b(?:Defendant|Respondent|Appellee|DEFENDANT|RESPONDENT|APPELLEE)")
_COURT_LINE = re.compile(r"\b(?:COURT|DISTRICT OF|COUNTY OF|DIVISION|STATE OF|Court|Division)\b")


def caption(text: str) -> tuple[Name, ...]:
    """ "HARBOR LLC, Plaintiff, v. BRIGHT INC., Defendant" at the head of a court paper, in one column or two."""
    return _columns(text) or _running_caption(text)


def _running_caption(text: str) -> tuple[Name, ...]:
    for against in _VERSUS.finditer(text, 0, min(_CAPTION, len(text))):
        floor = max(against.start() - 300, 0)
        first = list(_FIRST_ROLE.finditer(text, floor, against.start()))
        second = _SECOND_ROLE.search(text, against.end(), against.end() + 240)
        if not first or not second or against.start() - first[-1].end() > 120:
            continue
        line = max(
            text.rfind("\n\n", floor, first[-1].start()) + 2, text.rfind("\f", floor, first[-1].start()) + 1, floor
        )
        names = (name_at(text, line, first[-1].start()), name_at(text, against.end(), second.start()))
        return (names[0], names[1]) if names[0] and names[1] else ()
    return ()


def _columns(text: str) -> tuple[Name, ...]:
    """The left column of a caption: what stands above the first role, and between "v." and the second."""
    lines = [match.span() for match in re.finditer(r"[^\r\n\f]+", text[:_CAPTION])]
    left = [_left(text, start, end) for start, end in lines]
    for number, (start, end) in enumerate(left):
        if _AGAINST.fullmatch(text, start, end):
            first = _party_above(text, left[:number])
            second = _party_below(text, left[number + 1 :])
            return (first, second) if first and second else ()
    return ()


def _left(text: str, start: int, end: int) -> tuple[int, int]:
    """A line without its pleading line number and what stands right of the bracket."""
    if number := re.compile(r"(?m)[ \t]*\d{1,2}(?:[ \t]{2,}|[ \t]+(?=[A-Zv])|[ \t]*$)").match(text, start, end):
        start = number.end()
    if bracket := re.compile(r"(?:^|(?<=\s))[)|:§](?=\s|$)|[ \t]{6,}(?=\S)").search(text, start, end):
        end = bracket.start() if text[start : bracket.start()].strip() or bracket.group() in ")|:§" else end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _party_above(text: str, lines: list[tuple[int, int]]) -> Name | None:
    """The name over the line that says "Plaintiff"."""
    role = False
    block: list[tuple[int, int]] = []
    for start, end in reversed(lines[-12:]):
        words = text[start:end]
        if not role:
            if match := _FIRST_ROLE.search(words):
                role = True
                if words[: match.start()].strip(" ,"):
                    block.append((start, start + match.start()))
        elif words and not _COURT_LINE.search(words):
            block.append((start, end))
        elif block:
            break
    return name_at(text, block[-1][0], block[0][1]) if block else None


def _party_below(text: str, lines: list[tuple[int, int]]) -> Name | None:
    """The name between "v." and the line that says "Defendant"."""
    begin = None
    for start, end in lines[:12]:
        match = _SECOND_ROLE.search(text, start, end)
        if match:
            return name_at(text, start if begin is None else begin, match.start())
        if end > start and begin is None:
            begin = start
    return None
