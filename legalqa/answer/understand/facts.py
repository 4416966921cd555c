"""What the documents of a matter may be called by, indexed by word: built once, asked with every question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from legalqa.answer.understand.words import FORMS, STOP, initials, joined, keys, name_keys, stem, tokens
from legalqa.values.question import DocumentFacts

OPENING = 1_500  # characters in which a document names its parties and itself
NAME, TITLE, STOOD, WITHIN = 1.0, 0.9, 0.6, 0.4  # what a word is worth: of a party or file name, title, opening, text
_LIKENESS = 84.0  # rapidfuzz ratio, 0 to 100, from which on a word is taken for another one misspelt
_TERM = 4  # words of a defined term that is another word for what is asked, at most
_SHORTEST = 5  # letters of a word that may be misspelt
_MISSPELT = 0.8  # what a misspelt word is worth

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBER = re.compile(
    rf"\b(?:no\.?|number|#|amendment)\s*(?P<digits>\d{{1,2}})\b|\b(?P<word>{'|'.join(ORDINALS)})\s+(?:\w+\s+){{0,2}}?"
    r"(?:amendment|addendum|supplement)",
    re.IGNORECASE,
)

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Entity:
    """A party or a person: the name as printed, its telling words, the positions of its documents."""

    name: str
    words: tuple[str, ...]
    documents: tuple[int, ...]


class Facts:
    """The facts of every document, by word. Unchangeable; safe to use from several threads."""

    def __init__(
        self, documents: Sequence[DocumentFacts], with_word: Callable[[str], Iterable[str]] = lambda _word: ()
    ) -> None:
        """`with_word` gives the ids of the documents in whose text a word stands anywhere."""
        self.documents = tuple(documents)
        self._with_word = with_word
        self._definitions: dict[int, list[tuple[str, list[str]]]] = {}
        self.position = {document.id: at for at, document in enumerate(self.documents)}
        found: dict[str, dict[int, float]] = {}
        for at, document in enumerate(self.documents):
            for weight, words in _named_by(document):
                for word in words:
                    row = found.setdefault(word, {})
                    row[at] = max(row.get(at, 0.0), weight)
        self._rows = {
            word: (np.fromiter(row, np.int32, len(row)), np.fromiter(row.values(), np.float64, len(row)))
            for word, row in found.items()
        }
        count = len(self.documents)
        self.rarest = math.log1p(count)
        self._rarity = {word: math.log1p(count / len(row)) for word, row in found.items()}
        entities = _entities(self.documents)
        self.entities: dict[str, list[Entity]] = {}
        for entity in entities:
            self.entities.setdefault(entity.words[0], []).append(entity)
        people = {tuple(keys(name)) for document in self.documents for name in document.people}
        self.surnames: dict[str, list[Entity]] = {}
        for entity in entities:
            if 2 <= len(entity.words) <= 4 and (entity.words in people or "email" in self._types_of(entity)):
                self.surnames.setdefault(entity.words[-1], []).append(entity)
        self.names = {
            " ".join(keys(name)) for one in documents for name in (one.title, *one.parties, *one.people, *one.names)
        }
        self.dates = np.array([document.date or "" for document in self.documents])
        self.stamps = [(document.id, document.bates) for document in self.documents if document.bates]
        self._names = {word for entity in entities for word in entity.words} | {
            word for document in self.documents for name in document.names for word in name_keys(_stem(name))
        }
        self._titles = {word for document in self.documents for word in keys(document.title)}
        self._spelt = [word for word in self._names | self._titles if len(word) >= _SHORTEST]
        self.runs = _runs(self.documents)
        self.files = {name.casefold(): at for at, document in enumerate(self.documents) for name in document.names}
        self.amending = [document for document in self.documents if document.amends]
        self.types = [document.type for document in self.documents]
        self.type_array = np.array(self.types)
        self.called = [" ".join(word for name in (one.title, *one.parties) for word in keys(name)) for one in documents]
        self.numbers = [number_of(document.title) for document in self.documents]
        self.terms: dict[str, list[int]] = {}
        self.term_names: dict[str, str] = {}
        for at, document in enumerate(self.documents):
            for definition in document.definitions:
                term = " ".join(keys(definition.term))
                self.term_names.setdefault(term, definition.term)
                holders = self.terms.setdefault(term, [])
                if holders[-1:] != [at]:
                    holders.append(at)
        self.type_counts = {type: self.types.count(type) for type in set(self.types)}

    def dated(self, iso: str) -> NDArray[np.bool_]:
        """Which documents are of that year, month or day; of "--03-01", the first of March of any year."""
        if iso.startswith("--"):
            return np.char.endswith(self.dates, iso[1:])
        return np.char.startswith(self.dates, iso)

    def rarity(self, word: str) -> float:
        """How telling a word is: the logarithm of one in how many documents are named with it."""
        return self._rarity.get(word, self.rarest)

    def holders(self, word: str) -> int:
        """How many documents are named with a word."""
        row = self._rows.get(word)
        return 0 if row is None else len(row[0])

    def is_name(self, word: str) -> bool:
        """Whether a word stands in the name of a party or file, and is no mere form ("Inc.")."""
        return word in self._names and word not in FORMS and word not in STOP

    def in_title(self, word: str) -> bool:
        """Whether a word stands in a title."""
        return word in self._titles

    def known(self, word: str) -> bool:
        """Whether any document is named with the word."""
        return word in self._rows

    def respelt(self, word: str) -> str | None:
        """The word of a name that a word unknown to the matter is likely to mean; None if there is none."""
        if len(word) < _SHORTEST or word in self._rows or word.isdigit():
            return None
        found = process.extractOne(word, self._spelt, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
        return found[0] if found else None

    def scores(self, words: Iterable[str]) -> tuple[Scores, float]:
        """What the words say for each document, and what they would say for one that has all of them in its name."""
        total, best = np.zeros(len(self.documents)), 0.0
        for word in dict.fromkeys(words):
            row, worth = self._rows.get(word), 1.0
            if row is None and (meant := self.respelt(word)):
                row, word, worth = self._rows[meant], meant, _MISSPELT
            rarity = self.rarity(word)
            best += rarity
            if row is not None:
                np.add.at(total, row[0], row[1] * rarity * worth)
        return total, best

    def deep_scores(self, words: Iterable[str]) -> Scores:
        """What the words say for each document by standing anywhere in its text, less than in a name."""
        total = np.zeros(len(self.documents))
        for word in dict.fromkeys(words):
            holders = [self.position[id] for id in self._with_word(word) if id in self.position]
            if holders:
                rarity = math.log1p(len(self.documents) / len(holders))
                row = self._rows.get(word)
                beyond = np.zeros(len(self.documents))
                beyond[holders] = WITHIN * rarity
                if row is not None:
                    beyond[row[0]] = 0.0
                total += beyond
        return total

    def _types_of(self, entity: Entity) -> set[str]:
        return {self.documents[at].type for at in entity.documents}

    def definitions_of(self, at: int) -> list[tuple[str, list[str]]]:
        """The defined terms of a document, each with the stems of its words; names of parties are none."""
        if at not in self._definitions:
            terms = dict.fromkeys(one.term for one in self.documents[at].definitions)
            split = [(term, keys(term)) for term in terms]
            self._definitions[at] = [
                (term, [stem(key) for key in words])
                for term, words in split
                if 1 < len(words) <= _TERM and not all(map(self.is_name, words))
            ]
        return self._definitions[at]

    def title_of(self, at: int) -> str:
        """What to call a document: its file name."""
        document = self.documents[at]
        return document.names[0] if document.names else document.title


def number_of(title: str) -> str:
    """ "AMENDMENT NO. 2" and "Second Amendment" are "2"; "" without a number."""
    match = _NUMBER.search(title)
    if not match:
        return ""
    return match["digits"] or str(ORDINALS.index(match["word"].lower()) + 1)


def _stem(name: str) -> str:
    return PurePath(name).stem


def _named_by(document: DocumentFacts) -> Iterator[tuple[float, Iterable[str]]]:
    parties = [word for name in (*document.parties, *document.people) for word in name_keys(name)]
    yield NAME, parties
    yield NAME, [word for name in document.names for word in name_keys(_stem(name))]
    yield TITLE, name_keys(document.title)
    short = [initials(name) for name in (*document.parties, document.title)]
    grown = [pair for name in (*document.parties, document.title) for pair in joined(keys(name))]
    yield TITLE, [word for word in (*short, *grown) if word]
    yield STOOD, [token.key for token in tokens(document.opening[:OPENING]) if token.capital or token.text.isdigit()]


def _entities(documents: Sequence[DocumentFacts]) -> list[Entity]:
    """Every party and person; "Harbor Foods, Inc." and "HARBOR FOODS INC" are one."""
    found: dict[tuple[str, ...], tuple[str, list[int]]] = {}
    for at, document in enumerate(documents):
        for name in dict.fromkeys((*document.parties, *document.people)):
            words = tuple(word for word in keys(name) if word not in FORMS) or tuple(keys(name))
            if words:
                found.setdefault(words, (name, []))[1].append(at)
    return [Entity(name, words, tuple(dict.fromkeys(where))) for words, (name, where) in found.items()]


def _runs(documents: Sequence[DocumentFacts]) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Titles and file names of two words or more, by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for at, document in enumerate(documents):
        for name in (document.title, *map(_stem, document.names)):
            words = tuple(keys(name.replace("_", " ").replace("%20", " ")))
            if len(words) >= 2:
                found.setdefault(words[0], []).append((words, at))
    return found
