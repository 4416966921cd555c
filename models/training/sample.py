"""The sample matter as a check from another world: whether models trained on contracts still find what they found.

    python -m models.training.sample CATALOG QA --encoder NAME FOLDER [--encoder ...] [--reranker NAME FOLDER]
                                     [--weights 0 15]

CATALOG is that of the indexed sample matter (``catalog.sqlite``), QA its ``qa.jsonl``. Recall is the share of the gold
quotes' characters within 4,000 characters of the best children of all documents; a reranker orders the first 30.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from legalqa.evaluate.metrics import Place
from legalqa.index.catalog import Catalog
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.index.vectors import searchable, texts_of
from legalqa.values.document import Document
from models.training.measure import DEPTH, recall


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalog", type=Path)
    parser.add_argument("qa", type=Path)
    parser.add_argument("--encoder", nargs=2, action="append", required=True)
    parser.add_argument("--reranker", nargs=2, action="append", default=[])
    parser.add_argument("--weights", nargs="+", type=float, default=[0.0], help="of the cosine beside the logit")
    given = parser.parse_args()
    catalog = Catalog(given.catalog)
    documents = [catalog.document(one, words=False) for one in catalog.documents()]
    questions = list(_questions(given.qa, documents))
    places = [(document.id, c.start, c.end) for document in documents for c in searchable(document)]
    texts = [text for document in documents for text in texts_of(document)]
    print(f"{len(questions)} questions, {len(documents)} documents, {len(texts)} children")
    for name, folder in given.encoder:
        encoder = Encoder(Path(folder), 2)
        near = encoder.embed([text for text, _ in questions], query=True) @ encoder.embed(texts).T
        order = [[int(index) for index in np.argsort(-row)] for row in near]
        _print(name, questions, order, places)
        for other, place in given.reranker:
            cross = CrossEncoder(Path(place), 2)
            scores = [
                cross.score(text, [texts[index] for index in row[:DEPTH]])
                for (text, _), row in zip(questions, order, strict=True)
            ]
            for weight in given.weights:
                again = [
                    [row[index] for index in np.argsort(-(said + weight * by[row[:DEPTH]]), kind="stable")]
                    + row[DEPTH:]
                    for row, said, by in zip(order, scores, near, strict=True)
                ]
                _print(f"{name}+{other}+{weight:g}cos", questions, again, places)


def _print(
    name: str, questions: list[tuple[str, tuple[Place, ...]]], orders: list[list[int]], places: list[Place]
) -> None:
    found = [
        recall(gold, (places[index] for index in order)) for (_, gold), order in zip(questions, orders, strict=True)
    ]
    print(f"{name:<20} {np.mean(found):.4f} ± {2 * np.std(found) / len(found) ** 0.5:.4f}", flush=True)


def _questions(file: Path, documents: list[Document]) -> Iterator[tuple[str, tuple[Place, ...]]]:
    """Those whose quotes all stand in their documents as extracted."""
    by_name = {Path(document.path).name: document for document in documents}
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        gold: list[Place] = []
        for answer in row["answers"]:
            document = by_name[answer["document"]]
            words = r"\s+".join(map(re.escape, answer["quote"].split()))
            gold += [(document.id, one.start(), one.end()) for one in [re.search(words, document.text)] if one]
        if gold and len(gold) == len(row["answers"]):
            yield row["question"], tuple(gold)


if __name__ == "__main__":
    main()
