"""What a document says of itself: title, type, date, parties and governing law, each with the span it was read from.

Every rule can be explained and says nothing where it cannot tell: a wrong date filters a document out of a search, a
missing one does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from legalqa.ingest.items import Outline
from legalqa.ingest.structure import amends, dates, law, parties, printedmail, signatures, titles, transcript, types
from legalqa.ingest.structure.names import Name
from legalqa.values.document import Metadatum, Region

_LETTER_FRONT = 2_500  # a letter names whom it is about in its reference line
_WITHOUT_PARTIES = frozenset(("email", "invoice", "notes", "minutes", "resume"))
_WITHOUT_LAW = frozenset((*dates.COURT_TYPES, "email", "letter", "notice", "transcript", "invoice", "notes", "minutes"))


@dataclass(frozen=True, slots=True)
class About:
    """What a document says of itself. `metadata` holds the same with spans, and what else was found.

    `signed` are its signature blocks, from which the signatories were read.
    """

    title: str
    type: str
    date: str | None
    parties: tuple[str, ...]
    metadata: tuple[Metadatum, ...] = ()
    signed: tuple[Region, ...] = ()


def about(outline: Outline) -> About:
    """Everything about the document.

    A title in the text goes before that of the file's properties, which nobody sees and few keep up; otherwise what
    the format itself told goes before what the text seems to say.
    """
    text = visible(outline)
    mail = printedmail.printed_mail(text) if not outline.type else None
    heading = mail.subject if mail else titles.title_of(body(outline, text))
    told = outline.title or _stem(outline.name)
    kind = outline.type or ("email" if mail else types.type_of(_of(heading, told), _stem(outline.name), text))
    shown = heading or (titles.reference_of(text) if kind in ("letter", "notice") else None)
    title = outline.title if outline.type and outline.title else shown.value if shown else told
    day = mail.sent if mail else dates.date_of(text, kind)
    names = mail.people if mail else _parties(text, kind)
    signed = signatures.signature_regions(text)
    metadata = [
        *_said("title", title, shown if shown and shown.value == title else None),
        *([Metadatum("type", kind, heading.start, heading.end)] if heading and not outline.type and not mail else ()),
        *_dated(outline.date, day),
        *([Metadatum("party", name) for name in outline.parties] or [_datum("party", name) for name in names]),
        *(
            [_datum("governing_law", found)]
            if kind not in _WITHOUT_LAW and (found := law.governing_law_of(text))
            else ()
        ),
        *signatures.signatories(text, signed),
        *(transcript.people(text) if kind == "transcript" else ()),
        *amends.relations(text, kind, heading),
    ]
    return About(
        title,
        kind,
        outline.date or (day.iso if day else None),
        outline.parties or tuple(name.value for name in names),
        tuple(metadata),
        signed,
    )


def visible(outline: Outline) -> str:
    """The text with blank lines in place of what a reader of the page cannot see; offsets stay as they are."""
    text, pieces, position = outline.text, [], 0
    for start, end in sorted((region.start, region.end) for region in outline.regions if region.kind == "hidden"):
        if end > position:
            start = max(start, position)
            pieces += [text[position:start], "\n" * (end - start)]
            position = end
    return "".join([*pieces, text[position:]])


def body(outline: Outline, text: str) -> str:
    """The visible text without the running heads that the format itself told of; offsets stay as they are."""
    for region in outline.regions:
        if region.kind in ("header", "footer"):
            text = text[: region.start] + "\n" * (region.end - region.start) + text[region.end :]
    return text


def _of(heading: Name | None, title: str) -> str:
    return heading.value if heading else title


def _parties(text: str, kind: str) -> tuple[Name, ...]:
    if kind in _WITHOUT_PARTIES:
        return ()
    return parties.parties_of(text[:_LETTER_FRONT] if kind in ("letter", "notice", "transcript") else text)


def _said(field: str, value: str, name: Name | None) -> list[Metadatum]:
    """With its span, or without one where the file's properties or its name said it."""
    return [Metadatum(field, value, name.start, name.end) if name else Metadatum(field, value)]


def _dated(told: str | None, day: dates.Day | None) -> list[Metadatum]:
    if told:
        return [Metadatum("date", told)]
    return [Metadatum("date", day.iso, day.start, day.end)] if day else []


def _datum(field: str, name: Name) -> Metadatum:
    return Metadatum(field, name.value, name.start, name.end)


def _stem(name: str) -> str:
    return re.sub(r"[_\s]+", " ", name.rsplit(".", 1)[0]).strip() or name
