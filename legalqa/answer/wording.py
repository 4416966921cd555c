"""What a weak model says of one sentence that was chosen for it, and once more if its check fails."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Final

from legalqa.answer import evidence, grammar, prompt
from legalqa.answer.evidence import Evidence
from legalqa.answer.text_model import TextModel
from legalqa.values.answer import Claim

Accepts = Callable[[Claim], tuple[str, ...]]
"""Why the checker does not accept a claim: no reasons if it does."""

_LEAST: Final = 24  # tokens that a second attempt needs
_CHARACTERS: Final = 3.5  # of a token, at least, in English prose
_ENUMERATOR: Final = re.compile(r"^\W*(?:\d+(?:\.\d+)*[.)]?|\([a-z0-9]{1,4}\)|[a-zA-Z][.)])\s+")
_FIRST_WORDS: Final = re.compile(r"[A-Z][A-Za-z]{0,19}\s+(?:[A-Za-z]{1,20}\s+){2}(?=[A-Za-z])")
_PROVIDES: Final = "The record provides that"


class Wording:
    """Words statements with one model.

    `max_tokens` bounds all attempts at one statement together, so that it takes no longer for having failed. For
    `guided` see `legalqa.answer.compose.Composer`.
    """

    def __init__(self, model: TextModel, *, max_tokens: int, guided: bool) -> None:
        self._model, self._max_tokens, self._guided = model, max_tokens, guided

    def fits(self, sentence: Evidence) -> bool:
        """Whether there is anything to word: a guided model only repeats a sentence, so it must have room for all of
        it; a table's row, whose quote says it all, is no sentence.
        """
        if not self._guided:
            return True
        return not sentence.header and " | " not in sentence.reading and len(sentence.reading) < self._room()

    def statement(
        self,
        question: str,
        sentence: Evidence,
        *,
        accepts: Accepts,
        on_text: Callable[[str], None],
        stop: threading.Event,
    ) -> grammar.Claims:
        """What the model says of `sentence`. If the check finds a fault it is told, and its second attempt stands,
        whether that is accepted or not.

        Raises as `TextModel.generate`.
        """
        said, used = self._attempt(question, sentence, None, self._max_tokens, on_text, stop)
        faults = [reason for claim in said.claims for reason in accepts(claim)]
        left = self._max_tokens - used
        if not faults or stop.is_set() or left < _LEAST:
            return said
        wrong = " ".join(claim.text for claim in said.claims)
        failure = prompt.Failure(wrong, "; ".join(dict.fromkeys(faults)))
        second, _ = self._attempt(question, sentence, failure, left, on_text, stop)
        return second if second.claims and not stop.is_set() else said

    def _attempt(
        self,
        question: str,
        sentence: Evidence,
        failure: prompt.Failure | None,
        max_tokens: int,
        on_text: Callable[[str], None],
        stop: threading.Event,
    ) -> tuple[grammar.Claims, int]:
        """What the model says, and how many tokens that took."""
        shown = _ENUMERATOR.sub("", sentence.reading)
        told = f"Header: {sentence.header} Row: {shown}" if sentence.header else shown
        parts = prompt.statement(question, [prompt.Shown(sentence.key, told)], failure)
        text, tokens = "", 0
        for piece in self._model.generate(
            parts,
            grammar=self._constraint(question if failure is None else "", sentence, shown),
            max_tokens=max_tokens,
            stop=stop,
        ):
            text, tokens = text + piece, tokens + 1
            on_text(text)
            if grammar.is_looping(text):
                break
        return grammar.parse(text, {str(sentence.key)}), tokens

    def _constraint(self, question: str, sentence: Evidence, shown: str) -> str:
        """The grammar of a statement. A second attempt has no words of the question: a weak model would word the same
        again (13 of 13 times, measured with the starter model), which is most often the question as a statement.
        """
        known = f"{sentence.header} {shown}".strip()
        if not self._guided:
            return grammar.build([known], [sentence.key])
        words = [*evidence.FUNCTION_WORDS, question.lower()]
        return grammar.build([known], [sentence.key], vocabulary=words, opening=_opening(shown), refusal=False)

    def _room(self) -> float:
        return self._max_tokens * _CHARACTERS


def _opening(text: str) -> str:
    """The first words of a sentence, or ours if it does not begin with plain words."""
    match = _FIRST_WORDS.match(text)
    return " ".join(match[0].split()) if match else _PROVIDES
