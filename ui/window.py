"""The main window: the first page or an open matter, menus, messages, and files dragged in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QSettings, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QIcon,
    QResizeEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from legalqa.values.matter import MatterInfo
from ui import theme
from ui.bugreport import BugReport, Finding
from ui.deletion import Deletion
from ui.dropping import DropSign
from ui.dropping import paths as paths_of
from ui.keys import Keys
from ui.matters import MattersPage
from ui.menus import Menus
from ui.notices import Notices
from ui.tasks import Problem, Task, Tasks
from ui.widgets import clean, count, label, named
from ui.workspace import OpenMatter, Workspace

SAMPLE = "Harborline v. Tidewell (sample)"


class Matters(Protocol):
    """What the window needs of the library: `legalqa.Library` has it."""

    def matters(self) -> Sequence[MatterInfo]:
        """The matters on this machine."""

    def create(self, name: str, client: str = "") -> MatterInfo:
        """Create an empty matter."""

    def open(self, name: str) -> OpenMatter:
        """Open a matter by name or slug."""

    def destroy(self, name: str) -> Path:
        """Delete a matter and everything that was read of it; the originals stay. Returns the certificate."""

    def doctor(self) -> Sequence[Finding]:
        """What is installed and what is missing."""


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
        self._drop = DropSign(self._centre)
        self.menus = Menus(self)
        self.tasks.failed.connect(self.notices.problem)
        self.start.chosen.connect(self.open_matter)
        self.start.created.connect(self._create)
        self.start.sample_wanted.connect(self.open_sample)
        self.workspace.left.connect(self.show_matters)
        self.workspace.add_requested.connect(self.add_files)
        self.workspace.indexing.advanced.connect(self._title)
        self.workspace.indexing.ended.connect(lambda _problem: self._title())
        self.setTabOrder(self.workspace.documents.list, self.workspace.ask.question)
        self._restore()
        self._in_matter(False)
        self._make_library = library
        self._open_library()

    def come_forward(self, matter: str = "") -> None:
        """Stand before other windows; open `matter` if one is named (what a second start asks for)."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        now = self.workspace.matter
        if matter and (now is None or matter not in (now.info.slug, now.info.name)):
            self._first = matter  # in case the library is still being opened
            self.open_matter(matter)

    # Matters

    def open_matter(self, name: str) -> None:
        """Open the matter of that name or slug."""
        self._open(lambda library: library.open(name))

    def open_sample(self) -> None:
        """Open the matter that ships, made when it is first wanted; what was not read of it yet is read."""

        def act(library: Matters) -> OpenMatter:
            known = next((info for info in library.matters() if info.name == SAMPLE), None)
            return library.open((known or library.create(SAMPLE)).slug)

        self._open(act, [theme.resources() / "sample" / "documents"])

    def show_matters(self) -> None:
        """Leave the open matter and choose another."""
        self._leave_matter()
        self._list_matters()

    def _leave_matter(self) -> None:
        self.workspace.attach()
        self.workspace.close_matter()
        self._title()
        self._pages.setCurrentWidget(self.start)
        self._in_matter(False)

    def _list_matters(self) -> None:
        library = self._library
        if library is not None:
            self.tasks.run("library", lambda _task: library.matters(), self.start.show_matters)

    def new_matter(self) -> None:
        """Name a new matter."""
        self.show_matters()
        self.start.offer("")

    def delete_matter(self) -> None:
        """Ask whether the open matter is to be destroyed, and do it."""
        matter, library = self.workspace.matter, self._library
        if matter is None or library is None:
            return
        info = matter.info
        self._deletion = Deletion(self, info)
        self._deletion.accepted.connect(lambda: self._delete(library, info))
        self._deletion.open()

    def _delete(self, library: Matters, info: MatterInfo) -> None:
        self._leave_matter()  # lets it go, on the thread that it is deleted by; a list made meanwhile would hold it

        def done(found: tuple[Path, Sequence[MatterInfo]]) -> None:
            certificate, left = found
            self.start.show_matters(left)
            said = f"The matter “{clean(info.name)}” was deleted."
            kept = f"The original files are untouched. The certificate of the deletion is {clean(certificate.name)}."
            folder = QUrl.fromLocalFile(str(certificate.parent))
            self.notices.say("done", said, kept, ("Open its folder", lambda: QDesktopServices.openUrl(folder)))

        def work() -> tuple[Path, Sequence[MatterInfo]]:
            return library.destroy(info.slug), library.matters()

        def failed(problem: Problem) -> None:
            self._list_matters()
            self.tasks.failed.emit(problem)

        self.tasks.run("index", lambda _task: work(), done, failed)

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

    def _open(self, act: Callable[[Matters], OpenMatter], paths: Sequence[Path] = ()) -> None:
        """Open what `act` returns, and read `paths` into it; a double click or a second Enter opens it once."""
        library = self._library
        if library is not None and (self._opening is None or self._opening.finished):
            self._opening = self.tasks.run(
                "library", lambda _task: act(library), lambda matter: self._opened(matter, paths)
            )

    def _title(self, percent: int | None = None) -> None:
        """The matter in the title, and so in the task bar, before it how far the reading of its files has come."""
        matter = self.workspace.matter
        name = f"{clean(matter.info.name)} — LegalQA" if matter else "LegalQA"
        self.setWindowTitle(name if percent is None else f"{percent} % · {name}")

    def _opened(self, matter: OpenMatter, paths: Sequence[Path]) -> None:
        self.workspace.close_matter()
        self.notices.clear()
        self.start.reset()
        self._pages.setCurrentWidget(self.workspace)
        self._in_matter(True)
        self.workspace.open(matter)
        self._title()
        if self._detach_first:
            self._detach_first = False
            self.detach(True)
        waiting, self._waiting = self._waiting, []
        self.workspace.add([*waiting, *paths])

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
        if paths_of(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._drop.setGeometry(self._centre.rect())
            self._drop.show()
            self._drop.raise_()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        paths = paths_of(event)
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

    # Panes and sheets

    def show_reader(self, on: bool) -> None:
        """Show or hide the document view."""
        if not on:
            self.workspace.attach()
        self.workspace.reader.setVisible(on)
        self.menus.arranged()

    def detach(self, on: bool) -> None:
        """Put the document view into a window of its own, or back."""
        if on:
            self.workspace.detach(self.menus.of_matter)
        else:
            self.workspace.attach()

    def show_keys(self) -> None:
        """The sheet of keys."""
        self._keys = Keys(self, self.menus.all)
        self._keys.open()

    def report_problem(self) -> None:
        """Put together what helps to mend a fault; shown before it is saved."""
        library = self._library
        doctor = library.doctor if library is not None else tuple
        self._report = BugReport(self, self.tasks, self.notices, doctor, self.workspace.private)
        self._report.open()

    def _in_matter(self, on: bool) -> None:
        self.menus.set_in_matter(on)
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
        self.menus.arranged()
        percent = self._settings.value("size of text", theme.SCALES[0], type=int)
        self.menus.choose_look(str(self._settings.value("look", "system")), cast(int, percent))

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings is not None:
            self._settings.setValue("window", self.saveGeometry())
            self.workspace.save(self._settings)
            self._settings.setValue("look", theme.current().choice)
            self._settings.setValue("size of text", theme.current().percent)
            self._settings.sync()
        self.workspace.attach()
        self.hide()  # at once; what runs is stopped behind it
        matter, self.workspace.matter = self.workspace.matter, None
        self.tasks.shut()
        if matter is not None:
            matter.break_off()  # what nobody waits for any more must not be waited for
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
