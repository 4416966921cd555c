"""The tab "Cite-check": a draft held against the record, its faults one after the other, and the copies to save."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from legalqa.values.answer import WORST_FIRST, VerifiedAnswer
from ui import theme
from ui.citation import Chip, CitationChip
from ui.draft import DraftView
from ui.faultlist import FaultList
from ui.notices import Notices, announce
from ui.sentence import SentenceCard
from ui.tasks import Problem, Task, Tasks
from ui.widgets import ElidedLabel, EmptyState, clean, clear, count, file_name, icon_button, label, named, row

_KINDS = (".docx", ".pdf", ".txt", ".eml")
_ROWS = 4  # faults that are in sight at once


class Checked(Protocol):
    """What this pane needs of a matter."""

    def read_draft(self, file: Path) -> str:
        """The text of a draft."""

    def verify(self, file: Path, text: str | None = None) -> VerifiedAnswer:
        """Hold a draft against the record."""

    def write_commented_copy(self, draft: Path, checked: VerifiedAnswer, target: Path) -> tuple[str, ...]:
        """A copy of a Word draft with comments; returns the sentences that found no place."""

    def write_cite_check(self, checked: VerifiedAnswer, target: Path) -> None:
        """The report as a Word file."""


class CiteCheckPane(QWidget):
    """Emits `place_chosen` with (document id, page, boxes) when a citation is to be looked at."""

    place_chosen = Signal(str, int, object)

    def __init__(self, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._tasks, self._notices = tasks, notices
        self._matter: Checked | None = None
        self._task: Task | None = None
        self._file = Path()
        self._checked: VerifiedAnswer | None = None
        self._chips: list[CitationChip] = []
        self.draft = DraftView()
        self.draft.chosen.connect(self._choose)
        self.faults = FaultList()
        self.faults.walked.connect(self._say_count)
        self.faults.chosen.connect(self._choose)
        self._card = QVBoxLayout()
        self._card.setContentsMargins(18, 8, 18, 12)
        choose = named(QPushButton("&Choose a draft …"), "primary")
        choose.clicked.connect(self._browse)
        self._empty = EmptyState("document", "Cite-check a draft", _INVITATION, choose)
        self._stack = QStackedWidget()
        self._lay_out()
        self._show_state()

    # From outside

    def set_matter(self, matter: Checked | None) -> None:
        """Check against another matter from now on."""
        if self._task:
            self._task.abandon()
        self._matter, self._task, self._checked = matter, None, None
        self._forget()
        self._show_state()

    def check(self, file: Path) -> None:
        """Hold this draft against the record."""
        matter = self._matter
        if matter is None or self._task is not None:
            return
        if file.suffix.lower() not in _KINDS:
            self._notices.say("warning", f"{file_name(str(file))} cannot be cite-checked.",
                              "A draft is a Word file, a PDF, a text file or an e-mail.")  # fmt: skip
            return
        self._forget()
        self._file, self._checked = file, None

        def work(_task: Task) -> tuple[str, VerifiedAnswer]:
            text = matter.read_draft(file)
            return text, matter.verify(file, text)

        self._task = self._tasks.run("ask", work, self._done, self._failed)
        self._show_state()

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) fault, around the end."""
        self.faults.step(by)

    # Drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if file := self._dropped(event):
            event.acceptProposedAction()
            self.check(file)

    @staticmethod
    def _dropped(event: QDropEvent) -> Path | None:
        """The one file that is dragged; several, or a folder, are for the matter."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return files[0] if len(files) == 1 and files[0].is_file() else None

    # Inside

    def _lay_out(self) -> None:
        self._working = QWidget()
        busy = QProgressBar(textVisible=False, minimum=0, maximum=0)
        busy.setFixedWidth(90)
        busy.setAccessibleName("Checking the draft")
        self._doing = label("", "muted", wrap=True)
        waits = QVBoxLayout(self._working)
        waits.addLayout(row(busy, self._doing, spacing=12, margins=(18, 14, 18, 8)))
        waits.addStretch(1)
        self._found = self._found_page()
        for page in (self._empty, self._working, self._found):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def _found_page(self) -> QWidget:
        self._name, self._summary = ElidedLabel("", "heading"), label("", "muted", wrap=True)
        self._count = QLabel("")
        other = QPushButton("&Another …")
        other.setToolTip("Check another draft")
        other.clicked.connect(self._browse)
        self._save = QPushButton("&Save")
        self._save.setToolTip("Save the draft with comments, or the report")
        menu = QMenu(self._save)
        self._save_copy = menu.addAction("&Commented copy of the draft …")
        self._save_copy.triggered.connect(self._copy)
        menu.addAction("&Report …").triggered.connect(self._report)
        self._save.setMenu(menu)
        top = QVBoxLayout()
        top.setContentsMargins(18, 12, 18, 8)
        top.setSpacing(6)
        head = row(self._name, other, self._save)
        head.setStretch(0, 1)
        top.addLayout(head)
        top.addWidget(self._summary)
        back, on = (
            icon_button("up", "Previous fault", lambda: self.step(-1), "Shift+F8"),
            icon_button("down", "Next fault", lambda: self.step(1), "F8"),
        )
        below = QWidget()
        listed = QVBoxLayout(below)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.setSpacing(0)
        listed.addLayout(
            row(label("What needs a look", "heading"), self._count, None, back, on, margins=(18, 8, 12, 6))
        )
        listed.addWidget(self.faults, 1)
        self._cards = QScrollArea()
        self._cards.setWidgetResizable(True)
        self._cards.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sheet = named(QWidget(), "answer")
        sheet.setLayout(self._card)
        self._cards.setWidget(sheet)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        for part, stretch in ((self.draft, 5), (below, 3), (self._cards, 4)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, stretch)
        split.setSizes([300, 170, 230])
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(split, 1)
        return page

    def _show_state(self) -> None:
        busy = self._task is not None
        self._doing.setText(f"Holding {file_name(str(self._file))} against the record …" if busy else "")
        self._stack.setCurrentIndex(1 if busy else 2 if self._checked else 0)

    def _forget(self) -> None:
        self.draft.show_draft("", ())
        self.faults.clear()
        self._chips = []
        clear(self._card)

    def _done(self, found: tuple[str, VerifiedAnswer]) -> None:
        self._task = None
        text, self._checked = found
        sentences = self._checked.sentences
        self._name.setText(file_name(str(self._file)))
        counts = Counter(sentence.verdict for sentence in sentences)
        named_ = [f"{counts[one]:,} {theme.VERDICTS[one].word.lower()}" for one in WORST_FIRST if counts[one]]
        searched = self._checked.searched
        against = f"{count(searched.documents, 'document')}, {count(searched.pages, 'page')}"
        said = f"{count(len(sentences), 'sentence')} against {against}: {', '.join(named_) or 'nothing to check'}."
        self._summary.setText(said)
        self._save_copy.setEnabled(self._file.suffix.lower() == ".docx")
        self.draft.show_draft(text, sentences)
        self.faults.show_faults(sentences)
        rows = min(self.faults.count(), _ROWS)
        self.faults.setMinimumHeight(rows * self.faults.sizeHintForRow(0) + 2 * self.faults.frameWidth() if rows else 0)
        self._say_count()
        self._show_state()
        announce(self, said)
        if self.faults.count():
            self.faults.setCurrentRow(0)
            self.faults.setFocus()

    def _failed(self, problem: Problem) -> None:
        self._task = None
        self._show_state()
        if not problem.cancelled:
            self._tasks.failed.emit(problem)

    def _say_count(self) -> None:
        faults, now = self.faults.count(), self.faults.currentRow()
        self._count.setText(f"{now + 1} of {faults}" if now >= 0 else f"{faults}" if faults else "nothing")

    def _choose(self, index: int) -> None:
        """Show a sentence: where it stands in the draft, what was found, and the place in the record."""
        if self._checked is None:
            return
        sentence = self._checked.sentences[index]
        self.draft.mark_current(index)
        self.faults.mark(index)
        clear(self._card)
        card = SentenceCard(sentence)
        card.chosen.connect(self._show_chip)
        self._card.addWidget(card)
        self._card.addStretch(1)
        self._chips = card.chips
        announce(card, f"{theme.VERDICTS[sentence.verdict].word}: {'; '.join(map(clean, sentence.reasons))}")
        for chip in card.chips:
            if chip.target:
                self._show_chip(chip)
                return

    def _show_chip(self, chosen: Chip) -> None:
        for chip in self._chips:
            chip.mark(chip is chosen)
        if isinstance(chosen, CitationChip) and chosen.target:
            self.place_chosen.emit(*chosen.target)

    # Files

    def _browse(self) -> None:
        kinds = " ".join(f"*{kind}" for kind in _KINDS)
        name, _ = QFileDialog.getOpenFileName(self, "Choose a draft to check", "", f"Drafts ({kinds})")
        if name:
            self.check(Path(name))

    def _target(self, title: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(self._file.with_name(name)), "Word files (*.docx)")
        if not chosen:
            return None
        return Path(chosen if chosen.lower().endswith(".docx") else f"{chosen}.docx")

    def _copy(self) -> None:
        matter, checked, draft = self._matter, self._checked, self._file
        target = self._target("Save the commented copy", f"{draft.stem} (cite-checked).docx")
        if matter is None or checked is None or target is None:
            return
        if target.absolute() == draft.absolute():
            self._notices.say("warning", "The commented copy needs another name than the draft.",
                              "The draft is as it was.")  # fmt: skip
            return
        self._tasks.run(
            "library",
            lambda _task: matter.write_commented_copy(draft, checked, target),
            lambda lost: self._copied(target, lost),
        )

    def _copied(self, target: Path, lost: tuple[str, ...]) -> None:
        said = f"The commented copy was saved as {file_name(str(target))}."
        if lost:
            where = f"{count(len(lost), 'comment')} found no place in it, and stand in the report only."
            self._notices.say("warning", said, where)
        else:
            self._notices.say("done", said)

    def _report(self) -> None:
        matter, checked = self._matter, self._checked
        target = self._target("Save the report", f"{self._file.stem} (cite-check).docx")
        if matter is not None and checked is not None and target is not None:
            said = f"The report was saved as {file_name(str(target))}."
            self._tasks.run(
                "library",
                lambda _task: matter.write_cite_check(checked, target),
                lambda _done: self._notices.say("done", said),
            )


_INVITATION = (
    "Drop a Word file, a PDF, a text file or an e-mail here. Every sentence is checked against the record: quotations, "
    "pin cites, amounts, dates and names. What does not hold is listed."
)
