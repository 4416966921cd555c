"""Which process may have a shard's files open, since Qdrant lets only one.

Readers and the matter's writer take turns by three lock files beside the folder: `lock` is held by whoever has the live
files open, `wanted` by the writer while it waits for them, `busy` while the files are between two whole states. A
reader that finds the live files taken works on a copy of its own; one that has them gives them up when they are wanted.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from legalqa.errors import EnvironmentFault
from legalqa.index import space
from legalqa.index.lock import FileLock

_READ_AGAIN = 5.0  # seconds that a reader's copy is used at the most before a newer state is copied
_COPYING = 0.5  # share of a reader's time that copying may take: what was just indexed is to be found at once
_PATIENCE = 60.0  # seconds that a writer waits for readers to give the files up


class Possession:
    """One process's hold on the files in `folder`. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._live = FileLock(self.beside("lock"))
        self._wanted = FileLock(self.beside("wanted"))
        self._busy = FileLock(self.beside("busy"))
        self._state = self.beside("state")  # touched whenever the files have reached a new whole state
        self._copy: _Copy | None = None

    def beside(self, suffix: str) -> Path:
        """A path next to the folder: "index.lock"."""
        return self.folder.with_name(f"{self.folder.name}.{suffix}")

    @property
    def copied(self) -> bool:
        """Whether what we have open is a copy."""
        return self._copy is not None

    @property
    def outdated(self) -> bool:
        """Whether our copy should be given up for a newer state."""
        return self._copy is not None and self._copy.outdated(self._state)

    @property
    def asked_for(self) -> bool:
        """Whether the writer wants the live files, and we hold them in a whole state."""
        return self._live.held and not self._busy.held and self._wanted.wanted_by_other()

    def to_read(self) -> Path:
        """The folder to open for reading: the live one, or a copy if another process has that."""
        if self._live.acquire():
            return self.folder
        self._copy = _Copy(self.folder, self._busy, self._state)
        return self._copy.shard

    def to_write(self) -> Path:
        """The live folder, asking its holder for it. Only the matter's writer may come here.

        Raises EnvironmentFault if it is not given up.
        """
        if not self._live.acquire():
            self._wanted.acquire(_PATIENCE)
            try:
                if not self._live.acquire(_PATIENCE):
                    raise _held_elsewhere()
            finally:
                self._wanted.release()
        return self.folder

    def begin_change(self) -> None:
        """From here until `end_change` nobody copies the files."""
        if not self._busy.acquire(_PATIENCE):
            raise _held_elsewhere()

    def end_change(self) -> None:
        """The files are whole again."""
        self._state.touch()
        self._busy.release()

    def release(self) -> None:
        """Give up everything; the files must be closed."""
        if self._copy is not None:
            self._copy.remove()
            self._copy = None
        self._busy.release()
        self._live.release()


class _Copy:
    """A reader's own copy, taken while the files are in a whole state."""

    def __init__(self, folder: Path, busy: FileLock, state: Path) -> None:
        for stale in folder.parent.glob(f"{folder.name}.copy-*"):
            if not FileLock(stale / "lock").wanted_by_other():
                shutil.rmtree(stale, ignore_errors=True)
        space.require(folder, space.size_of(folder))
        self._home = Path(tempfile.mkdtemp(prefix=f"{folder.name}.copy-", dir=folder.parent))
        self._lock = FileLock(self._home / "lock")
        self._lock.acquire()
        self.shard = self._home / "shard"
        if not busy.acquire(_PATIENCE):
            self.remove()
            raise _held_elsewhere()
        began = time.monotonic()
        try:
            self._state = _stamp(state)
            space.copy_sparse(folder, self.shard)
        except BaseException:
            self.remove()
            raise
        finally:
            busy.release()
        self._taken = time.monotonic()
        self._used = min(_READ_AGAIN, (self._taken - began) / _COPYING)  # seconds, whatever is newer by then

    def outdated(self, state: Path) -> bool:
        """Whether there is a newer state, and this one is old enough to be given up for it."""
        return time.monotonic() - self._taken > self._used and _stamp(state) != self._state

    def remove(self) -> None:
        """Delete the copy."""
        self._lock.release()
        shutil.rmtree(self._home, ignore_errors=True)


def _held_elsewhere() -> EnvironmentFault:
    return EnvironmentFault(
        "Another process keeps the search index of this matter open.",
        kept="Nothing was changed.",
        hint="Close the other LegalQA window or command and try again.",
    )


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0
