"""Compare two builds: `compare.py A B`, folders or .deb files. One hash, or a list of what differs, and exit code 3.

Of files that differ it says where; of archives of Python's, which modules (those in programs that PyInstaller made are
seen by an interpreter that has PyInstaller: build/package/env/bin/python).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import building

DIFFERENT = 3


def main() -> int:
    """Print what differs; returns the exit code."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    first, second = (Path(given) for given in sys.argv[1:])
    if first.is_file() and second.is_file() and building.sha256_of(first) == building.sha256_of(second):
        print(f"the same: {building.sha256_of(first)}")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folders = [_unpacked(one, Path(scratch) / str(number)) for number, one in enumerate((first, second))]
        found = list(differences(*folders))
    for line in found:
        print(line)
    if not found:
        print(
            f"the same: {len(building.files_in(first))} files" if first.is_dir() else "the same files, packed otherwise"
        )
    return DIFFERENT if found or first.is_file() else 0


def differences(first: Path, second: Path) -> Iterator[str]:
    """A line for each file that only one folder has, or that differs in content, rights or target of a link."""
    names = [{file.relative_to(folder).as_posix() for file in building.files_in(folder)} for folder in (first, second)]
    yield from (f"only in the first: {name}" for name in sorted(names[0] - names[1]))
    yield from (f"only in the second: {name}" for name in sorted(names[1] - names[0]))
    for name in sorted(names[0] & names[1]):
        one, other = first / name, second / name
        if one.is_symlink() or other.is_symlink():
            if not (one.is_symlink() and other.is_symlink() and one.readlink() == other.readlink()):
                yield f"links differ: {name}"
        elif one.stat().st_mode != other.stat().st_mode:
            yield f"rights differ: {name}"
        elif building.sha256_of(one) != building.sha256_of(other):
            yield f"differs: {name}: {_where(one, other)}"


def _where(one: Path, other: Path) -> str:
    if zipfile.is_zipfile(one) and zipfile.is_zipfile(other):
        with zipfile.ZipFile(one) as left, zipfile.ZipFile(other) as right:
            sums = [{entry.filename: (entry.CRC, entry.date_time) for entry in zip.infolist()} for zip in (left, right)]
        return "entries " + ", ".join(sorted(name for name, _ in sums[0].items() ^ sums[1].items())[:10])
    before, after = _modules(one), _modules(other)
    if before and after:
        changed = sorted(name for name in before.keys() | after if before.get(name) != after.get(name))
        return f"{len(changed)} of {len(before)} modules: {', '.join(changed[:60])}"
    left_bytes, right_bytes = one.read_bytes(), other.read_bytes()
    if len(left_bytes) != len(right_bytes):
        return f"{len(left_bytes):,} and {len(right_bytes):,} bytes"
    places = [at for at, (a, b) in enumerate(zip(left_bytes, right_bytes, strict=True)) if a != b]
    return f"{len(places):,} bytes, the first at {places[0]:,}"


def _modules(program: Path) -> dict[str, int]:
    """Name and checksum of what a program of PyInstaller's holds; nothing if it is none, or PyInstaller is not here."""
    try:
        from PyInstaller.archive import readers

        archive = readers.CArchiveReader(str(program))
    except Exception:  # no such program: its bytes are compared instead
        return {}
    found = {name: zlib.crc32(archive.extract(name)) for name, entry in archive.toc.items() if entry[-1] not in "zZ"}
    for name, entry in archive.toc.items():
        if entry[-1] in "zZ":
            inner = archive.open_embedded_archive(name)
            found |= {one: zlib.crc32(inner.extract(one, raw=True) or b"") for one in inner.toc}
    return found


def _unpacked(one: Path, folder: Path) -> Path:
    if one.is_dir():
        return one
    folder.mkdir()
    subprocess.run(["dpkg-deb", "--raw-extract", str(one), str(folder)], check=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
