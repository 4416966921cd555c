"""Questions, their passages and what must not count as wrong: the examples that both models are trained on.

Pure functions over the rows of ``qa.jsonl`` and of `passages`; nothing here needs torch. A child is *right* for a
question if half of its characters are gold or it holds half of a gold span; one that touches gold otherwise, or repeats
its words elsewhere, is neither right nor wrong and is left out.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from legalqa.evaluate.split import Part, part_of

HALF = 0.5
_NAMING = re.compile(r"^Consider\b.*?;\s*", re.DOTALL)
_LONG_ENOUGH = 40  # characters of a gold text that, found elsewhere, make that place an answer as well

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document. `whole`: `text` is the document's ``[start, end)``, so that offsets carry over."""

    document: str
    start: int
    end: int
    head: str
    text: str
    whole: bool


@dataclass(frozen=True)
class Source:
    """A document's passages: searchable children, short parents, and its definitions as (term, text)."""

    id: str
    set: str
    part: Part
    children: tuple[Passage, ...]
    parents: tuple[Passage, ...]
    definitions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one document. `kind`: what is asked, the same in every document; `gold` empty: no answer."""

    document: str
    text: str
    kind: str
    gold: tuple[Span, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of question: other ways to ask it, and ways that are kept for measuring."""

    match: str
    ask: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True)
class Labelled:
    """A question with its document's passages judged. Indices count in `Source.children` and `Source.parents`."""

    question: Question
    right: tuple[int, ...]
    right_parents: tuple[int, ...]
    wrong: frozenset[int] = field(repr=False)


def sources(file: Path) -> dict[str, Source]:
    """The documents in a file that `passages` wrote, by id."""
    found = {}
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            made = {
                name: tuple(Passage(row["id"], *values) for values in row[name]) for name in ("children", "parents")
            }
            definitions = tuple((term, text) for term, text in row["definitions"])
            found[row["id"]] = Source(row["id"], row["set"], row["part"], definitions=definitions, **made)
    return found


def kinds(file: Path) -> tuple[Kind, ...]:
    """The kinds of ``questions.toml``."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Kind(one["match"], tuple(one["ask"]), tuple(one["unseen"])) for one in table["kind"])


def kind_of(known: Iterable[Kind], category: str, text: str) -> Kind | None:
    """The kind of a question: by its category where the row has one, otherwise by words of the question."""
    if category:
        return next((kind for kind in known if kind.match == category), None)
    lowered = text.lower()
    return next((kind for kind in known if kind.match in lowered), None)


def core(text: str) -> str:
    """The question without the words before it that name the document."""
    return _NAMING.sub("", text, count=1)


def questions(file: Path, known: Sequence[Kind], part: Part | None = None) -> list[Question]:
    """The questions of a ``qa.jsonl``, of one part if given."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if part is not None and part_of(row["doc_id"]) != part:
                continue
            text, gold = core(row["question"]), tuple((a["start"], a["end"]) for a in row["answers"])
            kind = kind_of(known, row.get("category", ""), text)
            found.append(Question(row["doc_id"], text, kind.match if kind else text, gold))
    return found


def judged(question: Question, source: Source) -> Labelled:
    """Which of the document's passages answer a question, and which certainly do not."""
    texts = [text for text in _gold_texts(question, source) if len(text) >= _LONG_ENOUGH]
    right, wrong = [], []
    for index, passage in enumerate(source.children):
        if is_right(passage, question.gold):
            right.append(index)
        elif not touches(passage, question.gold) and not any(text in passage.text for text in texts):
            wrong.append(index)
    parents = [index for index, passage in enumerate(source.parents) if is_right(passage, question.gold)]
    return Labelled(question, tuple(right), tuple(parents), frozenset(wrong))


def is_right(passage: Passage, gold: Iterable[Span]) -> bool:
    """Half of the passage is gold, or half of a gold span stands in it."""
    inside = [(min(end, passage.end) - max(start, passage.start), end - start) for start, end in gold]
    covered = sum(max(common, 0) for common, _ in inside)
    if covered >= HALF * (passage.end - passage.start):
        return covered > 0
    return any(common > 0 and common >= HALF * length for common, length in inside)


def touches(passage: Passage, gold: Iterable[Span]) -> bool:
    """Any character of the passage is gold."""
    return any(start < passage.end and passage.start < end for start, end in gold)


def evidence(passage: Passage, gold: Iterable[Span]) -> tuple[Span, ...] | None:
    """The gold spans in ``head + text``; None where the text is not a slice of its document."""
    if not passage.whole:
        return None
    shift = len(passage.head) - passage.start
    return tuple(
        (max(start, passage.start) + shift, min(end, passage.end) + shift)
        for start, end in gold
        if start < passage.end and passage.start < end
    )


def _gold_texts(question: Question, source: Source) -> Iterator[str]:
    """The words of each gold span, as far as one child holds them."""
    for start, end in question.gold:
        for passage in source.children:
            if passage.whole and passage.start <= start and end <= passage.end:
                yield passage.text[start - passage.start : end - passage.start].strip()


def wordings(question: Question, by_match: dict[str, Kind]) -> tuple[str, ...]:
    """The ways to ask a question that are trained on, the given one first."""
    kind = by_match.get(question.kind)
    return (question.text, *kind.ask) if kind else (question.text,)


def self_supervised(
    source: Source, chosen: random.Random, count: int
) -> Iterator[tuple[str, Passage, tuple[Span, ...]]]:
    """Pairs that need no annotation, so that other questions stay answered: (question, passage, evidence in its text).

    A term and the passage that defines it; a section's name and its text without that name; a few words in a row and
    the passage that they stand in.
    """
    made: list[tuple[str, Passage, tuple[Span, ...]]] = []
    for term, text in source.definitions:
        for passage in source.children:
            if text and (at := passage.text.find(text)) >= 0:
                asked = chosen.choice((f"What does {term} mean?", f"definition of {term}", f"{term} means", term))
                begin = at + len(passage.head)
                made.append((asked, passage, ((begin, begin + len(text)),)))
                break
    for passage in source.children:
        name = passage.head.rstrip("\n").rpartition(" — ")[2].strip()
        bare = Passage(passage.document, passage.start, passage.end, "", passage.text, passage.whole)
        if " — " in passage.head and 4 < len(name) < 80 and not passage.text.lower().startswith(name.lower()):
            made.append((name.capitalize() if name.isupper() else name, bare, ()))
        words = passage.text.split()
        if len(words) >= 30:
            at = chosen.randrange(len(words) - 8)
            made.append((" ".join(words[at : at + chosen.randint(4, 8)]), passage, ()))
    yield from chosen.sample(made, min(count, len(made)))
