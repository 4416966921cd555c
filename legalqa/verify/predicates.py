"""Who must, may or must not do what: the deontic skeleton of a sentence, read only where it is plain.

A predicate is an auxiliary or a phrase of duty or permission with the verb that it governs: ("tenant", "must not",
"assign"). What governs no verb that we can tell is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from legalqa.verify.words import STOP, content, stem, word_set

_AUXILIARY = {
    "shall": "must", "must": "must", "will": "must", "may": "may", "can": "may", "would": "does", "should": "does",
    "could": "does", "might": "does", "is": "does", "are": "does", "was": "does", "were": "does", "do": "does",
    "does": "does", "did": "does", "has": "does", "have": "does", "had": "does",
}  # fmt: skip
_DUTY = word_set("required obligated obliged bound obligation duty")
_LEAVE = word_set("entitled permitted allowed authorized free right entitlement permission")
NOT = word_set("not never no neither nor none cannot")
_SKIPPED = word_set("be been being have has to the a an any its it their also then hereby itself such under no")
_COMPARING = word_set("less more later fewer earlier sooner longer greater event")
FAIL = word_set("fail fails failed failing refuse refuses refused decline declines declined")
TOKEN = re.compile(r"[A-Za-z][A-Za-z]*(?:['’.&-][A-Za-z]+)*|\d[\d.,]*|[.,;:()]")
_HANGING = word_set("to of by from with between upon against for and or nor on under through")
_SAME_ROLE = {"lessee": "tenant", "lessor": "landlord", "purchaser": "buyer", "vendor": "seller"}
ROLES = word_set(
    """landlord tenant lessor lessee sublessor sublessee licensor licensee buyer seller purchaser vendor supplier
    customer company contractor subcontractor client employer employee consultant distributor manufacturer borrower
    lender guarantor plaintiff defendant franchisor franchisee assignor assignee parent owner provider reseller agent
    principal trustee insurer insured creditor debtor mortgagor mortgagee indemnitor indemnitee discloser recipient
    recipients corporation partner developer sponsor network affiliate executive bank holder issuer"""
)
_PAST = word_set("did was were had has have")
_IF = word_set("if unless where when whenever provided should")
_UNTIL = word_set("until before after upon once while")
_NO = word_set("no not neither nor never nothing none")
_PRONOUNS = word_set("it they he she who which that")
_DETERMINERS = word_set("the a an this that such its their each any no")
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
    clause: str = ""  # "if" or "until" (before, after, upon) in a clause that such a word opens
    past: bool = False  # tells what happened, not what is due

    @property
    def negative(self) -> bool:
        return self.mode in ("must not", "does not")


def _words(sentence: str) -> list[str]:
    return TOKEN.findall(re.sub(r"\bMay (?=\d)", "(month) ", sentence))  # "May 1" permits nothing


@lru_cache(maxsize=1024)
def infinitives(sentence: str) -> tuple[Predicate, ...]:
    """ "to pay", "not to pay": mode "does" or "does not", no subject."""
    words = _words(sentence)
    lower = [word.lower() for word in words]
    return tuple(
        _predicate(words, lower, at, at + 1, "does not" if lower[at - 1 : at] == ["not"] else "does", passive=False)
        for at, word in enumerate(lower[:-1])
        if word == "to" and lower[at + 1].isalpha() and lower[at + 1] not in STOP and words[at + 1].islower()
    )


@lru_cache(maxsize=1024)
def predicates(sentence: str) -> tuple[Predicate, ...]:
    """Every predicate of a sentence that can be read with certainty."""
    words = _words(sentence.replace("n't", " not").replace("n’t", " not").replace("cannot", "can not"))
    lower = [word.lower() for word in words]
    found: list[Predicate] = []
    for at, word in enumerate(lower):
        if word in _AUXILIARY and not (at and lower[at - 1] in _AUXILIARY):
            found += _governed(words, lower, at, _AUXILIARY[word])
        elif word in FAIL and at + 2 < len(lower) and lower[at + 1] == "to":
            found.append(_predicate(words, lower, at, at + 2, "does not", passive=False))
    return tuple(found)


def _governed(words: Sequence[str], lower: Sequence[str], at: int, mode: str) -> list[Predicate]:
    negative, passive, phrase = _negated_before(lower, at), False, ""
    found: list[Predicate] = []
    for here in range(_after_aside(lower, at), min(at + 24, len(lower))):
        word = lower[here]
        if word in ".;:,()":
            if word in ".;:":
                break
            continue
        if word in NOT:
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


def _after_aside(lower: Sequence[str], at: int) -> int:
    """Where a verb is looked for: behind "may, after notice to the manager," if such an aside follows at once."""
    if at + 1 < len(lower) and lower[at + 1] == ",":
        return next((here + 1 for here in range(at + 3, min(at + 20, len(lower))) if lower[here] == ","), at + 1)
    return at + 1


def _clause(lower: Sequence[str], at: int) -> str:
    """What kind of clause the word `at` stands in: the nearest word that opens one, back to the last comma."""
    for here in range(at - 1, max(at - 16, -1), -1):
        if lower[here] in ".;:,":
            return ""
        if lower[here] in _IF or lower[here] in _UNTIL:
            return "if" if lower[here] in _IF else "until"
    return ""


def plain(sentence: str, stems: frozenset[str]) -> tuple[Predicate, ...]:
    """The verbs among `stems` that stand without an auxiliary ("bears", "replaced") after a name or a pronoun.

    Negated by "never", "neither", "nor" before, or "no" right after ("bears no interest").
    """
    words = _words(sentence)
    lower = [word.lower() for word in words]
    found = []
    for at, word in enumerate(lower):
        finite = word.endswith("ed") or (word.endswith("s") and not word.endswith("ss"))
        if not finite or at == 0 or stem(word) not in stems or words[at][0].isupper() or not _does(words, lower, at):
            continue
        negative = lower[at - 1] in NOT or _negated_before(lower, at) or (lower[at + 1 : at + 2] or [""])[0] in _NO
        mode = "does not" if negative else "does"
        found.append(_predicate(words, lower, at, at, mode, passive=False, past=word.endswith("ed")))
    return tuple(found)


def _does(words: Sequence[str], lower: Sequence[str], at: int) -> bool:
    """Whether what stands before the word can be its subject, and no auxiliary governs it."""
    before = at - 1
    while before > 0 and (
        lower[before].endswith("ly") or lower[before] in ("never", "then", "also", "further", "hereby")
    ):
        before -= 1
    if lower[before] in ("and", "or", "but"):
        return (lower[at + 1 : at + 2] or [""])[0] in _NO
    named = not words[before].islower() or lower[before] in _PRONOUNS or lower[before] in NOT
    named = named or lower[before] in ROLES or (before > 0 and lower[before - 1] in _DETERMINERS)
    governed = set(lower[max(at - 3, 0) : at]) & (_AUXILIARY.keys() | {"be", "been", "being"})
    return named and not governed


def _mode(mode: str, negative: bool, phrase: str) -> str:
    if phrase == "duty":
        return "need not" if negative else "must"
    if phrase == "leave":
        return "must not" if negative else "may"
    return {"must": "must not", "may": "must not", "does": "does not"}[mode] if negative else mode


def _negated_before(lower: Sequence[str], at: int) -> bool:
    """ "No party shall", "neither party may", "in no event shall": up to eight words before, within the clause; a "no"
    that opens the sentence or its main clause, up to the first auxiliary.
    """
    for here in range(at - 1, -1, -1):
        if lower[here] in _AUXILIARY or lower[here] in ".;:":
            break
        opens = here == 0 or lower[here - 1] in ",.;:"
        if opens and lower[here] in ("no", "neither", "none"):
            return not set(lower[here + 1 : here + 3]) & (_COMPARING - {"event"})
    for here in range(at - 1, max(at - 9, -1), -1):
        if lower[here] in ".;:,()":
            return False
        if lower[here] in ("no", "neither", "nor", "none"):
            return lower[here + 1] not in _COMPARING or lower[here + 1] == "event"
    return False


def _predicate(
    words: Sequence[str], lower: Sequence[str], at: int, verb: int, mode: str, *, passive: bool, past: bool = False
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
    text = " ".join(words[at : verb + 1])
    past = past or lower[at] in _PAST
    return Predicate(stem(lower[verb]), mode, subject, thing, text, actor, tail, _clause(lower, at), past)


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
        if lower[end] == "," and lower[end + 1 : end + 2] and lower[end + 1] in ("but", "and", "or", "which"):
            break
        end += 1
    return frozenset(content(" ".join(words[verb + 1 : end])))


def _who(words: Sequence[str], at: int) -> str:
    word = words[at].removesuffix("'s").removesuffix("’s")
    if word.lower() in ROLES:
        return word.lower()
    name = word[0].isupper() and len(word) > 1 and word.lower() not in STOP and word.lower() not in _GENERIC
    return word.lower() if name and not all(other.isupper() for other in words if other.isalpha()) else ""
