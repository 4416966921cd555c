"""What the packaging scripts share: where things lie, the version, one date for everything, checksums, environments."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD, DIST = ROOT / "build", ROOT / "dist"
BUNDLE = BUILD / "bundle"
MANIFEST = "SHA256SUMS"  # as `sha256sum -c` reads it
_BLOCK = re.compile(r"^(?=[A-Za-z0-9._-]+==)", re.MULTILINE)


class Refused(Exception):
    """What was asked for cannot be made; the message says what to do."""


def version() -> str:
    """The version, which stands in ``legalqa/__init__.py`` alone."""
    found = re.search(r'^__version__ = "(.+)"', (ROOT / "legalqa" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise Refused("legalqa/__init__.py states no version.")
    return found[1]


def epoch() -> int:
    """The date of everything made, in seconds since 1970: SOURCE_DATE_EPOCH, or that of the last commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if not (ROOT / ".git").exists():
        raise Refused("This is no git checkout: set SOURCE_DATE_EPOCH to the date of the release.")
    return int(said(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]))


def environment(**more: str) -> dict[str, str]:
    """Variables under which the same input gives the same output."""
    fixed = {"SOURCE_DATE_EPOCH": str(epoch()), "PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    return {**os.environ, **fixed, **more}


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a program to its end. Raises Refused if it fails; what it says is on the screen."""
    print("+", " ".join(str(word) for word in command)[:200], file=sys.stderr, flush=True)
    ended = subprocess.run([str(word) for word in command], env=env or environment(), cwd=cwd, check=False)
    if ended.returncode != 0:
        raise Refused(f"{Path(command[0]).name} ended with exit code {ended.returncode}; see above.")


def said(command: Sequence[str | Path]) -> str:
    """What a program prints, without the last newline."""
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def emptied(folder: Path) -> Path:
    """The folder, new and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def locked(lock: Path) -> dict[str, str]:
    """The requirements of a lock by package, as pip reads them: with hashes, and one a Python where those differ."""
    found: dict[str, str] = {}
    for block in _BLOCK.split(lock.read_text("utf-8"))[1:]:
        name = block.partition("==")[0]
        found[name] = found.get(name, "") + block
    return found


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def files_in(folder: Path) -> list[Path]:
    """Every file of a folder and of those in it, by name; links are files."""
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def write_manifest(folder: Path) -> None:
    """Write the checksum of every file of the folder into it."""
    names = [file for file in files_in(folder) if file != folder / MANIFEST]
    lines = [f"{sha256_of(file)}  {file.relative_to(folder).as_posix()}\n" for file in names]
    (folder / MANIFEST).write_text("".join(lines), "utf-8")


def faults(folder: Path) -> Iterator[str]:
    """What is not as the folder's manifest says: altered, missing, or not named there."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        yield f"{manifest} is missing"
        return
    expected = dict(line.split("  ", 1)[::-1] for line in manifest.read_text("utf-8").splitlines())
    for name, sha256 in expected.items():
        if not (folder / name).is_file():
            yield f"missing: {name}"
        elif sha256_of(folder / name) != sha256:
            yield f"altered: {name}"
    there = {file.relative_to(folder).as_posix() for file in files_in(folder)} - {MANIFEST}
    yield from (f"not in the manifest: {name}" for name in sorted(there - expected.keys()))


def main(script: object) -> int:
    """Run a script's function; a refusal is told in a line and ends with exit code 4, as elsewhere in LegalQA."""
    assert callable(script)
    try:
        script()
    except Refused as refusal:
        print(f"{refusal}", file=sys.stderr)
        return 4
    return 0
