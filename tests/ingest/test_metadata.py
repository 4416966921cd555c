"""What a document says of itself, each thing with its span, and silence where it says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from legalqa.ingest.items import Outline
from legalqa.ingest.structure.metadata import About, about
from legalqa.values.document import Region

LEASE = (
    "COMMERCIAL LEASE AGREEMENT\n\nThis Lease is made as of March 5, 2021, by and between Harbor Point Properties, "
    'LLC, a Delaware limited liability company ("Landlord"), and Brightwater Analytics, Inc., a Nevada corporation '
    '(the "Tenant").\n\n1. Rent. Tenant shall pay rent.\n\n2. Law. This Lease is governed by the laws of the State of '
    "Maine.\n\nIN WITNESS WHEREOF, the parties have signed.\n\nBy: /s/ Ann Lee\nName: Ann Lee\nTitle: Manager\n"
)


def told(text: str, name: str = "file.pdf", regions: tuple[Region, ...] = ()) -> About:
    return about(Outline("0" * 32, name, "pdf", text, ((0, len(text)),), regions=regions))


def test_a_lease() -> None:
    found = told(LEASE)
    assert (found.title, found.type, found.date) == ("COMMERCIAL LEASE AGREEMENT", "lease", "2021-03-05")
    assert found.parties == ("Harbor Point Properties, LLC", "Brightwater Analytics, Inc.")
    assert [(datum.field, datum.value, LEASE[datum.start : datum.end]) for datum in found.metadata] == [
        ("title", "COMMERCIAL LEASE AGREEMENT", "COMMERCIAL LEASE AGREEMENT"),
        ("type", "lease", "COMMERCIAL LEASE AGREEMENT"),
        ("date", "2021-03-05", "March 5, 2021"),
        ("party", "Harbor Point Properties, LLC", "Harbor Point Properties, LLC"),
        ("party", "Brightwater Analytics, Inc.", "Brightwater Analytics, Inc."),
        ("governing_law", "Maine", "Maine"),
        ("signatory", "Ann Lee", "Ann Lee"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("FIRST AMENDMENT TO LEASE\n\nThis amends.", "amendment"),
        ("INDUSTRIAL LEASE AMENDMENT NO. 2\n\nThis amends.", "amendment"),
        ("MUTUAL NON-DISCLOSURE AGREEMENT\n\nText.", "nda"),
        ("DEPOSITION OF JOHN SMITH\n\nQ. State your name.", "transcript"),
        ("IN THE SUPERIOR COURT\n\nSmith, Plaintiff, v. Jones, Defendant.\n\nORDER ON MOTION TO COMPEL\n", "order"),
        ("IN THE SUPERIOR COURT\n\nCOMPLAINT FOR BREACH OF LEASE\n", "complaint"),
        ("MOTION FOR AN ORDER OF PROTECTION\n", "motion"),
        ("DEFENDANT'S ANSWER AND COUNTERCLAIM\n", "answer"),
        ("MEMORANDUM OF LAW IN SUPPORT OF MOTION TO DISMISS\n", "brief"),
        ("DECLARATION OF ANN LEE\n", "declaration"),
        ("SUBPOENA DUCES TECUM\n\nYOU ARE COMMANDED", "subpoena"),
        ("INVOICE\n\nAmount due $5.", "invoice"),
        ("May 1, 2020\n\nDear Mr. Smith:\n\nWe write about the roof.", "letter"),
        ("AGREEMENT AND PLAN OF MERGER\n\nText.", "merger"),
        ("EXECUTIVE EMPLOYMENT AGREEMENT\n\nText.", "employment"),
        ("SOFTWARE LICENSE AND MAINTENANCE AGREEMENT\n\nText.", "license"),
        ("MANUFACTURING AND SUPPLY AGREEMENT\n\nText.", "supply"),
        ("ASSET PURCHASE AGREEMENT\n\nText.", "purchase"),
        ("MASTER SERVICES AGREEMENT\n\nText.", "services"),
        ("CREDIT AGREEMENT\n\nText.", "loan"),
        ("GUARANTY OF LEASE\n\nText.", "guaranty"),
        ("SUBLEASE\n\nText.", "lease"),
        ("JOINT VENTURE AGREEMENT\n\nText.", "agreement"),
        ("MINUTES OF THE ANNUAL MEETING\n\nText.", "minutes"),
        ("NOTICE OF DEFAULT\n\nText.", "notice"),
        ("Some words that say nothing of what they are.", "other"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert told(text).type == kind


def test_no_title_falls_back_to_the_file_name() -> None:
    found = told("words only", "2021-03 site_visit.txt")
    assert found.title == "2021-03 site visit"
    assert all(datum.start == datum.end == 0 for datum in found.metadata)


def test_hidden_words_say_nothing() -> None:
    hidden = "ORDER OF THE COURT\n\nSmith, Plaintiff, v. Jones, Defendant.\n\n"
    found = told(hidden + LEASE, regions=(Region("hidden", 0, len(hidden), "white"),))
    assert (found.type, found.parties[0]) == ("lease", "Harbor Point Properties, LLC")
    assert told(hidden + LEASE).type == "order"


def test_what_the_format_says_goes_first() -> None:
    outline = Outline("0" * 32, "a.eml", "eml", LEASE, ((0, len(LEASE)),), "Roof", "email", "2020-01-02", ("Ann Lee",))
    found = about(outline)
    assert (found.title, found.type, found.date, found.parties) == ("Roof", "email", "2020-01-02", ("Ann Lee",))


WORDS = st.sampled_from(
    (
        "This Lease",
        "AGREEMENT",
        "FIRST AMENDMENT TO LEASE",
        "is made as of May 1, 2020",
        "by and between",
        "Acme, Inc.",
        '("Tenant")',
        "and",
        "“Rent” means",
        "governed by the laws of the State of Maine",
        "IN WITNESS WHEREOF",
        "By: ________ Name:",
        "/s/ Ann Lee",
        "Section 4.2 of the Lease is deleted",
        "EXHIBIT A\n",
        "HARBOR000101\n",
        "HARB0R0OO102\n",
        "From: Ann Lee\nSent: May 1, 2020\nTo: Bob Ray\nSubject: Roof\n",
        "\n 1   Q.  Why?\n 2   A.  Because.\n 3  So.\n",
        "Smith,\nPlaintiff,\nv.\nJones,\nDefendant.\n",
        "\n\n",
        "\f",
        "(",
        ")",
        "the",
        "İ",
        "\U0001d400",
    )
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=40))
def test_every_span_holds_what_it_says(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for datum in told(text).metadata:
        assert 0 <= datum.start <= datum.end <= len(text)
        printed = " ".join(text[datum.start : datum.end].split())
        if datum.end and datum.field in ("title", "party", "signatory", "deponent", "examiner", "amends", "replaces"):
            assert printed == datum.value
        elif datum.end:
            assert printed


def test_the_title_in_the_text_goes_before_the_running_head_and_the_property() -> None:
    head = "Harbor Point Lease — Confidential"
    text = f"{head}\n\nCOMMERCIAL LEASE\n\n1. Rent\n\nTenant pays."
    outline = Outline("0" * 32, "a.docx", "docx", text, ((0, len(text)),), title="Draft")
    found = about(structs.replace(outline, regions=(Region("header", 0, len(head)),)))
    assert (found.title, found.type) == ("COMMERCIAL LEASE", "lease")
    assert about(structs.replace(outline, text="Tenant pays the rent.", pages=((0, 21),))).title == "Draft"


def test_the_title_and_type_of_a_letter() -> None:
    text = "May 2, 2024\n\nAnn Lee\n\nRe: NOTICE OF DEFAULT — Lease of 2019\n\nDear Ann:\n\nRent is due.\n"
    found = told(text, "Notice of Default 2024.pdf")
    assert (found.title, found.type) == ("NOTICE OF DEFAULT — Lease of 2019", "notice")
