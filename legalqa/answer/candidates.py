"""Candidates: the children nearest to a question, in the documents that it is about and everywhere else.

The words that name a document drown what is asked of it. So the documents that a question is about are searched for
its core alone, and everything for its whole text. Where the documents are sure, their children lead; what stands
elsewhere follows, and is never hidden by a guess. The children are those of any LlamaIndex vector store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
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
from legalqa.values.question import Scope, Understood

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
ELSEWHERE, SCOPED, NAMED = 0, 1, 2  # what leads what: the metadatum "lead" of a candidate
_VOTE = 1 / 21  # what the first of one ranking is worth (reciprocal rank fusion)
_SURE = 0.75  # score of a scope from which on its documents lead
_OPERATORS: dict[Operator, FilterOperator] = {
    "=": FilterOperator.EQ,
    "!=": FilterOperator.NE,
    ">=": FilterOperator.GTE,
    "<=": FilterOperator.LTE,
    ">": FilterOperator.GT,
    "<": FilterOperator.LT,
}


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


class ScopedRetriever(BaseRetriever):
    """The children nearest to a question by dense and BM25 ranking: `limit` of its documents, and of all documents.

    Those of `sure_scopes` lead, a less sure document's after a surer one's of the same rank; `elsewhere` children of
    other documents follow. Where no scope is sure, nothing leads: what both searches find counts more, by how sure the
    scope is. What the question names directly (`named`) stands before everything; the chunks that hold its exact words
    (`exact`) are among the candidates and have one more vote, as of a third ranking.
    """

    def __init__(
        self,
        store: BasePydanticVectorStore,
        embedding: BaseEmbedding,
        question: Understood,
        conditions: Sequence[Condition] = (),
        *,
        named: Sequence[StoredChunk] = (),
        exact: Sequence[StoredChunk] = (),
        limit: int = 30,
        elsewhere: int = 8,
    ) -> None:
        self._store, self._embedding, self._question = store, embedding, question
        self._conditions, self._named, self._exact = list(conditions), named, exact
        self._limit, self._elsewhere = limit, elsewhere
        self._vectors: dict[str, list[float]] = {}
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        question, asked = self._question, query_bundle.query_str
        about = {scope.document_id for scope in sure_scopes(question)}
        found = {stored.chunk.id: candidate(stored, 0.0, NAMED) for stored in self._named}
        words = " ".join((question.core, *question.expansions))
        if question.scopes:
            weights = _weights(question.scopes, relative=bool(about))
            within = Condition("document", "=", "", tuple(weights))
            for node in self._query(question.core, words, [*self._conditions, within], self._limit):
                _put(found, node, SCOPED if about else ELSEWHERE, weights[node.node.metadata["document_id"]])
        if about:
            outside = Condition("document", "!=", "", tuple(weights))
            elsewhere = self._query(question.core, asked, [*self._conditions, outside], self._elsewhere)
        else:
            elsewhere = self._query(asked, asked if question.scopes else words, self._conditions, self._limit)
        for node in elsewhere:
            _put(found, node, ELSEWHERE)
        for stored in self._exact:
            # of those that no search finds, each says the less the more there are
            vote = _VOTE if stored.chunk.id in found else 1 / (1 / _VOTE + len(self._exact))
            _put(found, candidate(stored, vote), SCOPED if stored.document_id in about else ELSEWHERE)
        return ranked(found.values())

    def _query(self, asked: str, words: str, conditions: Sequence[Condition], limit: int) -> list[NodeWithScore]:
        if asked not in self._vectors:
            self._vectors[asked] = self._embedding.get_query_embedding(asked)
        result = self._store.query(
            VectorStoreQuery(
                query_embedding=self._vectors[asked],
                query_str=words,
                similarity_top_k=limit,
                mode=VectorStoreQueryMode.HYBRID,
                filters=filters_of(conditions),
            )
        )
        pairs = zip(result.nodes or [], result.similarities or [], strict=True)
        return [NodeWithScore(node=node, score=score) for node, score in pairs]


def sure_scopes(question: Understood) -> tuple[Scope, ...]:
    """The documents that the question is surely about."""
    return tuple(scope for scope in question.scopes if scope.score >= _SURE)


def candidate(stored: StoredChunk, score: float, lead: int = ELSEWHERE) -> NodeWithScore:
    """A chunk as a candidate; `lead` says what it stands before."""
    chunk = stored.chunk
    metadata: dict[str, Any] = {
        "document_id": stored.document_id,
        "title": stored.title,
        "section": list(chunk.section),
        "lead": lead,
    }
    node = TextNode(
        id_=chunk.id, text=stored.text, start_char_idx=chunk.start, end_char_idx=chunk.end, metadata=metadata
    )
    if chunk.parent_id is not None:
        node.relationships[NodeRelationship.PARENT] = RelatedNodeInfo(node_id=chunk.parent_id)
    return NodeWithScore(node=node, score=score)


def ranked(nodes: Iterable[NodeWithScore]) -> list[NodeWithScore]:
    """Candidates, best first: what leads, then by score."""
    return sorted(nodes, key=lambda node: (-node.node.metadata["lead"], -(node.score or 0.0)))


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


def _weights(scopes: Sequence[Scope], *, relative: bool) -> dict[str, float]:
    """What a child's score is worth, by its document; `relative` to the surest scope."""
    best = scopes[0].score if relative else 1.0
    return {scope.document_id: scope.score / best for scope in scopes}


def _put(found: dict[str, NodeWithScore], node: NodeWithScore, lead: int, weight: float = 1.0) -> None:
    """Add a hit; the votes of several searches for one child are added up."""
    votes = weight * (node.score or 0.0)
    known = found.setdefault(node.node.node_id, node)
    known.node.metadata.setdefault("lead", lead)
    known.score = votes if known is node else (known.score or 0.0) + votes
