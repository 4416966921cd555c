"""The rights of a process that parses what strangers wrote: the file in question, a folder for scratch, nothing else.

A child that is given `Rights` gives up all others before it loads anything that parses: it reads the places named, the
program's own files and the system's, writes only where it is told to, reaches no network and no process outside, and
opens no socket. What the platform cannot enforce is named by `missing`; on Windows and macOS that is all of it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from legalqa import kernel, shipped

_PACKAGE: Final = Path(__file__).parent
_SYSTEM: Final = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt", "/nix/store", "/proc", "/sys/devices/system",
    "/sys/fs/cgroup", "/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice",
)  # fmt: skip  # programs, libraries, fonts, languages: nothing of a client
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


Identity = tuple[int, int] | None  # device and number of a file or folder, None for nothing


class Rights(msgspec.Struct, frozen=True):
    """What a child may do: read in these places, change what lies in those folders, and start programs or not.

    The first folder that may be changed is where temporary files go.
    """

    reads: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    runs: bool = False

    def covering(self, place: Path) -> tuple[str, ...]:
        """By which of the places `place` may be read; links are followed, as the system does."""
        wanted, known = Path(os.path.realpath(place)), _resolved((*self.reads, *self.changes))
        return tuple(known[str(above)] for above in (wanted, *wanted.parents) if str(above) in known)

    def identities(self) -> dict[str, Identity]:
        """What is at these places now: a right is to what was there when it was given, not to a name."""
        return {place: identity(place) for place in (*self.reads, *self.changes)}

    def and_folder_of(self, file: Path) -> Rights:
        """These rights, and that of reading the folder in which a file lies."""
        return Rights((*self.reads, str(Path(os.path.realpath(file)).parent)), self.changes, self.runs)

    def and_running(self) -> Rights:
        """These rights, and that of starting programs."""
        return Rights(self.reads, self.changes, runs=True)


@lru_cache(maxsize=32)
def _resolved(places: tuple[str, ...]) -> dict[str, str]:
    """The places by where they are, all links followed."""
    return {os.path.realpath(place): place for place in places}


def identity(place: str) -> Identity:
    """What is at a place."""
    try:
        found = Path(place).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def missing() -> str:
    """What this platform lacks for `confine`, in words; "" where nothing is missing."""
    if sys.platform != "linux":
        return "this system has neither Landlock nor seccomp"
    without = [
        name for name, there in (("Landlock", kernel.landlock_version()), ("seccomp", kernel.has_filter())) if not there
    ]
    return f"the kernel offers no {' and no '.join(without)}" if without else ""


def confine(rights: Rights) -> None:
    """Give up, for good, all other rights. For a process of one thread that has parsed nothing yet.

    What the platform lacks is left out. Raises OSError if what it has does not work: then nothing may be parsed.
    """
    if rights.changes:
        tempfile.tempdir = rights.changes[0]
        os.environ["TMPDIR"] = rights.changes[0]
    if kernel.landlock_version():
        kernel.restrict(_rules(rights))
    if kernel.has_filter():
        kernel.filter_calls()


def _rules(rights: Rights) -> Iterator[tuple[Path, int]]:
    start = kernel.EXECUTE if rights.runs else 0
    look = kernel.READ | kernel.LIST
    for place in _program():
        yield place, look | start
    yield _PACKAGE.parent, kernel.LIST  # an import looks for us there; what else lies there is nobody's business
    for name in _DEVICES:
        yield Path(name), kernel.READ | kernel.WRITE
    for name in rights.reads:
        yield Path(name), look
    for name in rights.changes:
        yield Path(name), look | kernel.CHANGE
    if rights.runs:  # LibreOffice makes and removes a socket there, whatever TMPDIR says; no file can be made or read
        yield Path("/tmp"), kernel.SOCKET | kernel.REMOVE  # nosec B108


def _program() -> Iterator[Path]:
    """Where the program, Python, their libraries and the system's files lie."""
    yield from (Path(name) for name in _SYSTEM)
    yield from (Path(sys.prefix), Path(sys.base_prefix), _PACKAGE)
    yield from (shipped.folder(name) for name in ("resources", "models"))
    yield from (Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages"))
    if getattr(sys, "frozen", False):
        yield Path(sys.executable).parent
    if os.environ.get("TESSDATA_PREFIX"):
        yield Path(os.environ["TESSDATA_PREFIX"])


class Probe:
    """Tries, in a confined child, what it must not be able to do; `outside` is a folder with a file that it may not
    see.
    """

    def __init__(self, _stop: threading.Event, outside: str) -> None:
        self._outside = Path(outside)

    def attempts(self) -> dict[str, bool]:
        """What was tried, and whether it was refused."""
        tries = {"to read": self._read, "to write": self._write, "to run": self._run, "to open a socket": self._open}
        return {name: _refused(attempt) for name, attempt in tries.items()}

    def _read(self) -> None:
        for file in self._outside.iterdir():
            file.read_bytes()

    def _write(self) -> None:
        (self._outside / "written").touch()

    def _run(self) -> None:
        subprocess.run([sys.executable, "-c", ""], check=True)

    def _open(self) -> None:
        """Below Python, where no hook sees it."""
        libc = ctypes.CDLL(None, use_errno=True)
        handle = libc.socket(int(socket.AF_INET), int(socket.SOCK_STREAM), 0)
        if handle < 0:
            raise OSError(ctypes.get_errno(), "socket")
        os.close(handle)


def _refused(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False
