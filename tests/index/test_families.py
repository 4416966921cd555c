"""`type=agreement` and `type=pleading` find every kind of their family; a type of its own finds itself."""

from __future__ import annotations

import pytest

from legalqa.answer.where import parse
from legalqa.index.conditions import holds
from legalqa.ingest.structure import types
from legalqa.values.types import FAMILIES, TYPES


@pytest.mark.parametrize(
    ("where", "found", "not_found"),
    [
        ("type=agreement", "agreement services supply license employment loan", "lease nda amendment letter"),
        ("type=Pleading", "pleading complaint answer motion brief", "order opinion declaration"),
        ("type=services", "services", "agreement supply"),
        ("type!=agreement", "lease nda amendment letter", "agreement services"),
    ],
)
def test_families(where: str, found: str, not_found: str) -> None:
    conditions = parse(where)
    assert [kind for kind in found.split() if not holds({"type": kind}, conditions)] == []
    assert [kind for kind in not_found.split() if holds({"type": kind}, conditions)] == []


def test_every_type_that_is_read_can_be_asked_for() -> None:
    named = {types.type_of(words, "", "") for words in ("LEASE", "SUPPLY AGREEMENT", "MOTION", "SUBPOENA", "Photo")}
    assert named == {"lease", "supply", "motion", "subpoena", "other"}
    assert {kind for kind, _ in types._NAMED} <= TYPES
    assert all(kind in TYPES for family in FAMILIES.values() for kind in family)
