"""A question's way from what was understood to the verified answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from legalqa import answer_cache
from legalqa.amending import Amendments
from legalqa.answer import evidence, premise, quoting, shapes
from legalqa.answer.compose import Shown
from legalqa.answer.where import with_hidden
from legalqa.beside import Beside
from legalqa.errors import LegalQAError
from legalqa.overviews import Overviews
from legalqa.passages import Passages
from legalqa.tabling import OnDraft, Tables
from legalqa.values.answer import Answer, Claim, Condition, Draft, Passage, VerifiedAnswer
from legalqa.values.document import Document
from legalqa.values.form import Form, Mode, Remark
from legalqa.values.question import Understood

if TYPE_CHECKING:
    from legalqa.answer.compose import Composer
    from legalqa.engines import Engines
    from legalqa.verify.record import Checked

WantedMode = Literal["auto", "quote-first", "cited-prose", "unconstrained"]
MODES: tuple[WantedMode, ...] = ("auto", "quote-first", "cited-prose", "unconstrained")
_ACCEPTED = ("verbatim", "supported")
_RARE = 2  # occurrences of a word of the question up to which their places are shown where nothing answers


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood, and how it is to be answered. `model` None: that of the settings."""

    question: Understood
    conditions: tuple[Condition, ...] = ()
    model: str | None = None
    mode: WantedMode = "auto"
    fresh: bool = False


class Asking:
    """Answers the questions put to one matter. `load` gives a document by id."""

    def __init__(
        self,
        engines: Engines,
        load: Callable[[str], Document],
        amendments: Amendments,
        overviews: Overviews,
        passages: Passages,
    ) -> None:
        self._engines, self._catalog, self._load = engines, engines.catalog, load
        self._overviews, self._passages = overviews, passages
        self._cache = answer_cache.AnswerCache(engines.folder)
        self._beside = Beside(self._catalog, load, amendments, passages)
        self._tables = Tables(engines, passages, self._catalog)

    def __call__(self, asked: Asked, tell: OnDraft, stop: threading.Event) -> VerifiedAnswer:
        """The verified answer; `tell` sees what is not final yet. Raises as `TextModel.generate`."""
        kept = self._kept(asked)
        if kept and not asked.fresh and (known := self._cache.get(*kept)):
            return replace(known, understood=asked.question)
        answer = self._anew(asked, tell, stop)
        if kept and not answer.stopped and not self._engines.reduced():
            self._cache.put(*kept, answer)
        return answer

    def _kept(self, asked: Asked) -> tuple[str, str] | None:
        """By what an answer is kept: question and all that decides it, and the record; None if a model is missing,
        which answering will say.
        """
        try:
            answering = self._engines.answering(asked.model)
        except LegalQAError:
            return None
        key = [asked.question, asked.conditions, asked.mode, answering, answer_cache.program()]
        record = [self._catalog.changes(), self._catalog.documents()]
        return answer_cache.fingerprint(key), answer_cache.fingerprint(record)

    def _anew(self, asked: Asked, tell: OnDraft, stop: threading.Event) -> VerifiedAnswer:
        from legalqa import verify

        clock = _Clock(tell)
        scope = self._engines.in_scope(asked.conditions)
        answer = self._answer(asked, scope, clock, stop)
        if reduced := self._engines.reduced():
            said = (*answer.form.remarks, Remark("limits", reduced))
            answer = replace(answer, form=replace(answer.form, remarks=said))
        clock.passed("generate")
        tell(Draft("verifying", passages=answer.passages))
        checked = verify.check(answer, self._engines.record(self._load), support=self._engines.support)
        clock.passed("verify")
        if not answer.claims and not answer.stopped:
            answer = self._with_counts(asked, answer, scope)
        return self._verified(asked.question, answer, checked, scope, clock.ms)

    def _with_counts(self, asked: Asked, answer: Answer, scope: set[str] | None) -> Answer:
        """What was not found, with how often the question's words stand where; the places of rare ones come first."""
        counts = self._beside.counts(asked.question, scope)
        rare = [one.term for one in counts if 0 < one.count <= _RARE]
        held = self._engines.holding(rare, with_hidden(asked.conditions, hidden=False)) if rare else []
        chunks = (self._passages.at(one.document_id, one.chunk.start, one.chunk.end) for one in held[:_RARE])
        places = [place for chunk in chunks for place in self._saying(rare, chunk)]
        known = {(one.document_id, one.start, one.end) for one in places}
        others = [one for one in answer.passages if (one.document_id, one.start, one.end) not in known]
        keyed = [replace(passage, key=key) for key, passage in enumerate([*places, *others], 1)]
        return replace(answer, passages=tuple(keyed), form=replace(answer.form, counts=counts))

    def _saying(self, words: Sequence[str], chunk: Passage) -> Iterator[Passage]:
        """The sentences and rows of a chunk in which the words stand."""
        patterns = [premise.pattern(word) for word in words]
        for one in evidence.candidates([chunk]):
            if any(pattern.search(one.unit.reading) for pattern in patterns):
                yield self._passages.at(chunk.document_id, chunk.start + one.unit.start, chunk.start + one.unit.end)

    def _answer(self, asked: Asked, scope: set[str] | None, clock: _Clock, stop: threading.Event) -> Answer:
        """The answer before it is verified."""
        question = asked.question
        if whole := self._overviews.answer(question, lambda: scope):
            clock.found(whole.passages)
            whole = replace(whole, form=Form("overview"))
            if asked.mode != "cited-prose":  # it needs no model unless the user wants its words
                return whole
            composer = self._engines.composer(asked.model)
            return composer.summary(whole, on_draft=clock.tell, stop=stop, accepts=self._faults)
        wanted = shapes.wanted(question, self._by_type())
        if wanted.kind == "plain" and (lasting := self._overviews.lasting(question, scope)):
            clock.found(lasting)
            return self._copied(question, wanted, lasting)
        composer = self._engines.composer(asked.model)
        if wanted.kind == "listing":
            clock.found(())
            listed = self._listed(wanted, scope)
            return self._tables.listing(question, wanted, listed, composer, clock.tell, stop)
        if wanted.kind == "comparison":
            clock.found(())
            rows = self._tables.comparison(question, wanted, asked.conditions, composer, clock.tell, stop)
            return self._beside.compared(question, rows)
        found = self._passages.found(
            question, with_hidden(asked.conditions, hidden=False), self._engines.settings.passages
        )
        keyed = [replace(passage, key=key) for key, passage in enumerate(found, 1)]
        passages = self._beside.placed(question, keyed)
        clock.found(passages)
        if absent := self._beside.absent(question, scope):
            return Answer(question.core, (), passages, composer.model.id, form=Form(remarks=(absent,)))
        return self._plain(asked, wanted, passages, composer, clock, stop)

    def _copied(self, question: Understood, wanted: shapes.Wanted, passages: Sequence[Passage]) -> Answer:
        """These passages as quotes, with what amends or contradicts them."""
        shown = self._beside.arranged(question, wanted, Shown(tuple(map(quoting.whole, passages)), tuple(passages)))
        claims = tuple(map(quoting.quote, shown.evidence))
        answer = Answer(question.core, claims, shown.passages, form=Form(remarks=shown.remarks))
        return self._beside.led(wanted, answer)

    def _plain(
        self,
        asked: Asked,
        wanted: shapes.Wanted,
        passages: Sequence[Passage],
        composer: Composer,
        clock: _Clock,
        stop: threading.Event,
    ) -> Answer:
        question = asked.question
        answer = composer.answer(
            question.core,
            passages,
            on_draft=clock.tell,
            stop=stop,
            mode=self._mode(asked),
            arrange=lambda shown: self._beside.arranged(question, wanted, shown),
            accepts=self._faults,
        )
        return self._beside.elsewhere(question, self._beside.led(wanted, answer))

    def _mode(self, asked: Asked) -> Mode:
        return self._engines.mode(asked.model) if asked.mode == "auto" else asked.mode

    def _faults(self, claim: Claim, passages: Sequence[Passage]) -> tuple[str, ...]:
        """Why the checker does not accept what a model wrote."""
        from legalqa import verify

        answer = Answer("", (claim,), tuple(passages))
        checked = verify.check(answer, self._engines.record(self._load), support=self._engines.support).sentences[0]
        return () if checked.verdict in _ACCEPTED else checked.reasons

    def _by_type(self) -> dict[str, list[str]]:
        """Ids of the documents by their type."""
        found: dict[str, list[str]] = {}
        for one in self._catalog.described():
            found.setdefault(one.type, []).append(one.id)
        return found

    def _listed(self, wanted: shapes.Wanted, scope: set[str] | None) -> list[str]:
        """Ids of the documents that a listing goes through, in the order in which they were indexed."""
        return [
            one.id
            for one in self._catalog.described()
            if (scope is None or one.id in scope)
            and (not wanted.types or one.type in wanted.types)
            and (not wanted.documents or one.id in wanted.documents)
        ]

    def _verified(
        self, question: Understood, answer: Answer, checked: Checked, scope: set[str] | None, ms: dict[str, float]
    ) -> VerifiedAnswer:
        return VerifiedAnswer(
            status="answered" if checked.sentences else "not_found",
            sentences=tuple(map(self._beside.amended, checked.sentences)),
            authorities=checked.authorities,
            passages=answer.passages,
            searched=self._passages.searched(scope),
            model=answer.model,
            ms=ms,
            question=question.text,
            stopped=answer.stopped,
            understood=question,
            form=answer.form,
        )


class _Clock:
    """Takes the times of an answer, in milliseconds, and passes on what is not final yet."""

    def __init__(self, tell: OnDraft) -> None:
        self._tell, self._last = tell, time.perf_counter()
        self.ms: dict[str, float] = {}

    def found(self, passages: Sequence[Passage]) -> None:
        """What the answer may cite is known."""
        self.passed("retrieve")
        self._tell(Draft("answering", passages=tuple(passages)))

    def passed(self, stage: str) -> None:
        """A stage has ended."""
        now = time.perf_counter()
        self.ms[stage] = (now - self._last) * 1000
        self._last = now

    def tell(self, draft: Draft) -> None:
        """Pass a draft on, noting when the first words came."""
        if draft.text:
            self.ms.setdefault("first_token", (time.perf_counter() - self._last) * 1000)
        self._tell(draft)
