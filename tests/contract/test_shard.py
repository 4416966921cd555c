"""What every `VectorIndex` must do: Qdrant Edge on disk, and a Qdrant server (its client's local mode stands in)."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from qdrant_client import QdrantClient

from legalqa.answer.where import parse
from legalqa.index.server import Server, connect
from legalqa.index.shard import Shard
from legalqa.index.vectors import Point, VectorIndex
from legalqa.settings import IndexSettings
from legalqa.values.answer import Condition, Operator
from tests.contract.qdrant_http import QdrantHttp
from tests.index.synthetic import SIZE, embed

LEASE, NDA = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


def point(number: int, text: str, document_id: str = LEASE, **values: object) -> Point:
    made = Point(
        id=str(uuid.UUID(int=100 + number)),
        document_id=document_id,
        vector=embed([text])[0].tobytes(),
        text=text,
        start=number * 100,
        end=number * 100 + 100,
        names=("Lease.pdf",),
        type="lease",
        date="2019-03-01",
        parties=("Harbor Point Holdings, L.L.C.", "Delmar"),
        pages=(number, number + 1),
    )
    return msgspec.structs.replace(made, **values)


POINTS = [
    point(1, "The tenant shall not assign this lease.", bates=("HP000001", "HP000002"), kind="pdf"),
    point(2, "Base rent is due monthly.", laws=("State of New York",)),
    point(
        3,
        "A non-compete binds the seller for two years.",
        NDA,
        type="NDA",
        date="2021-06-30",
        parties=("Acme",),
        names=("nda.docx",),
    ),
    point(
        4,
        "Confidential information stays confidential.",
        NDA,
        type="NDA",
        date=None,
        names=("nda.docx", "copy.docx"),
        parties=(),
    ),
]


@pytest.fixture(scope="module", params=["edge", "local", "http"])
def kind(request: pytest.FixtureRequest) -> str:
    """Qdrant Edge; `Server` over qdrant-client's local mode; `Server` over HTTP with local mode behind it."""
    return str(request.param)


def opened(kind: str, folder: Path) -> VectorIndex:
    """The index of that kind in a folder, new or found again."""
    if kind == "edge":
        return Shard(folder / "index", SIZE, free_space_mb=1)
    if kind == "http":
        served = _SERVED.get(folder) or _SERVED.setdefault(folder, QdrantHttp(folder / "qdrant"))
        return connect(IndexSettings(server=served.url), "matter", SIZE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # local mode says that it keeps no payload indexes
        made = Server(QdrantClient(path=str(folder / "qdrant")), "matter", SIZE)
        made.flush()
        return made


_SERVED: dict[Path, QdrantHttp] = {}


@pytest.fixture(scope="module", autouse=True)
def stop_servers() -> Iterator[None]:
    yield
    for served in _SERVED.values():
        served.stop()
    _SERVED.clear()


def filled(kind: str, folder: Path) -> VectorIndex:
    """An index of that kind with `POINTS` in it."""
    made = opened(kind, folder)
    made.upsert(POINTS)
    made.flush()
    return made


@pytest.fixture(scope="module")
def unchanging(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorIndex]:
    """One index for all tests that only read."""
    made = filled(kind, tmp_path_factory.mktemp("shard"))
    yield made
    made.close()


@pytest.fixture
def index(kind: str, tmp_path: Path) -> Iterator[VectorIndex]:
    """An index for one test."""
    made = filled(kind, tmp_path)
    yield made
    made.close()


def numbers(index: VectorIndex, text: str, where: str = "", *, dense: bool = True, limit: int = 10) -> list[int]:
    """Numbers of the points found, best first."""
    vector = embed([text])[0] if dense and text else None
    return [uuid.UUID(hit.id).int - 100 for hit in index.search(vector, text, parse(where), limit)]


def test_nearest_first_and_limited(unchanging: VectorIndex) -> None:
    for made in POINTS:
        assert numbers(unchanging, made.text)[0] == uuid.UUID(made.id).int - 100
    assert len(numbers(unchanging, "rent", limit=2)) == 2
    hits = unchanging.search(embed([POINTS[0].text])[0], POINTS[0].text, (), 4)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].id == POINTS[0].id


def test_words_alone_and_vector_alone(unchanging: VectorIndex) -> None:
    assert numbers(unchanging, "rent monthly", dense=False) == [2]
    assert unchanging.search(embed([POINTS[2].text])[0], "", (), 1)[0].id == POINTS[2].id
    assert unchanging.search(None, "", (), 5) == []
    assert unchanging.search(None, "the of", (), 5) == []


def test_negations_and_hyphens_are_words(unchanging: VectorIndex) -> None:
    assert numbers(unchanging, "not", dense=False) == [1]
    assert numbers(unchanging, "noncompete", dense=False) == [3]
    assert numbers(unchanging, "non-compete", dense=False) == [3]
    assert numbers(unchanging, "compete", dense=False) == [3]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("type=lease", {1, 2}),
        ("type=nda", {3, 4}),
        ("type!=nda", {1, 2}),
        ("document=lease.PDF", {1, 2}),
        ("document=copy.docx", {4}),
        (f"document={NDA}", {3, 4}),
        ("party='nobody'", set()),
        ('party="harbor point"', {1, 2}),
        ('party="Harbor Point Holdings LLC"', {1, 2}),
        ("party=point", set()),
        ("party!=Acme", {1, 2, 4}),
        ("bates=hp000002", {1}),
        ("bates!=HP000002", {2, 3, 4}),
        ('bates="HP 000002"', {1}),
        ("bates=HP000002-HP000009", {1}),
        ("bates=HP000003-9", set()),
        ("bates=QX000001-9", set()),
        ("bates>=HP000002", {1}),
        ("bates<HP000001", set()),
        ("kind=PDF", {1}),
        ("kind!=pdf", {2, 3, 4}),
        ('governing_law="new york"', {2}),
        ("governing_law=state", {2}),
        ("hidden=yes", set()),
        ("hidden!=yes", {1, 2, 3, 4}),
        ("page=2", {1, 2}),
        ("page!=2", {3, 4}),
        ("page>=4", {3, 4}),
        ("page>4", {4}),
        ("page<2", {1}),
        ("page<=2", {1, 2}),
        ("date=2019-03-01", {1, 2}),
        ("date=2019", {1, 2}),
        ("date=2021-06", {3}),
        ("date!=2019", {3, 4}),
        ("date>2019", {3}),
        ("date>=2019-03-01", {1, 2, 3}),
        ("date>2019-03-01", {3}),
        ("date<2019-03-02", {1, 2}),
        ("date<2019", set()),
        ("date<=2019", {1, 2}),
        ("type=nda date>2020 party=acme", {3}),
    ],
)
def test_filters(unchanging: VectorIndex, where: str, expected: set[int]) -> None:
    assert set(numbers(unchanging, "rent lease confidential seller", where)) == expected


def test_one_of_several_values_will_do(unchanging: VectorIndex) -> None:
    def found(operator: Operator, *among: str) -> set[int]:
        query = "rent lease confidential seller"
        hits = unchanging.search(embed([query])[0], query, [Condition("document", operator, "", among)], 10)
        return {uuid.UUID(hit.id).int - 100 for hit in hits}

    assert found("=", LEASE, str(uuid.UUID(int=9))) == {1, 2}
    assert found("=", LEASE, NDA) == {1, 2, 3, 4}
    assert found("!=", LEASE) == {3, 4}


def test_a_repeated_upsert_changes_nothing_and_a_new_text_replaces(index: VectorIndex) -> None:
    index.upsert(POINTS)
    index.flush()
    assert index.count() == 4
    index.upsert([point(2, "Notices go by certified mail.", type="letter")])
    index.flush()
    assert index.count() == 4
    assert numbers(index, "monthly", dense=False) == []
    assert numbers(index, "certified mail", "type=letter", dense=False) == [2]


def test_counts_ids_and_vectors(unchanging: VectorIndex) -> None:
    assert unchanging.counts() == {LEASE: 2, NDA: 2}
    assert unchanging.counts(parse("type=lease")) == {LEASE: 2}
    assert unchanging.counts(parse("type=order")) == {}
    assert sorted(unchanging.ids(NDA)) == [POINTS[2].id, POINTS[3].id]
    assert unchanging.ids(str(uuid.UUID(int=9))) == []
    stored = unchanging.vectors([POINTS[0].id, str(uuid.UUID(int=9))])
    assert list(stored) == [POINTS[0].id]
    assert np.allclose(np.frombuffer(stored[POINTS[0].id], "<f4"), np.frombuffer(POINTS[0].vector, "<f4"), atol=1e-6)


def test_deleting(index: VectorIndex) -> None:
    index.delete_points([POINTS[0].id, str(uuid.UUID(int=9))])
    index.delete_points([])
    assert index.counts() == {LEASE: 1, NDA: 2}
    index.delete(NDA)
    index.flush()
    assert index.counts() == {LEASE: 1}
    assert numbers(index, "confidential") == [2]


def test_renaming(index: VectorIndex) -> None:
    index.rename(NDA, ["Agreement.docx"])
    index.flush()
    assert set(numbers(index, "seller", "document=agreement.docx")) == {3, 4}
    assert numbers(index, "seller", "document=copy.docx") == []
    assert set(numbers(index, "seller", f"document={NDA}")) == {3, 4}


def test_rebuilding(index: VectorIndex) -> None:
    index.rebuild([POINTS[:1], POINTS[2:3]])
    assert index.counts() == {LEASE: 1, NDA: 1}
    assert numbers(index, "non-compete")[0] == 3
    index.upsert(POINTS)
    index.flush()
    assert index.count() == 4


def test_optimizing_keeps_everything(index: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.optimize()
    assert index.counts() == {LEASE: 2, NDA: 2}
    monkeypatch.setattr("legalqa.index.shard._UNORDERED", 0)  # so few points are worth a graph
    index.optimize()
    assert index.counts() == {LEASE: 2, NDA: 2}
    assert numbers(index, "monthly rent")[0] == 2
    index.upsert([point(9, "Written after the graph was built.")])
    index.flush()
    assert numbers(index, "graph", dense=False) == [9]


def test_optimizing_builds_a_graph_once_it_pays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard = Shard(tmp_path / "index", 384, free_space_mb=1)
    random = np.random.default_rng(0)
    vectors = random.standard_normal((8_000, 384), dtype=np.float32)  # 12 MB: the engine builds none for less than 10
    points = [point(at, "x", vector=vector.tobytes()) for at, vector in enumerate(vectors)]
    shard.upsert(points)
    shard.flush()
    shard.optimize()
    assert shard._call("unordered", type=int) == 8_000
    monkeypatch.setattr("legalqa.index.shard._UNORDERED", 8_000)
    shard.optimize()
    assert shard._call("unordered", type=int) == 0
    assert shard.count() == 8_000
    assert not list(tmp_path.glob("index.new*"))
    hits = shard.search(vectors[17] / np.linalg.norm(vectors[17]), "", (), 1)
    assert hits[0].id == points[17].id
    shard.close()


def test_a_rebuilt_index_has_its_graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legalqa.index.shard.GRAPH", 8_000)
    shard = Shard(tmp_path / "index", 384, free_space_mb=1)
    vectors = np.random.default_rng(0).standard_normal((17_000, 384), dtype=np.float32)
    points = [point(at, "x", vector=vector.tobytes()) for at, vector in enumerate(vectors)]
    shard.rebuild(points[at : at + 1_000] for at in range(0, 17_000, 1_000))
    assert shard.count() == 17_000
    assert shard._call("unordered", type=int) == 1_000  # what came after the second graph
    for at in (17, 8_500, 16_999):
        assert shard.search(vectors[at] / np.linalg.norm(vectors[at]), "", (), 1)[0].id == points[at].id
    shard.close()


def test_vectors_of_another_size_are_refused(index: VectorIndex) -> None:
    with pytest.raises(Exception, match=r"ValueError|wrong size"):
        index.upsert([point(5, "x", vector=b"\0" * 8)])
    assert index.count() == 4


def test_numbers_that_are_none_are_refused(index: VectorIndex) -> None:
    for bad in (np.nan, np.inf):
        vector = embed(["x"])[0].copy()
        vector[3] = bad
        with pytest.raises(Exception, match=r"ValueError|number"):
            index.upsert([POINTS[0], point(6, "x", vector=vector.tobytes())])
    assert index.count() == 4


def test_hidden_text_is_found_only_when_asked_for(index: VectorIndex) -> None:
    index.upsert([point(7, "white words under the box", hidden=True)])
    index.flush()
    assert 7 not in numbers(index, "white words under the box", "hidden=false")
    assert numbers(index, "white words under the box", "hidden=true") == [7]
    assert set(numbers(index, "rent lease confidential white", "hidden=false")) == {1, 2, 3, 4}


def test_every_script_is_stored_and_filtered(index: VectorIndex) -> None:
    names = ("Договір № 7.pdf", "契約書.docx", "STRASSE straße.txt", "nul\u0000\u202e.txt")
    index.upsert([point(8, "Der Mieter zahlt die Miete 賃貸借契約 договір", names=names, parties=("Große GmbH",))])
    index.flush()
    for name in names:
        assert numbers(index, "Miete", f'document="{name}"') == [8], name
    assert numbers(index, "Miete", "party=GROSSE") == [8]
    assert numbers(index, "договір", dense=False) == [8]


def test_a_large_batch_is_taken_whole_and_found_page_by_page(index: VectorIndex) -> None:
    many = [point(number, f"clause {number} of the long lease", pages=(number,)) for number in range(1000, 2100)]
    index.upsert(many)
    index.flush()
    assert index.count() == 1104
    assert index.counts() == {LEASE: 1102, NDA: 2}
    assert len(set(index.ids(LEASE))) == 1102
    assert numbers(index, "clause 1718 of the long lease", "page=1718") == [1718]
    stored = index.vectors([made.id for made in many])
    assert len(stored) == 1100
    index.delete(LEASE)
    index.flush()
    assert index.counts() == {NDA: 2}


def test_a_restart_loses_nothing(kind: str, tmp_path: Path) -> None:
    first = filled(kind, tmp_path)
    first.delete_points([POINTS[0].id])
    first.flush()
    before = numbers(first, "rent lease confidential seller")
    first.close()
    if kind == "http":
        _SERVED[tmp_path].stop()
        _SERVED[tmp_path].start()
    again = opened(kind, tmp_path)
    try:
        assert again.counts() == {LEASE: 1, NDA: 2}
        assert numbers(again, "rent lease confidential seller") == before
    finally:
        again.close()
