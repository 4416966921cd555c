"""Other words for what is asked: synonyms of the law, and the terms that the matter's own documents define."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from legalqa import shipped
from legalqa.answer.understand.facts import Facts
from legalqa.answer.understand.words import STOP, keys, stem, tokens
from legalqa.values.question import Mention, Scope

_EACH, _MOST = 4, 12  # other words for one term, and in all
_LONGEST = 6  # words of a term
_TERMS = 4  # defined terms that are looked at
_SURE = 0.5  # score of a scope from which on its definitions count
_COMMON = frozenset(("agreement", "party", "parties", "contract", "company", "effective date", "term", "section"))

Groups = dict[tuple[str, ...], list[tuple[str, ...]]]


@lru_cache(maxsize=1)
def groups() -> Groups:
    """The groups of synonyms that a phrase belongs to, by the stems of its words."""
    found: Groups = {}
    text = (shipped.folder("resources") / "words" / "legal.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            group = tuple(part.strip() for part in line.split("|"))
            for phrase in group:
                found.setdefault(_stems(phrase), []).append(group)
    return found


def synonyms(topic: str) -> list[str]:
    """Other words for the legal terms of a question, of the longest term at each place; none that stands in it."""
    words, known = [stem(key) for key in keys(topic)], groups()
    asked, found, at = " ".join(keys(topic)), dict[str, None](), 0
    while at < len(words):
        length = next(
            (n for n in range(_LONGEST, 0, -1) if tuple(words[at : at + n]) in known and at + n <= len(words)), 0
        )
        for group in known.get(tuple(words[at : at + length]), ()) if length else ():
            others = [one for one in group if " ".join(keys(one)) not in asked]
            found.update(dict.fromkeys(others[:_EACH]))
        at += length or 1
    return list(found)[:_MOST]


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(key) for key in keys(phrase))


def terms_of(question: str, facts: Facts, scopes: Sequence[Scope], taken: Iterable[tuple[int, int]]) -> list[Mention]:
    """Terms in the question that documents define: those of the scopes, without scopes only what is written as a term.

    `taken` are spans that name something else.
    """
    spans = list(taken)
    words = [t for t in tokens(question) if not any(start <= t.start < end for start, end in spans)]
    sure = {facts.position[scope.document_id] for scope in scopes if scope.score >= _SURE}
    found: list[Mention] = []
    at = 0
    while at < len(words) and len(found) < _TERMS:
        length = 0
        for n in range(min(_LONGEST, len(words) - at), 0, -1):
            run = words[at : at + n]
            key = " ".join(word.key for word in run)
            holders = [place for place in facts.terms.get(key, ()) if not sure or place in sure]
            written = all(word.capital or word.key in STOP for word in run) and not (n == 1 and run[0].start == 0)
            if holders and key not in _COMMON and (written or sure) and (n > 1 or len(key) > 3):
                ids = tuple(facts.documents[place].id for place in holders[:20])
                found.append(Mention(run[0].start, run[-1].end, "term", facts.term_names[key], ids))
                length = n
                break
        at += length or 1
    return found


def own_terms(topic: str, facts: Facts, scopes: Sequence[Scope]) -> list[str]:
    """Defined terms of the documents a question is about that end in one of its words: "rent" is "Base Rent" there."""
    wanted = {stem(key) for key in keys(topic) if key not in STOP and len(key) > 3}
    found: dict[str, None] = {}
    for scope in scopes[:3]:
        terms = facts.definitions_of(facts.position[scope.document_id]) if scope.score >= _SURE else ()
        for term, stems in terms:
            if stems[-1] in wanted and not wanted.issuperset(stems):
                found[term] = None
    return list(found)[:_TERMS]
