"""What a cross-encoder says of one passage as the answer to one question."""

from __future__ import annotations

from dataclasses import dataclass

from legalqa.values.document import Span


@dataclass(frozen=True, slots=True)
class Relevance:
    """`probability` that the passage answers the question, 0 to 1, calibrated; and which of its words do.

    `tokens` are half-open character spans in the passage as it was given, in order, without what was cut off;
    `evidence` has for each the probability that it belongs to the answer, supposing that the passage holds it.
    """

    probability: float
    tokens: tuple[Span, ...]
    evidence: tuple[float, ...]
