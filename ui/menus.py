"""The menus of the window. Every entry has its key here, and the sheet of keys is read from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from ui import theme

if TYPE_CHECKING:
    from ui.window import Window

T = TypeVar("T")
_LOOKS: tuple[tuple[theme.Choice, str], ...] = (
    ("system", "As the &desktop"),
    ("light", "&Light"),
    ("dark", "Da&rk"),
    ("contrast", "&High contrast"),
)


class Menus(QObject):
    """Fills the menu bar of the window."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._work = window, window.workspace
        self._of_matter: list[QAction] = []
        names = ("&File", "&Edit", "&View", "&Go", "&Help")
        self._menus = tuple(window.menuBar().addMenu(name) for name in names)
        file, edit, view, go, helps = self._menus
        self._file(file)
        self._edit(edit)
        self._view(view)
        self._go(go)
        self._action(helps, "&Keys", "F1", window.show_keys, matter=False)
        self._action(helps, "&Report a problem …", "", window.report_problem, matter=False)

    @property
    def of_matter(self) -> list[QAction]:
        """What needs an open matter."""
        return list(self._of_matter)

    @property
    def all(self) -> list[QAction]:
        """Every entry, menu after menu."""
        return [action for menu in self._menus for action in menu.actions()]

    def set_in_matter(self, on: bool) -> None:
        """Whether a matter is open."""
        for action in self._of_matter:
            action.setEnabled(on)

    def choose_look(self, choice: str, percent: int) -> None:
        """Show the look and the size of text that were chosen in another session."""
        if choice in self.looks and choice != "system":
            self.looks[choice].trigger()
        if percent in self.sizes and percent != theme.SCALES[0]:
            self.sizes[percent].trigger()

    def arranged(self) -> None:
        """Tick what is shown."""
        work = self._work
        shown = (not work.documents.isHidden(), not work.reader.isHidden(), work.detached)
        for action, on in zip(self._panes, shown, strict=True):
            action.setChecked(on)

    def _action(self, menu: QMenu, words: str, key: str, act: Callable[[], object], *, matter: bool = True) -> QAction:
        made = QAction(words, self._window)
        made.setShortcuts([QKeySequence(one) for one in key.split(" | ") if one])
        made.triggered.connect(lambda: act())
        menu.addAction(made)
        if matter:
            self._of_matter.append(made)
        return made

    def _file(self, menu: QMenu) -> None:
        window = self._window
        self._action(menu, "&New matter …", "Ctrl+N", window.new_matter, matter=False)
        self._action(menu, "All &matters", "Ctrl+M", window.show_matters, matter=False)
        self._action(menu, "&Delete the matter …", "", window.delete_matter)
        menu.addSeparator()
        self._action(menu, "&Add files …", "Ctrl+O", window.add_files)
        self._action(menu, "Add a &folder …", "Ctrl+Shift+O", window.add_folder)
        self._action(menu, "&Stop reading files", "", self._work.indexing.stop)
        menu.addSeparator()
        self._action(menu, "&Export a memo …", "Ctrl+Shift+M", self._work.export_memo)
        menu.addSeparator()
        self._action(menu, "&Quit", "Ctrl+Q", window.close, matter=False)

    def _edit(self, menu: QMenu) -> None:
        reader, steps = self._work.reader, self._work.undo
        undo, redo = steps.createUndoAction(self._window), steps.createRedoAction(self._window)
        for made, key in ((undo, QKeySequence.StandardKey.Undo), (redo, QKeySequence.StandardKey.Redo)):
            made.setShortcut(key)
            menu.addAction(made)
        menu.addSeparator()
        self._action(menu, "&Find in the document", "Ctrl+F", reader.find_text)
        self._action(menu, "Find &next", "F3", lambda: reader.find_again(1))
        self._action(menu, "Find &previous", "Shift+F3", lambda: reader.find_again(-1))
        menu.addSeparator()
        self._action(menu, "&Copy the answer with its citations", "Ctrl+Shift+C", self._work.ask.answer.copy)

    def _view(self, menu: QMenu) -> None:
        work, pages = self._work, self._work.reader.view
        now = theme.current()
        self.looks = self._choices(menu, _LOOKS, now.choice, now.apply)
        sizes = menu.addMenu("&Size of text")
        self.sizes = self._choices(sizes, [(size, f"{size} %") for size in theme.SCALES], now.percent, now.enlarge)
        menu.addSeparator()
        self._panes = (
            self._switch(menu, "Show the d&ocuments", "F9", work.documents.setVisible),
            self._switch(menu, "Show the document &view", "F10", self._window.show_reader),
            self._switch(menu, "Document view in a window of its o&wn", "F11", self._window.detach),
        )
        work.arranged.connect(self.arranged)
        self.arranged()
        menu.addSeparator()
        self._action(menu, "Zoom &in", "Ctrl++ | Ctrl+=", pages.zoom_in)
        self._action(menu, "Zoom &out", "Ctrl+-", pages.zoom_out)
        self._action(menu, "Fit &width", "Ctrl+0", lambda: pages.set_fit("width"))
        self._action(menu, "Fit &page", "Ctrl+9", lambda: pages.set_fit("page"))
        self._action(menu, "&Turn the pages", "Ctrl+R", pages.rotate)
        self._action(menu, "Outlin&e and pages", "Ctrl+Shift+E", work.reader.tools.side.toggle)

    def _go(self, menu: QMenu) -> None:
        work, reader = self._work, self._work.reader
        for number, name in enumerate(work.middle.names, 1):
            self._action(menu, f"Tab {name}", f"Ctrl+{number}", partial(work.middle.show_page, name))
        menu.addSeparator()
        self._action(menu, "&Question", "Ctrl+L", work.focus_question)
        self._action(menu, "&Documents", "Ctrl+D", work.documents.list.setFocus)
        self._action(menu, "&Find a document", "Ctrl+Shift+F", work.documents.finder.setFocus)
        self._action(menu, "&Pages", "Ctrl+E", reader.view.setFocus)
        menu.addSeparator()
        self._action(menu, "&Next citation or fault", "F8", lambda: work.step(1))
        self._action(menu, "P&revious citation or fault", "Shift+F8", lambda: work.step(-1))
        menu.addSeparator()
        self._action(menu, "Next p&age", "Ctrl+PgDown", reader.next_page)
        self._action(menu, "Previous pa&ge", "Ctrl+PgUp", reader.previous_page)
        self._action(menu, "&To page …", "Ctrl+G", reader.ask_page)
        menu.addSeparator()
        self._action(menu, "&Stop answering", "Esc", work.escape)

    def _switch(self, menu: QMenu, words: str, key: str, act: Callable[[bool], object]) -> QAction:
        made = QAction(words, self._window)
        made.setCheckable(True)
        made.setShortcut(QKeySequence(key))
        made.triggered.connect(lambda on: act(on))
        menu.addAction(made)
        self._of_matter.append(made)
        return made

    def _choices(
        self, menu: QMenu, choices: Iterable[tuple[T, str]], now: T, act: Callable[[T], object]
    ) -> dict[T, QAction]:
        """Entries of which one is chosen."""
        group = QActionGroup(self)
        made = {}
        for choice, words in choices:
            action = QAction(words, self._window)
            action.setCheckable(True)
            action.setChecked(choice == now)
            action.triggered.connect(lambda _on, to=choice: act(to))
            group.addAction(action)
            menu.addAction(action)
            made[choice] = action
        return made
