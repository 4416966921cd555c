"""Small parts used all over the window: icon buttons with names, drawings, wrapped labels, empty states, plain text."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from legalqa.values import pin
from legalqa.values.answer import CheckedCitation, Passage
from ui import theme

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Text from a file made safe to show: no control characters or direction overrides, single spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def harmless(text: str) -> str:
    """Text from a file made safe to show, its lines and spaces as they are."""
    return _CONTROL.sub(" ", text)


def file_name(path: str) -> str:
    """The last part of a path, safe to show."""
    return clean(os.path.basename(path) or PurePath(path).name)  # noqa: PTH119  # of ten thousand rows: ten times faster


def count(number: int, noun: str) -> str:
    """ "1 page", "1,204 pages"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def place(cited: Passage | CheckedCitation) -> str:
    """A pin cite: "lease.pdf, p. 12 · HARBOR000112", "dep.pdf, 45:12–46:3"; a file without pages has none."""
    said = ", ".join(part for part in (clean(cited.document), clean(pin.words(cited))) if part)
    return " · ".join(part for part in (said, spread(cited.bates)) if part)


def unseen(why: str) -> str:
    """What is said of text that a reader of the page cannot see; `why` is how it is hidden."""
    return f"Text that cannot be seen on the page: {clean(why)}."


def tool_tip(text: str) -> str:
    """A tool tip that shows `text` as it stands: Qt takes for markup what looks like it, and a document may look so."""
    return f'<div style="white-space: pre-wrap">{html.escape(text)}</div>' if text else ""


def spread(bates: tuple[str, ...]) -> str:
    """ "HARBOR000101–HARBOR000148", or the one number there is."""
    return clean(bates[0] if len(bates) == 1 else f"{bates[0]}–{bates[-1]}") if bates else ""


W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str) -> W:
    """The widget, under the name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


def icon_button(drawing: str, name: str, act: Callable[[], object], key: QKeySequence | str = "") -> QToolButton:
    """A flat button with a drawing, an accessible name and a tool tip that says its key."""
    button = named(QToolButton(), "quiet")
    theme.set_icon(button, drawing)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    button.setToolTip(f"{name} ({shown})" if shown else name)
    button.clicked.connect(lambda: act())
    return button


def label(text: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text (never markup: it may hold a document's words), styled by `name`."""
    made = named(QLabel(text), name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if wrap:
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def search_field(name: str, placeholder: str) -> QLineEdit:
    """A field to search by, with a button that empties it."""
    field = QLineEdit(placeholderText=placeholder)
    field.setAccessibleName(name)
    field.setClearButtonEnabled(True)
    for action in field.findChildren(QAction):  # Qt's own drawing is grey in every look
        theme.set_icon(action, "close", "muted", 14)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName("Empty the field")
    return field


class Drawing(QLabel):
    """An icon that stands by itself and follows the look."""

    def __init__(self, name: str, token: str, size: int) -> None:
        super().__init__()
        self._drawn = (name, token, size)
        theme.current().changed.connect(self._draw)
        self._draw()

    def draw(self, name: str, token: str) -> None:
        """Show another drawing at the same size."""
        self._drawn = (name, token, self._drawn[2])
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()  # only now the screen and its density are known

    def _draw(self) -> None:
        name, token, size = self._drawn
        wide = theme.current().scaled(size)
        self.setFixedSize(wide, wide)
        self.setPixmap(theme.pixmap(name, token, wide, self.devicePixelRatioF()))


class EmptyState(QWidget):
    """What a pane shows while there is nothing to show: a drawing, a sentence, and what to do next."""

    _WIDEST = 380  # logical pixels of a line of text; longer ones are hard to read

    def __init__(self, drawing: str, heading: str, text: str, action: QPushButton | None = None) -> None:
        super().__init__()
        column = QVBoxLayout()
        column.setContentsMargins(0, 28, 0, 28)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(Drawing(drawing, "muted", 40), alignment=Qt.AlignmentFlag.AlignHCenter)
        self.heading = label(heading, "heading", wrap=True)
        self.text = label(text, "muted", wrap=True)
        for part in (self.heading, self.text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(part)
        if action is not None:
            column.addSpacing(8)
            column.addWidget(action, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._middle = QWidget()
        self._middle.setLayout(column)
        across = row(None, self._middle, None, margins=(24, 0, 24, 0))
        across.setStretch(1, 100)
        self.setLayout(across)
        theme.current().changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self._middle.setMaximumWidth(theme.current().scaled(self._WIDEST))

    def say(self, heading: str, text: str) -> None:
        """Change the words."""
        self.heading.setText(heading)
        self.text.setText(text)


def row(*widgets: QWidget | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Widgets side by side; None is a stretch."""
    made = QHBoxLayout()
    made.setContentsMargins(*margins)
    made.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            made.addStretch(1)
        else:
            made.addWidget(widget)
    return made


def fields(*named_fields: tuple[str, QLineEdit]) -> QGridLayout:
    """Fields under one another, each with its name on the left, in the middle of its height."""
    made = QGridLayout()
    made.setHorizontalSpacing(12)
    made.setVerticalSpacing(8)
    for line, (name, field) in enumerate(named_fields):
        caption = label(name)
        caption.setBuddy(field)
        made.addWidget(caption, line, 0)
        made.addWidget(field, line, 1)
    return made


def bar(*widgets: QWidget | None, name: str = "bar") -> QWidget:
    """The head of a pane: widgets side by side over a line."""
    made = named(QWidget(), name)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    line = row(*widgets, spacing=6, margins=(16, 8, 12, 8))
    line.addStrut(36)  # logical pixels of height, more where the text is large
    made.setLayout(line)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
        elif inner := item.layout():
            clear(inner)


class ElidedLabel(QLabel):
    """One line of plain text that ends in … where there is no room; the whole of it is in the tool tip."""

    def __init__(self, text: str = "", name: str = "") -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
