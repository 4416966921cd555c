"""One matter: what was read of a firm's files, and the questions asked of it. Here the stages are wired together."""

from __future__ import annotations

import functools
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal

from legalqa.amending import Amendments
from legalqa.answer.where import with_hidden
from legalqa.errors import UserError
from legalqa.feedback import FeedbackBook
from legalqa.finding import harmless
from legalqa.index.catalog import Catalog
from legalqa.overviews import Overviews
from legalqa.settings import Settings
from legalqa.understanding import Understanding
from legalqa.values import bates, reading
from legalqa.values.answer import Answer, Condition, Draft, Passage, Searched, SearchResult, VerifiedAnswer
from legalqa.values.document import Document
from legalqa.values.matter import Coverage, Gap, IndexReport, MatterInfo, PageStatus, Progress
from legalqa.values.overview import Overview
from legalqa.values.pin import pin
from legalqa.values.question import Understood

if TYPE_CHECKING:
    from legalqa.engines import Engines
    from legalqa.ingest import PageImage
    from legalqa.verify.record import Checked

OnDraft = Callable[[Draft], None]


class Matter:
    """An open matter. Reads are safe from several threads; one `index` at a time, under the matter's lock.

    Models and the index are loaded when first needed, or ahead of time by `warm`.
    """

    def __init__(self, info: MatterInfo, settings: Settings) -> None:
        from legalqa.engines import Engines

        self.info = info
        self.settings = settings
        self.folder = Path(info.folder)
        self.catalog = Catalog(self.folder / "catalog.sqlite")
        self._engines: Engines = Engines(settings, self.folder, self.catalog)
        self._document = lru_cache(maxsize=32)(self.catalog.document)
        self._amendments = Amendments(self.catalog, self.document)
        self._overviews = Overviews(self.catalog, self.document, self._passage, self._amendments)
        self.feedback = FeedbackBook(self.folder, self.document)
        self._understanding = Understanding(self.catalog, self._amendments.by_document)

    def index(
        self,
        paths: Sequence[Path],
        *,
        workers: int | None = None,
        copy: bool = False,
        ocr: Literal["auto", "always", "never"] | str = "auto",
        languages: str | None = None,
        passwords: Sequence[str] = (),
        retry: bool = False,
        scheduler: str = "",
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """Read files and folders into the matter; what has not changed is left alone.

        `passwords` are tried on files that need one and kept nowhere; `retry` reads again what could not be read;
        `scheduler` is the address of a Dask cluster that reads the pages. `on_progress` is called from several threads,
        one at a time. On `stop` the pages under way are finished and kept.

        Raises UserError for a path that does not exist, EnvironmentFault if models, Tesseract or disk space are
        missing, Denied if another process is writing, Cancelled on `stop` (what was finished is kept).
        """
        from legalqa.indexing import How, Run

        if ocr not in ("auto", "always", "never"):
            raise UserError(f"OCR {ocr!r} is not known: choose auto, always or never.")
        how = How(
            workers=workers or self._readers(scheduler),
            ocr=ocr,
            languages=languages or self.settings.languages,
            copy=copy,
            retry=retry,
            scheduler=scheduler,
            passwords=tuple(passwords),
        )
        try:
            return Run(self._engines, how, on_progress, stop or threading.Event())(paths)
        finally:
            self._document.cache_clear()

    def _readers(self, scheduler: str) -> int:
        if not scheduler:
            return self.settings.workers
        from legalqa.ingest.cluster import capacity

        return max(capacity(scheduler), 1)

    def status(self) -> Coverage:
        """Every file and page accounted for, with the Bates numbers that a production passes over."""
        from legalqa.ingest.structure import bates as stamps

        coverage = self.catalog.coverage()
        held = {file.document_id: file.bates for file in coverage.files if file.document_id}
        gaps = tuple(Gap(gap.first, gap.last, gap.count) for gap in stamps.gaps(held.values()))
        return replace(coverage, gaps=gaps)

    def page_statuses(self, document_id: str) -> list[PageStatus]:
        """Every page of a document, and what became of it; none if the matter does not hold it."""
        return self.catalog.page_statuses(document_id)

    def write_coverage(self, file: Path) -> None:
        """Write every file and page, with what became of it, as .csv or .json. UserError if that cannot be done."""
        from legalqa.report import coverage

        coverage.write(file, self.status(), self.page_statuses)

    def understand(self, question: str, history: Sequence[str] = (), scope: str = "") -> Understood:
        """What is taken to be meant by a question, after those asked before it (`history`, oldest first).

        `scope` is a document (id, path, file name or stem) that the question is about whatever it says, or "all" for
        the whole matter. Raises UserError if there is no such document.
        """
        chosen = None if not scope else "" if scope == "all" else self.find_document(scope).id
        return self._understanding.of(question, history, chosen)

    def filters(self, where: str) -> tuple[Condition, ...]:
        """The terms of a filter. Raises UserError for one that is wrong, or names what the matter does not hold."""
        from legalqa.answer.where import parse

        conditions = parse(where)
        self._understanding.check(conditions)
        return conditions

    def search(
        self, text: str, k: int = 20, where: str = "", exact: bool = False, hidden: bool = False, *, scope: str = ""
    ) -> SearchResult:
        """The best passages, or with `exact` every place where the phrase stands (at most `k`).

        A Bates number alone finds the page that bears it. Text that cannot be seen on its page is found only with
        `hidden` or by the filter ``hidden=yes``. For `scope` see `understand`. Raises UserError for a wrong filter, an
        empty text or a scope that the matter does not hold.
        """
        from legalqa.answer.where import parse

        conditions = self._conditions(where)
        if not text.strip():
            raise UserError("There is nothing to search for.")
        began = time.perf_counter()
        searched = with_hidden(conditions, hidden)
        understood = None if exact else self.understand(text, scope=scope)
        found = None if exact else self._stamped(text, searched, k)
        if found is None:
            found = self._found(understood, searched, k) if understood else self._exact(text, searched, k)
        ms = (time.perf_counter() - began) * 1000
        return SearchResult(text, parse(where), tuple(found), ms, understood)

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        model: str | None = None,
        on_draft: OnDraft | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        """Answer from the record and verify every sentence; `on_draft` sees what is not final yet.

        What one document as a whole is about is answered from its `overview`, without a model. For `history` and
        `scope` see `understand`. Raises UserError for a wrong filter, an empty question or a scope that the matter
        does not hold, EnvironmentFault if a model is missing or fails.
        """
        from legalqa import verify

        conditions = self._conditions(where)
        if not question.strip():
            raise UserError("There is no question.")
        tell = on_draft or (lambda _draft: None)
        stop = stop or threading.Event()
        marks = [time.perf_counter()]
        tell(Draft("retrieving"))
        understood = self.understand(question, history, scope)
        whole = self._overviews.answer(understood, lambda: self._engines.in_scope(conditions))
        if whole is None:
            found = self._found(understood, with_hidden(conditions, hidden=False), self.settings.passages)
        passages = whole.passages if whole else tuple(_keyed(passage, key) for key, passage in enumerate(found, 1))
        marks.append(time.perf_counter())
        tell(Draft("answering", passages=passages))
        first: list[float] = []

        def drafted(draft: Draft) -> None:
            if draft.text and not first:
                first.append((time.perf_counter() - marks[1]) * 1000)
            tell(draft)

        answer = whole or self._engines.composer(model).answer(understood.core, passages, on_draft=drafted, stop=stop)
        marks.append(time.perf_counter())
        tell(Draft("verifying", passages=passages))
        checked = verify.check(answer, self._engines.record(self.document), support=self._engines.support)
        marks.append(time.perf_counter())
        ms = dict(zip(("retrieve", "generate", "verify"), _spans(marks), strict=True))
        told = self._verified(answer, checked, ms | ({"first_token": first[0]} if first else {}), conditions)
        return replace(told, question=understood.text, understood=understood)

    def verify(self, file: Path) -> VerifiedAnswer:
        """Cite-check a draft (.docx, .pdf, .txt, .eml) against the record.

        Raises UserError if the file does not exist or cannot be read.
        """
        from legalqa import verify

        began = time.perf_counter()
        text = self._engines.read_draft(file)
        checked = verify.check_draft(text, self._engines.record(self.document), support=self._engines.support)
        ms = {"verify": (time.perf_counter() - began) * 1000}
        return VerifiedAnswer(
            "checked",
            tuple(map(self._amendments.sentence, checked.sentences)),
            checked.authorities,
            (),
            self._searched(()),
            None,
            ms,
            question=str(file),
        )

    def document(self, document_id: str) -> Document:
        """A document with its pages and words. Raises UserError if the matter does not hold it."""
        try:
            return self._document(document_id)
        except KeyError:
            raise UserError(f"The matter holds no document {document_id}.") from None

    def overview(self, document_id: str) -> Overview:
        """What a document says of itself and what stands in its parts, in its own words, each with its place.

        Raises UserError if the matter does not hold it.
        """
        return self._overviews.of(document_id)

    def find_document(self, name: str) -> Document:
        """The one document of that id, path, file name or stem. Raises UserError if there is none or more than one."""
        views = [self.catalog.document(id, words=False) for id in self.catalog.documents()]
        exact = [view for view in views if name in (view.id, view.path)]
        named = exact or [view for view in views if name in (PurePath(view.path).name, PurePath(view.path).stem)]
        if len(named) == 1:
            return self.document(named[0].id)
        if named:
            raise UserError(f"{len(named)} documents are called {name!r}.", hint="Give the path or the document id.")
        import difflib

        near = difflib.get_close_matches(name, [PurePath(view.path).name for view in views], n=3, cutoff=0.4)
        raise UserError(f"The matter holds no document {name!r}.", hint=f"Near: {', '.join(near)}." if near else "")

    def page_image(self, document_id: str, page: int, scale: float = 2.0) -> PageImage:
        """A page drawn at `scale` pixels a point, as PNG-able RGB rows. Raises UserError if it cannot be drawn."""
        return self._engines.page_image(self.document(document_id), page, scale)

    def write_page_images(self, answer: VerifiedAnswer, folder: Path, scale: float = 2.0) -> tuple[Path, ...]:
        """Write each cited page of an answer as a PNG with the cited words boxed; returns the files."""
        from legalqa.report.page_image import highlight

        boxes: dict[tuple[str, int], list[Any]] = {}
        for sentence in answer.sentences:
            for citation in sentence.citations:
                for box in citation.boxes if citation.found else ():
                    boxes.setdefault((citation.document_id, box.page), []).append(box)
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for (document_id, page), on_page in boxes.items():
            document = self.document(document_id)
            image = self._engines.page_image(document, page, scale)
            scale = image.width / document.pages[page - 1].width  # a huge page is drawn smaller than asked
            file = folder / f"{PurePath(document.path).stem}-p{page}.png"
            file.write_bytes(highlight(image.width, image.height, image.rgb, list(dict.fromkeys(on_page)), scale))
            written.append(file)
        return tuple(written)

    def warm(self) -> None:
        """Load encoder, index and model, so that the first question is answered sooner."""
        self._engines.warm()

    def close(self) -> None:
        """Let processes and files go."""
        self._engines.close()
        self.catalog.close()

    def __enter__(self) -> Matter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _conditions(self, where: str) -> tuple[Condition, ...]:
        from legalqa.answer.where import settled

        conditions = self.filters(where)
        if any(condition.field in ("path", "parent") for condition in conditions):
            return settled(conditions, {file.path: file.document_id for file in self.status().files})
        return conditions

    def _found(self, understood: Understood, conditions: tuple[Condition, ...], k: int) -> list[Passage]:
        """The best passages; none mixes what can be seen with what cannot."""
        passages = []
        for found in self._engines.retrieve(understood, conditions, k):
            document = self.document(found.document_id)
            for span, _why in reading.parted(document, found.start, found.end):
                scores = [score for start, end, score in found.children if start < span.end and span.start < end]
                if scores:
                    passages.append(self._passage(document.id, span.start, span.end, max(scores)))
        return sorted(passages, key=lambda passage: -passage.score)[:k]

    def _exact(self, text: str, conditions: tuple[Condition, ...], k: int) -> list[Passage]:
        unseen = any(c.field == "hidden" and (c.operator == "=") == (c.value == "yes") for c in conditions)
        unseen = unseen or not any(condition.field == "hidden" for condition in conditions)
        places = ((id, start, end, 1.0) for id, start, end in self.catalog.phrase(text, hidden=unseen))
        kept = self._engines.filtered(places, conditions, self.document)
        return [self._passage(*place) for _, place in zip(range(k), kept, strict=False)]

    def _stamped(self, text: str, conditions: tuple[Condition, ...], k: int) -> list[Passage] | None:
        """The pages that bear a Bates number; None if the text is not one of a prefix that the matter knows."""
        if not bates.is_one(text):
            return None
        wanted, (prefix, _) = bates.key(text), bates.parts(text)
        files = self.status().files
        if not any(bates.parts(label)[0] == prefix for file in files for label in file.bates[:1]):
            return None
        holders = dict.fromkeys(
            file.document_id for file in files if file.document_id and bates.spanned(text, file.bates)
        )
        pages = (
            (document.id, span.start, span.end, 1.0)
            for document in map(self.document, holders)
            for page in document.pages
            if page.bates and bates.key(page.bates) == wanted
            for span, _why in reading.parted(document, page.start, page.end)
        )
        kept = self._engines.filtered(pages, conditions, self.document)
        return [self._passage(*place) for _, place in zip(range(k), kept, strict=False)]

    def _passage(self, document_id: str, start: int, end: int, score: float) -> Passage:
        document = self.document(document_id)
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
        )

    def _searched(self, conditions: tuple[Condition, ...]) -> Searched:
        """What was in scope. Files that could not be read are always named: nobody knows whether a filter fits them."""
        coverage = self.catalog.coverage()
        scope = self._engines.in_scope(conditions)
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
            for id, page, reason in self.catalog.partly_read()
            if id in within
        ]
        return Searched(len(within), sum(file.pages for file in within.values()), tuple(unreadable), tuple(partly))

    def _verified(
        self, answer: Answer, checked: Checked, ms: dict[str, float], conditions: tuple[Condition, ...]
    ) -> VerifiedAnswer:
        return VerifiedAnswer(
            status="answered" if checked.sentences else "not_found",
            sentences=tuple(map(self._amendments.sentence, checked.sentences)),
            authorities=checked.authorities,
            passages=answer.passages,
            searched=self._searched(conditions),
            model=answer.model,
            ms=ms,
            question=answer.question,
            stopped=answer.stopped,
        )


def _keyed(passage: Passage, key: int) -> Passage:
    return replace(passage, key=key)


def _spans(marks: Sequence[float]) -> Iterable[float]:
    return [(later - earlier) * 1000 for earlier, later in itertools.pairwise(marks)]


def claim_checker(settings: Settings) -> Callable[[str, str], dict[str, Any]]:
    """The verifier alone, with the encoder's support score where the encoder is installed."""
    from legalqa import verify
    from legalqa.engines import load_encoder, similarity
    from legalqa.report import as_json

    support = functools.partial(similarity, load_encoder(settings))

    def check(claim: str, passage: str) -> dict[str, Any]:
        found = verify.check_claim(claim, passage, support=support)
        return {
            "verdict": found.verdict,
            "reasons": list(found.reasons),
            "score": found.score,
            "authorities": [as_json.authority(authority) for authority in found.authorities],
        }

    return check
