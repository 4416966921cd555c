"""Question → the best places of the record, as LlamaIndex components.

Children are searched, because a short text has a sharp vector. The pieces are LlamaIndex's own kinds (`BaseRetriever`,
`BaseNodePostprocessor`, `BaseEmbedding`), so that any of them can be exchanged. Importing this module imports
LlamaIndex (1.8 s): do so only when a first question is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import BasePydanticVectorStore

from legalqa.answer.candidates import SCOPED, Embed, EncoderEmbedding, ScopedRetriever, sure_scopes
from legalqa.answer.descent import Descent, Outlines
from legalqa.answer.places import Children, OverlapFilter, Part, PlaceMerger, span_of
from legalqa.answer.rerank import WithinDocuments
from legalqa.answer.spread import CopiesLast, TakeTurns
from legalqa.values.answer import Condition
from legalqa.values.document import StoredChunk
from legalqa.values.question import Understood

_POOL = 3  # children looked at for every place that is wanted
_FEWEST = 30  # children looked at
_EQUAL = 0.95  # share of the best scope's score from which on a document is asked about as much as the best
_AWAY = 5  # of so many places one is from elsewhere, though the documents are sure


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers the question perhaps: ``[start, end)`` of a document, and the children hit inside it.

    Scores order the places of one question and mean nothing else. `elsewhere` says that the question is surely about
    other documents than this one.
    """

    document_id: str
    start: int
    end: int
    score: float
    children: tuple[Part, ...]
    elsewhere: bool = False


def retrieve(
    question: Understood,
    *,
    store: BasePydanticVectorStore,
    embed: Embed,
    children: Children,
    conditions: Sequence[Condition] = (),
    named: Sequence[StoredChunk] = (),
    exact: Sequence[StoredChunk] = (),
    reranker: BaseNodePostprocessor | None = None,
    outlines: Outlines | None = None,
    k: int = 8,
) -> list[Found]:
    """The `k` best places, best first; no two of one document overlap.

    `children` looks chunks up by parent id; `named` are chunks that the question points at (a cite, a Bates number),
    which come first, `exact` chunks that hold its exact words. `outlines` tells the headings of a document: those of a
    very long one are descended. Only what meets every condition is searched.
    """
    retriever = ScopedRetriever(
        *(store, EncoderEmbedding(embed), question, conditions),
        named=named, exact=exact, limit=max(k * _POOL, _FEWEST), elsewhere=max(k, 4),
    )  # fmt: skip
    nodes = retriever.retrieve(QueryBundle(question.text))
    bundle = QueryBundle(question.core)
    for postprocessor in (
        *([Descent(outlines)] if outlines else []),
        *([_reading(reranker, question)] if reranker else []),
        *_spread(question),
        PlaceMerger(children),
        OverlapFilter(),
    ):
        nodes = postprocessor.postprocess_nodes(nodes, bundle)
    sure = bool(sure_scopes(question))
    return [_found(node, sure) for node in (_with_elsewhere(nodes, k) if sure else nodes[:k])]


def _reading(reranker: BaseNodePostprocessor, question: Understood) -> BaseNodePostprocessor:
    """The reranker; of a question that names documents, but not surely which, within each document alone."""
    return WithinDocuments(reranker) if question.scopes and not sure_scopes(question) else reranker


def _spread(question: Understood) -> list[BaseNodePostprocessor]:
    sure = sure_scopes(question)
    if not sure:
        return [CopiesLast()]
    equal = [scope.document_id for scope in sure if scope.score >= _EQUAL * sure[0].score]
    return [TakeTurns(equal)] if len(equal) > 1 else []


def _with_elsewhere(nodes: Sequence[NodeWithScore], k: int) -> list[NodeWithScore]:
    """The first `k`, of which the last are from elsewhere if there are any."""
    lead = [node for node in nodes if node.node.metadata["lead"] >= SCOPED]
    away = [node for node in nodes if node.node.metadata["lead"] < SCOPED]
    room = min(k // _AWAY, len(away))
    kept = lead[: k - room]
    return [*kept, *away[: k - len(kept)]]


def _found(node: NodeWithScore, sure: bool) -> Found:
    document_id, start, end = span_of(node)
    parts = sorted((start, end, score) for start, end, score in node.node.metadata["parts"])
    away = sure and node.node.metadata["lead"] < SCOPED
    return Found(document_id, start, end, node.score or 0.0, tuple(parts), away)
