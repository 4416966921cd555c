"""Reviews: kept line by line, gone on with, decided by a person, written as a spreadsheet that is only text."""

from __future__ import annotations

import csv
import threading
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from legalqa import reviewing
from legalqa.errors import UserError
from legalqa.report import grid as grids
from legalqa.reviewing import Review
from legalqa.values.answer import CheckedCitation, Searched, Sentence, VerifiedAnswer
from legalqa.values.review import Cell, ReviewQuestion

RENT, TERM = ReviewQuestion("Rent", "What is the rent?"), ReviewQuestion("Term", "When does it end?")
NOTHING = VerifiedAnswer("not_found", (), (), (), Searched(1, 1), None, {})


def found(text: str, verdict: str = "verbatim") -> VerifiedAnswer:
    cited = CheckedCitation("1", True, "lease.pdf", "d1", "lease.pdf", pages=(3,), quote=text)
    return replace(NOTHING, status="answered", sentences=(Sentence(text, verdict, ("it does",), (cited,)),))  # type: ignore[arg-type]


class Desk:
    """Answers from a script, and remembers what it was asked."""

    def __init__(self, **answers: VerifiedAnswer) -> None:
        self.answers, self.asked = answers, list[tuple[str, str]]()
        self.stop_after = 99

    def __call__(self, question: str, document_id: str, stop: threading.Event) -> VerifiedAnswer:
        self.asked.append((document_id, question))
        if len(self.asked) > self.stop_after:
            stop.set()
        return self.answers.get(document_id, NOTHING)


def test_a_review_is_filled_and_gone_on_with(tmp_path: Path) -> None:
    desk = Desk(d1=found("$5,000 a month."))
    desk.stop_after = 2
    review = Review(tmp_path, "Leases", desk)
    review.set((RENT, TERM), ("d1", "d2"))
    told = list[Cell]()
    stopped = review.fill(told.append, threading.Event())
    assert [(cell.document_id, cell.question) for cell in told] == [("d1", RENT.text), ("d1", TERM.text)]
    assert [id for id, _ in stopped.open] == ["d2", "d2"], "what was under way at the stop is open still"
    desk.stop_after = 99
    done = Review(tmp_path, "Leases", desk).fill()
    assert done.open == ()
    assert desk.asked.count(("d1", RENT.text)) == 1, "what was answered is not asked again"
    assert reviewing.names(tmp_path) == ("Leases",)


def test_a_line_that_a_crash_cut_off_costs_one_cell(tmp_path: Path) -> None:
    desk = Desk(d1=found("$5,000 a month."))
    review = Review(tmp_path, "Leases", desk)
    review.set((RENT, TERM), ("d1",))
    review.fill()
    file = tmp_path / "reviews" / "Leases.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    assert review.grid().open == (("d1", TERM),)
    assert review.fill().open == ()


def test_a_person_has_the_last_word(tmp_path: Path) -> None:
    review = Review(tmp_path, "Leases", Desk(d1=found("$5,000 a month.", "unsupported"), d2=found("$1.")))
    review.set((RENT,), ("d1", "d2", "d3"))
    grid = review.fill()
    assert [cell.needs_human for cell in grid.cells.values()] == [True, False, True], "a silent document, too"
    corrected = review.decide("d1", RENT.text, "corrected", correction=" $6,000 a month. ", comment="see the amendment")
    assert (corrected.text, corrected.comment) == ("$6,000 a month.", "see the amendment")
    assert not corrected.needs_human
    assert review.decide("d1", RENT.text, "").text == "$5,000 a month.", "taken back"
    review.decide("d3", RENT.text, "accepted")
    assert [cell.needs_human for cell in review.grid().cells.values()] == [True, False, False]
    with pytest.raises(UserError, match="needs words"):
        review.decide("d1", RENT.text, "corrected", correction=" ")


def test_questions_can_be_added_and_answers_stay(tmp_path: Path) -> None:
    desk = Desk(d1=found("$5,000 a month."))
    review = Review(tmp_path, "Leases", desk)
    review.set((RENT,), ("d1",))
    review.fill()
    assert review.set((TERM, RENT), ("d1",)).open == (("d1", TERM),)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\\b", "x" * 81, "nul\0"])
def test_a_name_that_no_file_can_bear_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name"):
        Review(tmp_path, name, Desk())


def test_questions_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text("Label,Question\nRent,What is the rent?\n,When does it end?\n\n", encoding="utf-8")
    assert reviewing.questions_in(file) == (RENT, ReviewQuestion("When does it end?", "When does it end?"))
    file.write_text("What is the rent?\nWhen does it end?\n")
    assert [one.text for one in reviewing.questions_in(file)] == [RENT.text, TERM.text]
    for bad, why in (("", "holds no question"), ("a?\na?\n", "there twice")):
        file.write_text(bad)
        with pytest.raises(UserError, match=why):
            reviewing.questions_in(file)
    with pytest.raises(UserError, match="cannot be read"):
        reviewing.questions_in(tmp_path / "none.csv")


def test_the_templates_that_ship_are_sound() -> None:
    found = reviewing.templates()
    assert set(found) == {"Lease", "NDA", "Employment", "Merger"}
    for questions in found.values():
        assert len(questions) >= 10
        assert len({one.label for one in questions}) == len(questions)


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    file = tmp_path / "lease.pdf"
    file.write_bytes(b"%PDF")
    return file


def test_the_sheet_holds_answers_links_and_comments(tmp_path: Path, lease: Path) -> None:
    review = Review(tmp_path, "Leases", Desk(d1=found("=HYPERLINK(1)\x07 rent", "unsupported")))
    review.set((RENT, TERM), ("d1", "d2"))
    review.fill()
    review.decide("d1", TERM.text, "corrected", correction="In 2030.", comment="+1")
    target = tmp_path / "grid.xlsx"
    grids.write(review.grid(), {"d1": str(lease), "d2": "-gone.pdf"}, target)
    book = openpyxl.load_workbook(target)
    sheet = book["Review"]
    assert [cell.value for cell in sheet[1]] == ["Document", "Rent", "Term"]
    rent, term = sheet["B2"], sheet["C2"]
    assert (rent.value, rent.data_type) == ("=HYPERLINK(1) rent", "s"), "a document's words are never a formula"
    assert rent.hyperlink.target.startswith("file://")
    assert rent.hyperlink.target.endswith("lease.pdf#page=3")
    assert "Not supported by the record." in rent.comment.text
    assert "lease.pdf, p. 3" in rent.comment.text
    assert (term.value, "Comment: +1" in term.comment.text) == ("In 2030.", True)
    assert sheet["B3"].value == "The document does not say."
    assert book["Every cell"].max_row == 5


def test_the_table_is_harmless_too(tmp_path: Path, lease: Path) -> None:
    review = Review(tmp_path, "Leases", Desk(d1=found("=1+1")))
    review.set((RENT,), ("d1",))
    review.fill()
    target = tmp_path / "grid.csv"
    grids.write(review.grid(), {"d1": str(lease)}, target)
    with target.open(encoding="utf-8-sig") as lines:
        row = next(iter(csv.DictReader(lines)))
    assert (row["answer"], row["verdict"], row["page"]) == ("'=1+1", "Verbatim", "3")
    with pytest.raises(UserError, match=r"as .xlsx or .csv"):
        grids.write(review.grid(), {}, tmp_path / "grid.doc")
    with pytest.raises(UserError, match="no folder"):
        grids.write(review.grid(), {}, tmp_path / "none" / "grid.csv")
