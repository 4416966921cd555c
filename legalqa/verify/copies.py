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
from legalqa.verify.amounts import MONTH, Quantity, quantities
from legalqa.verify.idioms import plainly
from legalqa.verify.predicates import ROLES
from legalqa.verify.words import STOP, sentence_spans, stem, word_set

LIKENESS = 80.0  # rapidfuzz ratio (0 to 100) of sentence and source from which on one is taken for a copy
LEAST_WORDS = 6
MOVED_WORDS = 4
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
    ("increase", "decrease"), ("first", "last"), ("oral", "written"), ("once", "twice"),
    ("accept", "reject"), ("either", "neither"), ("all", "no"), ("any", "no"),
)  # fmt: skip


def changes(claim: str, passage: str) -> list[tuple[str, str]]:
    """(kind, reason) for each fact-bearing word that differs between a near copy and its source; [] if it is none."""
    claim, passage = plainly(claim), plainly(passage)
    near = quotes.nearest(claim, passage)
    ours = _words(claim)
    if near is None or near.likeness < LIKENESS or len(ours) < LEAST_WORDS:
        return []
    theirs = _words(_with_neighbours(passage, near.start, near.end))
    matcher = difflib.SequenceMatcher(
        None, [word.lower() for word in ours], [word.lower() for word in theirs], autojunk=False
    )
    codes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    kept = _excused(ours, theirs, codes)
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
        kind = _kind(here[1:] if a0 == 0 and not _opens_with_name(here, passage) else here, there)
        if kind and kind not in kept and not (kind == "negation" and _moved(here, passage)):
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


def _excused(ours: Sequence[str], theirs: Sequence[str], codes: Sequence[tuple[str, int, int, int, int]]) -> set[str]:
    """Kinds of which single words differ and the whole does not: the same numbers in the same order, "no … is" for
    "… is not".
    """
    excused = set()
    there = iter(_in_order(theirs))
    if all(number in there for number in _in_order(ours)) and _in_order(ours):
        excused.add("number")
    mine = [ours[at].lower() for _, a0, a1, _, _ in codes for at in range(a0, a1) if ours[at].lower() in _NEGATION]
    its = [theirs[at].lower() for _, _, _, b0, b1 in codes for at in range(b0, b1) if theirs[at].lower() in _NEGATION]
    if len(mine) == len(its) == 1 and {mine[0], its[0]} in ({"no", "not"}, {"none", "not"}):
        excused.add("negation")
    return excused


def _in_order(words: Sequence[str]) -> list[str]:
    return [_figure(quantity) for quantity in quantities(" ".join(words))]


def _figure(quantity: Quantity) -> str:
    """What tells two figures apart here; days go without their year, which `facts` compares."""
    return quantity.value[-5:] if quantity.kind == "date" else quantity.figure or quantity.value


def _opens_with_name(words: Sequence[str], passage: str) -> bool:
    """Whether the first of these words, which opens a sentence, is a name there as well."""
    if not words:
        return False
    word = words[0].removesuffix("'s")
    within = re.search(rf"[a-z,] {re.escape(word)}\b", passage)
    return word.lower() in ROLES or bool(within) or any(letter.isupper() for letter in word[1:])


def _moved(words: Sequence[str], passage: str) -> bool:
    """Whether what these words negate stands in the passage so as well, in another place: a condition told first or
    last.
    """
    there = f" {' '.join(_words(passage)).lower()} "
    runs = [words[at : at + 3] for at, word in enumerate(words) if word.lower() in _NEGATION]
    return (
        len(words) >= MOVED_WORDS
        and bool(runs)
        and all(len(run) > 1 and f" {' '.join(run).lower()} " in there for run in runs)
    )


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
    return sorted(_figure(quantity) for quantity in quantities(" ".join(words))) + sorted(
        word for word in words if word in ("one", "first", "second")
    )
