"""Amendments find the one document that they amend, or say why not."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from legalqa import shipped
from legalqa.index.links import Described, Link, described, links
from legalqa.ingest.reader import Reader, ReadOptions

LEASE = Described("lease", "INDUSTRIAL LEASE", "lease", "2019-03-15", ("HARBOR LLC", "TIDEWELL, INC."))
OTHER = Described("other", "Industrial Lease", "lease", "2018-01-01", ("Harbor LLC", "Northgate Inc."))
FIRST = Described(
    "first",
    "FIRST AMENDMENT",
    "amendment",
    "2021-09-20",
    ("Harbor, LLC", "Tidewell Inc."),
    ("Industrial Lease dated March 15, 2019",),
)


def test_the_one_that_answers() -> None:
    assert links([OTHER, LEASE, FIRST]) == (Link("first", "lease", "name, date and parties agree"),)


@pytest.mark.parametrize(
    ("description", "amended"),
    [
        ("Lease dated as of March 15, 2019", "lease"),
        ("Industrial Lease, dated as of the 15 March 2019", "lease"),
        ("Lease dated 3/15/2019", "lease"),
        ("Lease dated March 16, 2019", None),
        ("Sublease dated March 15, 2019", None),
        ("Lease dated February 30, 2019", None),  # no such day: two leases answer to the name alone
        ("INDUSTRIAL LEASE", None),
        ("", None),
    ],
)
def test_descriptions(description: str, amended: str | None) -> None:
    (link,) = links([LEASE, OTHER, replace(FIRST, amends=(description,))])
    assert link.amended_id == amended
    assert link.reason


def test_two_of_a_kind_are_unresolved() -> None:
    (link,) = links([LEASE, replace(LEASE, id="draft"), FIRST])
    assert link == Link("first", None, "2 documents answer the description")


def test_other_parties_are_another_lease() -> None:
    (link,) = links([replace(LEASE, parties=("Acme", "Bolt")), FIRST])
    assert link == Link("first", None, "the document of that name is between others")


def test_without_parties_only_the_date_is_enough() -> None:
    (link,) = links([replace(LEASE, parties=()), FIRST])
    assert link == Link("first", "lease", "name, date agree")
    (link,) = links([replace(LEASE, parties=()), replace(FIRST, amends=("Industrial Lease",))])
    assert link.amended_id is None


def test_the_sample_matter() -> None:
    """Two amendments of one lease, in PDF and Word, among papers that only mention it."""
    folder = shipped.folder("resources") / "sample" / "documents"
    names = [
        "Industrial Lease 2019-03-15.pdf",
        "First Amendment 2021-09-20.pdf",
        "Second Amendment 2023-02-10.docx",
        "NDA Tidewell - Cobalt Ridge 2024-01-08.docx",
        "Notice of Default 2024-09-12.pdf",
        "Complaint 2024-12-04.pdf",
    ]
    reader = Reader(ReadOptions(ocr="never"))
    try:
        documents = [
            reader.read(folder / name, hashlib.sha256((folder / name).read_bytes()).hexdigest()) for name in names
        ]
    finally:
        reader.close()
    lease, first, second = (document.id for document in documents[:3])
    assert links([described(document) for document in documents]) == (
        Link(first, lease, "name, date and parties agree"),
        Link(second, lease, "name, date and parties agree"),
    )
