"""Qdrant Edge: the engine of a matter's vector index, in the process that `legalqa.index.shard` starts for it.

The only module that knows qdrant_edge. Qdrant locks an open shard, so that only one process can have it open; another
process that only wants to read works on a copy, and gives the shard up as soon as the matter's writer asks for it.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from legalqa.errors import Damaged, EnvironmentFault
from legalqa.index import space
from legalqa.index.conditions import Term, terms
from legalqa.index.sharing import Possession
from legalqa.index.vectors import GRAPH, Point, Vectors, document_keys
from legalqa.values.answer import Condition

# Reciprocal rank fusion (Cormack, Clarke, Buettcher, SIGIR 2009). On 1,670 questions of the development data the best
# children of the right document held within 4,000 characters, by k: 0.709 (1), 0.722 (10), 0.730 (20), 0.729 (30),
# 0.722 (60), 0.719 (120); on 586 questions of other documents 0.684 (10), 0.686 (20), 0.685 (30), 0.687 (60). Weights
# of 1.5 to 8 for the dense ranking and sums of scaled scores gave 0.67 to 0.72.
RRF_K = 20
PREFETCH = 4  # candidates of each ranking for every hit asked for
FIELDS = {
    "document_id": "Keyword",
    "document": "Keyword",
    "type": "Keyword",
    "party": "Keyword",
    "bates": "Keyword",
    "date": "Datetime",
    "page": "Integer",
    "bates_prefix": "Keyword",
    "bates_number": "Integer",
    "kind": "Keyword",
    "governing_law": "Keyword",
    "hidden": "Keyword",
}
# Lucene's English stop words without the negations, and with a few that every contract is full of. Never add "not",
# "no", "nor", "without", "unless", "may", "shall", "must": they decide contracts.
STOP_WORDS = (
    *("a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have", "in", "is", "it", "its"),
    *("of", "on", "or", "that", "the", "this", "to", "was", "were", "with"),
)
_HYPHENATED = re.compile(r"\w+(?:[-‐‑]\w+)+")
_SEGMENTS = 6  # from which on small ones are merged
_WATCH = 0.25  # seconds between two looks whether the writer wants the shard


class Engine:
    """The child's side: plain values in and out. Opens the shard when first needed."""

    def __init__(self, _stop: threading.Event, folder: str, size: int) -> None:
        self._folder, self._size = Path(folder), size
        self._files = Possession(self._folder)
        self._shard: Any = None
        self._mutex = threading.Lock()
        self._bm25: Any = None
        threading.Thread(target=self._yield_when_wanted, daemon=True).start()

    def upsert(self, points: list[Any]) -> None:
        """Insert or replace points."""
        import qdrant_edge as q

        with self._writing() as shard:
            made = []
            for point in msgspec.convert(points, list[Point]):
                vectors = {
                    "dense": dense_of(point, self._size),
                    "bm25": self._model().embed_document(with_joined(point.text)),
                }
                made.append(q.Point(point.id, vectors, point.payload()))
            _update(shard, q.UpdateOperation.upsert_points(made))

    def flush(self) -> None:
        """Make everything so far durable; the files are in a whole state then."""
        with self._writing() as shard:
            _flush(shard)
            self._files.end_change()

    def delete(self, document_id: str) -> None:
        """Delete a document's points."""
        import qdrant_edge as q

        with self._writing() as shard:
            _update(shard, q.UpdateOperation.delete_points_by_filter(_of_document(document_id)))

    def delete_points(self, ids: list[str]) -> None:
        """Delete points by id."""
        import qdrant_edge as q

        with self._writing() as shard:
            _update(shard, q.UpdateOperation.delete_points([*ids]))

    def rename(self, document_id: str, names: list[str]) -> None:
        """Set the names under which a document is found."""
        import qdrant_edge as q

        payload = {"document": document_keys(document_id, names)}
        with self._writing() as shard:
            _update(shard, q.UpdateOperation.set_payload_by_filter(_of_document(document_id), payload))

    def search(self, vector: bytes | None, text: str, conditions: list[Any], limit: int) -> list[tuple[str, float]]:
        """One query: dense and BM25 candidates under the same filter, fused by reciprocal rank.

        Nothing but their ids is asked for: a payload is a read from the disk each.
        """
        import qdrant_edge as q

        only = _filter(terms(msgspec.convert(conditions, list[Condition])))
        count = max(limit * PREFETCH, 50)
        prefetches = []
        if vector is not None:
            dense = np.frombuffer(vector, dtype="<f4").tolist()
            prefetches.append(q.Prefetch(limit=count, filter=only, query=q.Query.Nearest(dense, using="dense")))
        sparse = self._model().embed_query(with_joined(text))
        if sparse.indices:
            prefetches.append(q.Prefetch(limit=count, filter=only, query=q.Query.Nearest(sparse, using="bm25")))
        if not prefetches:
            return []
        fused: Any = q.Fusion.Rrf(k=RRF_K)  # the stub hides that it is a Fusion
        request = q.QueryRequest(limit=limit, prefetches=prefetches, query=fused, with_payload=False)
        with self._reading() as shard:
            found = shard.query(request)
        return [(str(hit.id), float(hit.score)) for hit in found]

    def ids(self, document_id: str) -> list[str]:
        """Ids of a document's points."""
        import qdrant_edge as q

        found: list[str] = []
        offset = None
        with self._reading() as shard:
            while True:
                request = q.ScrollRequest(
                    offset=offset, limit=1000, filter=_of_document(document_id), with_payload=False
                )
                records, offset = shard.scroll(request)
                found += [str(record.id) for record in records]
                if offset is None:
                    return found

    def counts(self, conditions: list[Any]) -> dict[str, int]:
        """Points of each document that meet the conditions, counted exactly."""
        import qdrant_edge as q

        only = _filter(terms(msgspec.convert(conditions, list[Condition])))
        with self._reading() as shard:
            request = q.FacetRequest(key="document_id", limit=1_000_000_000, exact=True, filter=only)
            return {str(hit.value): int(hit.count) for hit in shard.facet(request).hits if hit.count}

    def count(self) -> int:
        """All points."""
        import qdrant_edge as q

        with self._reading() as shard:
            return int(shard.count(q.CountRequest(exact=True)))

    def vectors(self, ids: list[str]) -> dict[str, bytes]:
        """Dense vectors as stored."""
        with self._reading() as shard:
            records = shard.retrieve(ids, with_payload=False, with_vector=["dense"])
            return {str(r.id): np.asarray(r.vector["dense"], dtype="<f4").tobytes() for r in records}

    def unordered(self) -> int:
        """Points that a search has to go through one by one, since no graph leads to them."""
        with self._reading() as shard:
            info = shard.info()  # the sparse vector of every point counts as indexed from the start
            return max(2 * int(info.points_count) - int(info.indexed_vectors_count), 0)

    def optimize(self) -> None:
        """Merge segments and build graphs; nothing else is done meanwhile."""
        with self._writing() as shard:
            shard.optimize()
            _flush(shard)
            self._files.end_change()

    def copy(self, to: str) -> None:
        """Copy the files, in a whole state, to another folder."""
        with self._writing() as shard:
            _flush(shard)
            space.copy_sparse(self._folder, Path(to))
            self._files.end_change()

    def swap(self, other: str) -> None:
        """Put another folder in the place of this shard's files, which are destroyed."""
        with self._mutex:
            self._close()
            live, old = self._files.to_write(), self._files.beside("old")
            self._files.begin_change()
            shutil.rmtree(old, ignore_errors=True)
            if live.exists():
                live.rename(old)
            Path(other).rename(live)
            shutil.rmtree(old, ignore_errors=True)
            self._files.end_change()
            self._close()

    def close(self) -> None:
        """Close the shard, so that another process may open it."""
        with self._mutex:
            self._close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Any]:
        with self._mutex:
            if self._files.copied:
                self._close()
            if self._shard is None:
                self._shard = _open(self._files.to_write(), self._size)
            self._files.begin_change()
            yield self._shard

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._mutex:
            if self._files.outdated:
                self._close()
            if self._shard is None:
                self._shard = _open(self._files.to_read(), self._size)
            yield self._shard

    def _yield_when_wanted(self) -> None:
        while True:
            time.sleep(_WATCH)
            with self._mutex:
                if self._files.asked_for:
                    self._close()

    def _close(self) -> None:
        if self._shard is not None:
            self._shard.close()
            self._shard = None
        self._files.release()

    def _model(self) -> Any:
        if self._bm25 is None:
            self._bm25 = bm25()
        return self._bm25


def bm25() -> Any:
    """Qdrant's BM25 model with our stop words (its own drop "not" and "no") and Snowball's English stemmer."""
    import qdrant_edge as q

    words = q.StopwordsSet(languages=set(), custom=set(STOP_WORDS))
    return q.Bm25(q.Bm25Config(language="english", avg_len=100, stopwords=words))


def dense_of(point: Point, size: int) -> Vectors:
    """A point's vector. Raises ValueError unless it is `size` finite numbers: a NaN would spoil every ranking."""
    dense = np.frombuffer(point.vector, dtype="<f4")
    if len(dense) != size or not np.isfinite(dense).all():
        raise ValueError("a vector of the wrong size, or with a number that is none")
    return dense


def with_joined(text: str) -> str:
    """`text`, and once more each of its hyphenated words without hyphens: "non-compete" is also "noncompete"."""
    joined = [re.sub(r"[-‐‑]", "", word) for word in _HYPHENATED.findall(text)]
    return f"{text} {' '.join(joined)}" if joined else text


def _open(folder: Path, size: int) -> Any:
    """The shard in `folder`, made if there is none. Raises Damaged."""
    import qdrant_edge as q

    most = GRAPH * size * 4 * 5 // 4 >> 10  # KiB of vectors: a graph takes in what is left over, but never another
    config = q.EdgeConfig(
        vectors={"dense": q.EdgeVectorParams(size=size, distance=q.Distance.Cosine)},
        sparse_vectors={"bm25": q.EdgeSparseVectorParams(modifier=q.Modifier.Idf)},
        optimizers=q.EdgeOptimizersConfig(max_segment_size=most, default_segment_number=_SEGMENTS),
        wal_enabled=True,
    )
    try:
        if (folder / "segments").is_dir():
            _check_size(folder / "edge_config.json", size)
            return q.EdgeShard.load(str(folder), config)
        folder.mkdir(parents=True, exist_ok=True)
        shard = q.EdgeShard.create(str(folder), config)
        for field, kind in FIELDS.items():
            shard.update(q.UpdateOperation.create_field_index(field, getattr(q.PayloadSchemaType, kind)))
        shard.flush()
        return shard
    except EnvironmentFault:
        raise
    except Exception as error:  # qdrant_edge raises bare Exception
        raise _fault(error, "it cannot be opened") from None


def _check_size(config: Path, size: int) -> None:
    """Refuse vectors of a model other than the one that the shard was made with, as far as their length tells."""
    made = json.loads(config.read_bytes())["vectors"]["dense"]["size"]
    if made != size:
        raise Damaged(
            f"This matter was indexed with another embedding model: vectors of {made} numbers, not {size}.",
            kept="Nothing was changed.",
            hint="Run `legalqa index` on the matter's folders again, which embeds its text anew, or choose that model "
            "again in the settings.",
        )


def _update(shard: Any, operation: Any) -> None:
    try:
        shard.update(operation)
    except Exception as error:  # qdrant_edge raises bare Exception
        raise _fault(error, "writing failed") from None


def _flush(shard: Any) -> None:
    try:
        shard.flush()
    except Exception as error:  # qdrant_edge raises bare Exception
        raise _fault(error, "writing failed") from None


def _fault(error: Exception, what: str) -> EnvironmentFault:
    """The engine's message may quote a payload, so it goes no further."""
    if "No space left" in str(error) or "os error 28" in str(error):
        return EnvironmentFault(
            "The disk is full.", kept="Nothing indexed so far is lost.", hint="Free some space and run it again."
        )
    return damaged(what)


def damaged(reason: str) -> Damaged:
    """What is said of a shard that cannot be used."""
    return Damaged(
        f"The search index of this matter cannot be used: {reason}.",
        kept="The documents and their text are safe in the catalog.",
        hint="The next `legalqa index` on this matter rebuilds it.",
    )


def _of_document(document_id: str) -> Any:
    return _filter([Term("document_id", value=document_id)])


def _filter(wanted: Sequence[Term]) -> Any:
    import qdrant_edge as q

    if not wanted:
        return None
    must = [_condition(term) for term in wanted if not term.negated]
    must_not = [_condition(term) for term in wanted if term.negated]
    return q.Filter(must=must or None, must_not=must_not or None)


def _condition(term: Term) -> Any:
    import qdrant_edge as q

    if term.numbers is not None:
        return q.FieldCondition(key=term.key, range=q.RangeFloat(**term.numbers))
    if term.times is not None:
        return q.FieldCondition(key=term.key, range=q.RangeDateTime(**term.times))
    if term.among:
        return q.FieldCondition(key=term.key, match=q.MatchAny([*term.among]))
    return q.FieldCondition(key=term.key, match=q.MatchValue(term.value if term.value is not None else ""))
