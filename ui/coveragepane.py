"""The tab "Coverage": every file and page with its state; try again, give a password, read by OCR; the certificate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QFrame,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.matter import Coverage, FileStatus, MatterInfo, PageStatus
from ui import certificate
from ui.coverage import COLUMNS, CoverageFilter, CoverageModel, Role, Which, reason_of
from ui.notices import Notices
from ui.tasks import Tasks
from ui.widgets import EmptyState, clean, count, file_name, label, named, row, search_field

_SHOWS: dict[Which, str] = {
    "all": "All files",
    "attention": "What needs a look",
    "ocr": "Pages read by OCR",
    "unread": "What could not be read",
}

_WIDTHS = (96, 56, 52, 130)  # logical pixels of the columns after the first
_SOURCES = {"text": "with text", "ocr": "read by OCR", "blank": "blank", "failed": "not read"}


class Covered(Protocol):
    """What this pane needs of a matter."""

    @property
    def info(self) -> MatterInfo:
        """What the matter is called."""

    def status(self) -> Coverage:
        """Every file and page accounted for."""

    def page_statuses(self, document_id: str) -> list[PageStatus]:
        """Every page of a document, and what became of it."""

    def write_coverage(self, file: Path, write: Callable[[Path], None] | None = None) -> None:
        """Write every file and page to a .csv or .json file, or as `write` does."""


class CoveragePane(QWidget):
    """Emits `place_chosen` with (document id, page) for a page that is to be seen, `again` with (paths, how) for files
    that are to be read again; `how` are keywords of `Matter.index`.
    """

    place_chosen = Signal(str, int)
    again = Signal(object, object)

    def __init__(self, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks, self._notices = tasks, notices
        self._matter: Covered | None = None
        self._files: dict[str, FileStatus] = {}
        self._coverage: Coverage | None = None  # not shown yet
        self._model = CoverageModel(self)
        self._filter = CoverageFilter(self)
        self._filter.setSourceModel(self._model)
        self._model.wanted.connect(self._load)
        self.tree = self._tree()
        self.finder = search_field("Find in the coverage", "Find a file, a state or a reason")
        self.finder.textChanged.connect(self._find)
        self.show_choice = QComboBox()
        self.show_choice.setAccessibleName("Which files are shown")
        self.show_choice.view().setAccessibleName("Which files are shown")
        for which, words in _SHOWS.items():
            self.show_choice.addItem(words, which)
        self.show_choice.currentIndexChanged.connect(self._show_only)
        self._summary = label("", "muted", wrap=True)
        self._detail = label("", "", wrap=True)
        self._empty = EmptyState("document", "No files yet", "What is added to the matter is accounted for here.")
        self._nothing = EmptyState("search-empty", "Nothing of this kind", "Change what is looked for or shown above.")
        self._stack = QStackedWidget()
        for page in (self._empty, self._nothing, self.tree):
            self._stack.addWidget(page)
        self._buttons()
        self._lay_out()
        self.tree.selectionModel().selectionChanged.connect(lambda: self._selected())
        self._selected()

    # From outside

    def set_matter(self, matter: Covered | None) -> None:
        """Account for another matter."""
        self._matter = matter
        self.finder.clear()
        self._password_frame.hide()
        self.show_coverage(Coverage(0, {}, ()))

    def show_coverage(self, coverage: Coverage) -> None:
        """Show the files of the matter as they are now, once anybody looks."""
        self._coverage = coverage
        if self.isVisible():
            self._fill()

    # Inside

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fill()

    def _fill(self) -> None:
        coverage, self._coverage = self._coverage, None
        if coverage is None:
            return
        self._files = {file.path: file for file in coverage.files}
        self._model.show(coverage)
        pages = coverage.pages
        parts = [count(len(coverage.files), "file"), count(sum(pages.values()), "page")]
        parts += [
            f"{pages[source]:,} {word}"
            for source, word in (
                ("text", "with text"),
                ("ocr", "read by OCR"),
                ("blank", "blank"),
                ("failed", "not read"),
            )
            if pages.get(source)
        ]
        missing = sum(gap.missing for gap in coverage.gaps)
        if missing:
            parts.append(f"{count(missing, 'Bates number')} missing")
        self._summary.setText(" · ".join(parts) if coverage.files else "")
        self._summary.setToolTip("\n".join(f"Missing: {gap.first} to {gap.last}" for gap in coverage.gaps))
        self._save.setEnabled(bool(coverage.files))
        self.tree.setColumnHidden(COLUMNS.index("OCR"), all(file.confidence is None for file in coverage.files))
        self.tree.setColumnHidden(COLUMNS.index("Reason"), not any(map(reason_of, coverage.files)))
        self._update()
        self._selected()

    def _tree(self) -> QTreeView:
        tree = QTreeView()
        tree.setModel(self._filter)
        tree.setAccessibleName("Files and pages")
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        tree.setExpandsOnDoubleClick(False)
        tree.setSortingEnabled(True)
        tree.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        tree.setIconSize(QSize(16, 16))
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS, 1):
            header.resizeSection(column, width)
        assert header.count() == len(COLUMNS)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.clicked.connect(self._chosen)
        tree.activated.connect(self._chosen)
        return tree

    def _buttons(self) -> None:
        self._retry = QPushButton("&Try again")
        self._retry.setToolTip("Read the selected files again, or all that could not be read")
        self._retry.clicked.connect(lambda: self._again(retry=True))
        self._unlock = QPushButton("&Password …")
        self._unlock.setToolTip("Give the password of the selected files")
        self._unlock.clicked.connect(self._ask_password)
        self._ocr = QPushButton("Read by &OCR")
        self._ocr.setToolTip("Read every page of the selected files from its picture")
        self._ocr.clicked.connect(lambda: self._again(ocr="always"))
        self._save = named(QPushButton("&Certificate"), "menu")
        self._save.setToolTip("Save what was read and what was not, file by file and page by page")
        menu = QMenu(self._save)
        menu.addAction("As &PDF …").triggered.connect(lambda: self._save_as("pdf"))
        menu.addAction("As &CSV …").triggered.connect(lambda: self._save_as("csv"))
        self._save.setMenu(menu)
        self._password = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self._password.setAccessibleName("Password of the selected files")
        self._password.returnPressed.connect(self._give_password)
        give = named(QPushButton("&Open"), "primary")
        give.clicked.connect(self._give_password)
        never = QPushButton("Cancel")
        self._asked = label("", "", wrap=True)
        self._password_frame = named(QFrame(), "note")
        column = QVBoxLayout(self._password_frame)
        column.setContentsMargins(12, 9, 12, 9)
        column.addWidget(self._asked)
        column.addLayout(row(self._password, give, never))
        never.clicked.connect(self._password_frame.hide)
        self._password_frame.hide()

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(18, 14, 18, 10)
        top.setSpacing(8)
        find = row(self.finder, self.show_choice)
        find.setStretch(0, 1)
        top.addLayout(find)
        top.addWidget(self._summary)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(18, 10, 18, 14)
        bottom.setSpacing(8)
        bottom.addWidget(self._detail)
        bottom.addWidget(self._password_frame)
        bottom.addLayout(row(self._retry, self._unlock, self._ocr, None, self._save))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        column.addLayout(bottom)

    def _find(self, text: str) -> None:
        self._filter.find(text)
        self._update()

    def _show_only(self, _index: int) -> None:
        self._filter.show_only(self.show_choice.currentData())
        self._update()

    def _update(self) -> None:
        known, shown = self._model.rowCount(), self._filter.rowCount()
        self._stack.setCurrentWidget(self.tree if shown else self._nothing if known else self._empty)

    def _load(self, file: FileStatus) -> None:
        matter, id, show = self._matter, file.document_id, self._model.show_pages
        if matter is not None and id:
            self._tasks.run("library", lambda _task: matter.page_statuses(id), lambda pages: show(file.path, pages))

    def _chosen(self, index: QModelIndex) -> None:
        file: FileStatus = index.data(Role.FILE)
        page: PageStatus | None = index.siblingAtColumn(0).data(Role.PAGE)
        if file.document_id:
            self.place_chosen.emit(file.document_id, page.number if page else 1)

    def _selected(self) -> None:
        files = self._files_selected()
        failed = any(reason_of(file) for file in self._files.values())
        self._retry.setEnabled(bool(files) or failed)
        self._unlock.setEnabled(bool(files))
        self._ocr.setEnabled(bool(files))
        if len(files) == 1:
            why = reason_of(files[0])
            self._detail.setText(f"{file_name(files[0].path)}: {why}" if why else clean(files[0].path))
        else:
            self._detail.setText(f"{count(len(files), 'file')} selected" if files else "")
        self._detail.setVisible(bool(self._detail.text()))

    def _files_selected(self) -> list[FileStatus]:
        chosen = {index.data(Role.FILE).path for index in self.tree.selectionModel().selectedRows()}
        return [self._files[path] for path in sorted(chosen & self._files.keys())]

    def _paths(self, files: Sequence[FileStatus]) -> list[Path]:
        """What is on disk: the file itself, or the outermost that it was found in."""
        paths = []
        for file in files:
            seen = set()
            while file.parent and file.parent in self._files and file.path not in seen:
                seen.add(file.path)
                file = self._files[file.parent]
            paths.append(Path(file.path))
        return list(dict.fromkeys(paths))

    def _again(self, **how: object) -> None:
        chosen = self._files_selected() or [
            file for file in self._files.values() if file.state in ("failed", "encrypted") or file.failed_pages
        ]
        if chosen:
            self.again.emit(self._paths(chosen), how)

    def _ask_password(self) -> None:
        files = self._files_selected()
        which = file_name(files[0].path) if len(files) == 1 else count(len(files), "file")
        self._asked.setText(f"Password for {which}. It is used now and kept nowhere.")
        self._password.clear()
        self._password_frame.show()
        self._password.setFocus()

    def _give_password(self) -> None:
        password = self._password.text()
        self._password.clear()
        if password:
            self._password_frame.hide()
            self._again(passwords=(password,))

    def _save_as(self, kind: str) -> None:
        matter = self._matter
        if matter is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the certificate", f"{matter.info.slug} coverage.{kind}", f"*.{kind}"
        )
        if not name:
            return
        target = Path(name if Path(name).suffix.lower() == f".{kind}" else f"{name}.{kind}")

        def as_pdf(file: Path) -> None:
            certificate.write(file, matter.info, matter.status(), matter.page_statuses)

        def write() -> Path:
            matter.write_coverage(target, as_pdf if kind == "pdf" else None)
            return target

        self._tasks.run("library", lambda _task: write(), self._saved)

    def _saved(self, target: Path) -> None:
        self._notices.say("done", f"The certificate was saved as {clean(target.name)}.")
