"""Numbered headings: how a number looks, and everything that it can mean.

Which of its meanings fits is told by what came before: see `sequence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\Z")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SPELLED = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_TENS = {"twenty": 20, "thirty": 30, "forty": 40}

_ARTICLE = re.compile(
    r"(?P<word>ARTICLE|Article|PART|Part|CHAPTER|Chapter)\s+"
    r"(?P<value>[IVXLC]+|\d{1,3}|[A-Z]|[A-Za-z]{3,9}(?:-[A-Za-z]{3,6})?)(?![\w’'-]|\.\d)[.:]?"
)
_EXHIBIT = re.compile(
    r"(?P<word>EXHIBIT|Exhibit|SCHEDULE|Schedule|APPENDIX|Appendix|ANNEX|Annex|ANNEXURE|Annexure|ADDENDUM|Addendum"
    r"|ATTACHMENT|Attachment)\s+(?:No\.\s*|NO\.\s*)?"
    r"[\"“”']?(?!(?:OF|TO|IN|IS|AS|AT|BY|ON|OR|NO)\b)(?P<value>[A-Z]{1,2}(?:-?\d{1,2})?(?:\.\d{1,2})?|\d{1,2}(?:\.\d{1,2}){0,2}(?:\([a-z]\))?(?:-?[A-Z])?"
    r"|[IVX]+(?:-[A-Z])?)[\"“”']?(?=[\s.:,;–—-]|$)[.:]?"
)
_SECTION = re.compile(
    r"(?:SECTION|Section|Sec\.|SEC\.|§|CLAUSE|Clause|PARAGRAPH|Paragraph)\s*"
    r"(?P<value>\d{1,3}(?:\.\d{1,3}){0,4})(?![\d%(-]|\.\d|\.?[A-Za-z]\b)\.?"
)
_LETTERED = re.compile(
    r"(?:SECTION|Section)\s+(?P<value>(?P<letters>[A-Z]{1,3})-?(?P<digits>\d{1,3})?)(?=[\s:.]|$)(?!\.\d)[.:]?"
)
_ROMAN_SECTION = re.compile(r"(?:SECTION|Section)\s+(?P<value>[IVXL]{1,6})(?=[\s:.]|$)[.:]?")
_DOTTED = re.compile(r"(?P<value>\d{1,3}(?:\.\d{1,3}){1,4})(?![\d%(/-])[.):]?(?=\s|[A-Z“\"]|$)")
_SPACED = re.compile(r"(?P<value>\d(?: ?\d)? ?\. ?\d(?: ?\d)?)(?=\s{2})")  # letter-spaced: "4 . 2 5"
_NUMBER = re.compile(r"(?P<value>\d{1,3})(?: (?=\.[A-Z]))?(?P<mark>\.|\)|:)(?=\s|[A-Z“\"])")
_BARE = re.compile(r"(?P<value>\d{1,2})(?=\s+[A-Z])")
_CAPITAL = re.compile(r"(?P<value>[IVXL]{1,6}|[A-Z])(?P<mark>\.|\))(?=\s|[A-Z][a-z])")
_LOWER = re.compile(r"(?P<value>[ivxl]{2,6}|[a-z])(?:(?P<mark>\.|\))(?=\s)|(?P<tight>\))(?=[A-Z]))")
_BRACKETED = re.compile(r"\((?P<value>[a-z]{1,5}|[A-Z]{1,5}|\d{1,2})\)(?=\s|[A-Z“\"]|$)")
_ORDINAL = re.compile(r"(?P<value>FIRST|SECOND|THIRD|[A-Z]{4,8}TH|NINTH)(?=[:.]\s)[:.]")

PART, TOP, NUMBER, LETTER, DOTTED, LOWER, BRACKET = -1, 0, 1, 2, 3, 7, 8  # ranks: the lower, the further out


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as it may be meant: `style` says which list it counts in, `values` where in it, `rank` how deep."""

    text: str
    style: str
    rank: int
    values: tuple[int, ...]
    length: int

    @property
    def following(self) -> tuple[str, tuple[int, ...]]:
        """What comes next in its list."""
        return self.style, (*self.values[:-1], self.values[-1] + 1)


def is_item(number: str) -> bool:
    """Whether a section's number is that of an item in a list, (a) or a., and no heading's."""
    return number.startswith("(") or number[:1].islower()


def readings(line: str) -> Iterator[Numbered]:
    """Everything that the beginning of a line can mean as a number, likeliest first."""
    first = line[:1]
    if first in "AaEeSsPpCc§" and (worded := _worded(line)):
        yield from worded
    elif first.isdigit():
        yield from _digits(line)
    elif match := _CAPITAL.match(line):
        yield from _capital(match)
    elif match := _LOWER.match(line):
        yield from _lower(match)
    elif match := _BRACKETED.match(line):
        yield from _bracketed(match)
    elif (match := _ORDINAL.match(line)) and (value := _spelled(match["value"].lower())):
        yield Numbered(match["value"], "ordinal", NUMBER, (value,), match.end())


def roman(letters: str) -> int:
    """The value of a Roman number in small letters, 0 if it is none."""
    if not letters or not _ROMAN.match(letters):
        return 0
    values = [_ROMAN_VALUES[letter] for letter in letters]
    return sum(-v if v < n else v for v, n in zip(values, [*values[1:], 0], strict=True))


def _digits(line: str) -> Iterator[Numbered]:
    if match := _DOTTED.match(line) or _SPACED.match(line):
        values = tuple(int(part) for part in match["value"].replace(" ", "").split("."))
        if len(values) == 2 and values[1] == 0:  # "4.0 Term" is the fourth part, not the part before 4.1
            yield Numbered(match["value"], "number", NUMBER, values[:1], match.end())
        else:
            yield Numbered(
                match["value"].replace(" ", ""), f"dotted{len(values)}", DOTTED + len(values) - 2, values, match.end()
            )
    elif match := _NUMBER.match(line):
        mark = match["mark"].replace(":", ".")
        style = "number" if mark == "." else "1)"
        yield Numbered(match["value"] + mark, style, NUMBER, (int(match["value"]),), match.end())
    elif match := _BARE.match(line):
        yield Numbered(match["value"], "bare", NUMBER, (int(match["value"]),), match.end())


def _worded(line: str) -> list[Numbered]:
    if match := _ARTICLE.match(line):
        value = match["value"]
        number = roman(value.lower()) or _spelled(value.lower()) or (int(value) if value.isdigit() else 0)
        part = match["word"].upper() != "ARTICLE"
        if not number and len(value) == 1 and part:
            number = ord(value) - 64
        if number and (value.isdigit() or value.isupper() or value[:1].isupper()):
            style, rank = ("part", PART) if part else ("article", TOP)
            return [Numbered(f"{match['word']} {value}", style, rank, (number,), match.end())]
    elif match := _EXHIBIT.match(line):
        return [Numbered(f"{match['word']} {match['value']}", "exhibit", PART, (0,), match.end())]
    elif match := _SECTION.match(line):
        values = tuple(int(part) for part in match["value"].split("."))
        text = match.group().rstrip(".").strip()
        if len(values) == 1 or values[1:] == (0,):  # "SECTION 4.0 TERM" as "4.0 Term" below
            return [Numbered(text, "section", NUMBER, values[:1], match.end())]
        return [Numbered(text, f"dotted{len(values)}", DOTTED + len(values) - 2, values, match.end())]
    return list(_lettered(line))


def _lettered(line: str) -> Iterator[Numbered]:
    """ "Section IV", "Section C" and "Section G2", which counts in a list of its own."""
    if (match := _ROMAN_SECTION.match(line)) and (number := roman(match["value"].lower())):
        yield Numbered(match.group().rstrip(".: "), "sectionI", NUMBER, (number,), match.end())
    if match := _LETTERED.match(line):
        text, letters, digits = match.group().rstrip(".: "), match["letters"], match["digits"]
        if digits:
            yield Numbered(text, f"section{letters}-", NUMBER, (int(digits),), match.end())
        elif len(letters) == 1:
            yield Numbered(text, "sectionA", NUMBER, (ord(letters) - 64,), match.end())


def _capital(match: re.Match[str]) -> Iterator[Numbered]:
    value, mark = match["value"], match["mark"]
    if number := roman(value.lower()):
        yield Numbered(value + mark, f"ROMAN{mark}", NUMBER, (number,), match.end())
    if len(value) == 1:
        yield Numbered(value + mark, f"LETTER{mark}", LETTER, (ord(value) - 64,), match.end())


def _lower(match: re.Match[str]) -> Iterator[Numbered]:
    value, mark = match["value"], match["mark"] or match["tight"]
    if len(value) == 1:
        yield Numbered(value + mark, f"letter{mark}", LOWER, (ord(value) - 96,), match.end())
    if number := roman(value):
        yield Numbered(value + mark, f"roman{mark}", LOWER, (number,), match.end())


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
    if number := roman(letters):
        yield Numbered(text, "(i)" if case == "a" else "(I)", BRACKET, (number,), end)


def _spelled(word: str) -> int:
    """The value of "two", "second" or "twenty-two", 0 if it is none of them."""
    tens, _, units = word.partition("-")
    if units and tens in _TENS:
        value = _spelled(units)
        return _TENS[tens] + value if 0 < value < 10 else 0
    for words in (_SPELLED, ORDINALS):
        if word in words:
            return words.index(word) + 1
    return 0
