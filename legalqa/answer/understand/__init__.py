"""A question taken apart: what is asked, and which documents, parties, dates and places of the matter it names.

Pure over values: the facts of the matter come as `Facts`, built once and renewed when the catalog changes. What is
understood is shown to the user and narrows nothing: whoever searches looks at the whole matter as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from legalqa.answer.understand.cites import bates_of, cites_of, phrases_of
from legalqa.answer.understand.dates import dates_of
from legalqa.answer.understand.facts import Facts
from legalqa.answer.understand.frames import Frame, frames_of
from legalqa.answer.understand.parties import parties_of
from legalqa.answer.understand.scopes import MOST, Resolved, merged, of_parties, resolved, with_amendments
from legalqa.values.question import Mention, MentionKind, Scope, Understood

__all__ = ["Facts", "understand"]

_BEFORE = re.compile(
    r"(?:(?:pursuant|according)\s+to|with\s+respect\s+to|regarding|under|in|per|for|of|by)\s+$", re.IGNORECASE
)
_DETERMINER = re.compile(r"(?:the|our|their|my|your|his|her|its|a|an|this|that)\s", re.IGNORECASE)


def understand(
    question: str,
    facts: Facts,
    history: Sequence[str] = (),  # noqa: ARG001
    *,
    scope: str | None = None,
) -> Understood:
    """What is meant by a question, in under 5 ms at 1,000 documents.

    `scope` is the id of the document that it is about, "" for the whole matter, None for what the question says itself.
    """
    frames = frames_of(question, facts)
    taken = [(frame.start, frame.end) for frame in frames]
    parties = parties_of(question, facts, taken)
    about = [facts.position[id] for party in parties for id in party.document_ids]
    found = [resolved(frame, facts, about) for frame in frames]
    stamps = bates_of(question, facts.stamps)
    scopes = merged([*(one.scopes for one in found), [_stamped(id) for stamp in stamps for id in stamp.document_ids]])
    if not scopes:
        scopes = of_parties([[facts.position[id] for id in party.document_ids] for party in parties], facts)
    if scope is not None:
        scopes = (Scope(scope, 1.0, "chosen"),) if scope else ()
    named = [_mention(frame, one, facts) for frame, one in zip(frames, found, strict=True)]
    used = [(frame, one) for frame, one in zip(frames, found, strict=True) if one.scopes]
    core = core_of(question, [(frame, _noun(frame, one, facts)) for frame, one in used])
    phrases = phrases_of(question, taken, facts.names)
    mentions = [*filter(None, named), *parties, *stamps, *cites_of(question), *phrases, *_dates(question)]
    return Understood(
        question,
        core,
        tuple(sorted(mentions, key=lambda mention: (mention.start, mention.end))),
        with_amendments(scopes, facts)[: 2 * MOST],
        (),
        tuple(phrase.value for phrase in phrases),
    )


def core_of(question: str, frames: Sequence[tuple[Frame, str]]) -> str:
    """The question without what names documents: what led up to it is gone, "the Harbor Point lease" is "the lease".

    Never empty: a question that only names a document stays as it is.
    """
    core = question
    for frame, noun in sorted(frames, key=lambda pair: -pair[0].start):
        before, after = core[: frame.start], core[frame.end :]
        opening = _BEFORE.search(before)
        if frame.lead:
            core = after
        elif opening and not before[: opening.start()].strip() and re.match(r"\s*,", after):
            core = re.sub(r"^\s*,\s*", "", after)  # "In the Harbor Point lease, who …"
        else:
            core = before + noun + after
    core = " ".join(core.split()) if core is not question else core.strip()
    return core if any(letter.isalnum() for letter in core) else question.strip()


def _noun(frame: Frame, found: Resolved, facts: Facts) -> str:
    """What is said in place of a document's name: "the lease"."""
    type = facts.documents[facts.position[found.scopes[0].document_id]].type
    word = frame.noun or ("document" if type in ("other", "") else type)
    return f"the {word}"


def _stamped(document_id: str) -> Scope:
    return Scope(document_id, 1.0, "bears the Bates number")


def _mention(frame: Frame, found: Resolved, facts: Facts) -> Mention | None:
    ids = tuple(scope.document_id for scope in found.scopes)
    if not ids and not frame.type:
        return None
    kind: MentionKind = "document" if ids else "type"
    value = facts.title_of(facts.position[ids[0]]) if ids else frame.type
    others = chain((facts.position[id] for id in ids[1:]), found.others)
    alternatives = tuple(dict.fromkeys(facts.title_of(at) for at in others))
    return Mention(frame.start, frame.end, kind, value, ids, alternatives[:MOST])


def _dates(question: str) -> list[Mention]:
    return [Mention(date.start, date.end, "date", date.iso) for date in dates_of(question)]
