"""The first page: choose a matter, or make one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QLocale, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from legalqa.values.matter import MatterInfo
from ui import painting, theme
from ui.painting import Index
from ui.widgets import Drawing, EmptyState, clean, label, named, row, tool_tip

_INFO = Qt.ItemDataRole.UserRole + 1


class _MatterDelegate(QStyledItemDelegate):
    """A row: the matter's name, its client and when it was made."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, 2 * QFontMetrics(option.font).height() + 24)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        info: MatterInfo = index.data(_INFO)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = option.rect.adjusted(2, 2, -2, -2)
        painting.ground(painter, option, ground)
        ratio, side = painter.device().devicePixelRatio(), theme.current().scaled(22)
        drawing = theme.pixmap("folder", "accent", side, ratio)
        painter.drawPixmap(ground.left() + 12, ground.center().y() - side // 2, drawing)
        room = ground.adjusted(side + 26, 9, -12, -9)
        below = " · ".join(part for part in (clean(info.client), _since(info)) if part)
        name = QFont(option.font)
        name.setWeight(QFont.Weight.DemiBold)
        painting.line(painter, room, room.top(), name, "text", clean(info.name))
        painting.line(painter, room, room.center().y() + 2, option.font, "muted", below)
        painter.restore()


class MattersPage(QWidget):
    """Emits `chosen` with the slug of the matter to open, `created` with (name, client) of the one to make,
    `sample_wanted` for the one that ships.
    """

    chosen = Signal(str)
    created = Signal(str, str)
    sample_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("start")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = QStandardItemModel(self)
        self.list = named(QListView(), "matters")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_MatterDelegate(self.list))
        self.list.setAccessibleName("Matters")
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.list.setSizeAdjustPolicy(QListView.SizeAdjustPolicy.AdjustToContents)
        self.list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._empty = EmptyState("matter", "Opening the library", "")
        invited = named(QFrame(), "card")
        QVBoxLayout(invited).addWidget(self._empty)
        self._stack = QStackedWidget()
        self._stack.addWidget(invited)
        self._stack.addWidget(_at_the_top(self.list))
        self._waiting = label("", "muted", wrap=True)
        self.name, self.client = QLineEdit(), QLineEdit()
        self._create = named(QPushButton("&Create matter"), "primary")
        self._lay_out()
        for field in (self.name, self.client):
            field.returnPressed.connect(self._make)
        self.name.textChanged.connect(lambda text: self._create.setEnabled(bool(text.strip())))
        self._create.setEnabled(False)
        self._create.clicked.connect(self._make)

    def show_matters(self, matters: Sequence[MatterInfo]) -> None:
        """List these matters."""
        self._model.clear()
        for info in matters:
            item = QStandardItem(clean(info.name))
            item.setData(info, _INFO)
            said = f"{clean(info.name)}, {clean(info.client) or 'no client named'}, {_since(info)}"
            item.setData(said, Qt.ItemDataRole.AccessibleTextRole)
            item.setToolTip(tool_tip(clean(info.folder)))
            self._model.appendRow(item)
        self._empty.say("No matters yet", "Name the first one on the right, then drag its files into the window. Or "
                        "open the sample and try LegalQA on it.")  # fmt: skip
        self._stack.setCurrentIndex(1 if matters else 0)
        if matters:
            self.list.setCurrentIndex(self._model.index(0, 0))
        elsewhere = self.window().isVisible() and not self.isVisible()  # a matter was opened meanwhile
        if not elsewhere and not (self.name.hasFocus() or self.client.hasFocus()):  # nobody is typing
            (self.list if matters else self.name).setFocus()

    def say(self, heading: str, text: str) -> None:
        """Say something in place of the list."""
        self._empty.say(heading, text)
        self._stack.setCurrentIndex(0)

    def offer(self, name: str, waiting: str = "") -> None:
        """Suggest a name for a new matter, and say what waits to be added to it."""
        self.name.setText(name)
        self.name.selectAll()
        self.name.setFocus()
        self._waiting.setText(waiting)

    def reset(self) -> None:
        """Empty the form."""
        self.name.clear()
        self.client.clear()
        self._waiting.clear()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(label("LegalQA", "title"))
        head.addWidget(label("Ask a firm's own files. Every sentence of the answer is checked against the record, on "
                             "this machine.", "muted", wrap=True))  # fmt: skip
        brand = row(Drawing("legalqa", "text", 52), spacing=16)
        brand.addLayout(head, 1)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(label("Matters", "heading"))
        left.addWidget(self._stack, 1)
        sides = QHBoxLayout()
        sides.setSpacing(32)
        sides.addLayout(left, 3)
        right = QVBoxLayout()
        right.setSpacing(18)
        right.addWidget(self._form())
        right.addWidget(self._sample())
        right.addStretch(1)
        sides.addLayout(right, 2)
        middle = QVBoxLayout()
        middle.setSpacing(34)
        middle.addLayout(brand)
        middle.addLayout(sides, 1)
        board = QWidget()
        board.setLayout(middle)
        board.setMaximumWidth(940)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(40, 48, 40, 32)
        outer.addStretch(1)
        outer.addWidget(board, 100)
        outer.addStretch(1)

    def _form(self) -> QFrame:
        frame = named(QFrame(), "card")
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(6)
        self.name.setAccessibleName("Name of the new matter")
        self.name.setPlaceholderText("Harbor Point v. Delmar")
        self.client.setAccessibleName("Client of the new matter")
        self.client.setPlaceholderText("Optional")
        form.addRow("&Name", self.name)
        form.addRow("C&lient", self.client)
        column = QVBoxLayout(frame)
        column.setContentsMargins(20, 18, 20, 20)
        column.setSpacing(14)
        column.addWidget(label("New matter", "heading"))
        column.addLayout(form)
        column.addWidget(self._waiting)
        column.addWidget(self._create)
        return frame

    def _sample(self) -> QFrame:
        frame = named(QFrame(), "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(20, 18, 20, 20)
        column.setSpacing(10)
        column.addWidget(label("Sample matter", "heading"))
        about = (
            "A made-up dispute over a lease: pleadings, contracts, a deposition, e-mails, a scan. Try questions on it."
        )
        column.addWidget(label(about, "muted", wrap=True))
        opens = QPushButton("Open the &sample")
        opens.clicked.connect(self.sample_wanted)
        column.addWidget(opens)
        return frame

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(_INFO).slug)

    def _make(self) -> None:
        if name := self.name.text().strip():
            self.created.emit(name, self.client.text().strip())


def _at_the_top(part: QWidget) -> QWidget:
    """It is as high as it needs to be, and what is left stays empty."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(part)
    column.addStretch(1)
    return made


def _since(info: MatterInfo) -> str:
    """When it was made: "created November 22, 2026"."""
    day = QDate.fromString(info.created[:10], Qt.DateFormat.ISODate)
    return f"created {QLocale().toString(day, 'MMMM d, yyyy')}" if day.isValid() else ""
