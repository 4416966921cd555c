"""A draft's own text with a mark after every sentence that was checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextImageFormat
from PySide6.QtWidgets import QTextEdit

from legalqa.values.answer import Sentence, Verdict
from ui import theme
from ui.widgets import harmless

Span = tuple[int, int]
_MARK = 15  # logical pixels
_NARROW = "\u202f"  # a narrow space at which no line is broken
_LINES: dict[Verdict, QTextCharFormat.UnderlineStyle] = {
    "bad_reference": QTextCharFormat.UnderlineStyle.WaveUnderline,
    "unsupported": QTextCharFormat.UnderlineStyle.DashUnderline,
    "uncited": QTextCharFormat.UnderlineStyle.DotLine,
}


def spans_of(text: str, sentences: Sequence[Sentence]) -> list[Span | None]:
    """Where the sentences stand in the text, one after the other; None for one that is not found."""
    spans: list[Span | None] = []
    after = 0
    for sentence in sentences:
        wanted = r"\s+".join(map(re.escape, sentence.text.split()))
        found = re.compile(wanted).search(text, after) if wanted else None
        span = found.span() if found else None
        spans.append(span)
        after = span[1] if span else after
    return spans


class DraftView(QTextEdit):
    """Shows a text and its verdicts. `chosen` carries the index of the sentence that was clicked or moved to."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("draft")
        self.setReadOnly(True)
        self.setAcceptDrops(False)  # a file dropped here is for the pane around it
        self.viewport().setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName("The draft, with a mark at every sentence")
        self.document().setDocumentMargin(16)
        self._text = ""
        self._sentences: Sequence[Sentence] = ()
        self._placed: list[tuple[int, int, int]] = []  # start, end in the shown text, index of the sentence
        self._current = -1
        self.cursorPositionChanged.connect(self._moved)
        theme.current().changed.connect(self._fill)

    def show_draft(self, text: str, sentences: Sequence[Sentence]) -> None:
        """Show the text of a draft with what was found of its sentences, in order."""
        self._text, self._sentences, self._current = text, sentences, -1
        self._fill()

    def mark_current(self, index: int) -> None:
        """Show which sentence is looked at, and bring it into sight."""
        self._current = index
        self.setExtraSelections([])
        for start, end, at in self._placed:
            if at == index:
                cursor = self._cursor(start, end)
                selection = QTextEdit.ExtraSelection()
                selection.cursor = cursor
                selection.format.setBackground(theme.current().colour("accent_soft"))
                self.setExtraSelections([selection])
                if not start <= self.textCursor().position() <= end:
                    self.blockSignals(True)
                    self.setTextCursor(self._cursor(start, start))
                    self.blockSignals(False)
                self.ensureCursorVisible()

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _fill(self) -> None:
        """Set the text anew in the colours of the look in force."""
        self.blockSignals(True)
        self.clear()
        self._placed = []
        cursor = QTextCursor(self.document())
        plain, at = QTextCharFormat(), 0
        for index, span in enumerate(spans_of(self._text, self._sentences)):
            if span is None:
                continue
            cursor.insertText(harmless(self._text[at : span[0]]), plain)
            verdict = self._sentences[index].verdict
            start = cursor.position()
            cursor.insertText(harmless(self._text[slice(*span)]), _format(verdict, self._sentences[index]))
            cursor.insertText(_NARROW, plain)  # Qt may break a line after a picture, but not between these
            cursor.insertImage(self._mark(verdict))
            self._placed.append((start, cursor.position(), index))
            at = span[1]
        cursor.insertText(harmless(self._text[at:]), plain)
        self.setTextCursor(self._cursor(0, 0))
        self.blockSignals(False)
        if self._current >= 0:
            self.mark_current(self._current)

    def _mark(self, verdict: Verdict) -> QTextImageFormat:
        mark = theme.VERDICTS[verdict]
        name = f"mark:{verdict}"
        picture = theme.pixmap(mark.icon, mark.colour, _MARK, 2.0).toImage()
        self.document().addResource(QTextDocument.ResourceType.ImageResource, name, picture)
        made = QTextImageFormat()
        made.setName(name)
        made.setWidth(_MARK)
        made.setHeight(_MARK)
        made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        return made

    def _moved(self) -> None:
        position = self.textCursor().position()
        index = next((at for start, end, at in self._placed if start <= position <= end), None)
        if index is not None and index != self._current:
            self.chosen.emit(index)


def _format(verdict: Verdict, sentence: Sentence) -> QTextCharFormat:
    made = QTextCharFormat()
    if verdict in _LINES:
        look = theme.current()
        mark = theme.VERDICTS[verdict]
        made.setUnderlineStyle(_LINES[verdict])
        made.setUnderlineColor(look.colour(mark.colour))
        made.setBackground(look.colour(f"{mark.colour}_soft"))
    made.setToolTip(f"{theme.VERDICTS[verdict].word}: {harmless('; '.join(sentence.reasons))}")
    return made
