"""What amends a cited document is told beside the citation, where one document alone can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legalqa.amending import Amendments
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import searchable
from legalqa.values.answer import CheckedCitation, Sentence
from legalqa.values.document import Document, Metadatum, Section
from tests.index import synthetic

AMENDMENT = (
    "FIRST AMENDMENT\n1. Term. The Expiration Date in Section 1.1 remains May 31.\n"
    "2. Base Rent. The schedule in Section 4.2 of the Lease is replaced.\n3. Notices. Section 14.2 is deleted."
)


def amendment(name: str, amends: str) -> Document:
    text = AMENDMENT + f"\n{name}"
    starts = [text.index("1. Term"), text.index("2. Base"), text.index("3. Notices"), len(text)]
    sections = tuple(
        Section(f"{n}.", "", 1, starts[n - 1], starts[n], (f"{n}.",)) for n in (1, 2, 3)
    )  # fmt: skip
    made = synthetic.document(text, f"files/{name}.txt", type="amendment", title=name, date="2021-09-20")
    return replace(made, sections=sections, metadata=(Metadatum("amends", amends, 0, 5),))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite")
    lease = synthetic.document("INDUSTRIAL LEASE\n" + synthetic.prose(3), "files/lease.txt", title="INDUSTRIAL LEASE")
    for document in (
        lease,
        amendment("First Amendment", "Industrial Lease dated March 1, 2019"),
        amendment("Stray Amendment", "Office Sublease dated May 5, 2005"),
    ):
        vectors = np.ones((len(searchable(document)), synthetic.SIZE), np.float16)
        made.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
        made.publish(document.id)
    yield made
    made.close()


def test_a_link_is_told_with_the_section_that_names_the_one_cited(catalog: Catalog) -> None:
    lease, first, stray = catalog.documents()
    amendments = Amendments(catalog, catalog.document)
    assert amendments.by_document() == {lease: [first]}
    assert amendments.of(lease, ("ARTICLE 4 RENT", "Section 4.2 Base Rent")) == ("First Amendment, see § 2",)
    assert amendments.of(lease, ("4.2 Base Rent", "(a)")) == ("First Amendment, see § 2",)
    assert amendments.of(lease, ("ARTICLE 9", "9.1 Use")) == ("First Amendment",)
    assert amendments.of(lease, ("4 Rent",)) == ("First Amendment",)
    assert amendments.of(lease, ()) == ("First Amendment",)
    assert amendments.of(stray, ("4.2",)) == ()


def test_only_places_that_stand_are_told(catalog: Catalog) -> None:
    lease = catalog.documents()[0]
    found = CheckedCitation("1", True, document_id=lease, section=("4.2",))
    checked = Amendments(catalog, catalog.document).sentence(
        Sentence("x", "verbatim", (), (found, replace(found, found=False)))
    )
    assert [one.amended_by for one in checked.citations] == [("First Amendment, see § 2",), ()]


def test_a_document_that_comes_later_is_seen(catalog: Catalog) -> None:
    lease, first, _ = catalog.documents()
    amendments = Amendments(catalog, catalog.document)
    amendments.by_document()
    catalog.remove(first)
    assert amendments.of(lease, ("4.2",)) == ()
