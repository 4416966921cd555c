"""The naive baseline: 500-character chunks under BM25, the same encoder, both, and both with the document known.

What a retrieval framework does out of the box, on the same texts, with the same encoder, scored the same way. It is
what anything cleverer must beat.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from legalqa.errors import Cancelled
from legalqa.evaluate.metrics import AT, UNIT, Place
from legalqa.evaluate.suite import Span

Embed = Callable[[Sequence[str]], NDArray[np.float32]]  # unit vectors
OnText = Callable[[int, int], None]  # (texts done, texts in all)
System = Literal["bm25", "dense", "rrf", "rrf_known"]
SYSTEMS: dict[System, str] = {
    "bm25": "BM25",
    "dense": "dense",
    "rrf": "both, RRF",
    "rrf_known": "both, RRF, right document and core known",
}
_SEPARATORS = ("\n\n", "\n", " ", "")
_RRF = 60  # Cormack, Clarke and Büttcher 2009
_POOL = 2 * AT[-1]  # of each ranking that is fused


def split(text: str, size: int = UNIT) -> list[Span]:
    """`text` cut into at most `size` characters at the widest separators that do it, as recursive splitters do.

    Blank lines, then line ends, then spaces, then anywhere; small neighbours are joined again. No overlap; white space
    alone is no chunk.
    """
    return [(start, end) for start, end in _pieces(text, 0, len(text), size, 0) if text[start:end].strip()]


def _pieces(text: str, start: int, end: int, size: int, level: int) -> list[Span]:
    if end - start <= size:
        return [(start, end)]
    separator = _SEPARATORS[level]
    if not separator:
        return [(at, min(at + size, end)) for at in range(start, end, size)]
    ends = [start + match.end() for match in re.finditer(re.escape(separator), text[start:end])]
    found: list[Span] = []
    joined = False  # whether the last of `found` may grow
    for low, high in zip([start, *ends], [*ends, end], strict=True):
        if high - low > size:
            found += _pieces(text, low, high, size, level + 1)
            joined = False
        elif joined and high - found[-1][0] <= size:
            found[-1] = (found[-1][0], high)
        elif low < high:
            found.append((low, high))
            joined = True
    return found


@dataclass(frozen=True)
class _Chunks:
    places: list[Place]
    vectors: NDArray[np.float32]  # [chunks, size]
    ranges: dict[str, tuple[int, int]]  # of each document, its first chunk and the one after its last


class Naive:
    """The baseline over some texts. Vectors are kept in `folder`, a file a text, so that a repetition is quick.

    `embed` embeds passages, `embed_question` one question; `fingerprint` says which encoder they are. Raises Cancelled
    on `stop`; what was embedded is kept.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        embed: Embed,
        embed_question: Embed,
        fingerprint: str,
        folder: Path,
        on_text: OnText,
        stop: threading.Event,
    ) -> None:
        self._embed, self._embed_question, self._folder = embed, embed_question, folder
        self._fingerprint, self._stop = fingerprint, stop
        self._chunks = self._prepared(texts, on_text)
        self._words = _full_text([texts[id][start:end] for id, start, end in self._chunks.places])

    def _prepared(self, texts: Mapping[str, str], on_text: OnText) -> _Chunks:
        self._folder.mkdir(parents=True, exist_ok=True)
        places: list[Place] = []
        vectors: list[NDArray[np.float32]] = []
        ranges: dict[str, tuple[int, int]] = {}
        for done, (id, text) in enumerate(texts.items(), 1):
            spans = split(text)
            if spans:
                vectors.append(self._vectors([text[start:end] for start, end in spans]))
            ranges[id] = (len(places), len(places) + len(spans))
            places += [(id, start, end) for start, end in spans]
            on_text(done, len(texts))
        return _Chunks(places, np.concatenate(vectors) if vectors else np.zeros((0, 1), np.float32), ranges)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._stop.is_set():
            raise Cancelled("Stopped.", kept="What was read and embedded is kept.", hint="Run it again to go on.")
        name = hashlib.sha256("\0".join([self._fingerprint, *texts]).encode("utf-8", "replace")).hexdigest()
        file = self._folder / f"{name[:32]}.npy"
        if file.exists():
            stored: NDArray[np.float16] = np.load(file, allow_pickle=False)
            return stored.astype(np.float32)
        vectors = self._embed(texts)
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            np.save(out, vectors.astype(np.float16))
        part.replace(file)
        return vectors

    def ranked(self, question: str, core: str, known: str | None) -> dict[System, list[Place]]:
        """The ranking of every system; `known` is the right document, None leaves that system out."""
        rows = (0, len(self._chunks.places))
        words, near = self._bm25(question, rows), self._dense(question, rows)
        found: dict[System, list[int]] = {"bm25": words, "dense": near, "rrf": fused(words, near)}
        if known is not None:
            own = self._chunks.ranges.get(known, (0, 0))
            found["rrf_known"] = fused(self._bm25(core, own), self._dense(core, own))
        return {system: [self._chunks.places[row] for row in ranking] for system, ranking in found.items()}

    def _dense(self, question: str, rows: tuple[int, int]) -> list[int]:
        near = self._chunks.vectors[slice(*rows)] @ self._embed_question([question])[0]
        first: list[int] = (np.argsort(-near, kind="stable")[:_POOL] + rows[0]).tolist()
        return first

    def _bm25(self, question: str, rows: tuple[int, int]) -> list[int]:
        """SQLite's BM25 (k1 1.2, b 0.75) over stemmed words, any of the question's."""
        words = dict.fromkeys(re.findall(r"\w+", question.casefold()))
        if not words:
            return []
        found = self._words.execute(
            "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rank LIMIT ?",
            (" OR ".join(f'"{word}"' for word in words), *rows, _POOL),
        )
        return [row for (row,) in found]

    def close(self) -> None:
        """Let the full-text index go."""
        self._words.close()


def fused(*rankings: Sequence[int]) -> list[int]:
    """Reciprocal rank fusion: the sum of 1 / (60 + rank)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, 1):
            scores[row] = scores.get(row, 0.0) + 1 / (_RRF + rank)
    return sorted(scores, key=lambda row: -scores[row])


def _full_text(texts: Sequence[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61')")
    connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts))
    return connection
