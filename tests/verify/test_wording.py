"""Sentences that a model garbled, as they were met, and sentences that are well."""

from __future__ import annotations

import pytest

from legalqa.verify.wording import faults

PASSAGE = (
    "This Lease is made between Harbor Point LLC and Delmar Foods, Inc. as of March 14, 2021, effective March 1, 2021."
)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The contract is made as of March 1, 2021, and is made as of March 1, 2021.", "repeats itself"),
        ("Harbor is a part of Delmar and is a part of Point.", "repeats itself"),
        ("This Lease is made by and between Harbor Point LLC.", "one side"),
        ("The record provides that the parties to this contract are Delmar Foods, Inc.", "one side"),
        ("The record provides that the Delmar Foods, Inc.", "no verb"),
        ("The record provides that the Naked Foods Group, Inc.", "no verb"),
        ("The record provides that the 14th day of March, by Harbor Point LLC, with offices in Maine.", "no verb"),
    ],
)
def test_garbled(text: str, fault: str) -> None:
    assert any(fault in found for found in faults(text, PASSAGE))


@pytest.mark.parametrize(
    "text",
    [
        "This Lease is made between Harbor Point LLC and Delmar Foods, Inc.",
        "The Lease was entered into between the two parties.",
        "The record provides that the monthly rent is $5.",
        "The record provides that Tenant pays late charges.",
        "The parties are Harbor Point LLC and Delmar Foods, Inc.",
    ],
)
def test_well_worded(text: str) -> None:
    assert faults(text, PASSAGE) == []


def test_what_the_record_says_twice_may_be_said_twice() -> None:
    text = "Tenant may not assign it and Tenant may not assign its rights."
    assert faults(text, "") != []
    assert faults(text, text) == []
