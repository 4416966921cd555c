"""The tab "Review": documents × questions, filled in the background, looked at and decided cell by cell, exported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.matter import Coverage
from legalqa.values.review import Cell, Decision, Grid, ReviewQuestion
from ui.notices import Notices
from ui.review import ReviewModel
from ui.reviewcell import CellView
from ui.reviewform import ReviewForm
from ui.reviewtable import ReviewTable
from ui.tasks import Problem, Task, Tasks
from ui.undo import Undo
from ui.widgets import EmptyState, clean, count, file_name, label, named, row

_STEPS: dict[Decision, str] = {"accepted": "accept a cell", "corrected": "correct a cell", "": "take a decision back"}


class Kept(Protocol):
    """A review as the matter keeps it."""

    def grid(self) -> Grid: ...
    def set(self, questions: Sequence[ReviewQuestion], documents: Sequence[str]) -> Grid: ...
    def fill(self, on_cell: Callable[[Cell], None] | None = None, stop: threading.Event | None = None) -> Grid: ...
    def decide(
        self, document_id: str, question: str, decision: Decision, *, correction: str = "", comment: str = ""
    ) -> Cell: ...


class Reviewed(Protocol):
    """What this pane needs of a matter."""

    def reviews(self) -> tuple[str, ...]: ...
    def review(self, name: str) -> Kept: ...
    def review_templates(self) -> dict[str, tuple[ReviewQuestion, ...]]: ...
    def review_questions(self, file: Path) -> tuple[ReviewQuestion, ...]: ...
    def documents_in(self, where: str = "") -> tuple[str, ...]: ...
    def write_review(self, grid: Grid, target: Path) -> None: ...


class ReviewPane(QWidget):
    """Emits `place_chosen` with (document id, page, boxes) when the place of a cell is to be looked at."""

    place_chosen = Signal(str, int, object)

    def __init__(self, tasks: Tasks, notices: Notices, undo: Undo) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks, self._notices, self._undo = tasks, notices, undo
        self._matter: Reviewed | None = None
        self._filling: Task | None = None
        self._model = ReviewModel(self)
        self.table = ReviewTable(self._model)
        self.table.chosen.connect(self._chosen)
        self.table.document_chosen.connect(lambda id: self.place_chosen.emit(id, 1, ()))
        self.form, self.cell = ReviewForm(), CellView()
        self.form.made.connect(self._make)
        self.cell.decided.connect(self._decide)
        self.cell.place_chosen.connect(self.place_chosen)
        self._controls()
        self._lay_out()
        self._show_grid(Grid(""))

    # From outside

    def set_matter(self, matter: Reviewed | None) -> None:
        """Review another matter from now on; what is being filled is stopped, and kept."""
        if self._filling:
            self._filling.abandon()
        self._matter, self._filling = matter, None
        self.form.hide()
        self.which.clear()
        self._show_grid(Grid(""))
        if matter is not None:
            self._tasks.run("library", lambda _task: (matter.reviews(), matter.review_templates()), self._listed)

    def show_coverage(self, coverage: Coverage) -> None:
        """Call the documents by their files."""
        self._model.name({file.document_id: file.path for file in coverage.files if file.document_id})

    @property
    def filling(self) -> bool:
        """Whether questions are being asked."""
        return self._filling is not None

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) cell that needs a look, around the end."""
        self.table.step(by)

    # Inside

    def _controls(self) -> None:
        self.which = QComboBox()
        self.which.setAccessibleName("Review")
        self.which.view().setAccessibleName("Reviews of the matter")
        self.which.setPlaceholderText("No review yet")
        self.which.activated.connect(lambda _at: self._open(self.which.currentText()))
        self._new = QPushButton("&New")
        self._new.setToolTip("A new review from a template or a list of questions")
        self._templates = QMenu(self._new)
        self._new.setMenu(self._templates)
        self._fill = named(QPushButton("&Fill"), "primary")
        self._fill.clicked.connect(self._start)
        self._stop = QPushButton("&Stop filling")
        self._stop.clicked.connect(self._halt)
        self._export = QPushButton("&Export")
        menu = QMenu(self._export)
        menu.addAction("As an &Excel sheet …").triggered.connect(lambda: self._save("xlsx"))
        menu.addAction("As &CSV …").triggered.connect(lambda: self._save("csv"))
        self._export.setMenu(menu)
        self.needing = QCheckBox("Only what needs a &look")
        self.needing.toggled.connect(self._only_needing)
        self._summary = label("", "muted", wrap=True)
        self.question = QLineEdit(placeholderText="Add a question for every document")
        self.question.setAccessibleName("Add a question")
        self.question.returnPressed.connect(self._add_question)

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(18, 14, 18, 10)
        top.setSpacing(8)
        head = row(self.which, self._new, self._fill, self._stop, self._export)
        head.setStretch(0, 1)
        top.addLayout(head)
        top.addWidget(self.form)
        top.addWidget(self._summary)
        below = row(self.needing, self.question, spacing=14)
        below.setStretch(1, 1)
        top.addLayout(below)
        self._empty = EmptyState(
            "sheet", "Ask many documents the same questions",
            "Choose “New” for a template: lease, NDA, employment, merger, or your own list. Answers come one by one, "
            "each with its verdict and its page.",
        )  # fmt: skip
        self._done = EmptyState("supported", "Nothing needs a look", "Every cell holds, or somebody has decided on it.")
        self._stack = QStackedWidget()
        for page in (self._empty, self._done, self.table):
            self._stack.addWidget(page)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._stack)
        self._split.addWidget(self.cell)
        self._split.setSizes([320, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._split, 1)

    def _listed(self, found: tuple[tuple[str, ...], dict[str, tuple[ReviewQuestion, ...]]]) -> None:
        reviews, templates = found
        self._templates.clear()
        for name, questions in templates.items():
            self._templates.addAction(name).triggered.connect(partial(self._offer, name, questions))
        self._templates.addSeparator()
        self._templates.addAction("Questions from a &file …").triggered.connect(self._from_file)
        self.which.addItems(reviews)
        if reviews:
            self._open(reviews[0])

    def _offer(self, name: str, questions: tuple[ReviewQuestion, ...], _on: bool = False) -> None:
        self.form.offer(name, questions)

    def _from_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a list of questions", "", "Questions (*.csv *.txt)")
        matter = self._matter
        if name and matter is not None:
            file = Path(name)
            self._tasks.run(
                "library", lambda _task: matter.review_questions(file), lambda found: self._offer(file.stem, found)
            )

    def _make(self, name: str, where: str, questions: tuple[ReviewQuestion, ...]) -> None:
        matter = self._matter
        if matter is None:
            return

        def make() -> Grid:
            return matter.review(name).set(questions, matter.documents_in(where))

        self._tasks.run("library", lambda _task: make(), self._made)

    def _made(self, grid: Grid) -> None:
        if self.which.findText(grid.name) < 0:
            self.which.addItem(grid.name)
        self._show_grid(grid)
        self._start()

    def _open(self, name: str) -> None:
        matter = self._matter
        if matter is not None and name:
            self._halt()
            self._tasks.run("library", lambda _task: matter.review(name).grid(), self._show_grid)

    def _show_grid(self, grid: Grid) -> None:
        self.which.setCurrentIndex(self.which.findText(grid.name))
        self._model.show(grid)
        self.cell.hide()
        self._update()

    def _update(self) -> None:
        grid = self._model.grid
        left, size = len(grid.open), len(grid.documents) * len(grid.questions)
        needs = sum(cell.needs_human for cell in grid.cells.values())
        said = f"{count(len(grid.documents), 'document')} × {count(len(grid.questions), 'question')}"
        said += f" · {size - left:,} of {size:,} asked · {needs:,} need{'s' if needs == 1 else ''} a look"
        self._summary.setText(said if grid.name else "")
        busy = self._filling is not None
        self._fill.setVisible(not busy and bool(left))
        self._fill.setText("&Fill" if left == size else f"&Go on ({left:,})")
        self._stop.setVisible(busy)
        self._export.setEnabled(bool(grid.name))
        for part in (self.needing, self.question):
            part.setVisible(bool(grid.name))
        self._stack.setCurrentWidget(self.table if self.table.rows else self._done if grid.documents else self._empty)

    def _start(self) -> None:
        matter, name = self._matter, self._model.grid.name
        if matter is not None and name and self._filling is None and self._model.grid.open:
            self._filling = self._tasks.run(
                "review",
                lambda task: matter.review(name).fill(task.report, task.stop),
                self._filled,
                self._failed,
                self._put,
            )
        self._update()

    def _halt(self) -> None:
        if self._filling:
            self._filling.abandon()  # what was answered is kept; the cell under way is asked again another time
            self._filling = None
        self._update()

    def _put(self, cell: Cell) -> None:
        self._model.put(cell)
        self.table.again()
        self._update()
        if self.table.cell == cell:
            self._show_cell(cell)

    def _filled(self, grid: Grid) -> None:
        self._filling = None
        self._update()
        needs = sum(cell.needs_human for cell in grid.cells.values())
        self._notices.say(
            "done",
            f"The review “{clean(grid.name)}” is filled.",
            f"{count(needs, 'cell')} need{'s' if needs == 1 else ''} a look.",
        )

    def _failed(self, problem: Problem) -> None:
        self._filling = None
        self._update()
        if not problem.cancelled:
            self._tasks.failed.emit(problem)

    def _only_needing(self, on: bool) -> None:
        self.table.show_needing(on)
        self._update()

    def _chosen(self) -> None:
        cell = self.table.cell
        if cell is None:
            self.cell.hide()
            return
        self._show_cell(cell)
        if not self.cell.show_place():
            self.place_chosen.emit(self.table.document, 1, ())

    def _show_cell(self, cell: Cell) -> None:
        self.cell.show_cell(cell, f"{self.table.row_name}: {clean(cell.question)}")
        self.cell.show()

    def _decide(self, decision: Decision, correction: str, comment: str) -> None:
        cell = self.table.cell
        if cell is not None:
            name = self._model.grid.name
            said = replace(cell, decision=decision, correction=correction, comment=comment)
            self._say(name, said, lambda: self._undo.done(
                _STEPS[decision], lambda: self._say(name, said), lambda: self._say(name, cell)
            ))  # fmt: skip

    def _say(self, name: str, cell: Cell, then: Callable[[], object] = lambda: None) -> None:
        """Keep in the review `name` what `cell` says a person decided of it."""
        matter = self._matter
        if matter is None:
            return

        def decide() -> Cell:
            said = {"correction": cell.correction, "comment": cell.comment}
            return matter.review(name).decide(cell.document_id, cell.question, cell.decision, **said)

        def decided(now: Cell) -> None:
            then()
            if self._model.grid.name == name:
                self._put(now)
                self.table.setFocus()

        self._tasks.run("library", lambda _task: decide(), decided)

    def _add_question(self) -> None:
        matter, grid, text = self._matter, self._model.grid, self.question.text().strip()
        if matter is None or not text:
            return
        self.question.clear()
        questions = (*grid.questions, ReviewQuestion(text, text))

        def ask(these: Sequence[ReviewQuestion]) -> None:
            self._halt()
            self._tasks.run("library", lambda _task: matter.review(grid.name).set(these, grid.documents), self._made)

        ask(questions)
        self._undo.done("add a question", lambda: ask(questions), lambda: ask(grid.questions))

    def _save(self, kind: str) -> None:
        matter, grid = self._matter, self._model.grid
        name, _ = QFileDialog.getSaveFileName(self, "Export the review", f"{grid.name}.{kind}", f"*.{kind}")
        if matter is None or not name:
            return
        target = Path(name if name.lower().endswith(f".{kind}") else f"{name}.{kind}")
        said = f"The review was saved as {file_name(str(target))}."
        self._tasks.run(
            "library",
            lambda _task: matter.write_review(matter.review(grid.name).grid(), target),
            lambda _none: self._notices.say("done", said),
        )
