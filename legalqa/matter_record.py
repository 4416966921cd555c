"""A matter as the verifier sees it: what it quotes and cites, looked up in the catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from legalqa.errors import UserError
from legalqa.index.catalog import Catalog
from legalqa.values import bates
from legalqa.values.document import Document
from legalqa.verify import places
from legalqa.verify.record import Place
from legalqa.verify.resolve import Named, resolve

_FINDS = 20  # places of one quotation that are looked at


class MatterRecord:
    """`verify.Record` over the catalog. `load` gives a document by id; none is loaded that is not cited or quoted."""

    def __init__(self, catalog: Catalog, load: Callable[[str], Document]) -> None:
        self._catalog, self._load = catalog, load

    def document(self, document_id: str) -> Document | None:
        """The document, None if the matter does not hold it."""
        try:
            return self._load(document_id)
        except UserError:
            return None

    def find(self, quote: str) -> list[Place]:
        """Every exact occurrence, at most `_FINDS`, those that can be seen first.

        A quotation with omissions is sought by its longest whole part.
        """
        parts = re.split(r"(?:\.\s?){3,}|…|\S*\[[^\]]*\]\S*", quote)
        longest = max(parts, key=len)
        documents = dict.fromkeys(id for id, _, _ in self._catalog.phrase(longest, hidden=True))
        found = [
            place
            for id in documents
            for place in places.standing(quote, self._catalog.document(id, words=False), _FINDS)
        ]
        return sorted(found, key=lambda place: bool(place.hidden))[:_FINDS]

    def resolve(self, reference: str) -> list[Place]:
        """What a reference in a brief points at; empty if it cannot be told."""
        named = [Named(*paper) for paper in self._catalog.papers()]
        return resolve(reference, named, self._load, self._stamped)

    def _stamped(self, label: str) -> Iterator[Place]:
        wanted = bates.key(label)
        for id, stamp, start, end in self._catalog.stamped(re.sub(r".*\D", "", wanted, flags=re.DOTALL)):
            if bates.key(stamp) == wanted:
                yield Place(id, start, end)
