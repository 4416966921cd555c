"""What kind of answer a question wants: sure signs only, every other question is like any other."""

from __future__ import annotations

import pytest

from legalqa.answer.shapes import wanted
from legalqa.values.question import Mention, Understood


def asked(text: str, *mentions: Mention) -> Understood:
    return Understood(text, text, mentions)


@pytest.mark.parametrize(
    ("question", "topic", "type"),
    [
        ("Which agreements have a non-compete?", "a non-compete", "lease"),
        ("Which leases mention notice?", "notice", "lease"),
        ("Which of the amendments mention the security deposit?", "the security deposit", "amendment"),
        ("List all documents that mention a cure period", "a cure period", ""),
        ("All agreements with a governing law clause", "a governing law clause", "nda"),
        ("How many contracts contain an arbitration clause?", "an arbitration clause", "services"),
        ("Find every NDA that allows disclosure to affiliates", "allows disclosure to affiliates", "nda"),
        ("What agreements are governed by Delaware law?", "are governed by Delaware law", "lease"),
        ("show me the letters mentioning vibration", "vibration", "letter"),
    ],
)
def test_a_listing(question: str, topic: str, type: str) -> None:
    found = wanted(asked(question))
    assert (found.kind, found.topic) == ("listing", topic)
    assert (type in found.types) if type else not found.types


@pytest.mark.parametrize(
    "question",
    [
        "Which party must give notice?",
        "Which court has jurisdiction?",
        "Which employees have a non-compete?",
        "What documents must the tenant deliver?",
        "What lease documents did the landlord send its lawyers?",
        "List all obligations of the tenant in the lease",
        "Which documents were exchanged?",
        "Does the agreement have a non-compete?",
    ],
)
def test_no_listing(question: str) -> None:
    assert wanted(asked(question)).kind == "plain"


def test_a_listing_among_named_documents_goes_through_them() -> None:
    text = "Which of the leases mention notice?"
    assert wanted(asked(text, Mention(0, 5, "document", "x", ("a", "b")))).documents == ("a", "b")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Compare the lease and the NDA on governing law", "governing law"),
        ("How do the lease and the NDA differ on notice?", "notice"),
        ("What is the difference between the lease and the NDA regarding assignment?", "assignment"),
        ("The lease versus the NDA", ""),
    ],
)
def test_a_comparison_needs_two_documents(question: str, topic: str) -> None:
    lease, nda = Mention(0, 1, "document", "x", ("a",)), Mention(2, 3, "document", "y", ("b",))
    found = wanted(asked(question, lease, nda))
    assert (found.kind, found.topic, found.documents) == ("comparison", topic, ("a", "b"))
    assert wanted(asked(question, lease)).kind == "plain"


def test_the_two_leases_are_those_of_the_matter_if_it_has_two() -> None:
    question = asked("How do the two leases differ on notice?")
    assert wanted(question, {"lease": ["a", "b"]}).documents == ("a", "b")
    assert wanted(question, {"lease": ["a", "b", "c"]}).kind == "plain"
    assert wanted(question, {"nda": ["a", "b"]}).kind == "plain"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much is the security deposit?", "amount"),
        ("What is the monthly base rent?", "amount"),
        ("When does the lease expire?", "date"),
        ("What is the deadline for mediation?", "date"),
        ("How many days does the tenant have to cure?", "duration"),
        ("How long do the duties last?", "duration"),
        ("What percentage of the costs is charged?", "percentage"),
        ("What happens when the tenant is late?", None),
        ("Who is the landlord?", None),
        ("What is the late charge?", None),
    ],
)
def test_the_kind_of_value_that_is_asked_for(question: str, kind: str | None) -> None:
    assert wanted(asked(question)).value == kind
