"""The opening of an agreement: where its first sentence stands, after cover, contents and legends."""

from __future__ import annotations

import re

REACH = 60_000  # how far after cover and contents the first sentence may stand
RECITALS = re.compile(r"\b(?:WHEREAS|Whereas|RECITALS?|Recitals|BACKGROUND|WITNESSETH|W I T N E S S E T H)\b")
_ITSELF = re.compile(
    r"\b(?:This|THIS)\s{1,30}(?:[\w,&'’./-]+\s{1,30}){0,14}?(?:\(|[“\"]|(?i:[\w-]*(?:lease|agreement|amendment"
    r"|addendum|contract"
    r"|indenture|guaranty|deed|plan|note|nda|license)\b))"
    r"|\b(?:LEASE|AGREEMENT|CONTRACT|AMENDMENT|Lease|Agreement|Contract|Amendment)\s{1,4}\((?:(?:this|the)\s|[“\"])"
)
_MADE = re.compile(r"\b(?:between|among|made|entered|dated|effective|executed|parties)\b", re.I)
_PROVISION = re.compile(r"[^.]{0,60}?\b(?:shall|may|will|supersedes?|constitutes?|contains?|sets?)\b")


def preamble(text: str) -> int:
    """Where the sentence begins in which the agreement names itself ("This Lease is made …"), 0 if there is none."""
    for match in _ITSELF.finditer(text, 0, REACH):
        if not _PROVISION.match(text, match.end()) and _MADE.search(text, match.start(), match.end() + 300):
            return match.start()
    return 0
