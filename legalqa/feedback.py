"""What users say of answers, kept in the matter, and made into a suite for ``legalqa eval``.

An append-only file in the matter's folder: it is exported, moved and deleted with the matter, and nothing else has to
know of it. It holds text of the record, as the matter does.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any, get_args

import msgspec

from legalqa.errors import UserError
from legalqa.finding import sha256_of
from legalqa.lines import Lines
from legalqa.values.document import Document
from legalqa.values.feedback import Feedback, Judgement

_FILE = "feedback.jsonl"
_NOTE = 10_000  # characters


class FeedbackBook:
    """The judgements of one matter. `document` loads a document by its id. Safe to use from several processes."""

    def __init__(self, folder: Path, document: Callable[[str], Document]) -> None:
        self._lines = Lines(folder / _FILE, folder / "feedback.lock", "The feedback")
        self._document = document

    def add(
        self,
        judgement: Judgement,
        question: str,
        *,
        note: str = "",
        where: str = "",
        place: tuple[str, int, int] | None = None,
    ) -> Feedback:
        """Keep a judgement; `place` is (document id, start, end).

        Raises UserError for an empty question, an unknown judgement, or a place that the matter does not hold; Denied
        if another process keeps the file locked. What was kept before is never changed.
        """
        if judgement not in get_args(Judgement):
            raise UserError(f"{judgement!r} is no judgement: right, wrong or missing.")
        if not question.strip():
            raise UserError("There is no question to judge an answer to.")
        if judgement == "wrong" and place is None:
            raise UserError("What is wrong? Name the place that was shown.")
        if len(note) > _NOTE:
            raise UserError(f"A note may have {_NOTE:,} characters; this one has {len(note):,}.")
        described = self._described(place) if place else {}
        with self._lines.writing():
            now = datetime.now(UTC).isoformat(timespec="seconds")
            number = max((one.id for one in self.list()), default=0) + 1
            added = Feedback(number, now, judgement, question, note, where, **described)
            self._lines.append(msgspec.json.encode(added))
        return added

    def list(self) -> tuple[Feedback, ...]:
        """Everything that was said, in order. A line that a crash cut off is passed over."""
        return tuple(one for one in map(_read, self._lines.read()) if one is not None)

    def _described(self, place: tuple[str, int, int]) -> dict[str, Any]:
        id, start, end = place
        document = self._document(id)
        if not 0 <= start < end <= len(document.text):
            raise UserError(f"{document.path} has no characters {start} to {end}.")
        pages = document.pages_of(start, end)
        return {
            "document_id": id,
            "path": document.path,
            "start": start,
            "end": end,
            "page": pages[0].number if document.paged and pages else None,
            "quote": document.text[start:end],
        }


def _read(line: bytes) -> Feedback | None:
    try:
        return msgspec.json.decode(line, type=Feedback)
    except msgspec.MsgspecError:
        return None


@dataclass(frozen=True, slots=True)
class Made:
    """A suite made of feedback: questions in it, and questions of which nobody said where the answer stands."""

    questions: int
    documents: int
    left_out: int


def as_suite(said: Sequence[Feedback], documents: Iterable[Document], folder: Path) -> Made:
    """Write a suite: the matter's documents under ``docs/``, and a question for each that feedback gives an answer to.

    Places called right or missing are the answers; one that was called wrong later is none. Of a file that has changed
    or gone since it was read, the text that was read stands in for it. Raises UserError if `folder` holds anything or
    there is nothing to ask.
    """
    lines, left_out = _lines(said)
    if not lines:
        raise UserError(
            "No feedback of this matter says where an answer stands.",
            kept="Nothing was written.",
            hint="Mark places as right or missing first.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty.", kept="Nothing was written.", hint="Name a new folder.")
    docs = folder / "docs"
    docs.mkdir(parents=True)
    names = {document.id: _copied(document, docs) for document in documents}
    rows = [row for row in (_row(line, names) for line in lines) if row is not None]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "qa.jsonl").write_text(text, encoding="utf-8")
    return Made(len(rows), len(names), left_out + len(lines) - len(rows))


def _lines(said: Sequence[Feedback]) -> tuple[list[list[Feedback]], int]:
    """What stands of each question, and how many questions nothing stands of."""
    lines, left_out = [], 0
    for question in dict.fromkeys(one.question for one in said):
        standing: dict[tuple[str, int, int], Feedback] = {}
        for one in said:
            if one.question == question:
                place = (one.document_id, one.start, one.end)
                standing.pop(place, None)
                if one.judgement == "right" or (one.judgement == "missing" and one.document_id):
                    standing[place] = one
        placed = [one for one in standing.values() if one.document_id]
        if standing:
            lines.append(placed or list(standing.values()))
        else:
            left_out += 1
    return lines, left_out


def _row(line: Sequence[Feedback], names: dict[str, tuple[str, bool]]) -> dict[str, Any] | None:
    """A line of qa.jsonl; None if a document has left the matter."""
    placed = [one for one in line if one.document_id]
    if any(one.document_id not in names for one in placed):
        return None
    answers = []
    for one in placed:
        name, as_read = names[one.document_id]
        answers.append({"document": name, "page": one.page if as_read else None, "quote": one.quote})
    row = {"id": f"feedback-{line[0].id}", "question": line[0].question, "kind": "feedback"}
    return row | {"has_answer": bool(answers), "answers": answers, "note": line[-1].note}


def _copied(document: Document, docs: Path) -> tuple[str, bool]:
    """The name of the copy, and whether it is the file itself (and not its text)."""
    original = Path(document.path)
    path = PurePath(document.path)
    whole = original.is_file() and sha256_of(original) == document.sha256
    name = path.name if whole else f"{path.name}.txt"
    if (docs / name).exists():
        name = f"{document.id[:8]} {name}"
    if whole:
        shutil.copyfile(original, docs / name)
    else:
        (docs / name).write_text(document.text, encoding="utf-8", errors="replace", newline="")
    return name, whole
