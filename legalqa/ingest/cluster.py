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
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from legalqa import errors
from legalqa.child import ChildDied, ChildTimeout
from legalqa.ingest import outpost
from legalqa.ingest.book import Book
from legalqa.ingest.clusterjob import AtHome, ClusterJob
from legalqa.ingest.items import Attached, Item
from legalqa.ingest.outpost import Order
from legalqa.ingest.reader import Reader, ReadOptions
from legalqa.ingest.scheduler import Cluster, checked

_AT_HOME = frozenset({"zip", "mbox"})  # all the work is to take files out, which would have to be sent back


class ClusterReader(Reader):
    """Reads files one after another on the cluster at `address`. Several of them keep a cluster busy: see `capacity`.

    Connects when it first reads. `read` raises what `Reader.read` raises, and EnvironmentFault if there is no cluster
    or if its workers would read differently.
    """

    def __init__(self, options: ReadOptions, address: str) -> None:
        super().__init__(options)
        self._address = checked(address)
        self._cluster: Cluster | None = None
        self._job: ClusterJob | None = None
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
        except AtHome:
            yield from super()._items(path, kind, skip)
        except (ChildDied, ChildTimeout):
            kept = not self._killed  # it will be asked for the pages after the one that failed
            raise
        finally:
            if not kept:
                job.close()
                with self._lock:
                    self._job = None

    def _job_of(self, path: Path, kind: str) -> ClusterJob | None:
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
            self._cluster = self._cluster or Cluster(self._address)
            order = self._order(self._cluster, hashlib.sha256(content).hexdigest(), path, kind)
            self._job = ClusterJob(self._cluster, path, content, order)
            return self._job

    def _kept(self, items: Iterator[Item], job: ClusterJob) -> Iterator[Item]:
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

    def _order(self, cluster: Cluster, sha256: str, path: Path, kind: str) -> Order:
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
    cluster = Cluster(checked(address))
    try:
        return len(cluster.threads())
    finally:
        cluster.close()
