"""Amendments linked to what they amend, over the documents of one matter.

A link is made only if exactly one document answers the amendment's own description of what it amends: the name of the
instrument, its date where one is printed, and a party in common. Otherwise it says why there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from legalqa.values.document import Document

_PRINTED = re.compile(
    r"\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:\s?(?:st|nd|rd|th))?\s?,?\s+(\d{4})\b"
    r"|\b(\d{1,2})\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})\b|\b(\d{1,2})/(\d{1,2})/(\d{4})\b"
)
_DATED = re.compile(r"[\s,]+(?:which\s+was\s+)?(?:dated|made|entered|executed|effective)\b.*", re.I | re.S)
_FORMAL = re.compile(r"an?|and|as|amended|certain|form|of|original|restated|the|that|this|to|no|number")
_ENTITY = re.compile(r"inc|incorporated|llc|lp|llp|ltd|limited|corp|corporation|co|company|plc|the")


@dataclass(frozen=True, slots=True)
class Described:
    """What a link depends on of a document. `amends` holds its descriptions of what it amends, as printed."""

    id: str
    title: str
    type: str
    date: str | None
    parties: tuple[str, ...]
    amends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """What an amendment amends: `amended_id` is None where no document, or more than one, answers its description."""

    amending_id: str
    amended_id: str | None
    reason: str


def described(document: Document) -> Described:
    """What `links` wants to know of a document."""
    amends = tuple(datum.value for datum in document.metadata if datum.field == "amends")
    return Described(document.id, document.title, document.type, document.date, document.parties, amends)


def links(documents: Sequence[Described]) -> tuple[Link, ...]:
    """One link for each description that an amendment gives of what it amends, in the order of the documents."""
    bases = [(document, _words(document.title)) for document in documents if document.type != "amendment"]
    return tuple(
        _link(document, description, bases)
        for document in documents
        if document.type == "amendment"
        for description in dict.fromkeys(document.amends)
    )


def _link(amending: Described, description: str, bases: Sequence[tuple[Described, frozenset[str]]]) -> Link:
    wanted = _words(_DATED.sub("", description))
    day = _day(description)
    if not wanted:
        return Link(amending.id, None, "the amendment does not name what it amends")
    named = [base for base, words in bases if base.id != amending.id and wanted <= words]
    dated = [base for base in named if day is None or base.date == day]
    shared = [base for base in dated if _share(amending, base, certain=day is not None)]
    if len(shared) == 1:
        agree = "name, date" if day else "name"
        agree += " and parties agree" if amending.parties and shared[0].parties else " agree"
        return Link(amending.id, shared[0].id, agree)
    if len(shared) > 1:
        return Link(amending.id, None, f"{len(shared)} documents answer the description")
    if dated:
        return Link(amending.id, None, "the document of that name is between others")
    if named:
        return Link(amending.id, None, "no document of that name bears the date")
    return Link(amending.id, None, "no document of the matter has that name")


def _share(amending: Described, base: Described, *, certain: bool) -> bool:
    """Whether a party of one is a party of the other; where either names none, only an agreeing date is enough."""
    if not amending.parties or not base.parties:
        return certain
    return bool({_entity(name) for name in amending.parties} & {_entity(name) for name in base.parties})


def _entity(name: str) -> tuple[str, ...]:
    """A party's name without its form: "Harbor Foods, Inc." and "HARBOR FOODS INC" are one."""
    words = re.findall(r"\w+", re.sub(r"[.'’]", "", name).casefold())
    return tuple(word for word in words if not _ENTITY.fullmatch(word)) or tuple(words)


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W\d_]{2,}", name.casefold()) if not _FORMAL.fullmatch(word))


def _day(description: str) -> str | None:
    """The day that is printed in a description, ISO 8601; None if there is none or the calendar knows no such day."""
    match = _PRINTED.search(description)
    if not match:
        return None
    try:
        if match[7]:
            return date(int(match[9]), int(match[7]), int(match[8])).isoformat()
        day, month, year = (match[2], match[1], match[3]) if match[1] else (match[4], match[5], match[6])
        return datetime.strptime(f"{day} {month[:3].title()} {year}", "%d %b %Y").date().isoformat()
    except ValueError:
        return None
