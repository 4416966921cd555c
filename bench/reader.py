"""Whether the chosen sentence is a gold one, and whether unanswerable questions are refused, with a document open.

    python -m bench.reader DATA --matter FOLDER [--parts development] [--questions 200] [--reader FOLDER] [--cache FILE]

CUAD questions of documents outside the training part, half of them without an answer. The passages are those that
retrieval finds in the document; `evidence.choose` (a linear model over the encoder) and `reader.choose` (with the
trained reader beside it) are asked in the same run. For each: the share of answerable questions of which the best unit,
or one of those quoted, overlaps a gold span; the AUROC of its probability at telling answerable from unanswerable; what
is answered rightly and refused rightly at each threshold. The weights in `answer/reader.py` were fitted on the
development part.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.recall import PARTS, Corpus, Embeddings, id_of
from legalqa import models, settings
from legalqa.answer import evidence, reader
from legalqa.answer.evidence import Choice
from legalqa.evaluate.split import Part, part_of
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.values.answer import Condition, Passage
from legalqa.values.question import Understood

THRESHOLDS = (0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)


@dataclass(frozen=True)
class Asked:
    """A question and the spans of its gold answers, none for one without an answer."""

    document: str
    text: str
    gold: tuple[tuple[int, int], ...]


def questions(folder: Path, parts: Sequence[Part], count: int) -> list[Asked]:
    """The same ones every time, half of them without an answer."""
    kinds: dict[bool, list[Asked]] = {True: [], False: []}
    with (folder / "qa.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if part_of(row["doc_id"]) in parts and all(one["occurrences"] == 1 for one in row["answers"]):
                gold = tuple((one["start"], one["end"]) for one in row["answers"])
                kinds[row["has_answer"]].append(Asked(row["doc_id"], row["question"], gold))
    chosen = random.Random(7)
    return [one for asked in kinds.values() for one in chosen.sample(asked, min(count // 2, len(asked)))]


def passages_of(corpus: Corpus, asked: Asked, count: int) -> list[Passage]:
    """What the answer engine is shown of the open document."""
    found = corpus.ask(Understood(asked.text, asked.text), [Condition("document", "=", id_of(asked.document))], count)
    passages = []
    for key, place in enumerate(found[:count], 1):
        document = corpus.catalog.document(place.document_id, words=False)
        text = document.text[place.start : place.end]
        regions, section = document.regions_of(place.start, place.end), document.section_of(place.start)
        passages.append(
            Passage(key, document.path, document.id, document.path, section, (), (), place.start, place.end,
                    place.score, text, regions=regions)
        )  # fmt: skip
    return passages


def report(name: str, asked: Sequence[Asked], chosen: Sequence[Choice]) -> None:
    """Print the figures of one chooser."""
    hit = np.array([_hits(one, choice, 1) for one, choice in zip(asked, chosen, strict=True)])
    quoted = np.array([_hits(one, choice, 3) for one, choice in zip(asked, chosen, strict=True)])
    sure = np.array([choice.probability if choice.evidence else 0.0 for choice in chosen])
    answerable = np.array([bool(one.gold) for one in asked])
    pairs = sure[answerable][:, None] - sure[~answerable][None, :]
    auroc = float((pairs > 0).mean() + (pairs == 0).mean() / 2)
    print(
        f"{name}: best unit gold {hit[answerable].mean():.3f}, one quoted {quoted[answerable].mean():.3f},"
        f" AUROC {auroc:.3f}"
    )
    for threshold in THRESHOLDS:
        said = sure >= threshold
        print(
            f"  {threshold:.2f}  answered {said[answerable].mean():.3f}, with a gold unit"
            f" {(said & quoted)[answerable].mean():.3f}; refused {(~said[~answerable]).mean():.3f} of the unanswerable"
        )


def _hits(asked: Asked, choice: Choice, most: int) -> bool:
    return any(start < one.end and one.start < end for one in choice.evidence[:most] for start, end in asked.gold)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--matter", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", default=["development"], choices=PARTS)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--passages", type=int, default=8)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    home = settings.load().home
    encoder = Encoder(given.encoder or models.locate(home, settings.load().embedding_model).folder, 2)
    trained = CrossEncoder(given.reader or models.locate(home, "legalqa-reranker").folder, 2)
    embeddings = Embeddings(encoder, given.cache)
    corpus = Corpus(given.matter, embeddings, encoder.size)
    asked = questions(given.data / "cuad", given.parts, given.questions)
    corpus.hold([given.data / "cuad" / "docs" / f"{name}.txt" for name in dict.fromkeys(a.document for a in asked)])
    shown = [passages_of(corpus, one, given.passages) for one in asked]
    embeddings.keep()
    choosers: dict[str, Callable[[str, Sequence[Passage]], Choice]] = {
        "evidence": functools.partial(evidence.choose, embed=encoder.embed),
        "reader": functools.partial(reader.choose, embed=encoder.embed, read=trained.read),
    }
    for name, choose in choosers.items():
        report(name, asked, [choose(one.text, passages) for one, passages in zip(asked, shown, strict=True)])
    corpus.close()


if __name__ == "__main__":
    main()
