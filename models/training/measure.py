"""What the models are worth on documents that they have not seen.

    python -m models.training.measure DATA PASSAGES --part test --encoder NAME FOLDER VECTORS [--encoder ...]
                                      [--reranker NAME FOLDER] [--weights 0 10 20] [--sets cuad ...] [--limit 400]

VECTORS is what `embed` made with the encoder of FOLDER. Recall is the share of the gold characters within the first
4,000 characters of the children that are shown: in the question's own document, asked the core of the question; over
all documents of the part, asked the question that names its document; and in its own document with a wording that no
model was trained on. A reranker orders the first 30 of the first encoder by its logit and a weight times the cosine.
First is the share of questions whose best child touches gold. Rows whose answers stand in the text once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legalqa.evaluate.metrics import Place, common, cut, length
from legalqa.evaluate.split import part_of
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from models.training.pairs import Kind, Source, core, kind_of, kinds, sources
from models.training.passages import SETS

DEPTH = 30  # passages that are reranked
BUDGET = 4_000  # characters
Vectors = NDArray[np.float32]
Order = Callable[[str, Source], Sequence[int]]


@dataclass(frozen=True)
class Asked:
    """A question of the data: its core, with the words that name its document, in an unseen wording (or "")."""

    document: str
    text: str
    scoped: str
    unseen: str
    gold: tuple[Place, ...]


@dataclass(frozen=True)
class Embedded:
    """An encoder and what it made of the children of every document."""

    name: str
    encoder: Encoder
    folder: Path

    def children(self, document: str) -> Vectors:
        """float32 [children, size]."""
        return _loaded(self.folder / f"{document}.npy")


@cache
def _loaded(file: Path) -> Vectors:
    vectors: Vectors = np.load(file).astype(np.float32)
    return vectors


def asked(file: Path, part: str, limit: int, known: Sequence[Kind]) -> list[Asked]:
    """Questions of a part whose answers all stand in the text once; the same ones every time."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            name, answers = row["doc_id"], row["answers"]
            if part_of(name) == part and answers and all(a.get("occurrences", 1) == 1 for a in answers):
                text = core(row["question"])
                kind = kind_of(known, row.get("category", ""), text)
                gold = tuple((name, answer["start"], answer["end"]) for answer in answers)
                scoped = row.get("scoped_question", row["question"])
                found.append(Asked(name, text, scoped, kind.unseen[0] if kind else "", gold))
    chosen = np.random.default_rng(1).permutation(len(found))[:limit]
    return [found[index] for index in sorted(chosen)]


def recall(gold: Sequence[Place], ranked: Iterable[Place]) -> float:
    """The share of the gold characters within the budget."""
    return length(common(gold, cut(ranked, BUDGET))) / length(gold)


def own(question: Asked, source: Source, order: Sequence[int]) -> float:
    """Recall of the document's children in an order."""
    places = ((source.id, source.children[index].start, source.children[index].end) for index in order)
    return recall(question.gold, places)


def order_of(embedded: Embedded, text: str, source: Source) -> list[int]:
    """The document's children, nearest first."""
    near = embedded.children(source.id) @ embedded.encoder.embed([text], query=True)[0]
    return [int(index) for index in np.argsort(-near)]


class Reranked:
    """A reranker over an encoder; a pair is read once for all weights."""

    def __init__(self, cross: CrossEncoder, embedded: Embedded) -> None:
        self._cross, self._embedded = cross, embedded
        self._known: dict[tuple[str, str], tuple[list[int], Vectors, Vectors]] = {}

    def order(self, weight: float, text: str, source: Source) -> list[int]:
        """The first `DEPTH` by logit and cosine, then the others as they were."""
        if (source.id, text) not in self._known:
            order = order_of(self._embedded, text, source)
            passages = [source.children[index].head + source.children[index].text for index in order[:DEPTH]]
            vectors = self._embedded.children(source.id)[order[:DEPTH]]
            near = vectors @ self._embedded.encoder.embed([text], query=True)[0]
            self._known[source.id, text] = order, self._cross.score(text, passages), near
        order, scores, near = self._known[source.id, text]
        best = np.argsort(-(scores + weight * near), kind="stable")
        return [order[index] for index in best] + order[DEPTH:]


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
    parser.add_argument("--weights", nargs="+", type=float, default=[0.0])
    parser.add_argument("--no-everywhere", action="store_true")
    given = parser.parse_args()
    encoders = [Embedded(name, Encoder(Path(folder), 2), Path(made)) for name, folder, made in given.encoder]
    documents, known = sources(given.passages), kinds(Path(__file__).parent / "questions.toml")
    rows = {name: asked(given.data / name / "qa.jsonl", given.part, given.limit, known) for name in given.sets}
    orders: dict[str, Order] = {one.name: partial(order_of, one) for one in encoders}
    for name, folder in given.reranker:
        read = Reranked(CrossEncoder(Path(folder), 2), encoders[0])
        orders |= {f"{encoders[0].name}+{name}+{weight:g}cos": partial(read.order, weight) for weight in given.weights}
    for set_name, questions in rows.items():
        for name, order in orders.items():
            report(f"{set_name:<12} {name:<20}", questions, documents, order)
    for embedded in () if given.no_everywhere else encoders:
        all_over(embedded, rows, documents)


def report(label: str, questions: Sequence[Asked], documents: dict[str, Source], order: Order) -> None:
    """Print recall as asked and with unseen wordings."""
    for which, texts in (("asked", [q.text for q in questions]), ("unseen", [q.unseen for q in questions])):
        pairs = [(q, documents[q.document], text) for q, text in zip(questions, texts, strict=True) if text]
        orders = [order(text, source) for _, source, text in pairs]
        found = [own(q, source, ranked) for (q, source, _), ranked in zip(pairs, orders, strict=True)]
        first = [_touches(q, source, ranked[0]) for (q, source, _), ranked in zip(pairs, orders, strict=True)]
        if found:
            print(f"{label} {which:<7} {_figure(found)}   first {np.mean(first):.4f}   {len(found)}", flush=True)


def _touches(question: Asked, source: Source, index: int) -> bool:
    place = (source.id, source.children[index].start, source.children[index].end)
    return bool(common(question.gold, [place]))


def all_over(embedded: Embedded, rows: dict[str, list[Asked]], documents: dict[str, Source]) -> None:
    """Print recall over the documents of all sets together."""
    names = sorted({one.document for questions in rows.values() for one in questions})
    places = [(name, child.start, child.end) for name in names for child in documents[name].children]
    vectors = np.concatenate([embedded.children(name) for name in names])
    for set_name, questions in rows.items():
        wanted = embedded.encoder.embed([one.scoped for one in questions], query=True)
        found = [
            recall(one.gold, [places[index] for index in np.argsort(-(vectors @ vector))[:200]])
            for one, vector in zip(questions, wanted, strict=True)
        ]
        print(f"{embedded.name:<18} {set_name:<12} everywhere {_figure(found)}   {len(names)} documents", flush=True)


def _figure(values: Sequence[float]) -> str:
    """The mean and twice its standard error."""
    return f"{np.mean(values):.4f} ± {2 * float(np.std(values)) / max(len(values), 1) ** 0.5:.4f}"


if __name__ == "__main__":
    main()
