"""Line numbers printed in the margin of pleadings and transcripts.

They are told from numbers of paragraphs and rows by their run: 1, 2, 3, … one under another, evenly spaced, left of
all text. A condensed transcript has several such runs on a sheet; each is then a page of its own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from legalqa.ingest.layout.pieces import Piece

Rectangle = tuple[float, float, float, float]
_NUMBER = re.compile(r"[1-9]\d?")
_LARGEST = 40
_ALIGNED = 6.0  # points between the middles of numbers of one run
_LONG, _SHORT = 20, 10  # numbers of a run; the shorter needs a rule beside it
_EVEN = 0.15  # of the pitch by which numbers may stand off
_UNEVEN = 3.0  # pitches between two numbers of a condensed page
_REACH = 0.6  # of the pitch between a line's middle and its number's
_AROUND = 2.5  # pitches above and below the numbers that a small page of a condensed sheet reaches
_SHEET = 60.0  # points between the columns of numbers of two small pages, at least
_LEFT_OF_IT = 3  # words that may stand further out: a firm's name, a stamp
_HEADS = frozenset(("no.", "no", "#", "item", "nr", "nr.", "exhibit", "number", "ex.", "line", "tab"))


@dataclass(slots=True)
class Run:
    """A run of numbers 1, 2, 3, … from the top, and the pitch in points. `even` says that they are evenly spaced."""

    numbers: list[Piece]
    pitch: float
    even: bool
    pieces: list[Piece] = field(default_factory=list)

    @property
    def x0(self) -> float:
        """Where the column of numbers begins."""
        return min(piece.x0 for piece in self.numbers)

    @property
    def x1(self) -> float:
        """Where the column of numbers ends."""
        return max(piece.x1 for piece in self.numbers)

    def away(self, y: float) -> float:
        """How far above or below the run the height lies, in points."""
        return max(self.numbers[0].y0 - y, y - self.numbers[-1].y1, 0.0)

    def number_of(self, y0: float, y1: float) -> str:
        """The number of a line of text that stands so; "" where that cannot be told."""
        nearest = min(self.numbers, key=lambda piece: abs(piece.y0 + piece.y1 - y0 - y1))
        away = abs(nearest.y0 + nearest.y1 - y0 - y1) / 2
        reach = _REACH * self.pitch if self.even else 0.4 * (nearest.y1 - nearest.y0)
        return nearest.text if away <= reach else ""


def runs(pieces: Sequence[Piece], rules: Sequence[Rectangle]) -> list[Run]:
    """The runs of margin numbers on a page, in reading order: down the left half of a sheet, then the right."""
    numerals = [p for p in pieces if _NUMBER.fullmatch(p.text) and int(p.text) <= _LARGEST]
    if len(numerals) < _SHORT:
        return []
    chains = [chain for column in _columns(numerals) for chain in _chains(column) if len(chain) >= _SHORT]
    found = [_run(chain) for chain in chains]
    several = sum(len(run.numbers) >= _LONG for run in found) >= 2
    kept = [run for run in found if _in_margin(run, pieces, rules, several)]
    kept.sort(key=lambda run: (round(run.x0 / _SHEET), run.numbers[0].y0))
    if len(kept) > 1:
        _share_out(kept, pieces)
    return kept


def _columns(numerals: Sequence[Piece]) -> list[list[Piece]]:
    """Numerals under one another, by the middle of their boxes."""
    columns: list[list[Piece]] = []
    for piece in sorted(numerals, key=lambda p: p.x0 + p.x1):
        if columns and piece.x0 + piece.x1 - columns[-1][0].x0 - columns[-1][0].x1 <= 2 * _ALIGNED:
            columns[-1].append(piece)
        else:
            columns.append([piece])
    return columns


def _chains(column: Sequence[Piece]) -> list[list[Piece]]:
    """Stretches of a column that count up from 1; a stray number among them is passed over."""
    chains: list[list[Piece]] = []
    for piece in sorted(column, key=lambda p: p.y0):
        if piece.text == "1":
            chains.append([piece])
        elif chains and int(piece.text) == len(chains[-1]) + 1 and piece.y0 > chains[-1][-1].y0:
            chains[-1].append(piece)
    return chains


def _run(chain: list[Piece]) -> Run:
    gaps = [after.y0 - piece.y0 for piece, after in itertools.pairwise(chain)]
    pitch = median(gaps)
    even = all(abs(gap - pitch) <= max(_EVEN * pitch, 1.5) for gap in gaps)
    return Run(chain, pitch, even)


def _in_margin(run: Run, pieces: Sequence[Piece], rules: Sequence[Rectangle], several: bool) -> bool:
    top, bottom = run.numbers[0].y0, run.numbers[-1].y1
    if not run.even:
        gaps = [after.y0 - piece.y0 for piece, after in itertools.pairwise(run.numbers)]
        if not several or max(gaps) > _UNEVEN * run.pitch:
            return False
    upright = any(
        y1 - y0 > 0.6 * (bottom - top) and x1 - x0 < 4 and -4 <= x0 - run.x1 <= 30 for x0, y0, x1, y1 in rules
    )
    if len(run.numbers) < _LONG and not upright:
        return False
    crossing = sum(x0 <= run.x0 and x1 >= run.x1 and top < y0 < bottom for x0, y0, x1, y1 in rules if y1 - y0 < 4)
    if crossing > len(run.numbers) // 3:
        return False  # the first column of a ruled table
    if any(
        p.text.lower() in _HEADS and 0 < top - p.y1 < 2 * run.pitch and p.x0 < run.x1 + 6 and p.x1 > run.x0 - 6
        for p in pieces
    ):
        return False
    if sum(_follows_text(number, pieces) for number in run.numbers) > _LEFT_OF_IT:
        return False  # numbers at the end of words, as in "Item 1", "Item 2"
    outside = [p for p in pieces if p.x1 <= run.x0 and top < (p.y0 + p.y1) / 2 < bottom and p.y1 - p.y0 < 3 * run.pitch]
    return several or len(outside) <= _LEFT_OF_IT


def _follows_text(number: Piece, pieces: Sequence[Piece]) -> bool:
    height = number.y1 - number.y0
    middle = (number.y0 + number.y1) / 2
    return any(
        0 <= number.x0 - p.x1 < height and p.y0 < middle < p.y1 and any(c.isalnum() for c in p.text) for p in pieces
    )


def _share_out(found: Sequence[Run], pieces: Sequence[Piece]) -> None:
    """Give every run of a condensed sheet the words of its own small page."""
    numbers = {id(piece) for run in found for piece in run.numbers}
    for piece in pieces:
        x, y = piece.x0, (piece.y0 + piece.y1) / 2
        homes = [run for run in found if run.x0 - 2 <= x and run.away(y) <= _AROUND * run.pitch]
        if homes and id(piece) not in numbers:
            max(homes, key=lambda run: (round(run.x0 / _SHEET), -run.away(y))).pieces.append(piece)
