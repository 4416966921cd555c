"""Answers: what is cited was shown, what is quoted stands there, whatever the model says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legalqa.answer import evidence, grammar
from legalqa.answer.compose import Composer
from legalqa.answer.text_model import RecordedModel
from legalqa.errors import BugError
from legalqa.values.answer import Answer, Draft, Passage

LEASE = (
    "ARTICLE 4 RENT\n\n4.1 Base Rent. Tenant shall pay Landlord a monthly base rent of $42,500.00\non the first day of "
    "each month.\n\n4.2 Late Charges. A late charge of 5% is due when rent is not paid within ten days."
)
NDA = "The Recipient shall keep the Confidential Information secret for three years after the Effective Date."


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors of word counts, hashed: texts that share words come near one another."""
    vectors = np.zeros((len(texts), 256), np.float32)
    for row, text in zip(vectors, texts, strict=True):
        for word in evidence.stems(text):
            row[hashlib.sha256(word.encode()).digest()[0]] += 1
        row[0] += 0.01
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def passage(key: int, text: str, start: int = 0, document: str = "d") -> Passage:
    return Passage(
        key, f"{document}.txt", document, f"{document}.txt", (), (1,), (), start, start + len(text), 1.0, text
    )


def answered(
    said: str,
    question: str = "What is the monthly base rent?",
    texts: Sequence[str] = (NDA, LEASE),
    guided: bool = True,
) -> tuple[Answer, RecordedModel, list[Draft]]:
    model, drafts = RecordedModel({"": said}), list[Draft]()
    passages = [passage(key, text, 100 * key, f"d{key}") for key, text in enumerate(texts, 1)]
    answer = Composer(model, embed, guided=guided).answer(
        question, passages, on_draft=drafts.append, stop=threading.Event()
    )
    return answer, model, drafts


def test_a_statement_and_the_sentence_it_rests_on() -> None:
    answer, model, drafts = answered("Tenant shall pay $42,500.00 on the first day. [2]")
    quote, statement = answer.claims
    assert (statement.text, statement.copied) == ("Tenant shall pay $42,500.00 on the first day.", False)
    assert quote.copied
    assert quote.text == (
        "“Tenant shall pay Landlord a monthly base rent of $42,500.00 on the first day of each month.”"
    )
    (cited,), (copied,) = statement.citations, quote.citations
    assert (cited.key, cited.document_id, cited.start, cited.end) == ("2", "d2", copied.start, copied.end)
    assert copied.start is not None
    assert copied.end is not None
    assert LEASE[copied.start - 200 : copied.end - 200] == copied.quote
    assert "\n" in copied.quote
    assert answer.model == model.id
    assert [draft.stage for draft in drafts] == ["answering"] * len(drafts)
    assert drafts[0].text == quote.text
    assert drafts[-1].text.startswith(f"{quote.text}\n{statement.text}")
    assert all(after.text.startswith(before.text) for before, after in pairwise(drafts))


def test_the_model_is_shown_only_the_best_sentence_under_a_grammar_of_its_own() -> None:
    _, model, _ = answered("x")
    (parts, constraint), *_ = model.asked
    whole = "".join(part.text for part in parts)
    assert "$42,500.00" in whole
    assert "Recipient" not in whole
    assert constraint is not None
    assert '"[2]"' in constraint
    assert '"[1]"' not in constraint
    assert '"$42,500.00"' in constraint
    assert "5%" not in constraint


def test_a_sentence_that_was_cut_off_stands_uncited_beside_the_quote() -> None:
    quote, statement = answered("Tenant shall pay and pay and")[0].claims
    assert (statement.text, statement.citations) == ("Tenant shall pay and pay and", ())
    assert quote.copied


def test_a_key_that_was_not_shown_is_not_cited() -> None:
    for said in ("Tenant pays. [1]", "Tenant pays. [9]", "Tenant pays. [2] [1]"):
        answer = answered(said)[0]
        assert {citation.key for claim in answer.claims for citation in claim.citations} == {"2"}
        assert not any(claim.citations for claim in answer.claims if not claim.copied)


def test_passages_about_something_else_are_not_an_answer_and_the_model_is_not_asked() -> None:
    answer, model, drafts = answered("x", "Did the orchestra perform Brahms in Vienna?")
    assert answer.claims == ()
    assert [found.key for found in answer.passages] == [1, 2]
    assert model.asked == []
    assert drafts == []


def test_no_passages_are_no_answer() -> None:
    assert answered("x", texts=())[0].claims == ()


def test_an_unguided_model_may_refuse_and_a_guided_one_is_not_given_the_choice() -> None:
    answer, model, _ = answered(grammar.REFUSAL, guided=False)
    assert answer.claims == ()
    assert grammar.REFUSAL in str(model.asked[0][1])
    assert grammar.REFUSAL not in str(answered("x")[1].asked[0][1])


def test_stop_before_and_stop_in_the_middle() -> None:
    stop = threading.Event()
    model = RecordedModel({"": "Tenant shall pay $42,500.00 on the first day. [1]"})
    composer = Composer(model, embed)

    def on_draft(draft: Draft) -> None:
        if draft.text.partition("\n")[2].count(" ") >= 2:
            stop.set()

    half = composer.answer("What is the monthly base rent?", [passage(1, LEASE)], on_draft=on_draft, stop=stop)
    assert half.stopped
    assert half.claims[0].copied
    assert (half.claims[-1].text, half.claims[-1].citations) == ("Tenant shall pay", ())
    none = composer.answer("What is the monthly base rent?", [passage(1, LEASE)], on_draft=on_draft, stop=stop)
    assert none.stopped
    assert none.claims == ()


def test_stop_is_looked_at_while_sentences_are_embedded() -> None:
    stop, sizes = threading.Event(), list[int]()

    def slow(texts: Sequence[str]) -> NDArray[np.float32]:
        sizes.append(len(texts))
        stop.set()
        return embed(texts)

    many = " ".join(f"Tenant shall pay rent number {number} at once." for number in range(40))
    composer = Composer(RecordedModel({}), slow, embed_question=embed)
    answer = composer.answer("What rent?", [passage(1, many)], on_draft=print, stop=stop)
    assert answer.stopped
    assert answer.claims == ()
    assert len(sizes) == 1
    assert sizes[0] <= 16


def test_a_statement_that_turns_in_a_circle_is_ended_there_and_shown_as_it_is() -> None:
    answer, _, drafts = answered("Tenant shall pay " + "the rent and " * 30 + "go. [2]")
    statement = answer.claims[-1]
    assert statement.citations == ()
    assert statement.text.startswith("Tenant shall pay the rent and the rent and")
    assert statement.text.count("the rent and") == 3
    assert drafts[-1].text.endswith(statement.text)


@pytest.mark.parametrize("keys", [(0,), (1, 1), (-1, 2)])
def test_passages_without_distinct_numbers_are_our_fault(keys: tuple[int, ...]) -> None:
    passages = [passage(key, LEASE) for key in keys]
    with pytest.raises(BugError):
        Composer(RecordedModel({}), embed).answer("Rent?", passages, on_draft=print, stop=threading.Event())


TEXT = st.text(
    st.one_of(
        st.sampled_from('Tenant shall pay rent. 1234567890 $%.;:\n\n"“”[]\\<|>'),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=160,
)


@settings(max_examples=120, deadline=None)
@given(said=TEXT, texts=st.lists(TEXT, min_size=1, max_size=3), question=TEXT, keep=st.booleans())
def test_no_answer_cites_what_was_not_shown_or_quotes_what_does_not_stand_there(
    said: str, texts: list[str], question: str, keep: bool
) -> None:
    texts = [*texts, LEASE] if keep else texts
    question = f"What is the monthly base rent? {question}" if keep else question
    answer = answered(said, question, texts)[0]
    by_key = {str(found.key): found for found in answer.passages}
    for claim in answer.claims:
        assert not claim.copied or claim.citations
        for citation in claim.citations:
            found = by_key[citation.key]
            assert citation.document_id == found.document_id
            assert citation.start is not None
            assert citation.end is not None
            assert found.start <= citation.start < citation.end <= found.end
            if claim.copied:
                assert found.text[citation.start - found.start : citation.end - found.start] == citation.quote
                single = citation.quote.replace("“", "‘").replace("”", "’").replace('"', "'")
                assert claim.text == f"“{' '.join(single.split())}”"


def test_quotation_marks_inside_a_quotation_are_single() -> None:
    text = "“Base Rent” means the monthly rent of $42,500.00."
    said, _, _ = answered("", "What is the monthly Base Rent?", (NDA, text))
    assert said.claims[0].text == "“‘Base Rent’ means the monthly rent of $42,500.00.”"
    assert said.claims[0].citations[0].quote == "“Base Rent” means the monthly rent of $42,500.00."
