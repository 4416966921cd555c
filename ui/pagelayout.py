"""Where pages lie that stand one under another: sizes and turns in, places out. Nothing here paints or scrolls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QTransform

from legalqa.values.document import Box
from ui.pagemarks import Point

Fit = Literal["width", "page", "free"]
MARGIN, GAP = 18, 14  # logical pixels around and between pages
ZOOMS = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
_SMALLEST = 36.0  # points of a side: a page without size is shown as something
_BOX_AIR = 1.6  # points between the words and the line around them


class PageLayout:
    """Pages by index from 0. Lengths are logical pixels from the top of the first margin, unless said to be points;
    `scale` is logical pixels a point.
    """

    def __init__(self) -> None:
        self.scale = 1.0
        self.sizes: list[tuple[float, float]] = []  # points, as the pages are turned
        self._true: list[tuple[float, float]] = []  # points, before they are turned
        self._turn = 0  # quarter turns clockwise
        self._tops: list[float] = [0.0]  # of each page, and the end

    def set_pages(self, sizes: Sequence[tuple[float, float]]) -> None:
        """Pages of these sizes (width, height in points), upright. `place` comes next."""
        self._true = [(max(width, _SMALLEST), max(height, _SMALLEST)) for width, height in sizes]
        self._turn = 0
        self.sizes = list(self._true)

    def rotate(self) -> None:
        """Turn all pages a quarter clockwise. `place` comes next."""
        self._turn = (self._turn + 1) % 4
        self.sizes = [(high, wide) if self._turn % 2 else (wide, high) for wide, high in self._true]

    def place(self, scale: float) -> QSize:
        """Lay the pages out at this scale; returns the room that they take with their margins."""
        self.scale = scale
        self._tops = list(accumulate((height * scale + GAP for _, height in self.sizes), initial=float(MARGIN)))
        if not self.sizes:
            return QSize(0, 0)
        widest = max(width for width, _ in self.sizes) * scale + 2 * MARGIN
        return QSize(round(widest), round(self._tops[-1] - GAP + MARGIN))

    def fitted(self, fit: Fit, room: QSize, dots: float) -> float:
        """The zoom at which pages are as wide as `room`, or whole in it; `dots` are logical pixels a point at 1.0."""
        # One fold-out plan among letter pages must not make all of them small.
        median = sorted(width for width, _ in self.sizes)[len(self.sizes) // 2]
        zoom = (room.width() - 2 * MARGIN) / (median * dots)
        if fit == "page":
            highest = max(height for _, height in self.sizes)
            zoom = min(zoom, (room.height() - 2 * MARGIN) / (highest * dots))
        return min(max(zoom, 0.1), ZOOMS[-1])

    def at(self, place: float) -> int:
        """The page that lies at a height, or the nearest one; 0 without pages."""
        return min(max(bisect_right(self._tops, place) - 1, 0), max(len(self.sizes) - 1, 0))

    def top(self, index: int) -> float:
        """Where a page begins."""
        return self._tops[index]

    def visible(self, top: float, height: int) -> range:
        """The pages of which anything lies between `top` and `height` below it."""
        if not self.sizes:
            return range(0)
        first = self.at(top)
        last = bisect_right(self._tops, top + height)
        return range(first, min(max(last, first + 1), len(self.sizes)))

    def anchor(self, place: float) -> tuple[int, float]:
        """A height as a page and the share of its height above it, which stays true at another scale."""
        index = self.at(place)
        if not self.sizes:
            return 0, 0.0
        return index, (place - self._tops[index]) / max(self._tops[index + 1] - self._tops[index] - GAP, 1.0)

    def anchored(self, anchor: tuple[int, float]) -> float:
        """The height that `anchor` was taken of, as it is now."""
        index, share = anchor
        return self._tops[index] + share * self.sizes[index][1] * self.scale

    def rect(self, index: int, wide: int, left: int, top: int) -> QRectF:
        """Where a page lies in a view scrolled to (`left`, `top`) of a sheet `wide` across."""
        width, height = (side * self.scale for side in self.sizes[index])
        return QRectF(round((wide - width) / 2 - left), round(self._tops[index] - top), width, height)

    def matrix(self, index: int, rect: QRectF) -> QTransform:
        """From points of the page as it was set to logical pixels, where the turned page lies at `rect`."""
        width, height = self._true[index]
        shift = ((0.0, 0.0), (height, 0.0), (width, height), (0.0, width))[self._turn]
        made = QTransform().translate(rect.left(), rect.top()).scale(self.scale, self.scale)
        return made.translate(*shift).rotate(90 * self._turn)

    def sheet(self, index: int) -> QRectF:
        """The page as it was set, in points."""
        return QRectF(0, 0, *self._true[index])

    def placed(self, box: Box, index: int, rect: QRectF) -> QRectF:
        """Where a box of the page lies, with some air around the words."""
        corners = QPointF(box.x0 - _BOX_AIR, box.y0 - _BOX_AIR), QPointF(box.x1 + _BOX_AIR, box.y1 + _BOX_AIR)
        return self.matrix(index, rect).mapRect(QRectF(*corners))

    def point(self, index: int, rect: QRectF, place: QPointF) -> Point:
        """The place of the page under a place of the view."""
        back, _ = self.matrix(index, rect).inverted()
        found = back.map(place)
        return Point(index + 1, found.x(), found.y())
