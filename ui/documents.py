"""The documents of a matter: a thin model over what the matter says of its files, a filter, and how a row is drawn."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)  # fmt: skip
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from legalqa.values.matter import FileStatus
from ui import theme
from ui.widgets import clean, count, file_name, spread, tool_tip

Index = QModelIndex | QPersistentModelIndex
SortBy = Literal["name", "type", "date", "pages", "state"]
Show = Literal["all", "readable", "attention"]
_DEEPEST = 8  # files inside files that a row is set in by
ATTENTION = ("failed", "encrypted", "unsupported", "changed", "missing")
_ATTENTION_FIRST = (*ATTENTION, "duplicate", "indexed")
_KEYS: dict[SortBy, Callable[[FileStatus], tuple[Any, ...]]] = {
    "name": lambda file: (file_name(file.path).casefold(),),
    "type": lambda file: (file.type or "~", file_name(file.path).casefold()),
    "date": lambda file: (file.date or "~", file_name(file.path).casefold()),
    "pages": lambda file: (-file.pages, file_name(file.path).casefold()),
    "state": lambda file: (_ATTENTION_FIRST.index(file.state), file_name(file.path).casefold()),
}


class Role(IntEnum):
    """What the model tells beside Qt's own roles."""

    FILE = Qt.ItemDataRole.UserRole + 1
    CHAIN = Qt.ItemDataRole.UserRole + 2  # the files that it was found in, outermost first, and itself


def described(file: FileStatus) -> str:
    """The second line of a row: "Lease · 2019-03-01 · 48 pages · HARBOR000101–HARBOR000148"."""
    word = theme.KINDS.get(file.kind, (clean(file.kind).upper(), ""))[0]
    parts = ["NDA" if file.type == "nda" else clean(file.type).capitalize()]
    if file.type in ("", "other", "email"):
        parts = []
    parts.append(word or ("E-mail" if file.type == "email" else ""))
    parts.append(file.date or "")
    parts.append(count(file.pages, "page") if file.pages else "")
    parts.append(spread(file.bates))
    return " · ".join(part for part in parts if part)


def trouble(file: FileStatus) -> str:
    """The third line of a row, only for a file that needs a look: state and reason."""
    if file.state == "indexed":
        said = []
        if file.failed_pages:
            said.append(f"{count(len(file.failed_pages), 'page')} could not be read: {_listed(file.failed_pages)}")
        if file.hidden_text:
            said.append("Holds text that cannot be seen on its pages")
        if file.repaired:
            said.append("Was damaged, and read after a repair")
        return "; ".join(said)
    word = theme.STATES[file.state].word
    return f"{word}: {clean(file.reason)}" if file.reason else word


def _listed(pages: tuple[int, ...], most: int = 8) -> str:
    return ", ".join(map(str, pages[:most])) + (", …" if len(pages) > most else "")


def needs_a_look(file: FileStatus) -> bool:
    """Whether somebody should see to the file: it or a page could not be read, or it holds text nobody sees."""
    return file.state in ATTENTION or bool(file.failed_pages) or file.hidden_text


class DocumentsModel(QAbstractListModel):
    """One row a file, in the order of the matter's status."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: tuple[FileStatus, ...] = ()
        self._by_path: dict[str, FileStatus] = {}

    def show(self, files: tuple[FileStatus, ...]) -> None:
        """Show these files. Rows that stay the same keep selection and place."""
        self._by_path = {file.path: file for file in files}
        if [file.path for file in files] == [file.path for file in self._files]:
            changed = [row for row, pair in enumerate(zip(files, self._files, strict=True)) if pair[0] != pair[1]]
            self._files = files
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._files = files
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default, never changed
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        file = self._files[index.row()]
        if role == Role.FILE:
            return file
        if role == Role.CHAIN:
            return self._chain(file)
        if role == Qt.ItemDataRole.DisplayRole:
            return file_name(file.path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip("\n".join(part for part in (clean(file.path), described(file), trouble(file)) if part))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = trouble(file) or theme.STATES[file.state].word
            inside = f"in {file_name(file.parent)}" if file.parent else ""
            return ". ".join(part for part in (file_name(file.path), inside, state, described(file)) if part)
        return None

    def _chain(self, file: FileStatus) -> tuple[FileStatus, ...]:
        """The file after those that it was found in; bounded, for what a catalog says is not to be trusted blindly."""
        chain = [file]
        while len(chain) < _DEEPEST and chain[0].parent in self._by_path and chain[0].parent != chain[0].path:
            chain.insert(0, self._by_path[chain[0].parent])
        return tuple(chain)


class DocumentsFilter(QSortFilterProxyModel):
    """Files whose name, title, type, date, Bates number or state holds every word typed; sorted as chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._show: Show = "all"
        self._by: SortBy = "name"
        self.sort(0)

    def find(self, text: str) -> None:
        """Keep only rows that hold all words of `text`."""
        self._words = tuple(text.casefold().split())
        self._again()

    def show_only(self, show: Show) -> None:
        """All files, those that can be read, or those that need a look."""
        self._show = show
        self._again()

    def sort_by(self, by: SortBy) -> None:
        """Order by name, type, date, pages (longest first) or state (what needs a look first)."""
        self._by = by
        self.invalidate()
        self.sort(0)

    def _again(self) -> None:
        self.beginFilterChange()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        file: FileStatus = self.sourceModel().index(source_row, 0, source_parent).data(Role.FILE)
        if (self._show == "attention" and not needs_a_look(file)) or (
            self._show == "readable" and not file.document_id
        ):
            return False
        text = " ".join((file.path, file.title, described(file), trouble(file))).casefold()
        return all(word in text for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        key = _KEYS[self._by]
        one, other = ([(key(file), file.path) for file in index.data(Role.CHAIN)] for index in (left, right))
        return one < other  # what was found in a file comes after it and before the next one


class DocumentDelegate(QStyledItemDelegate):
    """Draws a row: shape of the state, name, what is known of the document, and for a faulty one why."""

    _PAD, _ICON, _GAP, _STEP = 16, 18, 3, 20

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        file: FileStatus = index.data(Role.FILE)
        lines = 1 + bool(described(file)) + bool(trouble(file))
        heights = QFontMetrics(option.font).height() + (lines - 1) * (
            QFontMetrics(_small(option.font)).height() + self._GAP
        )
        return QSize(160, heights + 2 * 9)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        file: FileStatus = index.data(Role.FILE)
        look = theme.current()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, selected)
        depth = len(index.data(Role.CHAIN)) - 1
        inner = option.rect.adjusted(self._PAD + depth * self._STEP, 9, -self._PAD, -9)
        mark = theme.STATES["unsupported" if file.state == "unsupported" else file.state]
        doubtful = file.state == "indexed" and bool(trouble(file))
        token = "warn" if doubtful else mark.colour
        odd = "unsupported" if file.failed_pages else "unseen" if file.hidden_text else "information"
        drawing = odd if doubtful else mark.icon
        ratio = painter.device().devicePixelRatio()
        _, kind = theme.KINDS.get(file.kind, ("", ""))
        if kind:
            inner.setRight(inner.right() - self._ICON - 6)
            painter.drawPixmap(inner.right() + 8, inner.top() + 1, theme.pixmap(kind, "muted", self._ICON - 2, ratio))
        painter.drawPixmap(inner.left(), inner.top() + 1, theme.pixmap(drawing, token, self._ICON, ratio))
        text = inner.adjusted(self._ICON + 10, 0, 0, 0)
        name = QFont(option.font)
        name.setWeight(QFont.Weight.DemiBold if selected else QFont.Weight.Medium)
        top = self._line(painter, text, text.top(), name, look.tokens["text"], file_name(file.path))
        for line, colour in ((described(file), "muted"), (trouble(file), token)):
            if line:
                top = self._line(painter, text, top + self._GAP, _small(option.font), look.tokens[colour], line)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, selected: bool) -> None:
        look = theme.current()
        rect = option.rect.adjusted(4, 1, -4, -1)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft" if selected else "hover"))
            painter.drawRoundedRect(rect, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.colour("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 5, 5)

    @staticmethod
    def _line(painter: QPainter, area: QRect, top: int, font: QFont, colour: str, text: str) -> int:
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(colour)
        elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(QRect(area.left(), top, area.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, elided)
        return top + metrics.height()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.88)
    return small
