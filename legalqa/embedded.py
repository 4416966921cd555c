"""Which embedding model a matter's passages were embedded with, and that it is the one that embeds the question."""

from __future__ import annotations

import re

from legalqa.errors import EnvironmentFault
from legalqa.index.catalog import Catalog

_HASH = 16  # hexadecimal digits of the graph's SHA-256 that name the model
_NAMED = re.compile(r"(?:^|\s)encoder=([0-9a-f]+)")


def named(sha256: str) -> str:
    """How the options of a document name the model that embedded its passages."""
    return f"encoder={sha256[:_HASH]}"


def others(catalog: Catalog, sha256: str, version: str | None = None) -> list[tuple[str, str]]:
    """Documents whose passages were embedded with another model than that of the hash, and the options that would name
    it; only those read by this version of the reader, if one is given.
    """
    found = []
    for id in catalog.documents():
        read, options = catalog.read_as(id) or ("", "")
        known = _NAMED.search(options)
        if known and known[1] != sha256[:_HASH] and version in (None, read):
            found.append((id, _NAMED.sub(f" {named(sha256)}", options).strip()))
    return found


def refuse_another(catalog: Catalog, sha256: str) -> None:
    """Raises EnvironmentFault if passages of the matter were embedded with another model than that of the hash.

    Vectors of two models do not compare: the ranking would be noise, and nothing would show it.
    """
    ours, others, all_of_them = sha256[:_HASH], 0, 0
    for options, count in catalog.read_with().items():
        found = _NAMED.search(options)
        all_of_them += count
        others += count if found and found[1] != ours else 0
    if others:
        raise EnvironmentFault(
            f"{others:,} of {all_of_them:,} documents of this matter were indexed with another embedding model than "
            "the one that is set now.",
            kept="Nothing was lost.",
            hint="Run `legalqa index` on the matter's folders again, which embeds its text anew; or set "
            "`embedding_model` in settings.toml back to the former one.",
        )
