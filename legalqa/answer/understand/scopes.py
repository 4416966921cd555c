"""Which documents a part of a question names, and how surely: by words, rare ones first, by kind, by date."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz import fuzz

from legalqa.answer.understand.facts import OPENING, Facts, Scores
from legalqa.answer.understand.frames import Frame
from legalqa.answer.understand.words import listed
from legalqa.values.question import Scope
from legalqa.values.types import kinds_of

MOST = 8  # documents that one part of a question may mean
NEAR = 0.85  # share of the best score from which on a document may be meant, too
_PLAIN = 0.8  # share of what a frame says from which on names alone decide
_FAR = 0.7  # share of the best score at which a document is not meant at all
_LEAST = 0.1  # score of a scope that is worth telling
_FULLY = 0.6  # what the telling words say of a document in whose opening they all stand: it is surely meant
_ALL, _DOUBT = 0.9, 0.5  # share of what tells a frame from others: all of it; what a document of another kind keeps
_ENOUGH, _LITTLE = 0.3, 0.15  # share of what tells a frame from others that a document answers: known, worth a look
_BY_NAME, _FEW = 0.3, 4  # score of documents that hold a name of the question, how many they may be
_NAMED = "named in the question"
_BY_DATE, _BY_KIND, _ONE_OF_KIND, _BY_PARTY, _AMENDS = 0.6, 0.4, 0.7, 0.35, 0.5
_BESIDE = 0.5  # what a name beside a frame is worth
_COMPARED = 400  # characters of a frame that are compared with openings
_NUMBERED = 2.0  # "Amendment No. 2"
_DAY, _YEAR = 3.5, 2.5  # what an agreeing date is worth, beside about six for a word of one document alone
_SAID = re.compile(r"\b(?:say|said|says|testif\w+|testimony|state[sd]?|admit\w*|recall\w*|under oath)\b", re.IGNORECASE)
_LATEST = listed("latest newest current recent last")
_EARLIEST = listed("original oldest earliest initial")


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a frame means: scopes, best first, the positions of the next best documents, and whether the matter knows
    what tells the frame from others of its kind.
    """

    scopes: tuple[Scope, ...] = ()
    others: tuple[int, ...] = ()
    sure: bool = False


def resolved(frame: Frame, facts: Facts, text: str, beside: Sequence[str] = ()) -> Resolved:
    """The documents that a frame of a question names. `beside` are names that stand elsewhere in the question."""
    if not facts.documents:
        return Resolved()
    if frame.file is not None:
        id = facts.documents[frame.file].id
        return Resolved((Scope(id, 1.0, "its file name is in the question"),), sure=True)
    if not frame.telling and not frame.dates:
        return _of_kind(frame, facts, beside)
    scores, best = facts.scores(frame.words)
    told, whole = facts.scores(frame.telling)
    if scores.max() < _PLAIN * best:
        deep = facts.deep_scores(frame.words)
        scores, told = scores + deep, told + deep
    if whole and told.max() < _LITTLE * whole:
        return _of_kind(frame, facts, beside)
    known = not whole or told.max() >= _ENOUGH * whole
    scores = scores + _kind_scores(frame, facts) + _date_scores(frame, facts) + _BESIDE * facts.scores(beside)[0]
    scores = _closest(frame, facts, scores, text)
    sure = told / (_FULLY * whole) if whole else np.full(len(scores), _BY_DATE)
    found = replace(_ranked(frame, facts, scores, sure), sure=known)
    return found if told.max() >= _ALL * whole else _with_kind(found, frame, facts, beside)


def _kind_scores(frame: Frame, facts: Facts) -> Scores:
    """An agreeing kind is worth the more the rarer it is; an amendment is not what it amends."""
    scores = np.zeros(len(facts.documents))
    if not frame.type:
        return scores
    kinds = kinds_of(frame.type)
    holders = sum(facts.type_counts.get(kind, 0) for kind in kinds)
    worth = min(max(0.5 * math.log(len(facts.documents) / holders), 0.5), 2.0) if holders else 0.0
    scores += worth * np.isin(facts.type_array, kinds)
    if frame.number:
        scores += _NUMBERED * np.array([one == frame.number for one in facts.numbers])
    if frame.type != "amendment" and not any(word.startswith("amend") for word in frame.words):
        scores -= 0.8 * (facts.type_array == "amendment")
    return scores


def _date_scores(frame: Frame, facts: Facts) -> Scores:
    scores = np.zeros(len(facts.documents))
    for iso in frame.dates:
        worth = _YEAR if len(iso) == 4 else _DAY
        scores = np.maximum(scores, worth * facts.dated(iso))
    return scores


def _closest(frame: Frame, facts: Facts, scores: Scores, text: str) -> Scores:
    """Near scores, with what title and parties, or the opening, are more like the frame for."""
    scores, words = scores.copy(), " ".join(frame.words)
    for at in _near(scores, 0.7)[:24]:
        scores[at] += 0.8 * fuzz.token_sort_ratio(words, facts.called[at]) / 100
    near = _near(scores, 0.95)[:6]
    for at in near if len(near) > 1 else ():
        said = text[frame.start : frame.end][:_COMPARED]
        scores[at] += 0.5 * fuzz.partial_ratio(said, facts.documents[at].opening[:OPENING]) / 100
    return scores


def _near(scores: Scores, share: float) -> list[int]:
    order = np.argsort(-scores, kind="stable")
    return [int(at) for at in order[: 4 * MOST] if scores[at] > 0 and scores[at] >= share * scores[order[0]]]


def _ranked(frame: Frame, facts: Facts, scores: Scores, sure: Scores) -> Resolved:
    """Scopes out of scores: those near the best. `sure` is how far each answers what tells the frame from others."""
    near = _near(scores, NEAR)
    top = float(scores[near[0]])
    near = _by_age(frame, facts, near)
    scopes = []
    for at in near[:MOST]:
        beside_best = max(0.0, float(scores[at]) / top - _FAR) / (1 - _FAR)
        score = round(min(1.0, float(sure[at])) * beside_best, 3)
        if score >= _LEAST:
            scopes.append(Scope(facts.documents[at].id, score, _NAMED))
    others = [at for at in _near(scores, 0.5) if at not in near[:MOST]]
    return Resolved(tuple(sorted(scopes, key=lambda scope: -scope.score)), tuple(others[:3]))


def _with_kind(found: Resolved, frame: Frame, facts: Facts, beside: Sequence[str]) -> Resolved:
    """What a frame names in part, less surely where none of it is of the kind that the frame asks for."""
    kinds = (*kinds_of(frame.type), "other", "agreement", "amendment")
    if not frame.type or any(facts.types[facts.position[scope.document_id]] in kinds for scope in found.scopes):
        return found
    doubtful = [replace(scope, score=round(_DOUBT * scope.score, 3)) for scope in found.scopes]
    of_kind = [replace(scope, score=round(_DOUBT * scope.score, 3)) for scope in _of_kind(frame, facts, beside).scopes]
    return replace(found, scopes=merged([doubtful, of_kind]), sure=False)


def _by_age(frame: Frame, facts: Facts, near: list[int]) -> list[int]:
    """ "The latest NDA", "the original lease": only the documents of that end that are dated, if they can be told."""
    latest = any(word in _LATEST for word in frame.words)
    if not latest and not any(word in _EARLIEST for word in frame.words):
        return near
    dates = [facts.documents[at].date for at in near]
    known = [day for day in dates if day]
    if len(known) < len(near):
        return near
    wanted = max(known) if latest else min(known)
    return [at for at, day in zip(near, dates, strict=True) if day == wanted]


def _of_kind(frame: Frame, facts: Facts, beside: Sequence[str]) -> Resolved:
    """ "The lease" of a matter with one lease, or beside a party with one; a few leases are all meant alike."""
    if not frame.type or frame.type == "agreement":
        return Resolved()
    kinds = kinds_of(frame.type)
    holders = [at for at, type in enumerate(facts.types) if type in kinds]
    if frame.number and any(facts.numbers[at] == frame.number for at in holders):
        holders = [at for at in holders if facts.numbers[at] == frame.number]
    scores = facts.scores(beside)[0]
    best = max((scores[at] for at in holders), default=0.0)
    with_party = [at for at in holders if scores[at] >= max(NEAR * best, 1.0)]
    some = with_party or holders
    if not some or len(some) > MOST:
        return Resolved(sure=not frame.telling)
    score = _ONE_OF_KIND if len(some) == 1 else _BY_KIND
    reason = f"the only such {frame.type} of the matter" if frame.number else f"the only {frame.type} of the matter"
    if len(holders) > 1:
        reason = f"one of {len(some)} of type {frame.type}"
    if with_party and len(holders) > 1:
        reason = f"{frame.type} with the party that the question names"
    return Resolved(tuple(Scope(facts.documents[at].id, score, reason) for at in some), sure=not frame.telling)


def of_parties(documents: Sequence[Sequence[int]], facts: Facts) -> tuple[Scope, ...]:
    """Documents of the parties that a question is about, of all of them if there are such; none if there are many."""
    if not documents:
        return ()
    common = set.intersection(*map(set, documents)) or set().union(*documents)
    if len(common) > MOST:
        return ()
    return tuple(Scope(facts.documents[at].id, _BY_PARTY, "a party is named in the question") for at in sorted(common))


def testimony(scopes: tuple[Scope, ...], question: str, facts: Facts) -> tuple[Scope, ...]:
    """The scopes of people, with what they said under oath first if that is asked for."""
    if not _SAID.search(question):
        return scopes
    sworn = [
        scope for scope in scopes if facts.types[facts.position[scope.document_id]] in ("transcript", "declaration")
    ]
    first = [replace(scope, score=_ONE_OF_KIND, reason="testimony of who is named") for scope in sworn]
    return merged([first, scopes])


def of_names(beside: Sequence[str], facts: Facts) -> tuple[Scope, ...]:
    """The few documents in whose names or openings a rare name of the question stands, softly."""
    scores, whole = facts.scores(word for word in beside if facts.holders(word) <= _FEW)
    near = [
        at
        for at in np.argsort(-scores, kind="stable")[: _FEW + 1]
        if scores[at] > 0 and scores[at] >= NEAR * max(scores)
    ]
    if not whole or len(near) > _FEW:
        return ()
    return tuple(Scope(facts.documents[int(at)].id, _BY_NAME, "a name of the question stands there") for at in near)


def merged(groups: Sequence[Sequence[Scope]]) -> tuple[Scope, ...]:
    """The scopes of several frames, each document once, best first."""
    found: dict[str, Scope] = {}
    for scope in (scope for group in groups for scope in group):
        if scope.document_id not in found or found[scope.document_id].score < scope.score:
            found[scope.document_id] = scope
    return tuple(sorted(found.values(), key=lambda scope: -scope.score))


def with_amendments(scopes: tuple[Scope, ...], facts: Facts) -> tuple[Scope, ...]:
    """The scopes and, less surely, what amends them: it may have changed what is asked for."""
    sure = {scope.document_id: scope.score for scope in scopes if scope.score >= 0.5}
    held = {scope.document_id for scope in scopes}
    more = [
        Scope(document.id, round(_AMENDS * max(sure[id] for id in document.amends if id in sure), 3), "amends it")
        for document in facts.amending
        if document.id not in held and any(id in sure for id in document.amends)
    ]
    return (*scopes, *more)
