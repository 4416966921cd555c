"""When does it end? The clause on the term answers, with the date that it calls by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from legalqa.answer import lasting
from legalqa.values.document import Region, Section
from tests.index import synthetic

LEASE = """INDUSTRIAL LEASE

1.1 Basic Terms.
Commencement Date: June 1, 2019
Expiration Date: May 31, 2029
The Expiration Date is of the essence.

2.2 Term. The Term begins on the Commencement Date and ends at noon on the Expiration Date.

19.2 Holdover. If Tenant stays after the end of the Term, Tenant shall pay one and a half times the rent.
"""


@pytest.mark.parametrize(
    "question",
    [
        "When does the lease end?",
        "When does this Agreement expire",
        "On what date does the contract terminate?",
        "How long does the agreement last?",
        "What is the term of this lease?",
        "What is the expiration date of the license agreement?",
    ],
)
def test_a_question_for_the_term(question: str) -> None:
    assert lasting.asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "When does the tenant's right to terminate the lease end?",
        "When may the landlord terminate the lease?",
        "When does the lease end if the building burns down?",
        "How long does the tenant have to cure a default?",
        "What is the term of the option to extend?",
        "When does the confidentiality obligation end?",
        "",
    ],
)
def test_a_question_for_something_else(question: str) -> None:
    assert not lasting.asked(question)


def test_the_clause_and_before_it_the_line_with_the_date_that_it_names() -> None:
    start, end = LEASE.index("2.2"), LEASE.index("19.2")
    document = replace(
        synthetic.document(LEASE, "lease.txt"), sections=(Section("2.2", "Term", 1, start, end, ("2.2 Term",)),)
    )
    said = [document.text[span.start : span.end] for span in lasting.places(document)]
    assert said == [
        "Expiration Date: May 31, 2029",
        "The Term begins on the Commencement Date and ends at noon on the Expiration Date.",
    ]


def test_a_clause_that_gives_the_date_itself_needs_no_line_and_silence_is_no_answer() -> None:
    dated = "This Agreement shall expire on May 31, 2029, the Expiration Date.\nExpiration Date: May 31, 2030\n"
    document = synthetic.document(dated, "dated.txt")
    assert [document.text[span.start : span.end] for span in lasting.places(document)] == [dated.splitlines()[0]]
    assert lasting.places(synthetic.document("Tenant shall pay the rent.", "silent.txt")) == ()


def test_a_date_that_no_reader_sees_is_not_given_and_blank_lines_take_no_time() -> None:
    hidden = "Expiration Date: May 31, 2099\n"
    text = hidden + "\n" * 200_000 + LEASE
    start, end = text.index("2.2"), text.index("19.2")
    document = replace(
        synthetic.document(text, "lease.txt"),
        sections=(Section("2.2", "Term", 1, start, end, ("2.2 Term",)),),
        regions=(Region("hidden", 0, len(hidden), "white"),),
    )
    assert next(text[span.start : span.end] for span in lasting.places(document)) == "Expiration Date: May 31, 2029"
