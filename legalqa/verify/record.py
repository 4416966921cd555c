"""What the verifier needs from outside, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from legalqa.values.answer import Authority, Sentence, Verdict
from legalqa.values.document import Document


@dataclass(frozen=True, slots=True)
class Place:
    """Characters ``[start, end)`` of document `document_id`; `hidden` says why they cannot be seen on their page."""

    document_id: str
    start: int
    end: int
    hidden: str = ""


class Record(Protocol):
    """The matter's documents as the verifier sees them."""

    def document(self, document_id: str) -> Document | None:
        """The document, None if the matter does not hold it."""

    def find(self, quote: str) -> Sequence[Place]:
        """Every exact occurrence (as `places.standing` understands it) in any document, at most a bounded number, those
        in text that cannot be seen last.
        """

    def resolve(self, reference: str) -> Sequence[Place]:
        """What a reference in a brief points at; empty if it cannot be told.

        `reference` is one of: a Bates number or range ("HARBOR000123", "HARBOR000123-125": whole pages), a short
        title with a pin ("Lease § 4.2": that section; "Lease at 12", "Lease p. 12", "Lease pp. 12-13": those pages,
        by printed label; "Doe Dep. 45:12-46:3": those transcript lines), an exhibit ("Ex. A", "Ex. A at 3"), a
        paragraph of a pleading ("Compl. ¶ 12"), or a file name or title alone ("Lease.pdf": the whole document).
        Dashes arrive as hyphens. More than one place means that the reference is ambiguous.
        """


Support = Callable[[str, str], float]
"""Semantic similarity, 0 to 1, of a claim and the best sentence of a passage: ``support(claim, passage)``."""


Search = Callable[[str], Sequence[Place]]
"""The places of the record that are most about a sentence, best first, a few of them."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Every sentence of an answer or a draft with its verdict, and the authorities named in it."""

    sentences: tuple[Sentence, ...]
    authorities: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """The verdict on one claim against one passage, without a matter. `score` is the support score, 0 to 1."""

    verdict: Verdict
    reasons: tuple[str, ...]
    score: float
    authorities: tuple[Authority, ...]
