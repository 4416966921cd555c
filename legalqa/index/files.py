"""Which file stands for which document: the rows of `files`, kept so that every document has one present holder.

Functions here work inside a transaction of the catalog's. A file found inside another one (an attachment, a member of
an archive) is a file like any other, with the containing file's path as `parent`; it comes and goes with that file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from legalqa.values.document import FileState

_SPELT = re.compile(r"\\(udc[89a-f][0-9a-f])")
NOT_YET_READ = "it has not been read yet; run it again"
GONE = "no such file"
NO_LONGER_INSIDE = "the file that it was found in no longer holds it"


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file as it lies on disk: path, SHA-256 of its bytes, size in bytes, time of change in nanoseconds.

    `parent` is the path of the file that it was found in; `path` then begins with it, and no such path is on disk.
    """

    path: str
    sha256: str
    size: int
    mtime_ns: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the catalog holds of a file. `document_id` is the document that its path stands for, if any.

    `tried` says how it was read when that failed, "" if it has not been read.
    """

    fact: FileFact
    state: FileState
    reason: str
    document_id: str | None
    tried: str = ""


def row(fact: FileFact) -> tuple[str, str, int, int, str | None]:
    """A file's facts as columns: path, sha256, size, mtime_ns, parent."""
    return plain(fact.path), fact.sha256, fact.size, fact.mtime_ns, plain(fact.parent) if fact.parent else None


def plain(path: str) -> str:
    """A path as it is stored: file names that are not valid text are spelt with backslashes."""
    return path.encode("utf-8", "backslashreplace").decode()


def on_disk(path: str) -> Path:
    """The path that `plain` spelt, as the file system knows it."""
    spelt = Path(path)
    if "\\udc" not in path or spelt.exists():
        return spelt
    return Path(_SPELT.sub(lambda match: chr(int(match.group(1)[1:], 16)), path))


def records(connection: Connection, where: str, values: Sequence[str]) -> Iterator[FileRecord]:
    """The files that a condition leaves."""
    for path, sha256, size, mtime_ns, parent, *rest in connection.execute(
        f"SELECT path, sha256, size, mtime_ns, parent, state, reason, document_id, tried FROM files {where}", values
    ).fetchall():
        yield FileRecord(FileFact(path, sha256, size, mtime_ns, parent), *rest)


def write(connection: Connection, fact: FileFact, state: FileState, reason: str, tried: str = "") -> None:
    """Record a file's facts and state; the document that it stands for stays as it was."""
    connection.execute(
        "INSERT INTO files (path, sha256, size, mtime_ns, parent, state, reason, tried) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size,"
        " mtime_ns = excluded.mtime_ns, parent = excluded.parent, state = excluded.state, reason = excluded.reason,"
        " tried = excluded.tried",
        (*row(fact), state, reason, tried),
    )


def place(connection: Connection, fact: FileFact) -> None:
    """Remember which file a file was found in until it is published."""
    if fact.parent is not None:
        known = connection.execute("UPDATE files SET parent = ? WHERE path = ?", (plain(fact.parent), plain(fact.path)))
        if not known.rowcount:
            write(connection, fact, "failed", NOT_YET_READ)


def fail(connection: Connection, fact: FileFact, state: FileState, reason: str, tried: str = "") -> None:
    """Record a file that could not be read. If an older version of it is indexed, that stays: state "changed"."""
    old = connection.execute(
        "SELECT document_id FROM files WHERE path = ? AND document_id IS NOT NULL", (plain(fact.path),)
    ).fetchone()
    if old is not None:
        state, reason = "changed", f"changed since it was indexed, and the new version was not read: {reason}"
    write(connection, fact, state, reason, tried)
    if old is not None:
        settle(connection, old[0])


def expect(connection: Connection, container: str, members: Iterable[FileFact]) -> None:
    """Record what a container holds, before any of it is read: what is not known yet counts as not read.

    What it held before and holds no more is missing.
    """
    kept = set()
    for member in members:
        kept.add(plain(member.path))
        known = next(records(connection, "WHERE path = ?", (plain(member.path),)), None)
        alike = known is not None and known.fact.sha256 == member.sha256 and known.fact.parent is not None
        if not (alike and known is not None and known.state not in ("missing", "changed")):
            fail(connection, member, "failed", NOT_YET_READ)
    for record in list(records(connection, "WHERE parent = ?", (plain(container),))):
        if record.fact.path not in kept and record.state != "missing":
            lose(connection, record.fact.path, NO_LONGER_INSIDE)


def lose(connection: Connection, path: str, reason: str = GONE) -> None:
    """Record that a file has gone, and with it what it contained. A duplicate becomes the document's holder."""
    waiting = [plain(path)]
    seen = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        waiting += [found[0] for found in connection.execute("SELECT path FROM files WHERE parent = ?", (path,))]
        found = connection.execute("SELECT document_id FROM files WHERE path = ?", (path,)).fetchone()
        if found is None:
            continue
        connection.execute(
            "UPDATE files SET state = 'missing', reason = ? WHERE path = ? AND (state != 'missing' OR reason = ?)",
            (reason, path, GONE),
        )
        if found[0] is not None:
            settle(connection, found[0])


def hold(connection: Connection, fact: FileFact, document_id: str) -> str | None:
    """Let the file stand for the document. The document that it stood for before is returned if no file does now."""
    path = plain(fact.path)
    old = connection.execute("SELECT document_id FROM files WHERE path = ?", (path,)).fetchone()
    write(connection, fact, "duplicate", "")
    connection.execute("UPDATE files SET document_id = ? WHERE path = ?", (document_id, path))
    settle(connection, document_id)
    if old is None or old[0] is None or old[0] == document_id or settle(connection, old[0]):
        return None
    return str(old[0])


def settle(connection: Connection, document_id: str) -> bool:
    """See to it that exactly one present file of the document is its holder; False if no file is left at all."""
    files = connection.execute(
        "SELECT path, state FROM files WHERE document_id = ? ORDER BY rowid", (document_id,)
    ).fetchall()
    present = [path for path, state in files if state in ("indexed", "duplicate")]
    holder = next((path for path, state in files if state == "indexed"), present[0] if present else None)
    if holder is not None:
        connection.execute("UPDATE files SET state = 'indexed', reason = '' WHERE path = ?", (holder,))
        connection.execute(
            "UPDATE files SET reason = ? WHERE document_id = ? AND state = 'duplicate'",
            (f"same content as {holder}", document_id),
        )
        connection.execute("UPDATE documents SET path = ? WHERE id = ? AND state = 'indexed'", (holder, document_id))
    connection.execute("UPDATE documents SET renamed = 1 WHERE id = ? AND state = 'indexed'", (document_id,))
    for path, _ in files:
        _relate(connection, path)
    return bool(files)


def _relate(connection: Connection, path: str) -> None:
    """Documents held by the file, and by files inside it, learn which document they came in."""
    connection.execute(
        "UPDATE documents SET parent_id = (SELECT container.document_id FROM files AS member"
        " JOIN files AS container ON container.path = member.parent WHERE member.path = documents.path)"
        " WHERE state = 'indexed' AND path IN (SELECT path FROM files WHERE path = ?1 OR parent = ?1)",
        (path,),
    )
