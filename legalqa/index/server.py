"""The vector index on a Qdrant server or cluster: for firms that share one, behind the same protocol as `Shard`.

The only module that knows qdrant_client. One collection a matter: matters never share one, so that a filter forgotten
in a query cannot reach across an ethical wall. The server must be the firm's own; nothing else is ever spoken to.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from legalqa import offline
from legalqa.errors import Damaged, EnvironmentFault
from legalqa.index.conditions import Term, terms
from legalqa.index.edge import FIELDS, PREFETCH, RRF_K, bm25, dense_of, with_joined
from legalqa.index.vectors import Hit, Point, Vectors, document_keys
from legalqa.settings import IndexSettings
from legalqa.values.answer import Condition

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_PAGE = 1000  # points of one scroll
_UPSERT = 500  # points of one request: a server refuses requests of more than 32 MB
_SECONDS = 60  # that a request may take; the first one of a large collection may load it from disk


def connect(place: IndexSettings, matter_id: str, size: int) -> Server:
    """The index of a matter on the server of the settings. Nothing is sent before it is first used."""
    return Server(_client(place), _collection(matter_id), size)


def destroy(place: IndexSettings, matter_id: str) -> None:
    """Delete a matter's index from the server of the settings. Raises EnvironmentFault if that cannot be done."""
    client = _client(place)
    try:
        with _explained():
            client.delete_collection(_collection(matter_id))
    finally:
        client.close()


class Server:
    """A `VectorIndex` over a client of a Qdrant server. The first write makes the collection, a search never does.

    Raises EnvironmentFault if the server cannot be reached or refuses, Damaged if it holds no index of the matter.
    """

    def __init__(self, client: QdrantClient, collection: str, size: int) -> None:
        self._client, self._collection, self._size = client, collection, size
        self._bm25 = bm25()
        self._exists = False

    def upsert(self, points: Sequence[Point]) -> None:
        """See `VectorIndex`."""
        from qdrant_client import models

        made = []
        for point in points:
            vectors: dict[str, Any] = {
                "dense": dense_of(point, self._size).tolist(),
                "bm25": self._sparse(point.text, query=False),
            }
            made.append(models.PointStruct(id=point.id, vector=vectors, payload=point.payload()))
        self.flush()
        for begin in range(0, len(made), _UPSERT):
            with _explained():
                self._client.upsert(self._collection, made[begin : begin + _UPSERT], wait=True)

    def flush(self) -> None:
        """Every write has waited for the server's log; that there is a collection is all that is left to see to."""
        if not self._exists:
            with _explained():
                if not self._client.collection_exists(self._collection):
                    self._create()
            self._exists = True

    def delete(self, document_id: str) -> None:
        """See `VectorIndex`."""
        from qdrant_client import models

        with _explained():
            selected = models.FilterSelector(filter=_of_document(document_id))
            self._client.delete(self._collection, selected, wait=True)

    def delete_points(self, ids: Sequence[str]) -> None:
        """See `VectorIndex`."""
        from qdrant_client import models

        if ids:
            with _explained():
                self._client.delete(self._collection, models.PointIdsList(points=[*ids]), wait=True)

    def rename(self, document_id: str, names: Sequence[str]) -> None:
        """See `VectorIndex`."""
        payload = {"document": document_keys(document_id, names)}
        with _explained():
            self._client.set_payload(self._collection, payload, points=_of_document(document_id), wait=True)

    def search(self, vector: Vectors | None, text: str, conditions: Sequence[Condition], limit: int) -> list[Hit]:
        """See `VectorIndex`."""
        from qdrant_client import models

        only = _filter(terms(conditions))
        count = max(limit * PREFETCH, 50)
        prefetches = []
        if vector is not None:
            dense = [float(value) for value in vector]
            prefetches.append(models.Prefetch(query=dense, using="dense", limit=count, filter=only))
        sparse = self._sparse(text, query=True)
        if sparse.indices:
            prefetches.append(models.Prefetch(query=sparse, using="bm25", limit=count, filter=only))
        if not prefetches:
            return []
        with _explained():
            found = self._client.query_points(
                self._collection,
                prefetch=prefetches,
                query=models.RrfQuery(rrf=models.Rrf(k=RRF_K)),
                limit=limit,
                with_payload=False,
            ).points
        return [Hit(str(hit.id), float(hit.score)) for hit in found]

    def ids(self, document_id: str) -> list[str]:
        """See `VectorIndex`."""
        return [str(record.id) for record in self._scroll(_of_document(document_id), False)]

    def counts(self, conditions: Sequence[Condition] = ()) -> dict[str, int]:
        """See `VectorIndex`."""
        only = _filter(terms(conditions))
        with _explained():
            hits = self._client.facet(
                self._collection, "document_id", facet_filter=only, limit=1_000_000, exact=True
            ).hits
        return {str(hit.value): hit.count for hit in hits if hit.count}

    @property
    def size(self) -> int:
        """See `VectorIndex`."""
        return self._size

    def count(self) -> int:
        """See `VectorIndex`."""
        with _explained():
            return int(self._client.count(self._collection, exact=True).count)

    def vectors(self, ids: Sequence[str]) -> dict[str, bytes]:
        """See `VectorIndex`."""
        with _explained():
            records = self._client.retrieve(self._collection, ids, with_payload=False, with_vectors=["dense"])
        found: dict[str, Any] = {str(record.id): record.vector for record in records}
        return {id: np.asarray(vector["dense"], "<f4").tobytes() for id, vector in found.items()}

    def rebuild(self, batches: Iterable[Sequence[Point]]) -> None:
        """See `VectorIndex`. Until it is done, searches find only what has been written already."""
        with _explained():
            self._client.delete_collection(self._collection)
            self._create()
        self._exists = True
        for batch in batches:
            self.upsert(batch)

    def optimize(self) -> None:
        """Nothing to do: a server optimizes by itself."""

    def close(self) -> None:
        """See `VectorIndex`."""
        self._client.close()

    def _create(self) -> None:
        from qdrant_client import models

        self._client.create_collection(
            self._collection,
            vectors_config={"dense": models.VectorParams(size=self._size, distance=models.Distance.COSINE)},
            sparse_vectors_config={"bm25": models.SparseVectorParams(modifier=models.Modifier.IDF)},
        )
        for field, kind in FIELDS.items():
            self._client.create_payload_index(
                self._collection, field, models.PayloadSchemaType(kind.lower()), wait=True
            )

    def _scroll(self, only: Any, with_payload: bool) -> Iterator[Any]:
        offset = None
        while True:
            with _explained():
                records, offset = self._client.scroll(
                    self._collection, scroll_filter=only, limit=_PAGE, offset=offset, with_payload=with_payload
                )
            yield from records
            if offset is None:
                return

    def _sparse(self, text: str, *, query: bool) -> Any:
        """Our own BM25 on both sides: the server's would drop "not" and "no"."""
        from qdrant_client import models

        made = (self._bm25.embed_query if query else self._bm25.embed_document)(with_joined(text))
        return models.SparseVector(indices=made.indices, values=made.values)


def _of_document(document_id: str) -> Any:
    return _filter([Term("document_id", value=document_id)])


def _filter(wanted: Sequence[Term]) -> Any:
    from qdrant_client import models

    if not wanted:
        return None
    must = [_condition(term) for term in wanted if not term.negated]
    must_not = [_condition(term) for term in wanted if term.negated]
    return models.Filter(must=must or None, must_not=must_not or None)


def _condition(term: Term) -> Any:
    from qdrant_client import models

    if term.numbers is not None:
        return models.FieldCondition(key=term.key, range=models.Range(**term.numbers))
    if term.times is not None:
        return models.FieldCondition(key=term.key, range=models.DatetimeRange.model_validate(term.times))
    if term.among:
        return models.FieldCondition(key=term.key, match=models.MatchAny(any=[*term.among]))
    return models.FieldCondition(key=term.key, match=models.MatchValue(value=term.value or ""))


def _collection(matter_id: str) -> str:
    return f"legalqa-{matter_id}"


def _client(place: IndexSettings) -> QdrantClient:
    """Speaks to that server and to nothing else: no proxy of the environment, no look for a newer version."""
    from qdrant_client import QdrantClient

    offline.let_through(place.server)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a key without https: the settings allow it to this machine alone
        return QdrantClient(
            url=place.server,
            api_key=place.api_key.get_secret_value() or None,
            timeout=_SECONDS,
            check_compatibility=False,
            trust_env=False,
            verify=str(place.ca_file) if place.ca_file else True,
        )


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """The client's errors in words; their own text may hold a payload and goes no further."""
    from qdrant_client.http.exceptions import ApiException, UnexpectedResponse

    kept = "The documents and their text are safe in the catalog."
    try:
        yield
    except UnexpectedResponse as error:
        if error.status_code == 404:
            raise Damaged(
                "The Qdrant server holds no search index of this matter.",
                kept=kept,
                hint="Run legalqa index on its files: the index is built again from the catalog.",
            ) from None
        refused = error.status_code in (401, 403)
        raise EnvironmentFault(
            "The Qdrant server refuses our key."
            if refused
            else f"The Qdrant server did not do what it was asked (HTTP {error.status_code}).",
            kept=kept,
            hint="Set LEGALQA_INDEX__API_KEY to the key that it asks for."
            if refused
            else "See its log, and run this again: it goes on where it stopped.",
        ) from None
    except (ApiException, OSError) as error:
        raise EnvironmentFault(
            f"The Qdrant server of the setting index.server does not answer ({type(error).__name__}).",
            kept=kept,
            hint="See whether it runs, and run this again: it goes on where it stopped.",
        ) from None
