"""Names and defined terms that a sentence uses and its source does not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from legalqa.verify.words import STOP, sentence_spans, stem, tokens, word_set

_CAPITALISED = re.compile(r"(?<![\w'’-])[A-Z][\w&]*(?:[.'’&-][\w&]+)*")
_SAME = {
    stem(word): group
    for group, words in enumerate(
        ("tenant lessee", "landlord lessor", "agreement contract", "buyer purchaser", "seller vendor",
         "america us usa united states", "subtenant sublessee")
    )
    for word in words.split()
}  # fmt: skip
_NOT_NAMES = word_set(
    """section sections article articles paragraph clause exhibit schedule appendix annex page pages recital amendment
    agreement agreements contract party parties lease monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct
    nov dec yes according plaintiff's defendant's inc corp llc ltd co lp llp plc the"""
)


def missing_names(claim: str, passage: str, known: Iterable[str] = ()) -> list[str]:
    """Capitalised words of the claim that stand neither in the passage nor in `known` (titles, parties).

    Nothing is told of a claim written in capitals, nor of the first word of a sentence, where a capital says nothing,
    unless it owns something ("Tidewell's motion").
    """
    words = re.findall(r"[A-Za-z]{2,}", claim)
    if sum(word[0].isupper() for word in words) > 0.6 * len(words) and len(words) > 4:
        return []
    there = {_key(part) for text in (passage, *known) for word in tokens(text) for part in (word, *_parts(word))}
    initials = {"".join(run) for run in _initials(passage)}
    first = {start for start, _ in sentence_spans(claim)}
    missing: list[tuple[int, int]] = []
    for match in _CAPITALISED.finditer(claim):
        word = match.group().removesuffix("'s").removesuffix("’s")
        plain = word.lower()
        if (match.start() in first and word == match.group()) or plain in STOP or plain in _NOT_NAMES or len(word) < 2:
            continue
        whole = "".join(tokens(word))
        parts = _parts(word) or [word]
        if all(_key(part) in there for part in parts) or _key(whole) in there or word in initials:
            continue
        if missing and claim[missing[-1][1] : match.start()] == " ":
            missing[-1] = (missing[-1][0], match.end())
        else:
            missing.append(match.span())
    return list(dict.fromkeys(claim[start:end] for start, end in missing))


def _parts(word: str) -> list[str]:
    return [part for part in re.split(r"[&'’.-]", word) if len(part) > 1]


def _key(word: str) -> str:
    root = stem(word)
    return f"={_SAME[root]}" if root in _SAME else root


def _initials(text: str) -> list[list[str]]:
    return [
        [word[0] for word in run.split()]
        for run in re.findall(r"[A-Z][\w.&-]*(?:\s+(?:of\s+|and\s+|&\s+)?[A-Z][\w.&-]*)+", text)
    ]
