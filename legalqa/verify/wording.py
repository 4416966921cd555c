"""Faults in how a language model words a sentence: it turns in circles, breaks off, or names things and says nothing.

Such a sentence can agree with the record word for word and still say nothing true. Only for sentences that a model
wrote: people repeat themselves with reason.
"""

from __future__ import annotations

import re
from collections import Counter

from legalqa.verify.support import FRAME

_WORD = re.compile(r"[\w$€£%][\w$€£%’'.,-]*")
_RUN = 4  # words that a sentence does not say twice, unless the record does
_ONE_SIDED = re.compile(r"(?i)\b(?:between|parties\b[^.;]*\bare)\b(?P<rest>.*)$", re.DOTALL)
_BOTH = re.compile(r"(?i)\band\b|&|,\s*\w+.*,|^\W*(?:the\s+)?(?:(?:two|following|respective)\s+)*(?:parties|them)\b")
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|shall|may|might|must|will|would|can|cannot|could|should|do|does|did"
    r"|agrees?|applies|apply|becomes?|begins?|ends?|expires?|gives?|grants?|holds?|includes?|means?|owes?|pays?|provides?"
    r"|refers?|requires?|says?|sells?|starts?|states?|terminates?|[a-z]{2,}ed)\b"
)


def faults(text: str, passage: str) -> list[str]:
    """What is wrong with the wording of `text`, in words; `passage` is what it cites."""
    found = []
    if run := _repeated(text, passage):
        found.append(f"wording: the sentence repeats itself (“{run}”)")
    one_sided = _ONE_SIDED.search(text)
    if one_sided and not _BOTH.search(one_sided["rest"]):
        found.append("wording: the sentence breaks off, it names one side only")
    if _says_nothing(text):
        found.append("wording: the sentence has no verb, it says nothing")
    return found


def _repeated(text: str, passage: str) -> str:
    """A run of words that the sentence says oftener than the passage, "" for none."""
    said = _runs(text)
    there = _runs(passage)
    return next((" ".join(run) for run, count in said.items() if count > max(there[run], 1)), "")


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = [word.lower().rstrip(".,") for word in _WORD.findall(text)]
    return Counter(zip(*(words[offset:] for offset in range(_RUN)), strict=False))


def _says_nothing(text: str) -> bool:
    """Whether what follows "the record provides that" has no verb."""
    rest, framed = FRAME.subn("", text)
    return bool(framed) and not _VERB.search(rest)
