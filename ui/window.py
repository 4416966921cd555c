"""The main window: the first page or an open matter, menus, messages, and files dragged in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QIcon,
    QKeySequence,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import QFileDialog, QFrame, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from legalqa.values.matter import MatterInfo
from ui import theme
from ui.keys import Keys
from ui.matters import MattersPage
from ui.notices import Notices
from ui.tasks import Problem, Task, Tasks
from ui.widgets import Drawing, clean, count, label, named
from ui.workspace import OpenMatter, Workspace


class Matters(Protocol):
    """What the window needs of the library: `legalqa.Library` has it."""

    def matters(self) -> Sequence[MatterInfo]:
        """The matters on this machine."""

    def create(self, name: str, client: str = "") -> MatterInfo:
        """Create an empty matter."""

    def open(self, name: str) -> OpenMatter:
        """Open a matter by name or slug."""


class Window(QMainWindow):
    """`library` makes the library; it is called in a worker, after the window is on screen.

    Size, panes and look are remembered in `settings`, if given; `matter` is opened at once.
    """

    def __init__(
        self,
        library: Callable[[], Matters],
        settings: QSettings | None = None,
        tasks: Tasks | None = None,
        matter: str | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("LegalQA")
        self.setWindowIcon(QIcon(theme.pixmap("legalqa", "text", 64)))
        self.setAcceptDrops(True)
        self._settings = settings
        self._library: Matters | None = None
        self._opening: Task | None = None
        self._first = matter
        self._detach_first = False
        self._waiting: list[Path] = []  # files dropped before there is a matter to hold them
        self.tasks = tasks or Tasks(self)
        self.notices = Notices()
        self.start = MattersPage()
        self.workspace = Workspace(self.tasks, self.notices)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start)
        self._pages.addWidget(self.workspace)
        self._centre = named(QWidget(), "workspace")
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notices)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(self._centre)
        self.statusBar().addWidget(label("  Works offline: nothing leaves this machine.", "small"))
        self.statusBar().addPermanentWidget(self.workspace.indexing)
        self._drop = self._drop_sign()
        self._menus()
        self.tasks.failed.connect(self.notices.problem)
        self.start.chosen.connect(self.open_matter)
        self.start.created.connect(self._create)
        self.workspace.left.connect(self.show_matters)
        self.workspace.add_requested.connect(self.add_files)
        self.setTabOrder(self.workspace.documents.list, self.workspace.ask.question)
        self._restore()
        self._in_matter(False)
        self._make_library = library
        self._open_library()

    def actions_of_look(self) -> Sequence[QAction]:
        """The choices of the View menu between desktop, light and dark."""
        return list(self._looks.values())

    # Matters

    def open_matter(self, name: str) -> None:
        """Open the matter of that name or slug."""
        self._open(lambda library: library.open(name))

    def show_matters(self) -> None:
        """Leave the open matter and choose another."""
        self.workspace.attach()
        self.workspace.close_matter()
        self.setWindowTitle("LegalQA")
        self._pages.setCurrentWidget(self.start)
        self._in_matter(False)
        library = self._library
        if library is not None:
            self.tasks.run("library", lambda _task: library.matters(), self.start.show_matters)

    def new_matter(self) -> None:
        """Name a new matter."""
        self.show_matters()
        self.start.offer("")

    def _open_library(self) -> None:
        make = self._make_library
        self.tasks.run("library", lambda _task: _listed(make()), self._library_ready, self._no_library)

    def _no_library(self, problem: Problem) -> None:
        self.start.say("The library could not be opened", "The message above says why, and what to do.")
        detail = " ".join(part for part in (problem.kept, problem.hint) if part)
        self.notices.say("problem", problem.message, detail, ("Try again", self._open_library))

    def _library_ready(self, found: tuple[Matters, Sequence[MatterInfo]]) -> None:
        self._library, matters = found
        self.start.show_matters(matters)
        if self._first:
            self.open_matter(self._first)

    def _create(self, name: str, client: str) -> None:
        self._open(lambda library: library.open(library.create(name, client).slug))

    def _open(self, act: Callable[[Matters], OpenMatter]) -> None:
        """Open what `act` returns; a double click or a second Enter does not open it twice."""
        library = self._library
        if library is not None and (self._opening is None or self._opening.finished):
            self._opening = self.tasks.run("library", lambda _task: act(library), self._opened)

    def _opened(self, matter: OpenMatter) -> None:
        self.workspace.close_matter()
        self.notices.clear()
        self.start.reset()
        self.setWindowTitle(f"{clean(matter.info.name)} — LegalQA")
        self._pages.setCurrentWidget(self.workspace)
        self._in_matter(True)
        self.workspace.open(matter)
        if self._detach_first:
            self._detach_first = False
            self._detach(True)
        waiting, self._waiting = self._waiting, []
        self.workspace.add(waiting)

    # Files

    def add_files(self) -> None:
        """Choose files to add."""
        names, _ = QFileDialog.getOpenFileNames(self, "Add files to the matter")
        self.workspace.add([Path(name) for name in names])

    def add_folder(self) -> None:
        """Choose a folder to add with all that is in it."""
        name = QFileDialog.getExistingDirectory(self, "Add a folder to the matter")
        self.workspace.add([Path(name)] if name else [])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _paths(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._drop.setGeometry(self._centre.rect())
            self._drop.show()
            self._drop.raise_()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        paths = _paths(event)
        if not paths:
            return
        event.acceptProposedAction()
        if self.workspace.matter is not None:
            self.workspace.add(paths)
            return
        self._waiting = paths
        first = paths[0]
        name = first.name if first.is_dir() else first.parent.name
        self.start.offer(clean(name), f"{count(len(paths), 'item')} will be added once the matter is created.")

    def _drop_sign(self) -> QFrame:
        sign = named(QFrame(self._centre), "drop")
        column = QVBoxLayout(sign)
        column.addStretch(1)
        column.addWidget(Drawing("add-folder", "accent", 56), alignment=Qt.AlignmentFlag.AlignHCenter)
        for text, name in (("Drop to add to the matter", "heading"), ("Originals stay where they are.", "")):
            column.addWidget(label(text, name), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        sign.hide()
        return sign

    # Menus

    def _menus(self) -> None:
        work, ask, reader = self.workspace, self.workspace.ask, self.workspace.reader
        names = ("&File", "&Edit", "&View", "&Go", "&Help")
        file, edit, view, go, helps = (self.menuBar().addMenu(name) for name in names)
        self._matter_actions: list[QAction] = []

        def action(menu: QWidget, words: str, key: str, act: Callable[[], object], *, matter: bool = True) -> QAction:
            made = QAction(words, self)
            made.setShortcuts([QKeySequence(one) for one in key.split(" | ") if one])
            made.triggered.connect(lambda: act())
            menu.addAction(made)
            if matter:
                self._matter_actions.append(made)
            return made

        action(file, "&New matter …", "Ctrl+N", self.new_matter, matter=False)
        action(file, "All &matters", "Ctrl+M", self.show_matters, matter=False)
        file.addSeparator()
        action(file, "&Add files …", "Ctrl+O", self.add_files)
        action(file, "Add a &folder …", "Ctrl+Shift+O", self.add_folder)
        action(file, "&Stop reading files", "", work.indexing.stop)
        file.addSeparator()
        action(file, "&Export a memo …", "Ctrl+Shift+M", work.export_memo)
        file.addSeparator()
        action(file, "&Quit", "Ctrl+Q", self.close, matter=False)

        action(edit, "&Find in the document", "Ctrl+F", reader.find_text)
        action(edit, "Find &next", "F3", lambda: reader.find_again(1))
        action(edit, "Find &previous", "Shift+F3", lambda: reader.find_again(-1))
        edit.addSeparator()
        action(edit, "&Copy the answer with its citations", "Ctrl+Shift+C", ask.answer.copy)

        self._looks = self._look_menu(view)
        view.addSeparator()
        self._pane_menu(view)
        view.addSeparator()
        action(view, "Zoom &in", "Ctrl++ | Ctrl+=", reader.view.zoom_in)
        action(view, "Zoom &out", "Ctrl+-", reader.view.zoom_out)
        action(view, "Fit &width", "Ctrl+0", lambda: reader.view.set_fit("width"))
        action(view, "Fit &page", "Ctrl+9", lambda: reader.view.set_fit("page"))
        action(view, "&Turn the pages", "Ctrl+R", reader.view.rotate)
        action(view, "Outlin&e and pages", "Ctrl+Shift+E", reader.tools.side.toggle)

        for number, name in enumerate(work.middle.names, 1):
            action(go, f"Tab {name}", f"Ctrl+{number}", partial(work.middle.show_page, name))
        go.addSeparator()
        action(go, "&Question", "Ctrl+L", work.focus_question)
        action(go, "&Documents", "Ctrl+D", work.documents.list.setFocus)
        action(go, "&Find a document", "Ctrl+Shift+F", work.documents.finder.setFocus)
        action(go, "&Pages", "Ctrl+E", reader.view.setFocus)
        go.addSeparator()
        action(go, "&Next citation or fault", "F8", lambda: work.step(1))
        action(go, "P&revious citation or fault", "Shift+F8", lambda: work.step(-1))
        go.addSeparator()
        action(go, "Next p&age", "Ctrl+PgDown", reader.next_page)
        action(go, "Previous pa&ge", "Ctrl+PgUp", reader.previous_page)
        action(go, "&To page …", "Ctrl+G", reader.ask_page)
        go.addSeparator()
        action(go, "&Stop answering", "Esc", work.escape)

        action(helps, "&Keys", "F1", self._show_keys, matter=False)

    def _pane_menu(self, view: QWidget) -> None:
        work = self.workspace

        def choice(words: str, key: str, act: Callable[[bool], object]) -> QAction:
            made = QAction(words, self)
            made.setCheckable(True)
            made.setShortcut(QKeySequence(key))
            made.triggered.connect(lambda on: act(on))
            view.addAction(made)
            self._matter_actions.append(made)
            return made

        self._panes = (
            choice("Show the d&ocuments", "F9", work.documents.setVisible),
            choice("Show the document &view", "F10", self._show_reader),
            choice("Document view in a window of its o&wn", "F11", self._detach),
        )
        work.arranged.connect(self._arranged)
        self._arranged()

    def _show_reader(self, on: bool) -> None:
        if not on:
            self.workspace.attach()
        self.workspace.reader.setVisible(on)

    def _detach(self, on: bool) -> None:
        if on:
            self.workspace.detach(self._matter_actions)
        else:
            self.workspace.attach()

    def _arranged(self) -> None:
        """Tick what is shown."""
        work = self.workspace
        for made, on in zip(
            self._panes, (not work.documents.isHidden(), not work.reader.isHidden(), work.detached), strict=True
        ):
            made.setChecked(on)

    def _look_menu(self, view: QWidget) -> dict[str, QAction]:
        group = QActionGroup(self)
        made = {}
        for choice, words in (("system", "As the &desktop"), ("light", "&Light"), ("dark", "Da&rk")):
            action = QAction(words, self)
            action.setCheckable(True)
            action.setChecked(choice == theme.current().choice)
            action.triggered.connect(lambda _on, to=choice: theme.current().apply(to))
            group.addAction(action)
            view.addAction(action)
            made[choice] = action
        return made

    def _show_keys(self) -> None:
        actions = [action for menu in self.menuBar().actions() for action in cast(QWidget, menu.menu()).actions()]
        self._keys = Keys(self, actions)
        self._keys.open()

    def _in_matter(self, on: bool) -> None:
        for action in self._matter_actions:
            action.setEnabled(on)
        self.statusBar().setVisible(on)

    # Between sessions

    def _restore(self) -> None:
        self.resize(1280, 800)
        if self._settings is None:
            return
        geometry = self._settings.value("window")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self._detach_first = self.workspace.restore(self._settings) == "detached"
        self._arranged()
        look = self._settings.value("look", "system")
        if look in self._looks and look != "system":
            self._looks[look].trigger()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings is not None:
            self._settings.setValue("window", self.saveGeometry())
            self.workspace.save(self._settings)
            self._settings.setValue("look", theme.current().choice)
            self._settings.sync()
        self.workspace.attach()
        self.hide()  # at once; what runs is stopped behind it
        matter, self.workspace.matter = self.workspace.matter, None
        self.tasks.close()
        if matter is not None:
            matter.close()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._drop.isVisible():
            self._drop.setGeometry(self._centre.rect())


def _listed(library: Matters) -> tuple[Matters, Sequence[MatterInfo]]:
    return library, library.matters()


def _paths(event: QDropEvent) -> list[Path]:
    """The local files and folders of a drag."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
