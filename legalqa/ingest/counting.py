"""Counts in the number formats of lists and notes."""

from __future__ import annotations

_ONES = [
    "zero",
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
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINAL |= {"twelve": "twelfth"}


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
