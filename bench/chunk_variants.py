"""Which part of a gold answer the best children of its own document bring back, and what in their making matters.

    python -m bench.chunk_variants DATA [--sets cuad contractnli] [--documents 24] [--questions 150] [--encoder FOLDER]
                           [--cache FILE]

DATA holds folders with ``docs/*.txt`` and ``qa.jsonl`` (offsets into the texts). Recall is the share of the gold
characters that the children nearest to the question cover within 4,000 characters, by the dense ranking alone, the
same questions for every variant; a variant switches one thing. Precision of the figure: twice the standard error of
the difference to "as it is" is printed beside it. Vectors are kept in the cache, which makes a repetition quick.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.recall import BUDGET, Embeddings, Question, Vectors, document_of, questions
from legalqa import models, settings
from legalqa.index.encoder import Encoder
from legalqa.index.vectors import searchable, texts_of
from legalqa.ingest.structure import chunks
from legalqa.values.document import Document


def recall(question: Question, spans: Sequence[tuple[int, int]], near: Vectors) -> float:
    """The share of the gold characters in the nearest spans, as far as the budget goes."""
    covered = {place for start, end in question.gold for place in range(start, end)}
    whole, left = len(covered), BUDGET
    for index in np.argsort(-near):
        start, end = spans[index]
        end = min(end, start + left)
        covered -= set(range(start, end))
        left -= end - start
        if left <= 0:
            break
    return 1 - len(covered) / whole if whole else 0.0


Variant = Callable[[Document], Document]


def _chunked(document: Document, without: Sequence[str] = (), **constants: int) -> Document:
    """The document cut anew: without regions of some kinds, with other sizes."""
    former = {name: getattr(chunks, name) for name in constants}
    try:
        for name, value in constants.items():
            setattr(chunks, name, value)
        regions = [region for region in document.regions if region.kind not in without]
        return replace(document, chunks=chunks.chunked(document.text, document.sections, document.id, regions))
    finally:
        for name, value in former.items():
            setattr(chunks, name, value)


def _paths(document: Document, shorten: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Document:
    return replace(document, chunks=tuple(replace(c, section=shorten(c.section)) for c in document.chunks))


def _without_contents(document: Document) -> Document:
    """The chunks as they are, those of a table of contents left out of the search."""
    listed = [region for region in document.regions if region.kind == "contents"]
    kept = [c for c in document.chunks if not any(r.start <= c.start and c.end <= r.end for r in listed)]
    return replace(document, chunks=tuple(kept))


VARIANTS: dict[str, Variant] = {
    "as it is": lambda document: document,
    "contents not searched": _without_contents,
    "contents as running text": lambda document: _chunked(document, ("contents",)),
    "no regions at all": lambda document: replace(_chunked(document, [r.kind for r in document.regions]), regions=()),
    "no title": lambda document: replace(document, title=""),
    "file's name as title": lambda document: replace(document, title=document.path.replace("_", " ")),
    "short title": lambda document: replace(document, title=" ".join(document.title.split()[-3:])),
    "no path": lambda document: _paths(document, lambda path: path[:0]),
    "innermost heading only": lambda document: _paths(document, lambda path: path[-1:]),
    "no items in the path": lambda document: _paths(document, lambda path: tuple(p for p in path if p[:1] != "(")),
    "children of 300": lambda document: _chunked(document, CHILD_TARGET=300),
    "children of 550": lambda document: _chunked(document, CHILD_TARGET=550),
    "children of 700": lambda document: _chunked(document, CHILD_TARGET=700),
}


Found = dict[str, tuple[list[tuple[int, int]], Vectors]]  # of each document, the spans of its children and vectors


def _of_own(question: Question, vector: Vectors, found: Found) -> float:
    spans, vectors = found[question.document]
    return recall(question, spans, vectors @ vector)


def _of_all(question: Question, vector: Vectors, found: Found) -> float:
    """Children of other documents take up room and cover nothing: their spans are moved behind the end of the text."""
    spans, near = [], []
    for name, (own, vectors) in found.items():
        away = 0 if name == question.document else 10**9
        spans += [(start + away, end + away) for start, end in own]
        near.append(vectors @ vector)
    return recall(question, spans, np.concatenate(near))


def measure(
    folder: Path, asked: Sequence[Question], embeddings: Embeddings, names: Sequence[str], everywhere: bool
) -> None:
    """Print a line for each variant. `everywhere`: the scoped questions, over the children of all documents."""
    documents = {question.document: document_of(folder / "docs" / f"{question.document}.txt") for question in asked}
    wanted = embeddings.of([q.scoped if everywhere else q.text for q in asked], query=True)
    first: Vectors | None = None
    print(f"{folder.name}: {len(asked)} questions, {len(documents)} documents, {BUDGET:,} characters", flush=True)
    for name in names:
        found: Found = {}
        for key, document in documents.items():
            changed = VARIANTS[name](document)
            found[key] = ([(c.start, c.end) for c in searchable(changed)], embeddings.of(texts_of(changed)))
        rows = np.array(
            [
                (_of_all if everywhere else _of_own)(question, vector, found)
                for question, vector in zip(asked, wanted, strict=True)
            ],
            np.float32,
        )
        first = rows if first is None else first
        apart = rows - first
        error = 2 * float(apart.std()) / len(rows) ** 0.5
        children = sum(len(spans) for spans, _ in found.values())
        print(
            f"  {name:<28} recall {rows.mean():.4f}   {apart.mean():+.4f} ± {error:.4f}   {children} children",
            flush=True,
        )
        embeddings.keep()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", default=["cuad"])
    parser.add_argument("--documents", type=int, default=24)
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS), choices=list(VARIANTS))
    parser.add_argument(
        "--everywhere", action="store_true", help="questions that name their document, over all of them"
    )
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    folder = given.encoder or models.locate(settings.load().home, "all-minilm-l6-v2").folder
    embeddings = Embeddings(Encoder(folder, 2), given.cache)
    for name in given.sets:
        place = given.data / name
        measure(place, questions(place, given.documents, given.questions), embeddings, given.variants, given.everywhere)


if __name__ == "__main__":
    main()
