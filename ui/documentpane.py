"""The left pane: the documents of the matter, found, sorted and filtered; files are added from here."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.matter import Coverage, FileStatus
from ui.documents import DocumentDelegate, DocumentsFilter, DocumentsModel, Role, Show, SortBy, needs_a_look
from ui.widgets import EmptyState, bar, count, icon_button, label, search_field

_NOTHING_YET = (
    "No documents yet",
    "Drag a folder or files into this window, or press Ctrl+O. Originals stay where they are.",
)
_SORTS: dict[SortBy, str] = {
    "name": "by &name", "type": "by &type", "date": "by &date", "pages": "by &length", "state": "by &state",
}  # fmt: skip
_SHOWS: dict[Show, str] = {
    "all": "&All files", "readable": "Files that can be &read", "attention": "Files that need a &look",
}  # fmt: skip


class DocumentPane(QWidget):
    """Emits `opened` with the file chosen by click or Enter, `add_requested` for the add button."""

    opened = Signal(object)
    add_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = DocumentsModel(self)
        self._filter = DocumentsFilter(self)
        self._filter.setSourceModel(self._model)
        self.list = self._list()
        self.finder = search_field("Find a document", "Find a document")
        self.finder.setToolTip("Find by name, type, date, Bates number or state")
        self.finder.textChanged.connect(self._find)
        self._summary = label("", "small", wrap=True)
        self._empty = EmptyState(
            "add-folder",
            *_NOTHING_YET,
        )
        self._nothing = EmptyState("search-empty", "No file matches", "Change what is looked for or shown above.")
        self._stack = QStackedWidget()
        for page in (self._empty, self._nothing, self.list):
            self._stack.addWidget(page)
        head = bar(
            label("Documents", "heading"),
            None,
            self._menu_button(),
            icon_button("add", "Add files or folders to the matter", self.add_requested.emit, "Ctrl+O"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        below = QVBoxLayout()
        below.setContentsMargins(16, 12, 16, 8)
        below.setSpacing(8)
        below.addWidget(self.finder)
        below.addWidget(self._summary)
        column.addLayout(below)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(220)
        self.setTabOrder(self.finder, self.list)

    def show_coverage(self, coverage: Coverage) -> None:
        """Show the files of a matter."""
        self._model.show(coverage.files)
        needs = sum(map(needs_a_look, coverage.files))
        pages = sum(coverage.pages.values())
        parts = [count(len(coverage.files), "file"), count(pages, "page")]
        if needs:
            parts.append(f"{needs:,} need{'s' if needs == 1 else ''} a look")
        self._summary.setText(" · ".join(parts) if coverage.files else "")
        self._update()

    def say_reading(self, reading: bool) -> None:
        """While the first files are read, an empty list says so."""
        if reading:
            self._empty.say("Reading the files", "They appear here one by one. You may already ask.")
        else:
            self._empty.say(*_NOTHING_YET)

    def select(self, document_id: str) -> None:
        """Mark the row of a document without opening it."""
        index = self._filter.mapFromSource(self._model.index(self._model.row_of(document_id)))
        if index.isValid():
            self.list.setCurrentIndex(index)
            return
        self.list.clearSelection()

    def show_only(self, show: Show) -> None:
        """Show all files, the readable ones, or those that need a look."""
        self._shows[show].setChecked(True)
        self._filter.show_only(show)
        self._update()

    def _list(self) -> QListView:
        made = QListView()
        made.setModel(self._filter)
        made.setItemDelegate(DocumentDelegate(made))
        made.setAccessibleName("Documents")
        made.setMouseTracking(True)
        made.setUniformItemSizes(False)
        made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.clicked.connect(self._open)
        made.activated.connect(self._open)
        return made

    def _menu_button(self) -> QToolButton:
        menu = QMenu(self)
        sorts, shows = QActionGroup(self), QActionGroup(self)
        for sort, words in _SORTS.items():
            self._choice(menu, sorts, f"Sort {words}").triggered.connect(
                lambda _on, by=sort: self._filter.sort_by(by)
            )  # fmt: skip
        menu.addSeparator()
        self._shows: dict[Show, QAction] = {}
        for show, words in _SHOWS.items():
            self._shows[show] = self._choice(menu, shows, words)
            self._shows[show].triggered.connect(lambda _on, what=show: self.show_only(what))
        sorts.actions()[0].setChecked(True)
        self._shows["all"].setChecked(True)
        button = icon_button("sort", "Sort and filter the documents", lambda: button.showMenu())
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    @staticmethod
    def _choice(menu: QMenu, group: QActionGroup, words: str) -> QAction:
        action = menu.addAction(words)
        action.setCheckable(True)
        group.addAction(action)
        return action

    def _find(self, text: str) -> None:
        self._filter.find(text)
        self._update()

    def _update(self) -> None:
        known, shown = self._model.rowCount(), self._filter.rowCount()
        self._stack.setCurrentWidget(self.list if shown else self._nothing if known else self._empty)
        self.finder.setEnabled(bool(known))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(cast(FileStatus, index.data(Role.FILE)))
