"""Question and passages → Answer: the sentences that answer, copied, and what the model says of them.

Quote-first: the quotes come first, since they cost no decoding and a reader has them at once while the model is still
writing its one statement. Cited prose, for models that have shown that they can: some sentences over all passages, then
the quotes that the answer rests on.

A statement may cite only the sentences that it was shown; a quote is cut out of the passage. So no answer cites what
was not shown or quotes what does not stand there, whatever the model says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from legalqa.answer import evidence, prompt, reader
from legalqa.answer.evidence import Choice, Embed, Evidence
from legalqa.answer.prose import Prose
from legalqa.answer.quoting import placed, quote
from legalqa.answer.reader import Read
from legalqa.answer.text_model import TextModel
from legalqa.answer.wording import Accepts, Wording
from legalqa.errors import BugError
from legalqa.values.answer import Answer, Claim, Draft, Passage
from legalqa.values.form import Form, Mode, Remark
from legalqa.values.relevance import Relevance

MAX_TOKENS: Final = 96
_TOGETHER: Final = 3  # passages of an overview that are worded at once
_SLICE: Final = 8  # texts embedded or read at a time: some 100 ms with the starter models
OnDraft = Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is quoted, in its order, from which passages, and what is said about it by the index of the quote."""

    evidence: tuple[Evidence, ...]
    passages: tuple[Passage, ...]
    remarks: tuple[Remark, ...] = ()


Arrange = Callable[[Shown], Shown]
"""Puts beside the evidence what a reader must see with it. The first is what the model words."""


class Composer:
    """Answers questions with one model and one encoder.

    `embed` makes unit vectors of texts, `embed_question` of a question where the encoder tells the two apart; `read`
    is the trained reader, where one is installed, which helps to choose the evidence;
    `max_tokens` bounds the statement. A `guided` model must begin it as the sentence begins and use only the words of
    sentence and question: a weak one then says what the sentence says, where it would otherwise answer yes or no, and
    refuse, at random. A model that is not
    guided may say that the record does not answer.
    """

    def __init__(
        self,
        model: TextModel,
        embed: Embed,
        *,
        embed_question: Embed | None = None,
        read: Read | None = None,
        max_tokens: int = MAX_TOKENS,
        guided: bool = True,
    ) -> None:
        self._model = model
        self._embed, self._embed_question, self._read = embed, embed_question or embed, read
        self._wording = Wording(model, max_tokens=max_tokens, guided=guided)
        self._prose, self._free = Prose(model), Prose(model, constrained=False)

    @property
    def model(self) -> TextModel:
        """What words the answers."""
        return self._model

    def warm(self, stop: threading.Event) -> None:
        """Load the model and evaluate what all prompts begin with, so that the first answer comes sooner.

        Raises as `TextModel.generate`.
        """
        parts = prompt.load("system").fill("system")
        for _ in self._model.generate(parts, grammar=None, max_tokens=0, stop=stop):
            pass

    def answer(
        self,
        question: str,
        passages: Sequence[Passage],
        *,
        on_draft: OnDraft,
        stop: threading.Event,
        mode: Mode = "quote-first",
        arrange: Arrange = lambda shown: shown,
        accepts: Callable[[Claim, Sequence[Passage]], tuple[str, ...]] = lambda _claim, _passages: (),
    ) -> Answer:
        """Answer from `passages`, whose keys must be positive and distinct; no claims if they do not answer.

        Passages from elsewhere are looked at only if the others do not answer. `on_draft` is told the whole text so far
        whenever there is more of it. `accepts` says why the checker does not accept what the model wrote, which is then
        written once more. Setting `stop` ends within 200 ms with what there is, marked as stopped. Raises as
        `TextModel.generate`.
        """
        keys = [passage.key for passage in passages]
        if len(set(keys)) != len(keys) or any(key < 1 for key in keys):
            raise BugError("Passages before the model need distinct numbers from 1.")
        nothing = Answer(question, (), tuple(passages), self._model.id, form=Form(mode=mode))
        choice = self.choose(question, passages, stop)
        if choice is None or stop.is_set():
            return replace(nothing, stopped=True)
        if not choice.enough:
            return nothing
        shown = arrange(Shown(choice.evidence, nothing.passages))
        form = Form(mode=mode, remarks=shown.remarks)
        found = replace(nothing, claims=tuple(map(quote, shown.evidence)), passages=shown.passages, form=form)
        word = self._quote_first if mode == "quote-first" else self._cited_prose
        said = word(found, shown.evidence, on_draft, stop, lambda claim: accepts(claim, shown.passages))
        return replace(said or nothing, stopped=stop.is_set())

    def summary(
        self,
        whole: Answer,
        *,
        on_draft: OnDraft,
        stop: threading.Event,
        accepts: Callable[[Claim, Sequence[Passage]], tuple[str, ...]],
    ) -> Answer:
        """An overview of copied sentences in the model's words, some passages at a time, each sentence citing them.

        Of what no sentence that the checker accepts tells, the copied one follows. Raises as `TextModel.generate`.
        """
        claims: list[Claim] = []

        def faults(claim: Claim) -> tuple[str, ...]:
            return accepts(claim, whole.passages)

        def tell(text: str) -> None:
            before = "".join(f"{claim.text}\n" for claim in claims)
            on_draft(Draft("answering", before + text, whole.passages))

        for at in range(0, len(whole.passages), _TOGETHER):
            some = whole.passages[at : at + _TOGETHER]
            said: Sequence[Claim] = ()
            if not stop.is_set():
                said = self._prose.written(whole.question, (), some, accepts=faults, on_text=tell, stop=stop) or ()
            told = {citation.key for claim in said if not faults(claim) for citation in claim.citations}
            owed = {str(passage.key) for passage in some} - told
            claims += (*said, *(one for one in whole.claims if owed & {citation.key for citation in one.citations}))
        form = replace(whole.form, mode="cited-prose")
        return replace(whole, claims=tuple(claims), model=self._model.id, form=form, stopped=stop.is_set())

    def choose(self, question: str, passages: Sequence[Passage], stop: threading.Event) -> Choice | None:
        """The evidence: of the documents that the question is about, else from elsewhere; None if stopped."""
        near = [passage for passage in passages if not passage.elsewhere]
        away = [passage for passage in passages if passage.elsewhere]
        try:
            choice = self._chosen(question, near or away, stop)
            if not choice.enough and near and away:
                other = self._chosen(question, away, stop)
                return other if other.enough else choice
        except _StoppedError:
            return None
        return choice

    def _chosen(self, question: str, passages: Sequence[Passage], stop: threading.Event) -> Choice:
        """The evidence of some passages. Raises _StoppedError when `stop` is set."""
        embed = _stoppable(self._embed, stop)
        if self._read is None:
            return evidence.choose(question, passages, embed, self._embed_question)
        return reader.choose(question, passages, embed, _stoppable_read(self._read, stop), self._embed_question)

    def _quote_first(
        self, found: Answer, shown: Sequence[Evidence], on_draft: OnDraft, stop: threading.Event, accepts: Accepts
    ) -> Answer | None:
        """The quotes, then what the model says of the first, unless that is what it quotes; None if it refuses."""
        best, quoted = shown[0], "\n".join(claim.text for claim in found.claims)
        draft = Draft("answering", quoted, found.passages)
        on_draft(draft)
        if not self._wording.fits(best):
            return found
        said = self._wording.statement(
            found.question,
            best,
            accepts=lambda claim: accepts(placed(claim, best)),
            on_text=lambda text: on_draft(replace(draft, text=f"{quoted}\n{text}")),
            stop=stop,
        )
        if said.refused and not stop.is_set():
            return None
        there = {claim.text.strip("“”") for claim in found.claims}
        new = (placed(claim, best) for claim in said.claims if claim.text not in there)
        return replace(found, claims=(*found.claims, *new))

    def _cited_prose(
        self, found: Answer, shown: Sequence[Evidence], on_draft: OnDraft, stop: threading.Event, accepts: Accepts
    ) -> Answer | None:
        """What the model writes, then the quotes that it has not copied itself; None if it says there is no answer."""
        quoted = "\n".join(claim.text for claim in found.claims)
        draft = Draft("answering", quoted, found.passages)
        on_draft(draft)
        prose = self._free if found.form.mode == "unconstrained" else self._prose
        said = prose.written(
            found.question,
            shown,
            found.passages,
            accepts=accepts,
            on_text=lambda text: on_draft(replace(draft, text=f"{text}\n{quoted}")),
            stop=stop,
        )
        if said is None and not stop.is_set():
            return None
        claims = list(dict.fromkeys((*(said or ()), *found.claims)))
        at = {index: claims.index(claim) for index, claim in enumerate(found.claims)}
        remarks = tuple(replace(one, sentences=tuple(at[i] for i in one.sentences)) for one in found.form.remarks)
        return replace(found, claims=tuple(claims), form=replace(found.form, remarks=remarks))


class _StoppedError(Exception):
    """The user wants no more; never leaves this module."""


def _stoppable(embed: Embed, stop: threading.Event) -> Embed:
    """`embed` in slices, between which `stop` is looked at."""

    def sliced(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = []
        for start in range(0, len(texts), _SLICE):
            if stop.is_set():
                raise _StoppedError
            vectors.append(embed(texts[start : start + _SLICE]))
        return np.concatenate(vectors)

    return sliced


def _stoppable_read(read: Read, stop: threading.Event) -> Read:
    """`read` in slices, between which `stop` is looked at."""

    def sliced(question: str, texts: Sequence[str]) -> list[Relevance]:
        found: list[Relevance] = []
        for start in range(0, len(texts), _SLICE):
            if stop.is_set():
                raise _StoppedError
            found += read(question, texts[start : start + _SLICE])
        return found

    return sliced
