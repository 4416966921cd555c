"""Very long documents: what descending by headings and looking definitions up bring, and what summaries cost.

    python -m bench.long DATA --matter FOLDER [--sets maud] [--parts development] [--documents 25] [--questions 300]
                         [--encoder FOLDER] [--cache FILE]

The matter and the figures are those of `bench.recall`, the document open. Recall is the share of the gold characters
within 4,000 characters; after it the difference to the first line with twice its standard error. The cost is processor
time of `summarized` for all documents of the matter, beside the number of their children.
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.recall import BUDGET, PARTS, Corpus, Embeddings, Question, figures, id_of, questions
from legalqa import models, settings
from legalqa.answer.retrieve import Found, retrieve
from legalqa.index.encoder import Encoder
from legalqa.index.summaries import summarized
from legalqa.pointing import Pointing
from legalqa.values.answer import Condition
from legalqa.values.question import Scope, Understood

VARIANTS = {"as it is": (False, False), "definitions": (True, False), "and headings": (True, True)}


def found(corpus: Corpus, question: Question, definitions: bool, headings: bool) -> list[Found]:
    """What retrieval finds in the question's own document."""
    asked = Understood(question.core, question.core, scopes=(Scope(id_of(question.document), 1.0),))
    conditions = [Condition("document", "=", id_of(question.document))]
    pointing = Pointing(corpus.catalog, lambda document, *_: document.id == id_of(question.document), asked, conditions)
    return retrieve(
        asked,
        store=corpus.store,
        embed=functools.partial(corpus.embeddings.of, query=True),
        children=corpus.catalog.children,
        conditions=conditions,
        named=pointing.named() if definitions else (),
        outlines=corpus.catalog.outline if headings else None,
        k=20,
    )


def measure(corpus: Corpus, asked: Sequence[Question]) -> None:
    """Print a line for each variant."""
    first = None
    for name, (definitions, headings) in VARIANTS.items():
        rows = np.array([figures(question, found(corpus, question, definitions, headings))[0] for question in asked])
        first = rows if first is None else first
        apart = rows - first
        error = 2 * float(apart.std()) / len(rows) ** 0.5
        print(f"  {name:<14} recall {rows.mean():.4f}   {apart.mean():+.4f} ± {error:.4f}", flush=True)


def cost(corpus: Corpus) -> None:
    """Print what the summaries of all documents take."""
    spent, children = 0.0, 0
    for id in corpus.catalog.documents():
        document, embeddings = corpus.catalog.with_embeddings(id)
        began = time.process_time()
        summarized(document, embeddings)
        spent += time.process_time() - began
        children += len(embeddings)
    print(f"summaries: {1000 * spent / max(children, 1):.3f} ms of processor time a child, {children} children")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--matter", type=Path, required=True, help="made if it is not there")
    parser.add_argument("--sets", nargs="+", default=["maud"])
    parser.add_argument("--parts", nargs="+", default=["development"], choices=PARTS)
    parser.add_argument("--documents", type=int, default=25, help="of each set")
    parser.add_argument("--questions", type=int, default=300, help="of each set")
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    ready = settings.load()
    encoder = Encoder(given.encoder or models.locate(ready.home, ready.embedding_model).folder, 2)
    corpus = Corpus(given.matter, Embeddings(encoder, given.cache), encoder.size)
    try:
        for name in given.sets:
            asked = questions(given.data / name, given.documents, given.questions, given.parts)
            corpus.hold([given.data / name / "docs" / f"{id}.txt" for id in sorted({one.document for one in asked})])
            print(f"{name}: {BUDGET:,} characters, {len(asked)} questions")
            measure(corpus, asked)
        cost(corpus)
        corpus.embeddings.keep()
    finally:
        corpus.close()


if __name__ == "__main__":
    main()
