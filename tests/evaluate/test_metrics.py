"""Figures computed by hand, and figures that only hold if documents are what is resampled."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.evaluate import locating, metrics, naive, statistics

PLACES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(1, 30)).map(lambda p: (p[0], p[1], p[1] + p[2])),
    max_size=6,
)


def characters(places: list[metrics.Place]) -> set[tuple[str, int]]:
    return {(document, at) for document, start, end in places for at in range(start, end)}


@given(PLACES, PLACES)
def test_lengths_are_those_of_sets_of_characters(one: list[metrics.Place], other: list[metrics.Place]) -> None:
    assert metrics.length(one) == len(characters(one))
    assert characters(metrics.common(one, other)) == characters(one) & characters(other)


def test_a_large_passage_has_no_more_room_than_small_ones() -> None:
    answers = [("a", ((600, 700),))]
    figures = metrics.score([("a", 0, 2000)], answers)
    assert (figures["recall@1"], figures["recall@4"]) == (0.0, 1.0)
    assert figures["precision@4"] == 100 / 2000
    assert figures["mrr"] == 1 / 2  # in the second 500 characters
    assert figures["hit@1"] == 0.0
    assert figures["document@1"] == 1.0


def test_recall_is_a_share_of_all_answers_and_precision_of_what_is_shown() -> None:
    figures = metrics.score([("b", 0, 400), ("a", 0, 100)], [("a", ((50, 150),)), ("a", ((200, 300),))])
    assert figures["recall@1"] == 50 / 200
    assert figures["precision@1"] == 50 / 500
    assert figures["document@1"] == 1.0  # something of it stands in the first 500 characters
    assert metrics.score([("b", 0, 500), ("a", 0, 100)], [("a", ((0, 9),))])["document@1"] == 0.0
    assert figures["mrr"] == 1.0


def test_an_answer_that_stands_twice_is_found_at_either_place() -> None:
    figures = metrics.score([("a", 900, 1000)], [("a", ((0, 50), (900, 950)))])
    assert figures["recall@1"] == 1.0


def test_the_same_characters_shown_twice_count_once() -> None:
    figures = metrics.score([("a", 0, 100), ("a", 0, 100)], [("a", ((0, 200),))])
    assert figures["recall@1"] == 0.5
    assert figures["precision@1"] == 1.0


def test_nothing_found_is_nothing() -> None:
    assert set(metrics.score([], [("a", ((0, 1),))]).values()) == {0.0}


def test_intervals_are_wide_where_questions_of_a_document_go_together() -> None:
    chosen = random.Random(3)
    together = [[float(document % 2)] for document in range(20) for _ in range(20)]
    mixed = [[float(chosen.random() < 0.5)] for _ in range(400)]
    documents = [str(document) for document in range(20) for _ in range(20)]
    (wide,), (narrow,) = statistics.means(together, documents), statistics.means(mixed, documents)
    assert wide.value == 0.5
    assert wide.low < 0.35 < 0.65 < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 2


def test_noise_is_not_called_progress_and_progress_is() -> None:
    chosen = random.Random(5)
    documents = [str(at // 4) for at in range(200)]
    before = [chosen.random() for _ in documents]
    noise = [value + chosen.gauss(0, 0.2) for value in before]
    better = [value + 0.1 + chosen.gauss(0, 0.2) for value in before]
    assert statistics.change(before, noise, documents).p > 0.05
    change = statistics.change(before, better, documents)
    assert change.p < 0.01
    assert change.difference == pytest.approx(0.1, abs=0.05)
    assert statistics.change(before, before, documents).p == 1.0


def test_one_document_that_got_better_proves_nothing() -> None:
    documents = ["a"] * 100 + ["b"] * 3
    assert statistics.change([0.0] * 103, [1.0] * 100 + [0.0] * 3, documents).p > 0.4


@given(st.text(alphabet="ab \n", max_size=400), st.integers(1, 40))
def test_the_naive_splitter_loses_nothing_but_white_space(text: str, size: int) -> None:
    chunks = naive.split(text, size)
    assert all(0 < end - start <= size for start, end in chunks)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(chunks))
    kept = {at for start, end in chunks for at in range(start, end)}
    assert {at for at, character in enumerate(text) if not character.isspace()} <= kept


def test_the_naive_splitter_prefers_blank_lines() -> None:
    text = "one two\n\nthree four\nfive\n\nsix"
    assert [text[a:b] for a, b in naive.split(text, 12)] == ["one two\n\n", "three four\n", "five\n\n", "six"]
    assert [text[a:b] for a, b in naive.split(text, 19)] == ["one two\n\n", "three four\nfive\n\n", "six"]


def test_fusion_puts_first_what_both_rank_high() -> None:
    assert naive.fused([1, 2, 3], [3, 2, 1])[0] in (1, 3)
    assert naive.fused([1, 2], [2, 3])[0] == 2


def test_a_gold_quotation_is_found_in_a_table_and_in_a_misread_line() -> None:
    text = "Page one: 60 days. Expiration Date | May 31, 2029 | Rent is clue monthly."
    start = text.index("Expiration")
    assert locating.nearest("Expiration Date May 31, 2029", text, 0, len(text)) == (start, start + 30)
    found = locating.nearest("Rent is due monthly.", text, 0, len(text))
    assert found is not None
    assert "is clue monthly" in text[slice(*found)]
    assert locating.nearest("The guarantor is liable", text, 0, len(text)) is None
    assert locating.nearest("Expiration Date May 31, 2029", text, 0, 18) is None
