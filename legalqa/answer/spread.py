"""Diversity: several documents asked about are all heard, and copies of one clause do not fill the list.

Nothing is dropped: what would crowd out the rest comes after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

_COPIES = 2  # passages that say the same before further copies have to wait
_ALIKE = 0.9  # share of the words of two passages that both have, from which on one is a copy of the other
_WORD = re.compile(r"\w+")


class CopiesLast(BaseNodePostprocessor):
    """Puts a passage behind all others if `_COPIES` passages before it say the same in almost the same words.

    Two contracts that share a sentence are both found by it; of the same clause in forty contracts, the first two are
    seen beside whatever else answers. What has another number is no copy: 30 days are not 60.
    """

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 (LlamaIndex passes it by name)
    ) -> list[NodeWithScore]:
        words = [frozenset(_WORD.findall(node.node.get_content().lower())) for node in nodes]
        seen: dict[int, int] = {}  # how many passages say what the one at this place says first
        first: list[NodeWithScore] = []
        last: list[NodeWithScore] = []
        for at, node in enumerate(nodes):
            kind = next((known for known in seen if _alike(words[at], words[known])), at)
            seen[kind] = seen.get(kind, 0) + 1
            (first if seen[kind] <= _COPIES else last).append(node)
        return [*first, *last]


class TakeTurns(BaseNodePostprocessor):
    """Lets the passages of several documents that are asked about come in turn, each document's in its own order."""

    _documents: Sequence[str] = PrivateAttr()

    def __init__(self, documents: Sequence[str]) -> None:
        super().__init__()
        self._documents = documents

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002 (LlamaIndex passes it by name)
    ) -> list[NodeWithScore]:
        queues: dict[str, list[NodeWithScore]] = {id: [] for id in self._documents}
        for node in nodes:
            queues.get(node.node.metadata["document_id"], []).append(node)
        turns = _turns([queue for queue in queues.values() if queue])
        return [next(turns) if node.node.metadata["document_id"] in queues else node for node in nodes]


def _turns(queues: Sequence[Sequence[NodeWithScore]]) -> Iterator[NodeWithScore]:
    """The first of each queue, the second of each, and so on; queues by how well their first one stands."""
    return (node for round in zip_longest(*queues) for node in round if node is not None)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two passages have the same numbers and share `_ALIKE` of their words."""
    if min(len(one), len(other)) < _ALIKE * max(len(one), len(other)):
        return False  # as most are
    common = len(one & other)
    same = common >= _ALIKE * (len(one) + len(other) - common)
    return same and not any(word.isdigit() for word in one ^ other)
