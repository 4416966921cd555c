"""Every file and every page of a matter and what became of it: a tree model, its filter, and the words for a row."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from legalqa.values.document import PageSource
from legalqa.values.matter import Coverage, FileStatus, PageStatus
from ui import theme
from ui.documents import needs_a_look
from ui.painting import ROOT, Index
from ui.widgets import clean, file_name, tool_tip

Which = Literal["all", "attention", "ocr", "unread"]
COLUMNS = ("File or page", "State", "Pages", "OCR", "Reason")
SOURCES: dict[PageSource, theme.Mark] = {
    "text": theme.Mark("Text", "supported", "good"),
    "ocr": theme.Mark("OCR", "supported", "fair"),
    "blank": theme.Mark("Blank", "uncited", "plain"),
    "failed": theme.Mark("Not readable", "bad_reference", "bad"),
}


class Role(IntEnum):
    """What the model tells beside Qt's own roles."""

    FILE = Qt.ItemDataRole.UserRole + 1  # of a page: the file that holds it
    PAGE = Qt.ItemDataRole.UserRole + 2


@dataclass(slots=True)
class _Row:
    file: FileStatus
    pages: tuple[PageStatus, ...] = ()
    asked: bool = False  # for its pages


def reason_of(file: FileStatus) -> str:
    """Why a file was not read, or what is odd about it."""
    parts = [clean(file.reason)] if file.state != "indexed" else []
    if file.failed_pages:
        parts.append(f"pages not read: {', '.join(map(str, file.failed_pages))}")
    if file.hidden_text:
        parts.append("holds text that cannot be seen on its pages")
    if file.repaired:
        parts.append("was damaged, and read after a repair")
    return "; ".join(part for part in parts if part)


class CoverageModel(QAbstractItemModel):
    """Files with their pages below them. `wanted` asks for the pages of a file that somebody opens (`show_pages`)."""

    wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self._column, self._turned = 0, False

    def show(self, coverage: Coverage) -> None:
        """Show these files; what is unchanged keeps its pages, and its place if no file came or went."""
        known = {row.file.path: row for row in self._rows}
        files = {file.path: file for file in coverage.files}
        if files.keys() == known.keys():
            for at, row in enumerate(self._rows):
                file = files[row.file.path]
                if file != row.file:
                    self._set_pages(at, ())
                    self._rows[at] = _Row(file)
                    self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))
            self._arrange()
            return
        self.beginResetModel()
        kept = ((known.get(path), file) for path, file in files.items())
        self._rows = self._sorted([row if row and row.file == file else _Row(file) for row, file in kept])
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the files, and the pages of each. Done here: a filter would compare in Python, ten times a file."""
        self._column, self._turned = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def _sorted(self, rows: list[_Row]) -> list[_Row]:
        return sorted(rows, key=lambda row: _file_key(row.file, self._column), reverse=self._turned)

    def _ordered(self, pages: Sequence[PageStatus]) -> tuple[PageStatus, ...]:
        return tuple(sorted(pages, key=lambda page: _page_key(page, self._column), reverse=self._turned))

    def _arrange(self) -> None:
        """Put the rows in order; whatever holds an index goes on holding the same file or page."""
        old, new = self._rows, self._sorted(self._rows)
        pages = [self._ordered(row.pages) for row in new]
        if all(map(operator.is_, old, new)) and all(
            row.pages == sheets for row, sheets in zip(new, pages, strict=True)
        ):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        places = {id(row): at for at, row in enumerate(new)}
        moved = []
        for index in held:
            inside, column = index.internalId(), index.column()
            row = old[inside - 1 if inside else index.row()]
            at = places[id(row)]
            where = pages[at].index(row.pages[index.row()]) if inside else at
            moved.append(self.createIndex(where, column, at + 1 if inside else 0))
        self._rows = new
        for row, sheets in zip(new, pages, strict=True):
            row.pages = sheets
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def show_pages(self, path: str, pages: Sequence[PageStatus]) -> None:
        """Put the pages of a file below it."""
        for at, row in enumerate(self._rows):
            if row.file.path == path:
                self._set_pages(at, self._ordered(pages))

    def _set_pages(self, at: int, pages: tuple[PageStatus, ...]) -> None:
        parent, old = self.index(at, 0), len(self._rows[at].pages)
        if old:
            self.beginRemoveRows(parent, 0, old - 1)
            self._rows[at].pages = ()
            self.endRemoveRows()
        if pages:
            self.beginInsertRows(parent, 0, len(pages) - 1)
            self._rows[at].pages = pages
            self.endInsertRows()

    # Qt. The internal id is 0 for a file, the row of its file and one more for a page.

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override]  # Qt overloads it with QObject's own
        at = child.internalId() if child.isValid() else 0
        return self.createIndex(at - 1, 0, 0) if at else QModelIndex()

    def rowCount(self, parent: Index = ROOT) -> int:
        if not parent.isValid():
            return len(self._rows)
        return 0 if parent.internalId() or parent.column() else len(self._rows[parent.row()].pages)

    def columnCount(self, _parent: Index = ROOT) -> int:
        return len(COLUMNS)

    def hasChildren(self, parent: Index = ROOT) -> bool:
        if not parent.isValid():
            return bool(self._rows)
        if parent.internalId() or parent.column():
            return False
        file = self._rows[parent.row()].file
        return bool(file.document_id and file.pages)

    def canFetchMore(self, parent: Index) -> bool:
        return self.hasChildren(parent) and parent.isValid() and not self._rows[parent.row()].asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            row = self._rows[parent.row()]
            row.asked = True
            self.wanted.emit(row.file)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        return COLUMNS[section] if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        inside = index.internalId()
        row = self._rows[inside - 1 if inside else index.row()]
        page = row.pages[index.row()] if inside else None
        if role == Role.FILE:
            return row.file
        if role == Role.PAGE:
            return page
        if role == Qt.ItemDataRole.DisplayRole:
            return (_page_words(page) if page else _file_words(row.file))[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            mark = SOURCES[page.source] if page else mark_of(row.file)
            return theme.pixmap(mark.icon, mark.colour, 16, 2.0)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = _page_words(page) if page else _file_words(row.file)
            text = ". ".join(word for word in words if word)
            return tool_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None


def mark_of(file: FileStatus) -> theme.Mark:
    """How the state of a file is marked; one that was read but not wholly is marked as doubtful."""
    if file.state == "indexed" and needs_a_look(file):
        return theme.Mark("Indexed in part" if file.failed_pages else "Indexed", "unsupported", "warn")
    return theme.STATES[file.state]


def _file_words(file: FileStatus) -> tuple[str, ...]:
    read = f"{file.confidence:.0f}%" if file.confidence is not None else ""
    pages = f"{file.pages:,}" if file.pages else ""
    return file_name(file.path), mark_of(file).word, pages, read, reason_of(file)


def _page_words(page: PageStatus) -> tuple[str, ...]:
    label = clean(page.label)
    name = f"Page {page.number}" + (f" ({label})" if label not in ("", str(page.number)) else "")
    read = f"{page.confidence:.0f}%" if page.confidence is not None else ""
    stamped = f"{name} · {clean(page.bates)}" if page.bates else name
    return stamped, SOURCES[page.source].word, "", read, clean(page.reason)


def _file_key(file: FileStatus, column: int) -> Any:
    match column:
        case 0:
            return file_name(file.path).casefold()
        case 2:
            return file.pages
        case 3:
            return file.confidence if file.confidence is not None else 101.0
        case _:
            return _file_words(file)[column].casefold()


def _page_key(page: PageStatus, column: int) -> Any:
    return (page.confidence if page.confidence is not None else 101.0) if column == 3 else page.number


class CoverageFilter(QSortFilterProxyModel):
    """Files that hold every word typed and are of the kind chosen; of their pages those of the kind."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._which: Which = "all"

    def find(self, text: str) -> None:
        """Keep only files that hold all words of `text`."""
        self._words = tuple(text.casefold().split())
        self._again()

    def show_only(self, which: Which) -> None:
        """All files, those that need a look, those with pages read by OCR, or what could not be read."""
        self._which = which
        self._again()

    def _again(self) -> None:
        self.beginFilterChange()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if self._which == "all" and not self._words:
            return True
        index = self.sourceModel().index(source_row, 0, source_parent)
        page: PageStatus | None = index.data(Role.PAGE)
        if page is not None:
            return {"all": True, "attention": bool(page.reason) or page.source == "failed",
                    "ocr": page.source == "ocr", "unread": page.source == "failed"}[self._which]  # fmt: skip
        file: FileStatus = index.data(Role.FILE)
        unread = file.state in ("failed", "encrypted", "unsupported") or bool(file.failed_pages)
        kept = {"all": True, "attention": needs_a_look(file), "ocr": bool(file.sources.get("ocr")), "unread": unread}
        text = " ".join((file.path, *_file_words(file))).casefold()
        return kept[self._which] and all(word in text for word in self._words)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """As `CoverageModel.sort`, whose order is kept here."""
        self.sourceModel().sort(column, order)
