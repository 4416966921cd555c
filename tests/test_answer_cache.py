"""Answers are kept by what decided them, come back as they were, and go when the record changes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from legalqa import answer_cache
from legalqa.answer_cache import AnswerCache, fingerprint
from legalqa.values.answer import CheckedCitation, ModelId, Passage, Searched, Sentence, VerifiedAnswer
from legalqa.values.document import Box, Region
from legalqa.values.form import Form, Remark, Row, TermCount, Value
from legalqa.values.question import Mention, Scope, Understood

ANSWER = VerifiedAnswer(
    "answered",
    (Sentence("“Rent.”", "verbatim", ("x",), (CheckedCitation("1", True, boxes=(Box(1, 1.5, 2.0, 3.0, 4.0),)),), 1.0),),
    (),
    (Passage(1, "l.txt", "d", "l.txt", ("4",), (1,), (), 0, 4, 0.5, "Rent", regions=(Region("header", 0, 1),)),),
    Searched(1, 2, ("p. 1",)),
    ModelId("m", "0" * 64),
    {"retrieve": 1.0},
    "Rent?",
    understood=Understood("Rent?", "Rent?", (Mention(0, 1, "term", "Rent"),), (Scope("d", 0.7),)),
    form=Form(
        "value", "quote-first", (Value("amount", "$1", "1", "USD", 0, "d", 0, 2),), (Row("d", "l.txt", "l.txt", (0,)),),
        (Remark("amended", "x", (0,)),), (TermCount("rent", 1, 1),),
    ),
)  # fmt: skip


def test_an_answer_comes_back_whole_and_says_that_it_was_kept(tmp_path: Path) -> None:
    AnswerCache(tmp_path).put("k", "r", ANSWER)
    found = AnswerCache(tmp_path).get("k", "r")
    assert found is not None
    assert found.cached
    assert list(found.ms) == ["cache"]
    assert (found.sentences, found.passages, found.form) == (ANSWER.sentences, ANSWER.passages, ANSWER.form)
    assert found.understood == ANSWER.understood
    assert AnswerCache(tmp_path).get("other", "r") is None


def test_when_the_record_changes_every_answer_is_gone_from_the_file(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.put("k", "before", ANSWER)
    assert cache.get("other", "after") is None
    assert cache.get("k", "before") is None
    assert b"Rent?" not in (tmp_path / answer_cache.FILE).read_bytes()


def test_the_answers_used_longest_ago_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_cache, "MOST", 2)
    cache = AnswerCache(tmp_path)
    for key in "ab":
        cache.put(key, "r", ANSWER)
    assert cache.get("a", "r")
    cache.put("c", "r", ANSWER)
    assert [bool(cache.get(key, "r")) for key in "abc"] == [True, False, True]


def test_a_damaged_cache_costs_nothing_but_its_answers(tmp_path: Path) -> None:
    (tmp_path / answer_cache.FILE).write_bytes(b"no database" * 100)
    cache = AnswerCache(tmp_path)
    cache.put("k", "r", ANSWER)
    assert cache.get("k", "r") is None
    assert AnswerCache(tmp_path / "nowhere").get("k", "r") is None


def test_a_kept_answer_of_an_older_form_is_no_answer(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.put("k", "r", ANSWER)
    with sqlite3.connect(tmp_path / answer_cache.FILE) as connection:
        connection.execute("UPDATE answers SET body = x'81a161a162'")
    assert cache.get("k", "r") is None


def test_what_decides_an_answer_decides_its_key() -> None:
    question = Understood("Rent?", "Rent?")
    assert fingerprint([question, "quote-first"]) == fingerprint([Understood("Rent?", "Rent?"), "quote-first"])
    assert fingerprint([question, "quote-first"]) != fingerprint([question, "cited-prose"])
    assert fingerprint([question]) != fingerprint([Understood("Rent?", "Rent?", scopes=(Scope("d", 1.0),))])
    assert answer_cache.program() == answer_cache.program()
