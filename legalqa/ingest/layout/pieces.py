"""Words as they were found, before they are text: where they stand and how they are set."""

from __future__ import annotations

from dataclasses import dataclass, replace

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run of a PDF's text is drawn; one value for each of its text objects.

    `size` is the type size in points on the page, `level` its grey (0 black to 255 white), `alpha` its opacity (0 to
    255), `mode` PDF's text rendering mode (3 is invisible). `order` says when it is drawn, counted over the page's
    objects, `id` names the object, `optional` that it belongs to content that a viewer can switch off; `turn` is that
    of its pieces.
    """

    size: float
    bold: bool
    level: float = 0.0
    alpha: int = 255
    mode: int = 0
    order: int = -1
    id: int = 0
    optional: bool = False
    turn: int = 0


@dataclass(slots=True)
class Piece:
    """A word, or half of one, as it was found: points from the displayed page's top-left corner.

    `hyphen` says that the source itself marked a line-end hyphen after it, which is not in `text`. Pieces of a scan
    have no `setting`. `turn` counts the quarter turns clockwise that its text is set at: 0 upright, 1 down the page, 3
    up. `at` is the number of its first character in the page's text layer, -1 where it has none there.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None
    hyphen: bool = False
    setting: Setting | None = None
    turn: int = 0
    at: int = -1


def turned(box: Box, turn: int, width: float = 0.0, height: float = 0.0) -> Box:
    """A box of a page of that size as it stands after the page is turned by so many quarters against the clock.

    Text set at `turn` stands upright then, on a page whose sides are swapped if `turn` is odd.
    """
    x0, y0, x1, y1 = box
    if turn == 1:
        return y0, width - x1, y1, width - x0
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 3:
        return height - y1, x0, height - y0, x1
    return box


def upright(piece: Piece, turn: int, width: float = 0.0, height: float = 0.0) -> Piece:
    """A piece of a page of that size after the page is turned by so many quarters against the clock."""
    box = turned((piece.x0, piece.y0, piece.x1, piece.y1), turn, width, height)
    return replace(piece, x0=box[0], y0=box[1], x1=box[2], y1=box[3], turn=(piece.turn - turn) % 4)
