"""Feedback stays in the matter, survives a crash in the middle of a line, and becomes a suite that can be loaded."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from legalqa import feedback
from legalqa.errors import UserError
from legalqa.evaluate import suite
from legalqa.feedback import FeedbackBook
from legalqa.values.document import Document, Page

TEXT = "Rent is due on the first day. Rent is late after the fifth day."
LATE = TEXT.index("Rent is late")


def document(id: str, path: Path, *, paged: bool = True, changed: bool = False) -> Document:
    if not path.exists():
        path.write_text(TEXT)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if not changed else "0" * 64
    pages = (
        Page(number=1, label="1", source="text", start=0, end=LATE, width=612, height=792, words=()),
        Page(number=2, label="2", source="text", start=LATE, end=len(TEXT), width=612, height=792, words=()),
    )
    return Document(
        id=id, path=str(path), sha256=sha256, kind="pdf", title="", type="", date=None, parties=(), paged=paged,
        text=TEXT, pages=pages, sections=(), chunks=(),
    )  # fmt: skip


@pytest.fixture
def held(tmp_path: Path) -> dict[str, Document]:
    return {"one": document("one", tmp_path / "lease.pdf")}


@pytest.fixture
def book(tmp_path: Path, held: dict[str, Document]) -> FeedbackBook:
    return FeedbackBook(tmp_path, held.__getitem__)


def test_what_is_said_is_kept_with_its_place(book: FeedbackBook, tmp_path: Path, held: dict[str, Document]) -> None:
    added = book.add("right", "When is rent late?", note="§ 4", where="type=lease", place=("one", LATE, len(TEXT)))
    assert (added.id, added.page, added.quote) == (1, 2, "Rent is late after the fifth day.")
    assert book.add("missing", "When is rent due?").id == 2
    again = FeedbackBook(tmp_path, held.__getitem__)
    assert again.list() == book.list()
    assert [one.question for one in again.list()] == ["When is rent late?", "When is rent due?"]


def test_a_line_that_a_crash_cut_off_is_passed_over_and_ends_no_other(book: FeedbackBook, tmp_path: Path) -> None:
    book.add("missing", "One?")
    file = tmp_path / "feedback.jsonl"
    file.write_bytes(file.read_bytes() + b'{"id": 2, "at": "2026')
    book.add("missing", "Two?")
    assert [one.question for one in book.list()] == ["One?", "Two?"]


def test_several_windows_write_at_once(book: FeedbackBook) -> None:
    threads = [threading.Thread(target=book.add, args=("missing", f"{at}?")) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.id for one in book.list()) == list(range(1, 9))


def test_what_makes_no_sense_is_refused_and_not_kept(book: FeedbackBook) -> None:
    with pytest.raises(UserError, match="no judgement"):
        book.add("good", "?")  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no question"):
        book.add("right", " ")
    with pytest.raises(UserError, match="Name the place"):
        book.add("wrong", "When?")
    with pytest.raises(UserError, match="no characters 0 to 999"):
        book.add("right", "When?", place=("one", 0, 999))
    with pytest.raises(UserError, match="10,000"):
        book.add("missing", "When?", note="x" * 10_001)
    assert book.list() == ()


def test_feedback_becomes_a_suite(book: FeedbackBook, tmp_path: Path, held: dict[str, Document]) -> None:
    late, due = ("one", LATE, len(TEXT)), ("one", 0, LATE - 1)
    book.add("right", "When is rent late?", place=due)
    book.add("wrong", "When is rent late?", place=due)  # somebody thought again
    book.add("missing", "When is rent late?", place=late)
    book.add("wrong", "When is rent due?", place=late)  # nobody says where it stands
    book.add("right", "Who guarantees the lease?")  # the refusal was right
    made = feedback.as_suite(book.list(), held.values(), tmp_path / "suite")
    assert made == feedback.Made(questions=2, documents=1, left_out=1)
    late_question, refused = suite.load(tmp_path / "suite").questions
    (gold,) = late_question.golds
    assert (Path(gold.path).name, gold.quote, gold.page) == ("lease.pdf", "Rent is late after the fifth day.", 2)
    assert refused.golds == ()
    assert (tmp_path / "suite" / "docs" / "lease.pdf").read_text() == TEXT


def test_the_text_that_was_read_stands_in_for_a_file_that_changed(book: FeedbackBook, tmp_path: Path) -> None:
    changed = document("one", tmp_path / "lease.pdf", changed=True)
    book.add("right", "When is rent late?", place=("one", LATE, len(TEXT)))
    feedback.as_suite(book.list(), [changed], tmp_path / "suite")
    assert (tmp_path / "suite" / "docs" / "lease.pdf.txt").read_text() == TEXT
    (row,) = map(json.loads, (tmp_path / "suite" / "qa.jsonl").read_text().splitlines())
    assert row["answers"][0]["page"] is None


def test_two_files_of_one_name_are_two_documents(book: FeedbackBook, tmp_path: Path, held: dict[str, Document]) -> None:
    (tmp_path / "other").mkdir()
    held["two"] = document("two", tmp_path / "other" / "lease.pdf")
    book.add("right", "When is rent late?", place=("two", LATE, len(TEXT)))
    feedback.as_suite(book.list(), held.values(), tmp_path / "suite")
    (question,) = suite.load(tmp_path / "suite").questions
    assert Path(question.golds[0].path).name == "two lease.pdf"


def test_nothing_is_written_over_and_no_empty_suite_is_made(
    book: FeedbackBook, tmp_path: Path, held: dict[str, Document]
) -> None:
    with pytest.raises(UserError, match="No feedback"):
        feedback.as_suite(book.list(), held.values(), tmp_path / "suite")
    book.add("right", "When is rent late?", place=("one", LATE, len(TEXT)))
    with pytest.raises(UserError, match="not empty"):
        feedback.as_suite(book.list(), held.values(), tmp_path)
