"""The reading process may hang, die or be killed: the other pages and the parent are none the worse."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa import errors
from legalqa.ingest import Reader, ReadOptions, Unreadable
from legalqa.ingest.items import Structure
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, sha256
from tests.ingest.troubled import troubled


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    made = troubled(monkeypatch, Reader(ReadOptions(page_seconds=1.0)))
    yield made
    made.close()


def file(tmp_path: Path, todo: str) -> Path:
    path = tmp_path / "x.pdf"
    path.write_text(f"pages-5 {todo}")
    return path


def test_pages_that_hang_or_crash_fail_alone(tmp_path: Path, reader: Reader) -> None:
    document = reader.read(file(tmp_path, "2-hang 4-die"), "a" * 64)
    assert [page.source for page in document.pages] == ["text", "failed", "text", "failed", "text"]
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5]
    assert "longer than 1 second" in (document.pages[1].reason or "")
    assert "SIGSEGV" in (document.pages[3].reason or "")
    assert [document.text[p.start : p.end] for p in document.pages] == ["Page 1.", "", "Page 3.", "", "Page 5."]


def test_a_file_whose_every_page_crashes_is_given_up(tmp_path: Path, reader: Reader) -> None:
    document = reader.read(file(tmp_path, "all-die"), "a" * 64)
    assert {page.source for page in document.pages} == {"failed"}
    assert all(page.reason for page in document.pages)


def test_a_file_that_kills_on_opening_is_failed(tmp_path: Path, reader: Reader) -> None:
    with pytest.raises(Unreadable) as caught:
        reader.read(file(tmp_path, "open-die"), "a" * 64)
    assert caught.value.state == "failed"
    assert "SIGKILL" in caught.value.reason


def test_kill_from_another_thread_cancels(tmp_path: Path, reader: Reader) -> None:
    monkey = Reader(ReadOptions(page_seconds=60))
    monkey._child = reader._child
    timer = threading.Timer(0.7, monkey.kill)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(errors.Cancelled):
        monkey.read(file(tmp_path, "1-hang"), "a" * 64)
    assert time.monotonic() - begun < 5


def test_a_reader_goes_on_after_a_kill(tmp_path: Path) -> None:
    path = pdfs.text_pdf(tmp_path / "lease.pdf", [LEASE])
    reader = Reader(ReadOptions())
    first = reader.read(path, sha256(path))
    reader.kill()
    assert reader.read(path, sha256(path)) == first
    reader.close()


def test_too_little_memory_is_a_reason_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"word " * 20_000_000)
    reader = Reader(ReadOptions(memory=500_000_000))
    with pytest.raises(Unreadable) as caught:
        reader.read(path, "b" * 64)
    assert caught.value.state == "failed"
    reader.close()


def test_structure_is_decoded_from_plain_values() -> None:
    import msgspec

    empty = Structure("", "other", None, (), (), (), (), ())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(empty), type=Structure) == empty
