"""The vector index: upsert rate, time to open, latency of hybrid queries with and without a filter.

    python -m bench.retrieval --points 10000 100000 [--data DIR] [--encoder FOLDER]

Real text: windows of 500 characters over the development data's agreements (or any folder of .txt files). Vectors are
those of the encoder in FOLDER if one is given (100 texts a second), otherwise hashed random projections of the words:
latency does not depend on which. Measured through `Shard`, so with its process and pipe, beside qdrant-client's local
mode under the same protocol, at the smallest number of points only, since it is slow.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import uuid
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legalqa.answer.where import parse
from legalqa.index.shard import Shard
from legalqa.index.vectors import Point, VectorIndex

SIZE = 384
BATCH = 500
WINDOW = 500
FILTER = parse("type=lease date>=2015 party=acme")
_SPACE = uuid.UUID(int=0)

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Each word is a fixed random direction, a text their normalised sum."""
    directions: dict[str, NDArray[np.float32]] = {}
    vectors = np.zeros((len(texts), SIZE), np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().split():
            if word not in directions:
                random = np.random.default_rng(zlib.crc32(word.encode()))
                directions[word] = random.standard_normal(SIZE, dtype=np.float32)
            vectors[row] += directions[word]
        vectors[row, 0] += 1e-6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def windows(data: Path, count: int) -> list[str]:
    """`count` different texts: as many passes over the files as it takes, each a little further on."""
    texts = [file.read_text("utf-8", "replace") for file in sorted(data.rglob("*.txt"))]
    found: list[str] = []
    for shift in (0, 250, 125, 375, 60, 310, 185, 435):
        for text in texts:
            found += [text[at : at + WINDOW] for at in range(shift, len(text) - WINDOW, WINDOW)]
            if len(found) >= count:
                return found[:count]
    raise SystemExit(f"{data} holds text for {len(found)} points only")


def batches(texts: Sequence[str], embed: Embed) -> Iterator[list[Point]]:
    """Points with payloads of which the filter admits about one in twelve."""
    for begin in range(0, len(texts), BATCH):
        some = texts[begin : begin + BATCH]
        yield [
            Point(
                id=str(uuid.uuid5(_SPACE, str(number))),
                document_id=str(uuid.uuid5(_SPACE, f"document {number // 100}")),
                vector=vector.tobytes(),
                text=text,
                start=number * WINDOW,
                end=(number + 1) * WINDOW,
                names=(f"{number // 100}.txt",),
                type=("lease", "nda", "letter")[number // 100 % 3],
                date=f"{2010 + number // 100 % 10}-03-01",
                parties=(("Acme Corp.", "Harbor Point LLC")[number // 100 % 2], "Delmar Foods Inc."),
                pages=(number % 100 + 1,),
            )
            for number, text, vector in zip(range(begin, begin + len(some)), some, embed(some), strict=True)
        ]


def latencies(
    index: VectorIndex, queries: Sequence[tuple[NDArray[np.float32], str]], filtered: bool
) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    times = []
    for vector, text in queries:
        began = time.perf_counter()
        hits = index.search(vector, text, FILTER if filtered else (), 20)
        times.append((time.perf_counter() - began) * 1000)
        assert hits
    return float(np.percentile(times, 50)), float(np.percentile(times, 95))


def measure(
    make: Callable[[], VectorIndex], points: list[list[Point]], queries: list[tuple[NDArray[np.float32], str]]
) -> dict[str, float]:
    """Fill an index, close it, open it again, ask it."""
    index = make()
    began = time.perf_counter()
    for batch in points:
        index.upsert(batch)
        index.flush()
    rate = sum(map(len, points)) / (time.perf_counter() - began)
    index.close()
    began = time.perf_counter()
    index = make()
    index.search(*queries[0], (), 1)
    opened = time.perf_counter() - began
    index.search(*queries[0], FILTER, 20)
    plain, narrow = latencies(index, queries, False), latencies(index, queries, True)
    index.close()
    return {
        "upsert/s": rate,
        "open s": opened,
        "hybrid p50 ms": plain[0],
        "hybrid p95 ms": plain[1],
        "filtered p50 ms": narrow[0],
        "filtered p95 ms": narrow[1],
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--points", type=int, nargs="+", default=[10_000])
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--encoder", type=Path, help="folder of a converted encoder")
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    embed: Embed = hashed
    if options.encoder:
        from legalqa.index.encoder import Encoder

        embed = Encoder(options.encoder, 2).embed
    print("vectors:", f"encoder {options.encoder.name}" if options.encoder else "hashed random projections")
    for number in sorted(options.points):
        texts = windows(options.data, number)
        points = list(batches(texts, embed))
        chosen = np.random.default_rng(1).choice(number, options.queries, replace=False)
        asked = [" ".join(texts[row].split()[5:17]) for row in chosen]
        queries = list(zip(embed(asked), asked, strict=True))
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            ours = measure(lambda place=place: Shard(place / "index", SIZE), points, queries)  # type: ignore[misc]
            print(f"{number} points, shard:", _line(ours), flush=True)
            if number == min(options.points):
                peer = measure(lambda place=place: _local(place / "peer"), points, queries[:20])  # type: ignore[misc]
                print(f"{number} points, qdrant-client local mode:", _line(peer))
                print("ratio:", ", ".join(f"{key} {_ratio(key, ours, peer):.1f} ×" for key in ours), flush=True)


def _local(folder: Path) -> VectorIndex:
    from qdrant_client import QdrantClient

    from legalqa.index.server import Server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says itself that it is not meant for so many points
        return Server(QdrantClient(path=str(folder)), "matter", SIZE)


def _line(figures: dict[str, float]) -> str:
    return ", ".join(f"{key} {value:,.2f}" for key, value in figures.items())


def _ratio(key: str, ours: dict[str, float], peer: dict[str, float]) -> float:
    """How many times better ours is."""
    return ours[key] / peer[key] if key == "upsert/s" else peer[key] / ours[key]


if __name__ == "__main__":
    main()
