"""What a document says of itself, and silence where it says nothing."""

from __future__ import annotations

import pytest

from legalqa.ingest.items import Outline
from legalqa.ingest.metadata import About, about, bates_of


def told(text: str, name: str = "file.pdf") -> About:
    return about(Outline("0" * 32, name, "pdf", text, ((0, len(text)),)))


def test_a_lease() -> None:
    found = told(
        "COMMERCIAL LEASE AGREEMENT\n\nThis Lease is made as of March 5, 2021, by and between Harbor Point Properties, "
        'LLC, a Delaware limited liability company ("Landlord"), and Brightwater Analytics, Inc., a Nevada corporation '
        '(the "Tenant").'
    )
    assert found == About(
        "COMMERCIAL LEASE AGREEMENT",
        "lease",
        "2021-03-05",
        ("Harbor Point Properties, LLC", "Brightwater Analytics, Inc."),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("FIRST AMENDMENT TO LEASE\n\nThis amends.", "amendment"),
        ("MUTUAL NON-DISCLOSURE AGREEMENT\n\nText.", "nda"),
        ("DEPOSITION OF JOHN SMITH\n\nQ. State your name.", "transcript"),
        ("IN THE SUPERIOR COURT\n\nSmith, Plaintiff, v. Jones, Defendant.\n\nORDER ON MOTION TO COMPEL\n", "order"),
        ("INVOICE\n\nAmount due $5.", "invoice"),
        ("May 1, 2020\n\nDear Mr. Smith:\n\nWe write about the roof.", "letter"),
        ("SERVICES AGREEMENT\n\nText.", "agreement"),
        ("Some words that say nothing of what they are.", "other"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert told(text).type == kind


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("AGREEMENT dated as of this 5th day of May, 2019 between", "2019-05-05"),
        ("AGREEMENT\nEffective Date: 12/31/2020", "2020-12-31"),
        ("AGREEMENT\nmade on 2018-02-30 by", None),
        ("AGREEMENT. The term ended on May 1, 2001 under an older contract.", None),
        ("ORDER\n\nFebruary 3, 2024\n\nIt is ordered.", "2024-02-03"),
    ],
)
def test_dates_are_found_or_not_claimed(text: str, day: str | None) -> None:
    assert told(text).date == day


def test_parties_of_a_caption() -> None:
    found = told("SUPERIOR COURT\n\nHARBOR POINT LLC,\nPlaintiff,\nv.\nBRIGHTWATER INC.,\nDefendant.\n\nORDER\n")
    assert found.parties == ("HARBOR POINT LLC", "BRIGHTWATER INC.")


def test_no_title_falls_back_to_the_file_name() -> None:
    assert told("words only", "2021-03 site_visit.txt").title == "2021-03 site visit"


def spans(pages: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    found, position = [], 0
    for page in pages:
        found.append((position, position + len(page)))
        position += len(page) + 2
    return "\n\n".join(pages), tuple(found)


def test_bates_numbers() -> None:
    pages = [f"Text of a page.\nMore.\n\nHPP{number:06d}" for number in range(114, 118)]
    pages.insert(2, "A page without a stamp.")
    assert bates_of(*spans(pages)) == ("HPP000114", "HPP000115", None, "HPP000116", "HPP000117")


def test_a_legend_is_no_part_of_a_bates_number() -> None:
    pages = ["CONFIDENTIAL HPP000114\nText.", "Text.\nHPP000115", "Text.\nHPP000116 HIGHLY CONFIDENTIAL"]
    assert bates_of(*spans(pages)) == ("HPP000114", "HPP000115", "HPP000116")


@pytest.mark.parametrize(
    "pages",
    [
        ["Text\n1", "Text\n2", "Text\n3"],
        ["Text\nABC0001", "Text\nXYZ0001", "Text\nQRS0001"],
        ["Text\nABC0005", "Text\nABC0003", "Text\nABC0004"],
        ["Ref ABC0001 in a sentence.", "Ref ABC0002 in a sentence."],
    ],
)
def test_what_is_no_bates_number(pages: list[str]) -> None:
    assert bates_of(*spans(pages)) == (None,) * len(pages)
