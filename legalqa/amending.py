"""What amends the documents of a matter, said beside every place that is cited of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from legalqa.index.catalog import Catalog
from legalqa.index.links import links
from legalqa.values.answer import Sentence
from legalqa.values.document import Document

_NUMBER = re.compile(r"(?:section|sec\.|article|§+)?\s*(\d+(?:\.\d+)*)", re.IGNORECASE)


class Amendments:
    """The amendments of one matter. Only links that one document alone answers are told; nothing is guessed."""

    def __init__(self, catalog: Catalog, load: Callable[[str], Document]) -> None:
        self._catalog, self._load = catalog, load
        self._known: tuple[tuple[str, ...], dict[str, list[str]]] = ((), {})

    def by_document(self) -> dict[str, list[str]]:
        """Ids of the amending documents by the id of what they amend, in the order of the catalog."""
        documents = tuple(self._catalog.documents())
        if documents != self._known[0]:
            found: dict[str, list[str]] = {}
            for link in links(self._catalog.described()):
                if link.amended_id is not None and link.amending_id not in found.setdefault(link.amended_id, []):
                    found[link.amended_id].append(link.amending_id)
            self._known = (documents, {id: amending for id, amending in found.items() if amending})
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

    def sentence(self, value: Sentence) -> Sentence:
        """The sentence with what amends the documents that it cites."""
        citations = tuple(
            replace(one, amended_by=self.of(one.document_id, one.section)) if one.found else one
            for one in value.citations
        )
        return replace(value, citations=citations)


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
