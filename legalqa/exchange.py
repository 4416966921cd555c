"""A matter as one file: exported while others work in it, and imported as something that came from a stranger.

The file is a ZIP archive of what a matter cannot make anew: its catalog (SQLite's own backup of one state), audit file,
feedback, reviews, copies of originals; ``manifest.json`` names each with its size and SHA-256. The search index is not
in it, the catalog rebuilds it. Nothing of the archive becomes a matter before all of it has been checked: names against
a list of what may be there, sizes while unpacking, checksums, the catalog's schema against our own.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

import legalqa
from legalqa import aside, audit, reviewing
from legalqa.errors import EnvironmentFault, LegalQAError, UserError
from legalqa.index.catalog import Catalog
from legalqa.index.foreign import require_own_schema
from legalqa.settings import Settings
from legalqa.values.matter import MatterInfo

if TYPE_CHECKING:
    from legalqa.matter import Matter

FORMAT = 1
_MANIFEST, _CATALOG, _INFO = "manifest.json", "catalog.sqlite", "matter.toml"
_PLAIN = frozenset((_INFO, _CATALOG, audit.FILE, "feedback.jsonl"))
_ORIGINAL = re.compile(r"originals/([0-9a-f]{64})\.[a-z0-9]{1,8}")
_REVIEW = re.compile(r"reviews/([^/\\]+)\.jsonl")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEMBERS = 1_000_000  # files of an archive
_LARGEST_MANIFEST = 256 << 20  # bytes
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Exported:
    """An archive that was written: its files, its bytes, its SHA-256 (to be told by another way than the file)."""

    file: Path
    files: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A matter that was imported; `audit_faults` says what was wrong with its audit file when it was exported."""

    info: MatterInfo
    files: int
    audit_entries: int
    audit_faults: tuple[str, ...] = ()


class _Member(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    sha256: str


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    program: str
    exported: str
    by: str
    files: dict[str, _Member]


def write(matter: Matter, target: Path) -> Exported:
    """Export a matter into the file `target`, in one state, whatever others do in it meanwhile.

    Raises UserError if the file exists or its folder does not, Denied if the policy allows no exports,
    EnvironmentFault if the audit file or the archive cannot be written; then there is no archive.
    """
    if target.exists():
        raise UserError(f"{target} exists already.", kept="It was left as it is.", hint="Give another name.")
    if not target.absolute().parent.is_dir():
        raise UserError(f"There is no folder {target.absolute().parent}.", kept="Nothing was written.")
    partial = target.with_name(target.name + ".part")
    with matter.recording.export("matter", target), aside.folder(matter.folder, "exporting") as scratch:
        try:
            partial.unlink(missing_ok=True)  # what an export that was killed left there
            count = _pack(matter, scratch, partial)
            digest = _hash_of(partial)
            partial.replace(target)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise EnvironmentFault(
                f"{target} cannot be written: {error.strerror or error}.", kept="The matter is as it was."
            ) from None
    return Exported(target, count, target.stat().st_size, digest)


def _pack(matter: Matter, scratch: Path, target: Path) -> int:
    with matter.audit.standing_still():
        matter.catalog.backup(scratch / _CATALOG)
        if (matter.folder / audit.FILE).exists():
            shutil.copyfile(matter.folder / audit.FILE, scratch / audit.FILE)
    copied = [(name, scratch / name) for name in (_CATALOG, audit.FILE) if (scratch / name).exists()]
    found: dict[str, _Member] = {}
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        target.chmod(0o600)
        for name, file in (*copied, *_beside(matter.folder)):
            with archive.open(name, "w", force_zip64=True) as out, file.open("rb") as source:
                found[name] = _copied(source, out)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = _Manifest(FORMAT, legalqa.__version__, now, audit.user(), found)
        archive.writestr(_MANIFEST, msgspec.json.encode(manifest))
    return len(found)


def _beside(folder: Path) -> Iterator[tuple[str, Path]]:
    """What lies beside the catalog and belongs to the matter, by its name in the archive."""
    for name in (_INFO, "feedback.jsonl"):
        if (folder / name).is_file():
            yield name, folder / name
    for part in ("reviews", "originals"):
        for file in sorted((folder / part).glob("*")):
            name = f"{part}/{file.name}"
            if file.is_file() and _may_be(name):
                yield name, file


def read(settings: Settings, file: Path, name: str = "") -> Imported:
    """Import an archive as a matter of this home, called `name` if one is given.

    Raises UserError for what is no whole archive or a matter that is here already, EnvironmentFault if there is too
    little space or a newer version wrote it. What was imported by then is removed.
    """
    from legalqa.library import make_private

    make_private(settings.matters)
    with aside.folder(settings.matters, "importing") as staging:
        try:
            count = _unpack(settings, file, staging / "matter")
            return _adopted(settings, staging / "matter", file, name, count)
        except OSError as error:
            raise EnvironmentFault(
                f"{file} cannot be imported: {error.strerror or error}.", kept="Nothing was imported."
            ) from None


def _unpack(settings: Settings, file: Path, folder: Path) -> int:
    """Unpack an archive that nobody vouches for."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = _checked(archive)
            needed = sum(member.size for member in members.values()) + (settings.free_space_mb << 20)
            if needed > shutil.disk_usage(settings.matters).free:
                raise EnvironmentFault(
                    f"The matter needs {needed >> 20:,} MiB of disk space.", kept="Nothing was imported."
                )
            for name, member in members.items():
                target = folder / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with archive.open(name) as source, target.open("xb") as out:
                    found = _copied(source, out, member.size)
                if found != member:
                    raise _refused(file, f"{name} is not what the manifest says")
            return len(members)
    except FileNotFoundError:
        raise UserError(f"There is no file {file}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _refused(file, f"it is damaged or no export of a matter ({type(error).__name__})") from None


def _checked(archive: zipfile.ZipFile) -> dict[str, _Member]:
    """The members that the manifest names, all of which are there and nothing else is."""
    infos = {info.filename: info for info in archive.infolist()}
    file = Path(str(archive.filename))
    if len(infos) != len(archive.infolist()) or len(infos) > _MEMBERS or _MANIFEST not in infos:
        raise _refused(file, "its list of files is none of ours")
    if infos[_MANIFEST].file_size > _LARGEST_MANIFEST:
        raise _refused(file, "its manifest is too large")
    with archive.open(_MANIFEST) as source:
        try:
            manifest = msgspec.json.decode(source.read(_LARGEST_MANIFEST), type=_Manifest)
        except msgspec.MsgspecError:
            raise _refused(file, "its manifest cannot be read") from None
    if manifest.format > FORMAT:
        raise EnvironmentFault(
            f"{file} was written by a newer LegalQA (format {manifest.format}).",
            kept="Nothing was imported.",
            hint="Install the newer LegalQA to import it.",
        )
    if {*manifest.files, _MANIFEST} != set(infos) or not {_INFO, _CATALOG} <= set(manifest.files):
        raise _refused(file, "its files are not those of the manifest")
    for name, member in manifest.files.items():
        original = _ORIGINAL.fullmatch(name)
        if not _may_be(name) or (original and original[1] != member.sha256):
            raise _refused(file, f"{name[:80]!r} is no file of a matter")
        if member.size < 0 or infos[name].file_size != member.size:
            raise _refused(file, f"{name} has another size than the manifest says")
    return manifest.files


def _may_be(name: str) -> bool:
    """Whether a matter can have a file of that name: nothing else is ever packed or unpacked."""
    if review := _REVIEW.fullmatch(name):
        try:
            return reviewing.checked_name(review[1]) == review[1]
        except UserError:
            return False
    return name in _PLAIN or _ORIGINAL.fullmatch(name) is not None


def _adopted(settings: Settings, folder: Path, file: Path, name: str, count: int) -> Imported:
    """Make an unpacked matter one of ours, if all of it holds."""
    from legalqa.library import Library, make_private, read_info, slug_of, write_info

    info = read_info(folder)
    if info is None or not _UUID.fullmatch(info.id):
        raise _refused(file, "its matter.toml is none of ours")
    info = replace(info, name=name or info.name)
    slug = slug_of(info.name)
    for known in Library(settings.home, policy_file=settings.policy.file).matters():
        if known.id == info.id or known.slug == slug:
            same = "is here already" if known.id == info.id else f"cannot be called {info.name!r}, as another one is"
            hint = "Delete that first, or keep it." if known.id == info.id else "Give another name: --as NAME."
            raise UserError(f"The matter {same}: {known.slug}.", kept="It was left as it is.", hint=hint)
    if not slug:
        raise _refused(file, "its matter has no name")
    write_info(info)
    require_own_schema(folder / _CATALOG)
    catalog = Catalog(folder / _CATALOG)
    try:
        log = audit.Audit(folder, catalog)
        faults = log.verify().faults
        entry = log.record("import", {"file": file.name, "sha256": _hash_of(file), "faults": list(faults)})
    finally:
        catalog.close()
    target = settings.matters / slug
    make_private(folder)
    folder.rename(target)
    return Imported(replace(info, slug=slug, folder=str(target)), count, entry.number, faults)


def move(settings: Settings, matter: Matter, home: Path) -> Imported:
    """Move a matter to another home: exported, imported there, and only then destroyed here, with a certificate.

    Raises as `write`, `read` and `legalqa.destroying.destroy`; until it is whole there, it stays here.
    """
    from legalqa import destroying
    from legalqa.library import Library, make_private

    destroying.require_deletable(settings, matter.info)
    there = Library(home, policy_file=settings.policy.file).settings
    make_private(there.matters)
    with aside.folder(there.home, "moving") as scratch:
        archive = scratch / f"{matter.info.slug}.legalqa"
        write(matter, archive)
        imported = read(there, archive)
    matter.close()
    shared = there.index.server == settings.index.server  # the index on it is now the other home's
    destroying.destroy(settings, matter.info, f"moved to {there.home}", keep_server=shared)
    return imported


def _copied(source: IO[bytes], out: IO[bytes], most: int | None = None) -> _Member:
    """Copy a stream, hashing it; more than `most` bytes are not taken."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        size += len(block)
        if most is not None and size > most:
            break
        digest.update(block)
        out.write(block)
    return _Member(size, digest.hexdigest())


def _hash_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _refused(file: Path, why: str) -> LegalQAError:
    return UserError(f"{file.name} was refused: {why}.", kept="Nothing was imported.")
