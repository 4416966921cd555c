"""The reading process may hang, die or be killed: the other pages and the parent are none the worse."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from legalqa import errors
from legalqa.child import Child
from legalqa.ingest import Reader, ReadOptions, Unreadable
from legalqa.ingest.items import Item, Opened, PageRead, Structure
from legalqa.ingest.worker import Worker
from legalqa.values.document import Page
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, sha256


class Trouble(Worker):
    """A worker whose pages do what the file's name says: "2-hang 4-die"."""

    def read(self, path: bytes, kind: str, skip: list[int]) -> Iterator[Item]:
        todo = dict(part.split("-") for part in Path(os.fsdecode(path)).stem.split())
        if "open" in todo.values():
            os.kill(os.getpid(), signal.SIGKILL)
        yield Opened(5, paged=True, separator="\n\n")
        for number in range(1, 6):
            if number in skip:
                continue
            match todo.get(str(number)) or todo.get("0"):
                case "hang":
                    time.sleep(60)
                case "die":
                    os.kill(os.getpid(), signal.SIGSEGV)
            text = f"Page {number}."
            yield PageRead(Page(number, str(number), "text", 0, len(text), 612, 792), text)


def trouble(stop: threading.Event, *options: Any) -> Trouble:
    return Trouble(stop, *options)


@pytest.fixture
def troubled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    reader = Reader(ReadOptions(page_seconds=1.0))
    monkeypatch.setattr(reader, "_child", Child("tests.ingest.test_reader:trouble", "auto", "eng"))
    yield reader
    reader.close()


def file(tmp_path: Path, name: str) -> Path:
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


def test_pages_that_hang_or_crash_fail_alone(tmp_path: Path, troubled: Reader) -> None:
    document = troubled.read(file(tmp_path, "2-hang 4-die"), "a" * 64)
    assert [page.source for page in document.pages] == ["text", "failed", "text", "failed", "text"]
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5]
    assert "longer than 1 second" in (document.pages[1].reason or "")
    assert "SIGSEGV" in (document.pages[3].reason or "")
    assert [document.text[p.start : p.end] for p in document.pages] == ["Page 1.", "", "Page 3.", "", "Page 5."]


def test_a_file_whose_every_page_crashes_is_given_up(tmp_path: Path, troubled: Reader) -> None:
    document = troubled.read(file(tmp_path, "0-die"), "a" * 64)
    assert {page.source for page in document.pages} == {"failed"}
    assert all(page.reason for page in document.pages)


def test_a_file_that_kills_on_opening_is_failed(tmp_path: Path, troubled: Reader) -> None:
    with pytest.raises(Unreadable) as caught:
        troubled.read(file(tmp_path, "0-open"), "a" * 64)
    assert caught.value.state == "failed"
    assert "SIGKILL" in caught.value.reason


def test_kill_from_another_thread_cancels(tmp_path: Path, troubled: Reader) -> None:
    monkey = Reader(ReadOptions(page_seconds=60))
    monkey._child = troubled._child
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
