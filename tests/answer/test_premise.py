"""Roles and names that a question takes for granted, and how they are sought in the record."""

from __future__ import annotations

import pytest

from legalqa.answer.premise import counted, pattern, presupposed
from legalqa.values.question import Mention, Understood


def asked(text: str, *mentions: Mention) -> Understood:
    return Understood(text, text, mentions)


def test_a_role_with_all_its_forms() -> None:
    (role,) = presupposed(asked("Who is the guarantor under the lease?"))
    assert role.missing() == "a guarantor"
    for text in ("The Guarantors sign.", "a guaranty", "guaranteed by", "a surety bond"):
        assert any(pattern(term).search(text) for term in role.terms), text
    assert not any(pattern(term).search("the tenant shall pay") for term in role.terms)


def test_of_an_escrow_agent_the_escrow_must_stand_there() -> None:
    (role,) = presupposed(asked("What does the escrow agent hold?"))
    assert role.missing() == "an escrow agent"
    assert any(pattern(term).search("funds in escrow") for term in role.terms)
    assert not any(pattern(term).search("the leasing agent") for term in role.terms)


def test_a_name_that_nothing_of_the_matter_bears() -> None:
    text = "What does Acme owe under the Lease?"
    lease = Mention(text.index("the Lease"), len(text) - 1, "document", "Lease.pdf", ("a",))
    assert [one.missing() for one in presupposed(asked(text, lease))] == ["“Acme”"]


@pytest.mark.parametrize(
    "question",
    ["When must the tenant pay rent?", "What is due in March?", "What does Section 4 say?", "Is there a non-compete?"],
)
def test_nothing_is_taken_for_granted_that_goes_by_many_words(question: str) -> None:
    assert presupposed(asked(question)) == []


def test_words_are_counted_with_plural_and_possessive_only() -> None:
    assert len(pattern("penalty").findall("penalty, penalties; the penalty’s sum; penal")) == 3
    assert len(pattern("tenant").findall("Tenant's tenants; tenancy; subtenant")) == 2
    assert counted(asked("What is the late penalty for overdue rent?"))[0] == "penalty"
