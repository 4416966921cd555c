"""The audit file of a matter: who did what and when, one line an entry, each carrying the hash of the one before.

A line is ``{"entry": {…}, "hash": "…", "previous": "…"}`` in one exact spelling, `hash` the SHA-256 of the previous
hash and the entry as spelt, so that no byte can be changed unnoticed. How many lines there are and the last hash stand
in the catalog too: a file that was cut, or swapped for an older one, does not agree with it. What a matter's documents
say never stands in it, questions do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from legalqa.errors import Denied, EnvironmentFault
from legalqa.index.catalog import AuditHead, Catalog
from legalqa.index.lock import FileLock
from legalqa.values.audit import AuditEntry, AuditReport, Event

FILE = "audit.jsonl"
_NOTHING = "0" * 64  # the hash before the first line
_PATIENCE = 10.0  # seconds to wait for another process that is writing its line
_FAULTS = 20  # faults that are told one by one


class Audit:
    """The audit file of the matter in `folder`. Safe to use from several threads and processes."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._file, self._catalog = folder / FILE, catalog
        self._lock = folder / "audit.lock"

    def record(self, event: Event, details: Mapping[str, Any]) -> AuditEntry:
        """Add an entry; when this returns it is durable.

        Raises Denied while another process keeps the file locked, EnvironmentFault if it cannot be written: then what
        was to be recorded must not happen. What a crash left half written is cut off, which is itself recorded.
        """
        with self._writing():
            head, cut = self._settled(self._catalog.audit_head())
            if cut:
                head = self._append(head, "repair", {"bytes": cut})[1]
            return self._append(head, event, details)[0]

    def check(self) -> None:
        """Raise, as `record` does, what would keep an entry from being added now."""
        with self._writing(), self._file.open("ab"):
            pass

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nothing is added meanwhile: file and catalog can be copied together. Raises as `record`."""
        with self._writing():
            self._settled(self._catalog.audit_head())
            yield

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        lock = FileLock(self._lock)
        try:
            if not lock.acquire(_PATIENCE):
                raise Denied(f"The audit file of this matter is being written by {lock.holder()}.", hint="Try again.")
            yield
        except OSError as error:
            raise EnvironmentFault(
                f"The audit file {self._file} cannot be written: {error.strerror or error}.",
                kept="Nothing was changed.",
                hint="Free some space, or see who may write to the matter's folder, and try again.",
            ) from None
        finally:
            lock.release()

    def entries(self) -> Iterator[AuditEntry]:
        """Every entry that can be read, oldest first; `verify` says whether they are what was written."""
        yield from entries_in(self._file)

    def verify(self, head: str = "") -> AuditReport:
        """Hold the file against itself and against the catalog; `head` is one that was noted earlier."""
        known, previous, number, faults, heads = self._catalog.audit_head(), _NOTHING, 0, list[str](), {_NOTHING}
        for number, line in enumerate(_lines(self._file), 1):
            read = _read(line)
            if read is None:
                faults.append(f"line {number} cannot be read")
                continue
            if read.previous != previous:
                faults.append(f"line {number} does not follow the line before it")
            if read.entry.number != number:
                faults.append(f"line {number} says that it is entry {read.entry.number}")
            if _line(read.entry, read.previous)[0] != line:
                faults.append(f"line {number} was changed")
            previous = read.hash
            heads.add(previous)
        if number < known.entries:
            faults.append(f"{known.entries} entries were written, {number} are there")
        elif number > known.entries:
            faults.append(f"{number - known.entries} more lines than were written")
        elif previous != known.hash:
            faults.append("the last line is not the one that was written last")
        if head and head not in heads:
            faults.append("the head that was noted is none of this file's")
        if len(faults) > _FAULTS:
            faults = [*faults[:_FAULTS], f"and {len(faults) - _FAULTS} more"]
        return AuditReport(number, previous, tuple(faults))

    def _append(self, head: AuditHead, event: Event, details: Mapping[str, Any]) -> tuple[AuditEntry, AuditHead]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = AuditEntry(head.entries + 1, now, user(), event, dict(details))
        line, hash = _line(entry, head.hash)
        with self._file.open("ab") as file:
            if file.tell() == 0:
                self._file.chmod(0o600)
            file.write((b"" if self._ends_whole() else b"\n") + line + b"\n")
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        after = AuditHead(entry.number, size, hash)
        self._catalog.set_audit_head(after)
        return entry, after

    def _ends_whole(self) -> bool:
        """Whether a line may follow: somebody may have cut the last one."""
        with self._file.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return True
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"

    def _settled(self, head: AuditHead) -> tuple[AuditHead, int]:
        """The head after a crash: a line that was written whole counts, anything else behind the last is cut off.

        Also how many bytes that was. A file that is too short is left: `verify` says so, and nothing written now hides
        it.
        """
        size = self._file.stat().st_size if self._file.exists() else 0
        if size <= head.size:
            return head, 0
        with self._file.open("r+b") as file:
            file.seek(head.size)
            line = file.readline()
            read = _read(line.removesuffix(b"\n"))
            if read and line.endswith(b"\n") and _line(read.entry, head.hash)[0] == line[:-1]:
                head = AuditHead(read.entry.number, head.size + len(line), read.hash)
                self._catalog.set_audit_head(head)
            file.truncate(head.size)
            os.fsync(file.fileno())
        return head, size - head.size


def entries_in(file: Path) -> Iterator[AuditEntry]:
    """Every entry of an audit file that can be read, oldest first; for a matter whose catalog cannot be opened."""
    yield from (read.entry for read in map(_read, _lines(file)) if read)


def hold_of(entries: Iterable[AuditEntry]) -> AuditEntry | None:
    """The entry that put the matter under the legal hold that is in force; None if there is none."""
    last = None
    for entry in entries:
        if entry.event in ("hold", "release"):
            last = entry
    return last if last and last.event == "hold" else None


def _lines(file: Path) -> Iterator[bytes]:
    with contextlib.suppress(FileNotFoundError), file.open("rb") as lines:
        for line in lines:
            yield line.removesuffix(b"\n") if line.endswith(b"\n") else line + b"?"  # a line that is not whole


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line of the file."""

    entry: AuditEntry
    hash: str
    previous: str


def _line(entry: AuditEntry, previous: str) -> tuple[bytes, str]:
    """The one spelling of an entry after the line of that hash, and its own hash."""
    said = json.dumps(msgspec.to_builtins(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    spelt = said.encode("utf-8", "backslashreplace")  # a lone surrogate of a question as JSON spells it
    hash = hashlib.sha256(previous.encode() + b"\n" + spelt).hexdigest()
    return b'{"entry":%b,"hash":"%b","previous":"%b"}' % (spelt, hash.encode(), previous.encode()), hash


def _read(line: bytes) -> _Line | None:
    try:
        return msgspec.convert(json.loads(line), _Line)
    except (ValueError, RecursionError):  # of which msgspec's and json's errors are kinds
        return None


def user() -> str:
    """Who runs this process, as the operating system knows them: an environment variable may say anything."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without a name
        return f"user {os.getuid()}"
