"""What the lists and tables of the window share: their index, and how a row is painted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui import theme

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()  # the parent of what stands in no other row
_SMALL = 0.88  # of the font of the row


def small(font: QFont) -> QFont:
    """The font of a line that explains the one above it."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * _SMALL)
    return made


def ground(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
    """A row's rounded ground, if it is selected or under the mouse, and the frame of the keyboard."""
    look, state = theme.current(), option.state
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent_soft" if selected else "hover"))
        painter.drawRoundedRect(rect, 6, 6)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(look.colour("accent"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 5, 5)


def line(
    painter: QPainter,
    area: QRect,
    top: int,
    font: QFont,
    token: str,
    text: str,
    elided: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> int:
    """One line of text from the left of `area`, with … where there is no room; returns where the next begins."""
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(theme.current().colour(token))
    shown = metrics.elidedText(text, elided, area.width())
    painter.drawText(QRect(area.left(), top, area.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, shown)
    return top + metrics.height()
