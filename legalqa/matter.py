"""One matter: what was read of a firm's files, and the questions asked of it. Here the stages are wired together."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from legalqa.amending import Amendments
from legalqa.answer.where import with_hidden
from legalqa.audit import Audit
from legalqa.errors import UserError
from legalqa.feedback import FeedbackBook
from legalqa.index.catalog import Catalog
from legalqa.outgoing import Outgoing
from legalqa.overviews import Overviews
from legalqa.passages import Passages
from legalqa.settings import Settings
from legalqa.suggesting import Suggesting
from legalqa.understanding import Understanding
from legalqa.values.answer import Condition, Draft, SearchResult, VerifiedAnswer
from legalqa.values.audit import AuditEntry, Replayed
from legalqa.values.document import Document, Section
from legalqa.values.matter import Coverage, Gap, IndexReport, MatterInfo, PageStatus, Progress
from legalqa.values.overview import Overview
from legalqa.values.question import LeftOut, Suggestion, Understood

if TYPE_CHECKING:
    from legalqa.asking import Asked, WantedMode
    from legalqa.engines import Engines
    from legalqa.ingest import PageImage
    from legalqa.reviewing import Review
    from legalqa.values.review import ReviewQuestion
    from legalqa.verify.record import Place

OnDraft = Callable[[Draft], None]
T = TypeVar("T")


class Matter(Outgoing):
    """An open matter. Reads are safe from several threads; one `index` at a time, under the matter's lock.

    Models and the index are loaded when first needed, or ahead of time by `warm`.
    """

    def __init__(self, info: MatterInfo, settings: Settings) -> None:
        from legalqa.asking import Asking
        from legalqa.engines import Engines
        from legalqa.recording import Recording

        self.info = info
        self.settings = settings
        self.folder = Path(info.folder)
        self.catalog = Catalog(self.folder / "catalog.sqlite")
        self._engines: Engines = Engines(settings, self.folder, self.catalog)
        self.audit = Audit(self.folder, self.catalog)
        self.recording = Recording(self._engines, self.audit)
        self._document = lru_cache(maxsize=32)(self.catalog.document)
        self._amendments = Amendments(self.catalog, self.document)
        self._passages = Passages(self._engines, self.catalog, self.document, self._amendments)
        self._overviews = Overviews(self.catalog, self.document, self._passages.at, self._amendments)
        self.feedback = FeedbackBook(self.folder, self.document)
        self._understanding = Understanding(self.catalog, self._amendments.by_document)
        self._suggesting = Suggesting(self.catalog)
        self._asking = Asking(self._engines, self.document, self._amendments, self._overviews, self._passages)

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
        missing, Denied if another process is writing, Cancelled on `stop` (what was finished is kept). The run stands
        in the audit file, also if it ends early.
        """
        from legalqa.indexing import How, Run

        allowed = self.settings.policy
        allowed.require_folders(paths)
        allowed.require_server(scheduler)
        allowed.require_unlocked("languages", languages)
        allowed.require_unlocked("workers", workers)
        copy = allowed.copies(copy)
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
        said = {"copy": copy, "ocr": ocr, "languages": how.languages, "retry": retry, "scheduler": scheduler}
        try:
            with self.recording.indexing(paths, said) as reports:
                reports.append(Run(self._engines, how, on_progress, stop or threading.Event())(paths))
            return reports[0]
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

    def understand(
        self, question: str, history: Sequence[str] = (), scope: str = "", without: Collection[LeftOut] = ()
    ) -> Understood:
        """What is taken to be meant by a question, after those asked before it (`history`, oldest first).

        `scope` is a document (id, path, file name or stem) that the question is about whatever it says, or "all" for
        the whole matter; `without` is what is not to count of what would be understood. Raises UserError if there is
        no such document.
        """
        chosen = None if not scope else "" if scope == "all" else self.find_document(scope).id
        return self._understanding.of(question, history, chosen, without)

    def suggestions(self) -> tuple[Suggestion, ...]:
        """The terms, parties and headings of the matter that most documents share, for whoever types a question."""
        return self._suggesting.all()

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
        empty text or a scope that the matter does not hold. Where the policy wants it, the search stands in the audit
        file, and what cannot stand there is not shown.
        """
        found = self._found(text, k, where, exact, hidden, scope)
        how = {"text": text, "k": k, "where": where, "exact": exact, "hidden": hidden, "scope": scope}
        self.recording.searched(how, found)
        return found

    def _found(
        self, text: str, k: int, where: str = "", exact: bool = False, hidden: bool = False, scope: str = ""
    ) -> SearchResult:
        from legalqa.answer.where import parse

        conditions = self._conditions(where)
        if not text.strip():
            raise UserError("There is nothing to search for.")
        began = time.perf_counter()
        searched = with_hidden(conditions, hidden)
        understood = None if exact else self.understand(text, scope=scope)
        found = None if exact else self._passages.stamped(text, searched, k)
        if found is None:
            find = self._passages
            found = find.found(understood, searched, k) if understood else find.exact(text, searched, k)
        ms = (time.perf_counter() - began) * 1000
        return SearchResult(text, parse(where), tuple(found), ms, understood)

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        without: Collection[LeftOut] = (),
        model: str | None = None,
        mode: WantedMode | str = "auto",
        fresh: bool = False,
        on_draft: OnDraft | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        """Answer from the record and verify every sentence; `on_draft` sees what is not final yet.

        What one document as a whole is about is answered from its `overview`, without a model; which documents have
        something, and how some differ, with a row for each document. `mode` "auto" is what the model's measured
        ability earns it. The same question is answered from the matter's cache until the record or the models change,
        unless `fresh`. For `history`, `scope` and `without` see `understand`. Raises UserError for a wrong filter, an
        empty question or a scope that the matter does not hold, EnvironmentFault if a model is missing or fails.
        Question and answer stand in the audit file; where they cannot, the answer is not given (see
        `Recording.asked`).
        """
        how: dict[str, Any] = {"question": question, "where": where, "history": list(history), "scope": scope}
        how |= {"model": model, "mode": mode, "fresh": fresh}
        if without:
            how["without"] = [[one.kind, one.value] for one in without]
        tell = on_draft or (lambda _draft: None)
        asked = self._asked(how, tell)
        answer = self._asking(asked, tell, stop or threading.Event())
        self.recording.asked(how, answer)
        return answer

    def replay(self, entry: AuditEntry, stop: threading.Event | None = None) -> Replayed:
        """Ask the question of an audit entry again and compare; that it was asked again is recorded, too.

        Raises as `ask`.
        """
        from legalqa.replaying import replayed

        def again(details: Mapping[str, Any]) -> Mapping[str, Any]:
            names = ("question", "where", "history", "scope", "model", "mode")
            how = {name: details[name] for name in names} | {"fresh": True, "of": entry.number}
            if "without" in details:
                how["without"] = details["without"]
            answer = self._asking(self._asked(how, lambda _draft: None), lambda _draft: None, stop or threading.Event())
            return self.recording.asked(how, answer, "replay").details

        return replayed(entry, again)

    def _asked(self, how: Mapping[str, Any], tell: OnDraft) -> Asked:
        """What is asked, understood. Raises as `ask`."""
        from legalqa.asking import MODES, Asked

        if how["model"]:
            self.settings.policy.require_model(how["model"])
            self.settings.policy.require_unlocked("generation_model", how["model"])
        conditions = self._conditions(how["where"])
        if not how["question"].strip():
            raise UserError("There is no question.")
        if how["mode"] not in MODES:
            raise UserError(f"The mode {how['mode']!r} is not known.", hint=f"Choose {', '.join(MODES)}.")
        tell(Draft("retrieving"))
        without = [LeftOut(kind, value) for kind, value in how.get("without", ())]
        understood = self.understand(how["question"], how["history"], how["scope"], without)
        return Asked(understood, conditions, how["model"], how["mode"], how["fresh"])

    def documents_in(self, where: str = "") -> tuple[str, ...]:
        """Ids of the documents that a filter leaves, without one all that can be read. UserError as `filters`."""
        scope = self._engines.in_scope(self._conditions(where))
        files = [file for file in self.status().files if file.state in ("indexed", "changed", "missing")]
        ids = dict.fromkeys(file.document_id for file in files if file.document_id and file.pages)
        return tuple(id for id in ids if scope is None or id in scope)

    def reviews(self) -> tuple[str, ...]:
        """The names of the reviews that the matter keeps."""
        from legalqa import reviewing

        return reviewing.names(self.folder)

    def review(self, name: str) -> Review:
        """The review of that name, empty if it is new. Raises UserError for a name that no file can bear."""
        from legalqa.reviewing import Review

        def ask(question: str, document_id: str, stop: threading.Event) -> VerifiedAnswer:
            return self.ask(question, f"document={document_id}", scope=document_id, stop=stop)

        return Review(self.folder, name, ask)

    def review_templates(self) -> dict[str, tuple[ReviewQuestion, ...]]:
        """The questions that ship, by the kind of document."""
        from legalqa import reviewing

        return reviewing.templates()

    def review_questions(self, file: Path) -> tuple[ReviewQuestion, ...]:
        """The questions of a CSV file (see `legalqa.reviewing.questions_in`). Raises UserError if it holds none."""
        from legalqa import reviewing

        return reviewing.questions_in(file)

    def read_draft(self, file: Path) -> str:
        """The text of a draft. Raises UserError if the file does not exist or cannot be read."""
        return self._engines.read_draft(file)

    def verify(self, file: Path, text: str | None = None) -> VerifiedAnswer:
        """Cite-check a draft (.docx, .pdf, .txt, .eml) against the record; `text` is its text, if it was read already.

        Raises UserError if the file does not exist or cannot be read.
        """
        from legalqa import verify

        began = time.perf_counter()
        text = self.read_draft(file) if text is None else text
        checked = verify.check_draft(
            text, self._engines.record(self.document), support=self._engines.support, search=self._about
        )
        ms = {"verify": (time.perf_counter() - began) * 1000}
        answer = VerifiedAnswer(
            "checked",
            tuple(map(self._amendments.sentence, checked.sentences)),
            checked.authorities,
            (),
            self._passages.searched(None),
            None,
            ms,
            question=str(file),
        )
        self.recording.checked(file, text, answer)
        return answer

    def _about(self, sentence: str) -> list[Place]:
        """The places of the record that are most about a sentence, best first."""
        from legalqa.verify.record import Place

        return [Place(hit.document_id, hit.start, hit.end, hit.hidden) for hit in self._found(sentence, 8).hits]

    def document(self, document_id: str) -> Document:
        """A document with its pages and words. Raises UserError if the matter does not hold it."""
        return self._held(self._document, document_id)

    def displayed(self, document_id: str) -> Document:
        """A document as it is shown, at a fraction of what `document` costs: pages, words and regions, no sections.

        Raises UserError if the matter does not hold it.
        """
        return self._held(self.catalog.displayed, document_id)

    def sections(self, document_id: str) -> tuple[Section, ...]:
        """The sections of a document, in the order of the text. Raises UserError if the matter does not hold it."""
        return self._held(self.catalog.sections, document_id)

    def overview(self, document_id: str) -> Overview:
        """What a document says of itself and what stands in its parts, in its own words, each with its place.

        Raises UserError if the matter does not hold it.
        """
        return self._overviews.of(document_id)

    def find_document(self, name: str) -> Document:
        """The one document of that id, path, file name or stem. Raises UserError if there is none or more than one."""
        files = [(id, PurePath(path)) for _, id, path in self.catalog.named()]
        exact = {id for id, path in files if name in (id, str(path))}
        named = exact or {id for id, path in files if name in (path.name, path.stem)}
        if len(named) == 1:
            return self.document(named.pop())
        if named:
            raise UserError(f"{len(named)} documents are called {name!r}.", hint="Give the path or the document id.")
        import difflib

        near = difflib.get_close_matches(name, [path.name for _, path in files], n=3, cutoff=0.4)
        raise UserError(f"The matter holds no document {name!r}.", hint=f"Near: {', '.join(near)}." if near else "")

    def page_image(self, document_id: str, page: int, scale: float = 2.0) -> PageImage:
        """A page drawn at `scale` pixels a point, as PNG-able RGB rows. Raises UserError if it cannot be drawn."""
        sheet = self._held(functools.partial(self.catalog.sheet, number=page), document_id)
        return self._engines.page_image(sheet, page, scale)

    def warm(self) -> None:
        """Load encoder, index and model, so that the first question is answered sooner."""
        self._engines.warm()

    def break_off(self) -> None:
        """End at once what leaves nothing behind, such as the drawing of a page, from any thread; `close` follows.

        Calls in progress may fail. What is recorded or kept goes on: it is for `stop` to end it.
        """
        self._engines.break_off()

    def close(self) -> None:
        """Let processes and files go."""
        self._engines.close()
        self.catalog.close()

    def __enter__(self) -> Matter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _held(self, look: Callable[[str], T], document_id: str) -> T:
        try:
            return look(document_id)
        except KeyError:
            raise UserError(f"The matter holds no document {document_id}.") from None

    def _conditions(self, where: str) -> tuple[Condition, ...]:
        from legalqa.answer.where import settled

        conditions = self.filters(where)
        if any(condition.field in ("path", "parent") for condition in conditions):
            return settled(conditions, {file.path: file.document_id for file in self.status().files})
        return conditions


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
