"""What the models are worth on documents that they have not seen.

    python -m models.training.measure DATA PASSAGES --part test --encoder NAME FOLDER VECTORS [--encoder ...]
                                      [--reranker NAME FOLDER] [--sets cuad ...] [--limit 400]

VECTORS is what `embed` made with the encoder of FOLDER. Recall is the share of the gold characters within the first
4,000 characters of the children that are shown: in the question's own document, asked the core of the question; over
all documents of the part, asked the question that names its document; and in its own document with a wording that no
model was trained on. A reranker orders the first 30 of the first encoder. Rows whose answers stand in the text once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.recall import Question, recall
from legalqa.evaluate.split import part_of
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from models.training.pairs import Kind, Source, core, kind_of, kinds, sources
from models.training.passages import SETS

DEPTH = 30  # passages that are reranked
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Embedded:
    """An encoder and what it made of the children of every document."""

    name: str
    encoder: Encoder
    folder: Path

    def children(self, document: str) -> Vectors:
        """float32 [children, size]."""
        return np.load(self.folder / f"{document}.npy").astype(np.float32)


def asked(file: Path, part: str, limit: int, known: Sequence[Kind]) -> list[tuple[Question, str]]:
    """Questions of a part with answers that stand once, and for each an unseen wording or ""."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            answers = row["answers"]
            if part_of(row["doc_id"]) == part and answers and all(a.get("occurrences", 1) == 1 for a in answers):
                gold = tuple((answer["start"], answer["end"]) for answer in answers)
                text = core(row["question"])
                kind = kind_of(known, row.get("category", ""), text)
                scoped = row.get("scoped_question", row["question"])
                question = Question(row["doc_id"], text, scoped, gold)
                found.append((question, kind.unseen[0] if kind else ""))
    if len(found) <= limit:
        return found
    return [found[index] for index in np.random.default_rng(1).permutation(len(found))[:limit]]


def own(question: Question, source: Source, order: Sequence[int]) -> float:
    """Recall of the document's children in an order."""
    spans = [(source.children[index].start, source.children[index].end) for index in order]
    return recall(question, spans, -np.arange(len(spans), dtype=np.float32))


def reranked(cross: CrossEncoder, embedded: Embedded, text: str, source: Source) -> list[int]:
    """The first `DEPTH` by the cross-encoder, then the others as they were."""
    order = order_of(embedded, text, source)
    first = [int(index) for index in order[:DEPTH]]
    scores = cross.score(text, [source.children[i].head + source.children[i].text for i in first])
    return [first[index] for index in np.argsort(-scores, kind="stable")] + [int(index) for index in order[DEPTH:]]


def everywhere(question: Question, vector: Vectors, spans: list[tuple[str, int, int]], all_of_them: Vectors) -> float:
    """Recall over the children of all documents."""
    near = all_of_them @ vector
    best = np.argsort(-near)[:400]
    moved = [(start, end) if name == question.document else (start + 10**9, end + 10**9)
             for name, start, end in (spans[index] for index in best)]  # fmt: skip
    return recall(question, moved, near[best])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--part", default="test")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--encoder", nargs=3, action="append", metavar=("NAME", "FOLDER", "VECTORS"), required=True)
    parser.add_argument("--reranker", nargs=2, action="append", metavar=("NAME", "FOLDER"), default=[])
    parser.add_argument("--no-everywhere", action="store_true")
    given = parser.parse_args()
    encoders = [Embedded(name, Encoder(Path(folder), 2), Path(made)) for name, folder, made in given.encoder]
    rerankers = [(name, CrossEncoder(Path(folder), 2)) for name, folder in given.reranker]
    documents, known = sources(given.passages), kinds(Path(__file__).parent / "questions.toml")
    rows = {name: asked(given.data / name / "qa.jsonl", given.part, given.limit, known) for name in given.sets}
    for embedded in encoders:
        for name, pairs in rows.items():
            report(f"{embedded.name:<14} {name:<12}", pairs, documents, partial(order_of, embedded))
    for name, cross in rerankers:
        for set_name, pairs in rows.items():
            label = f"{encoders[0].name}+{name:<8} {set_name:<12}"
            report(label, pairs, documents, partial(reranked, cross, encoders[0]))
    if not given.no_everywhere:
        for embedded in encoders:
            all_over(embedded, rows, documents)


def order_of(embedded: Embedded, text: str, source: Source) -> NDArray[np.int64]:
    """The document's children, nearest first."""
    return np.argsort(-(embedded.children(source.id) @ embedded.encoder.embed([text], query=True)[0]))


def report(
    label: str, pairs: Sequence[tuple[Question, str]], documents: dict[str, Source],
    order: Callable[[str, Source], Sequence[int]],
) -> None:  # fmt: skip
    """Print recall as asked and with unseen wordings."""
    if not pairs:
        return
    as_asked = [own(q, documents[q.document], order(q.text, documents[q.document])) for q, _ in pairs]
    unseen = [own(q, documents[q.document], order(way, documents[q.document])) for q, way in pairs if way]
    other = f"unseen wording {np.mean(unseen):.4f}" if unseen else ""
    print(f"{label} own document {np.mean(as_asked):.4f} ± {_error(as_asked):.4f}   {other}   {len(pairs)}", flush=True)


def all_over(embedded: Embedded, rows: dict[str, list[tuple[Question, str]]], documents: dict[str, Source]) -> None:
    """Print recall over the documents of all sets together."""
    names = sorted({question.document for pairs in rows.values() for question, _ in pairs})
    spans = [(name, child.start, child.end) for name in names for child in documents[name].children]
    vectors = np.concatenate([embedded.children(name) for name in names])
    for set_name, pairs in rows.items():
        wanted = embedded.encoder.embed([question.scoped for question, _ in pairs], query=True)
        found = [everywhere(q, vector, spans, vectors) for (q, _), vector in zip(pairs, wanted, strict=True)]
        print(f"{embedded.name:<14} {set_name:<12} everywhere {np.mean(found):.4f} ± {_error(found):.4f}   "
              f"{len(names)} documents", flush=True)  # fmt: skip


def _error(values: Sequence[float]) -> float:
    """Twice the standard error."""
    return 2 * float(np.std(values)) / len(values) ** 0.5


if __name__ == "__main__":
    main()
