"""Cited prose: some sentences over the passages shown, each under the grammar, for models that have shown they can.

Every sentence ends in the keys of passages that were shown, or is a sentence of one of them, copied between quotation
marks. What the checker does not accept is written once more with the fault in view, and then stands as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from legalqa.answer import grammar, prompt
from legalqa.answer.evidence import Evidence, candidates, evidence_of
from legalqa.answer.quoting import quote, shown
from legalqa.answer.text_model import TextModel
from legalqa.answer.wording import Accepts
from legalqa.values import reading
from legalqa.values.answer import Claim, Passage

MAX_TOKENS: Final = 320
_SENTENCES: Final = 4
_AGAIN: Final = 2  # sentences that are written once more
_AGAIN_TOKENS: Final = 96
_PASSAGES: Final = 6
_LONGEST: Final = 1_500  # characters of a passage that the model is shown
_QUOTES: Final = 24  # sentences that it may copy
_LONGEST_QUOTE: Final = 400


class Prose:
    """Writes cited prose with one model; not `constrained` without the grammar, to be compared with it."""

    def __init__(self, model: TextModel, *, constrained: bool = True) -> None:
        self._model, self._constrained = model, constrained

    def written(
        self,
        question: str,
        evidence: Sequence[Evidence],
        passages: Sequence[Passage],
        *,
        accepts: Accepts,
        on_text: Callable[[str], None],
        stop: threading.Event,
    ) -> list[Claim] | None:
        """What the model writes over the passages, those of the evidence first; None if it says that they do not
        answer. Raises as `TextModel.generate`.
        """
        asked = _Asked(question, evidence, passages)
        said = self._said(asked, None, _SENTENCES, MAX_TOKENS, on_text, stop)
        if said.refused:
            return None
        claims, tries = [asked.copied(claim) for claim in said.claims], _AGAIN
        for at, claim in enumerate(claims):
            faults = () if claim.copied or not tries or stop.is_set() else accepts(claim)
            if not faults:
                continue
            tries -= 1
            failure = prompt.Failure(claim.text, "; ".join(faults))
            again = self._said(asked, failure, 1, _AGAIN_TOKENS, lambda _text: None, stop)
            if again.claims and not stop.is_set():
                claims[at] = asked.copied(again.claims[0])
        return list(dict.fromkeys(claims))

    def _said(
        self,
        asked: _Asked,
        failure: prompt.Failure | None,
        sentences: int,
        max_tokens: int,
        on_text: Callable[[str], None],
        stop: threading.Event,
    ) -> grammar.Claims:
        parts = prompt.statement(asked.question, asked.shown, failure, system="prose")
        text = ""
        constraint = asked.grammar(sentences) if self._constrained else None
        for piece in self._model.generate(parts, grammar=constraint, max_tokens=max_tokens, stop=stop):
            text += piece
            on_text(text)
            if grammar.is_looping(text):
                break
        return grammar.parse(text, {str(one.key) for one in asked.shown})


class _Asked:
    """A question with what the model is shown for it and the sentences that it may copy."""

    def __init__(self, question: str, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> None:
        first = {one.key: at for at, one in reversed(list(enumerate(evidence)))}
        ranked = sorted(passages, key=lambda passage: first.get(passage.key, len(evidence)))[:_PASSAGES]
        self.question = question
        self.shown = [prompt.Shown(one.key, _text(one)) for one in ranked]
        units = [*evidence, *(evidence_of(candidate, 0.0) for candidate in candidates(ranked))]
        self._quotes: dict[tuple[int, str], Evidence] = {}
        for unit in units:
            words = shown(unit.words or unit.text)
            if len(words) <= _LONGEST_QUOTE and grammar.quotable(words) and len(self._quotes) < _QUOTES:
                self._quotes.setdefault((unit.key, words), unit)

    def grammar(self, sentences: int) -> str:
        """That of an answer of so many sentences."""
        quotes: dict[int, list[str]] = {}
        for key, words in self._quotes:
            quotes.setdefault(key, []).append(words)
        texts = [one.text for one in self.shown]
        return grammar.build(texts, [one.key for one in self.shown], sentences=sentences, quotes=quotes)

    def copied(self, claim: Claim) -> Claim:
        """The claim, as a quotation of its place if it is one."""
        for citation in claim.citations if claim.text.startswith("“") and claim.text.endswith("”") else ():
            unit = self._quotes.get((int(citation.key), claim.text[1:-1]))
            if unit:
                return quote(unit)
        return claim


def _text(passage: Passage) -> str:
    return " ".join(reading.shown(passage).split())[:_LONGEST]
