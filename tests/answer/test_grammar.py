"""Grammars: valid whatever a passage holds; what they admit cites what was shown and invents no number or name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.answer import grammar
from legalqa.answer.loading import silence
from tests.answer.gbnf import to_regex

HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from('"\\[]{}()|*+?:=<>\n\r\t\x00 .,;$€%§-–0123456789aZé²½٣Ⅳ①“”'), st.characters()),
    max_size=80,
)
KEYS = st.lists(st.integers(1, 20), min_size=1, max_size=6, unique=True)
LEASE = "4.2(a) Tenant shall pay $42,500.00 (5% more after 2019-2021) within 30 days, or 30-day terms under Rule 10b-5."


@pytest.fixture(scope="module")
def parses() -> Callable[[str], bool]:
    """llama.cpp's own reading of a grammar, without a model. Its log is silenced: it would print the grammar."""
    from llama_cpp import llama_cpp as lib

    silence(lib)

    def read(text: str) -> bool:
        sampler = lib.llama_sampler_init_grammar(None, text.encode(), b"root")
        if sampler:
            lib.llama_sampler_free(sampler)
        return bool(sampler)

    return read


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(HOSTILE, max_size=3), keys=KEYS, known=st.booleans())
def test_a_hostile_passage_never_makes_an_invalid_grammar(
    parses: Callable[[str], bool], texts: list[str], keys: list[int], known: bool
) -> None:
    built = grammar.build(texts, keys, vocabulary=texts if known else (), sentences=2)
    assert parses(built)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", built)
    to_regex(built)


def test_an_invalid_grammar_is_recognised(parses: Callable[[str], bool]) -> None:
    assert not parses('root ::= "a" [')


@settings(max_examples=40, deadline=None)
@given(data=st.data(), texts=st.lists(HOSTILE | st.just(LEASE), min_size=1, max_size=2), keys=KEYS)
def test_what_is_admitted_parses_back_to_valid_citations(
    data: st.DataObject, texts: list[str], keys: list[int]
) -> None:
    said = data.draw(st.from_regex(to_regex(grammar.build(texts, keys, sentences=2, words=4)), fullmatch=True))
    read = grammar.parse(said, {str(key) for key in keys})
    if said == grammar.REFUSAL:
        assert read == grammar.Claims((), refused=True)
        return
    assert read.claims
    for claim in read.claims:
        assert claim.citations
        assert {citation.key for citation in claim.citations} <= {str(key) for key in keys}
    admitted = grammar.numbers(texts)
    for number in re.findall(r"[0-9]+", re.sub(r"\[\d+\]", "", said)):
        assert any(number in whole for whole in admitted)


@pytest.mark.parametrize(
    ("said", "admitted"),
    [
        ("Tenant pays $42,500.00 within 30 days. [1]", True),
        ("Tenant pays $42,500.00. [1] Tenant pays within a 30-day term under 4.2(a). [2]", True),
        ("The 5% increase, by Rule 10b-5, begins in 2019. [1] [2]", True),
        ("The record does not answer this question.", True),
        ("Tenant pays $42,500.01. [1]", False),  # another number
        ("Tenant pays 42,500.00. [1]", False),  # not as it stands
        ("Tenant pays 3030 days. [1]", False),
        ("Tenant pays. Tenant pays. [1]", False),  # slips past the citation
        ("Tenant pays. [3]", False),
        ("Tenant pays.", False),
        ("Tenant pays [1]", False),
        ('Tenant "pays" rent. [1]', False),
        ("Tenant and Wilson pay rent. [1]", False),  # a name of nobody's
        ("Tenant pays ² rent. [1]", False),
    ],
)
def test_what_is_and_is_not_admitted(said: str, admitted: bool) -> None:
    assert bool(to_regex(grammar.build([LEASE], [1, 2], sentences=2)).fullmatch(said)) is admitted


def test_with_a_vocabulary_words_come_from_it_and_from_the_texts() -> None:
    known = to_regex(grammar.build([LEASE], [1], vocabulary=["the", "must"], opening="Tenant shall", refusal=False))
    assert known.fullmatch("Tenant shall pay the $42,500.00. [1]")
    assert not known.fullmatch("Tenant shall repair the $42,500.00. [1]")
    assert not known.fullmatch("Tenant must pay within days. [1]")
    assert not known.fullmatch(grammar.REFUSAL)


def test_numbers_are_taken_as_they_stand() -> None:
    assert grammar.numbers([LEASE]) == ("4.2", "$42,500.00", "5%", "2019-2021", "2019", "2021", "30", "10b-5")


@given(words=st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=30))
def test_words_written_as_a_tree_are_the_same_words(words: list[str]) -> None:
    built = grammar.build([], [1], vocabulary=[" ".join(words)], opening="x", refusal=False)
    known = to_regex(built, "known")
    for word in {*words, *(one[:-1] for one in words), *(one + "a" for one in words)} - {""}:
        assert bool(known.fullmatch(word)) is (word in words)


def test_nothing_to_cite_and_a_strange_opening_are_refused() -> None:
    with pytest.raises(ValueError, match="passage"):
        grammar.build([LEASE], [])
    with pytest.raises(ValueError, match="opening"):
        grammar.build([LEASE], [1], opening='x" | y')


class TestParse:
    def test_a_cut_off_citation_is_no_citation(self) -> None:
        for cut in ("Rent is due. [", "Rent is due. [1", "Rent is due", "Rent is due."):
            claims = grammar.parse(cut, {"1"}).claims
            assert " ".join(claim.text for claim in claims) == cut
            assert not any(claim.citations for claim in claims)

    def test_only_the_cut_off_sentence_loses_it(self) -> None:
        first, second = grammar.parse("Rent is due. [1] It is lat", {"1"}).claims
        assert [citation.key for citation in first.citations] == ["1"]
        assert (first.text, second.text, second.citations) == ("Rent is due.", "It is lat", ())

    def test_a_key_that_was_not_shown_stays_in_the_text_and_is_not_cited(self) -> None:
        (claim,) = grammar.parse("Rent is due. [1] [9]", {"1"}).claims
        assert claim.citations == ()
        assert "[9]" in claim.text

    def test_a_sentence_before_the_cited_one_is_not_cited_with_it(self) -> None:
        first, second = grammar.parse("Tenant is rich. Rent is due. [1]", {"1"}).claims
        assert (first.citations, len(second.citations)) == ((), 1)

    def test_a_refusal_with_a_citation_is_a_refusal(self) -> None:
        assert grammar.parse(f"{grammar.REFUSAL} [1]", {"1"}).refused

    def test_a_number_with_a_full_stop_inside_does_not_end_a_sentence(self) -> None:
        (claim,) = grammar.parse("Rent is $4.50 under 4.2(a). [1]", {"1"}).claims
        assert claim.text == "Rent is $4.50 under 4.2(a)."

    @given(text=st.text(max_size=200), keys=st.sets(st.sampled_from("123"), max_size=3))
    def test_no_text_ever_yields_a_key_that_was_not_shown(self, text: str, keys: set[str]) -> None:
        for claim in grammar.parse(text, keys).claims:
            assert {citation.key for citation in claim.citations} <= keys


def test_words_over_and_over_are_a_loop_and_a_list_is_not() -> None:
    assert grammar.is_looping("Tenant pays " + "rent and " * 5 + "x")
    assert grammar.is_looping("rent " * 10)
    assert grammar.is_looping("The tenant shall pay the rent on the first day. " * 2 + "x")
    assert not grammar.is_looping("Tenant pays rent and rent and taxes, and pays them, and pays them soon after that.")
    assert not grammar.is_looping("the very, very, very late rent is due")
