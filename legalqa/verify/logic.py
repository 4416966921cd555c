"""Who must, may or must not do what: the deontic skeleton of a sentence, read only where it is plain.

A predicate is an auxiliary or a phrase of duty or permission with the verb that it governs: ("tenant", "must not",
"assign"). Two sentences contradict each other only where the same verb is governed differently and nothing in either
(an exception, a condition) could explain it; everything else is "cannot tell".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from legalqa.verify.words import STOP, content, sentences, stem, word_set

_AUXILIARY = {
    "shall": "must", "must": "must", "will": "must", "may": "may", "can": "may", "would": "does", "should": "does",
    "could": "does", "might": "does", "is": "does", "are": "does", "was": "does", "were": "does", "do": "does",
    "does": "does", "did": "does", "has": "does", "have": "does", "had": "does",
}  # fmt: skip
_DUTY = word_set("required obligated obliged bound obligation duty")
_LEAVE = word_set("entitled permitted allowed authorized free right entitlement permission")
_NOT = word_set("not never no neither nor none cannot")
_SKIPPED = word_set("be been being have has to the a an any its it their also then hereby itself such under no")
_COMPARING = word_set("less more later fewer earlier sooner longer greater event")
_FAIL = word_set("fail fails failed failing refuse refuses refused decline declines declined")
_EXCEPTION = re.compile(r"(?i)\b(?:without|unless|except|until|other than|only|provided|subject to|save)\b")
_CONDITION = re.compile(r"(?i)\b(?:with|only|if|provided|unless|except|subject to|upon|after|until)\b")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z]*(?:['’.&-][A-Za-z]+)*|\d[\d.,]*|[.,;:()]")
_REPORTING = word_set("agre stat provid say said")
_HANGING = word_set("to of by from with between upon against for and or nor on under through")
_SAME_ROLE = {"lessee": "tenant", "lessor": "landlord", "purchaser": "buyer", "vendor": "seller"}
ROLES = word_set(
    """landlord tenant lessor lessee sublessor sublessee licensor licensee buyer seller purchaser vendor supplier
    customer company contractor subcontractor client employer employee consultant distributor manufacturer borrower
    lender guarantor plaintiff defendant franchisor franchisee assignor assignee parent owner provider reseller agent
    principal trustee insurer insured creditor debtor mortgagor mortgagee indemnitor indemnitee discloser recipient
    recipients corporation partner developer sponsor network affiliate executive bank holder issuer"""
)
_GENERIC = word_set("party parties agreement section article exhibit schedule")


@dataclass(frozen=True, slots=True)
class Predicate:
    """`mode` is must, may, must not, need not, does or does not; `subject` and `object` are "" where not plain."""

    verb: str  # stem
    mode: str
    subject: str
    object: str
    text: str
    actor: str  # the role that stands right before the auxiliary and acts; "" where that is not plain
    tail: frozenset[str]  # stems of what follows the verb, up to the next verb or clause

    @property
    def negative(self) -> bool:
        return self.mode in ("must not", "does not")


@lru_cache(maxsize=1024)
def predicates(sentence: str) -> tuple[Predicate, ...]:
    """Every predicate of a sentence that can be read with certainty."""
    words = _TOKEN.findall(sentence.replace("n't", " not").replace("n’t", " not").replace("cannot", "can not"))
    lower = [word.lower() for word in words]
    found: list[Predicate] = []
    for at, word in enumerate(lower):
        if word in _AUXILIARY and not (at and lower[at - 1] in _AUXILIARY):
            found += _governed(words, lower, at, _AUXILIARY[word])
        elif word in _FAIL and at + 2 < len(lower) and lower[at + 1] == "to":
            found.append(_predicate(words, lower, at, at + 2, "does not", passive=False))
    return tuple(found)


def _governed(words: Sequence[str], lower: Sequence[str], at: int, mode: str) -> list[Predicate]:
    negative, passive, phrase = _negated_before(lower, at), False, ""
    found: list[Predicate] = []
    for here in range(at + 1, min(at + 12, len(lower))):
        word = lower[here]
        if word in ".;:,()":
            if word in ".;:":
                break
            continue
        if word in _NOT:
            negative = negative or not (here + 1 < len(lower) and lower[here + 1] in _COMPARING)
        elif word in ("be", "been", "being", "is", "are", "was", "were"):
            passive = True
        elif word in _DUTY or word in _LEAVE:
            to = here + 1 < len(lower) and lower[here + 1] == "to"
            found.append(_predicate(words, lower, at, here, _mode(mode, negative, phrase), passive=False))
            if not to:
                break
            phrase, passive = ("duty" if word in _DUTY else "leave"), False
        elif word not in _SKIPPED and not word.endswith("ly") and word not in _AUXILIARY:
            passive = (passive or lower[at] in ("is", "are", "was", "were")) and word.endswith("ed")
            found.append(_predicate(words, lower, at, here, _mode(mode, negative, phrase), passive=passive))
            break
    return found


def _mode(mode: str, negative: bool, phrase: str) -> str:
    if phrase == "duty":
        return "need not" if negative else "must"
    if phrase == "leave":
        return "must not" if negative else "may"
    return {"must": "must not", "may": "must not", "does": "does not"}[mode] if negative else mode


def _negated_before(lower: Sequence[str], at: int) -> bool:
    """ "No party shall", "neither party may", "in no event shall": up to eight words before, within the clause."""
    for here in range(at - 1, max(at - 9, -1), -1):
        if lower[here] in ".;:,()":
            return False
        if lower[here] in ("no", "neither", "nor", "none"):
            return lower[here + 1] not in _COMPARING or lower[here + 1] == "event"
    return False


def _predicate(
    words: Sequence[str], lower: Sequence[str], at: int, verb: int, mode: str, *, passive: bool
) -> Predicate:
    before = next((who for here in range(at - 1, max(at - 7, -1), -1) if (who := _who(words, here))), "")
    after = ""
    agent = False
    for here in range(verb + 1, min(verb + 10, len(words))):
        if lower[here] in ".;:":
            break
        agent = agent or lower[here] == "by"
        after = _who(words, here)
        if after:
            break
    subject, thing = (after if agent else "", before) if passive else (before, after)
    tail = _tail(words, lower, verb)
    acts = not passive and not {"be", "been", "being"} & set(lower[at:verb])
    actor = _actor(lower, at) if acts else ""
    return Predicate(stem(lower[verb]), mode, subject, thing, " ".join(words[at : verb + 1]), actor, tail)


def _actor(lower: Sequence[str], at: int) -> str:
    """The role right before the auxiliary, unless it hangs on a preposition ("notice to Landlord shall")."""
    if at < 1 or lower[at - 1] not in ROLES:
        return ""
    before = [word for word in lower[max(at - 4, 0) : at - 1] if word not in ("the", "each", "such", "any")]
    role = lower[at - 1]
    return "" if before and before[-1] in _HANGING else _SAME_ROLE.get(role, role)


def _tail(words: Sequence[str], lower: Sequence[str], verb: int) -> frozenset[str]:
    end = verb + 1
    while end < min(verb + 12, len(words)) and lower[end] not in ".;:" and lower[end] not in _AUXILIARY:
        end += 1
    return frozenset(content(" ".join(words[verb + 1 : end])))


def _who(words: Sequence[str], at: int) -> str:
    word = words[at].removesuffix("'s").removesuffix("’s")
    if word.lower() in ROLES:
        return word.lower()
    name = word[0].isupper() and len(word) > 1 and word.lower() not in STOP and word.lower() not in _GENERIC
    return word.lower() if name and not all(other.isupper() for other in words if other.isalpha()) else ""


def contradictions(claim: str, passage: str) -> list[tuple[str, str]]:
    """(kind, reason) for each verb that the passage governs differently: "negation", "modality" or "parties"."""
    found: list[tuple[str, str]] = []
    theirs = [(sentence, predicates(sentence)) for sentence in sentences(passage)]
    ours = set(content(claim))
    for predicate in predicates(claim):
        if predicate.verb in _REPORTING and predicate.mode == "does":
            continue  # "it is agreed that", "the lease does provide": the frame of a statement, not its content
        same = [
            (len(ours & set(content(sentence))), sentence, other)
            for sentence, others in theirs
            for other in others
            if other.verb == predicate.verb
        ]
        if not same:
            found += _bare_contradiction(predicate, [sentence for sentence, _ in theirs], ours)
            continue
        best = max(overlap for overlap, _, _ in same)
        close = _same_object(predicate, [(text, other) for overlap, text, other in same if overlap >= 0.8 * best])
        found += _governed_otherwise(claim, predicate, close) + _roles_swapped(predicate, [other for _, other in close])
    return list(dict.fromkeys(found))


def _same_object(ours: Predicate, close: list[tuple[str, Predicate]]) -> list[tuple[str, Predicate]]:
    """Of several uses of one verb, those that speak of the same thing as the claim, if any do."""
    shared = [len(ours.tail & other.tail) for _, other in close]
    return [one for one, size in zip(close, shared, strict=True) if size == max(shared)]


def _governed_otherwise(
    claim: str, predicate: Predicate, close: Sequence[tuple[str, Predicate]]
) -> list[tuple[str, str]]:
    conflicts = [_conflict(predicate, other) for _, other in close]
    if not all(conflicts):
        return []
    sentence, other = close[0]
    if other.negative != predicate.negative and _explained(claim, predicate, sentence):
        return []
    kind = conflicts[0]
    return [(kind, f"{kind}: the sentence says “{predicate.text}”, the cited passage “{other.text}”")]


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
        return "negation"
    return "modality" if modes == {"must", "may"} else ""


def _bare_contradiction(ours: Predicate, passage: Sequence[str], stems: set[str]) -> list[tuple[str, str]]:
    """The claim negates a verb that the closest sentence of the passage states without any negation."""
    if not ours.negative:
        return []
    holding = [sentence for sentence in passage if ours.verb in content(sentence)]
    if not holding:
        return []
    best = max(holding, key=lambda sentence: len(stems & set(content(sentence))))
    words = {word.lower() for word in _TOKEN.findall(best)}
    if words & (_NOT | _FAIL) or _EXCEPTION.search(best) or len(stems & set(content(best))) < 2:
        return []
    return [("negation", f"negation: the sentence says “{ours.text}”; the cited passage states it without a negation")]


def _roles_swapped(ours: Predicate, theirs: Sequence[Predicate]) -> list[tuple[str, str]]:
    if ours.actor and all(other.actor not in ("", ours.actor) and ours.tail & other.tail for other in theirs):
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
