"""The documents of a matter: a thin model over what the matter says of its files, a filter, and how a row is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QObject, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from legalqa.values.matter import FileStatus
from ui import painting, theme
from ui.painting import ROOT, Index
from ui.widgets import clean, count, file_name, spread, tool_tip

SortBy = Literal["name", "type", "date", "pages", "state"]
Show = Literal["all", "readable", "attention"]
_MANY = 500  # new files from which on the list is shown anew
_DEEPEST = 8  # files inside files that a row is set in by
ATTENTION = ("failed", "encrypted", "unsupported", "changed", "missing")
_ATTENTION_FIRST = (*ATTENTION, "duplicate", "indexed")
_KEYS: dict[SortBy, Callable[[FileStatus], tuple[Any, ...]]] = {
    "name": lambda file: (file_name(file.path).casefold(),),
    "type": lambda file: (_type_word(file).casefold() or "~", file_name(file.path).casefold()),
    "date": lambda file: (file.date or "~", file_name(file.path).casefold()),
    "pages": lambda file: (-file.pages, file_name(file.path).casefold()),
    "state": lambda file: (_ATTENTION_FIRST.index(file.state), not trouble(file), file_name(file.path).casefold()),
}


_GROUPS: dict[SortBy, Callable[[FileStatus], str]] = {
    "type": lambda file: _type_word(file) or "Of no known type",
    "date": lambda file: file.date[:4] if file.date else "Without a date",
    "state": lambda file: "With something odd" if file.state == "indexed" and trouble(file)
    else theme.STATES[file.state].word,
}  # fmt: skip


class Role(IntEnum):
    """What the model tells beside Qt's own roles."""

    FILE = Qt.ItemDataRole.UserRole + 1
    CHAIN = Qt.ItemDataRole.UserRole + 2  # the files that it was found in, outermost first, and itself
    GROUP = Qt.ItemDataRole.UserRole + 3  # heading of those that are alike in what they are sorted by, "" for none


def described(file: FileStatus) -> str:
    """The second line of a row: "Lease · 2019-03-01 · 48 pages · HARBOR000101–HARBOR000148"."""
    word = theme.KINDS.get(file.kind, (clean(file.kind).upper(), ""))[0]
    parts = [] if file.type == "email" else [_type_word(file)]
    parts.append(word or ("E-mail" if file.type == "email" else ""))
    parts.append(file.date or "")
    parts.append(count(file.pages, "page") if file.pages else "")
    parts.append(spread(file.bates))
    return " · ".join(part for part in parts if part)


def _type_word(file: FileStatus) -> str:
    """ "Lease", "NDA", "E-mail"; "" for one whose type is not known."""
    known = {"": "", "other": "", "nda": "NDA", "email": "E-mail"}
    return known.get(file.type, clean(file.type).capitalize())


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
    """One row a file, sorted here and not by a filter: a filter compares in Python, ten times a file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files: list[FileStatus] = []
        self._by_path: dict[str, FileStatus] = {}
        self._by: SortBy = "name"

    def sort_by(self, by: SortBy) -> None:
        """Order by name, type, date, pages (longest first) or state (what needs a look first)."""
        self._by = by
        self._arrange(sorted(self._files, key=self._key), anew=True)

    def row_of(self, document_id: str) -> int:
        """The row of the first file that stands for a document, -1 if none does."""
        return next((row for row, file in enumerate(self._files) if file.document_id == document_id), -1)

    def show(self, files: Sequence[FileStatus]) -> None:
        """Show these files. What was there before keeps its selection and its place in sight."""
        known, self._by_path = self._by_path, {file.path: file for file in files}
        wanted = sorted(files, key=self._key)
        new = self._by_path.keys() - known.keys()
        if len(new) > _MANY:
            self.beginResetModel()
            self._files = wanted
            self.endResetModel()
            return
        for row in reversed(range(len(self._files))):
            if self._files[row].path not in self._by_path:
                self.beginRemoveRows(ROOT, row, row)
                del self._files[row]
                self.endRemoveRows()
        self._arrange([file for file in wanted if file.path not in new])
        for row, file in enumerate(wanted):
            if file.path in new:
                self.beginInsertRows(ROOT, row, row)
                self._files.insert(row, file)
                self.endInsertRows()
            elif file != known[file.path]:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _arrange(self, files: list[FileStatus], *, anew: bool = False) -> None:
        """Put the same files, as they are now, in this order; `anew` where headings change and the order may not."""
        if not anew and [file.path for file in files] == [file.path for file in self._files]:
            self._files = files
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        paths = [self._files[index.row()].path for index in held]
        self._files = files
        rows = {file.path: row for row, file in enumerate(files)}
        self.changePersistentIndexList(held, [self.index(rows[path]) for path in paths])
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        file = self._files[index.row()]
        if role == Role.FILE:
            return file
        if role == Role.CHAIN:
            return self._chain(file)
        if role == Role.GROUP:
            return _GROUPS[self._by](self._chain(file)[0]) if self._by in _GROUPS else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return file_name(file.path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip("\n".join(part for part in (clean(file.path), described(file), trouble(file)) if part))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = trouble(file) or theme.STATES[file.state].word
            inside = f"in {file_name(file.parent)}" if file.parent else ""
            return ". ".join(part for part in (file_name(file.path), inside, state, described(file)) if part)
        return None

    def _key(self, file: FileStatus) -> list[tuple[Any, str]]:
        """What was found in a file comes after it and before the next one."""
        return [(_KEYS[self._by](one), one.path) for one in self._chain(file)]

    def _chain(self, file: FileStatus) -> tuple[FileStatus, ...]:
        """The file after those that it was found in; bounded, for what a catalog says is not to be trusted blindly."""
        if file.parent not in self._by_path:  # as nearly all of ten thousand
            return (file,)
        chain = [file]
        while len(chain) < _DEEPEST and chain[0].parent in self._by_path and chain[0].parent != chain[0].path:
            chain.insert(0, self._by_path[chain[0].parent])
        return tuple(chain)


class DocumentsFilter(QSortFilterProxyModel):
    """Files whose name, title, type, date, Bates number or state holds every word typed, in the model's order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._show: Show = "all"

    def find(self, text: str) -> None:
        """Keep only rows that hold all words of `text`."""
        self._words = tuple(text.casefold().split())
        self._again()

    def show_only(self, show: Show) -> None:
        """All files, those that can be read, or those that need a look."""
        self._show = show
        self._again()

    def sort_by(self, by: SortBy) -> None:
        """As `DocumentsModel.sort_by`."""
        model = self.sourceModel()
        assert isinstance(model, DocumentsModel)
        model.sort_by(by)

    def _again(self) -> None:
        self.beginFilterChange()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        if self._show == "all" and not self._words:
            return True
        file: FileStatus = self.sourceModel().index(source_row, 0, source_parent).data(Role.FILE)
        if (self._show == "attention" and not needs_a_look(file)) or (
            self._show == "readable" and not file.document_id
        ):
            return False
        text = _text(file) if self._words else ""
        return all(word in text for word in self._words)


def _text(file: FileStatus) -> str:
    """All that a file is found by."""
    return " ".join((file.path, file.title, described(file), trouble(file))).casefold()


class DocumentDelegate(QStyledItemDelegate):
    """Draws a row: the kind of file, name, what is known of the document. One that needs a look has the shape of its
    state instead of its kind, and says why. Over the first row of a group stands its heading.
    """

    _PAD, _ICON, _GAP, _STEP, _ABOVE = 16, 18, 3, 20, 14

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._small: dict[int, int] = {}  # height of a line in small type by that in full size

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height, small = self._heights(option)
        lines = _lines(index.data(Role.FILE))
        return QSize(160, height + (lines - 1) * (small + self._GAP) + 2 * 9 + self._over(option, index))

    def _over(self, option: QStyleOptionViewItem, index: Index) -> int:
        """Logical pixels that a heading takes over this row."""
        return self._heights(option)[1] + self._ABOVE if _heading(index) else 0

    def _heights(self, option: QStyleOptionViewItem) -> tuple[int, int]:
        """Logical pixels of a line in full size and in small type; measured once, for a list asks for every row."""
        height = option.fontMetrics.height()
        if height not in self._small:
            self._small[height] = QFontMetrics(painting.small(option.font)).height()
        return height, self._small[height]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        file: FileStatus = index.data(Role.FILE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = self._over(option, index)
        if over:
            head = painting.small(option.font)
            head.setWeight(QFont.Weight.DemiBold)
            area = option.rect.adjusted(self._PAD, 0, -self._PAD, 0)
            painting.line(painter, area, area.top() + self._ABOVE - 4, head, "muted", _heading(index))
        row = option.rect.adjusted(0, over, 0, 0)
        painting.ground(painter, option, row.adjusted(4, 1, -4, -1))
        depth = len(index.data(Role.CHAIN)) - 1
        inner = row.adjusted(self._PAD + depth * self._STEP, 9, -self._PAD, -9)
        drawing, token = _drawing(file)
        ratio, side = painter.device().devicePixelRatio(), theme.current().scaled(self._ICON)
        painter.drawPixmap(inner.left(), inner.top() + 1, theme.pixmap(drawing, token, side, ratio))
        text = inner.adjusted(side + 10, 0, 0, 0)
        name = QFont(option.font)
        name.setWeight(QFont.Weight.DemiBold if selected else QFont.Weight.Medium)
        middle = Qt.TextElideMode.ElideMiddle  # names of one kind differ at the end: by number and date
        top = painting.line(painter, text, text.top(), name, "text", file_name(file.path), middle)
        for words, colour in ((described(file), "muted"), (trouble(file), token)):
            if words:
                top = painting.line(painter, text, top + self._GAP, painting.small(option.font), colour, words)
        painter.restore()


def _lines(file: FileStatus) -> int:
    """How many lines a row has: its name, `described` and `trouble`, of which the words are not wanted."""
    known = bool(file.pages or file.date or file.bates) or bool(described(file))
    odd = file.state != "indexed" or bool(file.failed_pages) or file.hidden_text or file.repaired
    return 1 + known + odd


def _drawing(file: FileStatus) -> tuple[str, str]:
    """Drawing and colour before a name. What is as it should be draws no eye: only its kind is shown."""
    if file.state != "indexed":
        mark = theme.STATES[file.state]
        return mark.icon, mark.colour
    if trouble(file):
        return "unsupported" if file.failed_pages else "unseen" if file.hidden_text else "information", "warn"
    _, kind = theme.KINDS.get(file.kind, ("", ""))
    return kind or "document", "muted"


def _heading(index: Index) -> str:
    """What stands over a row: the heading of its group if it is the first of it."""
    group = str(index.data(Role.GROUP) or "")
    above = index.siblingAtRow(index.row() - 1) if group and index.row() else None  # type: ignore[union-attr]
    return "" if above is not None and above.data(Role.GROUP) == group else group
