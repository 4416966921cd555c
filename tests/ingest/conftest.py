"""Small files of every kind, made on the spot."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from legalqa.ingest import Reader, ReadOptions
from legalqa.values.document import Document

Read = Callable[[Path], Document]

LEASE = (
    "ARTICLE 4 RENT",
    "4.1 Base Rent. Tenant shall pay to Landlord as Base Rent the sum of $12,500.00 per month.",
    "4.2 Late Charges. Any sum not paid within ten days bears a late charge of five percent.",
)


def sha256(path: Path) -> str:
    """The content's hash."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """One reading process for all tests that do not kill theirs."""
    reader = Reader(ReadOptions(page_seconds=60, memory=3_000_000_000))
    yield reader
    reader.close()


@pytest.fixture
def read(reader: Reader) -> Read:
    """Read a file."""
    return lambda path: reader.read(path, sha256(path))
