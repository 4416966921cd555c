"""A review: the same questions asked of many documents, and what a person made of the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from legalqa.values.answer import WORST_FIRST, CheckedCitation, Verdict, VerifiedAnswer

Decision = Literal["", "accepted", "corrected"]
_SOUND: tuple[Verdict, ...] = ("verbatim", "supported")


@dataclass(frozen=True, slots=True)
class ReviewQuestion:
    """A column: its short heading, and the question that is asked of every document."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One question asked of one document. `decision` is what a person said of the answer, `correction` what they put in
    its place, `comment` what they noted; `answer` is None where only that is known.
    """

    document_id: str
    question: str
    answer: VerifiedAnswer | None = None
    decision: Decision = ""
    correction: str = ""
    comment: str = ""

    @property
    def text(self) -> str:
        """What stands in the cell: the correction, or the first sentence of the answer; "" if there is none."""
        if self.correction:
            return self.correction
        return self.answer.sentences[0].text if self.answer and self.answer.sentences else ""

    @property
    def verdict(self) -> Verdict | None:
        """The worst verdict of the answer; None if there is no answer, or the document does not answer."""
        found = {sentence.verdict for sentence in self.answer.sentences} if self.answer else set()
        return next((verdict for verdict in WORST_FIRST if verdict in found), None)

    @property
    def citation(self) -> CheckedCitation | None:
        """The first place that the answer rests on."""
        sentences = self.answer.sentences if self.answer else ()
        return next((cited for one in sentences for cited in one.citations if cited.found), None)

    @property
    def needs_human(self) -> bool:
        """Whether a person should look: nobody has, and the answer does not hold, or the document seems silent."""
        return self.answer is not None and not self.decision and self.verdict not in _SOUND


@dataclass(frozen=True, slots=True)
class Grid:
    """A review as it stands: its questions, the documents asked, by id and in order, and the cells that are known."""

    name: str
    questions: tuple[ReviewQuestion, ...] = ()
    documents: tuple[str, ...] = ()
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)  # by document id and question

    def cell(self, document_id: str, question: ReviewQuestion) -> Cell | None:
        """The cell of a document and a question, None until it is asked."""
        return self.cells.get((document_id, question.text))

    @property
    def open(self) -> tuple[tuple[str, ReviewQuestion], ...]:
        """What has not been answered yet, document after document."""
        return tuple(
            (id, question)
            for id in self.documents
            for question in self.questions
            if (cell := self.cell(id, question)) is None or cell.answer is None
        )
