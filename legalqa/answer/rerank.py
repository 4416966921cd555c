"""The best candidates read once more, each together with the question, by a cross-encoder.

A cross-encoder sees question and passage at once and tells an answer from a mere likeness better than two vectors can;
it costs some ten milliseconds a passage, so only the best candidates are read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from numpy.typing import NDArray

Score = Callable[[str, Sequence[str]], NDArray[np.float32]]
Wording = Callable[[Sequence[TextNode]], Sequence[str]]
Near = Callable[[str, Sequence[str]], NDArray[np.float32]]


class Reranker(BaseNodePostprocessor):
    """Orders the first `count` candidates by what `score` makes of question and passage; the others follow as they are.

    What leads goes on leading: a passage of another document does not overtake those of the document that the question
    is about. `wording` gives a passage's text with its title and headings, as the encoder sees it. `near` gives, for
    the question and the candidates' ids, what their likeness adds to the scores.
    """

    _score: Score = PrivateAttr()
    _wording: Wording = PrivateAttr()
    _count: int = PrivateAttr()
    _near: Near | None = PrivateAttr()

    def __init__(self, score: Score, wording: Wording, count: int = 30, near: Near | None = None) -> None:
        super().__init__()
        self._score, self._wording, self._count, self._near = score, wording, count, near

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if query_bundle is None or not nodes:
            return nodes
        head = nodes[: self._count]
        texts = self._wording([node.node for node in head if isinstance(node.node, TextNode)])
        scores = self._score(query_bundle.query_str, texts)
        if self._near:
            scores = scores + self._near(query_bundle.query_str, [node.node.node_id for node in head])
        read = [NodeWithScore(node=node.node, score=score) for node, score in zip(head, scores.tolist(), strict=True)]
        read.sort(key=lambda node: (-node.node.metadata.get("lead", 0), -(node.score or 0.0)))
        return [*read, *nodes[self._count :]]


class WithinDocuments(BaseNodePostprocessor):
    """The order of another postprocessor, but every document keeps its places: for when it is not sure which one is
    asked about. The words that name it are no part of what a reranker is asked; only the search has seen them.
    """

    _inner: BaseNodePostprocessor = PrivateAttr()

    def __init__(self, inner: BaseNodePostprocessor) -> None:
        super().__init__()
        self._inner = inner

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        waiting: dict[str, deque[NodeWithScore]] = {}
        for node in self._inner.postprocess_nodes(nodes, query_bundle):
            waiting.setdefault(node.node.metadata["document_id"], deque()).append(node)
        return [waiting[node.node.metadata["document_id"]].popleft() for node in nodes]
