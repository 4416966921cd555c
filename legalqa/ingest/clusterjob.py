"""One file on a Dask cluster: its bytes are sent once, its pages ordered in ranges, and come back in their order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from legalqa import errors
from legalqa.child import ChildDied, ChildTimeout
from legalqa.ingest import outpost
from legalqa.ingest.book import SPREAD, failed_page
from legalqa.ingest.items import Item, Opened, PageRead, Refused
from legalqa.ingest.outpost import Order, Reply
from legalqa.ingest.scheduler import Cluster, different

_OPENING = 4  # pages that are read with the opening of a file
_RANGE = 16  # pages of one task at most
_TRIES = 3  # that a range is given before its pages count as failed
_LOOK_SECONDS = 5.0  # between two looks whether there is still a cluster
_DESERTED_SECONDS = 60.0  # without any worker, after which it is given up


class AtHome(Exception):
    """This file is better read at home."""


class ClusterJob:
    """One file on the cluster. Survives the fault of a page, so that what was ordered besides is not ordered twice."""

    def __init__(self, cluster: Cluster, path: Path, content: bytes, order: Order) -> None:
        self.path = path
        self._cluster, self._spread = cluster, order.kind in SPREAD
        self._content, self._order = content, order
        self._sent: Any = None
        self._ordered: dict[int, Any] = {}  # futures by the first page of their range
        self._losses: Counter[int] = Counter()
        self._opened: Opened | None = None
        self._ranges: list[tuple[int, int]] = []
        self._window = 1
        self._threads: list[str] = []
        self._turn = 0
        self.files: dict[str, bytes] = {}
        self._cancelled = False
        self.stopping = False  # set by another thread: order nothing more

    def items(self, skip: tuple[int, ...]) -> Iterator[Item]:
        """What `Worker.read` would yield, pages in their order; raises ChildDied or ChildTimeout where it would."""
        if not self._ranges:
            yield from self._range(1, _OPENING if self._spread else 0, skip)
            if not self._spread or not self._divided():
                return
            skip = (*skip, *range(1, _OPENING + 1))
        done = set(skip)
        left = [(first, last) for first, last in self._ranges if not done.issuperset(range(first, last + 1))]
        for at, (first, last) in enumerate(left):
            for ahead in left[at : at + self._window]:
                self._submit(*ahead, skip)
            if first in self._ordered:  # not when stopping
                yield from self._range(first, last, skip)

    def _divided(self) -> bool:
        """Divide the pages into ranges, so that every thread of the cluster gets some; False if there are none."""
        if self._opened is None:
            return False
        self._threads = self._cluster.threads()
        threads = max(len(self._threads), 1)
        self._window = 2 * threads + 1
        rest = self._opened.pages - _OPENING
        size = min(_RANGE, max(1, -(-rest // (2 * threads))))
        starts = [1, *range(_OPENING + 1, self._opened.pages + 1, size)]
        ends = [*(start - 1 for start in starts[1:]), self._opened.pages]
        self._ranges = list(zip(starts, ends, strict=True))
        return True

    def cancel(self) -> None:
        """Wake whoever waits for a result, from any thread."""
        self._cancelled = True
        futures = [*self._ordered.values()]
        if futures:
            self._cluster.client.cancel(futures, force=True)

    def close(self) -> None:
        """Take everything of this file back."""
        if self._ordered:
            self.cancel()
        self._ordered.clear()
        self._sent = None
        self._content = b""
        self._cluster.have(outpost.forget_file)

    def _range(self, first: int, last: int, skip: tuple[int, ...]) -> Iterator[Item]:
        reply = self._reply(first, last, skip)
        self.files = reply.files
        for item in reply.items:
            if isinstance(item, Opened):
                if self._opened is not None:
                    continue
                self._opened = item
            yield item
        match reply.fault:
            case ():
                return
            case (outpost.DIED, reason):
                raise ChildDied(reason)
            case (outpost.TIMED_OUT,):
                raise ChildTimeout("a page on the cluster")
            case (outpost.CHANGED,):
                yield Refused("failed", "the file changed while it was read; run it again")
            case (outpost.TOO_LARGE,):
                raise AtHome
            case (outpost.DIFFERENT, theirs):
                raise different(theirs)
            case (name, message, kept, hint):
                kind = getattr(errors, name, errors.BugError)
                raise kind(message, kept=kept, hint=hint)
            case _:
                raise errors.BugError("a worker of the cluster answered with something else")

    def _reply(self, first: int, last: int, skip: tuple[int, ...]) -> Reply:
        """The answer to an order, given again while machines are lost."""
        while True:
            self._submit(first, last, skip)
            if first not in self._ordered:
                return Reply()
            try:
                untrusted = self._awaited(self._ordered[first])
                return msgspec.msgpack.decode(untrusted, type=Reply)
            except (errors.LegalQAError, ChildDied):
                raise
            except (msgspec.DecodeError, TypeError):
                raise errors.BugError("a worker of the cluster answered with something else") from None
            except (Exception, CancelledError):  # lost: Dask has many words for it
                if self._cancelled:
                    raise ChildDied("stopped") from None
                self._cluster.require()
                self._losses[first] += 1
                if self._losses[first] >= _TRIES:
                    return self._given_up(first, last, skip)
            finally:
                self._ordered.pop(first, None)

    def _submit(self, first: int, last: int, skip: tuple[int, ...]) -> None:
        if first in self._ordered or self.stopping:
            return
        if self._sent is None or self._sent.status not in ("finished", "pending"):
            self._sent = self._scattered()
        within = tuple(n for n in skip if first <= n <= last) if last else skip
        order = msgspec.msgpack.encode(msgspec.structs.replace(self._order, first=first, last=last, skip=within))
        self._ordered[first] = self._cluster.client.submit(
            outpost.read_range, order, self._sent, key=f"legalqa-{uuid4().hex}", pure=False, **self._preferred()
        )

    def _preferred(self) -> dict[str, Any]:
        """The next worker in turn: Dask would keep every range where the file is already."""
        if not self._threads:
            return {}
        self._turn += 1
        return {"workers": [self._threads[self._turn % len(self._threads)]], "allow_other_workers": True}

    def _scattered(self) -> Any:
        """The file's bytes with one worker, from which the others take them; waits for workers for a while."""
        end = time.monotonic() + _DESERTED_SECONDS
        while True:
            try:
                return self._cluster.client.scatter(self._content, hash=False)
            except TimeoutError:
                self._cluster.require()
                if time.monotonic() > end:
                    raise self._cluster.deserted() from None

    def _awaited(self, future: Any) -> bytes:
        deserted: float | None = None
        while True:
            try:
                return bytes(future.result(timeout=_LOOK_SECONDS))
            except TimeoutError:
                self._cluster.require()
                if self._cluster.threads():
                    deserted = None
                    continue
                deserted = deserted or time.monotonic()
                if time.monotonic() - deserted > _DESERTED_SECONDS:
                    raise self._cluster.deserted() from None

    def _given_up(self, first: int, last: int, skip: tuple[int, ...]) -> Reply:
        reason = f"the machine that was to read it was lost {_TRIES} times"
        if self._opened is None:
            return Reply((Refused("failed", reason),))
        pages = [number for number in range(first, min(last, self._opened.pages) + 1) if number not in skip]
        return Reply(tuple(PageRead(failed_page(number, reason), "") for number in pages))
