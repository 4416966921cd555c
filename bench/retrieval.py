"""Retrieval from text to passages in a large matter: latency with and without a filter, time to open, memory.

    python -m bench.retrieval --points 50000 200000 [--data DIR] [--keep FOLDER] [--peer] [--encoder FOLDER]

The matter is made of the distractors' agreements (or any folder of .txt files), repeated with changed numbers until
there is enough, 100 chunks of 500 characters a document. Vectors are hashed random projections of the words: latency
does not depend on which; every question is run through the real encoder as well, so that its time counts. Measured
through `retrieve` over catalog and shard, so with the shard's process, its pipe and LlamaIndex, after `optimize` as
at the end of an indexing run: unscoped, with one document in scope, and under a filter of which one in twelve points
is left. `--peer` asks qdrant-client's local mode the same under the same protocol, at the smallest number of points
only, since it is slow. `--keep` keeps matters for the next run.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import re
import tempfile
import time
import uuid
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legalqa import models, settings
from legalqa.answer.where import parse
from legalqa.index import space
from legalqa.index.catalog import Catalog, FileFact
from legalqa.index.encoder import Encoder
from legalqa.index.shard import Shard
from legalqa.index.store import ShardStore
from legalqa.index.vectors import VectorIndex, points_of, texts_of
from legalqa.index.writer import Writer
from legalqa.library import SCHEMA
from legalqa.matter import Matter as OpenMatter
from legalqa.values.answer import Condition
from legalqa.values.document import Chunk, Document, Page
from legalqa.values.matter import MatterInfo
from legalqa.values.question import Scope, Understood

SIZE = 384
WINDOW, CHILDREN, CHUNKS = 500, 4, 100  # characters of a child, children of a parent, children of a document
FILTER = parse("type=lease date>=2015 party=acme")
_SPACE = uuid.UUID(int=0)

Vectors = NDArray[np.float32]
_DIRECTIONS: dict[str, Vectors] = {}


def hashed(texts: Sequence[str]) -> Vectors:
    """Each word is a fixed random direction, a text their normalised sum."""
    vectors = np.zeros((len(texts), SIZE), np.float32)
    for row, text in enumerate(texts):
        words = text.lower().split()
        for word in words:
            if word not in _DIRECTIONS:
                if len(_DIRECTIONS) > 200_000:
                    _DIRECTIONS.clear()
                random = np.random.default_rng(zlib.crc32(word.encode()))
                _DIRECTIONS[word] = random.standard_normal(SIZE, dtype=np.float32)
        if words:
            vectors[row] = np.sum([_DIRECTIONS[word] for word in words], axis=0)
        vectors[row, 0] += 1e-6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def documents(data: Path, points: int) -> Iterator[Document]:
    """Documents with `points` children in all: the files again and again, their digits turned a little further."""
    files = sorted(data.rglob("*.txt"))
    made = 0
    for turn in itertools.count():
        digits = str.maketrans("0123456789", "".join(str((digit + turn) % 10) for digit in range(10)))
        for file in files:
            text = file.read_text("utf-8", "replace").translate(digits)
            text = re.sub(r"\bAgreement\b", f"Agreement {turn}", text) if turn else text
            for at in range(0, len(text) - WINDOW, WINDOW * CHUNKS):
                count = min(CHUNKS, points - made, (len(text) - at) // WINDOW)
                if count > 0:
                    yield _document(made, f"{file.stem}-{turn}-{at}", text[at : at + count * WINDOW])
                    made += count
                if made >= points:
                    return


def _document(number: int, name: str, text: str) -> Document:
    id = str(uuid.uuid5(_SPACE, name))
    chunks = []
    for start in range(0, len(text), WINDOW * CHILDREN):
        end = min(start + WINDOW * CHILDREN, len(text))
        parent = Chunk(str(uuid.uuid5(_SPACE, f"{id}{start}p")), start, end, None, ())
        chunks.append(parent)
        chunks += [
            Chunk(str(uuid.uuid5(_SPACE, f"{id}{at}")), at, min(at + WINDOW, end), parent.id, ())
            for at in range(start, end, WINDOW)
        ]
    kind = number // CHUNKS
    return Document(
        *(id, f"{name}.txt", id, "txt", name, ("lease", "nda", "letter")[kind % 3], f"{2010 + kind % 10}-03-01"),
        parties=(("Acme Corp.", "Harbor Point LLC")[kind % 2], "Delmar Foods Inc."),
        paged=False,
        text=text,
        pages=(Page(1, "1", "text", 0, len(text), 612.0, 792.0),),
        sections=(),
        chunks=tuple(chunks),
    )


class Matter:
    """Catalog and shard of so many points, made in a folder unless they are there."""

    def __init__(self, folder: Path, data: Path, points: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.catalog, self.shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", SIZE, free_space_mb=1)
        self.store = ShardStore(self.shard, self.catalog)
        if not self.catalog.documents():
            began = time.perf_counter()
            with Writer(folder, self.catalog, self.shard, hashed, ingest_version="bench", batch=5_000) as writer:
                for document in documents(data, points):
                    writer.add(document, FileFact(document.path, document.sha256, len(document.text), 1))
            written = time.perf_counter()
            self.shard.optimize()
            print(f"{points:,} points: written in {written - began:.0f} s,", end=" ")
            print(f"optimized in {time.perf_counter() - written:.0f} s", flush=True)
        self.folder = folder

    def close(self) -> None:
        """Close catalog and shard."""
        self.shard.close()
        self.catalog.close()


def questions(matter: Matter, count: int) -> list[tuple[str, str]]:
    """Twelve words out of chunks drawn from all over the matter, each with its document."""
    random = np.random.default_rng(1)
    ids = matter.catalog.documents()
    asked = []
    for id in random.choice(ids, count):
        text = matter.catalog.text(str(id))
        start = int(random.integers(0, max(len(text) - WINDOW, 1)))
        asked.append((" ".join(text[start : start + WINDOW].split()[2:14]), str(id)))
    return asked


def latencies(ask: Callable[[str, str], object], asked: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """p50 and p95 of wall time and the mean of this process's own time, in milliseconds, after one tenth unmeasured."""
    for text, id in asked[: len(asked) // 10]:
        ask(text, id)
    times, busy = [], time.process_time()
    for text, id in asked:
        began = time.perf_counter()
        found = ask(text, id)
        times.append((time.perf_counter() - began) * 1000)
        assert found
    busy = (time.process_time() - busy) * 1000 / len(asked)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95)), busy


def measure(folder: Path, data: Path, points: int, count: int, encoder: Encoder) -> None:
    """Make a matter, close it, open it again, ask it; print."""
    from legalqa.answer.retrieve import retrieve

    Matter(folder, data, points).close()
    began = time.perf_counter()
    matter = Matter(folder, data, points)
    matter.shard.search(hashed(["term"])[0], "term", (), 1)
    opened = time.perf_counter() - began
    space.read_ahead(folder)  # as the product does while it is warmed
    asked = questions(matter, count)

    def embed(texts: Sequence[str]) -> Vectors:
        encoder.embed(texts, query=True)
        return hashed(texts)

    def ask(understood: Understood, where: str = "") -> object:
        conditions = FILTER if where else ()
        children = matter.catalog.children
        return retrieve(understood, store=matter.store, embed=embed, children=children, conditions=conditions, k=8)

    ways: dict[str, Callable[[str, str], object]] = {
        "unscoped": lambda text, _id: ask(Understood(text, text)),
        "scoped": lambda text, id: ask(Understood(f"In it, {text}", text, scopes=(Scope(id, 1.0),))),
        "filtered": lambda text, _id: ask(Understood(text, text), "where"),
        "shard alone": lambda text, _id: matter.shard.search(hashed([text])[0], text, (), 32),
        "encoder alone": lambda text, _id: encoder.embed([text], query=True).tolist(),
    }
    print(f"{points:,} points: open {opened:.2f} s")
    for name, way in ways.items():
        _measure(name, way, asked)
    print(f"  memory: shard {_memory(matter.shard.pid):,} MiB", flush=True)
    matter.close()
    search(folder, asked)


def search(folder: Path, asked: Sequence[tuple[str, str]]) -> None:
    """All that `legalqa search` does, up to passages with their pins and boxes: without and with reranking of 30."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    info = MatterInfo(str(uuid.uuid4()), folder.name, folder.name, "", made, SCHEMA, str(folder))
    for reranker in ("", "auto"):
        chosen = settings.load().model_copy(update={"reranker_model": reranker})
        with OpenMatter(info, chosen) as matter:
            _measure("reranked" if reranker else "passages", functools.partial(_hits, matter), asked)


def _hits(matter: OpenMatter, text: str, _id: str) -> object:
    return matter.search(text, k=8).hits


def _measure(name: str, way: Callable[[str, str], object], asked: Sequence[tuple[str, str]]) -> None:
    middle, high, busy = latencies(way, asked)
    print(f"  {name:<14} p50 {middle:7.1f} ms  p95 {high:7.1f} ms  own processor time {busy:6.1f} ms", flush=True)


def peer(data: Path, points: int, count: int) -> None:
    """The same points and questions in qdrant-client's local mode."""
    with tempfile.TemporaryDirectory() as folder:
        local = _local(Path(folder))
        began = time.perf_counter()
        texts = []
        for document in documents(data, points):
            made = hashed(texts_of(document)).astype(np.float16)
            local.upsert(list(points_of(document, made, (document.path,))))
            texts.append(" ".join(document.text[:WINDOW].split()[2:14]))
        rate = points / (time.perf_counter() - began)
        local.close()
        began = time.perf_counter()
        local = _local(Path(folder))
        local.search(hashed(["term"])[0], "term", (), 1)
        opened = time.perf_counter() - began
        print(f"{points:,} points, qdrant-client local mode: {rate:.0f} points/s, open {opened:.1f} s")
        asked = [(text, "") for text in texts[:count]]
        for name, where in (("hybrid", ()), ("filtered", FILTER)):

            def search(text: str, _id: str, where: Sequence[Condition] = where) -> object:
                return local.search(hashed([text])[0], text, where, 32)

            middle, high, _ = latencies(search, asked)
            print(f"  {name:<14} p50 {middle:7.1f} ms  p95 {high:7.1f} ms", flush=True)
        print(f"  memory: {_memory(None):,} MiB", flush=True)
        local.close()


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--points", type=int, nargs="+", default=[10_000])
    data = Path(__file__).resolve().parents[2] / "shared" / "data" / "distractors"
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--keep", type=Path, help="folder for the matters")
    parser.add_argument("--encoder", type=Path, help="folder of a converted encoder")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args()
    folder = given.encoder or models.locate(settings.load().home, "all-minilm-l6-v2").folder
    encoder = Encoder(folder, 2)
    with tempfile.TemporaryDirectory() as scratch:
        for number in sorted(given.points):
            measure((given.keep or Path(scratch)) / str(number), given.data, number, given.questions, encoder)
    if given.peer:
        peer(given.data, min(given.points), 20)


def _local(folder: Path) -> VectorIndex:
    from qdrant_client import QdrantClient

    from legalqa.index.server import Server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says itself that it is not meant for so many points
        return Server(QdrantClient(path=str(folder)), "matter", SIZE)


def _memory(pid: int | None) -> int:
    """Resident memory of a process (None: this one), in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{pid or 'self'}/status")
    rows = status.read_text().splitlines() if status.exists() else []
    return next((int(row.split()[1]) >> 10 for row in rows if row.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
