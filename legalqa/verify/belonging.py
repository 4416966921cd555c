"""Does a figure stand where the sentence puts it? "Vibration measured 0.28" is wrong of "vibration measured 0.42, the
limit is 0.28", though the passage holds every word of it.

Told only where it is plain: nothing of what the sentence says around the figure stands around it in the passage, and
several of those words stand around another figure of the same kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from legalqa.verify.amounts import Quantity, quantities
from legalqa.verify.words import content

NEAR = 9  # words on either side of a figure that are taken for what it is said of
LEAST = 2  # of the sentence's words that must stand around the other figure
_EDGE = re.compile(r"[\n;|]|[.:](?=\s)")


def misplaced(claim: str, passage: str) -> list[tuple[Quantity, Quantity]]:
    """(figure of the claim, figure of the passage of which the passage says what the claim says of its own)."""
    theirs = quantities(passage)
    around = [_around(passage, theirs, at) for at in range(len(theirs))]
    mine = quantities(claim)
    found = []
    for at, ours in enumerate(mine):
        if ours.label or ours.kind == "time":
            continue
        said = _around(claim, mine, at)
        same = [near for near, one in zip(around, theirs, strict=True) if _alike(ours, one)]
        others = [
            (near, one)
            for near, one in zip(around, theirs, strict=True)
            if one.kind == ours.kind and one.unit == ours.unit and one.value != ours.value and not one.label
        ]
        if not same or not others:
            continue
        near, other = max(others, key=lambda one: len(said & one[0]))
        if len(said & near - frozenset[str]().union(*same)) >= LEAST and not any(said & one - near for one in same):
            found.append((ours, other))
    return found


def nearest_first(claim: str, ours: Quantity, passage: str) -> list[Quantity]:
    """The figures of the passage, those first around which most of the words stand that stand around `ours`."""
    theirs = quantities(passage)
    said = _around(claim, quantities(claim), quantities(claim).index(ours))
    shared = [len(said & _around(passage, theirs, at)) for at in range(len(theirs))]
    return [theirs[at] for at in sorted(range(len(theirs)), key=lambda at: -shared[at])]


def _alike(ours: Quantity, theirs: Quantity) -> bool:
    return ours.value == theirs.value or (bool(ours.figure) and ours.figure == theirs.figure)


def _around(text: str, all_of: Sequence[Quantity], at: int) -> frozenset[str]:
    """Stems of the words beside a figure: its own clause, up to the next figures."""
    one = all_of[at]
    figures = [other for other in all_of if other.value != one.value and not other.label]
    low = max((other.end for other in figures if other.end <= one.start), default=0)
    high = min((other.start for other in figures if other.start >= one.end), default=len(text))
    before = _EDGE.split(text[low : one.start])[-1].split()[-NEAR:]
    after = _EDGE.split(text[one.end : high])[0].split()[:NEAR]
    return frozenset(stem for stem in content(" ".join((*before, *after))) if not stem[0].isdigit())


def rows_mixed(claim: str, passage: str) -> list[tuple[Quantity, str]]:
    """(figure, the row that it stands in) where the claim takes figures from two rows of a table for one."""
    rows = [(row, {(q.kind, q.value) for q in quantities(row)}) for row in passage.split("\n") if is_row(row)]
    if len(rows) < 2:
        return []
    mine = [one for one in quantities(claim) if not one.label]
    found = []
    for first, second in pairwise(mine):
        with_first = [row for row in rows if (first.kind, first.value) in row[1]]
        with_second = [row for row in rows if (second.kind, second.value) in row[1]]
        if len(with_first) == 1 and len(with_second) == 1 and with_first[0] is not with_second[0]:
            found.append((second, " ".join(with_second[0][0].split())))
    return found[:1]


def is_row(line: str) -> bool:
    """Whether a line of a text is a row of a table."""
    return line.count("|") >= 2 or line.count("\t") >= 2 or len(re.findall(r"\S {2,}\S", line)) >= 2
