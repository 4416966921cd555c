"""Overviews of the documents of a matter, and the answer to "what is this agreement about?"."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from legalqa.amending import Amendments
from legalqa.index.catalog import Catalog
from legalqa.values.answer import Answer, Passage
from legalqa.values.document import Document, Span
from legalqa.values.overview import Overview
from legalqa.values.question import SURE, Understood

Place = Callable[[str, int, int, float], Passage]  # document id, start, end, score


class Overviews:
    """The overviews of one matter, made when they are asked for. `place` turns a span into a passage."""

    def __init__(self, catalog: Catalog, load: Callable[[str], Document], place: Place, amendments: Amendments) -> None:
        self._catalog, self._load, self._place, self._amendments = catalog, load, place, amendments

    def of(self, document_id: str) -> Overview:
        """The overview of a document. Raises as the loader does if there is no such document."""
        from legalqa.answer.overview import overview

        document = self._load(document_id)

        def placed(span: Span) -> Passage:
            return self._place(document_id, span.start, span.end, 1.0)

        amending = self._amendments.of(document_id, ())
        return overview(document, self._catalog.summaries(document_id), placed, amending)

    def answer(self, question: Understood, in_scope: Callable[[], Collection[str] | None]) -> Answer | None:
        """The overview as an answer, where a question asks for one and one document alone is in scope, else None.

        `in_scope` tells the documents that a filter leaves, None without a filter: then the question's own, or those of
        the matter.
        """
        from legalqa.answer import overview

        if not (overview.asked(question.text) or overview.asked(question.core)):
            return None
        ids = in_scope()
        if ids is None:
            ids = {scope.document_id for scope in question.scopes} or self._catalog.documents()
        if len(ids) != 1:
            return None
        answer = overview.answer(question.text, self.of(next(iter(ids))))
        return answer if answer.claims else None

    def lasting(self, question: Understood, scope: Collection[str] | None) -> tuple[Passage, ...]:
        """Where the one document that a question is about says how long it lasts, where that is asked; else empty."""
        from legalqa.answer import lasting

        if not (lasting.asked(question.text) or lasting.asked(question.core)):
            return ()
        ids = {one.document_id for one in question.scopes if one.score >= SURE} or set(self._catalog.documents())
        ids &= set(ids if scope is None else scope)
        if len(ids) != 1:
            return ()
        [id] = ids
        found = (self._place(id, span.start, span.end, 1.0) for span in lasting.places(self._load(id)))
        return tuple(replace(passage, key=key) for key, passage in enumerate(found, 1))
