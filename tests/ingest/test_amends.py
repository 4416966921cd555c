"""What an amendment amends and replaces, and which exhibits a document carries."""

from __future__ import annotations

import pytest

from legalqa.ingest.structure.amends import relations
from legalqa.ingest.structure.titles import title_of


def told(text: str, kind: str = "amendment") -> list[tuple[str, str]]:
    found = relations(text, kind, title_of(text))
    for one in found:
        printed = " ".join(text[one.start : one.end].split())
        assert printed.casefold() == one.value.casefold() if one.field == "exhibit" else printed == one.value
    return [(one.field, one.value) for one in found]


HEAD = "FIRST AMENDMENT TO LEASE\n\nThis First Amendment is made as of May 4, "
"2021 between A LLC and B Inc.\n\nRECITALS\n\n"


@pytest.mark.parametrize(
    ("recital", "value"),
    [
        (
            "A. The parties are parties to an Industrial Lease dated March 15, 2019 (the “Lease”).",
            "Industrial Lease dated March 15, 2019",
        ),
        (
            "WHEREAS, they entered into that certain Lease Agreement, dated as of March 1, 2019, for space.",
            "Lease Agreement, dated as of March 1, 2019",
        ),
        ("The parties agree as follows.", "LEASE"),
    ],
)
def test_amends(recital: str, value: str) -> None:
    assert told(HEAD + recital) == [("amends", value)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Section 4.2 of the Lease is hereby deleted in its entirety and replaced.", ["Section 4.2"]),
        ("Sections 4.2 and 4.3 of the Lease are amended.", ["Sections 4.2 and 4.3"]),
        (
            "In Section 17.1(b) of the Lease, the words “thirty (30) days” are replaced with “forty”.",
            ["Section 17.1(b)"],
        ),
        (
            "The limit in Section 17.1(b)(ii) is not changed. The address in Section 20.1(a) of the Lease is replaced.",
            ["Section 20.1(a)"],
        ),
        ("This amendment deletes Section 9 and adds nothing.", ["Section 9"]),
        ("Under Section 5 the rent is due. The date is changed by notice.", []),
    ],
)
def test_replaces(text: str, values: list[str]) -> None:
    assert [value for field, value in told(HEAD + text) if field == "replaces"] == values


def test_only_amendments_amend() -> None:
    assert told("LEASE\n\nThis Lease replaces that certain Lease dated May 1, 2019.", "lease") == []


def test_exhibits() -> None:
    text = (
        "Exhibit 10.12\n\nLEASE\n\nEXHIBIT A ........ 12\nExhibit B to this Lease shows the roof.\n\nText.\n\n"
        "EXHIBIT A\nPremises\n\nEXHIBIT B – Rules\n\nSchedule 1\nRent\n\nEXHIBIT A\n"
    )
    assert told(text, "lease") == [("exhibit", "Exhibit A"), ("exhibit", "Exhibit B"), ("exhibit", "Schedule 1")]
