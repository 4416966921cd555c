"""What a passage states, one statement at a time, as its sentences alone do not say it.

A list's items go with the words that open it ("Tenant shall pay: (a) a late charge"), and a question that was answered
with no goes as its negation. A question without a plain answer states nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from legalqa.verify.words import sentences

_ROWS = re.compile(r"(?m)^[^\n]*\|[^\n]*\|[^\n]*$")
_ITEM = re.compile(r"^\(?(?:[a-z]|[ivx]{1,5}|\d{1,2})[.)]\s+", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:^|\n)\s*Q(?:\.|:)?\s+(?P<asked>[^?]{3,400}\?)(?P<between>(?:\s*(?:[A-Z][A-Z. ]+:)[^\n]*)?)\s*\n?\s*"
    r"A(?:\.|:)?\s+(?P<said>[^\n]{1,400})"
)
_NO = re.compile(r"(?i)(?:no\b|not\b|never\b|i (?:did|do|have|was|would|could)(?: not|n['’]t)|nobody\b|none\b)")
_YES = re.compile(r"(?i)(?:yes|yeah|correct|right|i (?:did|do|have|was)\b(?! not|n)|that['’]s (?:right|correct|it))")
_WHO = (
    r"(?:(?:the|any|that|this)\s+)?(?:you|he|she|it|they|anyone|anybody|(?:M[rs]{1,2}\.\s+)?(?:[A-Z][\w’']+\s*)+"
    r"(?:at [A-Z]\w+)?|(?:the|any|that) [a-z]+)"
)
_ASKED = re.compile(
    rf"^(?:(?P<when>[^?]*?),\s+)?(?P<aux>(?i:did|does|do|was|were|is|are|had|has|have|could|would))\s+(?P<who>{_WHO})\s*,?"
    r"\s+(?P<rest>[a-z].*)\?$",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def statements(passage: str) -> tuple[str, ...]:
    """The statements of `passage`, in order: sentences, list items with their lead, answered questions."""
    found: list[str] = []
    done = 0
    for match in _QUESTION.finditer(passage):
        found += _of_prose(passage[done : match.start()])
        found += _answered(" ".join(match["asked"].split()), match["said"])
        done = match.start("said")
    return (*found, *_of_prose(passage[done:]))


def _of_prose(text: str) -> list[str]:
    found: list[str] = []
    lead = ""
    for sentence in sentences(_ROWS.sub(r"\g<0>\n\n", text)):
        item = _ITEM.match(sentence)
        if item and lead and sentence[item.end() :][:1].islower():
            found.append(f"{lead} {sentence[item.end() :]}")
            continue
        lead = sentence.rstrip(": ") if sentence.endswith(":") else ""
        if not sentence.endswith("?"):
            found.append(sentence)
    return found


def _answered(asked: str, said: str) -> list[str]:
    """The question as the statement that its answer makes of it; [] where it makes none."""
    match = _ASKED.match(asked)
    if match is None or not (_NO.match(said) or _YES.match(said)):
        return []
    aux, who = match["aux"].lower(), match["who"].strip()
    negation = " not" if _NO.match(said) else ""
    return [f"{who} {aux}{negation} {match['rest']}."]
