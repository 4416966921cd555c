"""Words with boxes → a page's text: lines, paragraphs, joined hyphens; every span exact.

One rule serves a text layer and OCR. Words of a line are separated by one space, lines by a newline, paragraphs by a
blank line where the gap between two lines is clearly wider than the page's usual gap. A word broken over two lines
is joined in the text, and stays two `Word`s that touch, so that each half keeps its own box.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from legalqa.ingest.columns import lines_of, ordered
from legalqa.ingest.pieces import Piece, Setting
from legalqa.values.document import Word

__all__ = ["Piece", "Setting", "compose", "lines_of", "ordered"]

_WIDE_GAP = 0.35  # of a line's height, beyond the page's usual gap, that parts two paragraphs
_PREFIXES = (
    "all anti arm co counter cross ex first full half high inter long low mid mini mis multi non off on out over part "
    "post pre pro quasi re second self semi short single sub third two three four under up well written year"
)
_COMPOUND = frozenset(_PREFIXES.split())


def compose(lines: Sequence[Sequence[Piece]]) -> tuple[str, tuple[Word, ...]]:
    """The text of a page and its words, spans counted from the page's beginning."""
    parts: list[str] = []
    words: list[Word] = []
    compounds = _compounds(lines)
    position = 0
    breaks = _breaks(lines)
    for number, line in enumerate(lines):
        following = lines[number + 1][0] if number + 1 < len(lines) else None
        for index, piece in enumerate(line):
            text, after = piece.text, " "
            if index == len(line) - 1:
                text, after = _line_end(piece, following, breaks[number], compounds)
            if text:
                words.append(
                    Word(position, position + len(text), piece.x0, piece.y0, piece.x1, piece.y1, piece.confidence)
                )
            parts.append(text + after)
            position += len(text) + len(after)
    return "".join(parts), tuple(words)


def _breaks(lines: Sequence[Sequence[Piece]]) -> list[str]:
    """What follows each line: a newline, or two where a paragraph ends; nothing after the last."""
    tops = [min(piece.y0 for piece in line) for line in lines]
    bottoms = [max(piece.y1 for piece in line) for line in lines]
    gaps = [top - bottom for top, bottom in zip(tops[1:], bottoms, strict=False)]
    heights = [bottom - top for top, bottom in zip(tops, bottoms, strict=True)]
    downward = [gap for gap, height in zip(gaps, heights, strict=False) if -height < gap < 2 * height]
    usual = median(downward) if downward else 0.0
    found = []
    for index, gap in enumerate(gaps):
        wide = gap > max(usual, 0) + _WIDE_GAP * min(heights[index], heights[index + 1])
        found.append("\n\n" if wide else "\n")
    return [*found, ""]


def _compounds(lines: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """Hyphenated words that stand unbroken on the page, lower case, without the hyphen."""
    return frozenset(
        piece.text.lower().replace("-", "").strip(".,;:()\"'") for line in lines for piece in line if "-" in piece.text
    )


def _line_end(piece: Piece, following: Piece | None, after: str, compounds: frozenset[str]) -> tuple[str, str]:
    """The last word of a line and what separates it from the next, its line-end hyphen resolved."""
    text = piece.text
    dashed = len(text) > 1 and text[-1] in "-\u00ad\u2010" and text[-2].isalpha()
    if not (piece.hyphen or dashed):
        return text, after
    left = text[:-1] if dashed else text
    right = following.text if following is not None else ""
    if not right or not right[0].isalpha() or (after == "\n\n" and not piece.hyphen):
        return left + "-", after
    letters = re.split(r"[^\w]", left)[-1].lower()
    whole = letters + re.split(r"[^\w]", right)[0].lower()
    if letters in _COMPOUND or whole in compounds or right[0].isupper() or "-" in left:
        return left + "-", ""
    return left, ""
