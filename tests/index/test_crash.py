"""kill -9 at any moment, then the same command again: the same chunks, none twice, none lost."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import os
import random
import signal
import time
from pathlib import Path

import pytest

from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard
from legalqa.index.writer import Writer
from legalqa.values.document import Document
from tests.index import synthetic

_DOCUMENTS = 60
_KILLS = 10


def documents(edition: int) -> list[Document]:
    """A folder's documents; in the second edition a third of them have been edited, and all are cut otherwise."""
    edited = [seed + 1000 if edition == 2 and seed % 3 == 0 else seed for seed in range(_DOCUMENTS)]
    return [
        synthetic.document(synthetic.prose(seed), f"folder/{number}.txt", chunk=80 if edition == 1 else 60)
        for number, seed in enumerate(edited)
    ]


def command(folder: Path, edition: int, started: multiprocessing.synchronize.Event | None = None) -> None:
    """What `legalqa index` does: open, recover, add what is not known as it is now, write."""
    catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", synthetic.SIZE, free_space_mb=1)
    try:
        with Writer(
            *(folder, catalog, shard, synthetic.embed), ingest_version=str(edition), batch=20, free_space_mb=1
        ) as writer:
            if started is not None:
                started.set()
            for document in documents(edition):
                fact = synthetic.fact(document, mtime_ns=edition)
                if not writer.unchanged(fact.path, fact.size, fact.mtime_ns) and writer.adopt(fact) is None:
                    writer.add(document, fact)
    finally:
        shard.close()
        catalog.close()


def contents(folder: Path) -> dict[str, object]:
    """Everything that counts: documents, chunks and files in the catalog; points in the shard."""
    catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", synthetic.SIZE, free_space_mb=1)
    try:
        found = {
            "documents": {id: catalog.document(id) for id in catalog.documents()},
            "files": [(record.fact, record.state, record.document_id) for record in catalog.files()],
            "points": {id: sorted(shard.ids(id)) for id in shard.counts()},
            "total": shard.count(),
            "pending": catalog.pending(),
        }
        ids = [id for ids in shard.counts() for id in shard.ids(ids)]
        assert sorted(shard.vectors(ids)) == sorted(ids)
        return found
    finally:
        shard.close()
        catalog.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_random_moments(tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    undisturbed.mkdir()
    disturbed.mkdir()
    command(undisturbed, 1)
    began = time.monotonic()
    command(undisturbed, 2)
    usual = time.monotonic() - began
    command(disturbed, 1)
    chosen = random.Random(20261121)
    context = multiprocessing.get_context("spawn")
    finished = 0
    for _ in range(_KILLS):
        started = context.Event()
        process = context.Process(target=command, args=(disturbed, 2, started))
        process.start()
        if chosen.random() < 0.8:  # otherwise already while it opens and recovers
            started.wait(60)
        time.sleep(chosen.uniform(0, usual / 3))
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        finished += process.exitcode == 0
    assert finished < _KILLS  # else nothing was tested
    command(disturbed, 2)
    assert contents(disturbed) == contents(undisturbed)
    assert contents(disturbed)["pending"] == []
