"""A report of a problem, as a text file: shown before it is saved, and nothing of the record in it unless it is added.

Nothing is sent. What stands in it by itself is made of versions, names of our own code and the doctor's findings.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import PySide6
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import legalqa
from legalqa.errors import EnvironmentFault
from ui import faults, theme
from ui.notices import Notices
from ui.tasks import Tasks
from ui.widgets import file_name, label, named

_PATH = re.compile(r"(?<!\S)[\"'(]?(?:[A-Za-z]:[\\/]|/|~/|\\\\).*", re.DOTALL)  # names of folders may hold spaces


class Finding(Protocol):
    """A line of the doctor."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def found(self) -> str: ...
    @property
    def hint(self) -> str: ...


def written(own: str, findings: Sequence[Finding], private: Sequence[str] | None) -> str:
    """The report. `own` are the user's words; `private`, what is open, comes with the whole words of the errors, and
    is None unless the user wants them in it.
    """
    look = theme.current()
    parts = [
        f"LegalQA {legalqa.__version__}, report of a problem",
        "\n".join((
            f"Python {platform.python_version()}, Qt {PySide6.__version__}",
            f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} processors",
            f"Look: {look.choice}, text {look.percent} %",
        )),
        _section("What happened", own.strip().splitlines()),
        _section("What the doctor found", map(_finding, findings)),
        _section("Errors", [line for fault in faults.known() for line in _fault(fault, whole=private is not None)]),
        _section("What was open", private or ()),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(head: str, lines: Sequence[str] | map[str]) -> str:
    listed = list(lines)
    return "\n".join((head, *(f"  {line}" for line in listed))) if listed else ""


def _finding(one: Finding) -> str:
    words = [f"{'in order' if one.ok else 'NOT IN ORDER'}: {one.name}", _PATH.sub("(a path)", one.found)]
    words.append("" if one.ok else _PATH.sub("(a path)", one.hint))
    return ", ".join(part for part in words if part)


def _fault(fault: faults.Fault, *, whole: bool) -> Sequence[str]:
    head = f"{fault.when} {fault.level} {fault.where[0]}"
    return [head, *(f"  {line}" for line in (*fault.where[1:], *(fault.told.splitlines() if whole else ())))]


class BugReport(QDialog):
    """`doctor` finds what is installed and missing, in a worker; `private` says what is open."""

    def __init__(
        self,
        parent: QWidget,
        tasks: Tasks,
        notices: Notices,
        doctor: Callable[[], Sequence[Finding]],
        private: Callable[[], Sequence[str]],
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Report a problem")
        self._tasks, self._notices, self._private = tasks, notices, private
        self._findings: Sequence[Finding] = ()
        self.own = QPlainTextEdit()
        self.own.setPlaceholderText("What did you do, and what happened?")
        self.own.setAccessibleName("What happened, in your own words")
        self.own.setTabChangesFocus(True)
        self.add = QCheckBox("&Add the error messages, and what is open")
        self.add.setToolTip("The matter's name, the document's and your question; errors may quote documents.")
        self.preview = QPlainTextEdit(readOnly=True)
        self.preview.setAccessibleName("The report as it will be saved")
        self.preview.setTabChangesFocus(True)
        self._lay_out()
        self.own.textChanged.connect(self._fill)
        self.add.toggled.connect(self._fill)
        self._fill()
        examining = tasks.run("library", lambda _task: doctor(), self._examined, lambda _problem: self._examined(()))
        self.finished.connect(examining.abandon)

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox()
        self._keep = named(QPushButton("&Save as …"), "primary")
        self._keep.clicked.connect(self._save)
        self._keep.setEnabled(False)
        buttons.addButton(self._keep, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QPushButton("&Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.setSpacing(12)
        column.addWidget(label("Report a problem", "heading"))
        column.addWidget(label(_ASSURANCE, wrap=True))
        column.addWidget(self.own, 1)
        column.addWidget(self.add)
        column.addWidget(label("This is the report:", "muted"))
        column.addWidget(self.preview, 3)
        column.addWidget(buttons)
        self.resize(theme.current().scaled(620), theme.current().scaled(600))

    def _examined(self, findings: Sequence[Finding]) -> None:
        self._findings = findings
        self._fill()
        self._keep.setEnabled(True)

    def _fill(self) -> None:
        private = self._private() if self.add.isChecked() else None
        self.preview.setPlainText(written(self.own.toPlainText(), self._findings, private))

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the report", "LegalQA report.txt", "Text files (*.txt)")
        if not name:
            return
        target = Path(name if name.lower().endswith(".txt") else f"{name}.txt")
        text, said = self.preview.toPlainText(), f"The report was saved as {file_name(str(target))}."

        def write() -> None:
            try:
                target.write_text(text, encoding="utf-8")
            except OSError as error:
                reason = error.strerror or "it cannot be written"
                raise EnvironmentFault(
                    f"{target.name} could not be saved: {reason}.", hint="Choose another folder."
                ) from None

        self._tasks.run("library", lambda _task: write(), lambda _none: self._notices.say("done", said))
        self.accept()


_ASSURANCE = (
    "Nothing is sent: the report is saved as a text file, and you decide who gets it. No document, question or file "
    "name stands in it unless you add them."
)
