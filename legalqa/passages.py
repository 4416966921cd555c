"""Places of a matter's record as passages: what was found for a question, an exact phrase, a Bates number; what was
searched for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from legalqa.amending import Amendments
from legalqa.errors import UserError
from legalqa.finding import harmless
from legalqa.index.catalog import Catalog
from legalqa.values import bates, reading
from legalqa.values.answer import Condition, Passage, Searched
from legalqa.values.document import Document
from legalqa.values.matter import Coverage
from legalqa.values.pin import pin
from legalqa.values.question import Understood

if TYPE_CHECKING:
    from legalqa.engines import Engines


class Passages:
    """The passages of one matter. `load` gives a document by id."""

    def __init__(
        self, engines: Engines, catalog: Catalog, load: Callable[[str], Document], amendments: Amendments
    ) -> None:
        self._engines, self._catalog, self._load, self._amendments = engines, catalog, load, amendments
        self._known: tuple[int, Coverage] | None = None

    def at(self, document_id: str, start: int, end: int, score: float = 1.0, *, elsewhere: bool = False) -> Passage:
        """``[start, end)`` of a document, with its pin cite and boxes; `key` is 0."""
        document = self._around(document_id, start, end)
        regions, text = document.regions_of(start, end), document.text[start:end]
        cite = pin(document, start, end)
        section = document.section_of(start)
        return Passage(
            key=0,
            document=PurePath(document.path).name,
            document_id=document_id,
            path=document.path,
            section=section,
            pages=tuple(page.number for page in document.pages_of(start, end)),
            bates=document.bates_of(start, end),
            start=start,
            end=end,
            score=score,
            text=text,
            boxes=reading.boxes_of(document, start, end),
            paged=document.paged,
            regions=regions,
            pin=cite.text,
            lines=cite.lines,
            labels=cite.labels,
            header=reading.header_of(regions, text, start, end),
            hidden=reading.hidden_in(document, start, end),
            amended_by=self._amendments.of(document_id, section),
            elsewhere=elsewhere,
        )

    def _coverage(self) -> Coverage:
        """What became of every file and page, read anew when a document or file has changed."""
        changes = self._catalog.changes()
        if self._known is None or self._known[0] != changes:
            self._known = (changes, self._catalog.coverage())
        return self._known[1]

    def _around(self, document_id: str, start: int, end: int) -> Document:
        try:
            return self._catalog.excerpt(document_id, start, end)
        except KeyError:
            raise UserError(f"The matter holds no document {document_id}.") from None

    def found(self, understood: Understood, conditions: Sequence[Condition], k: int) -> list[Passage]:
        """The best passages; none mixes what can be seen with what cannot."""
        passages = []
        for found in self._engines.retrieve(understood, conditions, k):
            document = self._around(found.document_id, found.start, found.end)
            for span, _why in reading.parted(document, found.start, found.end):
                scores = [score for start, end, score in found.children if start < span.end and span.start < end]
                if scores:
                    place = (document.id, span.start, span.end, max(scores))
                    passages.append(self.at(*place, elsewhere=found.elsewhere))
        return sorted(passages, key=lambda passage: -passage.score)[:k]

    def exact(self, text: str, conditions: Sequence[Condition], k: int) -> list[Passage]:
        """The places where a phrase stands, at most `k`."""
        unseen = any(c.field == "hidden" and (c.operator == "=") == (c.value == "yes") for c in conditions)
        unseen = unseen or not any(condition.field == "hidden" for condition in conditions)
        places = ((id, start, end, 1.0) for id, start, end in self._catalog.standing(text, hidden=unseen))
        kept = self._engines.filtered(places, conditions, self._load)
        return [self.at(*place) for _, place in zip(range(k), kept, strict=False)]

    def stamped(self, text: str, conditions: Sequence[Condition], k: int) -> list[Passage] | None:
        """The pages that bear a Bates number; None if the text is not one of a prefix that the matter knows."""
        if not bates.is_one(text):
            return None
        wanted, (prefix, _) = bates.key(text), bates.parts(text)
        files = self._coverage().files
        if not any(bates.parts(label)[0] == prefix for file in files for label in file.bates[:1]):
            return None
        holders = dict.fromkeys(
            file.document_id for file in files if file.document_id and bates.spanned(text, file.bates)
        )
        pages = (
            (document.id, span.start, span.end, 1.0)
            for document in map(self._load, holders)
            for page in document.pages
            if page.bates and bates.key(page.bates) == wanted
            for span, _why in reading.parted(document, page.start, page.end)
        )
        kept = self._engines.filtered(pages, conditions, self._load)
        return [self.at(*place) for _, place in zip(range(k), kept, strict=False)]

    def searched(self, scope: Collection[str] | None) -> Searched:
        """What was in scope: these documents, or all for None. Files that could not be read are always named: nobody
        knows whether a filter fits them.
        """
        coverage = self._coverage()
        files = [
            file for file in coverage.files if file.state in ("indexed", "changed", "missing") and file.document_id
        ]
        within = {file.document_id: file for file in files if scope is None or file.document_id in scope}
        unreadable = [
            f"{PurePath(file.path).name} p. {page}" for file in within.values() for page in file.failed_pages
        ] + [
            f"{PurePath(file.path).name} ({file.reason})"
            for file in coverage.files
            if file.state in ("failed", "encrypted", "unsupported") and not harmless(Path(file.path), file.reason)
        ]
        partly = [
            f"{PurePath(within[id].path).name} p. {page} ({reason})"
            for id, page, reason in self._catalog.partly_read()
            if id in within
        ]
        return Searched(len(within), sum(file.pages for file in within.values()), tuple(unreadable), tuple(partly))
