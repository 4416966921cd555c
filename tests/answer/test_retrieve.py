"""Retrieval by its real parts: shard, catalog, LlamaIndex components; only the encoder is a hash of words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from legalqa.answer.retrieve import Found, retrieve
from legalqa.answer.where import parse
from legalqa.errors import UserError
from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard
from legalqa.index.store import ShardStore, conditions_of
from legalqa.index.writer import Writer
from legalqa.values.answer import Condition
from legalqa.values.document import Document
from legalqa.values.question import Understood
from tests.index import synthetic

CLAUSES = (
    "Base rent is due on the first day of each month without demand.",
    "Tenant shall not assign this lease without the written consent of Landlord.",
    "Late charges of five percent accrue after ten days.",
    "Either party may terminate upon sixty days of written notice.",
    "Landlord maintains the roof, foundation and structural walls.",
    "Tenant carries commercial liability insurance of two million dollars.",
    "Notices are sent by certified mail to the addresses above.",
    "This lease is governed by the laws of the State of Delaware.",
    "The security deposit is returned within thirty days of surrender.",
)


def clauses(name: str, **options: Any) -> Document:
    """A document whose children are the clauses, each 120 characters long, in two parents of more than 1,000."""
    text = "".join(clause.ljust(119, ".") + "\n" for clause in (*CLAUSES, *(f"{name} filler {i}" for i in range(9))))
    return synthetic.document(text, f"files/{name}.txt", title=name, chunk=120, children=9, **options)


@pytest.fixture(scope="module")
def matter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    folder = tmp_path_factory.mktemp("matter")
    catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", synthetic.SIZE, free_space_mb=1)
    documents = [
        clauses("harbor"),
        clauses("nda", type="nda", date="2021-06-30", parties=("Acme Corp.",), bates="ACME"),
    ]
    with Writer(folder, catalog, shard, synthetic.embed, ingest_version="1", free_space_mb=1) as writer:
        for document in documents:
            writer.add(document, synthetic.fact(document))
    yield SimpleNamespace(catalog=catalog, shard=shard, documents=documents, store=ShardStore(shard, catalog))
    shard.close()
    catalog.close()


def ask(matter: SimpleNamespace, question: str, where: str = "", k: int = 5) -> list[Found]:
    return retrieve(
        Understood(question, question),
        store=matter.store,
        embed=synthetic.embed,
        chunks=matter.catalog.chunks,
        children=matter.catalog.children,
        conditions=parse(where),
        k=k,
    )


def test_the_best_place_holds_the_answer(matter: SimpleNamespace) -> None:
    for clause in CLAUSES:
        best = ask(matter, clause, "document=harbor.txt")[0]
        document = matter.documents[0]
        assert best.document_id == document.id
        assert clause in document.text[best.start : best.end]
        start = document.text.index(clause)
        assert any(low <= start < high for low, high, _ in best.children)


def test_places_are_ordered_and_do_not_overlap(matter: SimpleNamespace) -> None:
    found = ask(matter, "written notice of termination to the landlord", k=10)
    assert [place.score for place in found] == sorted((place.score for place in found), reverse=True)
    spans = sorted((place.document_id, place.start, place.end) for place in found)
    for (document, _, end), (other, start, _) in itertools.pairwise(spans):
        assert document != other or end <= start
    for place in found:
        assert all(place.start <= low < high <= place.end for low, high, _ in place.children)
        assert place.score == max(score for *_, score in place.children)


def test_widely_hit_parent_replaces_its_children_and_a_single_hit_keeps_its_neighbours() -> None:
    from legalqa.answer.retrieve import ParentMerger, _found, _node
    from legalqa.values.document import StoredChunk

    document = clauses("harbor")
    parent, *family = (StoredChunk(document.id, c, document.text[c.start : c.end]) for c in document.chunks[:10])
    by_id = {stored.chunk.id: stored for stored in (parent, *family)}

    def chunks(ids: Sequence[str]) -> list[StoredChunk]:
        return [by_id[id] for id in ids if id in by_id]

    merger = ParentMerger(chunks, lambda ids: dict.fromkeys(ids, family))

    def spans(*hits: int) -> list[tuple[int, int, int]]:
        nodes = [_node(family[index], 1 / (index + 1)) for index in hits]
        places = [_found(node) for node in merger.postprocess_nodes(nodes)]
        return [(place.start, place.end, len(place.children)) for place in places]

    assert spans(4) == [(360, 720, 1)]
    assert spans(0, 8) == [(0, 240, 1), (840, 1080, 1)]
    assert spans(3, 4) == [(240, 720, 2)]
    assert spans(0, 2, 4, 6, 8) == [(0, 1080, 5)]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("type=nda", {"nda"}),
        ("type!=nda", {"harbor"}),
        ("date>=2020", {"nda"}),
        ("date=2019-03", {"harbor"}),
        ('party="harbor point"', {"harbor"}),
        ("bates=acme000001", {"nda"}),
        ("document=NDA.txt", {"nda"}),
        ("page=2", {"nda", "harbor"}),
        ("page>2", set()),
        ("type=nda date<2020", set()),
    ],
)
def test_filters(matter: SimpleNamespace, where: str, names: set[str]) -> None:
    titles = {document.id: document.title for document in matter.documents}
    assert {titles[place.document_id] for place in ask(matter, "rent notice deposit", where, k=20)} == names


def test_equal_text_of_two_documents_stays_twice(matter: SimpleNamespace) -> None:
    found = ask(matter, CLAUSES[1], k=2)
    assert {place.document_id for place in found} == {document.id for document in matter.documents}


def test_what_the_catalog_does_not_hold_is_not_found(matter: SimpleNamespace) -> None:
    ghost = clauses("ghost")
    from legalqa.index.vectors import points_of, texts_of

    embeddings: NDArray[np.float16] = synthetic.embed(texts_of(ghost)).astype(np.float16)
    matter.shard.upsert(list(points_of(ghost, embeddings, ("ghost.txt",))))
    try:
        assert ask(matter, "ghost filler", "document=ghost.txt") == []
    finally:
        matter.shard.delete(ghost.id)


def test_store_stands_under_llama_indexs_own_retriever(matter: SimpleNamespace) -> None:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

    from legalqa.answer.retrieve import EncoderEmbedding

    index = VectorStoreIndex.from_vector_store(matter.store, embed_model=EncoderEmbedding(synthetic.embed))
    filters = MetadataFilters(filters=[MetadataFilter(key="type", value="lease")])
    for mode in ("default", "hybrid", "sparse"):
        nodes = index.as_retriever(similarity_top_k=3, vector_store_query_mode=mode, filters=filters).retrieve(
            CLAUSES[2]
        )
        assert CLAUSES[2] in nodes[0].node.get_content()
        assert {node.node.metadata["document_id"] for node in nodes} == {matter.documents[0].id}
    with pytest.raises(UserError, match="cannot filter colour"):
        conditions_of(MetadataFilters(filters=[MetadataFilter(key="colour", value="red")]))
    among = MetadataFilters(filters=[MetadataFilter(key="type", value=["a", "b"], operator=FilterOperator.IN)])
    assert conditions_of(among) == [Condition("type", "=", "", ("a", "b"))]
    with pytest.raises(UserError, match="cannot filter type by any"):
        conditions_of(MetadataFilters(filters=[MetadataFilter(key="type", value=["a"], operator=FilterOperator.ANY)]))
