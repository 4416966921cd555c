"""The vector index as a LlamaIndex vector store, so that any LlamaIndex retriever or query engine can stand on it.

Importing this module imports LlamaIndex (1.8 s): do so only when a first question is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, get_args

import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import (
    BasePydanticVectorStore,
    FilterCondition,
    FilterOperator,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryMode,
    VectorStoreQueryResult,
)

from legalqa.errors import UserError
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import Point, VectorIndex, ranked_text
from legalqa.values.answer import Condition, Field, Operator
from legalqa.values.document import StoredChunk

_OPERATORS: dict[FilterOperator, Operator] = {
    FilterOperator.EQ: "=",
    FilterOperator.NE: "!=",
    FilterOperator.GTE: ">=",
    FilterOperator.LTE: "<=",
    FilterOperator.GT: ">",
    FilterOperator.LT: "<",
}
_AMONG: dict[FilterOperator, Operator] = {FilterOperator.IN: "=", FilterOperator.NIN: "!="}


class ShardStore(BasePydanticVectorStore):
    """A `VectorIndex` with the text of its nodes from the catalog.

    Modes: DEFAULT (dense), SPARSE and TEXT_SEARCH (BM25), HYBRID (both, fused). Filters: the fields of `Condition`,
    joined by AND. What the catalog does not hold (yet, or any more) is not returned.
    """

    stores_text: bool = True
    is_embedding_query: bool = True
    _index: VectorIndex = PrivateAttr()
    _catalog: Catalog = PrivateAttr()

    def __init__(self, index: VectorIndex, catalog: Catalog) -> None:
        super().__init__(stores_text=True)
        self._index, self._catalog = index, catalog

    @property
    def client(self) -> VectorIndex:
        """The index itself."""
        return self._index

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Upsert nodes that carry an embedding; matters are written by `Writer`, which also keeps the catalog."""
        self._index.upsert([_point(node) for node in nodes])
        self._index.flush()
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Delete a document's nodes from the index."""
        self._index.delete(ref_doc_id)
        self._index.flush()

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nodes nearest to the query. Raises UserError for a filter that the index does not know."""
        lexical = query.mode in (VectorStoreQueryMode.SPARSE, VectorStoreQueryMode.TEXT_SEARCH)
        vector = None if lexical or query.query_embedding is None else np.array(query.query_embedding, np.float32)
        text = "" if query.mode == VectorStoreQueryMode.DEFAULT else query.query_str or ""
        limit = (query.hybrid_top_k or query.similarity_top_k) if text else query.similarity_top_k
        hits = self._index.search(vector, text, conditions_of(query.filters), limit)
        scores = {hit.id: hit.score for hit in hits}
        found = self._catalog.chunks(list(scores))
        return VectorStoreQueryResult(
            nodes=[node_of(stored) for stored in found],
            similarities=[scores[stored.chunk.id] for stored in found],
            ids=[stored.chunk.id for stored in found],
        )


def node_of(stored: StoredChunk) -> TextNode:
    """A chunk as a LlamaIndex node, with its document as source and its parent as parent."""
    chunk = stored.chunk
    node = TextNode(
        id_=chunk.id,
        text=stored.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata={"document_id": stored.document_id, "title": stored.title, "section": list(chunk.section)},
    )
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=stored.document_id)
    if chunk.parent_id is not None:
        node.relationships[NodeRelationship.PARENT] = RelatedNodeInfo(node_id=chunk.parent_id)
    return node


def conditions_of(filters: MetadataFilters | None) -> list[Condition]:
    """LlamaIndex filters as conditions. Raises UserError for what cannot be said in them."""
    if filters is None:
        return []
    if filters.condition != FilterCondition.AND:
        raise UserError("Filters can only be joined by AND.")
    conditions: list[Condition] = []
    for item in filters.filters:
        if isinstance(item, MetadataFilters):
            conditions += conditions_of(item)
        elif item.key in get_args(Field) and item.operator in _AMONG and isinstance(item.value, list):
            among = tuple(map(str, item.value))
            conditions.append(Condition(cast(Field, item.key), _AMONG[item.operator], "", among))
        elif item.key in get_args(Field) and item.operator in _OPERATORS and not isinstance(item.value, list | None):
            conditions.append(Condition(cast(Field, item.key), _OPERATORS[item.operator], str(item.value)))
        else:
            raise UserError(f"The index cannot filter {item.key} by {item.operator.value}.")
    return conditions


def _point(node: BaseNode) -> Point:
    about = node.metadata
    parent = node.parent_node
    return Point(
        id=node.node_id,
        document_id=str(about.get("document_id") or node.ref_doc_id),
        vector=np.array(node.get_embedding(), "<f4").tobytes(),
        text=ranked_text(str(about.get("title", "")), about.get("section", ()), node.get_content()),
        start=int(about.get("start", getattr(node, "start_char_idx", None) or 0)),
        end=int(about.get("end", getattr(node, "end_char_idx", None) or 0)),
        parent_id=parent.node_id if parent else None,
        names=tuple(about.get("names", ())),
        type=str(about.get("type", "other")),
        date=about.get("date"),
        parties=tuple(about.get("parties", ())),
        bates=tuple(about.get("bates", ())),
        pages=tuple(about.get("pages", ())),
        kind=str(about.get("kind", "")),
        laws=tuple(about.get("governing_law", ())),
        hidden=bool(about.get("hidden", False)),
    )
