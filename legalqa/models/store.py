"""The models of a home, ``<home>/models/<id>/``: installed whole or not at all, checked before they are used.

Each folder has a ``manifest.json`` with the SHA-256 of every file. A full hash of 100 MB on each start would cost
what the start costs; so a file that was verified is remembered by size, time of change and inode
(``verified.json``), and hashed again only when one of them differs. `verify` always hashes.

An installed application brings the starter models with it, for all users of the machine; a home's own model of the
same id goes before. What is remembered of those lies in the home, since users cannot write beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from legalqa import shipped
from legalqa.errors import EnvironmentFault
from legalqa.models.catalogue import Role, load_catalogue

FileCheck = Literal["ok", "altered", "missing"]
InstallState = Literal["installed", "altered", "missing", "unsupported"]
MANIFEST, _VERIFIED = "manifest.json", "verified.json"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
Stamp = tuple[int, int, int, str]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was installed. `file` is the one that runs; `source_sha256` the published file that it was made from.

    `pinned` says that the catalogue knew the published file's hash; otherwise it was recorded when first added.
    """

    id: str
    role: Role
    title: str
    licence: str
    file: str
    source_sha256: str
    pinned: bool
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model that is installed and unaltered. `file` is what runs, `sha256` its hash."""

    id: str
    role: Role
    title: str
    licence: str
    folder: Path
    file: Path
    sha256: str
    pinned: bool


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file (its name in the model's folder) of the installed model `id`, hashed in full."""

    id: str
    file: str
    state: FileCheck
    expected: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the catalogue or of the home. `pinned`: its published file's checksum is in the catalogue."""

    id: str
    role: Role | Literal["unknown"]
    title: str
    licence: str
    state: InstallState
    pinned: bool
    starter: bool
    size: int | None


def locate(home: Path, id: str) -> ModelFiles:
    """The files of an installed model, verified.

    Raises EnvironmentFault if it is not installed, or if any file is missing or altered.
    """
    folder = _folder(home, id)
    manifest = _manifest(folder) if _ID.fullmatch(id) else None
    if manifest is None:
        raise EnvironmentFault(
            f"The model {id!r} is not installed in {home / 'models'}.",
            hint=f"Run `legalqa models pull {id}`, or `legalqa models add FILE` on a machine without internet.",
        )
    if not _is_catalogued(manifest):
        raise _altered(folder, id)
    noted = notes(home, id)
    remembered = _remembered(noted)
    seen: dict[str, Stamp] = {}
    for name, expected in manifest.files.items():
        stamp = _stamp(folder / name, expected)
        if stamp is None:
            raise _altered(folder / name, id)
        if remembered.get(name) != stamp and sha256_of(folder / name) != expected:
            raise _altered(folder / name, id)
        seen[name] = stamp
    if seen != remembered:
        _remember(noted, seen)
    return _files(folder, manifest)


def is_here(home: Path, id: str) -> bool:
    """Whether a model of that id is in the home or came with the program; it may be damaged."""
    return _folder(home, id).is_dir()


def notes(home: Path, id: str) -> Path:
    """The folder of what was found out about a model: its own, or one of the home for a model that came with LegalQA.

    It may not exist yet.
    """
    folder = _folder(home, id)
    return folder if folder.parent == home / "models" else home / "models" / ".brought" / id


def verify(home: Path) -> tuple[CheckedFile, ...]:
    """Hash every file of every installed model."""
    checked = []
    for folder, manifest in _installed(home).items():
        if manifest is None:
            checked.append(CheckedFile(folder.name, MANIFEST, "altered", ""))
            continue
        for name, expected in manifest.files.items():
            path = folder / name
            state: FileCheck = "missing"
            if path.is_file():
                state = "ok" if sha256_of(path) == expected and _is_catalogued(manifest) else "altered"
            checked.append(CheckedFile(manifest.id, name, state, expected))
    return tuple(checked)


def listing(home: Path) -> tuple[Listed, ...]:
    """Every model of the catalogue, then those that were added by hand and that it does not know."""
    installed = {folder.name: manifest for folder, manifest in _installed(home).items()}
    listed = []
    for entry in load_catalogue().model:
        state: InstallState = "missing" if entry.runnable else "unsupported"
        if entry.id in installed:
            state = _state(home, entry.id)
        pinned = entry.sha256 is not None
        listed.append(
            Listed(entry.id, entry.role, entry.title, entry.licence, state, pinned, entry.starter, entry.size)
        )
    for id, manifest in installed.items():
        if load_catalogue().get(id):
            continue
        if manifest is None:
            listed.append(Listed(id, "unknown", id, "unknown", "altered", False, False, None))
            continue
        file = _folder(home, id) / manifest.file
        size = file.stat().st_size if file.is_file() else None
        listed.append(Listed(id, manifest.role, manifest.title, manifest.licence, _state(home, id), False, False, size))
    return tuple(listed)


@contextlib.contextmanager
def installing(home: Path, id: str) -> Iterator[Path]:
    """A scratch folder that becomes ``<home>/models/<id>`` when the block ends well, and vanishes when it does not.

    The block leaves its files and a manifest (`write_manifest`) in it. An older folder of that id is replaced.
    """
    models = home / "models"
    try:
        models.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{id}-", dir=models))
        scratch.chmod(0o755)  # a home may be deployed for all users of a machine
    except OSError as error:
        raise EnvironmentFault(f"{models} cannot be written: {error.strerror}.") from error
    try:
        yield scratch
        _swap(scratch, models / id)
    except OSError as error:
        raise EnvironmentFault(
            f"The model {id!r} could not be written to {models}: {error.strerror}.", kept="Nothing was changed."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_manifest(scratch: Path, manifest: Manifest) -> None:
    """Record the hashes of all files in the folder (those given in `manifest.files` are kept)."""
    names = sorted(path.name for path in scratch.iterdir() if path.is_file())
    files = {name: manifest.files.get(name) or sha256_of(scratch / name) for name in names}
    whole = msgspec.structs.replace(manifest, files=files)
    (scratch / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _swap(scratch: Path, target: Path) -> None:
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
        target.replace(old / target.name)
        scratch.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        scratch.replace(target)


def _brought() -> Path:
    """The models that an installed application brings with it; a checkout has none."""
    return shipped.folder("models") / "installed"


def _folder(home: Path, id: str) -> Path:
    """Where the model is or would be: in the home, unless it is only among those that came with the program."""
    own, brought = home / "models" / id, _brought() / id
    return brought if brought.is_dir() and not own.is_dir() else own


def _installed(home: Path) -> dict[Path, Manifest | None]:
    """The model folders and their manifests, None for one that cannot be understood."""
    models = {path.name: path for where in (_brought(), home / "models") if where.is_dir() for path in where.iterdir()}
    found: dict[Path, Manifest | None] = {}
    for _, folder in sorted(models.items()):
        if (folder / MANIFEST).is_file() and not folder.name.startswith("."):
            try:
                found[folder] = _manifest(folder)
            except EnvironmentFault:
                found[folder] = None
    return found


def _manifest(folder: Path) -> Manifest | None:
    """The manifest, None if the folder has none. Raises EnvironmentFault if it cannot be understood."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise _altered(folder / MANIFEST, folder.name) from error
    if manifest.id != folder.name or manifest.file not in manifest.files:
        raise _altered(folder / MANIFEST, folder.name)
    return manifest


def _is_catalogued(manifest: Manifest) -> bool:
    """Whether it was made from the file that the catalogue pins under its id, if it pins one."""
    entry = load_catalogue().get(manifest.id)
    return entry is None or entry.sha256 in (None, manifest.source_sha256)


def _state(home: Path, id: str) -> InstallState:
    try:
        locate(home, id)
    except EnvironmentFault:
        return "altered"
    return "installed"


def _files(folder: Path, manifest: Manifest) -> ModelFiles:
    return ModelFiles(
        id=manifest.id,
        role=manifest.role,
        title=manifest.title,
        licence=manifest.licence,
        folder=folder,
        file=folder / manifest.file,
        sha256=manifest.files[manifest.file],
        pinned=manifest.pinned,
    )


def _stamp(path: Path, sha256: str) -> Stamp | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns, seen.st_ino, sha256


def _remembered(folder: Path) -> dict[str, Stamp]:
    try:
        return msgspec.json.decode((folder / _VERIFIED).read_bytes(), type=dict[str, Stamp])
    except (OSError, msgspec.MsgspecError):
        return {}


def _remember(folder: Path, stamps: dict[str, Stamp]) -> None:
    """Best effort: a home that cannot be written (deployed by IT) is hashed each time instead."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".verified-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(stamps))
        Path(name).chmod(0o644)
        Path(name).replace(folder / _VERIFIED)


def _altered(path: Path, id: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"The model {id!r} is not what was installed: {path} is missing or altered. It will not be used.",
        kept="Your matters are untouched.",
        hint=f"Run `legalqa models pull {id}` or `legalqa models add FILE` to install it afresh.",
    )
