"""Measures whether a model may write cited prose: questions over small built-in passages, checked like any answer.

The passages are those of ``resources/ability.jsonl``, written for this. What is measured is on sentences that the model
words itself: copied quotations are right by construction. The sentences are not corrected, so that the share of those
that the checker accepts is the model's own.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from legalqa import generation, models, shipped, verify
from legalqa.answer.prose import Prose
from legalqa.answer.text_model import TextModel
from legalqa.answer_cache import fingerprint
from legalqa.engines import load_encoder, similarity
from legalqa.errors import Cancelled
from legalqa.settings import Settings
from legalqa.values.answer import Answer, Claim, Passage, Sentence
from legalqa.values.document import Document, Page
from legalqa.verify import facts
from legalqa.verify.record import Place, Support

_NUMBERS = ("amount", "percentage", "date", "duration", "time", "number", "currency")
OnQuestion = Callable[[int, int], None]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the test. `holds` are words that its answer has to hold, "|" between two ways to say one; none
    for a question that the passages do not answer.
    """

    question: str
    holds: tuple[str, ...]
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """What a model wrote for one question. `sentences` are those that it worded itself, with their claims."""

    sentences: tuple[tuple[Claim, Sentence], ...]
    right: bool
    complete: bool
    tokens: int
    seconds: float
    invented: int


def questions() -> list[Question]:
    """The built-in questions."""
    lines = (shipped.folder("resources") / "ability.jsonl").read_text(encoding="utf-8").splitlines()
    return [msgspec.json.decode(line, type=Question) for line in lines if line.strip()]


def stamp() -> str:
    """What stands for the test: its questions and the prompts that they are put in."""
    prompts = shipped.folder("resources") / "prompts"
    texts = [(prompts / f"{name}.txt").read_text(encoding="utf-8") for name in ("prose", "passage", "statement")]
    return fingerprint([questions(), texts])


def measure(
    settings: Settings, id: str, *, on_question: OnQuestion | None = None, stop: threading.Event | None = None
) -> models.Ability:
    """Run the test with an installed model and keep the result beside its manifest.

    `on_question` is told how many of how many questions are answered. Raises EnvironmentFault if the model is missing
    or cannot be loaded, UserError if it is none that words answers, Cancelled on `stop`: then nothing is kept.
    """
    using = generation.chosen(settings, id)
    encoder = load_encoder(settings)
    model = generation.started(settings, using)
    asked, stop = questions(), stop or threading.Event()
    written = []
    try:
        for number, one in enumerate(asked, 1):
            written.append(_write(model, one, lambda claim, text: similarity(encoder, claim, text), stop))
            if stop.is_set():
                raise Cancelled("Stopped.", kept="What was measured before is kept.")
            if on_question:
                on_question(number, len(asked))
    finally:
        model.close()
    found = _summed(written, id, using.id.sha256, settings.threads, stamp())
    models.record(settings.home, found)
    return found


def _summed(written: Sequence[_Written], id: str, sha256: str, threads: int, prompts: str) -> models.Ability:
    sentences = [sentence for one in written for _, sentence in one.sentences]
    accepted = sum(sentence.verdict in ("verbatim", "supported") for sentence in sentences)
    seconds = sum(one.seconds for one in written)
    return models.Ability(
        id=id,
        sha256=sha256,
        prompts=prompts,
        measured=datetime.now(UTC).isoformat(timespec="seconds"),
        sentences=len(sentences),
        accepted=round(accepted / len(sentences), 3) if sentences else 0.0,
        invented=sum(one.invented for one in written),
        right=round(sum(one.right for one in written) / len(written), 3),
        complete=round(sum(one.complete for one in written) / len(written), 3),
        tokens_per_second=round(sum(one.tokens for one in written) / seconds, 1) if seconds else 0.0,
        threads=threads,
    )


def _write(model: TextModel, asked: Question, support: Support, stop: threading.Event) -> _Written:
    """One answer, checked."""
    record = _Passages(asked.passages)
    said = Prose(model).written(
        asked.question, (), record.passages, accepts=lambda _claim: (), on_text=lambda _text: None, stop=stop
    )
    went = model.last
    answer = Answer(asked.question, tuple(said or ()), record.passages)
    checked = verify.check(answer, record, support=support).sentences
    own = tuple((claim, one) for claim, one in zip(answer.claims, checked, strict=True) if not claim.copied)
    text = " ".join(claim.text for claim in answer.claims)
    holds = all(re.search(wanted, text, re.IGNORECASE) for wanted in map(_either, asked.holds))
    return _Written(
        own,
        right=bool(text) and holds if asked.holds else said is None,
        complete=went is not None and went.end == "complete",
        tokens=max(went.generated - 1, 0) if went else 0,
        seconds=(went.ms - went.first_ms) / 1000 if went and went.first_ms is not None else 0.0,
        invented=sum(_invents(claim, record) for claim, _ in own),
    )


def _either(wanted: str) -> str:
    return "|".join(map(re.escape, wanted.split("|")))


def _invents(claim: Claim, record: _Passages) -> bool:
    """Whether a sentence states a number that no passage which it cites does."""
    cited = {citation.key for citation in claim.citations}
    text = "\n".join(passage.text for passage in record.passages if str(passage.key) in cited)
    return any(finding.kind in _NUMBERS for finding in facts.findings(claim.text, text))


class _Passages:
    """The passages of one question as a record of its own (`verify.Record`): each is a document."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._documents = {f"p{key}": _document(f"p{key}", text) for key, text in enumerate(texts, 1)}
        self.passages = tuple(
            Passage(key, f"Passage {key}", f"p{key}", f"p{key}", (), (1,), (), 0, len(text), 1.0, text, paged=False)
            for key, text in enumerate(texts, 1)
        )

    def document(self, document_id: str) -> Document | None:
        return self._documents.get(document_id)

    def find(self, quote: str) -> list[Place]:
        return list(self._find(quote))

    def resolve(self, reference: str) -> list[Place]:  # noqa: ARG002 (the passages are of no documents to be named)
        return []

    def _find(self, quote: str) -> Iterator[Place]:
        for id, document in self._documents.items():
            if (at := document.text.find(quote)) >= 0:
                yield Place(id, at, at + len(quote))


def _document(id: str, text: str) -> Document:
    page = Page(1, "1", "text", 0, len(text), 612, 792)
    return Document(id, id, "", "txt", id, "other", None, (), False, text, (page,))
