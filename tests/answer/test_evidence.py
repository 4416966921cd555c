"""Evidence: exact spans, headings as context, the sentence that answers first, and an honest "does not answer"."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer import evidence
from tests.answer.test_compose import LEASE, NDA, embed, passage


def texts(text: str) -> list[str]:
    return [text[found.start : found.end] for found in evidence.sentences(text)]


@given(st.text(st.one_of(st.sampled_from("Ab c.;:\n1("), st.characters()), max_size=300))
def test_sentences_are_in_order_within_the_text_and_lose_nothing_but_headings_and_space(text: str) -> None:
    found = evidence.sentences(text)
    position = 0
    for sentence in found:
        assert position <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end] == text[sentence.start : sentence.end].strip()
        position = sentence.end
    assert text.strip() or not found


def test_a_heading_is_context_and_not_a_sentence() -> None:
    found = evidence.sentences("17. GOVERNING LAW\n\nThe laws of Ohio apply.\n\n18. NOTICES. Notices are sent by mail.")
    assert [sentence.heading for sentence in found] == ["17. GOVERNING LAW", "18. NOTICES."]


def test_an_abbreviation_a_number_and_a_citation_do_not_end_a_sentence() -> None:
    text = "Acme Inc. owes $4.50 under Smith v. Jones, 12 F.3d 4. It has not paid."
    assert texts(text) == ["Acme Inc. owes $4.50 under Smith v. Jones, 12 F.3d 4.", "It has not paid."]


def test_an_amount_beside_a_label_is_not_a_heading() -> None:
    assert texts("INVOICE\n\nTotal Due: $4,500.00\n\nThe invoice is payable at once.")[0] == "Total Due: $4,500.00"


def test_what_introduces_a_list_holds_its_first_item() -> None:
    assert texts("Tenant may end the lease if:\n\n(a) the roof falls in; or\n\n(b) the Landlord agrees.")[0].endswith(
        "or"
    )


def test_a_very_long_sentence_is_cut_where_it_may_be() -> None:
    long = "; ".join(f"the tenant shall keep room {number} clean and dry at all times" for number in range(40)) + "."
    assert all(len(text) <= evidence.MAX_SENTENCE for text in texts(long))
    assert len(texts(long)) > 3


def test_the_sentence_that_answers_comes_first_with_its_place_in_the_document() -> None:
    choice = evidence.choose("What late charge is due?", [passage(1, NDA), passage(2, LEASE, 1000)], embed)
    best = choice.evidence[0]
    assert choice.enough
    assert (best.key, best.heading) == (2, "4.2 Late Charges.")
    assert best.text == LEASE[best.start - 1000 : best.end - 1000]
    assert best.text.startswith("A late charge of 5%")
    assert len(choice.evidence) <= 3


def test_a_question_about_something_else_is_not_answered() -> None:
    choice = evidence.choose("Did the orchestra perform Brahms in Vienna?", [passage(1, NDA), passage(2, LEASE)], embed)
    assert not choice.enough
    assert choice.probability < evidence.ENOUGH


def test_a_sentence_in_two_overlapping_passages_is_taken_once() -> None:
    choice = evidence.choose("Who keeps it secret?", [passage(1, NDA), passage(2, NDA)], embed)
    assert [found.key for found in choice.evidence] == [1]


def test_of_two_words_the_rarer_weighs_more() -> None:
    common, rare = "The tenant pays.", "The tenant pays an escalator fee."
    shared = evidence._coverage("escalator tenant", [common, common, rare])
    assert shared[2] == 1
    assert shared[0] < 0.5
