"""An open matter: documents on the left, questions in the middle, the document always on the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from legalqa.values.document import Document
from legalqa.values.matter import Coverage, FileStatus, IndexReport, MatterInfo
from ui.ask import AskPane
from ui.asking import Asked
from ui.citecheck import Checked, CiteCheckPane
from ui.coveragepane import CoveragePane, Covered
from ui.detached import Detached
from ui.documentpane import DocumentPane
from ui.indexing import How, IndexBar, Indexed, summary
from ui.memopane import Exported, MemoPane
from ui.memotab import AskTab
from ui.middle import Middle
from ui.notices import Notices
from ui.reader import Reader, Source
from ui.reviewpane import Reviewed, ReviewPane
from ui.tasks import Problem, Task, Tasks
from ui.undo import Undo
from ui.widgets import ElidedLabel, bar, clean, file_name, icon_button, label

_REFRESH_MS = 1500  # between two looks at the file list while files are read


class OpenMatter(Asked, Indexed, Source, Reviewed, Checked, Covered, Exported, Protocol):
    """What the window needs of a matter: `legalqa.Matter` has it."""

    @property
    def info(self) -> MatterInfo:
        """What the matter is called."""

    def status(self) -> Coverage:
        """Every file and page accounted for."""

    def warm(self) -> None:
        """Load the models ahead of the first question."""

    def break_off(self) -> None:
        """End at once what leaves nothing behind, from any thread; `close` follows."""

    def close(self) -> None:
        """Let processes and files go."""


class Workspace(QWidget):
    """Emits `left` when the user wants another matter, `add_requested` when files are to be chosen, `arranged`
    when the document view was detached or put back.
    """

    left = Signal()
    add_requested = Signal()
    arranged = Signal()

    def __init__(self, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("workspace")
        self._tasks, self._notices = tasks, notices
        self.matter: OpenMatter | None = None
        self._refreshing: Task | None = None
        self._warming: Task | None = None
        self._detached: Detached | None = None
        self._place: QByteArray | None = None  # of the window that the document view was detached into
        self._sizes: list[int] = []
        self.undo = Undo()
        self.documents, self.ask, self.reader = DocumentPane(), AskPane(tasks, self.undo), Reader(tasks)
        self.coverage = CoveragePane(tasks, notices)
        self.cite_check = CiteCheckPane(tasks, notices)
        self.review = ReviewPane(tasks, notices, self.undo)
        self.memo = MemoPane(tasks, notices)
        self.asking = AskTab(self.ask, self.memo, notices)
        self.middle = Middle(
            [
                ("&Ask", self.asking, self.ask.history),
                ("&Review", self.review, None),
                ("&Cite-check", self.cite_check, None),
                ("Co&verage", self.coverage, None),
            ]
        )
        self.indexing = IndexBar(tasks)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        self.panes.setChildrenCollapsible(False)
        for pane, stretch in ((self.documents, 2), (self.middle, 4), (self.reader, 5)):
            self.panes.addWidget(pane)
            self.panes.setStretchFactor(self.panes.count() - 1, stretch)
        self.panes.setSizes([290, 440, 550])
        self._name = ElidedLabel("", "heading")
        self._client = label("", "muted")
        top = bar(
            icon_button("back", "All matters", self.left.emit, "Ctrl+M"), self._name, self._client, name="matterbar"
        )
        self._name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._client.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.panes, 1)
        self._later = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        self.documents.opened.connect(self._open_file)
        self.documents.add_requested.connect(self.add_requested)
        self.ask.place_chosen.connect(self.reader.show_place)
        self.ask.answer.opened = self.reader.opened
        self.review.place_chosen.connect(self.reader.show_place)
        self.memo.place_chosen.connect(self.reader.show_place)
        self.cite_check.place_chosen.connect(self.reader.show_place)
        self.coverage.place_chosen.connect(self.reader.show_place)
        self.coverage.again.connect(self._again)
        self.reader.shown.connect(self._shown)
        self.indexing.moved.connect(lambda: self._later.isActive() or self._later.start())
        self.indexing.done.connect(self._indexed)
        self.indexing.ended.connect(self._index_ended)

    def open(self, matter: OpenMatter) -> None:
        """Work with this matter."""
        self.matter = matter
        self._name.setText(clean(matter.info.name))
        self._client.setText(clean(matter.info.client))
        self.documents.show_coverage(Coverage(0, {}, ()))
        self.documents.finder.clear()
        self.ask.set_matter(matter)
        self.memo.set_matter(matter)
        self.asking.show_answer()
        self.review.set_matter(matter)
        self.cite_check.set_matter(matter)
        self.coverage.set_matter(matter)
        self.middle.show_page("Ask")
        self.reader.set_source(matter)
        self.refresh()
        self._warming = self._tasks.run("models", lambda _task: matter.warm(), on_error=self._models_missing)
        self.ask.question.setFocus()

    def close_matter(self) -> None:
        """Stop all work on the matter and let it go, in the background."""
        matter, self.matter = self.matter, None
        if matter is None:
            return
        self._later.stop()
        self.undo.clear()
        self.indexing.forget()
        self.ask.set_matter(None)
        self.memo.set_matter(None)
        self.review.set_matter(None)
        self.cite_check.set_matter(None)
        self.coverage.set_matter(None)
        self.reader.set_source(None)
        for task in (self._refreshing, self._warming):
            if task:
                task.abandon()
        self._refreshing = self._warming = None
        self._tasks.run("library", lambda _task: matter.break_off())  # frees the threads that wait for its models
        self._tasks.run("index", lambda _task: matter.close())  # its one thread ends the stopped run first

    def add(self, paths: Sequence[Path]) -> None:
        """Read files and folders into the matter."""
        if self.matter is not None and paths:
            self.documents.say_reading(True)
            self.indexing.start(self.matter, paths)

    def focus_question(self) -> None:
        """Put the keyboard into the question box."""
        self.middle.show_page("Ask")
        self.asking.show_answer()
        self.ask.focus_question()

    def export_memo(self) -> None:
        """Show what answers can be exported, and what to look at before."""
        self.middle.show_page("Ask")
        self.asking.export()

    def escape(self) -> None:
        """Put the search in the document away if the keyboard is there; else stop answering."""
        finder = self.reader.finder
        if finder.isAncestorOf(QApplication.focusWidget() or self):
            finder.put_away()
        else:
            self.asking.escape()

    def step(self, by: int) -> None:
        """To the next (1) or previous (-1) citation of the answer, fault of the draft, or doubtful cell."""
        match self.middle.shown:
            case "Cite-check":
                self.cite_check.step(by)
            case "Review":
                self.review.step(by)
            case _:
                self.ask.answer.step(by)

    def refresh(self) -> None:
        """Look again at the matter's files."""
        matter = self.matter
        if matter is None or (self._refreshing and not self._refreshing.finished):
            return
        self._refreshing = self._tasks.run("library", lambda _task: matter.status(), self._covered)

    def _covered(self, coverage: Coverage) -> None:
        self.documents.show_coverage(coverage)
        self.coverage.show_coverage(coverage)
        self.review.show_coverage(coverage)

    def _again(self, paths: Sequence[Path], how: How) -> None:
        if self.matter is not None:
            self.indexing.start(self.matter, paths, how)

    def _open_file(self, file: FileStatus) -> None:
        if file.document_id:
            self.reader.show_place(file.document_id)
        else:
            self.reader.say_unreadable(file.path, file.reason)

    def _shown(self, document: Document) -> None:
        self.documents.select(document.id)
        self.ask.scope.set_open_document((document.id, file_name(document.path)))

    def _indexed(self, report: IndexReport) -> None:
        if report.failed:
            self._notices.say(
                "warning", summary(report), "Questions are not answered from what could not be read.",
                ("Show them", lambda: self.documents.show_only("attention")),
            )  # fmt: skip
        else:
            self._notices.say("done", summary(report))

    def _index_ended(self, problem: Problem | None) -> None:
        self.documents.say_reading(False)
        self._later.stop()
        self._refreshing = None
        self.refresh()
        if problem and problem.cancelled:
            self._notices.say(
                "done", "Reading was stopped.", "What was finished is kept; add the folder again to go on."
            )
        elif problem:
            self._notices.problem(problem)

    def _models_missing(self, problem: Problem) -> None:
        if not problem.cancelled:
            detail = " ".join(part for part in (problem.kept, problem.hint) if part)
            self._notices.say("warning", problem.message, detail)

    def private(self) -> Sequence[str]:
        """What the user is at work on, for a report of a problem; never written anywhere unless the user wants it."""
        if self.matter is None:
            return ()
        lines = (("Matter", self.matter.info.name), ("Document", self.reader.name),
                 ("Question", self.ask.question.toPlainText()))  # fmt: skip
        return [f"{name}: {clean(text)}" for name, text in lines if text.strip()]

    # Panes

    @property
    def detached(self) -> bool:
        """Whether the document view stands in a window of its own."""
        return self._detached is not None

    def detach(self, actions: Sequence[QAction]) -> None:
        """Put the document view into a window of its own, where `actions` have their keys."""
        if self._detached is None:
            self._sizes = self.panes.sizes()
            self._detached = Detached(self.reader, "Document — LegalQA", actions)
            self._detached.closed.connect(self.attach)
            if self._place is not None:
                self._detached.restoreGeometry(self._place)
            self._detached.show()
            self.reader.show()
            self.arranged.emit()

    def attach(self) -> None:
        """Put the document view back on the right."""
        held, self._detached = self._detached, None
        if held is not None:
            self._place = held.saveGeometry()
            self.panes.addWidget(self.reader)
            self.reader.show()
            self.panes.setSizes(self._sizes)
            held.hide()
            held.deleteLater()
            self.arranged.emit()

    def save(self, settings: QSettings) -> None:
        """Remember how the panes stand."""
        detached, hidden = self.detached, self.reader.isHidden()
        self.attach()
        settings.setValue("panes", self.panes.saveState())
        settings.setValue("documents hidden", self.documents.isHidden())
        settings.setValue("document view", "detached" if detached else "hidden" if hidden else "beside")
        settings.setValue("detached", self._place)

    def restore(self, settings: QSettings) -> str:
        """Set the panes as they stood; returns what the document view was: "beside", "hidden" or "detached"."""
        panes, place = settings.value("panes"), settings.value("detached")
        if isinstance(panes, QByteArray):
            self.panes.restoreState(panes)
        self._place = place if isinstance(place, QByteArray) else None
        self.documents.setHidden(bool(settings.value("documents hidden", False, type=bool)))
        how = str(settings.value("document view", "beside"))
        self.reader.setHidden(how == "hidden")
        return how
