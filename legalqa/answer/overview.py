"""What a document is about, said in its own words: what it says of itself, and a sentence or two for each of its parts.

Nothing is worded here. The parts' sentences were extracted when the document was indexed (`legalqa.index.summaries`);
what else is said is a span that ingestion found, widened to the sentence that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from legalqa.answer.quoting import quoted
from legalqa.answer.units import units
from legalqa.values.answer import Answer, Passage
from legalqa.values.document import Document, Metadatum, Section, Span, Summary
from legalqa.values.overview import Fact, Overview, Part

Place = Callable[[Span], Passage]  # a span of the document as a passage

_KEPT: Final = ("signatory", "exhibit", "amends", "replaces")
_FRONT: Final = 60_000  # characters in which the sentence stands that a document begins with, after cover and contents
_AROUND: Final = 2_500  # characters on either side of a span in which its sentence begins and ends
_MOST: Final = 12  # sentences of an answer
_THING: Final = (
    r"(?:agreement|contract|lease|document|file|nda|deed|note|policy|order|opinion|ruling|judgment|complaint|motion"
    r"|brief|letter|e-?mail|memo(?:randum)?|transcript|deposition|amendment|addendum|exhibit|license|guaranty|plan"
    r"|will|trust|notice|report|invoice|filing|paper|merger)"
)
_THIS: Final = rf"(?:this|the|that|our|my)\s+(?:(?!of\b|in\b|under\b)[\w&’'-]+\s+){{0,5}}?{_THING}"
_SUMMARY: Final = r"(?:summary|overview|outline|synopsis|abstract|digest|description|gist)"
_ASKED: Final = re.compile(
    r"\s*(?:(?:please|kindly|(?:can|could|would) you(?: please)?)[\s,]+)?(?:"
    rf"what(?:['’]s|\s+is)\s+(?:{_THIS}|this|it)\s+(?:all\s+)?about"
    rf"|what\s+(?:is|are)\s+(?:the\s+)?(?:gist|subject(?:\s+matter)?|purpose|main points?|key (?:points|terms))\s+of"
    rf"\s+{_THIS}"
    rf"|what\s+(?:kind|sort|type)\s+of\s+(?:{_THING})\s+is\s+(?:this|it)"
    rf"|what\s+does\s+{_THIS}\s+(?:say|cover|provide|do|deal with|concern)(?:\s+overall|\s+in general)?"
    rf"|(?:summari[sz]e|sum\s+up|describe|outline|explain)\s+(?:{_THIS}|this|it)"
    r"|(?:give|show|provide|write|prepare|i\s+(?:need|want)|(?:can|could|may)\s+i\s+have)\s+(?:me\s+|us\s+)?"
    rf"(?:an?|the)?\s*(?:[a-z]+\s+)?{_SUMMARY}(?:\s+(?:of|for)\s+(?:{_THIS}|this|it))?"
    rf"|(?:(?:an?|the)\s+)?(?:[a-z]+\s+)?{_SUMMARY}(?:\s+(?:of|for)\s+(?:{_THIS}|this|it))?"
    r")(?:[\s,]+please)?\s*[.?!]*\s*",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(
    r"\b(?:between|among|entered\s+into|made\s+(?:and|as|on|this|effective|by)|dated|effective\s+as\s+of)\b", re.I
)
_ITSELF: Final = re.compile(r"\bthis\b", re.IGNORECASE)
_TERM_HEADING: Final = re.compile(
    r"(?:initial\s+|lease\s+)?(?:term|duration)s?\b(?!\s+(?:sheet|loan))(?:\s+(?:of|and|;|&|/)\b.*)?"
    r"|(?:effective\s+date|commencement)\b.*\bterm\b.*",
    re.I | re.S,
)
_LASTS: Final = re.compile(
    r"\b(?:shall|will|is|are|may)\b.{0,160}?\b(?:commence|begin|continue|remain\s+in|effective|expire|terminate|end)\b"
    r"|\b(?:commences?|begins?|continues?|expires?|ends?)\s+(?:on|upon|until|as\s+of|for)\b"
    r"|\bfor\s+an?\s+(?:initial\s+)?(?:term|period)\s+of\b|\bterm\s+of\s+(?:this|the)\b",
    re.I | re.S,
)
_RUNS: Final = re.compile(
    r"\b(?:this|the)\s+(?:agreement|lease|contract|license|guaranty|undertaking|obligations?[^.;]{0,80}?)\s+(?:shall|will)"
    r"\s+(?:commence|continue|remain|become\s+effective|be\s+effective|expire|terminate\s+(?:on|upon|automatically)|end)\b"
    r"|\bthe\s+(?:initial\s+)?term\s+of\s+(?:this|the)\s+(?:agreement|lease|contract|license)\b",
    re.I,
)
_CALLED: Final = (  # what agreements call their beginning and end, the most telling first
    "term", "initial term", "lease term", "outside date", "end date", "termination date", "drop dead date",
    "expiration date", "expiry date", "commencement date", "effective date",
)  # fmt: skip
_ATTACHED: Final = re.compile(r"\W*(?:exhibit|schedule|annex|appendix|attachment)\b", re.IGNORECASE)
_BOILERPLATE: Final = re.compile(
    r"\W*(?:definitions?|defined terms|interpretation|construction|(?:miscellaneous|general)(?: provisions| terms)?"
    r"|(?:entire|whole) agreement|notices?|counterparts|severab?ility|severance|headings?|waivers?|amendments?"
    r"|assignments?|successors.*|further assurances|signatures?.*|in witness.*|(?:exhibit|schedule|annex|appendix)\b.*"
    r"|governing law.*)\W*",
    re.IGNORECASE | re.DOTALL,
)


def asked(question: str) -> bool:
    """Whether a question asks what a document as a whole is about, and for nothing in particular."""
    return _ASKED.fullmatch(question) is not None


def overview(
    document: Document, summaries: Sequence[Summary], place: Place, amended_by: Sequence[str] = ()
) -> Overview:
    """The document at a glance. `summaries` are those of its sections, `place` turns a span of it into a passage."""
    return Overview(
        document_id=document.id,
        path=document.path,
        title=document.title,
        type=document.type,
        pages=len(document.pages),
        paged=document.paged,
        characters=len(document.text),
        terms=len({definition.term.casefold() for definition in document.definitions}),
        facts=tuple(_facts(document, place)),
        parts=tuple(_parts(document, summaries, place)),
        amended_by=tuple(amended_by),
    )


def answer(question: str, found: Overview) -> Answer:
    """The overview as sentences copied from the document, each citing where it stands; no claims if it says nothing.

    First what the document begins with, then how long it lasts and what governs it, then its longest parts in their
    order; what is attached and what every agreement ends with (notices, counterparts) is left out.
    """
    first = [fact.passage for label in ("opening", "term", "governing_law") for fact in found.said(label)[:1]]
    telling = [part for part in found.parts if part.summary and not _says_little(part)]
    longest = sorted(telling, key=lambda part: part.start - part.end)[: _MOST - len(first)]
    chosen = [*first, *(part.summary[0] for part in telling if part in longest)]
    places: dict[tuple[int, int], Passage] = {}
    for passage in chosen:
        if passage and not any(start < passage.end and passage.start < end for start, end in places):
            places[passage.start, passage.end] = passage
    passages = tuple(replace(passage, key=key) for key, passage in enumerate(places.values(), 1))
    return Answer(question, tuple(map(quoted, passages)), passages)


def _says_little(part: Part) -> bool:
    return bool(_BOILERPLATE.fullmatch(part.title) or _ATTACHED.match(f"{part.number} {part.title}"))


def _facts(document: Document, place: Place) -> Iterator[Fact]:
    def told(one: Metadatum, *, whole: bool = False) -> Fact:
        if one.start == one.end:
            return Fact(one.field, one.value)
        span = Span(one.start, one.end)
        return Fact(one.field, one.value, place(_sentence(document, span) if whole else span))

    by_field: dict[str, list[Metadatum]] = {}
    for one in document.metadata:
        by_field.setdefault(one.field, []).append(one)
    if opening := _opening(document, by_field.get("party", ())):
        yield Fact("opening", "", place(opening))
    yield from (told(one) for field in ("date", "party") for one in by_field.get(field, ()))
    yield from (told(one, whole=True) for one in by_field.get("governing_law", ()))
    if found := term(document):
        yield Fact("term", found[0], place(found[1]))
    yield from (told(one) for field in _KEPT for one in by_field.get(field, ()))


def _opening(document: Document, parties: Sequence[Metadatum]) -> Span | None:
    """The sentence in which a paper names itself and its parties; that of the cover only if there is no other."""
    named = [party.value.casefold() for party in parties if party.end]
    cover = None
    for span in _units(document, 0, min(len(document.text), _FRONT)):
        said = " ".join(document.text[span.start : span.end].split())
        if (named and not any(name in said.casefold() for name in named)) or not _OPENING.search(said):
            continue
        if _ITSELF.search(said) and len(said.split()) > 8:
            return span
        cover = cover or span
    return cover


def term(document: Document) -> tuple[str, Span] | None:
    """How long the document says to last: under a heading of that name, as a defined date, or in its running text."""
    for section in document.sections:
        if _TERM_HEADING.fullmatch(section.title.strip(" .:")):
            for span in _units(document, section.start, min(section.end, section.start + _AROUND)):
                if _LASTS.search(document.text[span.start : span.end]):
                    return "", span
    defined = {definition.term.casefold(): definition for definition in reversed(document.definitions)}
    for name in _CALLED:
        if name in defined:
            one = defined[name]
            return one.term, Span(one.start, one.end)
    match = _RUNS.search(document.text)
    return ("", _sentence(document, Span(*match.span()))) if match else None


def _parts(document: Document, summaries: Sequence[Summary], place: Place) -> Iterator[Part]:
    by_section = {summary.section: summary for summary in summaries}
    sections = document.sections or (Section("", document.title, 1, 0, len(document.text), ()),)
    tops = _tops(sections)
    for position, following in zip(tops, [*tops[1:], None], strict=True):
        section = sections[position]
        last = len(document.text) if following is None else sections[following].start
        end = max(one.end for one in sections if section.start <= one.start < max(last, section.start + 1))
        inner = sum(section.start <= one.start < end for one in sections) - 1
        spans = by_section[position].spans if position in by_section else ()
        if section.title or spans:
            yield Part(section.number, section.title, section.start, end, inner, tuple(map(place, spans)))


def _tops(sections: Sequence[Section]) -> list[int]:
    """Positions of the outermost sections; of those inside, where one alone holds all of them."""
    level = 0
    tops: list[int] = []
    while len(tops) < 2 and any(one.level > level for one in sections):
        level = min(one.level for one in sections if one.level > level)
        tops = [position for position, one in enumerate(sections) if one.level <= level]
        if len(tops) > 1:
            tops = [position for position in tops if sections[position].level == level]
    return _without_what_is_attached_inside(sections, tops)


def _without_what_is_attached_inside(sections: Sequence[Section], tops: Sequence[int]) -> list[int]:
    """The tops without articles of an exhibit, which begin to count anew: from the first exhibit on, exhibits alone."""
    attached = [_ATTACHED.match(f"{sections[position].number} {sections[position].title}") for position in tops]
    first = next((at for at, match in enumerate(attached) if match and at), len(tops))
    return [position for at, position in enumerate(tops) if at < first or attached[at]]


def _sentence(document: Document, span: Span) -> Span:
    """The sentence or item around a span, the span itself where it reaches over several."""
    for unit in _units(document, max(span.start - _AROUND, 0), min(span.end + _AROUND, len(document.text))):
        if unit.start <= span.start and span.end <= unit.end:
            return unit
    return span


def _units(document: Document, start: int, end: int) -> Iterator[Span]:
    """The sentences and items of a stretch, without those that speak to a machine."""
    near = document.regions_of(start, end)
    orders = [region for region in near if region.kind == "instruction"]
    for unit in units(document.text[start:end], "", near, start):
        low, high = start + unit.start, start + unit.end
        if not any(region.start < high and low < region.end for region in orders):
            yield Span(low, high)
