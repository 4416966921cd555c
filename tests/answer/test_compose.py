"""Answers: what is cited was shown, what is quoted stands there, whatever the model says."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legalqa.answer import evidence, grammar
from legalqa.answer.compose import Composer
from legalqa.answer.text_model import Part, RecordedModel
from legalqa.errors import BugError
from legalqa.values.answer import Answer, Citation, Claim, Draft, Passage

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


class Recorder(RecordedModel):
    """Says one thing after another, whatever it is asked."""

    def __init__(self, *said: str) -> None:
        super().__init__({"": ""})
        self._said = list(said)

    def generate(
        self, parts: Sequence[Part], *, grammar: str | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        self._answers = {"": self._said.pop(0)}
        return super().generate(parts, grammar=grammar, max_tokens=max_tokens, stop=stop)


def corrected(model: RecordedModel, wrong: str, max_tokens: int = 96) -> Answer:
    def accepts(claim: Claim, passages: Sequence[Passage]) -> tuple[str, ...]:
        assert {citation.key for citation in claim.citations} <= {str(one.key) for one in passages}
        return ("amount: the fault",) if wrong in claim.text else ()

    return Composer(model, embed, max_tokens=max_tokens).answer(
        "What monthly base rent is payable?",
        [passage(1, LEASE)],
        on_draft=print,
        stop=threading.Event(),
        accepts=accepts,
    )


def test_a_statement_that_fails_is_written_once_more_with_the_fault_in_view() -> None:
    model = Recorder("Tenant shall pay $1. [1]", "Tenant shall pay $42,500.00 a month. [1]")
    answer = corrected(model, "$1.")
    assert answer.claims[-1].text == "Tenant shall pay $42,500.00 a month."
    again = "".join(part.text for part in model.asked[1][0])
    assert "Tenant shall pay $1." in again
    assert "amount: the fault" in again
    assert not any(part.trusted for part in model.asked[1][0] if "amount: the fault" in part.text)
    first, second = (str(constraint) for _, constraint in model.asked)
    assert len(second) < len(first)  # without the words of the question


def test_one_that_fails_twice_is_shown_as_it_is_and_no_third_is_written() -> None:
    model = Recorder("Tenant shall pay $1. [1]", "Tenant shall pay $1.5. [1]", "never asked")
    assert corrected(model, "$1").claims[-1].text == "Tenant shall pay $1.5."
    assert len(model.asked) == 2


def test_a_second_attempt_has_the_room_that_the_first_one_left() -> None:
    long = " ".join(f"rent{number}" for number in range(80))
    model = Recorder(f"Tenant shall pay {long} $1. [1]", "never asked")
    assert corrected(model, "rent").claims[-1].text.startswith("Tenant shall pay rent0 rent1")
    assert len(model.asked) == 1


def test_a_statement_that_only_repeats_the_quote_is_not_said_twice() -> None:
    answer, _, _ = answered(
        "Tenant shall pay Landlord a monthly base rent of $42,500.00 on the first day of each month. [2]"
    )
    assert [claim.copied for claim in answer.claims] == [True]


def test_a_table_row_is_quoted_and_not_worded() -> None:
    row = "Lease Years 1 through 3 | monthly base rent | $58,500.00"
    answer, model, _ = answered("x", texts=(NDA, row))
    assert [claim.text for claim in answer.claims] == [f"“{row}”"]
    assert model.asked == []


def test_evidence_from_elsewhere_counts_only_where_the_named_document_has_none() -> None:
    model = RecordedModel({"": "Tenant shall pay rent. [1]"})
    rent = "Tenant shall pay Landlord a monthly base rent of $42,500.00."
    far = replace(
        passage(1, "What is the monthly base rent? The monthly base rent is $1.00.", 0, "far"), elsewhere=True
    )
    near = passage(2, rent, 0, "near")
    composer = Composer(model, embed)
    for passages, document in (([far, near], "near"), ([far, passage(2, NDA, 0, "near")], "far")):
        answer = composer.answer("What is the monthly base rent?", passages, on_draft=print, stop=threading.Event())
        assert answer.claims[0].citations[0].document_id == document


def test_cited_prose_stands_before_the_quotes_and_may_copy_one() -> None:
    copied = "“Tenant shall pay Landlord a monthly base rent of $42,500.00 on the first day of each month.”"
    model = Recorder(f"Rent is due monthly. [2] {copied} [2]")
    passages = [passage(key, text, 100 * key, f"d{key}") for key, text in enumerate((NDA, LEASE), 1)]
    answer = Composer(model, embed).answer(
        "What is the monthly base rent?", passages, on_draft=print, stop=threading.Event(), mode="cited-prose"
    )
    first, second = answer.claims
    assert (first.text, first.copied, first.citations[0].key) == ("Rent is due monthly.", False, "2")
    assert (second.text, second.copied) == (copied, True)
    assert answer.form.mode == "cited-prose"
    constraint = model.asked[0][1]
    assert constraint is not None
    assert f'"{copied} [2]"' in constraint
    assert grammar.REFUSAL in constraint


def test_unconstrained_prose_is_asked_without_a_grammar_and_what_it_invents_stands() -> None:
    model = Recorder("Rent is due monthly. [2] It is $99.00. [7]")
    answer = Composer(model, embed).answer(
        "What is the monthly base rent?",
        [passage(key, text, 100 * key, f"d{key}") for key, text in enumerate((NDA, LEASE), 1)],
        on_draft=lambda _draft: None,
        stop=threading.Event(),
        mode="unconstrained",
    )
    assert model.asked[0][1] is None
    assert [claim.text for claim in answer.claims][:2] == ["Rent is due monthly.", "It is $99.00. [7]"]
    assert answer.form.mode == "unconstrained"


def test_prose_that_refuses_is_no_answer() -> None:
    answer = Composer(Recorder(grammar.REFUSAL), embed).answer(
        "What is the monthly base rent?",
        [passage(1, LEASE)],
        on_draft=print,
        stop=threading.Event(),
        mode="cited-prose",
    )
    assert answer.claims == ()


def test_an_overview_in_the_models_words_keeps_the_copied_sentence_of_what_they_do_not_tell() -> None:
    passages = tuple(passage(key, text, 100 * key) for key, text in enumerate((LEASE, NDA), 1))
    copied = tuple(Claim(f"“{one.text}”", citations=(Citation(str(one.key)),)) for one in passages)
    whole = Answer("What is this about?", copied, passages)
    drafts = list[Draft]()

    def summary(*faults: str) -> Answer:
        return Composer(Recorder(*["The lease asks for rent. [1]"] * 2), embed).summary(
            whole, on_draft=drafts.append, stop=threading.Event(), accepts=lambda _claim, _passages: faults
        )

    said = [claim.text for claim in summary().claims]
    assert said == ["The lease asks for rent.", copied[1].text]
    failed = [claim.text for claim in summary("it does not say so").claims]
    assert failed == ["The lease asks for rent.", copied[0].text, copied[1].text]
    assert all(draft.passages == passages for draft in drafts)
    assert summary().form.mode == "cited-prose"
