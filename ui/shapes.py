"""What an answer has besides its sentences: the value that it leads with, what is said of them, counts of words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from legalqa.values.answer import Sentence, VerifiedAnswer
from legalqa.values.form import RemarkKind, Row, TermCount, Value, ValueKind
from ui import theme
from ui.citation import CitationChip
from ui.sentence import VerdictMark
from ui.widgets import Drawing, clean, count, label, named, row

KINDS: dict[ValueKind, str] = {
    "amount": "Amount", "percentage": "Percentage", "date": "Date", "duration": "Period", "number": "Number",
}  # fmt: skip
REMARKS: dict[RemarkKind, theme.Mark] = {
    "amended": theme.Mark("Amended", "corrected", "warn"),
    "differs": theme.Mark("Contradiction", "unsupported", "warn"),
    "elsewhere": theme.Mark("In other documents", "unsupported", "warn"),
    "premise": theme.Mark("Taken for granted", "information", "warn"),
    "limits": theme.Mark("Not complete", "information", "warn"),
}
_AMENDS = theme.Mark("Amends", "corrected", "muted")  # what is said of the sentence that amends another
OF_SENTENCES: tuple[RemarkKind, ...] = ("amended", "differs")  # the others speak of the answer as a whole
NOTHING = "Nothing found in it."
TABLES = ("listing", "comparison")
_SOUND = ("verbatim", "supported")


def leading(answer: VerifiedAnswer) -> list[tuple[Value, Sentence]]:
    """The values that lead an answer, each with its sentence; none whose sentence did not pass its check."""
    pairs = [(value, answer.sentences[value.sentence]) for value in answer.form.values]
    return [(value, sentence) for value, sentence in pairs if sentence.verdict in _SOUND]


@dataclass(frozen=True, slots=True)
class Note:
    """What a rule says of a sentence or of the answer, and how it is marked."""

    mark: theme.Mark
    text: str
    see: str = ""  # the numbers of the places that it concerns, too

    @property
    def words(self) -> str:
        """The note by itself: "Amended: …"."""
        return f"{self.mark.word}: {self.text}"


def notes_of(answer: VerifiedAnswer, sentence: int) -> list[Note]:
    """What is said of one sentence, and which others it concerns."""
    found = []
    for remark in answer.form.remarks:
        if remark.kind in OF_SENTENCES and sentence in remark.sentences:
            others = [at for at in remark.sentences if at != sentence]
            keys = dict.fromkeys(one.key for at in others for one in answer.sentences[at].citations if one.key)
            see = f"See {' '.join(f'[{clean(key)}]' for key in keys)}." if keys else ""
            amends = remark.kind == "amended" and sentence == remark.sentences[0]
            found.append(Note(_AMENDS if amends else REMARKS[remark.kind], clean(remark.text), see))
    return found


def of_the_whole(answer: VerifiedAnswer) -> list[Note]:
    """What is said of an answer as a whole."""
    whole = (remark for remark in answer.form.remarks if remark.kind not in OF_SENTENCES)
    return [Note(REMARKS[remark.kind], clean(remark.text)) for remark in whole]


def counted(one: TermCount) -> str:
    """How often a word stands where: "“insurance”: 4 times in 2 documents"."""
    times = f"{count(one.count, 'time')} in {count(one.documents, 'document')}" if one.count else "nowhere"
    return f"“{clean(one.term)}”: {times}"


def tabled(answer: VerifiedAnswer) -> list[Row]:
    """The rows of a table; a listing shows only those with a finding as rows."""
    if answer.form.shape not in TABLES:
        return []
    return [one for one in answer.form.rows if one.sentences or answer.form.shape == "comparison"]


def without_finding(answer: VerifiedAnswer) -> list[str]:
    """Names of the documents of a listing that were searched without a finding."""
    return [clean(one.document) for one in answer.form.rows if not one.sentences] if _is_listing(answer) else []


def head(answer: VerifiedAnswer) -> str:
    """What a table begins with: "2 of 5 documents have it.", "2 documents compared."."""
    having, rows = sum(bool(one.sentences) for one in answer.form.rows), len(answer.form.rows)
    if not _is_listing(answer):
        return f"{count(rows, 'document')} compared"
    return f"Found in {having:,} of {count(rows, 'document')}"


def searched(answer: VerifiedAnswer) -> str:
    """What was searched, and which model chose the words, if any were chosen."""
    said = f"Searched {count(answer.searched.documents, 'document')}, {count(answer.searched.pages, 'page')}."
    if answer.model is not None and answer.sentences:
        said += f" Worded by {clean(answer.model.id)}. The check did not use that model."
    return said


def _is_listing(answer: VerifiedAnswer) -> bool:
    return answer.form.shape == "listing"


class LeadingValue(QFrame):
    """The value that answers the question, large, with the verdict and the place of the sentence that states it."""

    def __init__(self, value: Value, sentence: Sentence) -> None:
        super().__init__()
        self.setObjectName("card")
        mark = theme.VERDICTS[sentence.verdict]
        self.chips = [CitationChip(one) for one in sentence.citations if one.found][:1]
        figure = label(clean(value.text), "title", wrap=True)
        figure.setAccessibleName(f"{KINDS[value.kind]}: {clean(value.text)}")
        figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(6)
        column.addLayout(row(label(KINDS[value.kind], "muted"), None, VerdictMark(mark, mark.explained)))
        column.addWidget(figure)
        for chip in self.chips:
            column.addWidget(chip)


class NoteFrame(QFrame):
    """A note in a frame of its own."""

    def __init__(self, note: Note) -> None:
        super().__init__()
        named(self, "note")
        self.setProperty("kind", "warning" if note.mark.colour == "warn" else "plain")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 9, 12, 9)
        line.setSpacing(10)
        line.addWidget(Drawing(note.mark.icon, note.mark.colour, 18), alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(f"{note.words} {note.see}".strip(), wrap=True), 1)
