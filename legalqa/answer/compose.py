"""Question and passages → Answer: the sentences that answer, copied, and one statement worded by the model.

The quotes come first: they cost no decoding, so a reader has them at once while the model is still writing.

A statement may cite only the sentences that it was shown; a quote is cut out of the passage. So no answer cites what
was not shown or quotes what does not stand there, whatever the model says.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from legalqa.answer import evidence, grammar, prompt, reader
from legalqa.answer.evidence import Choice, Embed, Evidence
from legalqa.answer.reader import Read
from legalqa.answer.text_model import TextModel
from legalqa.errors import BugError
from legalqa.values import reading
from legalqa.values.answer import Answer, Citation, Claim, Draft, Passage
from legalqa.values.relevance import Relevance

MAX_TOKENS: Final = 96
_SLICE: Final = 8  # texts embedded or read at a time: some 100 ms with the starter models
_ENUMERATOR: Final = re.compile(r"^\W*(?:\d+(?:\.\d+)*[.)]?|\([a-z0-9]{1,4}\)|[a-zA-Z][.)])\s+")
_FIRST_WORDS: Final = re.compile(r"[A-Z][A-Za-z]{0,19}\s+(?:[A-Za-z]{1,20}\s+){2}(?=[A-Za-z])")
_PROVIDES: Final = "The record provides that"
OnDraft = Callable[[Draft], None]


_INNER: Final = str.maketrans('“”"', "‘’'")


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
        self._model, self._max_tokens, self._guided = model, max_tokens, guided
        self._embed, self._embed_question, self._read = embed, embed_question or embed, read

    def warm(self, stop: threading.Event) -> None:
        """Load the model and evaluate what all prompts begin with, so that the first answer comes sooner.

        Raises as `TextModel.generate`.
        """
        parts = prompt.load("system").fill("system")
        for _ in self._model.generate(parts, grammar=None, max_tokens=0, stop=stop):
            pass

    def answer(self, question: str, passages: Sequence[Passage], *, on_draft: OnDraft, stop: threading.Event) -> Answer:
        """Answer from `passages`, whose keys must be positive and distinct; no claims if they do not answer.

        `on_draft` is told the whole text so far whenever there is more of it. Setting `stop` ends within 200 ms with
        what there is, marked as stopped. Raises as `TextModel.generate`.
        """
        keys = [passage.key for passage in passages]
        if len(set(keys)) != len(keys) or any(key < 1 for key in keys):
            raise BugError("Passages before the model need distinct numbers from 1.")
        nothing = Answer(question, (), tuple(passages), self._model.id)
        try:
            choice = self._choose(question, passages, stop)
        except _StoppedError:
            return replace(nothing, stopped=True)
        if stop.is_set():
            return replace(nothing, stopped=True)
        if not choice.enough:
            return nothing
        best, *_ = choice.evidence
        quotes = [_quote(sentence) for sentence in choice.evidence]
        quoted = "\n".join(claim.text for claim in quotes)
        draft = Draft("answering", quoted, nothing.passages)
        on_draft(draft)
        said = self._worded(question, best, lambda text: on_draft(replace(draft, text=f"{quoted}\n{text}")), stop)
        if said.refused and not stop.is_set():
            return nothing
        claims = (*quotes, *(_placed(claim, best) for claim in said.claims))
        return replace(nothing, claims=claims, stopped=stop.is_set())

    def _choose(self, question: str, passages: Sequence[Passage], stop: threading.Event) -> Choice:
        """The evidence. Raises _StoppedError when `stop` is set."""
        embed = _stoppable(self._embed, stop)
        if self._read is None:
            return evidence.choose(question, passages, embed, self._embed_question)
        return reader.choose(question, passages, embed, _stoppable_read(self._read, stop), self._embed_question)

    def _worded(
        self, question: str, best: Evidence, on_text: Callable[[str], None], stop: threading.Event
    ) -> grammar.Claims:
        """What the model says of one sentence."""
        shown = _ENUMERATOR.sub("", best.reading)
        known = f"{best.header} {shown}".strip()
        if self._guided:
            words = [*evidence.FUNCTION_WORDS, question.lower()]
            constraint = grammar.build([known], [best.key], vocabulary=words, opening=_opening(shown), refusal=False)
        else:
            constraint = grammar.build([known], [best.key])
        told = f"Header: {best.header} Row: {shown}" if best.header else shown
        parts = prompt.statement(question, [prompt.Shown(best.key, told)])
        text = ""
        pieces = self._model.generate(parts, grammar=constraint, max_tokens=self._max_tokens, stop=stop)
        for piece in pieces:
            text += piece
            on_text(text)
            if grammar.is_looping(text):
                break
        return grammar.parse(text, {str(best.key)})


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


def _opening(text: str) -> str:
    """The first words of a sentence, or ours if it does not begin with plain words."""
    match = _FIRST_WORDS.match(text)
    return " ".join(match[0].split()) if match else _PROVIDES


def _placed(claim: Claim, shown: Evidence) -> Claim:
    """The claim with the place in the document that each of its citations points at."""
    citations = (
        replace(citation, document_id=shown.document_id, start=shown.start, end=shown.end)
        for citation in claim.citations
    )
    return replace(claim, citations=tuple(citations))


def quoted(passage: Passage) -> Claim:
    """A whole passage as a quotation of the document that it is of."""
    words = reading.shown(passage)
    place = (passage.key, passage.document_id, passage.start, passage.end)
    return _quote(Evidence(*place, passage.text, "", 0.0, words=words))


def _quote(sentence: Evidence) -> Claim:
    """The sentence itself: shown with single spaces and, as quoting has it, single marks inside; cited as it stands."""
    words = sentence.words or sentence.text
    shown = " ".join(words.split()).translate(_INNER)
    citation = Citation(str(sentence.key), words, sentence.document_id, sentence.start, sentence.end)
    return Claim(f"“{shown}”", (citation,), copied=True)
