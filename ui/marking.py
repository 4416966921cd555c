"""What is found and what is selected in the open document, marked on its pages; selected text is copied."""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain
from pathlib import PurePath

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence

from legalqa.values.document import Box, Document
from legalqa.values.pin import pin
from ui import find, selecting
from ui.find import FindBar, Span
from ui.notices import announce
from ui.pagemarks import Point
from ui.pageview import PageView
from ui.tasks import Task, Tasks
from ui.widgets import clean, harmless

_AROUND = 6  # pages on either side of the one read whose places are marked
_MARKED = 300  # places of a page that are marked: boxing thousands would hold the window up


class Marking(QObject):
    """Ties a document to the view of its pages and to the bar that searches in it."""

    def __init__(self, view: PageView, bar: FindBar, tasks: Tasks) -> None:
        super().__init__(view)
        self._view, self._bar, self._tasks = view, bar, tasks
        self._document: Document | None = None
        self._seeking: Task | None = None
        self._steps = 0  # to be gone once it is known what was found
        self._found: list[Span] = []
        self._boxed: dict[int, tuple[Box, ...]] = {}  # what was found, by page, as far as it was looked at
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._mark_next)
        self._at = -1
        self._selected: Span | None = None
        bar.sought.connect(self._seek)
        bar.stepped.connect(self.step)
        bar.closed.connect(self._closed)
        view.moved.connect(self._mark_found)
        view.dragged.connect(self._dragged)
        view.double_clicked.connect(self._word)
        self._copies = [self._action("&Copy", "Ctrl+C", self.copy), self._action("Copy with cita&tion", "", self.cite)]
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._select(None)

    @property
    def text(self) -> str:
        """The selected text, as the document has it; "" if nothing is selected."""
        if self._document is None or self._selected is None:
            return ""
        return harmless(self._document.text[slice(*self._selected)])

    @property
    def selected(self) -> Span | None:
        """Offsets of the selected text, None if nothing is selected."""
        return self._selected

    @property
    def seeking(self) -> bool:
        """Whether the document is being looked through."""
        return self._seeking is not None

    def show(self, document: Document | None) -> None:
        """Work on this document."""
        self._document = document
        self._select(None)
        self._forget()
        if self._bar.isVisible():
            self._seek(self._bar.field.text())

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) place found, around the end."""
        if self._seeking:
            self._steps += by
        elif self._found:
            self._at = (self._at + by) % len(self._found)
            self._show_found()

    def copy(self) -> None:
        """Put the selected text on the clipboard."""
        if text := self.text:
            QGuiApplication.clipboard().setText(text)

    def cite(self) -> None:
        """Put the selected text on the clipboard as a quotation with its pin cite."""
        if self._document is not None and self._selected is not None:
            where = clean(PurePath(self._document.path).name)
            at = pin(self._document, *self._selected).text
            cited = ", ".join(part for part in (where, clean(at)) if part)
            QGuiApplication.clipboard().setText(f"“{clean(self.text)}” ({cited}.)")

    def _action(self, words: str, key: str, act: object) -> QAction:
        made = QAction(words, self._view)
        made.setShortcut(QKeySequence(key))
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(act)
        self._view.addAction(made)
        return made

    def _seek(self, words: str) -> None:
        """Look through the document; until that is done the places found before stay."""
        document = self._document
        if self._seeking:
            self._seeking.abandon()
        self._seeking, self._steps = None, 0
        if document is None or not words.strip():
            self._sought([])
            return
        self._seeking = self._tasks.run(
            "find", lambda task: find.places(document.text, words, stopped=task.stop.is_set), self._sought
        )

    def _sought(self, found: list[Span]) -> None:
        steps, document = self._steps, self._document
        self._forget()
        self._found = found
        if found and document is not None:
            here = document.pages[self._view.page - 1].start if self._view.page else 0
            first = next((at for at, (start, _) in enumerate(found) if start >= here), 0)
            self._at = (first + steps) % len(found)
        self._show_found()

    def _forget(self) -> None:
        """What was found, and what is being looked for."""
        if self._seeking:
            self._seeking.abandon()
        self._seeking, self._steps = None, 0
        self._found, self._at = [], -1
        self._boxed.clear()

    def _show_found(self) -> None:
        self._bar.say(self._at + 1, len(self._found))
        self._mark_found()
        document = self._document
        if document is None or not self._found:
            return
        start, end = self._found[self._at]
        boxes = document.boxes_of(start, end)
        self._view.set_boxes(boxes)
        if boxes:
            self._view.show_boxes()
            announce(self._view, f"Place {self._at + 1} of {len(self._found)}, page {boxes[0].page}")

    def _mark_found(self) -> None:
        """Mark what was found around the page that is being read, that page first."""
        if not self._view.page or not self._found or not self._bar.isVisible():
            self._view.set_boxes((), "found")
            return
        self._mark_next()

    def _mark_next(self) -> None:
        """Mark what was found on the nearest page that nobody has looked at, and go on when there is time."""
        document, page = self._document, self._view.page
        if document is None or not page or not self._found or not self._bar.isVisible():
            return
        near = range(max(page - _AROUND, 1), min(page + _AROUND, len(document.pages)) + 1)
        waiting = [one for one in near if one not in self._boxed]
        if waiting:
            nearest = min(waiting, key=lambda one: abs(one - page))
            self._boxed[nearest] = self._boxes_on(document, nearest)
            self._more.start()
        self._view.set_boxes(list(chain.from_iterable(self._boxed.get(one, ()) for one in near)), "found")

    def _boxes_on(self, document: Document, page: int) -> tuple[Box, ...]:
        """The words found on a page, and those that begin on the page before."""
        sheet = document.pages[page - 1]
        first = max(bisect_left(self._found, (sheet.start, 0)) - 1, 0)
        last = bisect_left(self._found, (sheet.end, 0))
        marked = self._found[first : min(first + _MARKED, last)]
        boxes = chain.from_iterable(
            document.boxes_of(max(start, sheet.start), min(end, sheet.end))
            for start, end in marked
            if end > sheet.start
        )
        return tuple(boxes)

    def _closed(self) -> None:
        self._view.set_boxes((), "found")
        self._view.setFocus()

    def _dragged(self, one: Point | None, other: Point | None) -> None:
        if self._document is not None:
            self._select(selecting.between(self._document, one, other) if one and other else None)

    def _word(self, point: Point) -> None:
        if self._document is not None:
            self._select(selecting.between(self._document, point, point))

    def _select(self, span: Span | None) -> None:
        self._selected = span
        boxes = self._document.boxes_of(*span) if span and self._document else ()
        self._view.set_boxes(boxes, "selected")
        for action in self._copies:
            action.setEnabled(span is not None)
