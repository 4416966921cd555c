"""The SQLite file under the catalog: schema, migrations, one connection a thread, errors in words.

Write-ahead logging lets readers go on while the one writer works; every reader sees the last committed state.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from legalqa.errors import Denied, EnvironmentFault, LegalQAError
from legalqa.index import damage, phrase, texts

_FIRST = """
CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,    -- never reused: it names the row in `phrases`
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'indexed')),
    path TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    kind TEXT NOT NULL, title TEXT NOT NULL, type TEXT NOT NULL, date TEXT,
    parties TEXT NOT NULL,                    -- JSON array
    paged INTEGER NOT NULL,
    text BLOB NOT NULL,                       -- UTF-8, zlib
    ingest_version TEXT NOT NULL, options TEXT NOT NULL,
    renamed INTEGER NOT NULL DEFAULT 0,       -- its file names changed and the index does not know yet
    UNIQUE (id, state)
);
CREATE TABLE pages (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    number INTEGER NOT NULL, label TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('text', 'ocr', 'blank', 'failed')),
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, width REAL NOT NULL, height REAL NOT NULL,
    confidence REAL, bates TEXT, reason TEXT,
    words BLOB NOT NULL,                      -- columns of numbers as msgpack, zlib; empty without words
    UNIQUE (document, number)
);
CREATE TABLE sections (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL, level INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    path TEXT NOT NULL,                       -- JSON array
    UNIQUE (document, position)
);
CREATE TABLE chunks (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, id TEXT NOT NULL, parent_id TEXT,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section TEXT NOT NULL,                    -- JSON array
    embedding BLOB,                           -- float16, little-endian; NULL unless the chunk is searched
    UNIQUE (document, position)
);
CREATE INDEX chunks_id ON chunks (id);
CREATE INDEX chunks_parent ON chunks (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE files (
    path TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('indexed', 'duplicate', 'failed', 'encrypted', 'unsupported', 'changed', 'missing')),
    reason TEXT NOT NULL DEFAULT '',
    document_id TEXT
);
CREATE INDEX files_document ON files (document_id) WHERE document_id IS NOT NULL;
CREATE VIRTUAL TABLE phrases USING fts5 (
    text, content = '', tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M*'"
);
"""
_SECOND = """
CREATE TABLE regions (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, kind TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, detail TEXT NOT NULL,
    UNIQUE (document, position)
);
CREATE INDEX regions_hidden ON regions (document) WHERE kind = 'hidden';
CREATE TABLE definitions (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, term TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    UNIQUE (document, position)
);
CREATE TABLE metadata (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    UNIQUE (document, position)
);
ALTER TABLE chunks ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN parent_id TEXT;   -- the document that this one came in
ALTER TABLE files ADD COLUMN parent TEXT;          -- the path of the file that this one was found in
ALTER TABLE files ADD COLUMN tried TEXT NOT NULL DEFAULT '';  -- how it was read when that failed
CREATE INDEX files_parent ON files (parent) WHERE parent IS NOT NULL;
CREATE INDEX documents_sha256 ON documents (sha256);
CREATE INDEX documents_path ON documents (path);
CREATE INDEX documents_renamed ON documents (key) WHERE renamed;
"""
_THIRD = """
CREATE TABLE summaries (
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    section INTEGER NOT NULL,                 -- position of the section
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    UNIQUE (document, section, start)
);
ALTER TABLE documents ADD COLUMN summarized INTEGER NOT NULL DEFAULT 0;  -- a document of an older schema is not yet
CREATE INDEX documents_unsummarized ON documents (key) WHERE NOT summarized;
"""
_FOURTH = """
CREATE TABLE texts (                          -- of documents, in parts of 4,096 characters
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    text BLOB NOT NULL,                       -- UTF-8, zlib
    PRIMARY KEY (document, part)
) WITHOUT ROWID;
"""
_FIFTH = """
CREATE TABLE audit (                          -- one row: how far the audit file goes, and the hash that it ends with
    one INTEGER PRIMARY KEY CHECK (one = 1),
    entries INTEGER NOT NULL, size INTEGER NOT NULL, hash TEXT NOT NULL
);
"""
_SIXTH = """
CREATE TABLE changes (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL);  -- of documents and files
INSERT INTO changes VALUES (1, 0);
""" + "".join(
    f"CREATE TRIGGER {table}_{event} AFTER {event} ON {table} BEGIN UPDATE changes SET count = count + 1; END;\n"
    for table in ("documents", "files")
    for event in ("INSERT", "UPDATE", "DELETE")
)
_ROOM = 1 << 20  # bytes without which a catalog cannot be opened
MIGRATIONS: list[tuple[str, Callable[[sqlite3.Connection], None] | None]] = [
    (_FIRST, None),
    (_SECOND, None),
    (_THIRD, None),
    (_FOURTH, texts.divide),
    (_FIFTH, None),
    (_SIXTH, None),
    ("", phrase.again),
]  # the n-th leads from schema n - 1 to schema n: a script of statements, then what SQL cannot do


class Database:
    """Connections to one catalog file. Use from any thread; `close` when no thread uses it any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self._explained():
            _migrate(self.connection, path)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                _refuse_newer(connection)  # before anything is set that stays in the file
            except BaseException:
                connection.close()
                raise
            connection.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                "PRAGMA busy_timeout = 30000; PRAGMA secure_delete = ON; PRAGMA cache_size = -8000;"
                "PRAGMA temp_store = MEMORY;"  # a file would lie outside of the home, where nothing encrypts it
            )
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Several reads of one state of the matter, whatever a writer does meanwhile."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Changes that become visible, and durable, all together or not at all."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._explained():
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _in_words(error, self.path) from None

    def backup(self, target: Path) -> None:
        """Copy the file as it is at one moment into a new one, whatever a writer does meanwhile."""
        with self._explained(), contextlib.closing(sqlite3.connect(target)) as copy:
            self.connection.backup(copy)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest schema, after a backup unless it is new."""
    newest, found = len(MIGRATIONS), _version(connection)
    if found == newest:
        return
    if found:
        with contextlib.closing(sqlite3.connect(path.with_name(f"{path.name}.schema{found}.bak"))) as backup:
            connection.backup(backup)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(_version(connection), newest):  # read again: another process may have been first
            script, rest = MIGRATIONS[number]
            for statement in statements(script):
                connection.execute(statement)
            if rest:
                rest(connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _refuse_newer(connection: sqlite3.Connection) -> None:
    newest, found = len(MIGRATIONS), _version(connection)
    if found > newest:
        raise EnvironmentFault(
            f"This matter was written by a newer LegalQA (catalog schema {found}, this one knows {newest}).",
            kept="Nothing in it was changed.",
            hint="Install the newer LegalQA to open it.",
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def statements(script: str) -> Iterator[str]:
    """The statements of a script: `executescript` would commit, and a migration must happen whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _is_full(path: Path) -> bool:
    """Whether the disk is full: files that SQLite only maps into memory fail otherwise than by a full disk."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(path.parent).free < _ROOM
    return False


def _in_words(error: sqlite3.Error, path: Path) -> LegalQAError:
    """SQLite's result codes as errors; its messages name tables, never text of a document."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return EnvironmentFault(
            "The disk is full.", kept="Nothing indexed so far is lost.", hint="Free some space and run it again."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) and not os.access(path.parent, os.W_OK):
        return EnvironmentFault(
            f"{path.parent} cannot be written, which its catalog needs even to be read.",
            kept="Nothing indexed so far is lost.",
            hint="Make the folder, or the drive that it is on, writable again.",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Denied(f"{path} is in use by another process.", hint="Try again when it has finished.")
    return EnvironmentFault(f"The catalog {path} cannot be used: {error}.", kept=damage.KEPT, hint=damage.HINT)
