"""The files of a batch: found under folders, told from what the operating system leaves there, hashed in parallel."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from legalqa.errors import UserError
from legalqa.index.files import FileFact
from legalqa.ingest import Unreadable

_AHEAD = 64  # files hashed before anybody asks for them
_SYSTEM = {  # what leaves such files in every folder, and how they are called
    "a file of the operating system, not a document": (
        *(".DS_Store", "._*", "Thumbs.db", "ehthumbs.db", "desktop.ini", ".localized", "Icon\r", ".directory"),
        *("System Volume Information", "$RECYCLE.BIN", ".Spotlight-V100", ".Trashes", ".fseventsd", "__MACOSX"),
    ),
    "a lock file of an office program, not a document": ("~$*", ".~lock.*#"),
}
_LINK = "a link to a folder, which is not followed"
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def absolute(path: Path) -> Path:
    """The path from the root, symbolic links left as they are."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  # Path.absolute keeps "..", resolve follows links


def files_under(paths: Sequence[Path]) -> Iterator[Path]:
    """Every file under the paths, each once, in the order of their names.

    Links to folders are not followed, so that no loop of links is walked. Raises UserError for a path that does not
    exist.
    """
    seen: set[Path] = set()
    for path in map(absolute, paths):
        if not path.exists():
            raise UserError(f"There is no file or folder {path}.", kept="Nothing was changed.")
        for file in _walk(path) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[OSError] = []
    for top, folders, files in os.walk(folder, onerror=closed.append):
        folders.sort()
        links = [name for name in folders if (Path(top) / name).is_symlink()]
        yield from (Path(top) / name for name in sorted(files + links))
    for error in closed:  # a folder that may not be opened is named like a file that may not
        yield Path(str(error.filename))


def harmless(path: Path, reason: str) -> bool:
    """Whether a file that is not read, for this reason, is none that anybody would miss."""
    return reason == _LINK or reason == system_file(path)


def system_file(path: Path) -> str | None:
    """Why a file is none of the user's, None if it may be."""
    for reason, patterns in _SYSTEM.items():
        if any(fnmatch.fnmatchcase(path.name, pattern) for pattern in patterns) or path.parent.name in patterns:
            return reason
    return None


def hashed(paths: Iterable[Path]) -> Iterator[FileFact | tuple[Path, Unreadable]]:
    """The files as they lie on disk, in the given order, some of them hashed ahead; or why one cannot be read."""
    pool = ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="hash")
    ahead: deque[tuple[Path, Future[FileFact | Unreadable]]] = deque()
    try:
        for path in paths:
            ahead.append((path, pool.submit(fact_of, path)))
            if len(ahead) > _AHEAD:
                yield _settled(*ahead.popleft())
        while ahead:
            yield _settled(*ahead.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _settled(path: Path, future: Future[FileFact | Unreadable]) -> FileFact | tuple[Path, Unreadable]:
    found = future.result()
    return (path, found) if isinstance(found, Unreadable) else found


def fact_of(path: Path) -> FileFact | Unreadable:
    """The file as it lies on disk, or why it cannot be read."""
    reason = system_file(path)
    if reason is not None:
        return Unreadable("unsupported", reason)
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        if path.is_dir():
            return Unreadable("failed", f"the folder could not be opened ({error.strerror})")
        return Unreadable("failed", f"the file could not be opened ({error.strerror})")
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        return Unreadable("unsupported", _LINK if stat.S_ISDIR(status.st_mode) else "not an ordinary file")
    with os.fdopen(handle, "rb") as file:
        try:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return Unreadable("failed", f"the file could not be read ({error.strerror})")
    return FileFact(str(path), digest, status.st_size, status.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
