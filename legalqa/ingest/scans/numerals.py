"""Roman numerals that number paragraphs: Tesseract reads "II." as "Il.", "VIII." as "Vill.".

Only the sequence can tell: "Ill." may be Illinois. A numeral is set right where the one before it on the page is one
less, or the one after it one more.
"""

from __future__ import annotations

import re
from dataclasses import replace

from legalqa.ingest.scans.ocr import OcrWord

_TENS, _ONES = ("", "X", "XX", "XXX", "XL"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_VALUES = {tens + ones: 10 * t + o for t, tens in enumerate(_TENS) for o, ones in enumerate(_ONES) if tens + ones}
_NUMERAL = re.compile(r"(\(?)([IVXLilvx1|!]+)([.)]*)")
_TAKEN = str.maketrans("lL1|!ivx", "IIIIIIVX")  # what an "I" is taken for, and small letters for large ones


def in_sequence(lines: list[list[OcrWord]]) -> list[list[OcrWord]]:
    """The lines of a page, their first words set right where they are misread numerals."""
    firsts = [(index, found) for index, line in enumerate(lines) if (found := _numeral(line))]
    repaired = list(lines)
    before = 0
    for place, (index, (exact, likely)) in enumerate(firsts):
        after = firsts[place + 1][1][1] if place + 1 < len(firsts) else 0
        if not exact and (likely == before + 1 > 1 or likely == after - 1):
            repaired[index] = [_written(lines[index][0]), *lines[index][1:]]
            exact = likely
        before = exact or before
    return repaired


def _numeral(line: list[OcrWord]) -> tuple[int, int] | None:
    """What a line's first word counts as it stands (0: it is no numeral), and what it may have been; None if nothing.

    Small numerals are left alone: "ill" and "vii" are not told apart by what is large in them.
    """
    found = _NUMERAL.fullmatch(line[0].text) if len(line) > 1 else None
    if not found or not re.search("[IVX]", found[2]):
        return None
    exact, likely = _VALUES.get(found[2], 0), _VALUES.get(found[2].translate(_TAKEN), 0)
    return (exact, likely) if likely else None


def _written(word: OcrWord) -> OcrWord:
    found = _NUMERAL.fullmatch(word.text)
    return replace(word, text=found[1] + found[2].translate(_TAKEN) + found[3]) if found else word
