"""Pages that have been read, kept on disk until their document is written: a crash costs no finished page.

A journal is a file of frames, each its length, the CRC-32 of its bytes, and the bytes, which are msgpack. The first
frame says how the pages were read; pages read otherwise are of no use. A power cut may tear the last frame off: what
comes before it counts.
"""

from __future__ import annotations

import contextlib
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from legalqa.ingest.items import Item, Opened, PageRead

_FRAME = struct.Struct("<II")  # length, CRC-32
_SYNC_SECONDS = 1.0  # of work that a power cut may cost
SUFFIX = ".pages"


class Journal:
    """The journal of one file's content, `read_as` naming the reader and its options. Safe from several threads."""

    def __init__(self, file: Path, read_as: str) -> None:
        self._path, self._head = file, msgspec.msgpack.encode(("pages", read_as))
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._synced = 0.0
        self._found = False

    def read(self) -> list[Item]:
        """What an earlier run left; a torn end is cut off, and what was read otherwise is deleted."""
        with self._lock:
            items: list[Item] = []
            try:
                with self._path.open("r+b") as file:
                    whole = 0
                    for number, frame in enumerate(_frames(file)):
                        if number == 0 and frame != self._head:
                            break
                        if number:
                            items.append(msgspec.msgpack.decode(frame, type=cast("type[Item]", Item)))
                        whole = file.tell()
                    file.truncate(whole)
                if not whole:
                    self._path.unlink()
                self._found = whole > 0
            except (OSError, msgspec.MsgspecError):
                with contextlib.suppress(OSError):
                    self._path.unlink()
                return []
            return items

    @property
    def begun(self) -> bool:
        """Whether the journal holds anything."""
        return self._file is not None or self._found

    def add(self, *items: Opened | PageRead) -> None:
        """Append; survives the end of this process at once, and a power cut after a second."""
        with self._lock:
            if self._file is None:
                self._path.parent.mkdir(exist_ok=True)
                self._file = self._path.open("ab", buffering=0)
                if self._file.tell() == 0:
                    self._file.write(_framed(self._head))
            self._file.write(b"".join(_framed(msgspec.msgpack.encode(item)) for item in items))
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()

    def close(self) -> None:
        """Let the file go; it stays on disk."""
        with self._lock:
            if self._file is not None:
                with contextlib.suppress(OSError):
                    os.fsync(self._file.fileno())
                self._file.close()
                self._file = None


def _framed(data: bytes) -> bytes:
    return _FRAME.pack(len(data), zlib.crc32(data)) + data


def _frames(file: BinaryIO) -> Iterator[bytes]:
    """Whole frames from the beginning; the file stands behind the last one that was yielded."""
    size = os.fstat(file.fileno()).st_size
    while len(head := file.read(_FRAME.size)) == _FRAME.size:
        length, checksum = _FRAME.unpack(head)
        if length > size:
            return
        data = file.read(length)
        if len(data) != length or zlib.crc32(data) != checksum:
            return
        yield data
