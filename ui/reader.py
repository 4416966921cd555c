"""The right pane: the document, always. Its pages, where one stands in it, zoom, and the way to a cited place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from legalqa.values.document import Box, Document, Page, Section
from legalqa.values.pin import page_name
from ui import goto
from ui.find import FindBar
from ui.marking import Marking
from ui.notices import announce
from ui.pagetools import PageTools
from ui.pageview import PageView
from ui.selecting import Opened
from ui.sidepanel import SCALE, SidePanel
from ui.tasks import Problem, Task, Tasks
from ui.widgets import (
    Drawing,
    ElidedLabel,
    EmptyState,
    bar,
    clean,
    file_name,
    label,
    named,
    row,
    tool_tip,
    unseen,
)  # fmt: skip

_SPOKEN = 4000  # characters of a page that are handed to a screen reader
_NOTHING = (
    "No document is open",
    "Choose a document on the left, or a citation in an answer: its page is shown here with the words boxed.",
)


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

    def displayed(self, document_id: str) -> Document:
        """A document with its pages and words, without its sections."""

    def sections(self, document_id: str) -> Sequence[Section]:
        """The sections of a document."""

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
        self._outlining: Task | None = None
        self._instead: dict[int, str] = {}  # pages of the document that are drawn from their words, and why
        self.view = PageView()
        self.view.wanted.connect(self._draw_next)
        self.view.moved.connect(self._moved)
        self._empty = EmptyState("document", *_NOTHING)
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
        self.tools = PageTools(self.view)
        self.tools.typed.connect(self._typed)
        column.addWidget(self.tools)
        self.finder = FindBar()
        column.addWidget(self.finder)
        self.marking = Marking(self.view, self.finder, tasks)
        self.side = SidePanel()
        self.side.chosen.connect(self._go_to_offset)
        self.side.thumbnails.wanted.connect(self._draw_next)
        self.tools.side.toggled.connect(self.side.setVisible)
        self.tools.search.clicked.connect(self.finder.open)
        self._notice = label("", "small", wrap=True)
        self._notice_frame = named(QFrame(), "note")
        self._notice_frame.setProperty("kind", "warning")
        self._notice_frame.setLayout(row(Drawing("unseen", "warn", 18), self._notice, margins=(12, 6, 12, 6)))
        self._notice_frame.hide()
        column.addWidget(self._notice_frame)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for part, stretch in ((self.side, 0), (self._stack, 1)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, stretch)
        column.addWidget(split, 1)
        self.setMinimumWidth(380)

    # From outside

    @property
    def name(self) -> str:
        """Name of the document shown, "" without one."""
        return file_name(self._document.path) if self._document else ""

    def set_source(self, source: Source | None) -> None:
        """Read from another matter; nothing is shown until a document is chosen."""
        self._source = source
        self._say(*_NOTHING)

    def show_place(self, document_id: str, page: int = 1, boxes: Sequence[Box] = ()) -> None:
        """Open a document at a page, with these words boxed."""
        if self._document and self._document.id == document_id:
            self._go(page, boxes)
            return
        source = self._source
        if source is None:
            return
        self._say("Opening the document", "")
        self._loading = self._tasks.run(
            "library",
            lambda _task: source.displayed(document_id),
            lambda document: self._loaded(document, page, boxes),
            self._failed,
        )

    def say_unreadable(self, path: str, reason: str) -> None:
        """Say of a file that has no pages why there is nothing to see."""
        self._say(f"{file_name(path)} cannot be shown", clean(reason))

    def opened(self) -> Opened | None:
        """What is before the reader; None without a document."""
        if self._document is None or not self.view.page:
            return None
        return Opened(self._document, self.view.page, self.marking.selected)

    def next_page(self) -> None:
        """To the top of the next page."""
        self.view.go_to(self.view.page + 1)

    def previous_page(self) -> None:
        """To the top of the page before."""
        self.view.go_to(self.view.page - 1)

    def ask_page(self) -> None:
        """Put the keyboard into the page number."""
        self.tools.ask_page()

    def find_text(self) -> None:
        """Open the bar that searches in the document."""
        if self._document is not None:
            self.finder.open()

    def find_again(self, by: int) -> None:
        """To the next (1) or previous (-1) place that the search found."""
        self.marking.step(by)

    # Inside

    def _loaded(self, document: Document, page: int, boxes: Sequence[Box]) -> None:
        self._document = document
        self._instead = {}
        self.view.set_pages([(one.width, one.height) for one in document.pages])
        self._title.setText(file_name(document.path))
        self._title.setToolTip(tool_tip(clean(document.path)))
        self.tools.say_pages(len(document.pages))
        self.side.show_document(document)
        self._stack.setCurrentWidget(self.view)
        self.marking.show(document)
        self._go(page, boxes)
        self.shown.emit(document)

    def _go(self, page: int, boxes: Sequence[Box]) -> None:
        self.view.set_boxes(boxes)
        self.view.go_to(page)
        if boxes:
            self.view.show_boxes()
            announce(self.view, f"Page {boxes[0].page}, the cited words are boxed.")
        self._moved(self.view.page)

    def _typed(self, typed: str) -> None:
        """Go to the place typed; what the document does not have is put back."""
        if self._document is None:
            return
        found = goto.place(self._document, typed)
        if found is not None:
            page, boxes = found
            if boxes:
                self._go(page, boxes)
            else:
                self.view.go_to(page)
            self.view.setFocus()
        self.tools.say_page(self.view.page)

    def _go_to_offset(self, page: int, offset: int) -> None:
        boxes = self._document.boxes_of(offset, offset + 1) if self._document and offset >= 0 else ()
        if boxes:
            self.view.set_boxes(boxes)
            self.view.show_boxes()
            self.view.set_boxes(())
        else:
            self.view.go_to(page)

    def _moved(self, page: int) -> None:
        if self._document is None or page < 1:
            return
        here = self._document.pages[page - 1]
        self.tools.say_page(page)
        self.side.mark_page(page)
        labelled = self._document.paged and here.label not in ("", str(page))
        label_ = clean(page_name(here, self._document.kind)) if labelled else ""
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
        if wanted is None:
            self._read_outline()
            self._draw_small()
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

    def _read_outline(self) -> None:
        """Have the headings of the document read, once the pages that are seen are there."""
        source, document = self._source, self._document
        if source is not None and document is not None and self._outlining is None:
            self._outlining = self._tasks.run(
                "library", lambda _task: source.sections(document.id), self.side.show_sections
            )

    def _draw_small(self) -> None:
        """Have the next small picture drawn, once the pages themselves are there."""
        page, source, document = self.side.thumbnails.next_wanted(), self._source, self._document
        if page is None or source is None or document is None or (self._drawing and not self._drawing.finished):
            return
        small = self.side.thumbnails

        def drawn(picture: QImage | None) -> None:
            small.put(page, picture)
            self._draw_next()

        self._drawing = self._tasks.run(
            "pages",
            lambda _task: image_of(source.page_image(document.id, page, SCALE)),
            drawn,
            lambda _problem: drawn(None),
        )

    def _failed(self, problem: Problem) -> None:
        self._say("The document cannot be shown", f"{problem.message} {problem.hint}".strip())

    def _say(self, heading: str, text: str) -> None:
        """Say something in place of a document."""
        self._forget()
        self._document = None
        self.view.set_pages(())
        self._empty.say(heading, text)
        self._stack.setCurrentWidget(self._empty)
        self._title.setText("Document")
        self._title.setToolTip("")
        self.tools.say_pages(0)
        self.side.show_document(None)
        self.marking.show(None)
        self.finder.hide()
        self._bates.setText("")
        self._notice_frame.hide()

    def _forget(self) -> None:
        for task in (self._loading, self._drawing, self._outlining):
            if task:
                task.abandon()
        self._loading = self._drawing = self._outlining = None
