"""Page work on an existing Dask cluster (``--scheduler tcp://host:port``), with the same documents as at home.

`ClusterReader` is a `Reader` whose pages come from elsewhere; how they are joined, which of them fail and why is
decided by the very code that reads at home. A file's bytes travel once to each Dask worker that works on it, its pages
are asked for in small ranges so that one large scan spreads over the cluster, and plain msgpack comes back.

Dask itself unpickles what it is sent: whoever reaches a scheduler may run any program on its workers, and a worker may
answer with anything. Use only a cluster of the firm's own; a ``tls://`` address uses the certificates that Dask's
configuration names (``distributed.comm.tls``).
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
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
from legalqa.ingest.book import SPREAD, Book, failed_page
from legalqa.ingest.items import Attached, Item, Opened, PageRead, Refused
from legalqa.ingest.outpost import Order, Reply
from legalqa.ingest.reader import Reader, ReadOptions

_OPENING = 4  # pages that are read with the opening of a file
_RANGE = 16  # pages of one task at most
_TRIES = 3  # that a range is given before its pages count as failed
_AT_HOME = frozenset({"zip", "mbox"})  # all the work is to take files out, which would have to be sent back
_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 5.0  # between two looks whether there is still a cluster
_DESERTED_SECONDS = 60.0  # without any worker, after which it is given up
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d{1,5}")


class ClusterReader(Reader):
    """Reads files one after another on the cluster at `address`. Several of them keep a cluster busy: see `capacity`.

    Connects when it first reads. `read` raises what `Reader.read` raises, and EnvironmentFault if there is no cluster
    or if its workers would read differently.
    """

    def __init__(self, options: ReadOptions, address: str) -> None:
        super().__init__(options)
        self._address = _checked(address)
        self._cluster: _Cluster | None = None
        self._job: _Job | None = None
        self._lock = threading.Lock()

    def work(self, book: Book) -> None:
        """See `Reader.work`. One reader spreads a book over the whole cluster, so that a second has nothing to do."""
        if not book.can_be_shared():
            super().work(book)

    def stop(self) -> None:
        """See `Reader.stop`: every worker finishes the page that it is at for us."""
        super().stop()
        with self._lock:
            cluster, job = self._cluster, self._job
        if job is not None:
            job.stopping = True
        if cluster is not None:
            cluster.tell(outpost.read_to_end_of_page)

    def kill(self) -> None:
        """See `Reader.kill`: what the cluster does for this reader ends too."""
        super().kill()
        with self._lock:
            cluster, job = self._cluster, self._job
        if job is not None:
            job.cancel()
        if cluster is not None:
            cluster.tell(outpost.read_no_more)

    def close(self) -> None:
        """See `Reader.close`. Nothing of ours stays on the workers."""
        super().close()
        with self._lock:
            cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.close()

    def _items(self, path: Path, kind: str, skip: tuple[int, ...]) -> Iterator[Item]:
        job = self._job_of(path, kind)
        if job is None:
            yield from super()._items(path, kind, skip)
            return
        kept = False
        try:
            yield from self._kept(job.items(skip), job)
        except _AtHome:
            yield from super()._items(path, kind, skip)
        except (ChildDied, ChildTimeout):
            kept = not self._killed  # it will be asked for the pages after the one that failed
            raise
        finally:
            if not kept:
                job.close()
                with self._lock:
                    self._job = None

    def _job_of(self, path: Path, kind: str) -> _Job | None:
        """The file on the cluster; None if it is to be read at home, where it is also said why it cannot be opened."""
        with self._lock:
            if self._job is not None and self._job.path == path:
                return self._job
            try:
                if kind in _AT_HOME or path.stat().st_size > outpost.LARGEST:
                    return None
                content = path.read_bytes()
            except OSError:
                return None
            self._cluster = self._cluster or _Cluster(self._address)
            order = self._order(self._cluster, hashlib.sha256(content).hexdigest(), path, kind)
            self._job = _Job(self._cluster, path, content, order)
            return self._job

    def _kept(self, items: Iterator[Item], job: _Job) -> Iterator[Item]:
        """Puts what was found inside a file where the reading process at home would have put it."""
        _, options, _ = self._child.made_by
        spool = Path(options[outpost.SPOOL]) if len(options) > outpost.SPOOL and options[outpost.SPOOL] else None
        for item in items:
            if isinstance(item, Attached) and item.sha256 and spool is not None:
                content = job.files.pop(item.sha256, None)
                if content is not None and hashlib.sha256(content).hexdigest() == item.sha256:
                    scratch = spool / f"part-{uuid4().hex}"
                    scratch.write_bytes(content)
                    scratch.replace(spool / item.sha256)
                if not (spool / item.sha256).is_file():
                    raise errors.BugError("a worker of the cluster answered with something else")
            yield item

    def _order(self, cluster: _Cluster, sha256: str, path: Path, kind: str) -> Order:
        factory, options, memory = self._child.made_by
        return Order(
            home=cluster.id,
            alike=outpost.identity(),
            factory=factory,
            options=[*options],
            memory=memory,
            sha256=sha256,
            suffix=path.suffix.lower(),
            kind=kind,
            first=1,
            last=0,
            idle=self._options.page_seconds,
        )


def capacity(address: str) -> int:
    """How many ranges the cluster reads at once; as many readers keep it busy.

    Raises UserError for what is no address, EnvironmentFault if nobody answers, if it has no workers, or if they would
    read differently from us.
    """
    cluster = _Cluster(_checked(address))
    try:
        return len(cluster.threads())
    finally:
        cluster.close()


def _checked(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise errors.UserError(
            f"{address!r} is not the address of a Dask scheduler.",
            hint="Write it as tcp://host:8786 or tls://host:8786.",
        )
    return address


class _Cluster:
    """A connection to a scheduler, after a look at whether its workers read as we do."""

    def __init__(self, address: str) -> None:
        self.id = uuid4().hex
        self._address = address
        self.client = _connected(address)
        try:
            self._compare()
        except BaseException:
            self.client.close()
            raise

    def threads(self) -> list[str]:
        """The worker of each thread of the cluster, by turns."""
        try:
            found: dict[str, int] = self.client.nthreads()
            rounds = range(max(found.values(), default=0))
            return [worker for turn in rounds for worker, threads in sorted(found.items()) if turn < threads]
        except (OSError, TimeoutError, CancelledError, RuntimeError):
            raise self._lost() from None

    def tell(self, what: Any) -> None:
        """Have every worker do something for this home, without waiting for it or minding who is gone."""
        try:
            self.client.run(what, self.id, wait=False, on_error="ignore")
        except Exception:  # on a way out: a cluster that is gone has forgotten us already
            logging.getLogger(__name__).debug("the cluster could not be told")

    def close(self) -> None:
        """Say goodbye and disconnect."""
        try:
            self.client.run(outpost.goodbye, self.id, on_error="ignore")
        except Exception:  # as above
            logging.getLogger(__name__).debug("the cluster could not be told")
        self.client.close(timeout=_CONNECT_SECONDS)

    def require(self) -> None:
        """Raise EnvironmentFault if the connection is lost."""
        if self.client.status != "running":
            raise self._lost()

    def _compare(self) -> None:
        ours = outpost.identity()
        try:
            found = self.client.run(outpost.identity, on_error="return")
        except (OSError, TimeoutError, CancelledError):
            raise self._lost() from None
        if not found:
            raise self.deserted()
        for worker, theirs in sorted(found.items()):
            if not isinstance(theirs, str):
                raise errors.EnvironmentFault(
                    f"The Dask worker at {worker} has no LegalQA that can read for us.",
                    kept="Nothing was changed.",
                    hint=f"Install there what is installed here: {ours}.",
                )
            if theirs != ours:
                raise different(theirs)

    def deserted(self) -> errors.EnvironmentFault:
        """The fault that there are no workers."""
        return errors.EnvironmentFault(
            f"The Dask cluster at {self._address} has no workers.",
            kept="What was written before is kept.",
            hint=f"Start some: dask worker {self._address}. Or index without --scheduler.",
        )

    def _lost(self) -> errors.EnvironmentFault:
        return errors.EnvironmentFault(
            f"The connection to the Dask scheduler at {self._address} is lost.",
            kept="What was written before is kept.",
            hint="See whether it runs, and run this again: it goes on where it stopped.",
        )


def different(theirs: str) -> errors.EnvironmentFault:
    """The fault that a worker would read the same bytes as another document."""
    return errors.EnvironmentFault(
        f"A Dask worker reads with other versions than this machine: {theirs} there, {outpost.identity()} here.",
        kept="Nothing that it would read differently was taken from it.",
        hint="Install the same LegalQA, with the same locked packages, on every machine of the cluster.",
    )


def _connected(address: str) -> Any:
    try:
        from distributed import Client, Security
    except ImportError:
        raise errors.EnvironmentFault(
            "The package that speaks to Dask clusters is not installed.",
            kept="Nothing was changed.",
            hint="Install legalqa[cluster], or index without --scheduler.",
        ) from None
    security: Any = Security
    configured = security()
    if address.startswith("tls://") and not (configured.tls_ca_file and configured.tls_client_cert):
        raise errors.EnvironmentFault(
            "Dask's configuration names no certificates for tls://.",
            kept="Nothing was changed.",
            hint="Set ca-file, client.cert and client.key under distributed.comm.tls, e.g. by "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE.",
        )
    for name in ("distributed.client", "distributed.comm", "distributed.core"):  # faults are told as errors of ours
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client: Any = Client
        return client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="legalqa")
    except (OSError, TimeoutError, ValueError) as error:
        raise errors.EnvironmentFault(
            f"No Dask scheduler answers at {address} ({type(error).__name__}).",
            kept="Nothing was changed.",
            hint="Start one (dask scheduler), correct --scheduler, or index without it.",
        ) from None


class _AtHome(Exception):
    """This file is better read at home."""


class _Job:
    """One file on the cluster. Survives the fault of a page, so that what was ordered besides is not ordered twice."""

    def __init__(self, cluster: _Cluster, path: Path, content: bytes, order: Order) -> None:
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
        self._cluster.tell(outpost.forget_file)

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
                raise _AtHome
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
