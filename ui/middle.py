"""The middle of the window: what can be done with the matter, by tabs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ui.widgets import bar


class Middle(QWidget):
    """Pages under a bar of tabs; `changed` carries the name of the page that is now shown."""

    changed = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, QWidget, QWidget | None]]) -> None:
        """`pages` are name, page and what stands on the right of the bar while the page is shown."""
        super().__init__()
        self.names = [name.replace("&", "") for name, _, _ in pages]
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("What to do with the matter")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack, self._tools = QStackedWidget(), QStackedWidget()
        for name, page, tools in pages:
            self.tabs.addTab(name)
            self._stack.addWidget(page)
            self._tools.addWidget(tools or QWidget())
        self._tools.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.tabs.currentChanged.connect(self._changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar(self.tabs, None, self._tools, name="tabs"))
        column.addWidget(self._stack, 1)

    def show_page(self, name: str) -> None:
        """Show the page of that name."""
        self.tabs.setCurrentIndex(self.names.index(name))

    @property
    def shown(self) -> str:
        """Name of the page that is shown."""
        return self.names[self.tabs.currentIndex()]

    def _changed(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._tools.setCurrentIndex(index)
        self.changed.emit(self.names[index])
