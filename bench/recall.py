"""Which part of the gold answers retrieval brings back within 4,000 characters, by the pipeline that users ask.

    python -m bench.recall DATA --matter FOLDER [--sets cuad contractnli] [--parts development] [--documents 24]
                           [--questions 150] [--scope open named understood none] [--encoder FOLDER] [--cache FILE]

DATA holds folders with ``docs/*.txt`` and ``qa.jsonl`` (offsets into the texts). The documents are cut as ingestion
cuts them and written into a matter in FOLDER, once; vectors are kept in the cache, so that a repetition takes seconds.
The figures: recall and precision in characters of the gold spans within the budget of eight 500-character chunks,
the share of questions of which anything was found, and of those whose first place is in the right document. `open`
searches the right document alone, `named` knows which it is and searches everywhere, `understood` reads it out of the
question that names it, `none` takes that question as it is. With `--reranker FOLDER` the first 30 are reranked.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from llama_index.core.schema import TextNode
from numpy.typing import NDArray

from legalqa import models, settings
from legalqa.answer.rerank import Reranker
from legalqa.answer.retrieve import Found, retrieve
from legalqa.evaluate.split import Part, part_of
from legalqa.index.catalog import Catalog, FileFact
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.index.likeness import Likeness
from legalqa.index.shard import Shard
from legalqa.index.store import ShardStore
from legalqa.index.vectors import embedded_text
from legalqa.index.writer import Writer
from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.understanding import Understanding
from legalqa.values.answer import Condition
from legalqa.values.document import Document
from legalqa.values.question import Scope, Understood

BUDGET = 4_000  # characters
SETS = ("cuad", "contractnli", "maud", "privacy_qa")
PARTS: tuple[Part, ...] = ("train", "development", "test")
_SPACE = uuid.UUID("2c8a3f5e-0000-4000-8000-000000000004")

Vectors = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True)
class Question:
    """A question, what is left of it when its document is known, and the spans of its gold answers."""

    document: str
    text: str
    scoped: str
    core: str
    gold: tuple[Span, ...]


def questions(folder: Path, documents: int, count: int, parts: Sequence[Part] = PARTS) -> list[Question]:
    """The same ones every time: of `documents` documents of the parts, those whose answers stand in their text once."""
    rows: dict[str, list[Question]] = {}
    with (folder / "qa.jsonl").open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            answers = row.get("answers", ())
            unique = answers and all(answer.get("occurrences", 1) == 1 for answer in answers)
            if unique and part_of(row["doc_id"]) in parts:
                gold = tuple((answer["start"], answer["end"]) for answer in answers)
                text = row["question"]
                core = text.partition("; ")[2] if text.startswith("Consider ") else text
                rows.setdefault(row["doc_id"], []).append(
                    Question(row["doc_id"], text, row.get("scoped_question", text), core or text, gold)
                )
    chosen = random.Random(1)
    some = chosen.sample(sorted(rows), min(documents, len(rows)))
    asked = [question for name in some for question in rows[name]]
    return asked if len(asked) <= count else chosen.sample(asked, count)


def id_of(name: str) -> str:
    """The id of a document of the data."""
    return str(uuid.uuid5(_SPACE, name))


def document_of(file: Path) -> Document:
    """A text as the reader makes it."""
    with file.open(encoding="utf-8", newline="") as source:
        text = source.read()
    id = id_of(file.stem)
    made = structured(Outline(id, file.name, "txt", text, ((0, len(text)),)))
    return Document(
        id=id, path=file.name, sha256=hashlib.sha256(file.stem.encode()).hexdigest(), kind="txt", title=made.title,
        type=made.type, date=made.date, parties=made.parties, paged=False, text=text, pages=(), sections=made.sections,
        chunks=made.chunks, regions=made.regions, definitions=made.definitions, metadata=made.metadata,
    )  # fmt: skip


class Embeddings:
    """An encoder that asks for no text twice, in this run or the next."""

    def __init__(self, encoder: Encoder, cache: Path | None) -> None:
        self._encoder, self._cache = encoder, cache
        self._known: dict[str, Vectors] = {}
        self._stored = 0
        if cache and cache.exists():
            with np.load(cache) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
            self._stored = len(self._known)

    def of(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        keys = [hashlib.sha256(f"{query:d}{text}".encode("utf-8", "replace")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            made = self._encoder.embed(list(new.values()), query=query)
            self._known.update(zip(new, np.asarray(made, np.float32), strict=True))
        return np.stack([self._known[key] for key in keys])

    def keep(self) -> None:
        if self._cache and len(self._known) > self._stored:
            np.savez(self._cache, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
            self._stored = len(self._known)


class Corpus:
    """A matter of the data's documents, with the parts that retrieval is made of."""

    def __init__(self, folder: Path, embeddings: Embeddings, size: int, reranker: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.embeddings = folder, embeddings
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.shard = Shard(folder / "index", size, free_space_mb=1)
        self.store = ShardStore(self.shard, self.catalog)
        embed = functools.partial(embeddings.of, query=True)
        self.reranker = _reranker(reranker, self.shard, embed) if reranker else None
        self.understanding = Understanding(self.catalog, dict)

    def hold(self, files: Sequence[Path]) -> None:
        """Write what the matter does not hold yet, and make the index as fast as it gets."""
        held = set(self.catalog.documents())
        new = [file for file in files if id_of(file.stem) not in held]
        if not new:
            return
        with Writer(self._folder, self.catalog, self.shard, self.embeddings.of, ingest_version="bench") as writer:
            for number, file in enumerate(new, 1):
                document = document_of(file)
                writer.add(document, FileFact(file.name, document.sha256, len(document.text), 1))
                print(f"\r{number} of {len(new)} documents", end="", flush=True)
        print()
        self.shard.optimize()
        self.embeddings.keep()

    def ask(self, question: Understood, conditions: Sequence[Condition] = (), k: int = 20) -> list[Found]:
        """What retrieval finds; enough places to fill the budget."""
        return retrieve(
            question,
            store=self.store,
            embed=functools.partial(self.embeddings.of, query=True),
            children=self.catalog.children,
            conditions=conditions,
            reranker=self.reranker,
            k=k,
        )

    def close(self) -> None:
        """Close catalog and index."""
        self.shard.close()
        self.catalog.close()


def _reranker(folder: Path, shard: Shard, embed: Callable[[Sequence[str]], Vectors]) -> Reranker:
    def wording(nodes: Sequence[TextNode]) -> list[str]:
        return [embedded_text(one.metadata["title"], one.metadata["section"], one.text) for one in nodes]

    cross = CrossEncoder(folder, 2)
    return Reranker(cross.score, wording, near=Likeness(shard, embed, cross.cosine))


def _open(corpus: Corpus, question: Question) -> list[Found]:
    understood = Understood(question.core, question.core)
    return corpus.ask(understood, [Condition("document", "=", id_of(question.document))])


def _named(corpus: Corpus, question: Question) -> list[Found]:
    scope = Scope(id_of(question.document), 1.0)
    return corpus.ask(Understood(question.scoped, question.core, scopes=(scope,)))


def _unscoped(corpus: Corpus, question: Question) -> list[Found]:
    return corpus.ask(Understood(question.scoped, question.scoped))


def _understood(corpus: Corpus, question: Question) -> list[Found]:
    return corpus.ask(corpus.understanding.of(question.scoped))


SCOPES: dict[str, Callable[[Corpus, Question], list[Found]]] = {
    "open": _open,
    "named": _named,
    "understood": _understood,
    "none": _unscoped,
}


def within(found: Sequence[Found], budget: int = BUDGET) -> Iterator[tuple[str, int, int]]:
    """The places as far as the budget goes, the last one cut."""
    for place in found:
        end = min(place.end, place.start + budget)
        yield place.document_id, place.start, end
        budget -= end - place.start
        if budget <= 0:
            return


def figures(question: Question, found: Sequence[Found]) -> tuple[float, float, float, float]:
    """Recall, precision, hit, document first; places of one document are taken not to overlap."""
    own, shown, covered = id_of(question.document), 0, 0
    gold = _joined(question.gold)
    for document, start, end in within(found):
        shown += end - start
        if document == own:
            covered += sum(max(0, min(end, high) - max(start, low)) for low, high in gold)
    whole = sum(high - low for low, high in gold)
    first = bool(found) and found[0].document_id == own
    return covered / max(whole, 1), covered / max(shown, 1), float(covered > 0), float(first)


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--matter", type=Path, required=True, help="made if it is not there")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--parts", nargs="+", default=["development"], choices=PARTS)
    parser.add_argument("--documents", type=int, default=1_000, help="of each set")
    parser.add_argument("--questions", type=int, default=10_000, help="of each set")
    parser.add_argument("--scope", nargs="+", default=["open", "named"], choices=list(SCOPES))
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--reranker", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    folder = given.encoder or models.locate(settings.load().home, settings.load().embedding_model).folder
    encoder = Encoder(folder, 2)
    corpus = Corpus(given.matter, Embeddings(encoder, given.cache), encoder.size, given.reranker)
    try:
        asked = {
            name: questions(given.data / name, given.documents, given.questions, given.parts) for name in given.sets
        }
        corpus.hold([given.data / name / "docs" / f"{id}.txt" for name in asked for id in _documents(asked[name])])
        for scope in given.scope:
            _print(scope, asked, {name: _asked(corpus, scope, some) for name, some in asked.items()})
        corpus.embeddings.keep()
    finally:
        corpus.close()


def _documents(asked: Sequence[Question]) -> list[str]:
    return sorted({question.document for question in asked})


def _asked(corpus: Corpus, scope: str, asked: Sequence[Question]) -> NDArray[np.float64]:
    return np.array([figures(question, SCOPES[scope](corpus, question)) for question in asked]).reshape(-1, 4)


def _print(scope: str, asked: dict[str, list[Question]], rows: dict[str, NDArray[np.float64]]) -> None:
    rows = rows | {"all": np.concatenate(list(rows.values()))}
    print(f"{scope}: {BUDGET:,} characters, {sum(map(len, asked.values()))} questions")
    for name, found in rows.items():
        if not len(found):
            continue
        error, means = 2 * float(found[:, 0].std()) / len(found) ** 0.5, found.mean(axis=0)
        print(
            f"  {name:<12} {len(found):>5} recall {means[0]:.4f} ± {error:.4f}  precision {means[1]:.4f}"
            f"  hit {means[2]:.4f}  document@1 {means[3]:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
