"""Answers held against gold places, and the verifier against claims of which the truth is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa.errors import UserError
from legalqa.evaluate import answering, pairs, runs
from legalqa.evaluate.metrics import Answer
from legalqa.values.answer import CheckedCitation, Passage, Searched, Sentence, Verdict, VerifiedAnswer

GOLD: list[Answer] = [("d", ((100, 200),))]
NOTHING = VerifiedAnswer("not_found", (), (), (), Searched(1, 1), None, {})


def passage(key: int, start: int, end: int) -> Passage:
    return Passage(key, "d.pdf", "d", "d.pdf", (), (), (), start, end, 1.0, "x" * (end - start))


def citation(key: str = "1", start: int = 100, end: int = 150, quote: str = "words") -> CheckedCitation:
    return CheckedCitation(key, True, document_id="d", start=start, end=end, quote=quote)


def answer(*citations: CheckedCitation, verdict: Verdict = "verbatim") -> VerifiedAnswer:
    sentences = tuple(Sentence("words", verdict, (), (one,)) for one in citations)
    shown = (passage(1, 0, 120), passage(2, 300, 400), passage(3, 150, 180))
    return replace(NOTHING, status="answered", sentences=sentences, passages=shown)


def scored(one: VerifiedAnswer, golds: Sequence[Answer] = GOLD) -> dict[str, float]:
    return answering.score(
        one,
        golds,
        stands=lambda citation: citation.quote == "words",
        pages=lambda place: {(place[0], at // 100) for at in range(place[1], place[2])},
        relevancy=lambda text: 0.25,
    )


def test_an_answer_that_cites_half_of_the_gold_text() -> None:
    figures = scored(answer(citation(), citation(start=300, end=350)))
    assert figures["right"] == figures["answered"] == 1.0
    assert figures["citation_precision"] == 0.5
    assert figures["citation_recall"] == 0.5
    assert figures["page_precision"] == 0.5
    assert figures["page_recall"] == 1.0
    assert figures["answer_relevancy"] == 0.25
    assert (figures["accepted"], figures["accepted_right"]) == (2, 1)


def test_context_figures_are_those_of_the_passages_shown() -> None:
    figures = scored(answer(citation()))
    assert figures["context_recall"] == 0.5  # 100 to 120 and 150 to 180
    assert figures["context_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_invented_quotes_and_references_are_counted_whatever_the_verdict_says() -> None:
    figures = scored(answer(citation(quote="other words"), citation(key="7"), citation(quote="")))
    assert (figures["quotes"], figures["invented_quotes"]) == (2, 1)
    assert (figures["references"], figures["invented_references"]) == (3, 1)


def test_a_sentence_that_the_verifier_rejects_is_not_faithful() -> None:
    figures = scored(answer(citation(), verdict="unsupported"))
    assert figures["faithfulness"] == 0.0
    assert figures["accepted"] == 0


def test_refusing_is_right_only_without_an_answer() -> None:
    assert scored(NOTHING)["right"] == 0.0
    assert scored(NOTHING, [])["right"] == 1.0
    assert scored(answer(citation()), [])["right"] == 0.0
    assert "citation_precision" not in scored(NOTHING)


def test_groups_are_told_with_their_shares() -> None:
    made = {"q1": answer(citation()), "q2": answer(citation(start=300, end=310)), "q3": NOTHING}
    rows = [runs.Row(id, "answers", "s", "", "d", scored(one), ms={"generate": 5.0}) for id, one in made.items()]
    rows += [runs.Row("q4", "answers", "s", "", "d", scored(NOTHING, []))]
    told = answering.figures(rows, {"q1", "q2", "q3"}.__contains__)["all"]
    assert (told["answerable"], told["unanswerable"]) == (3, 1)
    for name in ("answered_rightly", "answered_wrongly", "refused_wrongly"):
        assert told[name] == pytest.approx(1 / 3)
    assert told["refused_rightly"] == 1.0
    assert told["sentence_precision"] == 0.5
    assert told["counts"]["quotes"] == 2
    lines = answering.rows_for_people({"all": told})
    assert {len(line) for line in lines} == {2}
    assert ["invented quotes", "0 of 2"] in lines


def test_precision_and_recall_of_the_verifier_by_kind(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "quote": "yes", "passage": "p", "supported": True, "kind": "exact"},
        {"id": "b", "quote": "no", "passage": "p", "supported": True, "kind": "exact"},
        {"id": "c", "claim": "no", "passage": "p", "supported": False, "kind": "number"},
        {"id": "d", "claim": "yes", "passage": "p", "supported": False, "kind": "number"},
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = pairs.score(pairs.load(tmp_path / "x.jsonl"), lambda claim, passage: claim == "yes")
    assert (told["precision"], told["recall"]) == (0.5, 0.5)
    assert told["kinds"] == {"exact, true": {"n": 2, "right": 0.5}, "number, false": {"n": 2, "right": 0.5}}
    assert told["wrong"] == ["b", "d"]
    assert ["number, false", "2", "50.0"] in pairs.rows_for_people({"sentences": told})


def test_a_pair_that_lacks_a_field_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"claim": "a", "pasage": "b", "supported": true}')
    with pytest.raises(UserError, match=r"line 1: 'passage' is missing.*'pasage'"):
        pairs.load(tmp_path / "x.jsonl")
