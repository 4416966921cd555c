"""What an answer is besides its sentences: the values it leads with, its rows by document, what is said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shape = Literal["statement", "value", "listing", "comparison", "overview"]
Mode = Literal["quote-first", "cited-prose", "unconstrained"]  # the last: prose without the grammar, to compare
RemarkKind = Literal["amended", "differs", "elsewhere", "premise", "limits"]
ValueKind = Literal["amount", "percentage", "date", "duration", "number"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value that answers the question, as the record writes it, read from the words of one quoted sentence.

    `value` and `unit` are its normal form ("136500", "USD"; "2029-05-31", ""). `sentence` is the index of the sentence
    that it was read from, whose citation is its own; `start`/`end` are offsets into the text of `document_id`.
    """

    kind: ValueKind
    text: str
    value: str
    unit: str
    sentence: int
    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A document of a listing or a comparison. `sentences` are the indices of those that quote it: none if it was
    searched without a finding.
    """

    document_id: str
    document: str
    path: str
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said about the answer's sentences by rule, never by a model; `sentences` are their indices.

    "amended": the first replaces or amends what the others quote; "differs": they state different values; "elsewhere":
    they stand in other documents than the question named; "premise": the question presupposes what the record does not
    mention; "limits": what was left out of a listing, or that the model had to run smaller, and why.
    """

    kind: RemarkKind
    text: str
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TermCount:
    """How often a word of the question stands in the searched documents, with its plural and possessive, and in how
    many of them.
    """

    term: str
    count: int
    documents: int


@dataclass(frozen=True, slots=True)
class Form:
    """The shape of an answer. Indices count the claims of an `Answer` and the sentences of a `VerifiedAnswer`, which
    are the same.
    """

    shape: Shape = "statement"
    mode: Mode = "quote-first"
    values: tuple[Value, ...] = ()
    rows: tuple[Row, ...] = ()
    remarks: tuple[Remark, ...] = ()
    counts: tuple[TermCount, ...] = ()
