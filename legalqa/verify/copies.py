"""A sentence that nearly copies its source: what exactly was changed, word by word.

Applied only where sentence and source are so alike that one was made from the other: there, every changed number,
name, negation or modal verb is a finding. This finds what a set comparison cannot: a number that stands elsewhere in
the passage, two parties that changed places, a "not" taken out.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence

from legalqa.verify import quotes
from legalqa.verify.amounts import MONTH, quantities
from legalqa.verify.logic import ROLES
from legalqa.verify.words import STOP, sentence_spans, stem, word_set

LIKENESS = 80.0  # rapidfuzz ratio (0 to 100) of sentence and source from which on one is taken for a copy
LEAST_WORDS = 6
NEIGHBOURS = 6  # words on either side of the aligned ones

_WORD = re.compile(r"[^\W_]+(?:[.,'’&-]\d*[^\W_]+)*|[$€£%]")
_NEGATION = word_set(
    "not no never without unless except neither nor none cannot non nothing nobody excluding fails fail failed"
)
_MODAL = {"shall": "must", "must": "must", "will": "must", "may": "may", "can": "may"}
_NEGATING_PREFIX = ("non", "un", "in", "im", "ir", "dis")
_JOINING = word_set("and or the both each a an , 's")
_OPPOSITE = (
    ("before", "after"), ("less", "more"), ("least", "most"), ("minimum", "maximum"), ("include", "exclude"),
    ("includes", "excludes"), ("including", "excluding"), ("with", "without"), ("and", "or"), ("all", "any"),
    ("earlier", "later"), ("fewer", "more"), ("prior", "after"), ("above", "below"), ("lesser", "greater"),
    ("increase", "decrease"), ("accept", "reject"), ("either", "neither"), ("all", "no"), ("any", "no"),
)  # fmt: skip


def changes(claim: str, passage: str) -> list[tuple[str, str]]:
    """(kind, reason) for each fact-bearing word that differs between a near copy and its source; [] if it is none."""
    near = quotes.nearest(claim, passage)
    ours = _words(claim)
    if near is None or near.likeness < LIKENESS or len(ours) < LEAST_WORDS:
        return []
    theirs = _words(_with_neighbours(passage, near.start, near.end))
    matcher = difflib.SequenceMatcher(
        None, [word.lower() for word in ours], [word.lower() for word in theirs], autojunk=False
    )
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    removed, added = Counter[str](), Counter[str]()
    found: list[tuple[str, str]] = []
    for tag, a0, a1, b0, b1 in codes:
        at_edge = tag == "insert" and (b0 == 0 or b1 == len(theirs))
        if at_edge:
            continue
        here, there = ours[a0:a1], theirs[b0:b1]
        if b0 == 0 or b1 == len(theirs):
            replaced = _beside(here, there, before=b0 == 0)
            if replaced is None:
                continue
            there = replaced
        added.update(word.lower() for word in here if _is_name(word))
        removed.update(word.lower() for word in there if _is_name(word))
        kind = _kind(here, there)
        if kind:
            mine, its = " ".join(ours[max(a0 - 3, 0) : a1 + 3]), " ".join(theirs[max(b0 - 3, 0) : b1 + 3])
            found.append((kind, f"{kind}: the sentence says “{mine}”, the cited passage “{its}”"))
    if added and added == removed:  # the same names, in other places
        moved = [" ".join((*ours[a0:a1], *theirs[b0:b1])).lower().split() for _, a0, a1, b0, b1 in codes]
        if not found and any(set(words) - set(added) - _JOINING for words in moved):
            found.append(("parties", f"parties: {' and '.join(added)} change places against the cited passage"))
        found = [
            (("parties" if kind == "name" else kind), reason.replace("name:", "parties:", 1)) for kind, reason in found
        ]
    return found


def _beside(here: list[str], there: list[str], *, before: bool) -> list[str] | None:
    """Where sentence and source begin or end differently: what the sentence's own words there replaced; None if they
    replaced nothing that we can tell ("It is agreed that" for "4.2 Assignment.").
    """
    near = there[-len(here) - 1 :] if before else there[: len(here) + 1]
    if any(word.lower() in _NEGATION or word.lower() in _MODAL or _numbers([word.lower()]) for word in here):
        return near
    if not here or not near:
        return None
    mine, its = (here[-1], near[-1]) if before else (here[0], near[0])
    return near if its.lower() in _NEGATION or (_is_name(mine) and _is_name(its)) else None


def _with_neighbours(passage: str, start: int, end: int) -> str:
    """``passage[start:end]`` with a few words of its own sentences on either side, which an alignment may have lost."""
    spans = [span for span in sentence_spans(passage) if span[0] < end and start < span[1]]
    if not spans:
        return passage[start:end]
    before, after = passage[min(spans)[0] : start].split(), passage[end : max(spans)[1]].split()
    return " ".join((*before[-NEIGHBOURS:], passage[start:end], *after[:NEIGHBOURS]))


def _words(text: str) -> list[str]:
    return _WORD.findall(quotes.fold(text).text)


def _is_name(word: str) -> bool:
    plain = word.lower().removesuffix("'s")
    return plain in ROLES or (word[:1].isupper() and plain not in STOP and not MONTH.fullmatch(plain))


def _kind(here: Sequence[str], there: Sequence[str]) -> str:
    """What sort of fact these differing words carry, "" if none that we can tell."""
    ours, theirs = [word.lower() for word in here], [word.lower() for word in there]
    if sum(word in _NEGATION for word in ours) % 2 != sum(word in _NEGATION for word in theirs) % 2:
        return "negation"
    if _numbers(ours) != _numbers(theirs):
        return "number"
    modes = {_MODAL[word] for word in ours if word in _MODAL}, {_MODAL[word] for word in theirs if word in _MODAL}
    if modes[0] and modes[1] and modes[0] != modes[1]:
        return "modality"
    for mine, its in zip(ours, theirs, strict=False):
        if any(mine == prefix + its or its == prefix + mine for prefix in _NEGATING_PREFIX):
            return "negation"
        if (mine, its) in _OPPOSITE or (its, mine) in _OPPOSITE:
            return "wording"
    names = [stem(word) for word in here if _is_name(word)], [stem(word) for word in there if _is_name(word)]
    if names[0] and there and not set(names[0]) & {stem(word) for word in there}:
        return "name"
    return ""


def _numbers(words: Sequence[str]) -> list[str]:
    return sorted(quantity.figure or quantity.value for quantity in quantities(" ".join(words))) + sorted(
        word for word in words if word in ("one", "first", "second")
    )
