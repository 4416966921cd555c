"""The headings of a Markdown text: "## Rent" and underlined ones, with their levels. Lists and code hold none.

As CommonMark has them (specification 0.31, sections 4.2 and 4.3), but that an underlined heading is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from legalqa.ingest.structure import numbering

_MOST = 300  # characters of a heading
_LINE = re.compile(r"[^\r\n\f]*(?:\r\n|[\r\n\f]|\Z)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_MARKED = re.compile(r" {0,3}(?P<marks>#{1,6})(?:[ \t]+(?P<words>[^\r\n\f]*))?$")
_UNDERLINE = re.compile(r" {0,3}(?P<line>=+|-+)[ \t]*$")
_NO_HEADING = re.compile(r"\s*$|[ \t]*(?:[-*+>|]|\d{1,9}[.)]\s)| {4}|\t")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_EMPHASIS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Marked:
    """A heading: where its line begins, its level (1 is the outermost), its number if it has one, and its words."""

    start: int
    level: int
    number: str
    title: str


def headings(text: str) -> list[Marked]:
    """All headings, in the order of the text."""
    return [_heading(start, level, words) for start, level, words in _lines(text)]


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, level and words of each heading."""
    fence = ""
    above: tuple[int, str] | None = None  # a line that may be underlined
    parted = True  # from what stands before
    for match in _LINE.finditer(text):
        line = match.group().rstrip("\r\n\f")
        opened = _FENCE.match(line)
        last, above = above, None
        if fence:
            closed = opened and opened["fence"].startswith(fence) and not line[opened.end() :].strip()
            fence = "" if closed else fence
        elif opened:
            fence = opened["fence"]
        elif marked := _MARKED.match(line) if len(line) <= _MOST else None:
            if words := _CLOSING.sub("", marked["words"] or "").strip():
                yield match.start() + marked.start("marks"), len(marked["marks"]), words
            parted = True
            continue
        elif (under := _UNDERLINE.match(line)) and last:
            yield last[0], 1 if under["line"][0] == "=" else 2, last[1]
        elif parted and len(line) <= _MOST and not _NO_HEADING.match(line):
            above = (match.start() + len(line) - len(line.lstrip()), line.strip())
        parted = not line.strip()


def _heading(start: int, level: int, words: str) -> Marked:
    words = " ".join(_EMPHASIS.sub("", words).split())
    number = next(numbering.readings(words), None)
    if number is None or number.style == "bare":
        return Marked(start, level, "", words)
    return Marked(start, level, number.text, words[number.length :].strip(" \t.:–—-"))
