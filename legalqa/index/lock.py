"""Locks between processes that the operating system takes back when their holder dies, `kill -9` included."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from legalqa.errors import Denied

_BYTE = 1 << 30  # Windows locks a byte range and forbids reading it: one far behind what is written
_WAIT = 0.02  # seconds between two attempts


class FileLock:
    """An exclusive lock on a file, held by one `FileLock` of one process at a time. The file names its holder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    @property
    def held(self) -> bool:
        """Whether this very object holds the lock."""
        return self._file is not None

    def acquire(self, patience: float = 0.0) -> bool:
        """Take the lock, waiting up to `patience` seconds for it. True if it is ours."""
        end = time.monotonic() + patience
        while self._file is None:
            file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
            if _try(file):
                self._file = file
                file.truncate()
                file.write(json.dumps(_self()).encode())
                return True
            file.close()
            if time.monotonic() >= end:
                return False
            time.sleep(_WAIT)
        return True

    def release(self) -> None:
        """Give the lock back; without it, nothing happens."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.truncate(0)
            self._file.close()
            self._file = None

    def wanted_by_other(self) -> bool:
        """Whether somebody else holds the lock just now."""
        if self.held or not self.path.exists():
            return False
        if self.acquire():
            self.release()
            return False
        return True

    def holder(self) -> str:
        """Who holds it, in words: "process 4711 on lex-07 since 2026-11-21T09:30:00+00:00"."""
        try:
            found = json.loads(self.path.read_bytes())
            return f"process {int(found['pid'])} on {found['host']} since {found['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


class WriterLock:
    """The lock that makes this process the one writer of the matter in `folder`; a context manager.

    `acquire` (or entering) raises Denied, naming the holder, while another process writes.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / "writer.lock")

    def acquire(self) -> None:
        """Become the writer."""
        if not self._lock.acquire(patience=0.2):
            raise Denied(
                f"This matter is being written by {self._lock.holder()}.",
                kept="Nothing was changed.",
                hint="Wait for it to finish, or stop it, and run this again. Searching and asking work meanwhile.",
            )

    def release(self) -> None:
        """Let others write."""
        self._lock.release()

    def __enter__(self) -> WriterLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _self() -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if sys.platform == "win32":
    import msvcrt

    def _try(file: BinaryIO) -> bool:
        file.seek(_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

else:
    import fcntl

    def _try(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
