"""Sentences of a brief that cite nothing, held against what a search finds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from legalqa.values.answer import Sentence
from legalqa.verify import Place, check_draft
from tests.verify.parts import LEASE, Documents, document

LEASED = document(LEASE)
RECORD = Documents(LEASED, references={"Lease § 4.3": [Place("lease", LEASE.index("4.3"), LEASE.index("4.4"))]})
CLAUSES = ("4.1", "4.2", "4.3", "4.4")


def search(_sentence: str) -> Sequence[Place]:
    """Every clause, in the order of the document."""
    starts = [LEASE.index(number) for number in CLAUSES]
    return [Place("lease", start, end) for start, end in zip(starts, [*starts[1:], len(LEASE)], strict=True)]


def judged(text: str) -> Sentence:
    (sentence,) = check_draft(text, RECORD, search=search).sentences
    return sentence


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        (
            "Tenant must pay base rent of $42,500 per month in advance.",
            "supported",
            "the record says so in Lease.pdf p. 1",
        ),
        ("Tenant must pay base rent of $47,500 per month in advance.", "unsupported", "otherwise in Lease.pdf p. 1"),
        ("Landlord must maintain the parking area of the Premises.", "unsupported", "otherwise in Lease.pdf p. 2"),
        ("Tenant may assign this Lease.", "unsupported", "otherwise in Lease.pdf p. 1"),
        ("The elevator was out of order for a month.", "uncited", "cannot be told"),
        ("Tenant never occupied the Premises of this Lease.", "uncited", "cannot be told"),
        ("The motion should be denied for that reason alone.", "uncited", "nothing in it was checked"),
    ],
)
def test_a_plain_assertion_is_sought_in_the_record(text: str, verdict: str, reason: str) -> None:
    sentence = judged(text)
    assert sentence.verdict == verdict, sentence.reasons
    assert any(reason in one for one in sentence.reasons), sentence.reasons


def test_the_place_that_decides_is_cited() -> None:
    (citation,) = judged("Tenant must pay base rent of $42,500 per month in advance.").citations
    assert citation.found
    assert citation.pages == (1,)
    assert not judged("The elevator was out of order for a month.").citations


def test_a_wrong_cite_is_told_where_the_record_says_so() -> None:
    sentence = judged("Base rent is $42,500 per month, in advance, beginning March 1, 2019 (Lease § 4.3).")
    assert sentence.verdict == "unsupported"
    assert any("elsewhere, in Lease.pdf p. 1" in reason for reason in sentence.reasons), sentence.reasons


def test_without_a_search_nothing_is_sought() -> None:
    (sentence,) = check_draft("Tenant must pay base rent of $42,500 per month.", RECORD).sentences
    assert sentence.verdict == "uncited"


def test_citations_of_law_go_with_the_sentence_before() -> None:
    text = (
        "A dispute must be genuine. Anderson v. Liberty Lobby, Inc., 477 U.S. 242, 248 (1986). The burden shifts. See "
        "Fed. R. Civ. P. 56(a). Much is disputed. Roe v. Doe, 55 Q.Zd 901 (Me. 1890)."
    )
    checked = check_draft(text, RECORD)
    assert [one.text.split(".")[0] for one in checked.sentences] == ["A dispute must be genuine", "The burden shifts",
                                                                     "Much is disputed"]  # fmt: skip
    assert {one.text: one.status for one in checked.authorities} == {
        "Anderson v. Liberty Lobby, Inc., 477 U.S. 242 (1986)": "unknown",  # and not the year of a later citation
        "Fed. R. Civ. P. 56(a)": "unknown",
        "55 Q.Zd 901": "malformed",
    }


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Rent is due. Lease § 4.3. Id. at § 4.3.", ["Lease § 4.3", "Lease § 4.3"]),
        ("Under Section 4.3 of the Lease the roof is kept.", ["Lease § 4.3"]),
        ("She said so (Okafor Dep.).", ["Okafor Dep"]),
        ("The loss is listed (Reply to Notice, Schedule A).", ["Reply to Notice, Schedule A"]),
    ],
)
def test_the_usual_forms_of_a_cite(text: str, keys: list[str]) -> None:
    sentences = check_draft(text, RECORD).sentences
    assert [citation.key for one in sentences for citation in one.citations] == list(dict.fromkeys(keys))
