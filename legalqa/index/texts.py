"""The texts of a catalog, kept in parts: a search slices chunks out of dozens of documents and unpacks little else."""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from sqlite3 import Connection

from legalqa.index import damage

PART = 4_096  # characters
_LEVEL = 1  # of zlib: its fastest
_KEPT = 8_000  # parts that stay unpacked


class Texts:
    """The table ``texts (document, part, text)``: UTF-8 under zlib, `PART` characters a part, no part without any.

    Safe to use from several threads. A row's text never changes while its key exists and keys are never reused, so
    what was unpacked may be kept.
    """

    def __init__(self) -> None:
        self._unpacked: OrderedDict[tuple[int, int], str] = OrderedDict()
        self._lock = threading.Lock()

    def whole(self, connection: Connection, key: int) -> str:
        """The text of a row of `documents`."""
        count = connection.execute("SELECT count(*) FROM texts WHERE document = ?", (key,)).fetchone()[0]
        return "".join(self._part(connection, key, part) for part in range(count))

    def slice(self, connection: Connection, key: int, start: int, end: int) -> str:
        """``text[start:end]`` of a row of `documents`, for ``0 <= start <= end``."""
        first, last = start // PART, max(start, end - 1) // PART
        text = "".join(self._part(connection, key, part) for part in range(first, last + 1))
        return text[start - first * PART : end - first * PART]

    def _part(self, connection: Connection, key: int, part: int) -> str:
        with self._lock:
            if (key, part) in self._unpacked:
                self._unpacked.move_to_end((key, part))
                return self._unpacked[key, part]
        row = connection.execute("SELECT text FROM texts WHERE document = ? AND part = ?", (key, part)).fetchone()
        text = unpacked(row[0]) if row else ""
        with self._lock:
            self._unpacked[key, part] = text
            while len(self._unpacked) > _KEPT:
                self._unpacked.popitem(last=False)
        return text


def insert(connection: Connection, key: int, text: str) -> None:
    """Write the text of a row of `documents`."""
    connection.executemany("INSERT INTO texts VALUES (?, ?, ?)", ((key, *row) for row in _parts(text)))


def divide(connection: Connection) -> None:
    """Schema 3 → 4: `documents.text`, the whole under zlib, becomes rows of `texts`."""
    for (key,) in connection.execute("SELECT key FROM documents").fetchall():
        row = connection.execute("SELECT text FROM documents WHERE key = ?", (key,)).fetchone()
        insert(connection, key, unpacked(row[0]))
    connection.execute("ALTER TABLE documents DROP COLUMN text")


def openings(connection: Connection, keys: Sequence[int], length: int) -> dict[int, str]:
    """The first `length` characters of the texts of these rows, by key; what has no text is left out."""
    found: dict[int, str] = {}
    for key, blob in connection.execute(
        f"SELECT document, text FROM texts WHERE document IN ({', '.join('?' * len(keys))}) AND part <= ?"
        " ORDER BY document, part",
        (*keys, (length - 1) // PART),
    ):
        found[key] = found.get(key, "") + unpacked(blob)
    return {key: text[:length] for key, text in found.items()}


def unpacked(blob: bytes) -> str:
    """Text as it was before it was stored; lone surrogates survive. Raises EnvironmentFault if the disk changed it."""
    with damage.told():
        return zlib.decompress(blob).decode("utf-8", "surrogatepass")


def _parts(text: str) -> Iterator[tuple[int, bytes]]:
    for part, start in enumerate(range(0, len(text), PART)):
        yield part, zlib.compress(text[start : start + PART].encode("utf-8", "surrogatepass"), _LEVEL)
