"""The page from which answers leave the firm: which of them, what to look at before, and the memo that is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from legalqa.errors import Cancelled
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.matter import MatterInfo
from legalqa.values.memo import PRIVILEGED, Answered, Drawn, Finding, Memo, MemoForm
from ui import theme
from ui.notices import Notices, announce
from ui.tasks import Problem, Task, Tasks
from ui.widgets import clean, count, fields, label, named, row, tool_tip

_PDF = "ui.memopdf:Printer"  # Qt keeps the interpreter to itself while it sets pages: away from the window
_KINDS = {".docx": "Word (*.docx)", ".pdf": "PDF (*.pdf)"}
_ROWS = 5  # answers that are in sight at once
_LOOKING = "Looking for personal numbers and marks of privilege …"
_NOTHING = "No personal number and no mark of privilege was found in what would be exported."
_LOOK = "Nothing is left out of the memo for it: look at each, and go on or go back."
OnDrawn = Callable[[Drawn], None]


class Exported(Protocol):
    """What this page needs of a matter."""

    @property
    def info(self) -> MatterInfo:
        """What the matter is called."""

    def findings(self, answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        """What to look at before these answers leave the firm."""

    def memo(
        self,
        answered: Sequence[Answered],
        form: MemoForm,
        *,
        on_drawn: OnDrawn | None = None,
        stop: threading.Event | None = None,
    ) -> Memo:
        """The answers as a memo."""

    def write_memo(self, memo: Memo, target: Path, writer: str = "") -> None:
        """Write a memo as a Word file, or as `writer` does, in a process of its own."""


class MemoPane(QWidget):
    """Emits `place_chosen` with (document id, page, boxes) for a finding that is to be seen, `left` when it is done
    with or given up.
    """

    place_chosen = Signal(str, int, object)
    left = Signal()

    def __init__(self, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tasks, self._notices = tasks, notices
        self._matter: Exported | None = None
        self._answered: list[Answered] = []
        self._looking: Task | None = None
        self._writing: Task | None = None
        self._found: tuple[Finding, ...] | None = None  # None while it is not known
        self._fields()
        self._lay_out()
        self._show_state()
        theme.current().changed.connect(self._list_findings)

    # From outside

    def set_matter(self, matter: Exported | None) -> None:
        """Export from another matter; what was under way is given up."""
        for task in (self._looking, self._writing):
            if task:
                task.abandon()
        self._matter, self._looking, self._writing, self._answered = matter, None, None, []
        self.answers.clear()
        self._show_found(None)

    def offer(self, answered: Sequence[Answered], shown: VerifiedAnswer | None) -> None:
        """Let these answers be exported, oldest first; the one that is `shown` is chosen. While a memo is being made,
        that goes on.
        """
        if self._writing:
            return
        self._answered = list(answered)
        chosen = next((one for one in answered if one.answer is shown), answered[-1])
        self.answers.blockSignals(True)
        self.answers.clear()
        for one in answered:
            item = QListWidgetItem(clean(one.answer.question))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if one is chosen else Qt.CheckState.Unchecked)
            item.setToolTip(tool_tip(clean(one.answer.question)))
            self.answers.addItem(item)
        self.answers.blockSignals(False)
        rows = min(self.answers.count(), _ROWS)
        self.answers.setFixedHeight(rows * self.answers.sizeHintForRow(0) + 2 * self.answers.frameWidth())
        self.answers.setCurrentRow(self._answered.index(chosen))
        self._look()
        self.answers.setFocus()

    def escape(self) -> None:
        """Stop what is being made; else go back."""
        if self._writing:
            self.stop()
        else:
            self.left.emit()

    def stop(self) -> None:
        """Stop making the memo; nothing of it is written."""
        if self._writing:
            self._writing.stop.set()
            self._said.setText("Stopping …")

    # Inside

    def _fields(self) -> None:
        self.answers = _list("Answers that the memo holds", _toggle)
        self.answers.itemChanged.connect(lambda _item: self._look())
        self._all = named(QPushButton("Choose &all"), "link")
        self._all.clicked.connect(self._choose_all)
        self.author = QLineEdit(placeholderText="Name of the author (optional)")
        self.author.setAccessibleName("From: author of the memo")
        self.mark = QCheckBox("&Mark every page as privileged")
        self.mark.setToolTip(f"Every page is headed: {PRIVILEGED}")
        self.mark.setChecked(True)
        self.pages = QCheckBox("&Pictures of the cited pages")
        self.pages.setToolTip("An appendix shows every cited page, the cited words boxed")
        self.pages.setChecked(True)
        self.pages.toggled.connect(lambda _on: self._look())
        self.findings = _list("What to look at before it leaves the firm", self._show_place)
        self.findings.itemClicked.connect(self._show_place)
        self.findings.setWordWrap(True)
        self._state = label("", "muted", wrap=True)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName("Progress of the memo")
        self._said = label("", "muted", wrap=True)
        self._back = QPushButton("&Back to the answer")
        self._back.clicked.connect(self.left)
        self._stop = QPushButton("&Stop")
        self._stop.setToolTip("Stop making the memo (Esc)")
        self._stop.clicked.connect(self.stop)
        self._save = named(QPushButton("Save &memo …"), "primary")
        self._save.clicked.connect(self._ask_where)

    def _lay_out(self) -> None:
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Answers in the memo", "muted"))
        column.addWidget(self.answers)
        column.addLayout(row(self._all, None))
        column.addLayout(fields(("&From", self.author)))
        for box in (self.mark, self.pages):
            column.addWidget(box)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 14)
        outer.setSpacing(8)
        outer.addWidget(label("Export a memo", "heading"))
        outer.addWidget(self._form)
        outer.addSpacing(6)
        outer.addWidget(label("Before it leaves the firm", "heading"))
        outer.addWidget(self._state)
        outer.addWidget(self.findings, 100)
        outer.addStretch(1)  # takes the room where there is nothing to look at
        outer.addLayout(row(self._bar, spacing=12))
        outer.addWidget(self._said)
        outer.addLayout(row(self._back, None, self._stop, self._save))

    def _chosen(self) -> list[Answered]:
        checked = [self.answers.item(at).checkState() == Qt.CheckState.Checked for at in range(self.answers.count())]
        return [one for one, on in zip(self._answered, checked, strict=True) if on]

    def _wanted(self) -> MemoForm:
        mark = PRIVILEGED if self.mark.isChecked() else ""
        return MemoForm(self.author.text().strip(), mark, self.pages.isChecked())

    def _choose_all(self) -> None:
        self.answers.blockSignals(True)
        for at in range(self.answers.count()):
            self.answers.item(at).setCheckState(Qt.CheckState.Checked)
        self.answers.blockSignals(False)
        self._look()

    def _look(self) -> None:
        """Look what is in the answers that are chosen now."""
        if self._looking:
            self._looking.abandon()
        self._looking = None
        matter, answered, form = self._matter, self._chosen(), self._wanted()
        self._show_found(None)
        if matter is not None and answered:
            self._looking = self._tasks.run(
                "export", lambda _task: matter.findings(answered, form), self._show_found, self._refused
            )

    def _refused(self, problem: Problem) -> None:
        """What was not looked at is not saved."""
        self._looking = None
        self._state.setText(f"{problem.message} {problem.hint}".strip())
        self._tasks.failed.emit(problem)

    def _show_found(self, found: tuple[Finding, ...] | None) -> None:
        self._found = found
        self._list_findings()
        if found is not None:
            self._looking = None
            announce(self._state, f"{count(len(found), 'thing')} to look at. {_LOOK}" if found else _NOTHING)
        self._show_state()

    def _list_findings(self) -> None:
        """Name each, marked in the colours of the look in force."""
        self.findings.clear()
        for one in self._found or ():
            words = f"{clean(one.what).capitalize()} ({clean(one.shown)}): {clean(one.where)}"
            item = QListWidgetItem(theme.icon("unsupported", "warn"), words)
            item.setData(Qt.ItemDataRole.UserRole, one)
            item.setToolTip("Show it on its page" if one.document_id else "")
            self.findings.addItem(item)

    def _show_place(self, item: QListWidgetItem) -> None:
        one = item.data(Qt.ItemDataRole.UserRole)
        if one.document_id:
            self.place_chosen.emit(one.document_id, max(one.page, 1), ())

    def _show_state(self) -> None:
        """What can be done now."""
        writing, found = self._writing is not None, self._found
        if found:
            self._state.setText(f"{count(len(found), 'thing')} to look at. {_LOOK}")
        elif found is not None:
            self._state.setText(_NOTHING)
        else:
            self._state.setText(_LOOKING if self._chosen() else "Choose at least one answer.")
        self.findings.setVisible(bool(found))
        self._form.setEnabled(not writing)
        self._all.setVisible(self.answers.count() > 1)
        for part in (self._bar, self._said, self._stop):
            part.setVisible(writing)
        self._back.setVisible(not writing)
        self._save.setText("Save &memo all the same …" if found else "Save &memo …")
        self._save.setEnabled(found is not None and not writing)

    # The file

    def _ask_where(self) -> None:
        matter = self._matter
        if matter is None:
            return
        name, kind = QFileDialog.getSaveFileName(
            self, "Save the memo", f"{matter.info.slug} memo.docx", ";;".join(_KINDS.values())
        )
        if not name:
            return
        target = Path(name)
        if target.suffix.lower() in _KINDS:  # the dialogue has asked whether a file may be replaced
            self._write(target)
            return
        suffix = next((suffix for suffix, words in _KINDS.items() if words == kind), ".docx")
        target = target.with_name(target.name + suffix)
        if target.exists():
            self._notices.say("warning", f"There is a file {clean(target.name)} already.", "It was left as it is.",
                              ("Replace it", lambda: self._write(target)))  # fmt: skip
        else:
            self._write(target)

    def _write(self, target: Path) -> None:
        matter, answered, form = self._matter, self._chosen(), self._wanted()
        if matter is None or not answered or self._writing:
            return

        def work(task: Task) -> Path:
            memo = matter.memo(answered, form, on_drawn=task.report, stop=task.stop)
            if task.stop.is_set():
                raise Cancelled("The export was stopped.", kept="Nothing was written.")
            matter.write_memo(memo, target, _PDF if target.suffix.lower() == ".pdf" else "")
            return target

        self._bar.setRange(0, 0)
        self._stop.setEnabled(True)
        self._said.setText("Drawing the cited pages …" if form.pages else "Writing the memo …")
        self._writing = self._tasks.run("export", work, self._written, self._failed, self._drawn)
        self._show_state()
        self._stop.setFocus()

    def _drawn(self, told: Drawn) -> None:
        if self._writing and not self._writing.stop.is_set():
            self._bar.setRange(0, told.total)
            self._bar.setValue(told.done)
            last = told.done == told.total
            drawing = f"Drawing the cited pages: {told.done:,} of {told.total:,}"
            self._said.setText("Writing the memo …" if last else drawing)
            self._stop.setEnabled(not last)  # what is left takes no longer than to stop it

    def _written(self, target: Path) -> None:
        self._writing = None
        self._show_state()
        address = QUrl.fromLocalFile(str(target))
        self._notices.say("done", f"The memo was saved as {clean(target.name)}.", "",
                          ("Open", lambda: QDesktopServices.openUrl(address)))  # fmt: skip
        self.left.emit()

    def _failed(self, problem: Problem) -> None:
        self._writing = None
        self._show_state()
        if problem.cancelled:
            self._notices.say("done", "The export was stopped.", "Nothing was written.")
        else:
            self._tasks.failed.emit(problem)


def _list(name: str, act: Callable[[QListWidgetItem], None]) -> QListWidget:
    """A list whose entries are acted upon by Enter, too."""
    made = QListWidget()
    made.setAccessibleName(name)
    made.setTextElideMode(Qt.TextElideMode.ElideRight)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.itemActivated.connect(act)
    return made


def _toggle(item: QListWidgetItem) -> None:
    """Choose it, or not any more."""
    chosen = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if chosen else Qt.CheckState.Checked)
