"""Books and their journals: torn ends, several readers at one file, what a stopped reader leaves."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.child import Child
from legalqa.ingest import Book, Journal, Reader, ReadOptions
from legalqa.ingest.items import Item, Opened, PageRead, Structure
from legalqa.ingest.worker import Worker
from legalqa.values.document import Document, Page, Region, Word

PAGES = 30


class Slow(Worker):
    """A worker whose pages take a moment each, are told in a file, and one of which kills it."""

    def read(self, path: bytes, kind: str, skip: list[int]) -> Iterator[Item]:
        yield Opened(PAGES, paged=True, separator="\n\n")
        for number in range(1, PAGES + 1):
            if self._stop.is_set():
                return
            if number in skip:
                continue
            with Path(os.fsdecode(path)).with_suffix(".log").open("a") as log:
                log.write(f"{number}\n")
            time.sleep(0.02)
            if number == 17 and b"deadly" in path:
                os.kill(os.getpid(), signal.SIGSEGV)
            yield read_page(number)

    def structure(self, outline: dict[str, Any]) -> Structure:
        nothing = tuple(None for _ in outline["pages"])
        return Structure("", "other", None, (), nothing, tuple(outline["labels"]), (), (), tuple(outline["regions"]))


def slow(stop: threading.Event, *options: Any) -> Slow:
    return Slow(stop, *options)


def read_page(number: int, source: str = "ocr") -> PageRead:
    text = f"Page {number}."
    words = (Word(0, 4, 1, 2, 3, 4, 90.0), Word(5, len(text), 5, 6, 7, 8, 80.0))
    page = Page(number, str(number), cast(Any, source), 0, len(text), 612, 792, words, 85.0)
    return PageRead(page, text, (), (Region("footer", 5, len(text), str(number)),))


def reader() -> Reader:
    made = Reader(ReadOptions(page_seconds=20))
    made._child = Child("tests.ingest.test_book:slow", "auto", "eng")
    return made


def pdf(folder: Path, name: str = "scan") -> Path:
    path = folder / f"{name}.pdf"
    path.write_bytes(b"%PDF-1.4")
    return path


def read_pages(path: Path) -> list[int]:
    return [int(line) for line in path.with_suffix(".log").read_text().split()]


def read_by(count: int, path: Path) -> Document:
    book = Book(path, "0" * 64)
    readers = [reader() for _ in range(count)]

    def help_along(one: Reader) -> None:
        while not book.complete():
            if one is readers[0] or book.can_be_shared():
                one.work(book)
            time.sleep(0.005)

    threads = [threading.Thread(target=help_along, args=(one,)) for one in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        return readers[0].finish(book)
    finally:
        for one in readers:
            one.close()


@pytest.mark.parametrize("name", ["scan", "deadly"])
def test_several_readers_make_the_same_document_as_one(tmp_path: Path, name: str) -> None:
    alone = read_by(1, pdf(tmp_path, name))
    (tmp_path / f"{name}.log").unlink()
    together = read_by(3, pdf(tmp_path, name))
    assert together == alone
    assert [page.number for page in alone.pages] == list(range(1, PAGES + 1))
    failed = [17] if name == "deadly" else []
    assert [page.number for page in alone.pages if page.source == "failed"] == failed
    assert all(alone.text[r.start : r.end] == f"{r.detail}." for r in alone.regions)
    read = read_pages(tmp_path / name)
    assert sorted(set(read)) == list(range(1, PAGES + 1))
    assert len(read) < PAGES + 12  # a reader that gives pages away may have begun the first of them


def test_a_stopped_reader_finishes_its_page_and_nothing_is_read_twice(tmp_path: Path) -> None:
    path = pdf(tmp_path)
    kept = tmp_path / "kept.pages"
    one = reader()
    book = Book(path, "0" * 64, journal=Journal(kept, "v1"), on_page=lambda done, _: one.stop() if done == 5 else None)
    one.work(book)
    book.save()
    one.close()
    assert not book.complete()
    before = read_pages(path)
    assert book.progress()[0] == len(before)  # what was begun was finished
    again = reader()
    resumed = Book(path, "0" * 64, journal=Journal(kept, "v1"))
    assert resumed.progress() == (len(before), PAGES)
    again.work(resumed)
    document = again.finish(resumed)
    again.close()
    assert sorted(read_pages(path)) == list(range(1, PAGES + 1))
    assert document == read_by(1, path)
    assert Book(path, "0" * 64, journal=Journal(kept, "v2")).progress() == (0, 0)  # read otherwise: of no use
    assert not kept.exists()


def test_pages_without_ocr_are_kept_when_reading_ends(tmp_path: Path) -> None:
    kept = tmp_path / "kept.pages"
    book = Book(pdf(tmp_path), "0" * 64, journal=Journal(kept, "v1"))
    claim = book.claim()
    assert claim is not None
    book.take(Opened(3, paged=True), claim)
    book.take(read_page(1, "text"), claim)
    book.take(read_page(2, "failed"), claim)
    assert not kept.exists()
    book.save()
    items = Journal(kept, "v1").read()
    assert items == [Opened(3, paged=True), read_page(1, "text")]  # a failed page is tried again


def test_nobody_is_asked_to_help_with_a_book_that_is_being_made_a_document(tmp_path: Path) -> None:
    book = Book(pdf(tmp_path), "0" * 64)
    claim = book.claim()
    assert claim is not None
    book.take(Opened(8, paged=True), claim)
    assert book.can_be_shared()
    for number in range(1, 9):
        book.take(read_page(number), claim)
    assert len(list(book.pages())) == 8
    assert not book.can_be_shared()
    assert book.claim() is None


@given(count=st.integers(1, 5), cut=st.floats(0, 1), flipped=st.none() | st.floats(0, 0.999))
@settings(max_examples=60, deadline=None)
def test_whatever_is_torn_or_altered_only_whole_pages_count(count: int, cut: float, flipped: float | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.pages"
        journal = Journal(file, "v1")
        written: list[Opened | PageRead] = [Opened(count, paged=True), *(read_page(n + 1) for n in range(count))]
        for item in written:
            journal.add(item)
        journal.close()
        data = bytearray(file.read_bytes())
        if flipped is not None:
            data[int(flipped * len(data))] ^= 0x55
        file.write_bytes(bytes(data[: round(cut * len(data))]))
        found = Journal(file, "v1").read()
        assert found == written[: len(found)]
        if cut == 1 and flipped is None:
            assert found == written
        more = Journal(file, "v1")
        again = more.read()
        more.add(read_page(9))
        more.close()
        assert Journal(file, "v1").read() == [*again, read_page(9)]
