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
from legalqa.values.question import Scope, Understood
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
        children=matter.catalog.children,
        conditions=parse(where),
        k=k,
    )


def about(matter: SimpleNamespace, core: str, *scopes: Scope, **options: Any) -> list[Found]:
    """What is found for a question whose documents are taken to be known."""
    asked = {"k": 8, **options}
    return retrieve(
        Understood(f"In that document, {core}", core, scopes=scopes),
        store=matter.store,
        embed=synthetic.embed,
        children=matter.catalog.children,
        **asked,
    )


def test_the_documents_asked_about_lead_and_others_stay_visible(matter: SimpleNamespace) -> None:
    harbor, nda = (document.id for document in matter.documents)
    for own, other in ((harbor, nda), (nda, harbor)):
        found = about(matter, CLAUSES[4], Scope(own, 0.9))
        assert [place.document_id for place in found[:7]] == [own] * 7
        assert found[0].start <= matter.documents[0].text.index(CLAUSES[4]) < found[0].end
        assert [(place.document_id, place.elsewhere) for place in found[7:]] == [(other, True)]
        assert not any(place.elsewhere for place in found[:7])
        assert [place.score for place in found] == sorted((place.score for place in found), reverse=True)


def test_an_unsure_document_hides_nothing(matter: SimpleNamespace) -> None:
    harbor, nda = (document.id for document in matter.documents)
    found = about(matter, CLAUSES[4], Scope(nda, 0.3), k=6)
    assert found[0].document_id == nda
    text = matter.documents[0].text
    assert any(place.document_id == harbor and CLAUSES[4] in text[place.start : place.end] for place in found)
    assert not any(place.elsewhere for place in found)


def test_documents_asked_about_alike_take_turns(matter: SimpleNamespace) -> None:
    ids = [document.id for document in matter.documents]
    found = about(matter, "rent notice deposit insurance", *(Scope(id, 1.0) for id in ids), k=6)
    for first, second in zip(found[::2], found[1::2], strict=True):
        assert {first.document_id, second.document_id} == set(ids)


def test_a_filter_holds_for_what_stands_elsewhere_too(matter: SimpleNamespace) -> None:
    harbor = matter.documents[0].id
    found = about(matter, CLAUSES[4], Scope(harbor, 1.0), conditions=parse("type=nda"))
    assert {place.document_id for place in found} == {matter.documents[1].id}


def test_what_is_named_comes_first_and_exact_words_are_among_the_hits(matter: SimpleNamespace) -> None:
    from legalqa.index.vectors import searchable
    from legalqa.values.document import StoredChunk

    document = matter.documents[0]
    chunks = [StoredChunk(document.id, c, document.text[c.start : c.end]) for c in searchable(document)]
    named = about(matter, CLAUSES[0], Scope(document.id, 1.0), named=chunks[6:7])
    assert CLAUSES[6] in document.text[named[0].start : named[0].end]
    assert any(CLAUSES[0] in document.text[place.start : place.end] for place in named[1:3])
    exact = about(matter, CLAUSES[0], Scope(document.id, 1.0), exact=chunks[12:13])
    assert any(place.start <= chunks[12].chunk.start < place.end for place in exact[:2])
    assert any(CLAUSES[0] in document.text[place.start : place.end] for place in exact[:3])


def test_a_reranker_orders_the_first_candidates_within_what_leads(matter: SimpleNamespace) -> None:
    from legalqa.answer.rerank import Reranker

    nda = matter.documents[1].id
    seen: list[tuple[str, Sequence[str]]] = []

    def score(question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        seen.append((question, passages))
        return np.array([float("roof" in passage) for passage in passages], np.float32)

    reranker = Reranker(score, lambda nodes: [f"{one.metadata['title']}: {one.text}" for one in nodes], count=30)
    found = about(matter, "rent due without demand", Scope(nda, 1.0), reranker=reranker)
    assert "roof" in matter.documents[1].text[found[0].start : found[0].end]
    assert found[0].document_id == nda
    ((question, passages),) = seen
    assert question == "rent due without demand"
    assert len(passages) == 18 + 8  # all of the document, the best of the other
    assert passages[0].startswith("nda: ")
    few = Reranker(score, lambda nodes: [one.text for one in nodes], count=2)
    kept = about(matter, CLAUSES[0], Scope(nda, 1.0), reranker=few)
    assert CLAUSES[0] in matter.documents[1].text[kept[0].start : kept[0].end]


def test_documents_keep_their_places_where_it_is_not_sure_which_is_asked_about(matter: SimpleNamespace) -> None:
    from legalqa.answer.rerank import Reranker

    first, second = matter.documents[0].id, matter.documents[1].id

    def score(_question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        return np.array([float("nda:" in passage) + float("roof" in passage) for passage in passages], np.float32)

    def wording(nodes: Sequence[Any]) -> list[str]:
        return [f"{one.metadata['title']}: {one.text}" for one in nodes]

    def found(*scopes: Scope, reranker: Reranker | None) -> list[str]:
        return [place.document_id for place in about(matter, "rent due without demand", *scopes, reranker=reranker)]

    unsure = Scope(first, 0.4), Scope(second, 0.3)
    as_found, read = found(*unsure, reranker=None), found(*unsure, reranker=Reranker(score, wording))
    assert read[0] == as_found[0] == first
    assert found(reranker=Reranker(score, wording))[0] == second  # nothing named: the reranker has its way


def test_likeness_is_added_to_what_a_reranker_says(matter: SimpleNamespace) -> None:
    from legalqa.answer.candidates import candidate
    from legalqa.answer.rerank import Reranker
    from legalqa.values.document import Chunk, StoredChunk

    nodes = [candidate(StoredChunk("d", Chunk(id, 0, 4, None, ()), f"text {id}"), 0.5) for id in "abc"]
    said = {"text a": 2.0, "text b": 1.0, "text c": 0.0}
    near = {"a": 0.0, "b": 0.5, "c": 3.0}

    def score(_question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        return np.array([said[passage] for passage in passages], np.float32)

    def likeness(question: str, ids: Sequence[str]) -> NDArray[np.float32]:
        assert question == "rent"
        return np.array([near[id] for id in ids], np.float32)

    def order(reranker: Reranker) -> list[str]:
        return [node.node.node_id for node in reranker.postprocess_nodes(nodes, query_str="rent")]

    def wording(nodes: Sequence[Any]) -> list[str]:
        return [node.text for node in nodes]

    assert order(Reranker(score, wording)) == ["a", "b", "c"]
    assert order(Reranker(score, wording, near=likeness)) == ["c", "a", "b"]
    assert order(Reranker(score, wording, 2, likeness)) == ["a", "b", "c"]


def test_copies_of_one_clause_wait_behind_other_answers() -> None:
    from legalqa.answer.candidates import candidate
    from legalqa.answer.spread import CopiesLast
    from legalqa.values.document import Chunk, StoredChunk

    def node(document: int, text: str) -> Any:
        return candidate(StoredChunk(str(document), Chunk(f"{document}:{text}", 0, len(text), None, ()), text), 0.5)

    same = " ".join(CLAUSES[:4])
    nearly, days = same.replace("Base rent", "Rent"), f"{same} 30".replace("30", "60")
    nodes = [node(1, f"{same} 30"), node(2, f"{nearly} 30"), node(3, f"{same} 30"), node(4, days), node(5, CLAUSES[5])]
    order = [one.node.metadata["document_id"] for one in CopiesLast().postprocess_nodes(nodes)]
    assert order == ["1", "2", "4", "5", "3"]


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


def test_the_best_children_that_stand_side_by_side_are_one_place() -> None:
    from legalqa.answer.candidates import candidate
    from legalqa.answer.places import PlaceMerger
    from legalqa.answer.retrieve import _found
    from legalqa.values.document import StoredChunk

    document = clauses("harbor")
    _, *family = (StoredChunk(document.id, c, document.text[c.start : c.end]) for c in document.chunks[:10])
    merger = PlaceMerger(lambda ids: dict.fromkeys(ids, family))

    def spans(*hits: int) -> list[tuple[int, int, int]]:
        nodes = merger.postprocess_nodes([candidate(family[index], 0.5) for index in hits])
        for node in nodes:
            start, end = node.node.start_char_idx, node.node.end_char_idx  # type: ignore[attr-defined]
            assert node.node.get_content() == document.text[start:end]
        return [(place.start, place.end, len(place.children)) for place in (_found(node, False) for node in nodes)]

    assert spans(4) == [(480, 600, 1)]
    assert spans(0, 8) == [(0, 120, 1), (960, 1080, 1)]
    assert spans(4, 3) == [(360, 600, 2)]
    assert spans(8, 0, 7) == [(840, 1080, 2), (0, 120, 1)]
    assert spans(*range(9)) == [(0, 480, 4), *((at, at + 120, 1) for at in range(480, 1080, 120))]


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

    from legalqa.answer.candidates import EncoderEmbedding

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
