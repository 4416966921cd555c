"""The one who may change a matter: pending → upserted → flushed → indexed, and what a crash left is put right.

SQLite and the vector index cannot commit together, so they commit in an order of which every prefix can be finished:

1. the document is put into the catalog as *pending*, with its embeddings;
2. its points are upserted, under ids that come from its content;
3. the index is flushed;
4. the catalog publishes the document, and points of what it replaced leave the index.

`recover` runs whenever a writer opens the matter, so each step may be the last one before a `kill -9`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa.errors import Damaged
from legalqa.index import space
from legalqa.index.catalog import Catalog, FileFact
from legalqa.index.lock import WriterLock
from legalqa.index.vectors import GRAPH, Point, VectorIndex, points_of, searchable, texts_of
from legalqa.values.document import Document, FileState

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
_UNREAD = ("failed", "encrypted", "unsupported", "changed")  # states in which the file's bytes are not in the matter
_POINTS = 500  # points of one upsert
_BATCH = 256  # chunks that are embedded while those before them are written
_KNOWN = 1024  # embeddings kept at hand: many documents say the same
_SAMPLE = 32  # vectors compared when a matter is opened
_ALIKE = 0.999  # cosine of a stored vector with the catalog's: float16 costs less than 0.0001


@dataclass(frozen=True, slots=True)
class Recovery:
    """What `recover` had to do: documents finished, put right, or dropped from the index; whether it was rebuilt."""

    finished: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    rebuilt: bool = False


@dataclass
class _Waiting:
    """Documents that are written together, and further files with the content of one of them."""

    documents: dict[str, tuple[Document, FileFact]] = field(default_factory=dict)
    also: list[tuple[str, FileFact]] = field(default_factory=list)
    chunks: int = 0
    pages: int = 0


class Writer:
    """Writes to one matter; holds its writer lock from opening to closing. Use it from one thread, as a context.

    `embed` turns texts into unit vectors, in a thread of its own while what came before is written. `ingest_version`
    and `options` say how documents are being read: one that was read otherwise counts as new. `effort` says what else
    may decide whether a file can be read (time, memory). With `retry` whatever could not be read is to be read again.
    `written` is called with the SHA-256 of each content that is indexed. Opening raises Denied while another writes.
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
        batch: int = _BATCH,
        free_space_mb: int = 300,
        effort: str = "",
        retry: bool = False,
        written: Callable[[str], None] = lambda _sha256: None,
    ) -> None:
        self._folder, self._catalog, self._index, self._embed = folder, catalog, index, embed
        self._read_as = (ingest_version, options)
        self._tried = " ".join((ingest_version, options, effort))
        self._retry, self._written = retry, written
        self._batch, self._margin = batch, free_space_mb
        self._waiting = _Waiting()
        self._embedded: tuple[_Waiting, Future[list[NDArray[np.float16]]]] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._vectors: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._fresh: set[str] = set()  # documents written by this writer
        self._loose = 0  # points upserted since there were last enough for a graph
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
        self._waiting, self._embedded = _Waiting(), None
        self._pool.shutdown(cancel_futures=True)
        self._lock.release()

    # Files, as they are found.

    def unchanged(self, path: str, size: int, mtime_ns: int) -> bool:
        """Whether a file is known with this size and time of change, and was read as we read now.

        A file that could not be read is not tried again in the same way, unless that is asked for.
        """
        known = self._catalog.file(path)
        if known is None or (known.fact.size, known.fact.mtime_ns) != (size, mtime_ns):
            return False
        if known.state in _UNREAD:
            return known.tried == self._tried and not self._retry
        return known.state != "missing" and known.document_id is not None and self._good(known.document_id)

    def adopt(self, fact: FileFact) -> FileState | None:
        """Record a file whose very content is indexed already, without reading it.

        "indexed" if the file holds the document (it had only been touched, or had been missing), "duplicate" if
        another one does, None if the content must be read.
        """
        document_id = self._catalog.with_content(fact.sha256)
        if document_id is None or not self._good(document_id):
            return None
        state, ended = self._catalog.attach(fact, document_id)
        self._after(ended)
        return state

    def add(self, document: Document, fact: FileFact) -> None:
        """Take a document that was read. It is written when enough have come together, or at `flush`.

        The same content read twice becomes one document with two files.
        """
        for batch in filter(None, (self._embedded and self._embedded[0], self._waiting)):
            if document.id in batch.documents:
                batch.also.append((document.id, fact))
                return
        self._waiting.documents[document.id] = (document, fact)
        self._waiting.chunks += len(searchable(document))
        self._waiting.pages += len(document.pages)
        if self._waiting.chunks >= self._batch or self._waiting.pages >= self._batch:
            self._send()

    def contains(self, container: str, members: Sequence[FileFact]) -> None:
        """Record what a file contains before any of it is read, so that a crash forgets none of it."""
        self._catalog.expect(container, members)
        self._after(())

    def fail(self, fact: FileFact, state: FileState, reason: str) -> None:
        """Record a file that could not be read. An older version that is indexed stays, marked "changed"."""
        self._catalog.record(fact, state, reason, self._tried)
        self._after(())

    def missing(self, path: str) -> None:
        """Record that a file has gone. Its document stays in the record, reported as missing, until it is removed."""
        self._catalog.missing(path)
        self._after(())

    def flush(self) -> None:
        """Write everything that waits; when this returns it is indexed, and survives a power cut."""
        self._send()
        self._write()

    def _send(self) -> None:
        """Have what waits embedded, and meanwhile write what has been embedded before it."""
        if self._waiting.documents:
            batch, self._waiting = self._waiting, _Waiting()
            documents = [document for document, _ in batch.documents.values()]
            future = self._pool.submit(self._embeddings, documents)
            self._write()
            self._embedded = batch, future

    def _write(self) -> None:
        if self._embedded is None:
            return
        batch, future = self._embedded
        vectors = future.result()
        space.require(self._folder, self._margin * space.MIB)
        version, options = self._read_as
        for (document, fact), rows in zip(batch.documents.values(), vectors, strict=True):
            self._catalog.put(document, rows, fact, ingest_version=version, options=options)
        self._finish(list(batch.documents))
        for document_id, fact in batch.also:
            self._after(self._catalog.attach(fact, document_id)[1])
        self._fresh.update(batch.documents)
        self._embedded = None
        for document, _ in batch.documents.values():
            self._written(document.sha256)

    def _embeddings(self, documents: Sequence[Document]) -> list[NDArray[np.float16]]:
        """One array for each document; a text that several chunks share is embedded once."""
        texts = [texts_of(document) for document in documents]
        new = list(dict.fromkeys(text for group in texts for text in group if text not in self._vectors))
        if new:
            self._vectors.update(zip(new, self._embed(new).astype(np.float16), strict=True))
        found = [
            np.stack([self._vectors[text] for text in group]) if group else np.zeros((0, 0), np.float16)
            for group in texts
        ]
        while len(self._vectors) > _KNOWN:
            self._vectors.popitem(last=False)
        return found

    def _good(self, document_id: str) -> bool:
        """Whether what was read of a document is what we would read now."""
        if self._catalog.read_as(document_id) != self._read_as:
            return False
        return not self._retry or document_id in self._fresh or not self._catalog.has_failed_pages(document_id)

    # Documents.

    def remove(self, document_id: str) -> None:
        """Take a document out of the matter, with the files that hold it. `rebuild` also destroys its traces."""
        self._catalog.remove(document_id)
        self._index.delete(document_id)
        self._index.flush()

    def embed_again(self, document_id: str, options: str) -> None:
        """Embed an indexed document once more, which from then on counts as read with these options.

        Its points leave the index first: wherever this ends, `recover` finds them uneven and puts them in.
        """
        document = self._catalog.document(document_id, words=False)
        (embeddings,) = self._embeddings([document])
        space.require(self._folder, self._margin * space.MIB)
        self._index.delete(document_id)
        self._index.flush()
        self._catalog.embed_again(document_id, embeddings, options)
        self._upsert(document_id)
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
        self._catalog.summarize()
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
        if self._loose >= GRAPH:
            self._loose = 0
            self._index.optimize()

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
        for batch in _batches(self._points(document_id, pending=pending), _POINTS):
            self._index.upsert(batch)
            self._loose += len(batch)

    def _every_point(self) -> Iterator[Point]:
        for id in self._catalog.documents():
            yield from self._points(id)

    def _points(self, document_id: str, *, pending: bool = False) -> Iterator[Point]:
        """The points of a document; none if its embeddings are of another length, and so of another model."""
        document, embeddings = self._catalog.with_embeddings(document_id, pending=pending)
        if embeddings.shape[1] == self._index.size:
            yield from points_of(document, embeddings, self._catalog.names(document_id))

    def _trustworthy(self, found: dict[str, int]) -> bool:
        """Whether the index is worth mending: most documents whole, and a sample of vectors as it was written."""
        expected = self._catalog.point_counts()
        broken = sum(found.get(id, 0) < count for id, count in expected.items())
        if broken > max(1, len(expected) // 10):
            return False
        sample = self._catalog.sample(_SAMPLE)
        stored = self._index.vectors(list(sample))
        return all(
            len(stored[id]) == 4 * self._index.size
            and _cosine(np.frombuffer(stored[id], "<f4"), np.frombuffer(ours, "<f2").astype(np.float32)) > _ALIKE
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
