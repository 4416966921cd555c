"""What a user says of an answer or a hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Judgement = Literal["right", "wrong", "missing"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgement on one place (or on none).

    "right" and "wrong" speak of a place that was shown, "missing" of one that should have been; "right" without a place
    says that the record does not answer, as was told. ``[start, end)`` are offsets into the text of `document_id`,
    `page` is counted from 1 and None where the file has no pages, `quote` is the text of the place, `at` is ISO 8601.
    """

    id: int
    at: str
    judgement: Judgement
    question: str
    note: str = ""
    where: str = ""
    document_id: str = ""
    path: str = ""
    start: int = 0
    end: int = 0
    page: int | None = None
    quote: str = ""
