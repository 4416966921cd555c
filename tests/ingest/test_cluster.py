"""A real Dask scheduler with two worker processes, each in a folder of its own: the same documents as at home."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest

from legalqa import errors
from legalqa.ingest import Book, Reader, ReadOptions, Unreadable, outpost, scheduler
from legalqa.ingest.cluster import ClusterReader, capacity
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, sha256
from tests.ingest.dask import Cluster, free_port
from tests.ingest.troubled import troubled

pytestmark = pytest.mark.slow
OPTIONS = ReadOptions(page_seconds=60, memory=3_000_000_000)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"), 2)
    yield made
    made.close()


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that the test may damage."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder, 2)
    yield made
    made.close()


def files(folder: Path) -> dict[str, Path]:
    """One file of every sort that travels differently."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@firm.test", "b@firm.test", "The lease"
    message.set_content("Please see the lease attached.\n" * 5)
    message.add_attachment(b"Rent is due monthly.", maintype="text", subtype="plain", filename="note.txt")
    paths = {name: folder / name for name in ("text.pdf", "scan.pdf", "mail.eml", "broken.pdf", "plain.txt")}
    pdfs.text_pdf(paths["text.pdf"], [[f"Page {number} of the lease.", *LEASE] for number in range(1, 43)])
    pdfs.image_pdf(paths["scan.pdf"], [pdfs.picture([f"Scanned page {number}", *LEASE[:2]]) for number in range(1, 7)])
    paths["mail.eml"].write_bytes(bytes(message))
    paths["broken.pdf"].write_bytes(b"%PDF-1.4\nnot a pdf")
    paths["plain.txt"].write_text("1. Rent. Tenant shall pay.\n" * 30)
    return paths


def outcome(reader: Reader, path: Path) -> object:
    """The document, or why there is none."""
    try:
        return reader.read(path, sha256(path))
    except Unreadable as fault:
        return fault.state, fault.reason


def test_the_cluster_gives_the_same_documents(cluster: Cluster, tmp_path: Path) -> None:
    home, away = Reader(OPTIONS), ClusterReader(OPTIONS, cluster.address)
    told: list[tuple[int, int]] = []
    try:
        for name, path in files(tmp_path).items():
            assert outcome(away, path) == outcome(home, path), name
        pdf = tmp_path / "text.pdf"
        away.read(pdf, sha256(pdf), lambda done, total: told.append((done, total)))
    finally:
        home.close()
        away.close()
    assert told == [(number, 42) for number in range(1, 43)]
    assert capacity(cluster.address) == 2


def test_both_workers_read_and_nothing_stays_behind(cluster: Cluster, tmp_path: Path) -> None:
    seen: dict[Path, int] = {}

    def look(_done: int, _total: int) -> None:
        for folder in cluster.folders:
            seen[folder] = max(seen.get(folder, 0), len(left_on(folder)))

    path = files(tmp_path)["scan.pdf"]
    away = ClusterReader(OPTIONS, cluster.address)
    away.read(path, sha256(path), look)
    away.close()
    assert seen == dict.fromkeys(cluster.folders, 1)  # the file once with each worker, though in several ranges
    assert [file for folder in cluster.folders for file in left_on(folder)] == []


def left_on(folder: Path) -> list[Path]:
    """Copies of documents in a worker's folder."""
    return list(folder.glob("**/legalqa/**/*.*"))


def test_pages_that_hang_or_crash_fail_as_they_do_at_home(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pdf"
    path.write_text("17-die 40-hang")
    options = ReadOptions(page_seconds=1)
    home = troubled(monkeypatch, Reader(options))
    away = troubled(monkeypatch, ClusterReader(options, cluster.address))
    try:
        expected, found = home.read(path, sha256(path)), away.read(path, sha256(path))
    finally:
        home.close()
        away.close()
    assert found == expected
    assert [page.number for page in found.pages if page.source == "failed"] == [17, 40]


def test_a_worker_killed_in_the_middle_costs_nothing(own_cluster: Cluster, tmp_path: Path) -> None:
    path = files(tmp_path)["scan.pdf"]
    home, away = Reader(OPTIONS), ClusterReader(OPTIONS, own_cluster.address)

    def lose(done: int, _total: int) -> None:
        if done == 4:  # the pages after these are under way on both workers
            own_cluster.workers[0].kill()

    try:
        assert away.read(path, sha256(path), lose) == home.read(path, sha256(path))
    finally:
        home.close()
        away.close()


class Unlucky:
    """A connection through which a range from page 9 on is always lost with its machine."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def submit(self, function: Any, order: bytes, *rest: Any, **named: Any) -> Any:
        lost = msgspec.msgpack.decode(order, type=outpost.Order).first >= 9
        return self._client.submit(vanish if lost else function, order, *rest, **named)


def vanish(_order: bytes, _content: bytes) -> bytes:
    raise OSError("the connection to the worker was lost")


def test_pages_whose_machines_are_lost_again_and_again_fail_with_the_reason(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "_connected", lambda address, real=scheduler._connected: Unlucky(real(address)))
    path = files(tmp_path)["text.pdf"]
    away = ClusterReader(OPTIONS, cluster.address)
    found = away.read(path, sha256(path))
    away.close()
    assert [page.source for page in found.pages[:4]] == ["text"] * 4
    assert {page.reason for page in found.pages[20:]} == {"the machine that was to read it was lost 3 times"}


def test_kill_ends_the_work_on_the_cluster_too(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pdf"
    path.write_text("1-hang")
    away = troubled(monkeypatch, ClusterReader(ReadOptions(page_seconds=60), cluster.address))
    timer = threading.Timer(2, away.kill)
    timer.start()
    with pytest.raises(errors.Cancelled):
        away.read(path, sha256(path))
    path.write_text("")
    again = troubled(monkeypatch, ClusterReader(ReadOptions(page_seconds=60), cluster.address))
    began = time.monotonic()
    assert len(again.read(path, sha256(path)).pages) == 50
    assert time.monotonic() - began < 40  # no worker is still busy with the page that hung
    away.close()
    again.close()


def test_without_a_scheduler_it_is_said_soon() -> None:
    with pytest.raises(errors.EnvironmentFault, match="No Dask scheduler answers") as caught:
        capacity(f"tcp://127.0.0.1:{free_port()}")
    assert "--scheduler" in caught.value.hint
    with pytest.raises(errors.EnvironmentFault, match="no certificates"):
        capacity("tls://127.0.0.1:8786")
    with pytest.raises(errors.UserError, match="not the address"):
        ClusterReader(OPTIONS, "inproc://")


def test_workers_of_another_version_are_refused(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = outpost.identity()
    monkeypatch.setattr(outpost, "INGEST_VERSION", 999)
    outpost.identity.cache_clear()
    try:
        with pytest.raises(errors.EnvironmentFault, match="other versions") as caught:
            capacity(cluster.address)
    finally:
        outpost.identity.cache_clear()
    assert theirs in caught.value.message
    assert "reading 999" in caught.value.message


def test_what_a_lying_machine_answers_is_not_taken(tmp_path: Path) -> None:
    order = outpost.Order("h", outpost.identity(), "x:y", [], None, "0" * 64, ".pdf", "pdf", 1, 0, 1.0)
    answer = msgspec.msgpack.decode(outpost.read_range(msgspec.msgpack.encode(order), b"other"), type=outpost.Reply)
    assert answer.fault == (outpost.CHANGED,)
    older = msgspec.structs.replace(order, alike="reading 0")
    answer = msgspec.msgpack.decode(outpost.read_range(msgspec.msgpack.encode(older), b"x"), type=outpost.Reply)
    assert answer.fault[0] == outpost.DIFFERENT


def test_stop_finishes_the_pages_under_way_and_keeps_them(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pdf"
    path.write_text(" ".join(f"{number}-slow" for number in range(3, 51)))
    away = troubled(monkeypatch, ClusterReader(ReadOptions(page_seconds=60), cluster.address))
    book = Book(path, sha256(path), on_page=lambda done, _total: away.stop() if done == 2 else None)
    began = time.monotonic()
    away.work(book)
    away.close()
    done, total = book.progress()
    assert 2 <= done < 50
    assert total == 50
    assert time.monotonic() - began < 60  # reading on would take longer
