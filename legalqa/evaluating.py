"""One evaluation: the suite's documents in a matter of their own, the questions put to it, what came back scored."""

from __future__ import annotations

import contextlib
import functools
import itertools
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from legalqa import __version__
from legalqa.errors import Cancelled, Denied, EnvironmentFault
from legalqa.evaluate import answering, locating, metrics, naive, pairs, runs
from legalqa.evaluate.metrics import Answer
from legalqa.evaluate.suite import Gold, Question, Suite
from legalqa.index.lock import WriterLock
from legalqa.library import SCHEMA, read_info, write_info
from legalqa.matter import Matter
from legalqa.settings import Settings
from legalqa.values.answer import CheckedCitation, Passage
from legalqa.values.matter import MatterInfo, Progress
from legalqa.verify import places

OnStep = Callable[[str, int, int], None]  # what is being done, how many are done, how many there are
DEPTH = 64  # passages asked for: they fill 64 chunks of 500 characters, or nearly so
_COMPLETE = "complete"  # a file in the corpus' folder: everything has been read


@dataclass(frozen=True)
class Corpus:
    """A suite that has been read: the matter, the encoder's SHA-256, and the document id of each path.

    `unread` are files of which nothing could be read, with the reason; questions about them count as not found.
    """

    suite: Suite
    matter: Matter
    encoder: str
    ids: dict[str, str]
    unread: dict[str, str]
    _answers: dict[str, list[Answer] | None] = field(default_factory=dict, repr=False)

    def answers(self, question: Question) -> list[Answer] | None:
        """The golds as places in the matter; None if one of them does not stand in what was read of its document."""
        if question.id not in self._answers:
            placed = [self._placed(gold) for gold in question.golds]
            known = [answer for answer in placed if answer is not None]
            self._answers[question.id] = known if len(known) == len(placed) else None
        return self._answers[question.id]

    def _placed(self, gold: Gold) -> Answer | None:
        id = self.ids.get(gold.path)
        if id is None:  # the file could not be read: a place that nothing can find
            return (gold.path, gold.spans or ((0, max(len(gold.quote), 1)),))
        if gold.spans:
            return (id, gold.spans)
        document = self.matter.document(id)
        pages = [page for page in document.pages if gold.page in (None, page.number)]
        if gold.page is not None and not pages:
            return None
        start, end = (pages[0].start, pages[0].end) if gold.page is not None else (0, len(document.text))
        standing = [(place.start, place.end) for place in places.standing(gold.quote, document)]
        on_page = [span for span in standing if span[0] < end and start < span[1]]
        if not on_page and (near := locating.nearest(gold.quote, document.text, start, end)):
            on_page = [near]
        if not on_page and any(page.source == "failed" for page in pages):
            return (gold.path, ((0, len(gold.quote)),))  # the page could not be read: as with a file
        return (id, tuple(on_page)) if on_page else None


@contextlib.contextmanager
def corpus(
    suite: Suite,
    settings: Settings,
    *,
    fresh: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event,
) -> Iterator[Corpus]:
    """The suite's documents, read and indexed in ``<home>/evaluation``; the second time only what is out of date is.

    `fresh` reads them all again. Raises as `Matter.index`; what was read before it was stopped is kept.
    """
    from legalqa.engines import load_encoder
    from legalqa.ingest import INGEST_VERSION

    encoder = load_encoder(settings).sha256
    folder = home_of(settings) / f"{suite.digest[:16]}-{INGEST_VERSION}-{encoder[:8]}"
    if fresh and folder.exists():
        with WriterLock(folder):
            doomed = folder.with_name(f".deleted-{uuid.uuid4()}")
            folder.rename(doomed)
        shutil.rmtree(doomed)
    folder.mkdir(parents=True, exist_ok=True)
    with Matter(_info(folder), settings) as matter:
        try:
            matter.index(suite.documents, on_progress=on_progress, stop=stop)
            (folder / _COMPLETE).touch()
        except Denied:  # another evaluation is at it: what it has read whole can be searched beside it
            if not (folder / _COMPLETE).exists():
                raise
        files = {file.path: file for file in matter.status().files}
        missing = [path for path in map(str, suite.documents) if path not in files]
        if missing:
            raise EnvironmentFault(
                f"The corpus in {folder} lacks {len(missing)} of the suite's documents.", hint="Use --fresh."
            )
        ids = {path: file.document_id for path, file in files.items() if file.document_id}
        unread = {path: file.reason for path, file in files.items() if not file.document_id}
        yield Corpus(suite, matter, encoder, ids, unread)


def home_of(settings: Settings) -> Path:
    """Where corpora, vectors of the baseline and runs are kept; all of it can be made again but the runs."""
    return settings.home / "evaluation"


def head(corpus: Corpus, generation: str = "") -> runs.Head:
    """What is being run, now."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    name, documents = corpus.suite.folder.resolve().name, len(corpus.suite.documents)
    return runs.Head(__version__, name, corpus.suite.digest, corpus.encoder, at, documents, generation)


def retrieval(
    corpus: Corpus, questions: Sequence[Question], tasks: Sequence[str], on_step: OnStep, stop: threading.Event
) -> list[runs.Row]:
    """A row for each task and question, through `Matter.search`. Raises Cancelled on `stop`."""
    rows = []
    for task in tasks:
        for done, question in enumerate(questions, 1):
            _check(stop)
            placed = corpus.answers(question)
            if placed is None:
                continue
            rows.append(_searched(corpus, question, placed, task))
            on_step(f"searching, {task}", done, len(questions))
    return rows


def _searched(corpus: Corpus, question: Question, placed: list[Answer], task: str) -> runs.Row:
    text, where = (question.scoped, "") if task == "scoped" else (question.text, where_of(corpus, question))
    if where is None:  # the document could not be read
        hits, ms = [], 0.0
    else:
        found = corpus.matter.search(text, k=DEPTH, where=where)
        hits, ms = [_place(hit) for hit in found.hits], found.ms
    own = corpus.ids.get(question.path, question.path)
    if task == "open":  # of answers in other documents nothing can be found
        placed = [answer for answer in placed if answer[0] == own] or placed
    return row_of(question, task, metrics.score(hits, placed), {"search": ms})


def where_of(corpus: Corpus, question: Question) -> str | None:
    """The filter that opens the question's document; None if it could not be read."""
    id = corpus.ids.get(question.path)
    return f"document={id}" if id else None


def row_of(
    question: Question, task: str, scores: dict[str, float], ms: dict[str, float], system: str = runs.OURS
) -> runs.Row:
    """A row of a run; figures to five places."""
    rounded = {name: round(value, 5) for name, value in scores.items()}
    times = {name: round(value, 2) for name, value in ms.items()}
    return runs.Row(question.id, task, question.set, question.part, question.path, rounded, system, times)


def baseline(
    corpus: Corpus, questions: Sequence[Question], settings: Settings, on_step: OnStep, stop: threading.Event
) -> list[runs.Row]:
    """Rows of the naive baseline over the same texts and questions. Raises Cancelled on `stop`."""
    from legalqa.engines import load_encoder

    encoder = load_encoder(settings)
    texts = {id: corpus.matter.document(id).text for id in sorted(set(corpus.ids.values()))}
    system = naive.Naive(
        texts,
        embed=encoder.embed,
        embed_question=functools.partial(encoder.embed, query=True),
        fingerprint=corpus.encoder,
        folder=home_of(settings) / "naive",
        on_text=functools.partial(on_step, "embedding for the baseline"),
        stop=stop,
    )
    rows = []
    with contextlib.closing(system):
        for done, question in enumerate(questions, 1):
            _check(stop)
            placed = corpus.answers(question)
            if placed is None:
                continue
            ranked = system.ranked(question.scoped, question.core, corpus.ids.get(question.path))
            rows += [row_of(question, "scoped", metrics.score(r, placed), {}, name) for name, r in ranked.items()]
            on_step("baseline", done, len(questions))
    return rows


def answers(
    corpus: Corpus,
    questions: Sequence[Question],
    settings: Settings,
    model: str | None,
    on_step: OnStep,
    stop: threading.Event,
    mode: str = "auto",
) -> list[runs.Row]:
    """A row for each question asked anew with its document open, through `Matter.ask`. Raises Cancelled on `stop`."""
    from legalqa.engines import load_encoder

    encoder = load_encoder(settings)

    def relevancy(question: str, answer: str) -> float:
        return float(encoder.embed([question], query=True)[0] @ encoder.embed([answer])[0])

    rows = []
    for done, question in enumerate(questions, 1):
        _check(stop)
        placed, where = corpus.answers(question), where_of(corpus, question)
        if placed is None or (where is None and question.path):
            continue
        answer = corpus.matter.ask(question.text, where=where or "", model=model, mode=mode, fresh=True, stop=stop)
        _check(stop)  # an answer that was cut off says nothing
        scores = answering.score(
            answer,
            placed,
            stands=functools.partial(_stands, corpus.matter),
            pages=functools.partial(_pages, corpus),
            relevancy=functools.partial(relevancy, question.text),
        )
        rows.append(row_of(question, "answers", scores, answer.ms))
        on_step("asking", done, len(questions))
    return rows


def _stands(matter: Matter, citation: CheckedCitation) -> bool:
    """Looked up here, in the text of the document, without asking the verifier's verdict."""
    if not citation.document_id:
        return False
    return bool(places.standing(citation.quote, matter.document(citation.document_id), 1))


def _pages(corpus: Corpus, place: metrics.Place) -> set[tuple[str, int]]:
    id, start, end = place
    if id not in corpus.ids.values():  # gold on a page that could not be read
        return set()
    document = corpus.matter.document(id)
    return {(id, page.number) for page in document.pages_of(start, end)} if document.paged else set()


def verifier(file: Path, settings: Settings, on_step: OnStep, stop: threading.Event) -> dict[str, Any]:
    """How the verifier judges the claims of a file: as quotations, and as sentences of an answer.

    Raises UserError for a file that is not one of claims, Cancelled on `stop`.
    """
    from legalqa.matter import claim_checker
    from legalqa.verify import quotes

    rows = pairs.load(file)
    check = claim_checker(settings)
    done = itertools.count(1)

    def sentence(claim: str, passage: str) -> bool:
        _check(stop)
        on_step("checking claims", next(done), len(rows))
        return check(claim, passage)["verdict"] in answering.ACCEPTED

    return {
        "quotations": pairs.score(rows, lambda claim, passage: quotes.find(claim, passage) is not None),
        "sentences": pairs.score(rows, sentence),
    }


def _place(hit: Passage) -> metrics.Place:
    return hit.document_id, hit.start, hit.end


def _check(stop: threading.Event) -> None:
    if stop.is_set():
        raise Cancelled("Stopped.", kept="The documents that were read are kept.", hint="Run it again to measure.")


def _info(folder: Path) -> MatterInfo:
    """The matter in `folder`, made if it is new."""
    found = read_info(folder)
    if found is None:
        created = datetime.now(UTC).isoformat(timespec="seconds")
        found = MatterInfo(str(uuid.uuid4()), folder.name, "evaluation", "", created, SCHEMA, str(folder))
        write_info(found)
    return replace(found, folder=str(folder))
