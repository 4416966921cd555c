"""Two sentences contradict each other only where the same verb is governed differently and nothing in either (an
exception, a condition) could explain it; everything else is "cannot tell".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from legalqa.verify.idioms import plainly
from legalqa.verify.predicates import FAIL, NOT, TOKEN, Predicate, infinitives, plain, predicates
from legalqa.verify.statements import statements
from legalqa.verify.words import content, stem, word_set

_EXCEPTION = re.compile(r"(?i)\b(?:without|unless|except|until|other than|only|provided|subject to|save)\b")
_CONDITION = re.compile(r"(?i)\b(?:with|only|if|provided|unless|except|subject to|upon|after|until)\b")
_REPORTING = word_set("agre stat provid say said")
_CLOSE = 0.8  # of the most words that any sentence shares with the claim
_OPPOSITES = tuple(
    (stem(one), stem(other))
    for one, other in (
        ("granted", "denied"), ("accept", "reject"), ("approve", "disapprove"), ("affirm", "reverse"),
        ("permit", "prohibit"), ("allow", "forbid"), ("sustain", "overrule"), ("admit", "deny"), ("raised", "lowered"),
        ("increase", "decrease"), ("lengthened", "shortened"), ("enlarged", "reduced"), ("exclusive", "non-exclusive"),
        ("include", "exclude"), ("win", "lose"), ("lawful", "unlawful"), ("guilty", "innocent"),
        ("public", "confidential"),
        ("undisputed", "disputed"), ("once", "twice"), ("maximum", "minimum"),
    )
)  # fmt: skip
_BESIDE = re.compile(r"(?i)\b(with|without) (?:any )?(\w+)")
_SAID_OF_TWO = re.compile(
    r"(?P<one>[A-Z]\w+)(?:\s+\w+ly)?\s+(?P<verb>[a-z]{3,})\s+(?:to\s+|the\s+|on\s+)?(?P<other>[A-Z]\w+)"
)


def contradictions(claim: str, passage: str) -> list[tuple[str, str]]:
    """(kind, reason) for each verb that the passage governs differently: "negation", "modality", "parties", and for
    words that mean the opposite "wording".
    """
    claim, passage = plainly(claim), plainly(passage)
    said = statements(passage)
    ours = set(content(claim))
    stated = frozenset(word for sentence in said for word in content(sentence))
    theirs = [(sentence, (*predicates(sentence), *plain(sentence, frozenset(ours)))) for sentence in said]
    found: list[tuple[str, str]] = []
    for predicate in (*predicates(claim), *plain(claim, stated)):
        if predicate.verb in _REPORTING and predicate.mode == "does":
            continue  # "it is agreed that", "the lease does provide": the frame of a statement, not its content
        found += _against(claim, ours, predicate, theirs)
    found += _infinitives(claim, said) + _order_of_two(claim, passage)
    found += _opposite(claim, ours, said) + _beside(claim, said)
    return list(dict.fromkeys(found))


def confirmed(claim: str, passage: str) -> bool:
    """Whether the passage negates every verb that the claim negates: a "not" is never concluded from silence."""
    claim, passage = plainly(claim), plainly(passage)
    said = statements(passage)
    verbs = frozenset(content(claim))
    there = {
        other.verb
        for sentence in said
        for other in (*predicates(sentence), *plain(sentence, verbs))
        if other.negative or other.mode == "need not"
    }
    return all(one.verb in there for one in (*predicates(claim), *plain(claim, verbs)) if one.negative)


def _against(
    claim: str, ours: set[str], predicate: Predicate, theirs: Sequence[tuple[str, tuple[Predicate, ...]]]
) -> list[tuple[str, str]]:
    """What the passage says otherwise of one verb of the claim."""
    shared = [len(ours & set(content(sentence))) for sentence, _ in theirs]
    same = [
        (overlap, sentence, other)
        for overlap, (sentence, others) in zip(shared, theirs, strict=True)
        for other in others
        if other.verb == predicate.verb
    ]
    if not same:
        return _bare_contradiction(predicate, [sentence for sentence, _ in theirs], ours)
    best = max(shared if predicate.clause else (overlap for overlap, _, _ in same))
    close = _same_object(predicate, [(text, other) for overlap, text, other in same if overlap >= _CLOSE * best])
    return _governed_otherwise(claim, predicate, close) + _roles_swapped(predicate, [other for _, other in close])


def _same_object(ours: Predicate, close: list[tuple[str, Predicate]]) -> list[tuple[str, Predicate]]:
    """Of several uses of one verb, those that speak of the same thing as the claim, if any do."""
    shared = [len(ours.tail & other.tail) for _, other in close]
    return [one for one, size in zip(close, shared, strict=True) if size == max(shared)]


def _governed_otherwise(
    claim: str, predicate: Predicate, close: Sequence[tuple[str, Predicate]]
) -> list[tuple[str, str]]:
    close = [one for one in close if one[1].clause == predicate.clause and _comparable(predicate, one[1])]
    conflicts = [_conflict(predicate, other) for _, other in close]
    if not close or not all(conflicts):
        return []
    sentence, other = close[0]
    if other.negative != predicate.negative and _explained(claim, predicate, sentence):
        return []
    kind = conflicts[0]
    return [(kind, f"{kind}: the sentence says “{predicate.text}”, the cited passage “{other.text}”")]


def _comparable(ours: Predicate, theirs: Predicate) -> bool:
    """Whether both may speak of the same deed: of verbs without an auxiliary at least a word that follows is the same,
    where any do.
    """
    bare = " " not in ours.text or " " not in theirs.text
    return not bare or not ours.tail or not theirs.tail or bool(ours.tail & theirs.tail)


def _explained(claim: str, predicate: Predicate, sentence: str) -> bool:
    """Whether "may with consent" and "may not without consent" are two ways of saying one thing."""
    positive, negative = (sentence, claim) if predicate.negative else (claim, sentence)
    without = bool(re.search(r"(?i)\bwithout\b", positive)) and bool(re.search(r"(?i)\bwithout\b", negative))
    return bool(_EXCEPTION.search(negative) and _CONDITION.search(positive)) and not without


def _conflict(ours: Predicate, theirs: Predicate) -> str:
    modes = {ours.mode, theirs.mode}
    if "need not" in modes:
        return "negation" if "must" in modes else "modality" if "must not" in modes else ""
    if ours.negative != theirs.negative:
        told = {one.past and one.mode in ("does", "does not") for one in (ours, theirs)}
        due = modes & {"must", "may", "must not"}
        return "" if due and True in told else "negation"  # what did not happen may have been due
    return "modality" if modes == {"must", "may"} else ""


def _bare_contradiction(ours: Predicate, passage: Sequence[str], stems: set[str]) -> list[tuple[str, str]]:
    """The claim negates a verb that the closest sentence of the passage states without any negation."""
    if not ours.negative:
        return []
    holding = [sentence for sentence in passage if ours.verb in content(sentence)]
    if not holding:
        return []
    best = max(holding, key=lambda sentence: len(stems & set(content(sentence))))
    words = {word.lower() for word in TOKEN.findall(best)}
    if words & (NOT | FAIL) or _EXCEPTION.search(best) or len(stems & set(content(best))) < 2:
        return []
    return [("negation", f"negation: the sentence says “{ours.text}”; the cited passage states it without a negation")]


def _roles_swapped(ours: Predicate, theirs: Sequence[Predicate]) -> list[tuple[str, str]]:
    if (
        theirs
        and ours.actor
        and all(other.actor not in ("", ours.actor) and ours.tail & other.tail for other in theirs)
    ):
        return [("parties", _who_acts(ours, ours.actor, theirs[0].actor))]
    if not ours.subject or any(other.subject in (ours.subject, "") for other in theirs):
        return []
    for other in theirs:
        taken = other.object == ours.subject and ours.object in ("", other.subject)
        given = ours.object == other.subject and other.object in ("", ours.subject)
        if taken or given:
            return [("parties", _who_acts(ours, ours.subject, other.subject))]
    return []


def _who_acts(ours: Predicate, mine: str, its: str) -> str:
    return (
        f"parties: in the sentence {mine.capitalize()} is the one who “{ours.text}”,"
        f" in the cited passage it is {its.capitalize()}"
    )


def _infinitives(claim: str, said: Sequence[str]) -> list[tuple[str, str]]:
    """ "told to pay" where the passage says "told not to pay"."""
    theirs = [other for sentence in said for other in infinitives(sentence)]
    found = []
    for ours in infinitives(claim):
        same = [other for other in theirs if other.verb == ours.verb and other.tail & ours.tail]
        if same and all(other.mode != ours.mode for other in same):
            reason = f"negation: the sentence says “{_whole(ours)}”, the cited passage “{_whole(same[0])}”"
            found.append(("negation", reason))
    return found


def _whole(one: Predicate) -> str:
    return f"not {one.text}" if one.negative else one.text


def _order_of_two(claim: str, passage: str) -> list[tuple[str, str]]:
    """ "Harborline owes Tidewell" where the passage says only "Tidewell owes Harborline"."""
    theirs = {(match["one"], match["verb"], match["other"]) for match in _SAID_OF_TWO.finditer(passage)}
    found = []
    for match in _SAID_OF_TWO.finditer(claim):
        one, verb, other = match["one"], match["verb"], match["other"]
        if (other, verb, one) in theirs and (one, verb, other) not in theirs:
            reason = f"parties: the sentence says “{one} {verb} {other}”, the cited passage “{other} {verb} {one}”"
            found.append(("parties", reason))
    return found


def _opposite(claim: str, ours: set[str], said: Sequence[str]) -> list[tuple[str, str]]:
    """A word that means the opposite of the word in the sentence that says the rest."""
    best = max(said, key=lambda sentence: len(ours & set(content(sentence))), default="")
    stems = set(content(best))
    found = [
        ("bound", f"bound: the sentence says “{mine}”, the cited passage “{its}”")
        for mine, its in (("at least", "at most"), ("at most", "at least"))
        if mine in claim and its in best and mine not in best and _same_measure(claim, mine, best, its)
    ]
    if _negating(claim) or _negating(best):
        return found
    for mine, its in (*_OPPOSITES, *((its, mine) for mine, its in _OPPOSITES)):
        rest = ours - {mine}
        if mine in ours and mine not in stems and its in stems and len(rest & stems) >= 0.6 * len(rest):
            found.append(("wording", f"wording: the sentence says “{mine}…”, the cited passage “{its}…”"))
    return found


def _same_measure(claim: str, mine: str, best: str, its: str) -> bool:
    """Whether both bounds are put to the same thing, in words: of figures `facts` tells."""
    ours, theirs = (content(text.partition(bound)[2])[:6] for text, bound in ((claim, mine), (best, its)))
    return len(set(ours) & set(theirs)) >= 3 and not any(word[0].isdigit() for word in (*ours[:2], *theirs[:2]))


def _beside(claim: str, said: Sequence[str]) -> list[tuple[str, str]]:
    """ "with prejudice" where the passage says "without prejudice" only."""
    if _negating(claim):
        return []
    theirs = {
        (match[1].lower(), match[2].lower())
        for sentence in said
        for match in _BESIDE.finditer(sentence)
        if not _negating(sentence[max(match.start() - 40, 0) : match.start()])
    }
    found = []
    for match in _BESIDE.finditer(claim):
        beside, noun = match[1].lower(), match[2].lower()
        other = "without" if beside == "with" else "with"
        if (other, noun) in theirs and (beside, noun) not in theirs:
            reason = f"negation: the sentence says “{beside} {noun}”, the cited passage “{other} {noun}”"
            found.append(("negation", reason))
    return found


def _negating(sentence: str) -> bool:
    return bool({word.lower() for word in TOKEN.findall(sentence)} & (NOT | FAIL | {"only"}))
