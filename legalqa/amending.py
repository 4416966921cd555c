"""What amends the documents of a matter, said beside every place that is cited of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Literal

from legalqa.index.catalog import Catalog
from legalqa.index.links import links
from legalqa.values.answer import Sentence
from legalqa.values.document import Document, Span
from legalqa.verify import resolve

Verb = Literal["replaces", "deletes", "amends", "changes words of"]
_SECTION = re.compile(
    r"\b(?:Sections?|Articles?|Paragraphs?)\s+(?P<first>\d[\w.]*(?:\(\w{1,4}\))*)(?P<more>(?:(?:,\s+|,?\s+and\s+)"
    r"(?:(?:Sections?|Articles?)\s+)?\d[\w.]*(?:\(\w{1,4}\))*)*)",
    re.IGNORECASE,
)
_MORE = re.compile(r"\d[\w.]*(?:\(\w{1,4}\))*")
_OPERATES = re.compile(
    r"\b(?:is|are|shall\s+be|be)\s+(?:hereby\s+)?(?:further\s+)?(?P<verb>deleted|replaced|restated|superseded|amended"
    r"|modified|revised|changed)\b|\b(?P<active>deletes?|replaces?|amends?(?:\s+and\s+restates?)?)\s+(?=Section)",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\b(?:replaced|restated|superseded|replaces?|restates?)\b", re.IGNORECASE)
_WORDS = re.compile(
    r"[“\"](?P<old>[^“”\"]{1,300})[”\"]\s+(?:is|are|shall\s+be)\s+(?:hereby\s+)?(?:replaced|deleted|changed)"
)
_OPENS = re.compile(r"\bfollowing[^.“”\"]{0,40}:\s*(?=[“\"])")
_FOLLOWS = re.compile(r"[“\"].{1,1500}?[”\"][.;]?(?=[ \t]*(?:\r?\n|\Z))", re.DOTALL)
_NEGATED = re.compile(r"\b(?:not|nothing|no|neither|unchanged)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:section|sec\.|article|§+)?\s*(\d+(?:\.\d+)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence ``[start, end)`` of an amendment that changes `what` of the document that it amends.

    `base_start`/`base_end` is the place of `what` in that document, whose id is `base_id`; `name` is what the amendment
    calls itself, `date` its own date, ISO 8601, if it has one; `old` are the words that it takes out, if it changes no
    more than words.
    """

    amending_id: str
    start: int
    end: int
    verb: Verb
    what: str
    base_id: str
    base_start: int
    base_end: int
    name: str
    date: str | None
    old: tuple[str, ...] = ()


class Amendments:
    """The amendments of one matter. Only links that one document alone answers are told; nothing is guessed."""

    def __init__(self, catalog: Catalog, load: Callable[[str], Document]) -> None:
        self._catalog, self._load = catalog, load
        self._known: tuple[int, dict[str, list[str]]] = (-1, {})  # and when it was read: `Catalog.changes`
        self._changes = lru_cache(maxsize=64)(self._read)

    def by_document(self) -> dict[str, list[str]]:
        """Ids of the amending documents by the id of what they amend, in the order of the catalog."""
        changes = self._catalog.changes()
        if changes != self._known[0]:
            found: dict[str, list[str]] = {}
            for link in links(self._catalog.described()):
                if link.amended_id is not None and link.amending_id not in found.setdefault(link.amended_id, []):
                    found[link.amended_id].append(link.amending_id)
            self._known = (changes, {id: amending for id, amending in found.items() if amending})
        return self._known[1]

    def of(self, document_id: str, section: tuple[str, ...]) -> tuple[str, ...]:
        """What amends the document, each with the one section of it that names the cited section, if only one does.

        That section may also say that the cited one is *not* changed: it is for reading, no finding.
        """
        said = []
        for id in self.by_document().get(document_id, ()):
            document = self._load(id)
            name = document.title or PurePath(document.path).stem
            where = _naming(document, section)
            said.append(f"{name}, see § {where}" if where else name)
        return tuple(said)

    def changing(self, document_id: str, start: int, end: int) -> list[Change]:
        """What the amendments change of ``[start, end)`` of a document, the latest amendment first.

        A change of single words counts only where these words stand in the place. Nothing is told of a section that
        the number does not name for sure.
        """
        base = self._load(document_id)
        words = " ".join(base.text[start:end].split())
        found = [
            change
            for amending in self.by_document().get(document_id, ())
            for change in self._changes(amending, document_id)
            if change.base_start < end
            and start < change.base_end
            and (not change.old or any(one in words for one in change.old))
        ]
        return sorted(found, key=lambda change: change.date or "", reverse=True)

    def changed(self, amending_id: str, start: int, end: int) -> list[Change]:
        """What of the document that it amends the sentences of ``[start, end)`` of an amendment change."""
        bases = [id for id, amending in self.by_document().items() if amending_id in amending]
        return [
            change
            for base in bases
            for change in self._changes(amending_id, base)
            if change.start < end and start < change.end
        ]

    def _read(self, amending_id: str, base_id: str) -> list[Change]:
        """Every change that an amendment makes in a document."""
        from legalqa.answer.units import units

        amending, base = self._load(amending_id), self._load(base_id)
        name = amending.title or PurePath(amending.path).stem
        found = []
        for unit in units(amending.text, "", amending.regions):
            said = unit.reading
            operates = _OPERATES.search(said)
            if not operates or _NEGATED.search(said[max(operates.start() - 30, 0) : operates.end() + 12]):
                continue
            old = tuple(" ".join(match["old"].split()) for match in _WORDS.finditer(said))
            for what in _sections(said[: operates.end() + 40] if operates["active"] else said[: operates.start()]):
                if place := _place(what, base):
                    what_it_is = (
                        amending_id,
                        unit.start,
                        _with_text(amending.text, unit.start, unit.end),
                        _verb(said, old),
                        what,
                    )
                    found.append(Change(*what_it_is, base_id, place.start, place.end, name, amending.date, old))
        return found

    def sentence(self, value: Sentence) -> Sentence:
        """The sentence with what amends the documents that it cites."""
        citations = tuple(
            replace(one, amended_by=self.of(one.document_id, one.section)) if one.found else one
            for one in value.citations
        )
        return replace(value, citations=citations)


def _with_text(text: str, start: int, end: int) -> int:
    """The end of a sentence that says "replaced with the following:", with all the text that follows between quotes."""
    opens = _OPENS.search(text, start, end + 4)
    follows = _FOLLOWS.match(text, opens.end()) if opens else None
    return max(end, follows.end()) if follows else end


def _place(what: str, base: Document) -> Span | None:
    """The one place of "Section 17.1(a)": that of (a) itself, where the section's parts are told apart."""
    number, *parts = re.split(r"(?=\()", what.split()[-1])
    places = resolve.within(f"§ {number}", base)
    if len(places) != 1:
        return None
    span = places[0]
    for part in parts:
        inside = [one for one in base.sections if span.start < one.start < span.end]
        named = [one for one in inside if one.number.strip(" .") == part]
        top = min((one.level for one in named), default=0)
        named = [one for one in named if one.level == top]
        if len(named) == 1:
            span = Span(named[0].start, named[0].end)
        elif inside:
            return None
    return span


def _sections(said: str) -> list[str]:
    """The sections that the words before "is replaced" name."""
    found = []
    for match in _SECTION.finditer(said):
        noun = match[0].split()[0].rstrip("sS").capitalize()
        found += [f"{noun} {number.rstrip('.')}" for number in (match["first"], *_MORE.findall(match["more"]))]
    return list(dict.fromkeys(found))


def _verb(said: str, old: tuple[str, ...]) -> Verb:
    if old:
        return "changes words of"
    if _INSTEAD.search(said):
        return "replaces"
    return "deletes" if re.search(r"\bdelete[ds]?\b", said, re.IGNORECASE) else "amends"


def _naming(document: Document, section: tuple[str, ...]) -> str:
    """The number of the amendment's one innermost section that names the cited section, else ""."""
    number = next((match[1] for part in reversed(section) if (match := _NUMBER.match(part))), "")
    if not number:
        return ""
    named = re.compile(rf"(?:\bsections?\b|§+)[^.;]{{0,40}}?(?<![\d.]){re.escape(number)}(?!\.?\d)", re.IGNORECASE)
    holding = {_section_at(document, match.start()) for match in named.finditer(document.text)} - {""}
    return holding.pop() if len(holding) == 1 else ""


def _section_at(document: Document, at: int) -> str:
    """The number of the innermost section around a character."""
    around = [one for one in document.sections if one.start <= at < one.end]
    return max(around, key=lambda one: one.level).number.strip(" .") if around else ""
