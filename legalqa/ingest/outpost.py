"""Page work at its place of execution: what a Dask worker does for a `ClusterReader` at home.

A Dask worker is shared and long-lived, so nothing hostile is parsed in it: each range of pages is read in a killable
child, as at home. What goes back is msgpack of `items`, whose bytes the home decodes into declared types. Nothing here
raises: Dask would log the arguments of a failed task, and they hold a document.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import msgspec

from legalqa import __version__, errors
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.confining import Rights
from legalqa.ingest.items import Attached, Item, Opened, PageRead
from legalqa.ingest.reader import INGEST_VERSION

DIED, TIMED_OUT, CHANGED, DIFFERENT, TOO_LARGE = "died", "timed out", "changed", "different", "too large"
LARGEST = 256 << 20  # bytes of a file, or of all files inside one, that are sent over the network
SPOOL = 2  # which option of `Worker` is the folder for files found inside files
_ENGINES = ("pypdfium2", "tesserocr", "pytesseract", "opencv-python-headless")
_ABANDONED = 24 * 3600.0  # seconds after which the files of a home that never said goodbye are removed
_START_SECONDS = 60.0


class Order(msgspec.Struct, frozen=True):
    """A range of pages to be read: ``first`` to ``last``, without those in `skip`; ``last`` 0 is the whole file.

    `home` names whoever asks, `alike` is what its `identity` is; `factory`, `options` and `memory` make the child,
    which gets a spool folder here if it has one there.
    """

    home: str
    alike: str
    factory: str
    options: list[Any]
    memory: int | None
    sha256: str
    suffix: str
    kind: str
    first: int
    last: int
    idle: float
    skip: tuple[int, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """What came of an order: items up to a fault, if there was one, and the bytes of attachments by SHA-256.

    `fault` is empty, or its kind (one of the words above, or the name of a LegalQAError) and what is to be said of it.
    """

    items: tuple[Item, ...] = ()
    fault: tuple[str, ...] = ()
    files: dict[str, bytes] = {}


class Ranges:
    """The child's object: the reading process of home, asked for a few pages at a time."""

    def __init__(self, stop: threading.Event, factory: str, *options: Any) -> None:
        import importlib

        module, _, name = factory.partition(":")
        self._worker = getattr(importlib.import_module(module), name)(stop, *options)

    def ready(self) -> bool:
        """See `Worker.ready`."""
        return bool(self._worker.ready())

    def read(self, path: bytes, kind: str, skip: list[int], first: int, last: int) -> Iterator[Item]:
        """`Worker.read` for the pages from `first` to `last`; the generator is left before it reads the next one."""
        wanted = set(range(first, last + 1)) - set(skip)
        pages = 0
        for item in self._worker.read(path, kind, sorted({*skip, *range(1, first)})):
            yield item
            if isinstance(item, Opened):
                pages = item.pages
            elif isinstance(item, PageRead):
                wanted.discard(item.page.number)
            if pages > last > 0 and not wanted:  # with the last page comes what the file has after its pages
                return


@cache
def identity() -> str:
    """What must be alike on two machines so that the same bytes give the same document."""
    found = [f"legalqa {__version__}", f"reading {INGEST_VERSION}"]
    for name in _ENGINES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    if shutil.which("soffice") or shutil.which("libreoffice"):
        found.append("LibreOffice")
    return ", ".join(found)


def read_range(order: bytes, content: bytes) -> bytes:
    """Carry out an encoded `Order` on a file's bytes; an encoded `Reply`."""
    try:
        reply = _carried_out(msgspec.msgpack.decode(order, type=Order), content)
    except errors.LegalQAError as error:
        reply = Reply(fault=(type(error).__name__, error.message, error.kept, error.hint))
    except OSError as error:
        reason = f"{error.strerror or type(error).__name__} on a machine of the cluster"
        reply = Reply(fault=("EnvironmentFault", f"A file could not be handed on: {reason}.", "", ""))
    except Exception as error:  # of an error that nobody foresaw only the kind: its text may quote a document
        reply = Reply(fault=("BugError", f"{type(error).__name__} on a machine of the cluster", "", ""))
    return msgspec.msgpack.encode(reply)


def read_to_end_of_page(home: str) -> None:
    """Let the reading processes that work for this home finish their page, and begin no other order of it."""
    _children.stop(home)


def read_no_more(home: str) -> None:
    """End the reading processes that work for this home, at once."""
    _children.kill(home)


def forget_file(home: str, dask_worker: Any = None) -> None:
    """Remove the file that this home has had read. Dask fills in `dask_worker`.

    Its folder stays: the right to read in it, which a reading process was given, would not hold for a new one.
    """
    for file in (_folder(dask_worker) / home).glob("*"):
        file.unlink(missing_ok=True)


def goodbye(home: str, dask_worker: Any = None) -> None:
    """Forget everything of this home; processes are let go with the last one."""
    read_no_more(home)
    shutil.rmtree(_folder(dask_worker) / home, ignore_errors=True)
    _children.dismiss(home)


def _carried_out(order: Order, content: bytes) -> Reply:
    if order.home in _children.stopping:
        return Reply()
    if order.alike != identity():
        return Reply(fault=(DIFFERENT, identity()))
    path = _file(order, content)
    if path is None:
        return Reply(fault=(CHANGED,))
    items: list[Item] = []
    fault: tuple[str, ...] = ()
    with _children.lent(order) as (child, spool):
        try:
            child.call("ready", type=bool, timeout=_START_SECONDS)
            if order.home in _children.stopping:  # while the process started
                return Reply()
            args = (os.fsencode(path), order.kind, order.skip, order.first, order.last)
            items.extend(child.stream("read", *args, type=cast("type[Item]", Item), idle=order.idle))
        except ChildTimeout:
            fault = (TIMED_OUT,)
        except ChildDied as death:
            fault = (DIED, death.reason)
        except errors.LegalQAError as error:
            fault = (type(error).__name__, error.message, error.kept, error.hint)
        try:
            files = _taken(spool, items)
        except _TooLarge:
            return Reply(fault=(TOO_LARGE,))
    return Reply(tuple(items), fault, files)


class _TooLarge(Exception):
    """The files inside a file are too many bytes to be sent."""


def _taken(spool: Path | None, items: list[Item]) -> dict[str, bytes]:
    """The bytes of what was found inside a file, which leave this machine."""
    found: dict[str, bytes] = {}
    if spool is None:
        return found
    names = {item.sha256 for item in items if isinstance(item, Attached) and item.sha256}
    try:
        if sum((spool / name).stat().st_size for name in names) > LARGEST:
            raise _TooLarge
        found = {name: (spool / name).read_bytes() for name in names}
    finally:
        for file in spool.iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()
    return found


def _folder(dask_worker: Any = None) -> Path:
    """A folder of ours inside the Dask worker's own, which Dask removes when the worker ends."""
    from distributed import get_worker

    try:
        base = Path((dask_worker or get_worker()).local_directory)
    except ValueError:  # not inside a worker: a test
        base = Path(tempfile.gettempdir())
    return base / "legalqa"


def _file(order: Order, content: bytes) -> Path | None:
    """The file under its SHA-256, written once a worker; None if the bytes are not those that were announced."""
    path = _folder() / order.home / (order.sha256 + order.suffix)
    if not path.exists():
        if hashlib.sha256(content).hexdigest() != order.sha256:
            return None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_abandoned(_folder())
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
            scratch.write(content)
        Path(scratch.name).replace(path)
    return path


def _remove_abandoned(folder: Path) -> None:
    for home in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - home.stat().st_mtime > _ABANDONED:
                shutil.rmtree(home, ignore_errors=True)


@dataclass(frozen=True, eq=False)
class _Hand:
    """A reading process, what it was made for, and its spool folder."""

    made_for: bytes
    child: Child
    spool: Path | None

    def let_go(self) -> None:
        self.child.kill()
        if self.spool is not None:
            shutil.rmtree(self.spool, ignore_errors=True)


class _Children:
    """Reading processes of this Dask worker: as many as it has threads at work, kept for the next range."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Hand] = []
        self._busy: dict[str, set[_Hand]] = {}
        self._homes: set[str] = set()
        self.stopping: set[str] = set()

    @contextlib.contextmanager
    def lent(self, order: Order) -> Iterator[tuple[Child, Path | None]]:
        key = msgspec.msgpack.encode((order.home, order.factory, order.options, order.memory))
        with self._lock:
            self._homes.add(order.home)
            hand = next((idle for idle in self._idle if idle.made_for == key), None)
            others: list[_Hand] = []
            if hand is not None:
                self._idle.remove(hand)
            else:
                others, self._idle = self._idle, []
                hand = _made(order, key)
            self._busy.setdefault(order.home, set()).add(hand)
        for other in others:  # made for other options: they would only hold memory
            other.let_go()
        try:
            yield hand.child, hand.spool
        finally:
            with self._lock:
                self._busy.get(order.home, set()).discard(hand)
                self._idle.append(hand)

    def stop(self, home: str) -> None:
        with self._lock:
            self.stopping.add(home)
            busy = [*self._busy.get(home, ())]
        for hand in busy:
            hand.child.stop()

    def kill(self, home: str) -> None:
        with self._lock:
            self.stopping.add(home)  # what has been ordered and not begun
            busy = [*self._busy.get(home, ())]
        for hand in busy:
            hand.child.kill()

    def dismiss(self, home: str) -> None:
        with self._lock:
            self._homes.discard(home)
            self.stopping.discard(home)
            self._busy.pop(home, None)
            gone, self._idle = (self._idle, []) if not self._homes else ([], self._idle)
        for hand in gone:
            hand.let_go()


def _made(order: Order, key: bytes) -> _Hand:
    options, spool = [*order.options], None
    if len(options) > SPOOL and options[SPOOL]:
        spool = _folder() / f"spool-{uuid4().hex}"
        spool.mkdir(mode=0o700, parents=True)
        options[SPOOL] = str(spool)
    home = _folder() / order.home
    package = importlib.util.find_spec(order.factory.partition(".")[0])  # that the reading process is made by
    reads = (str(home), *((package.submodule_search_locations or ()) if package else ()))
    rights = Rights(reads, (str(spool or home),), runs=True)  # any kind of file may come
    made = (order.factory, *options)
    return _Hand(key, Child("legalqa.ingest.outpost:Ranges", *made, memory=order.memory, rights=rights), spool)


_children = _Children()
