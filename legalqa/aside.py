"""Folders for what is only needed for a while. They lie inside the home, so that what protects it protects them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from legalqa.index.lock import FileLock


@contextlib.contextmanager
def folder(parent: Path, what: str) -> Iterator[Path]:
    """A private folder in `parent` that goes when it is done with; those of processes that were killed go now."""
    for stale in parent.glob(f".{what}-*"):
        lock = FileLock(stale / "lock")
        if lock.path.exists() and not lock.wanted_by_other():
            shutil.rmtree(stale, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f".{what}-", dir=parent))
    lock = FileLock(made / "lock")
    lock.acquire()
    try:
        yield made
    finally:
        lock.release()
        shutil.rmtree(made, ignore_errors=True)
