"""Values are read from quoted words, and only told where one alone is meant; sentences that differ are set apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from legalqa.answer.stated import Quoted, differing, leading
from legalqa.verify import facts
from legalqa.verify.amounts import quantities


def quoted(*texts: str, document: str = "") -> list[Quoted]:
    return [
        Quoted(at, document or f"d{at}", 100, text, "Security Deposit", f"Document {at}")
        for at, text in enumerate(texts)
    ]


def disagreements(one: str, other: str) -> Sequence[str]:
    return [finding.reason for finding in facts.findings(one, other)]


def test_the_value_leads_with_its_place() -> None:
    (value,) = leading("amount", quoted("Tenant shall deposit $117,000.00 at signing."), quantities)
    assert (value.text, value.value, value.unit, value.sentence) == ("$117,000.00", "117000", "USD", 0)
    assert (value.document_id, value.start, value.end) == ("d0", 121, 132)


def test_a_number_in_words_and_in_figures_is_one() -> None:
    (value,) = leading("duration", quoted("within ten (10) Business Days after notice"), quantities)
    assert (value.value, value.unit) == ("10", "business day")


@pytest.mark.parametrize(
    "texts",
    [
        ("The rent is $58,500.00 or $62,400.00.",),
        ("The deposit is $117,000.00.", "The deposit is $136,500.00."),
        ("The deposit is due on May 31, 2029.",),
    ],
)
def test_several_values_or_none_are_not_told_as_one(texts: tuple[str, ...]) -> None:
    assert leading("amount", quoted(*texts), quantities) == ()


def test_a_share_of_something_else_does_not_lead() -> None:
    fee = quoted("Operating costs include a management fee of three percent (3%) of gross rents.")
    assert leading("percentage", fee, quantities, "What percentage of the operating costs is charged?") == ()
    share = quoted("Tenant pays 20.00% of the operating costs.")
    assert len(leading("percentage", share, quantities, "What percentage of the operating costs is charged?")) == 1


def test_sentences_in_the_same_words_with_another_value_differ() -> None:
    one = "Landlord shall send a technician within forty-eight (48) hours after it receives notice of a failure."
    other = one.replace("forty-eight (48)", "twenty-four (24)")
    (remark,) = differing(None, "How fast?", quoted(one, other), quantities, disagreements)
    assert (remark.kind, remark.sentences) == ("differs", (0, 1))
    assert "Document 0 and Document 1 differ" in remark.text
    assert differing(None, "How fast?", quoted(one, one), quantities, disagreements) == []


def test_what_is_asked_for_differs_between_documents_only_where_both_speak_of_it() -> None:
    texts = ("The Security Deposit is $117,000.00.", "Tenant holds a deposit in the amount of $136,500.00 with us.")
    question = "How much is the security deposit?"
    (remark,) = differing("amount", question, quoted(*texts), quantities, disagreements)
    assert "$117,000.00 in Document 0" in remark.text
    assert "$136,500.00 in Document 1" in remark.text
    assert differing("amount", question, quoted(*texts, document="same"), quantities, disagreements) == []
    assert differing(None, question, quoted(*texts), quantities, disagreements) == []
