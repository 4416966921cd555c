"""What a question points at itself: pages of a Bates number, places of a cite, exact words. Looked up, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from legalqa.answer.defined import asked_term, defining
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import document_keys, folded, searchable
from legalqa.values import bates
from legalqa.values.answer import Condition
from legalqa.values.document import Document, Span, StoredChunk
from legalqa.values.question import Understood
from legalqa.verify import resolve

Fits = Callable[[Document, int, int, Sequence[Condition]], bool]
_NAMED = 8  # chunks of named places that are put before all others
_EXACT = 50  # chunks with exact words that are looked at


class Pointing:
    """Finds the searched chunks that a question points at. `fits` says whether a span meets the conditions.

    For one question: documents are read once, without their words.
    """

    def __init__(self, catalog: Catalog, fits: Fits, question: Understood, conditions: Sequence[Condition]) -> None:
        self._catalog, self._fits = catalog, fits
        self._question, self._conditions = question, conditions
        self._documents: dict[str, Document] = {}

    def named(self) -> list[StoredChunk]:
        """The chunks of the pages and places that the question names, as it names them; none where one is not sure.

        A cite counts in the documents that the question is about, and only if it means one place there. Of a term that
        is to be defined, those that define it in the documents that the question, or a condition, is about.
        """
        found: dict[str, StoredChunk] = {}
        for mention in self._question.mentions:
            if mention.kind == "bates":
                for id in mention.document_ids:
                    document = self._document(id)
                    self._collect(found, document, _stamped(document, mention.value), _NAMED)
            elif mention.kind == "cite":
                for id in mention.document_ids or [scope.document_id for scope in self._question.scopes]:
                    document = self._document(id)
                    self._collect(found, document, resolve.within(mention.value, document), _NAMED)
        if term := asked_term(self._question.core) or asked_term(self._question.text):
            for document in map(self._document, self._about()):
                spans = [Span(one.start, one.end) for one in defining(term, document.definitions)]
                self._collect(found, document, spans, _NAMED)
        return list(found.values())

    def _about(self) -> list[str]:
        """Ids of the documents that the question is about, else of those that a condition names, or of the only one."""
        if self._question.scopes:
            return [scope.document_id for scope in self._question.scopes]
        wanted = {folded(one.value) for one in self._conditions if (one.field, one.operator) == ("document", "=")}
        held = self._catalog.documents()
        if not wanted:
            return held if len(held) == 1 else []
        return [id for id in held if wanted & set(document_keys(id, self._catalog.names(id)))]

    def exact(self) -> list[StoredChunk]:
        """The chunks that hold the exact words of the question, those of its documents first."""
        found: dict[str, StoredChunk] = {}
        about = [scope.document_id for scope in self._question.scopes]
        for phrase in self._question.phrases:
            for id, start, end in self._catalog.standing(phrase, first=about):
                if len(found) >= _EXACT:
                    break
                self._collect(found, self._document(id), [Span(start, end)], _EXACT)
        return list(found.values())

    def _collect(self, found: dict[str, StoredChunk], document: Document, spans: Sequence[Span], most: int) -> None:
        for span in spans:
            for chunk in searchable(document):
                held = chunk.start < span.end and span.start < chunk.end
                if held and len(found) < most and self._meets(document, chunk.start, chunk.end):
                    text = document.text[chunk.start : chunk.end]
                    found.setdefault(chunk.id, StoredChunk(document.id, chunk, text, document.title))

    def _meets(self, document: Document, start: int, end: int) -> bool:
        return not self._conditions or self._fits(document, start, end, self._conditions)

    def _document(self, document_id: str) -> Document:
        if document_id not in self._documents:
            self._documents[document_id] = self._catalog.document(document_id, words=False)
        return self._documents[document_id]


def _stamped(document: Document, label: str) -> list[Span]:
    """The pages that bear a Bates number, or one of a range."""
    return [Span(page.start, page.end) for page in document.pages if page.bates and _bears(page.bates, label)]


def _bears(stamp: str, label: str) -> bool:
    ends = bates.span(label)
    if ends is None:
        return bates.key(stamp) == bates.key(label)
    prefix, number = bates.parts(stamp)
    return prefix == ends[0] and number is not None and ends[1] <= number <= ends[2]
