"""What a brief points at is looked up, and no document is loaded that it does not point at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa.index.catalog import Catalog
from legalqa.matter_record import MatterRecord
from legalqa.values.document import Document, Section
from legalqa.verify.record import Place
from tests.index import synthetic
from tests.index.test_catalog import put

LEASE = replace(
    synthetic.document(synthetic.prose(6), "/files/lease.txt", title="Lease", bates="HARBOR"),
    sections=(
        Section("Exhibit B", "Floor plan", 1, 40, 120, ("Exhibit B",)),
        Section("2", "Rent", 1, 120, 200, ("2",)),
    ),
)
LETTER = synthetic.document(synthetic.prose(4), "/files/Ex. 4 letter.txt", title="Letter", type="letter")
OTHER = synthetic.document(synthetic.prose(5), "/files/nda.txt", title="NDA", type="nda", bates="ACME")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    for document in (LEASE, LETTER, OTHER):
        put(catalog, document)
    yield catalog
    catalog.close()


@pytest.mark.parametrize(
    ("reference", "place", "opened"),
    [
        ("HARBOR 000002", Place(LEASE.id, LEASE.pages[1].start, LEASE.pages[1].end), []),
        ("ACME000001", Place(OTHER.id, OTHER.pages[0].start, OTHER.pages[0].end), []),
        ("Ex. B", Place(LEASE.id, 40, 120), []),
        ("Ex. 4", Place(LETTER.id, 0, len(LETTER.text)), [LETTER.id]),
        ("Lease § 2", Place(LEASE.id, 120, 200), [LEASE.id]),
    ],
)
def test_a_reference_opens_what_it_points_at_alone(
    catalog: Catalog, reference: str, place: Place, opened: list[str]
) -> None:
    loaded: list[str] = []

    def load(id: str) -> Document:
        loaded.append(id)
        return catalog.document(id)

    assert MatterRecord(catalog, load).resolve(reference) == [place]
    assert list(dict.fromkeys(loaded)) == opened


@pytest.mark.parametrize("reference", ["HARBOR 000009", "Ex. Q", "000001", "Deed § 2"])
def test_what_is_not_there_is_not_guessed(catalog: Catalog, reference: str) -> None:
    assert MatterRecord(catalog, catalog.document).resolve(reference) == []
