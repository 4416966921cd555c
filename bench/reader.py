"""Whether the quoted sentence is a gold one, and whether unanswerable questions are refused, with a document open.

    python -m bench.reader DATA --matter FOLDER [--parts test] [--questions 400] [--seed 7] [--reader FOLDER]
                           [--reranker FOLDER] [--cache FILE] [--sentences FILE]

CUAD questions of documents outside the training part, half of them without an answer. The passages are those that
retrieval finds in the document and the reranker orders, as many as an answer is made of; `evidence.choose` (a linear
model over the encoder) and `reader.choose` (with the trained reader beside it) are asked in the same run. For each: the
share of answerable questions of which the best unit, or one of those quoted, overlaps a gold span; the AUROC of its
probability at telling answerable from unanswerable; what is answered and refused as the product decides, and at each
threshold; processor time of a question beyond retrieval. `--sentences` writes what is quoted, to be read by a person.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.recall import PARTS, Corpus, Embeddings, id_of
from legalqa import models, settings
from legalqa.answer import evidence, reader
from legalqa.answer.evidence import Choice
from legalqa.answer.retrieve import retrieve
from legalqa.evaluate.split import Part, part_of
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.models.catalogue import load_catalogue
from legalqa.values.answer import Condition, Passage
from legalqa.values.question import Understood

THRESHOLDS = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
Choose = Callable[[str, Sequence[Passage]], Choice]


@dataclass(frozen=True)
class Asked:
    """A question and the spans of its gold answers, none for one without an answer."""

    document: str
    text: str
    gold: tuple[tuple[int, int], ...]


def questions(folder: Path, parts: Sequence[Part], count: int, seed: int = 7) -> list[Asked]:
    """The same ones every time for a seed, half of them without an answer where the set has such."""
    kinds: dict[bool, list[Asked]] = {True: [], False: []}
    with (folder / "qa.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if part_of(row["doc_id"]) in parts and all(one.get("occurrences", 1) == 1 for one in row["answers"]):
                gold = tuple((one["start"], one["end"]) for one in row["answers"])
                text = row["question"]
                core = text.partition("; ")[2] if text.startswith("Consider ") else text
                kinds[bool(gold)].append(Asked(row["doc_id"], core or text, gold))
    chosen = random.Random(seed)
    return [one for asked in kinds.values() for one in chosen.sample(asked, min(count // 2, len(asked)))]


def hits(start: int, end: int, gold: Sequence[tuple[int, int]]) -> bool:
    """Whether a span overlaps a gold one."""
    return any(low < end and start < high for low, high in gold)


def auroc(chances: NDArray[np.float64], said: NDArray[np.bool_]) -> float:
    """How often one of `said` has the higher chance than one of the others."""
    apart = chances[said][:, None] - chances[~said][None, :]
    return float((apart > 0).mean() + (apart == 0).mean() / 2)


class Bench:
    """A matter of the data's documents with the models that answer. None for a folder: what is installed."""

    def __init__(
        self, matter: Path, encoder: Path | None, trained: Path | None, reranker: Path | None, cache: Path | None
    ) -> None:
        known = settings.load()
        ours = {one.role: one.id for one in load_catalogue().model if one.starter}
        self.encoder = Encoder(encoder or models.locate(known.home, known.embedding_model).folder, 2)
        self.trained = CrossEncoder(trained or models.locate(known.home, ours["reader"]).folder, 2)
        self._embeddings = Embeddings(self.encoder, cache)
        self._corpus = Corpus(
            matter, self._embeddings, self.encoder.size, reranker or models.locate(known.home, ours["reranker"]).folder
        )
        self._most = known.passages

    def hold(self, data: Path, asked: Mapping[str, Sequence[Asked]]) -> None:
        """Read the documents of some questions, by set."""
        names = {f"{name}/docs/{one.document}.txt": None for name, some in asked.items() for one in some}
        self._corpus.hold([data / name for name in names])

    def passages(self, asked: Asked) -> list[Passage]:
        """What the answer engine is shown of the open document."""
        corpus = self._corpus
        found = retrieve(
            Understood(asked.text, asked.text),
            store=corpus.store,
            embed=functools.partial(corpus.embeddings.of, query=True),
            children=corpus.catalog.children,
            conditions=[Condition("document", "=", id_of(asked.document))],
            reranker=corpus.reranker,
            outlines=corpus.catalog.outline,
            k=self._most,
        )
        passages = []
        for key, place in enumerate(found, 1):
            document = corpus.catalog.document(place.document_id, words=False)
            text = document.text[place.start : place.end]
            regions, section = document.regions_of(place.start, place.end), document.section_of(place.start)
            passages.append(
                Passage(key, document.path, document.id, document.path, section, (), (), place.start, place.end,
                        place.score, text, regions=regions)
            )  # fmt: skip
        return passages

    def choosers(self) -> dict[str, Choose]:
        """The ways to choose, by name."""
        return {
            "evidence": functools.partial(evidence.choose, embed=self.encoder.embed),
            "reader": functools.partial(reader.choose, embed=self.encoder.embed, read=self.trained.read),
        }

    def close(self) -> None:
        """Keep the vectors, and let the matter go."""
        self._embeddings.keep()
        self._corpus.close()


def report(name: str, asked: Sequence[Asked], chosen: Sequence[Choice], seconds: float) -> None:
    """Print the figures of one chooser."""
    hit = np.array([_hit(one, choice, 1) for one, choice in zip(asked, chosen, strict=True)])
    quoted = np.array([_hit(one, choice, len(choice.evidence)) for one, choice in zip(asked, chosen, strict=True)])
    sure = np.array([choice.probability if choice.evidence else 0.0 for choice in chosen])
    answerable = np.array([bool(one.gold) for one in asked])
    print(
        f"{name}: best unit gold {hit[answerable].mean():.3f}, one quoted {quoted[answerable].mean():.3f}, AUROC "
        f"{auroc(sure, answerable):.3f}, {1000 * seconds / len(asked):.0f} ms of processor time a question"
    )
    decided = ("as decided", np.array([choice.enough for choice in chosen]))
    for label, said in (decided, *((f"from {limit:.2f} on", sure >= limit) for limit in THRESHOLDS)):
        answered = [(one, choice) for one, choice, yes in zip(asked, chosen, said, strict=True) if yes and one.gold]
        told = [gold for one, choice in answered for gold in units(one, choice)]
        print(
            f"  {label:<12} answered {said[answerable].mean():.3f}, with a gold unit"
            f" {(said & quoted)[answerable].mean():.3f}, best one gold {(said & hit)[answerable].mean():.3f};"
            f" {np.mean(told):.3f} of the units quoted gold;"
            f" refused {(~said[~answerable]).mean():.3f} of the unanswerable"
        )


def units(asked: Asked, choice: Choice) -> list[bool]:
    """Of each unit quoted, whether it overlaps gold."""
    return [hits(one.start, one.end, asked.gold) for one in choice.evidence]


def _hit(asked: Asked, choice: Choice, most: int) -> bool:
    return any(units(asked, choice)[:most])


def write(file: Path, asked: Sequence[Asked], chosen: Sequence[Choice]) -> None:
    """What is quoted in answer to each question, as JSON lines."""
    with file.open("w", encoding="utf-8") as out:
        for one, choice in zip(asked, chosen, strict=True):
            row = {"document": one.document, "question": one.text, "answerable": bool(one.gold),
                   "answered": choice.enough, "probability": choice.probability, "gold": units(one, choice),
                   "quotes": [unit.text for unit in choice.evidence]}  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--matter", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", default=["development"], choices=PARTS)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--reranker", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--choosers", nargs="+", default=["evidence", "reader"], choices=["evidence", "reader"])
    given = parser.parse_args()
    bench = Bench(given.matter, given.encoder, given.reader, given.reranker, given.cache)
    asked = questions(given.data / "cuad", given.parts, given.questions, given.seed)
    bench.hold(given.data, {"cuad": asked})
    shown = [bench.passages(one) for one in asked]
    print(f"{len(asked)} questions of {len({one.document for one in asked})} documents")
    ways = bench.choosers()
    for name in given.choosers:
        choose = ways[name]
        began = time.process_time()
        chosen = [choose(one.text, passages) for one, passages in zip(asked, shown, strict=True)]
        report(name, asked, chosen, time.process_time() - began)
    if given.sentences:
        write(given.sentences, asked, chosen)
    bench.close()


if __name__ == "__main__":
    main()
