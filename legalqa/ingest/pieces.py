"""Words as they were found, before they are text: where they stand and how they are set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run of a PDF's text is drawn; one value for each of its text objects.

    `size` is the type size in points on the page, `level` its grey (0 black to 255 white), `alpha` its opacity (0 to
    255), `mode` PDF's text rendering mode (3 is invisible). `order` says when it is drawn, counted over the page's
    objects, `id` names the object, `optional` that it belongs to content that a viewer can switch off.
    """

    size: float
    bold: bool
    level: float = 0.0
    alpha: int = 255
    mode: int = 0
    order: int = -1
    id: int = 0
    optional: bool = False


@dataclass(slots=True)
class Piece:
    """A word, or half of one, as it was found: points from the displayed page's top-left corner.

    `hyphen` says that the source itself marked a line-end hyphen after it, which is not in `text`. Pieces of a scan
    have no `setting`.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float | None = None
    hyphen: bool = False
    setting: Setting | None = None
