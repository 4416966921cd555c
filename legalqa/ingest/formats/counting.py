"""The automatic numbers of lists, and counts in the number formats of lists and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PLACE = re.compile(r"%([1-9])")

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINAL |= {"twelve": "twelfth"}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its numbers look ("%1.%2") and where they begin.

    It begins anew after a level whose number (from 0) is below `restart`; -1: after any higher level.
    """

    shape: str
    text: str
    start: int = 1
    restart: int = -1
    legal: bool = False  # numbers of all levels in digits
    style: str = ""


@dataclass(frozen=True, slots=True)
class List:
    """A list: the definition that it shares with others, its levels, and those that it begins anew."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Lists:
    """Counts along one document. Lists that share a definition count on from one another, as in Word."""

    def __init__(self, lists: dict[str, List]) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def next(self, key: str, level: int) -> str:
        """The number of the next paragraph on a level of a list, with a space after it; "" for none."""
        this = self._lists.get(key)
        if this is None or level not in this.levels:
            return ""
        counts = self._counts.setdefault(this.definition, {})
        if key not in self._begun:
            self._begun.add(key)
            for changed, start in this.starts.items():
                counts[changed] = start - 1
        own = this.levels[level]
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            restart = this.levels[deeper].restart if deeper in this.levels else -1
            if restart < 0 or level < restart:
                del counts[deeper]
        if own.shape in ("bullet", "none"):
            return "• " if own.shape == "bullet" else ""

        def shown(match: re.Match[str]) -> str:
            other = int(match.group(1)) - 1
            found = this.levels.get(other)
            if found is None:
                return ""
            return counted("decimal" if own.legal else found.shape, counts.setdefault(other, found.start))

        text = _PLACE.sub(shown, own.text).strip()
        return f"{text} " if text else ""


def counted(kind: str, value: int) -> str:
    """A count in Word's number format; formats of other scripts as digits."""
    if not 0 < value < 4000:
        return str(value)
    if kind in ("lowerLetter", "upperLetter"):
        letters = chr(97 + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman"):
        roman = _roman(value)
        return roman if kind == "lowerRoman" else roman.upper()
    if kind == "decimalZero":
        return f"{value:02d}"
    if kind == "ordinal":
        ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th") if value % 100 not in (11, 12, 13) else "th"
        return f"{value}{ending}"
    if kind in ("cardinalText", "ordinalText") and value < 100:
        return _spelled(value, ordinal=kind == "ordinalText").capitalize()
    return str(value)


def _spelled(value: int, *, ordinal: bool) -> str:
    tens, ones = divmod(value, 10)
    words = [_ONES[value]] if value < 20 else [_TENS[tens], *([_ONES[ones]] if ones else [])]
    if ordinal:
        last = words[-1]
        words[-1] = _ORDINAL.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return "-".join(words)


def _roman(value: int) -> str:
    parts = []
    for number, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        parts.append(letters * (value // number))
        value %= number
    return "".join(parts)
