"""A question that follows another one, made to stand alone: "and who pays for it?", "what about the NDA?".

Deterministic and conservative: nothing is taken away from what was asked, words are only added, and they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from legalqa.answer.understand.facts import Facts
from legalqa.answer.understand.kinds import kind_at
from legalqa.answer.understand.words import QUESTION_WORDS, STOP, keys, listed
from legalqa.values.question import Scope, Understood

_ABOUT = re.compile(
    r"\s*(?:(?:and|but|or|so|ok|okay)[\s,]+)*(?:what|how)\s+about\s+(?P<what>.+?)\s*[?.!]*\s*$", re.I | re.S
)
_AND = re.compile(r"\s*(?:and|but|or|also|so|then)[\s,]+(?P<what>.+?)\s*[?.!]*\s*$", re.I | re.S)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|he|she|him|itself|themselves|the\s+same|such|those|these|that\s+(?:one|clause|section|provision"
    r"|case|event|period|amount|date|fee|right|party|obligation)|this\s+(?:clause|section|provision))\b"
    r"|\b(?:that|this|its|their)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?P<before>^\s*(?:(?:and|but|so|also)[\s,]+)?(?:\w+\s+){0,3}?)\bit\b(?P<verb>\s+(?:\w+ly\s+)?\w+)", re.I
)
_OF_DOCUMENTS = listed(
    "renew expire expires end ends start begin say provide allow permit require apply govern contain cover mention"
    " include define automatically terminate terminated governed dated signed amended binding enforceable assignable"
    " exclusive prohibit restrict limit address"
)
_EVERYWHERE = re.compile(
    r"\b(?:all|any|which|what|every|each|how\s+many|other)\s+(?:of\s+(?:the|our)\s+)?(?:\w+\s+)?"
    r"(?:documents|contracts|agreements|leases|ndas|amendments|files|depositions|letters|emails)\b",
    re.IGNORECASE,
)
_EMPTY = (
    STOP | QUESTION_WORDS | listed("happens happen required require need needed clause provision section set forth")
)
_WORDS = 6  # of the earlier question that are added
_CARRIED, _OTHER = 1.0, 0.7  # what a scope carried over keeps of its score: in a follow-up, in a question of its own


def followed(found: Understood, before: Understood, facts: Facts) -> Understood:
    """What is understood of a question alone, completed from what was understood of the one before."""
    about = _ABOUT.match(found.text)
    named = _names(found)
    if about and named:
        text = f"{found.text.strip().rstrip('?.! ')}: {before.core}"
        return replace(found, text=text, core=before.core)
    short = _AND.match(found.text)
    bare = about or (short if short and not set(keys(short["what"])) & QUESTION_WORDS else None)
    if bare:
        added = _added(before, found.core)
        return _carried(
            replace(found, text=_with(found.text, added), core=_with(bare["what"], added)), before, _CARRIED
        )
    subject = _SUBJECT.match(found.core)
    if subject and before.scopes and not named and subject["verb"].split()[-1].lower() in _OF_DOCUMENTS:
        noun = f"the {_noun(before, facts)}"
        core = f"{subject['before']}{noun}{found.core[subject.start('verb') :]}"
        return _carried(replace(found, text=core, core=core), before, _CARRIED)
    if short and not _PRONOUN.search(found.text):
        core = found.core if found.core != found.text else f"{short['what']}?"
        return _carried(replace(found, core=core), before, _CARRIED)
    if _PRONOUN.search(found.text):
        added = _added(before, found.core)
        return _carried(replace(found, text=_with(found.text, added), core=_with(found.core, added)), before, _CARRIED)
    return found if _EVERYWHERE.search(found.text) else _carried(found, before, _OTHER)


def _names(found: Understood) -> bool:
    return any(mention.kind in ("document", "bates") for mention in found.mentions) and bool(found.scopes)


def _with(text: str, added: Sequence[str]) -> str:
    """The text with the words in brackets after it."""
    return f"{text.strip()} ({' '.join(added)})" if added else text.strip()


def _added(before: Understood, core: str) -> list[str]:
    """The words that say what the earlier question was about, without those that this one has itself."""
    own, words = set(keys(core)), keys(before.core)
    kinds = {at for first in range(len(words)) if (kind := kind_at(words, first)) for at in range(first, kind.end)}
    kept = [word for at, word in enumerate(words) if at not in kinds and word not in _EMPTY and word not in own]
    return list(dict.fromkeys(kept))[:_WORDS]


def _noun(before: Understood, facts: Facts) -> str:
    type = facts.documents[facts.position[before.scopes[0].document_id]].type
    return "document" if type in ("other", "") else "NDA" if type == "nda" else type


def _carried(found: Understood, before: Understood, share: float) -> Understood:
    """With the scopes of the question before, unless this one names documents itself."""
    if _names(found) or not before.scopes:
        return found
    carried = tuple(Scope(s.document_id, round(s.score * share, 3), "carried over") for s in before.scopes)
    own = {scope.document_id for scope in carried}
    scopes = (*carried, *(scope for scope in found.scopes if scope.document_id not in own))
    return replace(found, scopes=tuple(sorted(scopes, key=lambda scope: -scope.score)))
