"""Examples drawn from the training documents: lists for the reranker, pairs for the encoder. No torch."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legalqa.evaluate.split import Part
from models.training.pairs import (
    Kind,
    Labelled,
    Passage,
    Question,
    Source,
    Span,
    evidence,
    judged,
    kinds,
    questions,
    self_supervised,
    sources,
    wordings,
)

SETS = ("cuad", "contractnli", "maud", "privacy_qa")
HERE = Path(__file__).parent
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as the model reads it, with its gold in ``text`` (None: not known)."""

    text: str
    gold: tuple[Span, ...] | None


@dataclass(frozen=True, slots=True)
class Example:
    """One question; `right` None: the document has no answer. `kinds` are those that a passage answers, for masking."""

    question: str
    kind: str
    right: Candidate | None
    wrong: tuple[Candidate, ...]
    right_kinds: frozenset[str] = frozenset()
    wrong_kinds: tuple[frozenset[str], ...] = ()


@dataclass
class Material:
    """All that is drawn from: documents, labelled questions, vectors of the children and of the wordings."""

    documents: dict[str, Source]
    labelled: list[Labelled]
    by_match: dict[str, Kind]
    children: dict[str, Vectors]
    asked: dict[str, Vectors]
    answers: dict[tuple[str, int], frozenset[str]]


def material(data: Path, passages: Path, vectors: Path, part: Part, sets: Sequence[str] = SETS) -> Material:
    """The questions of one part of some sets with their documents. `vectors` is a folder that `embed` filled."""
    known = kinds(HERE / "questions.toml")
    documents = sources(passages)
    rows = [one for name in sets for one in questions(data / name / "qa.jsonl", known, part)]
    labelled = [judged(one, documents[one.document]) for one in rows]
    answers: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for one in labelled:
        for index in one.right:
            answers[one.question.document, index].add(one.question.kind)
    children = {name: np.load(vectors / f"{name}.npy").astype(np.float32)
                for name in {one.document for one in rows}}  # fmt: skip
    frozen = {key: frozenset(value) for key, value in answers.items()}
    return Material(documents, labelled, {one.match: one for one in known}, children, {}, frozen)


def ranked(drawn: Material, labelled: Labelled, wording: str, depth: int) -> list[int]:
    """The wrong children of the document that the mining encoder ranks highest for a wording, at most `depth`."""
    document = labelled.question.document
    order = np.argsort(-(drawn.children[document] @ drawn.asked[wording]))
    return [int(index) for index in order if int(index) in labelled.wrong][:depth]


def shown(passage: Passage, gold: Sequence[Span], *, blind: bool = False) -> Candidate:
    """A passage as a candidate; `blind` leaves out the head, so that text alone must be enough."""
    if blind:
        passage = Passage(passage.document, passage.start, passage.end, "", passage.text, passage.whole)
    return Candidate(passage.head + passage.text, evidence(passage, gold))


def wording_of(drawn: Material, question: Question, chosen: random.Random) -> str:
    """The template two times of five, otherwise one of the other wordings."""
    ways = wordings(question, drawn.by_match)
    return ways[0] if len(ways) == 1 or chosen.random() < 0.4 else chosen.choice(ways[1:])


def epoch(drawn: Material, seed: int, wrong: int, most: int, unanswered: float, depth: int = 30) -> list[Example]:
    """One pass: at most `most` right passages a question, `wrong` hard negatives each, of the `depth` nearest ones;
    `unanswered` is the share of questions without an answer that is drawn."""
    chosen = random.Random(seed)
    made: list[Example] = []
    for labelled in drawn.labelled:
        source, question = drawn.documents[labelled.question.document], labelled.question
        if not labelled.right:
            if not question.gold and chosen.random() < unanswered:
                made.append(_example(drawn, labelled, None, frozenset(), wrong, depth, chosen))
            continue
        for index in chosen.sample(labelled.right, min(most, len(labelled.right))):
            passage = source.children[index]
            parents = [source.parents[i] for i in labelled.right_parents]
            holding = [one for one in parents if one.start <= passage.start and passage.end <= one.end]
            if holding and chosen.random() < 0.15:
                passage = chosen.choice(holding)
            labels = drawn.answers[question.document, index]
            right = shown(passage, question.gold, blind=chosen.random() < 0.15)
            made.append(_example(drawn, labelled, right, labels, wrong, depth, chosen))
    chosen.shuffle(made)
    return made


def _example(
    drawn: Material, labelled: Labelled, right: Candidate | None, labels: frozenset[str], wrong: int,
    depth: int, chosen: random.Random,
) -> Example:  # fmt: skip
    wording = wording_of(drawn, labelled.question, chosen)
    near = ranked(drawn, labelled, wording, depth)
    weights = [1 / (place + 2) ** 0.5 for place in range(len(near))]
    taken: dict[int, None] = {}
    while near and len(taken) < min(wrong, len(near)):
        taken[chosen.choices(near, weights)[0]] = None
    source = drawn.documents[labelled.question.document]
    candidates = tuple(shown(source.children[index], (), blind=chosen.random() < 0.15) for index in taken)
    others = tuple(drawn.answers.get((source.id, index), frozenset()) for index in taken)
    return Example(wording, labelled.question.kind, right, candidates, labels, others)


def general(drawn: Material, seed: int, per_document: int, wrong: int) -> list[Example]:
    """Self-supervised examples of the training documents, distractors among them; negatives are random neighbours."""
    chosen = random.Random(seed)
    made = []
    for source in drawn.documents.values():
        if source.part != "train" or len(source.children) < wrong + 4:
            continue
        for asked, passage, gold in self_supervised(source, chosen, per_document):
            near = [one for one in source.children if asked.lower() not in one.text.lower()
                    and asked.lower() not in one.head.lower() and one.start != passage.start]  # fmt: skip
            if len(near) < wrong:
                continue
            taken = chosen.sample(near, wrong)
            bare = not passage.head
            candidates = tuple(Candidate(("" if bare else one.head) + one.text, ()) for one in taken)
            right = Candidate(passage.head + passage.text, gold or None)
            made.append(Example(asked, f"{source.id}:{passage.start}", right, candidates, frozenset(),
                                (frozenset(),) * len(taken)))  # fmt: skip
    chosen.shuffle(made)
    return made
