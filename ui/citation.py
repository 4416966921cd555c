"""A citation as a numbered chip with its pin cite; one that does not hold is struck through."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from legalqa.values import pin
from legalqa.values.answer import CheckedCitation
from legalqa.values.document import Box
from ui import theme
from ui.widgets import clean, place, spread, tool_tip, unseen

_PAD = 9


class Chip(QAbstractButton):
    """Number and words in a rounded frame. `chosen` is emitted on click, Enter and Space."""

    chosen = Signal()

    def __init__(self, number: str, words: str, below: str = "", *, struck: bool = False) -> None:
        super().__init__()
        self._number, self._words, self._below, self._struck = clean(number), words, below, struck
        self.current = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self.chosen)
        self.setText(words)

    def mark(self, current: bool) -> None:
        """Show it as the citation whose page is open, or not."""
        self.current = current
        self.update()

    def sizeHint(self) -> QSize:
        metrics, small = QFontMetrics(self._font()), QFontMetrics(self._small())
        wide = max(metrics.horizontalAdvance(self._words), small.horizontalAdvance(self._below))
        high = metrics.height() + (small.height() + 1 if self._below else 0)
        return QSize(wide + self._badge(metrics) + 2 * _PAD + 10, high + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        focus = self.hasFocus()
        ink = look.colour("bad" if self._struck else "accent")
        ground = "bad_soft" if self._struck else "accent_soft" if self.current or self.underMouse() else "surface"
        painter.setPen(QPen(ink if focus or self.current else look.colour("line"), 2 if focus else 1.2))
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(frame, 6, 6)
        self._paint_words(painter, frame, self._paint_badge(painter, frame, ink))

    def _paint_badge(self, painter: QPainter, frame: QRectF, ink: QColor) -> float:
        """The number; returns where the words begin."""
        metrics = QFontMetrics(self._font())
        badge = QRectF(frame.left() + 5, frame.top() + 4, self._badge(metrics), metrics.height() + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(badge, 4, 4)
        bold = QFont(self.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(theme.current().colour("surface" if self._struck else "on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self._number)
        return badge.right() + _PAD - 2

    def _paint_words(self, painter: QPainter, frame: QRectF, left: float) -> None:
        top, width = frame.top() + 5, frame.right() - _PAD + 2 - left
        lines = ((self._words, self._font(), "text"), (self._below, self._small(), "muted"))
        for words, font, token in lines:
            metrics = QFontMetrics(font)
            painter.setFont(font)
            painter.setPen(theme.current().colour(token))
            elided = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(width) + 1)
            painter.drawText(QRectF(left, top, width + 2, metrics.height()), 0, elided)
            top += metrics.height() + 1

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setStrikeOut(self._struck)
        return font

    def _small(self) -> QFont:
        font = self._font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        return font

    def _badge(self, metrics: QFontMetrics) -> int:
        return max(metrics.horizontalAdvance(self._number) + 12, 22)


class CitationChip(Chip):
    """The chip of a checked citation; it does not name the document `within`, which is named beside it."""

    def __init__(self, citation: CheckedCitation, within: str = "") -> None:
        self.citation = citation
        number = citation.key if len(citation.key) <= 4 else "§"
        section = clean(citation.section[-1]) if citation.section else ""
        said = self._said(citation)
        short = _in_document(citation) if within and citation.document == within else ""
        super().__init__(number or "?", short or said, section, struck=not citation.found)
        state = "" if citation.found else "does not hold: "
        self.setAccessibleName(f"Citation {clean(citation.key)}, {state}{said}{', ' if section else ''}{section}")
        lines = [place(citation) if citation.document else ""]
        lines.append(" › ".join(map(clean, citation.section)))
        lines.append(f"“{clean(citation.quote)}”" if citation.quote else "")
        lines.append(f"Under the header: {clean(citation.header)}" if citation.header else "")
        lines.append(f"Document amended by {'; '.join(map(clean, citation.amended_by))}" if citation.amended_by else "")
        lines.append(unseen(citation.hidden) if citation.hidden else "")
        if citation.ocr_confidence is not None:
            lines.append(f"From a scan; least certain word {citation.ocr_confidence:.0f}%.")
        tip = "\n".join(line for line in lines if line)
        self.setToolTip(tool_tip(tip))
        self.setAccessibleDescription(tip)

    @property
    def target(self) -> tuple[str, int, tuple[Box, ...]] | None:
        """Document id, page and boxes to show; None if it points at nothing that there is."""
        return target(self.citation.document_id, self.citation.pages, self.citation.boxes)

    @staticmethod
    def _said(citation: CheckedCitation) -> str:
        if citation.document:
            return place(citation)
        return f"“{clean(citation.quote)}”" if citation.quote else "no such source"


def _in_document(citation: CheckedCitation) -> str:
    """The place without its document: "p. 12 · HARBOR000112"; "" for a file without pages."""
    return " · ".join(part for part in (clean(pin.words(citation)), spread(citation.bates)) if part)


def target(document_id: str, pages: tuple[int, ...], boxes: tuple[Box, ...]) -> tuple[str, int, tuple[Box, ...]] | None:
    """Where to look: document id, page, boxes; None without a document."""
    if not document_id:
        return None
    first = boxes[0].page if boxes else pages[0] if pages else 1
    return document_id, first, boxes
