"""The verified answer: a card a sentence with its verdict, its reasons and its citations, and what was searched."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from legalqa.values.answer import Authority, Passage, VerifiedAnswer
from legalqa.values.reading import shown
from ui import shapes, theme
from ui.citation import Chip, CitationChip, target
from ui.copying import Kind, mime
from ui.judging import Judging
from ui.notices import announce
from ui.rows import RowsTable
from ui.selecting import Opened
from ui.sentence import SentenceCard, VerdictMark
from ui.widgets import Drawing, clean, clear, icon_button, label, named, place, row, tool_tip

_COPIES: dict[Kind, str] = {"word": "Copy for &Word", "plain": "Copy as &text", "markdown": "Copy as &Markdown"}
_UNREADABLE_SHOWN = 5
_NEAREST = 4
_ROWS = 25  # of a table that are shown unless more are wanted


class _Sheet(QWidget):
    """What is scrolled. Its least height is the one for its width, not that of a column one word wide."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class AnswerView(QScrollArea):
    """Shows one answer, or its draft. `place_chosen` carries (document id, page, boxes), `judged` what the reader says.

    `opened` tells what of a document is before the reader.
    """

    place_chosen = Signal(str, int, object)
    judged = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = named(_Sheet(), "answer")
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(18, 14, 18, 20)
        self._column.setSpacing(12)
        self.setWidget(self._inner)
        self.opened: Callable[[], Opened | None] = lambda: None
        self.judging: Judging | None = None
        self._chips: list[Chip] = []
        self._draft = label("", "draft", wrap=True)
        self._targets: dict[Chip, tuple[str, int, object]] = {}
        self._walked: list[Chip] = []
        self._showing = QTimer(self, singleShot=True, interval=0)  # by then there is room for what has opened
        self._showing.timeout.connect(self._show_judging)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        clear(self._column)
        self._chips, self._targets, self._walked = [], {}, []
        self.judging = None
        self._answer: VerifiedAnswer | None = None

    def begin_draft(self, question: str) -> None:
        """Make room for the draft of an answer to `question`."""
        self.clear()
        self._column.addWidget(label(clean(question), "heading", wrap=True))
        self._draft = label("", "draft", wrap=True)
        self._draft.setAccessibleName("Draft, not verified")
        self._column.addWidget(self._draft)
        self._column.addStretch(1)

    def show_draft(self, text: str) -> None:
        """The draft so far: greyed, never final."""
        self._draft.setText("\n".join(map(clean, text.splitlines())))
        self._draft.setAccessibleName(f"Draft, not verified: {clean(text)}")

    def show_answer(self, answer: VerifiedAnswer) -> None:
        """The verified answer, the only thing that is shown as final."""
        self.clear()
        head = row(label(clean(answer.question), "heading", wrap=True), self._copy_button(answer))
        head.setStretch(0, 1)
        self._column.addLayout(head)
        if answer.stopped:
            self._note("Stopped before the answer was complete. What is shown was verified.")
        for value, sentence in shapes.leading(answer):
            self._lead(shapes.LeadingValue(value, sentence))
        if not answer.sentences:
            self._not_found(answer)
        for note in shapes.of_the_whole(answer):
            self._column.addWidget(shapes.NoteFrame(note))
        self._say(answer)
        if not answer.sentences:
            self._near(answer)
        if answer.authorities:
            self._authorities(answer.authorities)
        self._searched(answer)
        self.judging = Judging(answer, lambda: self.opened())
        self.judging.said.connect(self.judged)
        self.judging.unfolded.connect(self._showing.start)
        self._column.addWidget(self.judging)
        self._column.addStretch(1)
        self.verticalScrollBar().setValue(0)
        announce(self, _spoken(answer))

    def copy(self, kind: Kind = "word") -> None:
        """Put the answer shown on the clipboard, with its citations and verdicts."""
        if self._answer is not None:
            QGuiApplication.clipboard().setMimeData(mime(self._answer, kind))
            announce(self, "The answer was copied with its citations.")

    def _copy_button(self, answer: VerifiedAnswer) -> QToolButton:
        self._answer = answer
        button = icon_button("copy", "Copy the answer with its citations", lambda: button.showMenu(), "Ctrl+Shift+C")
        menu = QMenu(button)
        for kind, words in _COPIES.items():
            menu.addAction(words).triggered.connect(lambda _on, kind=kind: self.copy(kind))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def step(self, by: int) -> None:
        """To the next (1) or the previous (-1) citation that has a place, around the end."""
        places = self._walked
        if not places:
            return
        now = next((index for index, chip in enumerate(places) if chip.current), -1 if by > 0 else 0)
        chip = places[(now + by) % len(places)]
        chip.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._choose(chip)

    def _register(self, chip: Chip, place: tuple[str, int, object] | None, *, walked: bool = True) -> None:
        self._chips.append(chip)
        if place:
            self._targets[chip] = place
            self._walked += [chip] * walked

    def _choose(self, chosen: Chip) -> None:
        for chip in self._chips:
            chip.mark(chip is chosen)
        self.ensureWidgetVisible(chosen, 0, 60)
        if self.judging is not None and isinstance(chosen, CitationChip):
            self.judging.point_at(chosen.citation)
        if chosen in self._targets:
            self.place_chosen.emit(*self._targets[chosen])

    def _show_judging(self) -> None:
        if self.judging is not None:
            self.ensureWidgetVisible(self.judging, 0, 20)

    def _lead(self, value: shapes.LeadingValue) -> None:
        self._column.addWidget(value)
        for chip in value.chips:
            chip.chosen.connect(lambda chip=chip: self._choose(chip))
            self._register(chip, chip.target, walked=False)  # its sentence has the same place

    def _say(self, answer: VerifiedAnswer) -> None:
        """The sentences, each by itself or in the rows of a table."""
        if answer.form.shape in shapes.TABLES and answer.form.rows:
            self._table(answer)
            return
        for at, sentence in enumerate(answer.sentences):
            card = SentenceCard(sentence, [shapes.NoteFrame(note) for note in shapes.notes_of(answer, at)])
            card.chosen.connect(self._choose)
            self._column.addWidget(card)
            for chip in card.chips:
                self._register(chip, chip.target)

    def _table(self, answer: VerifiedAnswer) -> None:
        self._column.addWidget(label(shapes.head(answer), "muted", wrap=True))
        rows = shapes.tabled(answer)
        table = RowsTable(answer)
        table.chosen.connect(self._choose)
        table.reached.connect(lambda widget: self.ensureWidgetVisible(widget, 0, 60))

        def register(chips: Sequence[CitationChip]) -> None:
            for chip in chips:
                self._register(chip, chip.target)

        table.added.connect(register)
        if rows:
            table.add(rows[:_ROWS])
            self._column.addWidget(table)
        if len(rows) > _ROWS:
            more = self._more(f"Show all {len(rows):,} documents")
            more.clicked.connect(lambda: table.add(rows[_ROWS:]))
        self._list("Searched without a finding:", shapes.without_finding(answer), "plain")

    def _not_found(self, answer: VerifiedAnswer) -> None:
        if not answer.stopped:
            head = row(Drawing("search-empty", "muted", 24), label("The record does not answer this.", "heading"), None)
            self._column.addLayout(head)
            self._column.addWidget(
                label("Nothing in the searched documents supports an answer, so none is given.", "muted", wrap=True)
            )

    def _near(self, answer: VerifiedAnswer) -> None:
        """How near the record comes to an answer that it does not give."""
        if answer.form.counts:
            lines = ["How often the question's words occur:", *map(shapes.counted, answer.form.counts)]
            self._note("\n".join(lines))
        if answer.passages:
            self._column.addWidget(label("Nearest passages, for a look of your own:", "muted", wrap=True))
        for passage in answer.passages[:_NEAREST]:
            self._nearest(passage)

    def _nearest(self, passage: Passage) -> None:
        words = place(passage)
        chip = Chip(str(passage.key), words, clean(passage.section[-1]) if passage.section else "")
        chip.setAccessibleName(f"Passage {passage.key}, {words}")
        chip.setToolTip(tool_tip(clean(shown(passage)[:600])))
        chip.chosen.connect(lambda chip=chip: self._choose(chip))
        self._register(chip, target(passage.document_id, passage.pages, passage.boxes))
        said = textwrap.shorten(clean(shown(passage)), 220, placeholder=" …")
        other = "In another document than you asked about. " if passage.elsewhere else ""
        together = QVBoxLayout()
        together.setSpacing(5)
        together.addWidget(chip)
        together.addWidget(label(f"{other}{said}", "muted", wrap=True))
        self._column.addLayout(together)

    def _authorities(self, authorities: Sequence[Authority]) -> None:
        frame = named(QFrame(), "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(label("Authorities named", "heading"))
        column.addWidget(
            label(
                "Whether the record or the firm's list knows them; never whether they are good law.", "small", wrap=True
            )
        )
        for authority in authorities:
            mark = theme.AUTHORITIES[authority.status]
            where = f" ({clean('; '.join(authority.where))})" if authority.where else ""
            words = label(f"{clean(authority.text)}{where}", wrap=True)
            line = row(VerdictMark(mark, ""), spacing=12)
            line.addWidget(words, 1)
            column.addLayout(line)
        self._column.addWidget(frame)

    def _searched(self, answer: VerifiedAnswer) -> None:
        said = shapes.searched(answer)
        if answer.cached:
            said += " Answered before, from the same record."
        self._column.addWidget(label(said, "small", wrap=True))
        self._list("Not searched, because it could not be read:", answer.searched.unreadable_pages)
        self._list("Only partly read:", answer.searched.partly_read)

    def _list(self, head: str, entries: Sequence[str], kind: str = "warning") -> None:
        """A note with the first entries of a list, and a button for the rest."""
        lines = [clean(entry) for entry in entries]
        if not lines:
            return
        words = self._note("\n".join((head, *lines[:_UNREADABLE_SHOWN])), kind)
        if len(lines) > _UNREADABLE_SHOWN:
            more = self._more(f"Show all {len(lines):,}")
            more.clicked.connect(lambda: words.setText("\n".join((head, *lines))))

    def _more(self, words: str) -> QPushButton:
        """A button that shows the rest of something, once."""
        more = named(QPushButton(words), "link")
        more.clicked.connect(more.hide)
        self._column.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)
        return more

    def _note(self, text: str, kind: str = "plain") -> QLabel:
        frame = named(QFrame(), "note")
        frame.setProperty("kind", kind)
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(12, 10, 12, 10)
        inner.setSpacing(10)
        drawing = Drawing(
            "unsupported" if kind == "warning" else "information", "warn" if kind == "warning" else "muted", 18
        )
        inner.addWidget(drawing, alignment=Qt.AlignmentFlag.AlignTop)
        words = label(text, wrap=True)
        inner.addWidget(words, 1)
        self._column.addWidget(frame)
        return words


def _spoken(answer: VerifiedAnswer) -> str:
    if not answer.sentences:
        return "The record does not answer this."
    values = " ".join(f"{shapes.KINDS[one.kind]}: {clean(one.text)}." for one, _ in shapes.leading(answer))
    marks = (theme.VERDICTS[sentence.verdict].word for sentence in answer.sentences)
    said = (f"{mark}: {clean(one.text)}" for mark, one in zip(marks, answer.sentences, strict=True))
    return " ".join(("Verified answer.", values, *said))
