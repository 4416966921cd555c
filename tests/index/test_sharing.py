"""Several processes and one shard: Qdrant lets only one have it open, and nobody may be kept waiting by that."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from legalqa.child import Child
from legalqa.errors import Denied, EnvironmentFault
from legalqa.index import space
from legalqa.index.lock import FileLock, WriterLock
from legalqa.index.shard import Shard
from legalqa.index.sharing import Possession
from tests.contract.test_shard import LEASE, NDA, POINTS
from tests.index.synthetic import SIZE, embed


def found(shard: Shard) -> set[str]:
    documents = {point.id: point.document_id for point in POINTS}
    return {documents[hit.id] for hit in shard.search(embed(["confidential rent"])[0], "confidential rent", (), 10)}


def test_a_reader_beside_a_writer_and_a_writer_beside_a_reader(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    writer, reader = Shard(folder, SIZE, free_space_mb=1), Shard(folder, SIZE, free_space_mb=1)
    try:
        writer.upsert(POINTS[:2])
        writer.flush()
        assert found(reader) == {LEASE}  # from a copy: the writer has the shard open
        assert list(tmp_path.glob("index.copy-*"))
        writer.upsert(POINTS[2:])
        writer.flush()
        assert found(writer) == {LEASE, NDA}
        writer.close()
        reader.close()
        assert not list(tmp_path.glob("index.copy-*"))
        assert found(reader) == {LEASE, NDA}  # in place now
        writer.delete(NDA)  # the reader gives the shard up
        writer.flush()
        assert found(reader) == {LEASE}
        assert writer.count() == 2
    finally:
        writer.close()
        reader.close()


def test_copies_of_dead_readers_are_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    writer, reader = Shard(folder, SIZE, free_space_mb=1), Shard(folder, SIZE, free_space_mb=1)
    try:
        writer.upsert(POINTS)
        writer.flush()
        found(reader)
        left = set(tmp_path.glob("index.copy-*"))
        reader._child.kill()
        assert found(reader) == {LEASE, NDA}
        assert left.isdisjoint(tmp_path.glob("index.copy-*"))
    finally:
        writer.close()
        reader.close()


def test_a_killed_engine_is_started_again(tmp_path: Path) -> None:
    import os
    import signal

    shard = Shard(tmp_path / "index", SIZE, free_space_mb=1)
    try:
        shard.upsert(POINTS)
        shard.flush()
        assert shard.pid is not None
        os.kill(shard.pid, signal.SIGKILL)
        assert shard.count() == len(POINTS)
    finally:
        shard.close()


def test_another_embedding_model_is_refused(tmp_path: Path) -> None:
    shard, other = Shard(tmp_path / "index", SIZE, free_space_mb=1), Shard(tmp_path / "index", SIZE + 1)
    shard.upsert(POINTS)
    shard.flush()
    shard.close()
    with pytest.raises(EnvironmentFault, match=rf"another embedding model: vectors of {SIZE} numbers, not {SIZE + 1}"):
        other.count()
    other.close()
    assert shard.count() == len(POINTS)
    shard.close()


def test_writer_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    holder = Child("tests.index.test_sharing:Holder", str(tmp_path))
    holder.call("hold", type=type(None))
    pid = holder.pid
    with pytest.raises(Denied, match=f"process {pid} on ") as denied, WriterLock(tmp_path):
        pass
    assert denied.value.exit_code == 5
    holder.kill()
    with WriterLock(tmp_path):
        assert FileLock(tmp_path / "writer.lock").wanted_by_other()


class Holder:
    """Holds the writer lock of a folder in another process."""

    def __init__(self, _stop: object, folder: str) -> None:
        self._lock = WriterLock(Path(folder))

    def hold(self) -> None:
        """Take it."""
        self._lock.acquire()


def test_copies_keep_holes_and_content(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    with (source / "deep" / "sparse").open("wb") as file:
        file.write(b"begin")
        file.seek(8 << 20)
        file.write(b"end")
        file.truncate(9 << 20)
    (source / "empty").touch()
    space.copy_sparse(source, tmp_path / "target")
    assert (tmp_path / "target" / "deep" / "sparse").read_bytes() == (source / "deep" / "sparse").read_bytes()
    assert (tmp_path / "target" / "empty").read_bytes() == b""
    assert space.size_of(tmp_path / "target") < 1 << 20


def test_a_copy_that_costs_little_is_renewed_soon(tmp_path: Path) -> None:
    """Else a first question after indexing would find nothing of what was indexed."""
    folder = tmp_path / "index"
    folder.mkdir()
    writer, reader = Possession(folder), Possession(folder)
    writer.to_write()
    reader.to_read()
    assert reader.copied
    writer.begin_change()
    writer.end_change()
    began = time.monotonic()
    while not reader.outdated and time.monotonic() - began < 4:
        time.sleep(0.02)
    assert reader.outdated
    assert time.monotonic() - began < 3  # before, five seconds whatever it cost
    reader.release()
    writer.release()
