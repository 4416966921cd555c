"""The right pane: the document, always. Its pages, where one stands in it, zoom, and the way to a cited place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from legalqa.values import bates
from legalqa.values.document import Box, Document, Page
from legalqa.values.pin import page_name
from ui.notices import announce
from ui.pageview import PageView
from ui.tasks import Problem, Task, Tasks
from ui.widgets import (
    Drawing,
    ElidedLabel,
    EmptyState,
    bar,
    clean,
    file_name,
    icon_button,
    label,
    named,
    row,
    tool_tip,
    unseen,
)  # fmt: skip

_SPOKEN = 4000  # characters of a page that are handed to a screen reader


class Picture(Protocol):
    """A page drawn by the matter: rows of three bytes a pixel from the top, unpadded."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def rgb(self) -> bytes: ...
    @property
    def instead(self) -> str:
        """Why it is drawn from the words of the page and not from the file, "" where it is from the file."""


class Source(Protocol):
    """What the reader needs of a matter."""

    def document(self, document_id: str) -> Document:
        """A document with its pages and words."""

    def page_image(self, document_id: str, page: int, scale: float = 2.0) -> Picture:
        """A page drawn at `scale` pixels a point."""


def image_of(picture: Picture) -> QImage:
    """The picture in the format that the screen is painted from."""
    view = QImage(picture.rgb, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the bytes may go


class Reader(QWidget):
    """Shows one document. `shown` carries it."""

    shown = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks = tasks
        self._source: Source | None = None
        self._document: Document | None = None
        self._loading: Task | None = None
        self._drawing: Task | None = None
        self._instead: dict[int, str] = {}  # pages of the document that are drawn from their words, and why
        self.view = PageView()
        self.view.wanted.connect(self._draw_next)
        self.view.moved.connect(self._moved)
        self._empty = EmptyState(
            "document",
            "No document is open",
            "Choose a document on the left, or a citation in an answer: its page is shown here with the words boxed.",
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._title = ElidedLabel("Document", "heading")
        self._bates = label("", "muted")
        self._bates.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        column.addWidget(bar(self._title, self._bates))
        column.addWidget(self._tool_bar())
        self._notice = label("", "small", wrap=True)
        self._notice_frame = named(QFrame(), "note")
        self._notice_frame.setProperty("kind", "warning")
        self._notice_frame.setLayout(row(Drawing("unseen", "warn", 18), self._notice, margins=(12, 6, 12, 6)))
        self._notice_frame.hide()
        column.addWidget(self._notice_frame)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(380)
        self._enable(False)

    # From outside

    def set_source(self, source: Source | None) -> None:
        """Read from another matter; nothing is shown until a document is chosen."""
        self._forget()
        self._source = source
        self._document = None
        self.view.set_pages(())
        self._say("No document is open", "Choose a document on the left, or a citation in an answer: its page is "
                  "shown here with the words boxed.")  # fmt: skip

    def show_place(self, document_id: str, page: int = 1, boxes: Sequence[Box] = ()) -> None:
        """Open a document at a page, with these words boxed."""
        if self._document and self._document.id == document_id:
            self._go(page, boxes)
            return
        source = self._source
        if source is None:
            return
        self._forget()
        self._document = None
        self.view.set_pages(())
        self._say("Opening the document", "")
        self._loading = self._tasks.run(
            "library",
            lambda _task: source.document(document_id),
            lambda document: self._loaded(document, page, boxes),
            self._failed,
        )

    def say_unreadable(self, path: str, reason: str) -> None:
        """Say of a file that has no pages why there is nothing to see."""
        self._forget()
        self._document = None
        self.view.set_pages(())
        self._say(f"{file_name(path)} cannot be shown", clean(reason))

    def next_page(self) -> None:
        """To the top of the next page."""
        self.view.go_to(self.view.page + 1)

    def previous_page(self) -> None:
        """To the top of the page before."""
        self.view.go_to(self.view.page - 1)

    def ask_page(self) -> None:
        """Put the keyboard into the page number."""
        self._number.setFocus()
        self._number.selectAll()

    # Inside

    def _tool_bar(self) -> QWidget:
        self._number = QLineEdit()
        self._number.setAccessibleName("Page number or Bates number")
        self._number.setToolTip("Go to a page or Bates number: type it and press Enter (Ctrl+G)")
        self._number.setFixedWidth(64)
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.returnPressed.connect(self._typed)
        self._of, self._percent = QLabel(""), label("", "small")
        self._tools = [
            icon_button("up", "Previous page", self.previous_page, "Ctrl+PgUp"),
            icon_button("down", "Next page", self.next_page, "Ctrl+PgDown"),
            icon_button("zoom-out", "Zoom out", self.view.zoom_out, "Ctrl+-"),
            icon_button("zoom-in", "Zoom in", self.view.zoom_in, "Ctrl++"),
            icon_button("fit-width", "Fit width", lambda: self.view.set_fit("width"), "Ctrl+0"),
            icon_button("fit-page", "Fit page", lambda: self.view.set_fit("page"), "Ctrl+9"),
        ]
        self.view.zoomed.connect(lambda zoom: self._percent.setText(f"{zoom:.0%}"))
        up, down, smaller, larger, width, whole = self._tools
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("400%") + 8)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return bar(up, down, self._number, self._of, None, smaller, self._percent, larger, width, whole)

    def _loaded(self, document: Document, page: int, boxes: Sequence[Box]) -> None:
        self._document = document
        self._instead = {}
        self.view.set_pages([(one.width, one.height) for one in document.pages])
        self._title.setText(file_name(document.path))
        self._title.setToolTip(tool_tip(clean(document.path)))
        self._of.setText(f"of {len(document.pages):,}")
        self._stack.setCurrentWidget(self.view)
        self._enable(True)
        self._go(page, boxes)
        self.shown.emit(document)

    def _go(self, page: int, boxes: Sequence[Box]) -> None:
        self.view.set_boxes(boxes)
        self.view.go_to(page)
        if boxes:
            self.view.show_boxes()
            announce(self.view, f"Page {boxes[0].page}, the cited words are boxed.")
        self._moved(self.view.page)

    def _typed(self) -> None:
        """Go to the page typed, by its number, its Bates number or its printed label; anything else is put back."""
        if self._document is None:
            return
        typed = self._number.text().strip().casefold()
        pages = self._document.pages
        stamped = [page.number for page in pages if page.bates and bates.key(page.bates) == bates.key(typed)]
        if not stamped and not typed.isdecimal():
            labelled = [page.number for page in pages if page.label.casefold() == typed]
            stamped = labelled if len(labelled) == 1 else []
        if stamped or typed.isdecimal():
            self.view.go_to(stamped[0] if stamped else int(typed))
            self.view.setFocus()
        self._number.setText(str(self.view.page))

    def _moved(self, page: int) -> None:
        if self._document is None or page < 1:
            return
        here = self._document.pages[page - 1]
        self._number.setText(str(page))
        label_ = (
            clean(page_name(here, self._document.kind))
            if self._document.paged and here.label not in ("", str(page))
            else ""
        )
        self._bates.setText(" · ".join(part for part in (label_, clean(here.bates or "")) if part))
        self._tell(here)
        self.view.setAccessibleName(f"{file_name(self._document.path)}, page {page} of {len(self._document.pages)}")
        self.view.setAccessibleDescription(clean(self._document.text[here.start : here.end][:_SPOKEN]))

    def _tell(self, page: Page) -> None:
        """What a reader of the page must know and cannot see on it."""
        assert self._document
        hidden = self._document.regions_of(page.start, page.end, "hidden")
        said = []
        if hidden:
            how = ", ".join(dict.fromkeys(clean(region.detail) for region in hidden if region.detail))
            words = unseen(how) if how else "There is text on this page that cannot be seen."
            drawn = self._document.kind not in ("pdf", "image") or bool(self._instead.get(page.number))
            here = "It is drawn in grey here. " if drawn else ""
            said.append(f"{words} {here}It is not searched or quoted unless it is asked for.")
        if page.reason:
            said.append(f"This page could not be read as it should be: {clean(page.reason)}.")
        if instead := self._instead.get(page.number):
            said.append(f"{clean(instead)} What is shown is drawn from the words that were read of it.")
        self._notice.setText("\n".join(said))
        self._notice_frame.setVisible(bool(said))

    def _draw_next(self) -> None:
        """Have the most needed picture drawn; the next is chosen only when it is there, by what is seen then."""
        wanted = self.view.next_wanted()
        source, document = self._source, self._document
        if wanted is None or source is None or document is None or (self._drawing and not self._drawing.finished):
            return
        page, scale = wanted

        def drawn(found: tuple[QImage, str]) -> None:
            picture, instead = found
            self.view.set_picture(page, scale, picture)
            if instead != self._instead.get(page, ""):
                self._instead[page] = instead
                self._moved(self.view.page)
            self._draw_next()

        def draw(_task: Task) -> tuple[QImage, str]:
            picture = source.page_image(document.id, page, scale)
            return image_of(picture), picture.instead

        def failed(problem: Problem) -> None:
            self.view.set_fault(page, f"Page {page} cannot be shown. {problem.message}")
            self._draw_next()

        self._drawing = self._tasks.run("pages", draw, drawn, failed)

    def _failed(self, problem: Problem) -> None:
        self._say("The document cannot be shown", f"{problem.message} {problem.hint}".strip())

    def _say(self, heading: str, text: str) -> None:
        self._empty.say(heading, text)
        self._stack.setCurrentWidget(self._empty)
        self._title.setText("Document")
        self._title.setToolTip("")
        self._of.setText("")
        self._bates.setText("")
        self._notice_frame.hide()
        self._enable(False)

    def _enable(self, on: bool) -> None:
        for tool in (*self._tools, self._number):
            tool.setEnabled(on)
        self._percent.setVisible(on)
        self._number.setVisible(on)

    def _forget(self) -> None:
        for task in (self._loading, self._drawing):
            if task:
                task.abandon()
        self._loading = self._drawing = None
