"""A file of lines that is only ever added to: what a crash cut off is passed over, what was kept is never changed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from legalqa.errors import Denied
from legalqa.index.lock import FileLock

_PATIENCE = 5.0  # seconds to wait for another window that is writing


class Lines:
    """The lines of `file`, written by one process at a time under the lock `lock`. `what` names them to the user."""

    def __init__(self, file: Path, lock: Path, what: str) -> None:
        self.file, self._lock, self._what = file, lock, what

    def read(self) -> list[bytes]:
        """All lines in order, none if there is no file yet; the last may be cut off."""
        try:
            return self.file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock. Raises Denied if another process keeps it."""
        lock = FileLock(self._lock)
        if not lock.acquire(_PATIENCE):
            raise Denied(f"{self._what} of this matter is being written by {lock.holder()}.", hint="Try again.")
        try:
            yield
        finally:
            lock.release()

    def append(self, line: bytes) -> None:
        """Add a line and have it on disk; the lock must be held (`writing`)."""
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                line = line if file.read(1) == b"\n" else b"\n" + line  # a crash cut the last line off
            file.write(line + b"\n")
            os.fsync(file.fileno())
