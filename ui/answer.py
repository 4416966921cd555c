"""The verified answer: a card a sentence with its verdict, its reasons and its citations, and what was searched."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
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

from legalqa.values.answer import Authority, ModelId, Passage, Searched, VerifiedAnswer
from legalqa.values.reading import shown
from ui import theme
from ui.citation import Chip, target
from ui.copying import Kind, mime
from ui.notices import announce
from ui.sentence import SentenceCard, VerdictMark
from ui.widgets import Drawing, clean, clear, count, icon_button, label, named, place, row, tool_tip

_COPIES: dict[Kind, str] = {"word": "Copy for &Word", "plain": "Copy as &text", "markdown": "Copy as &Markdown"}
_UNREADABLE_SHOWN = 5
_NEAREST = 4


class _Sheet(QWidget):
    """What is scrolled. Its least height is the one for its width, not that of a column one word wide."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class AnswerView(QScrollArea):
    """Shows one answer, or its draft. `place_chosen` carries (document id, page, boxes)."""

    place_chosen = Signal(str, int, object)

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
        self._chips: list[Chip] = []
        self._draft = label("", "draft", wrap=True)
        self._targets: dict[Chip, tuple[str, int, object]] = {}
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        clear(self._column)
        self._chips, self._targets = [], {}
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
        self._draft.setText(clean(text))
        self._draft.setAccessibleName(f"Draft, not verified: {clean(text)}")

    def show_answer(self, answer: VerifiedAnswer) -> None:
        """The verified answer, the only thing that is shown as final."""
        self.clear()
        head = row(label(clean(answer.question), "heading", wrap=True), self._copy_button(answer))
        head.setStretch(0, 1)
        self._column.addLayout(head)
        if answer.stopped:
            self._note("Stopped before the answer was complete. What is shown was verified.")
        if not answer.sentences:
            self._not_found(answer.passages, answer.stopped)
        for sentence in answer.sentences:
            card = SentenceCard(sentence)
            card.chosen.connect(self._choose)
            self._column.addWidget(card)
            for chip in card.chips:
                self._register(chip, chip.target)
        if answer.authorities:
            self._authorities(answer.authorities)
        self._searched(answer.searched, answer.model)
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
        places = [chip for chip in self._chips if chip in self._targets]
        if not places:
            return
        now = next((index for index, chip in enumerate(places) if chip.current), -1 if by > 0 else 0)
        chip = places[(now + by) % len(places)]
        chip.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._choose(chip)

    def _register(self, chip: Chip, place: tuple[str, int, object] | None) -> None:
        self._chips.append(chip)
        if place:
            self._targets[chip] = place

    def _choose(self, chosen: Chip) -> None:
        for chip in self._chips:
            chip.mark(chip is chosen)
        self.ensureWidgetVisible(chosen, 0, 60)
        if chosen in self._targets:
            self.place_chosen.emit(*self._targets[chosen])

    def _not_found(self, passages: Sequence[Passage], stopped: bool) -> None:
        if not stopped:
            head = row(Drawing("search-empty", "muted", 24), label("The record does not answer this.", "heading"), None)
            self._column.addLayout(head)
            self._column.addWidget(
                label("Nothing in the searched documents supports an answer, so none is given.", "muted", wrap=True)
            )
        if passages:
            self._column.addWidget(label("Nearest passages, for a look of your own:", "muted", wrap=True))
        for passage in passages[:_NEAREST]:
            words = place(passage)
            chip = Chip(str(passage.key), words, clean(passage.section[-1]) if passage.section else "")
            chip.setAccessibleName(f"Passage {passage.key}, {words}")
            chip.setToolTip(tool_tip(clean(shown(passage)[:600])))
            chip.chosen.connect(lambda chip=chip: self._choose(chip))
            self._register(chip, target(passage.document_id, passage.pages, passage.boxes))
            self._column.addWidget(chip)
            self._column.addWidget(
                label(textwrap.shorten(clean(shown(passage)), 220, placeholder=" …"), "muted", wrap=True)
            )

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

    def _searched(self, searched: Searched, model: ModelId | None) -> None:
        said = f"Searched {count(searched.documents, 'document')}, {count(searched.pages, 'page')}."
        if model is not None:
            said += f" Worded by {clean(model.id)}, checked without it."
        self._column.addWidget(label(said, "small", wrap=True))
        self._list("Not searched, because it could not be read:", searched.unreadable_pages)
        self._list("Only partly read:", searched.partly_read)

    def _list(self, head: str, entries: Sequence[str]) -> None:
        """A note with the first entries of a list, and a button for the rest."""
        lines = [clean(entry) for entry in entries]
        if not lines:
            return
        words = self._note("\n".join((head, *lines[:_UNREADABLE_SHOWN])), "warning")
        if len(lines) > _UNREADABLE_SHOWN:
            more = named(QPushButton(f"Show all {len(lines):,}"), "link")
            more.clicked.connect(lambda: words.setText("\n".join((head, *lines))))
            more.clicked.connect(more.hide)
            self._column.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)

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
    marks = (theme.VERDICTS[sentence.verdict].word for sentence in answer.sentences)
    said = (f"{mark}: {clean(one.text)}" for mark, one in zip(marks, answer.sentences, strict=True))
    return f"Verified answer. {' '.join(said)}"
