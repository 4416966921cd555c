"""Words with boxes → a page's text: lines, paragraphs, joined hyphens; every span exact.

One rule serves a text layer and OCR. Words of a line are separated by one space, lines by a newline, paragraphs by a
blank line where the gap between two lines is clearly wider than the page's usual gap. A word broken over two lines
is joined in the text, and stays two `Word`s that touch, so that each half keeps its own box.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from legalqa.ingest.layout.columns import lines_of, ordered
from legalqa.ingest.layout.pieces import Piece, Setting, turned
from legalqa.values.document import Word

__all__ = ["Piece", "Row", "Setting", "compose", "composed", "lines_of", "ordered", "plain"]

_WIDE_GAP = 0.35  # of a line's height, beyond the page's usual gap, that parts two paragraphs
_PREFIXES = (
    "all anti arm co counter cross ex first full half high inter long low mid mini mis multi non off on out over part "
    "post pre pro quasi re second self semi short single sub third two three four under up well written year"
)
_COMPOUND = frozenset(_PREFIXES.split())
_SHORT = "anti arm co counter ex inter mis multi off on out over part post pre pro re second sub three two under up"
_SYLLABLES = frozenset(_SHORT.split())  # which begin other words as well: "re-quired", "sub-ject", "part-ner"
_SECONDS = {  # how their second halves begin where such a hyphen is part of the word, as contracts have it
    "arm": "length",
    "co": "agent borrower brand chair counsel defend develop exclusive exist insur issuer locat market operat ordinat "
    "own pay plaintiff promot sign trustee venture",
    "counter": "guarant indemn offer propos",
    "ex": "dividend employee husband officer officio parte president spouse wife works",
    "inter": "affiliate bank company corporate creditor dealer governmental office party relat",
    "off": "balance exchange hour label lease line load market peak premises road shelf shore site the",
    "on": "air board call demand duty going hand line location premises screen site the",
    "out": "licens of patient",
    "over": "allot collat subscri the",
    "part": "owner payment performance time year",
    "post": "acquisition approv audit clos confirm delivery effective employ grant judgment launch market merger "
    "petition retire sale settlement signing tax termin trial",
    "pre": "agreed approv authori bankruptcy clear clinical clos condition effective emptive existing hearing judgment "
    "launch litig market merger negotiat operati paid petition print production purchase qualif sale settlement "
    "signing suit tax trial",
    "pro": "bono forma hac rata rated tanto",
    "re": "appl appoint approv certif commenc confirm deliver design elect employ enact enforc engage engineer enter "
    "entry establish evaluat exam export file hear import issu market mortgag negotiat offer open perform price "
    "publish purchas register submi tender test train us",
    "second": "class degree generation half hand largest lien quarter tier year",
    "sub": "account agent assembl award channel clause committee component contract distribut lease lessee licens lot "
    "manufactur paragraph processor section servic standard supplier tenan",
    "under": "deliver insur perform report the",
    "up": "and front to",
}
_BROKEN_LEAST = 2  # words of a page broken between syllables, before "re-" at a line's end is taken for one
_SECONDS_OF = {prefix: tuple(halves.split()) for prefix, halves in _SECONDS.items()}
_PLAIN = {
    **dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)),
    0x00AD: "-",
    0x037E: ";",  # the Greek question mark, which is the same character by Unicode and looks the same
}


@dataclass(slots=True)
class Row:
    """A line of text to be set. `apart` is what parts it from the line before; None leaves that to the gap.

    In a row of a table, `before` holds what stands before a piece (by its `id`) instead of a space, and `ends` the
    pieces (by `id`) that end a line within their cell.
    """

    pieces: Sequence[Piece]
    apart: str | None = None
    before: Mapping[int, str] = field(default_factory=dict)
    ends: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """A page's text, its words, and where in the text each row stands; spans count from the page's beginning."""

    text: str
    words: tuple[Word, ...]
    spans: tuple[tuple[int, int], ...]


def compose(lines: Sequence[Sequence[Piece]]) -> tuple[str, tuple[Word, ...]]:
    """The text of a page and its words, spans counted from the page's beginning."""
    found = composed([Row(line) for line in lines])
    return found.text, found.words


def composed(rows: Sequence[Row]) -> Composed:
    """Rows, none of them empty, set one after another."""
    parts: list[str] = []
    words: list[Word] = []
    spans: list[tuple[int, int]] = []
    lines = [row.pieces for row in rows]
    compounds = _Compounds(_compounds(lines), _broken(lines) >= _BROKEN_LEAST)
    breaks = _breaks(lines)
    position = 0
    for number, row in enumerate(rows):
        following = rows[number + 1] if number + 1 < len(rows) else None
        apart = following.apart if following is not None else None
        begun = position
        last = len(row.pieces) - 1
        plainly = 0 if row.before or row.ends else last
        for piece in row.pieces[:plainly]:
            text = piece.text if piece.text.isascii() else plain(piece.text)
            end = position + len(text)
            words.append(Word(position, end, piece.x0, piece.y0, piece.x1, piece.y1, piece.confidence))
            parts.append(text)
            parts.append(" ")
            position = end + 1
        for index in range(plainly, last + 1):
            piece = row.pieces[index]
            lead = row.before.get(id(piece), "") if row.before else ""
            text, after = piece.text, " "
            if index == last:
                joining = following if apart is None else None  # no word goes on in a footnote or a table
                text, after = _line_end(piece, joining, apart or breaks[number], compounds)
            elif row.before and id(row.pieces[index + 1]) in row.before:
                text, after = _line_end(piece, None, "", compounds)
            elif row.ends and id(piece) in row.ends:
                text, after = _line_end(piece, Row(row.pieces[index + 1 :]), " ", compounds)
            elif not text.isascii():
                text = plain(text)
            position += len(lead)
            end = position + len(text)
            if text:
                words.append(Word(position, end, piece.x0, piece.y0, piece.x1, piece.y1, piece.confidence))
            parts.append(lead + text + after)
            if index == last:
                spans.append((begun, end))
            position = end + len(after)
    return Composed("".join(parts), tuple(words), tuple(spans))


def plain(text: str) -> str:
    """A word without ligatures and characters of no width; a soft hyphen that a font draws is a hyphen."""
    return text.translate(_PLAIN) or text


def _breaks(lines: Sequence[Sequence[Piece]]) -> list[str]:
    """What follows each line: a newline, or two where a paragraph ends; nothing after the last."""
    extents = [_extent(line) for line in lines]
    tops, bottoms = [top for top, _ in extents], [bottom for _, bottom in extents]
    gaps = [top - bottom for top, bottom in zip(tops[1:], bottoms, strict=False)]
    heights = [bottom - top for top, bottom in zip(tops, bottoms, strict=True)]
    downward = [gap for gap, height in zip(gaps, heights, strict=False) if -height < gap < 2 * height]
    usual = median(downward) if downward else 0.0
    found = []
    for index, gap in enumerate(gaps):
        if lines[index][-1].turn != lines[index + 1][0].turn:
            found.append("\n\n")
            continue
        if gap < -heights[index] - heights[index + 1]:  # up to another column
            found.append("\n" if _goes_on(lines[index][-1], lines[index + 1][0]) else "\n\n")
            continue
        wide = gap > max(usual, 0) + _WIDE_GAP * min(heights[index], heights[index + 1])
        found.append("\n\n" if wide else "\n")
    return [*found, ""]


def _extent(line: Sequence[Piece]) -> tuple[float, float]:
    """Upper and lower edge of a line, the page turned so that it stands upright."""
    turn = line[0].turn
    if not turn:
        return min([piece.y0 for piece in line]), max([piece.y1 for piece in line])
    boxes = [turned((piece.x0, piece.y0, piece.x1, piece.y1), turn) for piece in line]
    return min(box[1] for box in boxes), max(box[3] for box in boxes)


def _goes_on(last: Piece, first: Piece) -> bool:
    """Whether a sentence seems to run from one column into the next."""
    return last.hyphen or last.text[-1] in ",;-\u00ad\u2010" or first.text[0].islower()


@dataclass(frozen=True, slots=True)
class _Compounds:
    """Hyphenated words that stand unbroken on the page, and whether the page breaks words between syllables."""

    whole: frozenset[str]
    breaking: bool

    def keeps(self, left: str, whole: str) -> bool:
        """Whether a hyphen at the end of a line, after `left`, is part of the word `whole`."""
        if left in _SYLLABLES and whole not in self.whole:
            right = whole[len(left) :]
            known = _SECONDS_OF.get(left)
            return not self.breaking and (known is None or right.startswith(known))
        return whole in self.whole or left in _COMPOUND


def _broken(lines: Sequence[Sequence[Piece]]) -> int:
    """How many lines end in a hyphen that no compound explains."""
    found = 0
    for line, following in pairwise(lines):
        text, right = line[-1].text, following[0].text
        if line[-1].hyphen or text[-1] in "-\u00ad\u2010":
            left = re.split(r"[^\w]", text.rstrip("-\u00ad\u2010"))[-1]
            found += left.isalpha() and left not in _COMPOUND and left.islower() and right[0].islower()
    return found


def _compounds(lines: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """Hyphenated words that stand unbroken on the page, lower case, without the hyphen."""
    return frozenset(
        piece.text.lower().replace("-", "").strip(".,;:()\"'") for line in lines for piece in line if "-" in piece.text
    )


def _line_end(piece: Piece, following: Row | None, after: str, compounds: _Compounds) -> tuple[str, str]:
    """The last word of a line and what separates it from the next, its line-end hyphen resolved."""
    text = plain(piece.text)
    dashed = len(text) > 1 and text[-1] in "-\u00ad\u2010" and text[-2].isalpha()
    if not (piece.hyphen or dashed):
        return text, after
    left = text[:-1] if dashed else text
    right = plain(following.pieces[0].text) if following is not None and not following.before else ""
    if not right or not right[0].isalpha() or (after == "\n\n" and not piece.hyphen):
        return left + "-", after
    letters = re.split(r"[^\w]", left)[-1].lower()
    whole = letters + re.split(r"[^\w]", right)[0].lower()
    if compounds.keeps(letters, whole) or right[0].isupper() or "-" in left:
        return left + "-", ""
    return left, ""
