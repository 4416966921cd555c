"""What the reader says of an answer: that it is right, wrong or lacks something; of which place, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget

from legalqa.values.answer import CheckedCitation, VerifiedAnswer
from legalqa.values.feedback import Feedback, Judgement
from ui import theme
from ui.keys import keeps_escape
from ui.notices import announce
from ui.selecting import Opened
from ui.widgets import Drawing, clean, clear, count, file_name, label, named, place, row

Place = tuple[str, int, int]  # document id, start, end: as the matter's feedback takes it
MARKS: dict[Judgement, theme.Mark] = {
    "right": theme.Mark("Righ&t", "supported", "good", "The answer is right"),
    "wrong": theme.Mark("Wr&ong", "bad_reference", "bad", "The answer is wrong"),
    "missing": theme.Mark("&Missing", "add", "warn", "Something is missing"),
}
_ASKED: dict[Judgement, str] = {
    "right": "What is right?", "wrong": "What is wrong?", "missing": "What should have been found?",
}  # fmt: skip
_KEYS: dict[Judgement, str] = {"right": "Alt+T", "wrong": "Alt+O", "missing": "Alt+M"}
_SOUND = ("verbatim", "supported")
_NOTE = 10_000  # characters that are kept of a note
_NAMED = 3  # places that are named one by one


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be judged: its name, and the places that it stands for; none for nothing in particular."""

    words: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said, to be kept."""

    judgement: Judgement
    note: str
    places: tuple[Place, ...]


def choices(judgement: Judgement, answer: VerifiedAnswer, opened: Opened | None) -> list[Choice]:
    """What of an answer can be called right or wrong, or where something is that it lacks; none if nothing can."""
    if judgement == "missing":
        return _beside(opened)
    if not answer.sentences:
        return [Choice("The record does not answer this")] if judgement == "right" else []
    found: dict[Place, str] = {}
    sound: list[Place] = []
    for sentence in answer.sentences:
        for cited in sentence.citations:
            if where := place_of(cited):
                quote = textwrap.shorten(clean(cited.quote or sentence.text), 60, placeholder=" …")
                found.setdefault(where, f"{place(cited)}: “{quote}”")
                sound += [where] * (sentence.verdict in _SOUND)
    each = [Choice(words, (where,)) for where, words in found.items()]
    whole = tuple(dict.fromkeys(sound)) if judgement == "right" else tuple(found)
    return [Choice(f"The whole answer ({count(len(whole), 'place')})", whole), *each] if len(whole) > 1 else each


def place_of(cited: CheckedCitation) -> Place | None:
    """The place that a citation shows; None if it shows none."""
    if not cited.found or not cited.document_id or cited.start is None or cited.end is None:
        return None
    return (cited.document_id, cited.start, cited.end) if cited.start < cited.end else None


def told(said: Sequence[Feedback]) -> list[tuple[Judgement, str]]:
    """What stands of all that was said of an answer, in words; of one place the last word counts."""
    last: dict[Place, Feedback] = {}
    for one in said:
        last.pop((one.document_id, one.start, one.end), None)
        last[one.document_id, one.start, one.end] = one
    together: dict[tuple[Judgement, str], list[Feedback]] = {}
    for one in last.values():
        together.setdefault((one.judgement, one.note), []).append(one)
    return [(judgement, _told(judgement, note, some)) for (judgement, note), some in together.items()]


def _told(judgement: Judgement, note: str, some: Sequence[Feedback]) -> str:
    places = [_called(one) for one in some if one.document_id]
    where = "; ".join(dict.fromkeys(places)) if len(places) <= _NAMED else count(len(places), "place")
    word = MARKS[judgement].word.replace("&", "")
    return f"You said: {word}{f' ({where})' if where else ''}.{f' “{clean(note)}”' if note else ''}"


def _called(one: Feedback) -> str:
    return f"{file_name(one.path)}, p. {one.page}" if one.page else file_name(one.path)


def _beside(opened: Opened | None) -> list[Choice]:
    """The selected words of the open document, no place in particular, and the open page."""
    nothing = Choice("No place in particular")
    if opened is None:
        return [nothing]
    document, page = opened.document, opened.document.pages[opened.page - 1]
    where = f"{file_name(document.path)}, p. {page.number}" if document.paged else file_name(document.path)
    found = [nothing]
    if opened.selected:
        start, end = opened.selected
        words = textwrap.shorten(clean(document.text[start:end]), 60, placeholder=" …")
        found.insert(0, Choice(f"The selected words: “{words}” ({where})", ((document.id, start, end),)))
    if page.start < page.end:
        found.append(Choice(f"The open page: {where}", ((document.id, page.start, page.end),)))
    return found


class Judging(QFrame):
    """Three buttons, and the form that each of them opens, of which `unfolded` tells. `said` carries a `Saying`."""

    said = Signal(object)
    unfolded = Signal()

    def __init__(self, answer: VerifiedAnswer, opened: Callable[[], Opened | None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName("What you say of this answer")
        self._answer, self._opened = answer, opened
        self._pointed: Place | None = None
        self._now: Judgement = "right"
        self._keeping = False  # what was said is on its way into the matter
        self._offered: list[Choice] = []
        self._buttons = {judgement: self._button(judgement) for judgement in MARKS}
        self._told = QVBoxLayout()
        self._told.setSpacing(4)
        self._form = self._make_form()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(9)
        column.addWidget(label("Is this answer right?", "muted"))
        column.addLayout(row(*self._buttons.values(), None))
        column.addLayout(self._told)
        column.addWidget(self._form)

    def point_at(self, cited: CheckedCitation) -> None:
        """This is the citation that is being looked at: it is what is judged, unless another is chosen."""
        self._pointed = place_of(cited)

    def show_said(self, said: Sequence[Feedback]) -> None:
        """Show what was said of the answer."""
        clear(self._told)
        for judgement, words in told(said):
            mark = MARKS[judgement]
            line = row(Drawing(mark.icon, mark.colour, 18))
            line.addWidget(label(words, wrap=True), 1)
            self._told.addLayout(line)

    def close_form(self) -> None:
        """What was said is kept, or is not to be said after all."""
        used = self._form.isAncestorOf(QApplication.focusWidget() or self)
        self._form.hide()
        self._keeping = False
        self.note.clear()
        button = self._buttons[self._now]
        button.setChecked(False)
        if used:
            button.setFocus()

    def let_go(self) -> None:
        """What was said could not be kept: it stays to be said again."""
        self._keeping = False

    def event(self, event: QEvent) -> bool:
        return (self._form.isVisible() and keeps_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._form.isVisible():
            self.close_form()
        else:
            super().keyPressEvent(event)

    def _button(self, judgement: Judgement) -> QPushButton:
        mark = MARKS[judgement]
        button = QPushButton(mark.word)
        theme.set_icon(button, mark.icon, mark.colour)
        button.setCheckable(True)
        button.setAccessibleName(mark.explained)
        possible = bool(choices(judgement, self._answer, None))
        button.setEnabled(possible)
        why = "" if possible else ": no place was shown that could be"
        button.setToolTip(f"{mark.explained}{why} ({_KEYS[judgement]})")
        button.clicked.connect(lambda: self._open(judgement))
        return button

    def _make_form(self) -> QWidget:
        form = QWidget()
        self._asked = label("", "muted", wrap=True)
        self.of = QComboBox()
        self.of.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.of.setMinimumContentsLength(12)
        self.of.setAccessibleName("What is meant")
        self.of.view().setAccessibleName("Places")
        self.note = QLineEdit(placeholderText="Note, if you like")
        self.note.setAccessibleName("Note")
        self.note.setMaxLength(_NOTE)
        self.note.returnPressed.connect(self._say)
        keep, cancel = named(QPushButton("&Keep"), "primary"), QPushButton("Cancel")
        keep.setToolTip("Keep it in the matter (Enter)")
        keep.clicked.connect(self._say)
        cancel.clicked.connect(self.close_form)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._asked)
        column.addWidget(self.of)
        column.addWidget(self.note)
        column.addLayout(row(None, cancel, keep))
        column.addWidget(label("It is kept in this matter, on this machine.", "small", wrap=True))
        form.hide()
        return form

    def _open(self, judgement: Judgement) -> None:
        """Ask of which place, and why; the same button once more puts the form away."""
        if self._keeping:
            self._buttons[judgement].setChecked(judgement == self._now)
            return
        if self._form.isVisible() and self._now == judgement:
            self.close_form()
            return
        self._now = judgement
        for one, button in self._buttons.items():
            button.setChecked(one == judgement)
        self._offered = choices(judgement, self._answer, self._opened())
        self._asked.setText(_ASKED[judgement])
        self.of.setAccessibleName(_ASKED[judgement])
        self.of.clear()
        self.of.addItems([one.words for one in self._offered])
        here = [at for at, one in enumerate(self._offered) if one.places == (self._pointed,)]
        self.of.setCurrentIndex(here[0] if here else 0)
        self._form.show()
        self.note.setFocus()
        self.unfolded.emit()
        announce(self, f"{MARKS[judgement].explained}. {_ASKED[judgement]} {self.of.currentText()}")

    def _say(self) -> None:
        if self._keeping or not self._form.isVisible():
            return
        self._keeping = True
        places = self._offered[self.of.currentIndex()].places
        self.said.emit(Saying(self._now, self.note.text().strip(), places))
