"""Beside the pages: the outline of the document from its sections, and small pictures of its pages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractListModel, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.document import Document, Page, Section
from ui.painting import ROOT, Index
from ui.widgets import EmptyState, clean, tool_tip

SCALE = 0.18  # pixels a point of the small pictures
_KEPT = 400  # pictures
_HEADINGS = 200  # that the outline takes at a time


class Thumbnails(QAbstractListModel):
    """A row a page. `wanted` says that a picture is missing that is being looked at (`next_wanted`)."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pages: tuple[Page, ...] = ()
        self._size = QSize(110, 143)
        self._pictures: OrderedDict[int, QPixmap] = OrderedDict()
        self._missing: OrderedDict[int, None] = OrderedDict()

    def show(self, document: Document | None) -> None:
        """The pages of this document."""
        self.beginResetModel()
        self._pages = document.pages if document else ()
        self._pictures.clear()
        self._missing.clear()
        self.endResetModel()

    def next_wanted(self) -> int | None:
        """The page (from 1) last asked for that has no picture yet."""
        return next(reversed(self._missing), None)

    def put(self, page: int, picture: QImage | None) -> None:
        """The picture of a page (from 1), None if it cannot be drawn."""
        self._missing.pop(page, None)
        blank = QPixmap(self._size)
        blank.fill(Qt.GlobalColor.white)
        self._pictures[page] = QPixmap.fromImage(picture) if picture is not None else blank
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        self.dataChanged.emit(self.index(page - 1), self.index(page - 1))

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._pages)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        page = index.row() + 1
        if role == Qt.ItemDataRole.DisplayRole:
            shown = self._pages[index.row()]
            return clean(shown.label) or str(shown.number)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Page {page}"
        if role == Qt.ItemDataRole.DecorationRole:
            if page in self._pictures:
                return self._pictures[page]
            self._missing[page] = None
            self._missing.move_to_end(page)
            self.wanted.emit()
            blank = QPixmap(self._size)
            blank.fill(Qt.GlobalColor.white)
            return blank
        return None


class _PageDelegate(QStyledItemDelegate):
    """A picture in the middle of the panel, the label of its page below it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.decorationPosition = QStyleOptionViewItem.Position.Top
        option.decorationAlignment = Qt.AlignmentFlag.AlignCenter
        option.displayAlignment = Qt.AlignmentFlag.AlignCenter


class SidePanel(QWidget):
    """`chosen` carries the page (from 1) and the offset to go to, -1 for the top of the page."""

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Outline or pages")
        self.tabs.setDrawBase(False)
        for name in ("Outline", "Pages"):
            self.tabs.addTab(name)
        self.outline = QTreeWidget()
        self.outline.setHeaderHidden(True)
        self.outline.setAccessibleName("Outline")
        self.outline.setIndentation(14)
        self.thumbnails = Thumbnails()
        self.pages = QListView()
        self.pages.setModel(self.thumbnails)
        self.pages.setAccessibleName("Pages of the document")
        self.pages.setObjectName("thumbnails")
        self.pages.setItemDelegate(_PageDelegate(self.pages))
        self.pages.setIconSize(QSize(130, 150))
        self.pages.setUniformItemSizes(True)
        self.pages.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._document: Document | None = None
        self._left: Iterator[tuple[Section, str]] = iter(())
        self._above: list[tuple[int, QTreeWidgetItem]] = []
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._fill)
        self._nothing = EmptyState("document", "No headings", "None were found in this document.")
        self._stack, self._outlines = QStackedWidget(), QStackedWidget()
        self._outlines.addWidget(self._nothing)
        self._outlines.addWidget(self.outline)
        self._stack.addWidget(self._outlines)
        self._stack.addWidget(self.pages)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        for activated in (self.outline.itemClicked, self.outline.itemActivated):
            activated.connect(self._heading)
        for opened in (self.pages.clicked, self.pages.activated):
            opened.connect(lambda index: self.chosen.emit(index.row() + 1, -1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(170)
        self.hide()

    def show_document(self, document: Document | None) -> None:
        """Outline and pages of this document. The outline is made when it is to be seen, some headings at a time."""
        self.thumbnails.show(document)
        self._document = document
        self.show_sections(document.sections if document else ())

    def show_sections(self, sections: Sequence[Section]) -> None:
        """The outline of the document shown: its headings are read after its pages."""
        self.outline.clear()
        self._above = []
        self._left = ((section, words) for section in sections if (words := _title(section)))
        self._outlines.setCurrentIndex(1 if any(section.title or section.number for section in sections) else 0)
        if self.isVisible():
            self._more.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._more.start()

    def _fill(self) -> None:
        """The next headings of the outline."""
        some = list(islice(self._left, _HEADINGS))
        for section, words in some:
            while self._above and self._above[-1][0] >= section.level:
                self._above.pop()
            parent = self._above[-1][1] if self._above else self.outline.invisibleRootItem()
            item = QTreeWidgetItem(parent, [words])
            item.setData(0, Qt.ItemDataRole.UserRole, section.start)
            item.setToolTip(0, tool_tip(words))
            if len(self._above) == 1:
                parent.setExpanded(True)  # what stands right under the outermost headings is seen
            self._above.append((section.level, item))
        if some:
            self._more.start()

    def mark_page(self, page: int) -> None:
        """The page that is being read."""
        self.pages.setCurrentIndex(self.thumbnails.index(page - 1))

    def _heading(self, item: QTreeWidgetItem) -> None:
        start = item.data(0, Qt.ItemDataRole.UserRole)
        pages = self._document.pages_of(start, start + 1) if self._document else ()
        self.chosen.emit(pages[0].number if pages else 1, start)


def _title(section: Section) -> str:
    return clean(" ".join(part for part in (section.number, section.title) if part))
