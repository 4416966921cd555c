"""Parties and people of the matter that a question is about, outside what names its documents."""

from __future__ import annotations

from collections.abc import Sequence

from legalqa.answer.understand.facts import Entity, Facts
from legalqa.answer.understand.words import FORMS, STOP, Token, tokens
from legalqa.values.question import Mention

_FEW = 3  # parties that one short name may mean
_SHOWN = 20  # documents of a party that are named


def parties_of(question: str, facts: Facts, taken: Sequence[tuple[int, int]]) -> list[Mention]:
    """Names that stand in the question whole, or by their first telling word written with a capital letter."""
    words = [token for token in tokens(question) if not any(start <= token.start < end for start, end in taken)]
    found, at = [], 0
    while at < len(words):
        named = _named(words, at, facts)
        if named:
            length, entities = named
            last = words[at + length - 1]
            where = tuple(dict.fromkeys(place for entity in entities for place in entity.documents))
            ids = tuple(facts.documents[place].id for place in where[:_SHOWN])
            found.append(
                Mention(words[at].start, last.end, "party", entities[0].name, ids, tuple(e.name for e in entities[1:]))
            )
            at += length
        else:
            at += 1
    return found


def names_beside(question: str, facts: Facts, taken: Sequence[tuple[int, int]]) -> list[str]:
    """Words written as names are that documents are named with, outside `taken`; not the first word of a sentence."""
    return [
        token.key
        for token in tokens(question)
        if token.capital
        and token.key not in STOP
        and token.key not in FORMS
        and not _begins(question, token.start)
        and facts.known(token.key)
        and not any(start <= token.start < end for start, end in taken)
    ]


def _begins(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"“'‘(")
    return not before or before[-1] in ".?!:;"


def _named(words: Sequence[Token], at: int, facts: Facts) -> tuple[int, list[Entity]] | None:
    """How many words name whom."""
    token = words[at]
    if token.key in STOP or token.key in FORMS:
        return None
    known = facts.entities.get(token.key, ())
    whole = [entity for entity in known if _matches(words, at, entity)]
    if whole:
        longest = max(len(entity.words) for entity in whole)
        if longest > 1 or token.capital:
            return longest, [entity for entity in whole if len(entity.words) == longest]
    people = facts.surnames.get(token.key, ()) if token.capital else ()
    if 0 < len(people) <= _FEW and not known:
        return 1, list(people)
    if not token.capital or (at == 0 and token.start == 0) or not 0 < len(known) <= _FEW:
        return None
    length = max(_common(words, at, entity) for entity in known)
    return length, [entity for entity in known if _common(words, at, entity) == length]


def _matches(words: Sequence[Token], at: int, entity: Entity) -> bool:
    return tuple(word.key for word in words[at : at + len(entity.words)]) == entity.words


def _common(words: Sequence[Token], at: int, entity: Entity) -> int:
    """How many words of a name stand there from its beginning."""
    pairs = zip(words[at:], entity.words, strict=False)
    count = 0
    for word, wanted in pairs:
        if word.key != wanted:
            break
        count += 1
    return count
