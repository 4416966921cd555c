"""Numbered headings: how a number looks, and whether it can come next.

Whether "(B)" at the beginning of a line is a sub-clause or the end of a wrapped citation is told by what came before:
a number opens a list only with its first value and goes on only from its predecessor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\Z")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SPELLED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"

_ARTICLE = re.compile(r"(?P<word>ARTICLE|Article)\s+(?P<value>[IVXLC]+|\d{1,3}|[A-Za-z]+)\b[.:]?")
_EXHIBIT = re.compile(
    r"(?P<word>EXHIBIT|Exhibit|SCHEDULE|Schedule|APPENDIX|Appendix|ANNEX|Annex|ADDENDUM|ATTACHMENT|Attachment)"
    r"\s+[\"“”]?(?P<value>[A-Z]{1,2}(?:-?\d{1,2})?|\d{1,2}(?:\.\d{1,2})?|[IVX]+)[\"“”]?(?=[\s.:,–—-]|$)[.:]?"
)
_SECTION = re.compile(r"(?:SECTION|Section|Sec\.|§)\s*(?P<value>\d{1,3}(?:\.\d{1,3}){0,4})(?![\d-]|\.\d)\.?")
_DOTTED = re.compile(r"(?P<value>\d{1,3}(?:\.\d{1,3}){1,4})(?![\d%-])\.?(?=\s)")
_NUMBER = re.compile(r"(?P<value>\d{1,3})\.(?=\s)")
_CAPITAL = re.compile(r"(?P<value>[IVXL]{1,6}|[A-Z])\.(?=\s)")
_LOWER = re.compile(r"(?P<value>[a-z])\.(?=\s)")
_BRACKETED = re.compile(r"\((?P<value>[a-z]{1,5}|[A-Z]{1,4}|\d{1,2})\)(?=\s|[A-Z“\"])")

TOP, NUMBER, LETTER, DOTTED, LOWER, BRACKET = 0, 1, 2, 3, 7, 8  # ranks: a number closes all of its own rank and above


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as it may be meant: `style` says which list it counts in, `values` where in it, `rank` how deep."""

    text: str
    style: str
    rank: int
    values: tuple[int, ...]
    length: int


def is_item(number: str) -> bool:
    """Whether a section's number is that of an item in a list, (a) or a., and no heading's."""
    return number.startswith("(") or number[:1].islower()


def readings(line: str) -> Iterator[Numbered]:
    """Everything that the beginning of a line can mean as a number, likeliest first."""
    if line[:1] in "AaEeSs§":
        yield from _worded(line)
    if match := _DOTTED.match(line):
        values = tuple(int(part) for part in match["value"].split("."))
        yield Numbered(match["value"], f"dotted{len(values)}", DOTTED + len(values) - 2, values, match.end())
    elif match := _NUMBER.match(line):
        yield Numbered(match["value"] + ".", "number", NUMBER, (int(match["value"]),), match.end())
    elif match := _CAPITAL.match(line):
        value = match["value"]
        if roman := _roman(value.lower()):
            yield Numbered(value + ".", "ROMAN.", NUMBER, (roman,), match.end())
        if len(value) == 1:
            yield Numbered(value + ".", "LETTER.", LETTER, (ord(value) - 64,), match.end())
    elif match := _LOWER.match(line):
        yield Numbered(match.group(), "letter.", LOWER, (ord(match["value"]) - 96,), match.end())
    elif match := _BRACKETED.match(line):
        yield from _bracketed(match)


def _worded(line: str) -> Iterator[Numbered]:
    if match := _ARTICLE.match(line):
        value = match["value"]
        number = _roman(value.lower()) or _spelled(value.lower()) or (int(value) if value.isdigit() else 0)
        if number and (value.isdigit() or value.isupper() or value.istitle()):
            yield Numbered(f"{match['word']} {value}", "article", TOP, (number,), match.end())
    elif match := _EXHIBIT.match(line):
        yield Numbered(f"{match['word']} {match['value']}", "exhibit", TOP, (0,), match.end())
    elif match := _SECTION.match(line):
        values = tuple(int(part) for part in match["value"].split("."))
        text = match.group().rstrip(".").strip()
        if len(values) == 1:
            yield Numbered(text, "section", NUMBER, values, match.end())
        else:
            yield Numbered(text, f"dotted{len(values)}", DOTTED + len(values) - 2, values, match.end())


def _bracketed(match: re.Match[str]) -> Iterator[Numbered]:
    value, end = match["value"], match.end()
    text = f"({value})"
    if value.isdigit():
        yield Numbered(text, "(1)", BRACKET, (int(value),), end)
        return
    case = "a" if value.islower() else "A"
    letters = value.lower()
    if len(set(letters)) == 1 and len(letters) <= 2:  # (z) is followed by (aa)
        yield Numbered(text, f"({case})", BRACKET, (ord(letters[0]) - 96 + 26 * (len(letters) - 1),), end)
    if roman := _roman(letters):
        yield Numbered(text, "(i)" if case == "a" else "(I)", BRACKET, (roman,), end)


def _roman(letters: str) -> int:
    if not letters or not _ROMAN.match(letters):
        return 0
    values = [_ROMAN_VALUES[letter] for letter in letters]
    return sum(-v if v < n else v for v, n in zip(values, [*values[1:], 0], strict=True))


def _spelled(word: str) -> int:
    for words in (_SPELLED.split(), _ORDINALS.split()):
        if word in words:
            return words.index(word) + 1
    return 0


class Sequence:
    """The lists that are open, outermost first, and what may come next in each."""

    _SKIPS = 2  # numbers that may be missing, since a heading may have been lost on a bad page

    def __init__(self) -> None:
        self._open: list[Numbered] = []

    def take(self, candidates: list[Numbered]) -> tuple[Numbered, int] | None:
        """The first candidate that can come here, best continuation first, and its level; None if none can."""
        for step in range(1, self._SKIPS + 1):
            for candidate in candidates:
                depth = self._going_on(candidate, step)
                if depth is not None:
                    return self._accept(candidate, depth)
        for candidate in candidates:
            depth = self._beginning(candidate)
            if depth is not None:
                return self._accept(candidate, depth)
        return None

    def restart(self) -> None:
        """Close every list: an unnumbered main heading stands here."""
        self._open.clear()

    def _accept(self, candidate: Numbered, depth: int) -> tuple[Numbered, int]:
        self._open[depth:] = [candidate]
        return candidate, depth + 1

    def _going_on(self, candidate: Numbered, step: int) -> int | None:
        """The depth at which the candidate is `step` after an open number of its list."""
        if candidate.style == "exhibit":
            return 0
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth]
            if last.style == candidate.style:
                same_parent = last.values[:-1] == candidate.values[:-1]
                if same_parent and candidate.values[-1] == last.values[-1] + step:
                    return depth
                if len(candidate.values) > 1 and not same_parent:
                    return None
        return None

    def _beginning(self, candidate: Numbered) -> int | None:
        """The depth at which the candidate may open a list."""
        if len(candidate.values) > 1:
            return self._dotted(candidate)
        if candidate.style == "article":  # says itself that it is one; an excerpt need not begin with the first
            last = next((number for number in self._open if number.style == "article"), None)
            return 0 if last is None or candidate.values > last.values or candidate.values == (1,) else None
        if candidate.values[-1] != 1:
            return None
        if candidate.rank < BRACKET:
            return next((d for d, last in enumerate(self._open) if last.rank >= candidate.rank), len(self._open))
        again = [depth for depth, last in enumerate(self._open) if last.style == candidate.style]
        return again[0] if again else len(self._open)

    def _dotted(self, candidate: Numbered) -> int | None:
        """A number such as 4.2 belongs to the 4 that is open, or to the next one whose heading was lost."""
        outer = next((d for d, last in enumerate(self._open) if last.rank >= candidate.rank), len(self._open))
        parent = self._open[outer - 1] if outer else None
        if candidate.values[-1] > self._SKIPS or candidate.values[0] == 0:
            return None
        if parent is not None and len(parent.values) >= len(candidate.values):
            return None
        if parent is not None and parent.rank != TOP and parent.values != candidate.values[: len(parent.values)]:
            return None
        former = self._open[outer] if outer < len(self._open) else None
        if former is not None and not former.values[:-1] < candidate.values[:-1] and candidate.values[0] != 1:
            return None
        return outer
