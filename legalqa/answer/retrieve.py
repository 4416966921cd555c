"""Question → the best places of the record, as LlamaIndex components.

Children are searched, because a short text has a sharp vector; a reader is shown what they stand in. The pieces are
LlamaIndex's own kinds (`BaseRetriever`, `BaseNodePostprocessor`, `BaseEmbedding`), so that any of them can be
exchanged. Importing this module imports LlamaIndex (1.8 s): do so only when a first question is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
)
from numpy.typing import NDArray

from legalqa.values.answer import Condition, Operator
from legalqa.values.document import StoredChunk
from legalqa.values.question import Understood

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Chunks = Callable[[Sequence[str]], Sequence[StoredChunk]]
Children = Callable[[Sequence[str]], Mapping[str, Sequence[StoredChunk]]]
Part = tuple[int, int, float]  # start, end, score of a child that was hit

_POOL = 6  # children looked at for every place that is wanted
_SMALL = 1000  # a parent of so few characters is always shown whole
_SHARE = 0.5  # of a parent's children that must be hit, two at least, for the parent to be shown whole
_OPERATORS: dict[Operator, FilterOperator] = {
    "=": FilterOperator.EQ,
    "!=": FilterOperator.NE,
    ">=": FilterOperator.GTE,
    "<=": FilterOperator.LTE,
    ">": FilterOperator.GT,
    "<": FilterOperator.LT,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers the question perhaps: ``[start, end)`` of a document, and the children hit inside it.

    Scores order the places of one question and mean nothing else.
    """

    document_id: str
    start: int
    end: int
    score: float
    children: tuple[Part, ...]


def retrieve(
    question: Understood,
    *,
    store: BasePydanticVectorStore,
    embed: Embed,
    chunks: Chunks,
    children: Children,
    conditions: Sequence[Condition] = (),
    k: int = 8,
) -> list[Found]:
    """The `k` best places, best first; no two of one document overlap.

    `chunks` and `children` look chunks up by id and by parent id. Only what meets every condition is searched; a
    parent may reach beyond it, as to the next page.
    """
    retriever = ChildRetriever(store, EncoderEmbedding(embed), chunks, conditions, limit=max(k * _POOL, 30))
    bundle = QueryBundle(question.text)
    nodes = retriever.retrieve(bundle)
    for postprocessor in (ParentMerger(chunks, children), OverlapFilter()):
        nodes = postprocessor.postprocess_nodes(nodes, bundle)
    return [_found(node) for node in nodes[:k]]


class EncoderEmbedding(BaseEmbedding):
    """Our encoder as a LlamaIndex embedding model."""

    _embed: Embed = PrivateAttr()

    def __init__(self, embed: Embed) -> None:
        super().__init__(model_name="legalqa")
        self._embed = embed

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._embed(texts).tolist()
        return rows


class ChildRetriever(BaseRetriever):
    """The children nearest to a question by dense and BM25 ranking, out of any LlamaIndex vector store."""

    def __init__(
        self,
        store: BasePydanticVectorStore,
        embedding: BaseEmbedding,
        chunks: Chunks,
        conditions: Sequence[Condition] = (),
        *,
        limit: int = 50,
    ) -> None:
        self._store, self._embedding, self._chunks = store, embedding, chunks
        self._filters, self._limit = filters_of(conditions), limit
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        result = self._store.query(
            VectorStoreQuery(
                query_embedding=self._embedding.get_query_embedding(query_bundle.query_str),
                query_str=query_bundle.query_str,
                similarity_top_k=self._limit,
                mode=VectorStoreQueryMode.HYBRID,
                filters=self._filters,
            )
        )
        scores = dict(zip(result.ids or [], result.similarities or [], strict=True))
        return [_node(stored, scores[stored.chunk.id]) for stored in self._chunks(list(scores))]


class ParentMerger(BaseNodePostprocessor):
    """Children into what a reader should see: the parent if small or widely hit, else the hit with its neighbours.

    LlamaIndex's auto-merging, for chunks whose exact spans must survive. A place scores as its best child.
    """

    _chunks: Chunks = PrivateAttr()
    _children: Children = PrivateAttr()

    def __init__(self, chunks: Chunks, children: Children) -> None:
        super().__init__()
        self._chunks, self._children = chunks, children

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 (LlamaIndex passes it by name)
    ) -> list[NodeWithScore]:
        groups: dict[str, list[NodeWithScore]] = {}
        for node in nodes:
            groups.setdefault(node.node.metadata["parent_id"] or node.node.node_id, []).append(node)
        parents = {stored.chunk.id: stored for stored in self._chunks(list(groups))}
        families = self._children(list(groups))
        merged = [
            place
            for id, hits in groups.items()
            for place in (_merged(parents[id], families.get(id, ()), hits) if id in parents else hits)
        ]
        return sorted(merged, key=lambda node: -(node.score or 0.0))


class OverlapFilter(BaseNodePostprocessor):
    """Drops a place that overlaps a better one of the same document. Like texts of different documents all stay."""

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 (LlamaIndex passes it by name)
    ) -> list[NodeWithScore]:
        kept: list[NodeWithScore] = []
        for node in nodes:
            if not any(_overlap(node, other) for other in kept):
                kept.append(node)
        return kept


def filters_of(conditions: Sequence[Condition]) -> MetadataFilters | None:
    """Conditions as LlamaIndex filters, None for none."""
    if not conditions:
        return None
    return MetadataFilters(filters=[_filter(condition) for condition in conditions])


def _filter(condition: Condition) -> MetadataFilter:
    if condition.among:
        several = FilterOperator.NIN if condition.operator == "!=" else FilterOperator.IN
        return MetadataFilter(key=condition.field, value=list(condition.among), operator=several)
    return MetadataFilter(key=condition.field, value=condition.value, operator=_OPERATORS[condition.operator])


def _merged(parent: StoredChunk, family: Sequence[StoredChunk], hits: Sequence[NodeWithScore]) -> list[NodeWithScore]:
    """The places of one parent."""
    small = parent.chunk.end - parent.chunk.start <= _SMALL
    wide = len(hits) >= max(2, _SHARE * len(family))
    if small or wide or not family:
        return [_place(parent, parent.chunk.start, parent.chunk.end, hits)]
    order = {stored.chunk.id: index for index, stored in enumerate(family)}
    runs: list[tuple[int, int, list[NodeWithScore]]] = []
    for hit in sorted(hits, key=lambda hit: order[hit.node.node_id]):
        index = order[hit.node.node_id]
        first, last = max(index - 1, 0), min(index + 1, len(family) - 1)
        if runs and first <= runs[-1][1]:
            runs[-1] = (runs[-1][0], last, [*runs[-1][2], hit])
        else:
            runs.append((first, last, [hit]))
    return [_place(parent, family[first].chunk.start, family[last].chunk.end, inside) for first, last, inside in runs]


def _place(parent: StoredChunk, start: int, end: int, hits: Sequence[NodeWithScore]) -> NodeWithScore:
    text = parent.text[start - parent.chunk.start : end - parent.chunk.start]
    parts = [part for hit in hits for part in hit.node.metadata["parts"]]
    return _scored(parent.chunk.id, parent.document_id, text, start, end, parts)


def _node(stored: StoredChunk, score: float) -> NodeWithScore:
    chunk = stored.chunk
    parts = [(chunk.start, chunk.end, score)]
    return _scored(chunk.id, stored.document_id, stored.text, chunk.start, chunk.end, parts, chunk.parent_id)


def _scored(
    id: str, document_id: str, text: str, start: int, end: int, parts: Sequence[Part], parent_id: str | None = None
) -> NodeWithScore:
    metadata: dict[str, Any] = {"document_id": document_id, "parent_id": parent_id, "parts": list(parts)}
    node = TextNode(id_=id, text=text, start_char_idx=start, end_char_idx=end, metadata=metadata)
    return NodeWithScore(node=node, score=max(score for *_, score in parts))


def _found(node: NodeWithScore) -> Found:
    document_id, start, end = _span(node)
    parts = sorted((start, end, score) for start, end, score in node.node.metadata["parts"])
    return Found(document_id, start, end, node.score or 0.0, tuple(parts))


def _span(node: NodeWithScore) -> tuple[str, int, int]:
    text = node.node
    assert isinstance(text, TextNode)
    return text.metadata["document_id"], text.start_char_idx or 0, text.end_char_idx or 0


def _overlap(one: NodeWithScore, other: NodeWithScore) -> bool:
    (document, start, end), (other_document, other_start, other_end) = _span(one), _span(other)
    return document == other_document and start < other_end and other_start < end
