"""What counts as right, as wrong, and as neither when the models are trained. All texts are invented."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np

from models.training import examples, pairs
from models.training.pairs import Kind, Labelled, Passage, Question, Source

RENT = "The Tenant shall pay rent of nine thousand dollars on the first day of each month. "
LAW = "This Lease is governed by the laws of the State of Vermont, without its conflict rules. "
NOTICE = "Notices are sent by courier to the address on the first page of this Lease. "
TEXT = RENT + LAW + NOTICE + LAW
STARTS = (0, len(RENT), len(RENT + LAW), len(RENT + LAW + NOTICE))
HEAD = "Lease — Payment\n"


def passage(start: int, end: int, *, whole: bool = True) -> Passage:
    return Passage("cuad_1", start, end, HEAD, TEXT[start:end], whole)


def source() -> Source:
    ends = (*STARTS[1:], len(TEXT))
    children = tuple(passage(start, end) for start, end in zip(STARTS, ends, strict=True))
    return Source("cuad_1", "cuad", "train", children, (passage(0, len(RENT + LAW)),), ())


def ask(start: int, end: int, kind: str = "Law") -> Labelled:
    return pairs.judged(Question("cuad_1", "Which law applies?", kind, ((start, end),)), source())


def test_a_child_is_right_if_half_of_it_is_gold_or_it_holds_half_of_a_span() -> None:
    start, end = STARTS[1], STARTS[2]
    length = end - start
    assert pairs.is_right(passage(start, end), [(start + length // 2, end + 400)])
    assert pairs.is_right(passage(start, end), [(start + 10, start + 20)])  # the whole of a short span
    assert not pairs.is_right(passage(start, end), [(end - 20, end + 400)])  # the end of a long one
    assert not pairs.is_right(passage(start, end), [(end, end + 10)])
    assert not pairs.is_right(passage(start, end), [])


def test_what_touches_gold_or_repeats_it_is_neither_right_nor_wrong() -> None:
    labelled = ask(STARTS[1], STARTS[2])
    assert labelled.right == (1,)
    assert labelled.wrong == {0, 2}  # 3 says the same as 1
    assert labelled.right_parents == (0,)
    partly = ask(STARTS[1] - 10, STARTS[2])
    assert partly.right == (1,)
    assert 0 not in partly.wrong


def test_a_question_without_an_answer_has_only_wrong_passages() -> None:
    labelled = pairs.judged(Question("cuad_1", "Is there an audit?", "Audit", ()), source())
    assert labelled.right == ()
    assert labelled.wrong == {0, 1, 2, 3}


def test_evidence_counts_in_the_text_that_the_model_reads() -> None:
    at = STARTS[1] + LAW.index("State of Vermont")
    child = source().children[1]
    ((start, end),) = pairs.evidence(child, [(at, at + 16), (0, 5)]) or ()
    assert (child.head + child.text)[start:end] == "State of Vermont"
    assert pairs.evidence(child, [(0, len(TEXT))]) == ((len(HEAD), len(HEAD + LAW)),)
    assert pairs.evidence(passage(0, 30, whole=False), [(0, 5)]) is None


def test_the_words_that_name_the_document_are_no_part_of_the_question() -> None:
    asked = 'Consider the Merger Agreement between "A; B Inc." and "C"; Is there a cap?'
    assert pairs.core(asked).endswith("Is there a cap?")
    assert pairs.core("Consideration is paid when; and how?") == "Consideration is paid when; and how?"


def test_kinds_are_found_by_category_or_by_words() -> None:
    known = (Kind("Insurance", ("cover",), ()), Kind("no-shop", ("no shop",), ("seeking buyers",)))
    assert pairs.kind_of(known, "Insurance", "anything") is known[0]
    assert pairs.kind_of(known, "", "Where is the No-Shop Clause") is known[1]
    assert pairs.kind_of(known, "", "where am i tracked") is None
    question = Question("d", "Is there insurance?", "Insurance", ())
    assert pairs.wordings(question, {one.match: one for one in known}) == ("Is there insurance?", "cover")


def test_shipped_kinds_never_train_on_what_they_measure_with() -> None:
    known = pairs.kinds(Path(examples.__file__).parent / "questions.toml")
    trained = {way.lower() for kind in known for way in kind.ask}
    assert len(known) == 77
    assert len({kind.match for kind in known}) == 77
    assert all(kind.unseen for kind in known)
    assert not trained & {way.lower() for kind in known for way in kind.unseen}


def test_files_of_passages_and_questions_are_read(tmp_path: Path) -> None:
    row = {"id": "cuad_1", "set": "cuad", "part": "train", "children": [[0, 5, HEAD, TEXT[:5], True]],
           "parents": [], "definitions": [["Lease", LAW]]}  # fmt: skip
    (tmp_path / "passages.jsonl").write_text(json.dumps(row) + "\n")
    found = pairs.sources(tmp_path / "passages.jsonl")["cuad_1"]
    assert found.children == (Passage("cuad_1", 0, 5, HEAD, TEXT[:5], True),)
    assert found.definitions == (("Lease", LAW),)
    qa = {"doc_id": "cuad_0004", "category": "Law", "question": "Which law?", "answers": [{"start": 3, "end": 9}]}
    (tmp_path / "qa.jsonl").write_text(json.dumps(qa) + "\n")
    assert pairs.questions(tmp_path / "qa.jsonl", ()) == [Question("cuad_0004", "Which law?", "Which law?", ((3, 9),))]
    assert pairs.questions(tmp_path / "qa.jsonl", (), "train") == []  # that document is in the development part


def material(*labelled: Labelled) -> examples.Material:
    vectors = np.eye(4, dtype=np.float32)
    asked = {"Which law applies?": np.array([0.1, 0.9, 0.3, 0.8], np.float32), "governing law": vectors[2]}
    answers = {("cuad_1", index): frozenset({one.question.kind}) for one in labelled for index in one.right}
    kinds = {"Law": Kind("Law", ("governing law",), ())}
    return examples.Material({"cuad_1": source()}, list(labelled), kinds, {"cuad_1": vectors}, asked, answers)


def test_hard_negatives_are_the_nearest_that_are_surely_wrong() -> None:
    labelled = ask(STARTS[1], STARTS[2])
    assert examples.ranked(material(labelled), labelled, "Which law applies?", 10) == [2, 0]
    assert examples.ranked(material(labelled), labelled, "Which law applies?", 1) == [2]


def test_a_round_has_a_list_for_every_right_passage_and_marks_what_others_answer() -> None:
    law, rent = ask(STARTS[1], STARTS[2]), ask(0, STARTS[1], "Rent")
    drawn = material(law, rent)
    drawn.asked["Which law applies?"] = np.array([0.9, 0.1, 0.3, 0.8], np.float32)
    made = examples.epoch(drawn, 1, 2, 3, 0.0)
    assert sorted(one.kind for one in made) == ["Law", "Rent"]
    of_law = next(one for one in made if one.kind == "Law")
    assert of_law.right is not None
    assert LAW.strip() in of_law.right.text
    assert of_law.right_kinds == {"Law"}
    wrong = dict(zip((one.text.removeprefix(HEAD) for one in of_law.wrong), of_law.wrong_kinds, strict=True))
    assert wrong == {RENT: frozenset({"Rent"}), NOTICE: frozenset()}


def test_questions_without_an_answer_are_drawn_as_often_as_asked_for() -> None:
    none = pairs.judged(Question("cuad_1", "Which law applies?", "Law", ()), source())
    assert examples.epoch(material(none), 1, 2, 3, 0.0) == []
    (only,) = examples.epoch(material(none), 1, 2, 3, 1.0)
    assert only.right is None
    assert len(only.wrong) == 2


def test_wrong_passages_are_the_nearest_ones() -> None:
    none = pairs.judged(Question("cuad_1", "Which law applies?", "Law", ()), source())
    drawn = material(none)
    for seed in range(5):
        (only,) = examples.epoch(drawn, seed, 2, 3, 1.0, depth=1)
        (nearest,) = examples.ranked(drawn, none, only.question, 1)
        (wrong,) = only.wrong
        assert wrong.text.endswith(source().children[nearest].text)


def test_self_supervised_questions_do_not_stand_in_the_head_that_is_read() -> None:
    long = (
        "Rent is due monthly and shall be paid in advance by the tenant to the landlord at its office without any "
        "deduction or set-off whatever, except as this Lease says otherwise in so many words."
    )
    child = Passage("d", 0, len(long), HEAD, long, True)
    defining = Source("d", "cuad", "train", (child,), (), (("Rent", "Rent is due monthly"),))
    made = list(pairs.self_supervised(defining, random.Random(1), 10))
    assert len(made) == 3
    by_name = next(one for one in made if one[0] == "Payment")
    assert by_name[1].head == ""
    ((start, end),) = next(gold for _, _, gold in made if gold)
    assert (HEAD + long)[start:end] == "Rent is due monthly"
