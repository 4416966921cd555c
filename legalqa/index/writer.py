"""The one who may change a matter: pending → upserted → flushed → indexed, and what a crash left is put right.

SQLite and the vector index cannot commit together, so they commit in an order of which every prefix can be finished:

1. the document is put into the catalog as *pending*, with its embeddings;
2. its points are upserted, under ids that come from its content;
3. the index is flushed;
4. the catalog publishes the document, and points of what it replaced leave the index.

`recover` runs whenever a writer opens the matter, so each step may be the last one before a `kill -9`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa.errors import Damaged
from legalqa.index import space
from legalqa.index.catalog import Catalog, FileFact
from legalqa.index.lock import WriterLock
from legalqa.index.vectors import Point, VectorIndex, points_of, searchable, texts_of
from legalqa.values.document import Document, FileState

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
_AGAIN = ("missing", "failed", "changed")  # states in which a file is looked at again
_POINTS = 500  # points of one upsert
_SAMPLE = 32  # vectors compared when a matter is opened
_ALIKE = 0.999  # cosine of a stored vector with the catalog's: float16 costs less than 0.0001


@dataclass(frozen=True, slots=True)
class Recovery:
    """What `recover` had to do: documents finished, put right, or dropped from the index; whether it was rebuilt."""

    finished: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    rebuilt: bool = False


class Writer:
    """Writes to one matter; holds its writer lock from opening to closing. Use it from one thread, as a context.

    `embed` turns texts into unit vectors. `ingest_version` and `options` say how documents are being read: one that
    was read otherwise counts as new. Opening raises Denied while another process writes.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        index: VectorIndex,
        embed: Embed,
        *,
        ingest_version: str,
        options: str = "",
        batch: int = _POINTS,
        free_space_mb: int = 300,
    ) -> None:
        self._folder, self._catalog, self._index, self._embed = folder, catalog, index, embed
        self._read_as = (ingest_version, options)
        self._batch, self._margin = batch, free_space_mb
        self._waiting: dict[str, tuple[Document, FileFact]] = {}
        self._also: list[tuple[str, FileFact]] = []  # further files with the content of one that waits
        self._chunks = 0
        self._lock = WriterLock(folder)
        self._lock.acquire()
        try:
            self.recovery = self.recover()
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self.close()

    def close(self) -> None:
        """Give up the writer lock. What was added and not flushed is dropped: its files count as not yet read."""
        self._waiting.clear()
        self._also.clear()
        self._lock.release()

    # Files, as they are found.

    def unchanged(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether a file is known with this size and time of change, and was read as we read now.

        A file that failed may do better with more time or memory, so it is tried again; one that is encrypted or of an
        unsupported kind will not, until it changes.
        """
        known = self._catalog.file(path)
        if known is None or known.state in _AGAIN or (known.fact.size, known.fact.mtime_ns) != (size, mtime_ns):
            return False
        if known.state in ("indexed", "duplicate") and known.document_id is not None:
            return self._catalog.read_as(known.document_id) == self._read_as
        return True

    def adopt(self, fact: FileFact) -> FileState | None:
        """Record a file whose very content is indexed already, without reading it.

        "indexed" if the file holds the document (it had only been touched, or had been missing), "duplicate" if
        another one does, None if the content must be read.
        """
        document_id = self._catalog.with_content(fact.sha256)
        if document_id is None or self._catalog.read_as(document_id) != self._read_as:
            return None
        state, ended = self._catalog.attach(fact, document_id)
        self._after(ended)
        return state

    def add(self, document: Document, fact: FileFact) -> None:
        """Take a document that was read. It is written when enough have come together, or at `flush`.

        The same content read twice becomes one document with two files.
        """
        if document.id in self._waiting:
            self._also.append((document.id, fact))
            return
        self._waiting[document.id] = (document, fact)
        self._chunks += len(searchable(document))
        if self._chunks >= self._batch:
            self.flush()

    def fail(self, fact: FileFact, state: FileState, reason: str) -> None:
        """Record a file that could not be read. An older version that is indexed stays, marked "changed"."""
        self._catalog.record(fact, state, reason)
        self._after(())

    def missing(self, path: str) -> None:
        """Record that a file has gone. Its document stays in the record, reported as missing, until it is removed."""
        self._catalog.missing(path)
        self._after(())

    def flush(self) -> None:
        """Write everything that waits; when this returns it is indexed, and survives a power cut."""
        if not self._waiting:
            return
        space.require(self._folder, self._margin * space.MIB)
        batch = list(self._waiting.values())
        texts = [text for document, _ in batch for text in texts_of(document)]
        vectors = self._embed(texts).astype(np.float16) if texts else np.zeros((0, 0), np.float16)
        version, options = self._read_as
        begin = 0
        for document, fact in batch:
            end = begin + len(searchable(document))
            self._catalog.put(document, vectors[begin:end], fact, ingest_version=version, options=options)
            begin = end
        self._finish([document.id for document, _ in batch])
        for document_id, fact in self._also:
            self._after(self._catalog.attach(fact, document_id)[1])
        self._waiting.clear()
        self._also.clear()
        self._chunks = 0

    # Documents.

    def remove(self, document_id: str) -> None:
        """Take a document out of the matter, with the files that hold it. `rebuild` also destroys its traces."""
        self._catalog.remove(document_id)
        self._index.delete(document_id)
        self._index.flush()

    def rebuild(self) -> None:
        """Make the index anew from the catalog: after damage, or so that deleted text is gone from its files too."""
        self._index.rebuild(_batches(self._every_point(), _POINTS))

    def recover(self) -> Recovery:
        """Finish or roll back what a crash left, and make catalog and index agree again."""
        rebuilt = False
        try:
            self._index.flush()
            found = self._index.counts()
            rebuilt = not self._trustworthy(found)
        except Damaged:
            rebuilt = True
        if rebuilt:
            self.rebuild()
            found = self._index.counts()
        pending = self._catalog.pending()
        expected = self._catalog.point_counts()
        unknown = [id for id in found if id not in expected and id not in pending]
        uneven = [id for id, count in expected.items() if found.get(id, 0) != count and id not in pending]
        for id in (*unknown, *uneven):
            self._index.delete(id)
        for id in uneven:
            self._upsert(id)
        if unknown or uneven:
            self._index.flush()
        self._finish(pending)
        self._after(())
        return Recovery(tuple(pending), tuple(uneven), tuple(unknown), rebuilt)

    # The order of things.

    def _finish(self, ids: Sequence[str]) -> None:
        """Steps 2 to 4 for documents that are pending."""
        for id in ids:
            self._upsert(id, pending=True)
        if ids:
            self._index.flush()
        ended = [gone for id in ids for gone in self._catalog.publish(id)]
        self._after(ended)

    def _after(self, ended: Iterable[str]) -> None:
        """Bring the index up to what the catalog has just decided; if we die before, `recover` does it."""
        done = False
        for id in ended:
            self._sweep(id)
            done = True
        renamed = self._catalog.renamed()
        for id in renamed:
            self._index.rename(id, self._catalog.names(id))
            done = True
        if done:
            self._index.flush()
        for id in renamed:
            self._catalog.known_names(id)

    def _sweep(self, document_id: str) -> None:
        """Delete a document's points that the catalog does not know."""
        points = self._index.ids(document_id)
        kept = {stored.chunk.id for stored in self._catalog.chunks(points)}
        self._index.delete_points([id for id in points if id not in kept])

    def _upsert(self, document_id: str, *, pending: bool = False) -> None:
        document, embeddings = self._catalog.with_embeddings(document_id, pending=pending)
        for batch in _batches(points_of(document, embeddings, self._catalog.names(document_id)), _POINTS):
            self._index.upsert(batch)

    def _every_point(self) -> Iterator[Point]:
        for id in self._catalog.documents():
            document, embeddings = self._catalog.with_embeddings(id)
            yield from points_of(document, embeddings, self._catalog.names(id))

    def _trustworthy(self, found: dict[str, int]) -> bool:
        """Whether the index is worth mending: most documents whole, and a sample of vectors as it was written."""
        expected = self._catalog.point_counts()
        broken = sum(found.get(id, 0) < count for id, count in expected.items())
        if broken > max(1, len(expected) // 10):
            return False
        sample = self._catalog.sample(_SAMPLE)
        stored = self._index.vectors(list(sample))
        return all(
            _cosine(np.frombuffer(stored[id], "<f4"), np.frombuffer(ours, "<f2").astype(np.float32)) > _ALIKE
            for id, ours in sample.items()
            if id in stored  # one that is absent has been counted as missing above
        )


def _cosine(one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> float:
    one, other = one.astype(np.float64), other.astype(np.float64)
    norm = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / norm if norm else 1.0


def _batches(points: Iterable[Point], size: int) -> Iterator[list[Point]]:
    batch: list[Point] = []
    for point in points:
        batch.append(point)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
