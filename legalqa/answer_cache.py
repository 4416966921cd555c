"""Answers that were given before, kept in the matter's own folder until the record or what answers changes.

An answer is the same for the same question, asked after the same questions, of the same record, by the same models and
program; so it is looked up by all of these. Another matter has another folder: nothing crosses. When the record has
changed, all are dropped. A cache that cannot be written or read is no fault: the question is answered anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

import legalqa
from legalqa import shipped
from legalqa.values.answer import VerifiedAnswer

FILE: Final = "answers.sqlite"
MOST: Final = 500  # answers of a matter that are kept, the last used ones
_LONGEST: Final = 2 << 20  # bytes of an answer that is kept
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS answers"
    " (key TEXT PRIMARY KEY, record TEXT NOT NULL, used REAL NOT NULL, body BLOB NOT NULL)"
)
_CODE: Final = ("answer", "verify", "values", "index")  # folders of the program whose change may change an answer


class AnswerCache:
    """The answers of one matter, in `folder`. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def get(self, key: str, record: str) -> VerifiedAnswer | None:
        """The answer that was kept for `key` from the `record` as it is now, marked as cached, with the time that this
        took; None if there is none. Answers from another record are dropped.
        """
        began = time.perf_counter()
        with suppress(sqlite3.Error, OSError, msgspec.MsgspecError), self._opened() as connection:
            connection.execute("DELETE FROM answers WHERE record != ?", (record,))
            row = connection.execute("SELECT body FROM answers WHERE key = ?", (key,)).fetchone()
            if row:
                connection.execute("UPDATE answers SET used = ? WHERE key = ?", (time.time(), key))
                found = msgspec.msgpack.decode(row[0], type=VerifiedAnswer)
                ms = {"cache": (time.perf_counter() - began) * 1000}
                return replace(found, cached=True, ms=ms)
        return None

    def put(self, key: str, record: str, answer: VerifiedAnswer) -> None:
        """Keep an answer; the ones used longest ago make room for it."""
        body = msgspec.msgpack.encode(answer)
        if len(body) > _LONGEST:
            return
        with suppress(sqlite3.Error, OSError), self._opened() as connection:
            values = (key, record, time.time(), body)
            connection.execute("INSERT OR REPLACE INTO answers (key, record, used, body) VALUES (?, ?, ?, ?)", values)
            connection.execute(
                "DELETE FROM answers WHERE key NOT IN (SELECT key FROM answers ORDER BY used DESC LIMIT ?)", (MOST,)
            )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=2.0)) as connection:
            connection.execute("PRAGMA secure_delete = ON")  # what is dropped is gone
            connection.execute(_TABLE)
            with connection:
                yield connection


def fingerprint(parts: Sequence[Any]) -> str:
    """SHA-256 of plain values, in their order."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@cache
def program() -> str:
    """What stands for the program: its version, its prompts and word lists, and its own files where they are files."""
    root, resources = Path(legalqa.__file__).parent, shipped.folder("resources")
    files = [file for folder in _CODE for file in sorted((root / folder).rglob("*.py"))]
    files += sorted((*root.glob("*.py"), *(resources / "prompts").iterdir(), *(resources / "words").iterdir()))
    stamps = [(file.name, (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files]
    return fingerprint([legalqa.__version__, stamps])
