"""Answers with a row for each document: which documents have something, and how some compare."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from legalqa.answer.evidence import Evidence
from legalqa.answer.quoting import quote
from legalqa.answer.shapes import Wanted
from legalqa.answer.understand.expand import synonyms
from legalqa.index.catalog import Catalog
from legalqa.passages import Passages
from legalqa.values.answer import Answer, Claim, Condition, Draft, Passage
from legalqa.values.form import Form, Remark, Row
from legalqa.values.question import Understood

if TYPE_CHECKING:
    from legalqa.answer.compose import Composer
    from legalqa.engines import Engines

OnDraft = Callable[[Draft], None]

_READ = 4  # passages of each document that are read for a listing
_MOST = 400  # documents of a listing that are read
_QUOTED = 2  # sentences of each document in a comparison
_COMPARED = 5  # passages of each document that a comparison looks at
_HAS = 0.08  # probability from which on a passage is taken to have what is sought
_EXACT = re.compile(r"\b[A-Z][a-z]{2,}\b|\b\d[\d.,]*\b")  # what of a topic must stand in a row's words


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one document: nothing, if there is no evidence."""

    row: Row
    evidence: tuple[Evidence, ...] = ()
    passages: tuple[Passage, ...] = ()
    likely: float = 0.0


class Tables:
    """Makes the tables of one matter."""

    def __init__(self, engines: Engines, passages: Passages, catalog: Catalog) -> None:
        self._engines, self._passages, self._catalog = engines, passages, catalog

    def listing(
        self,
        question: Understood,
        wanted: Wanted,
        documents: Sequence[str],
        composer: Composer,
        tell: OnDraft,
        stop: threading.Event,
    ) -> Answer:
        """A row for each of the documents: those that have what is sought, likeliest first, then those without."""
        asked = documents[:_MOST]
        words = " ".join((wanted.topic, *synonyms(wanted.topic)))
        near = self._engines.nearest(words, wanted.topic, asked, _READ)
        found: list[Found] = []
        for id, chunks in zip(asked, near, strict=True):
            if stop.is_set():
                break
            places = [self._passages.at(id, one.chunk.start, one.chunk.end) for one in chunks]
            found.append(self._read(wanted, id, places, composer, stop))
            with_finding = [one for one in found if one.evidence]
            tell(Draft("answering", "\n".join(f"{one.row.document}: {_said(one)}" for one in with_finding)))
        found.sort(key=lambda one: -one.likely)
        left = len(documents) - len(found)
        limits = f"{left} more documents were not read for this list: narrow it with a filter." if left else ""
        if stop.is_set() and left:
            limits = f"Stopped: {left} documents were not read."
        remarks = (Remark("limits", limits),) if limits else ()
        return self._answer(question, found, Form("listing", remarks=remarks), composer, stopped=stop.is_set())

    def comparison(
        self,
        question: Understood,
        wanted: Wanted,
        conditions: Sequence[Condition],
        composer: Composer,
        tell: OnDraft,
        stop: threading.Event,
    ) -> Answer:
        """A row for each of the documents compared, in the order in which the question names them."""
        asked = replace(question, scopes=(), mentions=())
        if wanted.topic:
            asked = replace(asked, text=f"What does it say about {wanted.topic}?", core=f"{wanted.topic}")
        found: list[Found] = []
        for id in wanted.documents:
            within = [*conditions, Condition("document", "=", id)]
            places = [] if stop.is_set() else self._passages.found(asked, within, _COMPARED)
            keyed = [replace(place, key=key) for key, place in enumerate(places, 1)]
            choice = composer.choose(f"What does it say about {wanted.topic or question.core}?", keyed, stop)
            row = self._row(id)
            found.append(Found(row, choice.evidence[:_QUOTED] if choice else (), tuple(keyed)))
            tell(Draft("answering", "\n".join(f"{one.row.document}: {_said(one)}" for one in found)))
        return self._answer(question, found, Form("comparison"), composer, stopped=stop.is_set())

    def _read(
        self,
        wanted: Wanted,
        id: str,
        places: Sequence[Passage],
        composer: Composer,
        stop: threading.Event,
    ) -> Found:
        """Whether one of a document's passages has what is sought, and the sentence of it that says so."""
        row = self._row(id)
        likely = self._likely(wanted.topic, places)
        best = max(range(len(places)), key=lambda at: likely[at], default=None)
        if best is None or likely[best] < _HAS:
            return Found(row)
        passage = replace(places[best], key=1)
        choice = composer.choose(wanted.topic, [passage], stop)
        evidence = choice.evidence[:1] if choice else ()
        if evidence and not all(word in passage.text for word in _EXACT.findall(wanted.topic)):
            evidence = ()
        return Found(row, evidence, (passage,), likely[best] if evidence else 0.0)

    def _row(self, id: str) -> Row:
        path = self._catalog.document(id, words=False).path
        return Row(id, PurePath(path).name, path)

    def _likely(self, question: str, places: Sequence[Passage]) -> list[float]:
        reranker = self._engines.reranker
        if reranker is None or not places:
            return [0.0 for _ in places]
        return [one.probability for one in reranker.read(question, [place.text for place in places])]

    def _answer(
        self, question: Understood, found: Sequence[Found], form: Form, composer: Composer, *, stopped: bool
    ) -> Answer:
        """The rows as an answer, the passages numbered through."""
        claims: list[Claim] = []
        passages: list[Passage] = []
        rows: list[Row] = []
        for one in found:
            cited = {evidence.key for evidence in one.evidence}
            keys = {place.key: len(passages) + at for at, place in enumerate(_of(one.passages, cited), 1)}
            passages += [replace(place, key=keys[place.key]) for place in _of(one.passages, cited)]
            rows.append(replace(one.row, sentences=tuple(range(len(claims), len(claims) + len(one.evidence)))))
            claims += [quote(replace(evidence, key=keys[evidence.key])) for evidence in one.evidence]
        form = replace(form, rows=tuple(rows))
        model = composer.model.id
        return Answer(question.core, tuple(claims), tuple(passages), model, stopped=stopped, form=form)


def _of(passages: Sequence[Passage], keys: Collection[int]) -> list[Passage]:
    return [passage for passage in passages if passage.key in keys]


def _said(found: Found) -> str:
    return " ".join(quote(one).text for one in found.evidence) or "nothing found"
