"""Several readers at a stream of files: each file comes back once, a slow writer holds them back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from legalqa.finding import sha256_of
from legalqa.index.files import FileFact
from legalqa.ingest import Unreadable
from legalqa.readers import Done, Readers, Task
from legalqa.values.document import Document
from tests.ingest.test_book import reader


def tasks(folder: Path, count: int) -> list[Task]:
    made = []
    for number in range(count):
        path = folder / f"{number}.pdf"
        path.write_bytes(b"%PDF-1.4 " + str(number).encode())
        made.append(Task(FileFact(str(path), sha256_of(path), 10, 1), path))
    return made


def drained(readers: Readers) -> list[Done]:
    found = []
    while readers.busy:
        done = readers.take(0.1)
        if done is not None:
            found.append(done)
    return found


def test_every_file_comes_back_once_however_many_read_it(tmp_path: Path) -> None:
    pages: list[str] = []
    with Readers(reader, 3, on_page=lambda path, *_: pages.append(path)) as readers:
        for task in tasks(tmp_path, 8):
            readers.submit(task)
        found = drained(readers)
    assert sorted(done.fact.path for done in found) == sorted(set(pages))
    assert len(found) == 8
    for done in found:
        assert isinstance(done.result, Document)
        assert [page.number for page in done.result.pages] == list(range(1, 31))
        assert done.seconds > 0


def test_readers_wait_for_a_slow_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legalqa.readers._TEXT_AHEAD", 200)
    with Readers(reader, 1) as readers:
        for task in tasks(tmp_path, 6):
            readers.submit(task)
        end = time.monotonic() + 60
        while len(readers._unwritten) < 1 and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1.5)
        assert len(readers._unwritten) == 1  # its text is longer than one reader may be ahead, however few files
        assert len(drained(readers)) == 6


def test_a_file_that_changes_while_it_is_read_is_not_trusted(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, 1)

    def change(*_: object) -> None:
        task.source.write_bytes(b"%PDF-1.4 other")

    with Readers(reader, 1, on_page=change) as readers:
        readers.submit(task)
        (done,) = drained(readers)
    assert isinstance(done.result, Unreadable)
    assert "changed while it was read" in done.result.reason
