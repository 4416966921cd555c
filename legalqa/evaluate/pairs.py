"""The verifier alone: claims whose truth is known, held against the passage that they are said to come from.

Rows are JSON objects with ``claim`` (or ``quote``), ``passage``, ``supported`` and, to tell faults apart, ``kind``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legalqa.errors import UserError
from legalqa.evaluate.suite import rows

Accepts = Callable[[str, str], bool]  # (claim, passage): whether the verifier lets it stand
_FIELDS = ("id", "claim", "quote", "passage", "supported", "kind")


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, a passage, and whether the passage says so."""

    id: str
    claim: str
    passage: str
    supported: bool
    kind: str


def load(file: Path) -> list[Pair]:
    """The pairs of a file. Raises UserError naming line and field, and the field that may be meant."""
    found = [_pair(file.name, number, row) for number, row in rows(file)]
    if not found:
        raise UserError(f"{file} holds no pairs of claim and passage.")
    return found


def _pair(file: str, line: int, row: dict[str, Any]) -> Pair:
    claim = row.get("claim", row.get("quote"))
    for name, value, kind in (
        ("claim", claim, str),
        ("passage", row.get("passage"), str),
        ("supported", row.get("supported"), bool),
    ):
        if not isinstance(value, kind):
            near = difflib.get_close_matches(name, [other for other in row if other not in _FIELDS], n=1)
            words = "is missing or no text" if kind is str else "is missing or neither true nor false"
            raise UserError(
                f"{file}, line {line}: {name!r} {words}" + (f"; is {near[0]!r} meant for it?" if near else "."),
                kept="Nothing was measured.",
            )
    return Pair(str(row.get("id", line)), str(claim), row["passage"], row["supported"], str(row.get("kind", "")))


def score(pairs: Sequence[Pair], accepts: Accepts) -> dict[str, Any]:
    """How the verifier judges: precision and recall of what it rejects, and for each kind the share judged rightly.

    "wrong" are the ids that it judges wrongly.
    """
    accepted = [accepts(pair.claim, pair.passage) for pair in pairs]
    judged = list(zip(pairs, accepted, strict=True))
    rejected = [pair for pair, yes in judged if not yes]
    false = [pair for pair in pairs if not pair.supported]
    caught = sum(not pair.supported for pair in rejected)
    kinds = dict.fromkeys((pair.kind, pair.supported) for pair in pairs)
    return {
        "n": len(pairs),
        "precision": caught / len(rejected) if rejected else 1.0,
        "recall": caught / len(false) if false else 1.0,
        "kinds": {
            f"{kind or 'any'}, {'true' if supported else 'false'}": _right(
                [yes for pair, yes in judged if (pair.kind, pair.supported) == (kind, supported)], supported
            )
            for kind, supported in sorted(kinds)
        },
        "wrong": [pair.id for pair, yes in judged if yes != pair.supported],
    }


def _right(accepted: Sequence[bool], supported: bool) -> dict[str, float]:
    right = sum(yes == supported for yes in accepted)
    return {"n": len(accepted), "right": right / len(accepted)}


def rows_for_people(told: dict[str, Any]) -> list[list[str]]:
    """A line for each kind and a column for each way to read a claim, the first line the heads."""
    ways = list(told)
    lines = [["Verifier: judged rightly, percent", "n", *ways]]
    for kind, first in told[ways[0]]["kinds"].items():
        shares = [told[way]["kinds"][kind]["right"] for way in ways]
        lines.append([kind, str(first["n"]), *(f"{100 * share:.1f}" for share in shares)])
    for name in ("precision", "recall"):
        cells = [f"{100 * told[way][name]:.1f}" for way in ways]
        lines.append([f"{name} of what is rejected", str(told[ways[0]]["n"]), *cells])
    return lines
