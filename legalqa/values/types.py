"""The types of documents, and the families that a filter may name for all of their kinds at once."""

from __future__ import annotations

from collections.abc import Mapping

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "agreement": (
        "agreement", "employment", "guaranty", "license", "loan", "merger", "purchase", "services", "supply",
    ),
    "pleading": ("pleading", "answer", "brief", "complaint", "motion"),
}  # fmt: skip
"""`agreement` finds every kind of agreement but leases, NDAs and amendments, which attorneys ask for by these names;
`pleading` finds what the parties file to plead and to move, not what a court writes (order, opinion), nor evidence and
discovery (declaration, discovery, subpoena, transcript). The other types are of no family."""

TYPES: frozenset[str] = frozenset(
    (
        *(kind for family in FAMILIES.values() for kind in family),
        *("lease", "nda", "amendment", "order", "opinion", "declaration", "discovery", "subpoena", "transcript"),
        *("notice", "letter", "email", "invoice", "minutes", "notes", "policy", "resume", "other"),
    )
)


def kinds_of(type: str) -> tuple[str, ...]:
    """The types that a filter's word means: those of the family, or that type alone."""
    return FAMILIES.get(type, (type,))
