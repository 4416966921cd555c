"""The writer on a real catalog and a real shard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from legalqa.errors import Denied, EnvironmentFault
from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard
from legalqa.index.writer import Embed, Writer
from tests.index import synthetic


class Matter:
    """A matter's folder with its catalog and shard, and writers for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalog = Catalog(folder / "catalog.sqlite")
        self.shard = Shard(folder / "index", synthetic.SIZE, free_space_mb=1)

    def writer(self, version: str = "1", free_space_mb: int = 1) -> Writer:
        return Writer(
            *(self.folder, self.catalog, self.shard, synthetic.embed),
            ingest_version=version,
            free_space_mb=free_space_mb,
        )

    def agree(self) -> bool:
        return self.catalog.point_counts() == self.shard.counts()

    def find(self, text: str) -> list[str]:
        hits = self.shard.search(synthetic.embed([text])[0], text, (), 5)
        return [stored.document_id for stored in self.catalog.chunks([hit.id for hit in hits])]


@pytest.fixture
def matter(tmp_path: Path) -> Iterator[Matter]:
    matter = Matter(tmp_path)
    yield matter
    matter.shard.close()
    matter.catalog.close()


def test_a_document_is_indexed_and_found_whole(matter: Matter) -> None:
    document = synthetic.document("The tenant shall not assign this lease without consent. " * 20, bates="HP")
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
        assert matter.catalog.documents() == []  # not before it is flushed
    assert matter.catalog.document(document.id) == document
    assert matter.agree()
    assert document.id in matter.find("assign this lease")
    coverage = matter.catalog.coverage()
    assert coverage.documents == 1
    assert coverage.pages == {"text": 1, "ocr": 1, "blank": 0, "failed": 0}
    assert [(file.path, file.state, file.pages, file.bates) for file in coverage.files] == [
        (document.path, "indexed", 2, ("HP000001", "HP000002"))
    ]


def test_same_bytes_under_two_paths_are_one_document(matter: Matter) -> None:
    document = synthetic.document(synthetic.prose(1), "a/Exhibit A.txt")
    other = synthetic.document(synthetic.prose(1), "b/Copy.txt")
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
        writer.add(other, synthetic.fact(other))
    states = {file.path: file.state for file in matter.catalog.coverage().files}
    assert states == {"a/Exhibit A.txt": "indexed", "b/Copy.txt": "duplicate"}
    assert matter.catalog.coverage().documents == 1
    assert matter.agree()
    with matter.writer() as writer:
        writer.missing("a/Exhibit A.txt")
    states = {file.path: file.state for file in matter.catalog.coverage().files}
    assert states == {"a/Exhibit A.txt": "missing", "b/Copy.txt": "indexed"}
    assert matter.catalog.document(document.id, words=False).path == "b/Copy.txt"


def test_adopting_a_known_content_needs_no_reading(matter: Matter) -> None:
    document = synthetic.document(synthetic.prose(1))
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
    with matter.writer() as writer:
        assert writer.unchanged(document.path, len(document.text), 1)
        assert not writer.unchanged(document.path, len(document.text), 2)
        assert writer.adopt(synthetic.fact(document, mtime_ns=2)) == "indexed"
        assert writer.unchanged(document.path, len(document.text), 2)
        assert writer.adopt(synthetic.fact(document, "elsewhere.txt")) == "duplicate"
        assert writer.adopt(synthetic.fact(synthetic.document("new"))) is None
    with matter.writer("2") as writer:  # a newer reader reads everything again
        assert not writer.unchanged(document.path, len(document.text), 2)
        assert writer.adopt(synthetic.fact(document, mtime_ns=2)) is None


def test_an_edited_file_is_replaced_whole(matter: Matter) -> None:
    old = synthetic.document("Rent is 4,000 dollars. " * 30)
    new = synthetic.document("Rent is 5,000 dollars. " * 30)
    with matter.writer() as writer:
        writer.add(old, synthetic.fact(old))
    with matter.writer() as writer:
        writer.add(new, synthetic.fact(new, mtime_ns=2))
    assert matter.catalog.documents() == [new.id]
    assert matter.catalog.phrase("4,000 dollars") == []
    assert len(matter.catalog.phrase("5,000 dollars")) == 30
    assert matter.shard.counts() == matter.catalog.point_counts()
    assert [file.state for file in matter.catalog.files()] == ["indexed"]


def test_an_edited_copy_leaves_the_original(matter: Matter) -> None:
    old, new = synthetic.document(synthetic.prose(1), "a.txt"), synthetic.document(synthetic.prose(2), "a.txt")
    with matter.writer() as writer:
        writer.add(old, synthetic.fact(old))
        writer.add(old, synthetic.fact(old, "b.txt"))
    with matter.writer() as writer:
        writer.add(new, synthetic.fact(new))
    assert set(matter.catalog.documents()) == {old.id, new.id}
    assert matter.catalog.document(old.id, words=False).path == "b.txt"
    assert {file.fact.path: file.state for file in matter.catalog.files()} == {"a.txt": "indexed", "b.txt": "indexed"}
    assert matter.agree()


def test_the_same_bytes_read_anew_with_other_chunks(matter: Matter) -> None:
    text = synthetic.prose(3)
    first, second = synthetic.document(text, chunk=80), synthetic.document(text, chunk=50)
    with matter.writer("1") as writer:
        writer.add(first, synthetic.fact(first))
    with matter.writer("2") as writer:
        writer.add(second, synthetic.fact(second))
    assert matter.catalog.document(first.id).chunks == second.chunks
    assert matter.agree()
    assert sorted(matter.shard.ids(first.id)) == sorted(c.id for c in second.chunks if c.parent_id)


def test_a_file_that_can_no_longer_be_read_keeps_its_old_version(matter: Matter) -> None:
    document = synthetic.document(synthetic.prose(1))
    broken = synthetic.fact(synthetic.document("?"), document.path, mtime_ns=2)
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
        writer.flush()
        writer.fail(broken, "encrypted", "needs a password")
        writer.fail(synthetic.fact(synthetic.document("!"), "b.pdf"), "failed", "no page could be read")
    states = {file.path: (file.state, file.reason) for file in matter.catalog.coverage().files}
    assert states["b.pdf"] == ("failed", "no page could be read")
    assert states[document.path][0] == "changed"
    assert "needs a password" in states[document.path][1]
    assert matter.catalog.documents() == [document.id]


def test_removing_a_document(matter: Matter) -> None:
    one, two = synthetic.document(synthetic.prose(1), "1.txt"), synthetic.document(synthetic.prose(2), "2.txt")
    with matter.writer() as writer:
        writer.add(one, synthetic.fact(one))
        writer.add(two, synthetic.fact(two))
        writer.flush()
        writer.remove(one.id)
        assert matter.catalog.documents() == [two.id]
        assert matter.agree()
        writer.rebuild()
        assert matter.agree()
    assert matter.catalog.phrase("Document number 1") == []
    assert matter.find(two.text) != []


def test_second_writer_is_denied_by_name(matter: Matter) -> None:
    with matter.writer(), pytest.raises(Denied, match=r"process \d+ on .+ since 20") as denied:
        matter.writer()
    assert denied.value.exit_code == 5
    matter.writer().close()


def test_graphs_are_made_while_there_is_still_more_to_write(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legalqa.index.writer.GRAPH", 3)
    counted: list[int] = []
    monkeypatch.setattr(matter.shard, "optimize", lambda: counted.append(matter.shard.count()))
    with matter.writer() as writer:
        for number in range(4):
            document = synthetic.document(f"Clause {number} of the lease. " * 20)
            writer.add(document, synthetic.fact(document, f"/matter/{number}.txt"))
            writer.flush()
    assert len(counted) > 1
    assert all(later - earlier >= 3 for earlier, later in zip([0, *counted], counted, strict=False))


def test_full_disk(matter: Matter) -> None:
    document = synthetic.document(synthetic.prose(1))
    writer = matter.writer(free_space_mb=1 << 40)
    writer.add(document, synthetic.fact(document))
    with pytest.raises(EnvironmentFault, match=r"disk is full.*Free \d+ MB"):
        writer.flush()
    writer.close()
    assert matter.catalog.documents() == []
    with matter.writer() as again:
        again.add(document, synthetic.fact(document))
    assert matter.agree()


@pytest.mark.parametrize("step", ["put", "upserted", "published"])
def test_recovery_after_each_step(matter: Matter, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    text = synthetic.prose(1)
    old, new = synthetic.document(text, chunk=80), synthetic.document(text, chunk=50)
    with matter.writer("1") as writer:
        writer.add(old, synthetic.fact(old))

    class Death(Exception):
        pass

    def die(*_: object) -> None:
        raise Death

    target = {"put": (Writer, "_finish"), "upserted": (Catalog, "publish"), "published": (Writer, "_sweep")}[step]
    writer = matter.writer("2")
    writer.add(new, synthetic.fact(new))
    with monkeypatch.context() as patch:
        patch.setattr(*target, die)
        with pytest.raises(Death):
            writer.flush()
    writer.close()
    shown = {"put": old, "upserted": old, "published": new}[step]
    assert matter.catalog.document(old.id) == shown  # readers see one or the other, never a mixture
    with matter.writer("2") as recovered:
        assert recovered.recovery.finished == ((new.id,) if step != "published" else ())
    assert matter.catalog.document(new.id) == new
    assert matter.agree()
    assert sorted(matter.shard.ids(new.id)) == sorted(c.id for c in new.chunks if c.parent_id)


@pytest.mark.parametrize("step", ["delete", "embed_again", "_upsert", None])
def test_embedding_again_ends_whole_wherever_it_stops(
    matter: Matter, monkeypatch: pytest.MonkeyPatch, step: str | None
) -> None:
    """Vectors of the old model, or of the new one, and as many points as before: never some of each."""
    document = synthetic.document(synthetic.prose(1))
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
    before = matter.catalog.sample(99)

    class Death(Exception):
        pass

    def die(*_: object) -> None:
        raise Death

    monkeypatch.setattr(synthetic, "embed", mirrored(synthetic.embed))
    writer = matter.writer()
    if step is None:
        writer.embed_again(document.id, "encoder=new")
    else:
        owner = {"delete": Shard, "embed_again": Catalog, "_upsert": Writer}[step]
        with monkeypatch.context() as patch:
            patch.setattr(owner, step, die)
            with pytest.raises(Death):
                writer.embed_again(document.id, "encoder=new")
    writer.close()
    matter.writer().close()
    old = step in ("delete", "embed_again")
    assert matter.catalog.read_as(document.id) == ("1", "" if old else "encoder=new")
    assert (matter.catalog.sample(99) == before) is old
    assert matter.catalog.document(document.id) == document
    stored = matter.shard.vectors(list(before))
    assert len(stored) == len(before)
    for id, vector in matter.catalog.sample(99).items():
        expected = np.frombuffer(vector, "<f2").astype(np.float32)
        np.testing.assert_allclose(np.frombuffer(stored[id], "<f4"), expected, atol=2e-3)


def test_a_model_with_longer_vectors_takes_over(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [synthetic.document(synthetic.prose(seed), f"{seed}.txt") for seed in range(2)]
    with matter.writer() as writer:
        for document in documents:
            writer.add(document, synthetic.fact(document))
    matter.shard.close()
    matter.shard = Shard(matter.folder / "index", 2 * synthetic.SIZE, free_space_mb=1)
    with pytest.raises(EnvironmentFault, match="another embedding model"):
        matter.shard.count()
    plain = synthetic.embed
    monkeypatch.setattr(synthetic, "embed", lambda texts: np.tile(plain(texts), 2) / np.float32(2**0.5))
    with matter.writer() as writer:
        assert writer.recovery.rebuilt
        for document in documents:
            writer.embed_again(document.id, "encoder=longer")
            assert matter.find(document.text[:60])[0] == document.id
    assert matter.agree()


def mirrored(embed: Embed) -> Embed:
    """Another model: the same texts lie elsewhere."""
    return lambda texts: embed(texts)[:, ::-1]


def test_points_of_unknown_documents_leave_the_index(matter: Matter) -> None:
    document = synthetic.document(synthetic.prose(1))
    with matter.writer() as writer:
        writer.add(document, synthetic.fact(document))
    matter.catalog.remove(document.id)  # and then the process died
    with matter.writer() as writer:
        assert writer.recovery.dropped == (document.id,)
    assert matter.shard.count() == 0


def test_damaged_index_is_rebuilt_from_the_catalog(matter: Matter) -> None:
    documents = [synthetic.document(synthetic.prose(seed), f"{seed}.txt") for seed in range(5)]
    with matter.writer() as writer:
        for document in documents:
            writer.add(document, synthetic.fact(document))
    before = {id: matter.shard.ids(id) for id in matter.catalog.documents()}
    matter.shard.close()
    for file in (matter.folder / "index" / "segments").rglob("segment.json"):
        file.write_bytes(b"{")
    with matter.writer() as writer:
        assert writer.recovery.rebuilt
    assert {id: sorted(ids) for id, ids in before.items()} == {
        id: sorted(matter.shard.ids(id)) for id in matter.catalog.documents()
    }


def test_missing_segment_and_altered_vectors_are_noticed(matter: Matter) -> None:
    import shutil

    documents = [synthetic.document(synthetic.prose(seed), f"{seed}.txt") for seed in range(5)]
    with matter.writer() as writer:
        for document in documents:
            writer.add(document, synthetic.fact(document))
    matter.shard.close()
    shutil.rmtree(matter.folder / "index" / "segments")
    with matter.writer() as writer:
        assert writer.recovery.rebuilt
    assert matter.agree()
    matter.shard.close()
    vectors = next((matter.folder / "index" / "segments").glob("*/vector_storage-dense"))
    for file in vectors.rglob("chunk_*"):
        data = bytearray(file.read_bytes())
        data[:4096] = bytes(reversed(data[:4096]))
        file.write_bytes(data)
    with matter.writer() as writer:
        assert writer.recovery.rebuilt
    assert matter.agree()
