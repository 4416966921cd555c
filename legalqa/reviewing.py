"""Reviews: documents × questions, filled one by one, kept in the matter's folder and gone on with after a restart.

Each review is an append-only file ``reviews/<name>.jsonl``: what is asked of which documents, each answer as it came,
each decision of a person. The last word on a cell counts; an answer never undoes a decision.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, get_args

import msgspec

from legalqa import shipped
from legalqa.errors import UserError
from legalqa.lines import Lines
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.review import Cell, Decision, Grid, ReviewQuestion

_FOLDER = "reviews"
_LONGEST = 80  # characters of a name
_NOTE = 10_000  # characters of a correction or a comment
_FORBIDDEN = set('/\\:*?"<>|\0\r\n\t')
_MOST = 200  # questions of one review
OnCell = Callable[[Cell], None]


class Asks(Protocol):
    """How a question is put to one document."""

    def __call__(self, question: str, document_id: str, stop: threading.Event) -> VerifiedAnswer: ...


class _Asked(msgspec.Struct, tag="asked", frozen=True):
    questions: tuple[ReviewQuestion, ...]
    documents: tuple[str, ...]


class _Answered(msgspec.Struct, tag="answered", frozen=True):
    document_id: str
    question: str
    answer: VerifiedAnswer


class _Decided(msgspec.Struct, tag="decided", frozen=True):
    document_id: str
    question: str
    decision: Decision
    correction: str
    comment: str


_DECODER = msgspec.json.Decoder(_Asked | _Answered | _Decided)


class Review:
    """One review of a matter. Safe to use from several threads and processes; `ask` puts a question to a document."""

    def __init__(self, folder: Path, name: str, ask: Asks) -> None:
        self.name = checked_name(name)
        self._ask = ask
        place = folder / _FOLDER
        self._lines = Lines(place / f"{self.name}.jsonl", place / f"{self.name}.lock", f"The review “{self.name}”")

    def grid(self) -> Grid:
        """The review as it stands."""
        asked, cells = _Asked((), ()), dict[tuple[str, str], Cell]()
        for line in self._lines.read():
            try:
                entry = _DECODER.decode(line)
            except msgspec.MsgspecError:
                continue  # cut off by a crash
            if isinstance(entry, _Asked):
                asked = entry
                continue
            key = entry.document_id, entry.question
            cell = cells.get(key, Cell(*key))
            if isinstance(entry, _Answered):
                cells[key] = replace(cell, answer=entry.answer)
            else:
                said = {"decision": entry.decision, "correction": entry.correction, "comment": entry.comment}
                cells[key] = replace(cell, **said)
        return Grid(self.name, asked.questions, asked.documents, cells)

    def set(self, questions: Sequence[ReviewQuestion], documents: Sequence[str]) -> Grid:
        """Say what is asked of which documents (ids); cells that were answered before stay. Raises UserError for no
        question, more than 200, one without words or heading, or two that are the same.
        """
        _check(questions)
        self._write(_Asked(tuple(questions), tuple(documents)))
        return self.grid()

    def fill(self, on_cell: OnCell | None = None, stop: threading.Event | None = None) -> Grid:
        """Ask what has not been answered yet, document after document; each answer is kept as soon as it is there.

        On `stop` the cell under way is left open. Raises as `Matter.ask`; what was answered by then is kept.
        """
        stop, grid = stop or threading.Event(), self.grid()
        for document_id, question in grid.open:
            if stop.is_set():
                break
            answer = self._ask(question.text, document_id, stop)
            if stop.is_set() or answer.stopped:
                break
            answer = replace(answer, passages=answer.passages[:1], understood=None)  # what a cell shows and no more
            self._write(_Answered(document_id, question.text, answer))
            if on_cell:
                key = document_id, question.text
                on_cell(replace(grid.cells.get(key, Cell(*key)), answer=answer))
        return self.grid()

    def decide(
        self, document_id: str, question: str, decision: Decision, *, correction: str = "", comment: str = ""
    ) -> Cell:
        """Keep what a person says of a cell; "" takes it back. Raises UserError for a correction without words."""
        if decision not in get_args(Decision):
            raise UserError(f"{decision!r} is no decision: accepted or corrected.")
        if decision == "corrected" and not correction.strip():
            raise UserError("What is the right answer? A correction needs words.")
        if max(len(correction), len(comment)) > _NOTE:
            raise UserError(f"A correction or comment may have {_NOTE:,} characters.")
        kept = correction.strip() if decision == "corrected" else ""
        self._write(_Decided(document_id, question, decision, kept, comment.strip()))
        return self.grid().cells[document_id, question]

    def _write(self, entry: _Asked | _Answered | _Decided) -> None:
        self._lines.file.parent.mkdir(exist_ok=True)
        with self._lines.writing():
            self._lines.append(msgspec.json.encode(entry))


def names(folder: Path) -> tuple[str, ...]:
    """The reviews of the matter in that folder."""
    return tuple(sorted(file.stem for file in (folder / _FOLDER).glob("*.jsonl")))


def checked_name(name: str) -> str:
    """The name, if a file can bear it on every system. Raises UserError."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST or _FORBIDDEN & set(name) or name.startswith("."):
        raise UserError(
            f"{name!r} cannot be the name of a review.", hint=f'Use up to {_LONGEST} characters, none of /\\:*?"<>|.'
        )
    return name


def templates() -> dict[str, tuple[ReviewQuestion, ...]]:
    """The questions that ship, by the kind of document: "Lease", "NDA", …"""
    files = sorted((shipped.folder("resources") / "reviews").glob("*.csv"))
    return {file.stem: questions_in(file) for file in files}


def questions_in(file: Path) -> tuple[ReviewQuestion, ...]:
    """The questions of a CSV file: a column "question" and, if there is one, "label"; or one question a line.

    Raises UserError if the file does not exist, is no text, or holds no question.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines) if any(map(str.strip, row))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"The questions in {file} cannot be read ({type(error).__name__}).") from None
    head = [cell.casefold() for cell in rows[0]] if rows else []
    asked, named = 0, -1
    if "question" in head:
        asked, named, rows = head.index("question"), head.index("label") if "label" in head else -1, rows[1:]
    found = [
        ReviewQuestion(row[named] if 0 <= named < len(row) and row[named] else row[asked], row[asked])
        for row in rows
        if asked < len(row) and row[asked]
    ]
    if not found:
        raise UserError(f"{file} holds no question.", hint="Give it a column “question”, or one question a line.")
    _check(found)
    return tuple(found)


def _check(questions: Sequence[ReviewQuestion]) -> None:
    if not questions:
        raise UserError("A review needs a question.")
    if len(questions) > _MOST:
        raise UserError(f"A review may have {_MOST} questions; these are {len(questions):,}.")
    texts = [question.text.strip() for question in questions]
    if not all(texts) or not all(question.label.strip() for question in questions):
        raise UserError("A question of the review has no words.")
    for text in texts:
        if texts.count(text) > 1:
            raise UserError(f"The question “{text}” is there twice.")
