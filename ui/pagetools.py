"""The tools over the pages: where one stands, where to go, zoom, rotation, search and the side panel."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.flow import FlowLayout
from ui.pageview import PageView
from ui.widgets import icon_button, named


class _Number(QLineEdit):
    """A field as wide as the number of a page."""

    def sizeHint(self) -> QSize:
        hint, metrics = super().sizeHint(), self.fontMetrics()
        usual = 17 * metrics.horizontalAdvance("x")  # what Qt asks for, beside frame and padding
        return QSize(hint.width() - usual + metrics.horizontalAdvance("00000"), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class _Percent(QLabel):
    """As wide as the largest zoom, lest the tools move with it."""

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("400%") + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class PageTools(QWidget):
    """`typed` carries what was typed to go to."""

    typed = Signal(str)

    def __init__(self, view: PageView) -> None:
        super().__init__()
        named(self, "bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._view = view
        self._number = _Number()
        self._number.setAccessibleName("Page number, label, Bates number or page:line")
        self._number.setToolTip("Go to a page, its label, a Bates number or page:line, then Enter (Ctrl+G)")
        self._number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._number.returnPressed.connect(lambda: self.typed.emit(self._number.text()))
        self._of, self._percent = QLabel(""), named(_Percent(), "small")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        view.zoomed.connect(lambda zoom: self._percent.setText(f"{zoom:.0%}"))
        self.side = icon_button("panel", "Outline and pages", lambda: None, "Ctrl+Shift+E")
        self.side.setCheckable(True)
        self.search = icon_button("find", "Find in this document", lambda: None, "Ctrl+F")
        up = icon_button("up", "Previous page", lambda: view.go_to(view.page - 1), "Ctrl+PgUp")
        down = icon_button("down", "Next page", lambda: view.go_to(view.page + 1), "Ctrl+PgDown")
        smaller = icon_button("zoom-out", "Zoom out", view.zoom_out, "Ctrl+-")
        larger = icon_button("zoom-in", "Zoom in", view.zoom_in, "Ctrl++")
        width = icon_button("fit-width", "Fit width", lambda: view.set_fit("width"), "Ctrl+0")
        whole = icon_button("fit-page", "Fit page", lambda: view.set_fit("page"), "Ctrl+9")
        turn = icon_button("rotate", "Turn the pages", view.rotate, "Ctrl+R")
        self._parts = [
            self.side, up, down, self._number, self._of, self.search, smaller, self._percent, larger, width, whole,
            turn,
        ]  # fmt: skip
        flow = FlowLayout(spacing=3)  # in a narrow pane, or in large text, the tools take a second line
        for part in self._parts:
            flow.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 8)
        column.addLayout(flow)
        self.say_pages(0)

    def say_pages(self, pages: int) -> None:
        """How many pages there are; without any nothing can be used."""
        self._of.setText(f"of {pages:,}" if pages else "")
        for part in self._parts:
            part.setEnabled(bool(pages))
        for part in (self._number, self._percent):
            part.setVisible(bool(pages))

    def say_page(self, page: int) -> None:
        """The page that is being read."""
        self._number.setText(str(page))

    def ask_page(self) -> None:
        """Put the keyboard into the page number."""
        self._number.setFocus()
        self._number.selectAll()
