"""Places on a page, and how they are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_FRAMED = 30  # boxes on one page from which on they are framed together


@dataclass(frozen=True, slots=True)
class Point:
    """A place of a page (from 1), in points from the top left corner of the page as it was set."""

    page: int
    x: float
    y: float


def paint_boxes(painter: QPainter, rects: Sequence[QRectF], fill: QColor, line: QColor | None) -> None:
    """One outline around boxes that touch: lines between close-set rows would run through the words.

    What is most of a page gets a frame around it, and the words stay as they are.
    """
    if line is not None and len(rects) > _FRAMED:
        whole = rects[0]
        for rect in rects[1:]:
            whole = whole.united(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(line, 2.2))
        painter.drawRect(whole)
        return
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
