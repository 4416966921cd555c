"""Places on a page, and how they are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen


@dataclass(frozen=True, slots=True)
class Point:
    """A place of a page (from 1), in points from the top left corner of the page as it was set."""

    page: int
    x: float
    y: float


def paint_boxes(painter: QPainter, rects: Sequence[QRectF], fill: QColor, line: QColor | None) -> None:
    """One outline around boxes that touch: lines between close-set rows would run through the words."""
    outline = QPainterPath()
    outline.setFillRule(Qt.FillRule.WindingFill)
    for rect in rects:
        outline.addRect(rect)
    outline = outline.simplified()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
    painter.fillPath(outline, fill)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    if line is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(line, 1.6))
        painter.drawPath(outline)
