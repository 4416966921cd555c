"""What of an OCR reading is no word: specks of dirt between words, noise read out of rules and cells.

And the bar that is an "I": Tesseract takes the lone capital for a rule where type has no serifs.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from legalqa.ingest.scans.ocr import OcrWord

_JUNK = 12.0  # confidence below which a lone mark is dirt
_SPECK_SURE, _SPECK_TALL = 70.0, 0.3  # confidence of a mark that is surely one; of the line's height, one that is dirt
_DASHES, _DASH_WIDE = frozenset("-–—_=~"), 0.2  # of the line's height: the least width of a hyphen
_NOISE, _NOISE_MOST = 35.0, 4  # mean confidence of a line that is noise; words that it has at most
_RULES = frozenset("-–—_=~|.,:;'`‘’°")
_LETTER_TALL, _LETTER_GAP = 0.55, 0.9  # of the line's height: the least height of an "I", the widest gap beside it


def cleaned(line: list[OcrWord]) -> list[OcrWord]:
    """A line without dirt, its lone bars read as "I"; empty if nothing else stands on it."""
    if all(set(word.text) <= _RULES for word in line) or _noise(line):
        return []
    height = median(word.y1 - word.y0 for word in line)
    top, bottom = (median(getattr(word, side) for word in line) for side in ("y0", "y1"))
    kept = [word for word in line if not _speck(word, height) and not _off(word, top, bottom)]
    return [_letter(kept, index, height) for index in range(len(kept))]


def confidence(line: list[OcrWord]) -> float:
    """Mean over the words, longer ones counting more; 0 without words."""
    letters = sum(len(word.text) for word in line)
    return sum(word.confidence * len(word.text) for word in line) / letters if letters else 0.0


def _noise(line: list[OcrWord]) -> bool:
    """Whether a line is short and not believed by Tesseract itself: what stands there is reported as unread ink."""
    return len(line) <= _NOISE_MOST and confidence(line) < _NOISE


def _speck(word: OcrWord, height: float) -> bool:
    """Whether a mark is dirt: hardly believed, far lower than the line, as no letter is, or a dash that is a dot."""
    if set(word.text) <= _DASHES and word.x1 - word.x0 < _DASH_WIDE * height:
        return True
    low = word.y1 - word.y0 < _SPECK_TALL * height
    if len(word.text) == 1 and (word.text.isalnum() or word.text == "|"):
        return low
    if any(character.isalnum() for character in word.text):
        return False
    return word.confidence <= _JUNK or (low and word.confidence < _SPECK_SURE)


def _off(word: OcrWord, top: float, bottom: float) -> bool:
    """Whether a rule or dot stands above or below the line that it was read into."""
    middle, margin = (word.y0 + word.y1) / 2, 0.5 * (bottom - top)
    return set(word.text) <= _RULES and not top - margin < middle < bottom + margin


def _letter(line: list[OcrWord], index: int, height: float) -> OcrWord:
    """The word at `index`; a tall bar between two words of a sentence is an "I". Bars of a table stand apart."""
    word = line[index]
    if word.text != "|" or not 0 < index < len(line) - 1 or sum(other.text == "|" for other in line) > 1:
        return word
    before, after = line[index - 1], line[index + 1]
    close = max(word.x0 - before.x1, after.x0 - word.x1) < _LETTER_GAP * height
    tall = word.y1 - word.y0 > _LETTER_TALL * height
    sentence = after.text[0].islower() and any(character.isalpha() for character in before.text)
    return replace(word, text="I") if close and tall and sentence else word
