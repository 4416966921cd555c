"""What a whole document is: what it says of itself and what stands in its parts, all of it copied from it."""

from __future__ import annotations

from dataclasses import dataclass

from legalqa.values.answer import Passage


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a document says of itself: `value` in short, and the words that say so.

    ================ ==============================================================
    label            value
    ================ ==============================================================
    opening          "": its passage is the sentence that the document begins with
    date, party      as in `Metadatum`
    governing_law    as in `Metadatum`
    term             the defined term that a date or period is called by, or ""
    signatory        as in `Metadatum`
    exhibit          as in `Metadatum`
    amends, replaces as in `Metadatum`
    ================ ==============================================================

    `passage` is None where the file's own properties say so, not its text.
    """

    label: str
    value: str
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A top section of a document at ``[start, end)`` with the sentences that stand for it, in the order of the text.

    `sections` counts the sections inside it.
    """

    number: str
    title: str
    start: int
    end: int
    sections: int
    summary: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A document at a glance. `terms` counts its defined terms, `amended_by` names what amends it."""

    document_id: str
    path: str
    title: str
    type: str
    pages: int
    paged: bool
    characters: int
    terms: int
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    amended_by: tuple[str, ...] = ()

    def said(self, label: str) -> tuple[Fact, ...]:
        """The facts of a label, in the order of the document."""
        return tuple(fact for fact in self.facts if fact.label == label)
