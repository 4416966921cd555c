"""Reading suites: what is accepted, and what a person is told who made a mistake in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from legalqa.errors import UserError
from legalqa.evaluate import drawing, suite

TEXT = "Rent is due on the first day.\r\nRent is late after the fifth day.\r\n"
ROW: dict[str, Any] = {
    "doc_id": "lease",
    "question": "When is rent due?",
    "answers": [{"start": 0, "end": 4, "text": "Rent"}],
}


def made(folder: Path, *rows: dict[str, Any] | str, text: str = TEXT) -> Path:
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "docs" / "lease.txt").write_text(text, encoding="utf-8", newline="")
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / "qa.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_an_answer_is_accepted_wherever_its_words_stand_if_it_is_said_to_occur_more_often(tmp_path: Path) -> None:
    answer = {"start": 0, "end": 4, "text": "Rent", "occurrences": 2}
    (question,) = suite.load(made(tmp_path, ROW | {"answers": [answer]})).questions
    assert question.golds[0].spans == ((0, 4), (31, 35))  # offsets with the newlines of the file
    assert not question.once
    (question,) = suite.load(made(tmp_path, ROW)).questions
    assert question.golds[0].spans == ((0, 4),)
    assert question.once


def test_a_folder_of_suites_is_one_corpus_and_folders_without_questions_are_filler(tmp_path: Path) -> None:
    made(tmp_path / "leases", ROW)
    made(tmp_path / "ndas", ROW)
    (tmp_path / "more" / "docs").mkdir(parents=True)
    (tmp_path / "more" / "docs" / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "b.txt").write_text("b", encoding="utf-8")
    loaded = suite.load(tmp_path, filler=[tmp_path / "far"])
    assert [question.set for question in loaded.questions] == ["leases", "ndas"]
    assert len({question.id for question in loaded.questions}) == 2
    assert loaded.filler == ("more", "far")
    assert loaded.passed_over == ("notes",)
    assert len(loaded.documents) == 4
    assert [question.set for question in suite.load(tmp_path, ["ndas"]).questions] == ["ndas"]


def test_documents_are_named_as_the_catalog_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "leases", ROW)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert {path.parent for path in suite.load(Path("../leases")).documents} == {tmp_path / "leases" / "docs"}


def test_the_questions_core_is_without_the_words_that_name_the_document(tmp_path: Path) -> None:
    text = 'Consider the Merger Agreement between "A; B" and "C"; Where is the Specific Performance clause'
    (question,) = suite.load(made(tmp_path, ROW | {"question": text, "scoped_question": "In X: where?"})).questions
    assert question.scoped == "In X: where?"
    assert question.core == "Where is the Specific Performance clause"


def test_two_like_questions_of_a_document_have_ids_of_their_own(tmp_path: Path) -> None:
    one, two = suite.load(made(tmp_path, ROW, ROW)).questions
    assert two.id == f"{one.id}-2"


WRONG: list[tuple[dict[str, Any] | str, list[str]]] = [
    ("{", ["line 2", "no JSON"]),
    ("[]", ["line 2", "JSON object"]),
    ({"doc_id": "lease", "quesion": "?", "answers": []}, ["line 2", "'question' is missing", "'quesion'"]),
    (ROW | {"doc_id": "leese"}, ["line 2", "no document 'leese'", "lease"]),
    (ROW | {"answers": "Rent"}, ["line 2", "'answers' should be a list"]),
    (ROW | {"answers": [{"start": 5, "end": 9, "text": "Rent"}]}, ["line 2", "do not stand at 5", "stand at 0"]),
    (ROW | {"answers": [{"start": 0, "end": 999}]}, ["line 2", "[0, 999)", "66 characters"]),
    (ROW | {"answers": [{"start": True, "end": 4}]}, ["line 2", "'start' should be a whole number"]),
    (ROW | {"has_answer": False}, ["line 2", "has_answer is false, but there are 1 answers"]),
    ({"question": "?", "answers": [{"quote": "Rent", "page": 1}]}, ["line 2", "which document"]),
    (ROW | {"answers": [{"quote": "Rent", "page": 0}]}, ["line 2", "page from 1"]),
]


@pytest.mark.parametrize(("row", "told"), WRONG)
def test_a_mistake_is_told_with_its_line_and_field(tmp_path: Path, row: dict[str, Any] | str, told: list[str]) -> None:
    with pytest.raises(UserError) as fault:
        suite.load(made(tmp_path, ROW, row))
    assert [part for part in told if part not in str(fault.value)] == []


def test_a_folder_that_is_no_suite_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"neither it nor a folder in it has a qa\.jsonl"):
        suite.load(tmp_path)
    with pytest.raises(UserError, match="no suite"):
        suite.load(tmp_path / "nowhere")
    made(tmp_path / "leases", ROW)
    with pytest.raises(UserError, match="did you mean leases"):
        suite.load(tmp_path, ["leasse"])
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "qa.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"no docs/"):
        suite.load(tmp_path)


def test_the_digest_changes_with_content_and_name_and_not_with_the_questions(tmp_path: Path) -> None:
    first = suite.load(made(tmp_path, ROW)).digest
    assert suite.load(made(tmp_path, ROW, ROW)).digest == first
    assert suite.load(made(tmp_path, ROW, text=TEXT + ".")).digest != first


def test_a_part_is_drawn_from_every_set_and_is_the_same_each_time(tmp_path: Path) -> None:
    for name, count in (("many", 20), ("few", 2)):
        folder = made(tmp_path / name, *(ROW | {"doc_id": f"d{at}", "question": f"{at}?"} for at in range(count)))
        for at in range(count):
            (folder / "docs" / f"d{at}.txt").write_text(TEXT, encoding="utf-8", newline="")
    whole = suite.load(tmp_path)
    part = drawing.documents(whole, 6)
    assert part == drawing.documents(whole, 6)
    assert {name: len(files) for name, files in part.files.items()} == {"few": 1, "many": 5}
    assert {q.path for q in part.questions} == {str(path) for path in part.documents}
    assert len(drawing.questions(whole.questions, 11)) == 11
    assert {q.set for q in drawing.questions(whole.questions, 3)} == {"few", "many"}


def test_questions_for_answers_are_drawn_half_without_an_answer(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [ROW | {"question": f"{at}?"} for at in range(9)]
    rows += [ROW | {"question": f"no {at}?", "answers": [], "has_answer": False} for at in range(4)]
    asked = suite.load(made(tmp_path, *rows)).questions
    drawn = drawing.balanced(asked, 6)
    assert [bool(question.golds) for question in drawn].count(False) == 3
    assert len(drawn) == 6
    assert len(drawing.balanced(asked, 12)) == 12
    assert len(drawing.balanced(asked[:9], 4)) == 4
