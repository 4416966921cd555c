"""A matter destroyed, and the certificate of it, which is kept outside of the matter: ``<home>/destroyed``.

What is deleted is gone from the file system. Whether a disk could still be read with a laboratory's means depends on
the disk: encrypt it, and destroy the key.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from legalqa import audit as audits
from legalqa.audit import Audit, entries_in, hold_of
from legalqa.errors import Denied, EnvironmentFault
from legalqa.index.catalog import Catalog
from legalqa.index.lock import FileLock, WriterLock
from legalqa.settings import Settings
from legalqa.values.audit import AuditEntry, Destroyed
from legalqa.values.matter import MatterInfo

_PATIENCE = 5.0  # seconds to wait for another process that destroys a matter


def require_deletable(settings: Settings, info: MatterInfo) -> None:
    """Raise Denied if the matter is under legal hold, or kept by the policy's retention."""
    entries = list(entries_in(Path(info.folder) / audits.FILE))
    _refuse_held(settings, info, entries)
    _refuse_young(settings, info, entries)


def destroy(settings: Settings, info: MatterInfo, reason: str = "", *, keep_server: bool = False) -> Path:
    """Destroy a matter and everything that was read of it; the firm's own files stay. Returns the certificate.

    With `keep_server` an index on a server stays. Raises Denied as `require_deletable`, or while the matter is written:
    then it is whole.
    """
    folder = Path(info.folder)
    with _alone(settings.home), WriterLock(folder):
        require_deletable(settings, info)
        certificate = _described(info, reason)
        if settings.index.server and not keep_server:
            from legalqa.index import server

            server.destroy(settings.index, info.id)  # first: what fails here leaves the matter whole
        begun = _write(settings.home, certificate)
        doomed = _doomed(folder, info.id)
        folder.rename(doomed)  # at once or not at all: no half-deleted matter can be opened
        shutil.rmtree(doomed)
        return begun.rename(begun.with_suffix(""))


def finish(settings: Settings, patience: float = _PATIENCE) -> None:
    """Go on with deletions that a crash has cut off. Raises Denied if another process destroys a matter meanwhile, and
    for more than `patience` seconds.
    """
    begun = list(certificates(settings.home, ".json.part"))
    if not begun and not any(settings.matters.glob(".deleted-*")):
        return
    with _alone(settings.home, patience):
        for doomed in settings.matters.glob(".deleted-*"):
            shutil.rmtree(doomed)
        for file in begun:
            with contextlib.suppress(FileNotFoundError, msgspec.MsgspecError):
                slug = msgspec.json.decode(file.read_bytes(), type=Destroyed).slug
                if (settings.matters / slug / "matter.toml").exists():
                    file.unlink()  # it had not begun
                else:
                    file.rename(file.with_suffix(""))


def certificates(home: Path, suffix: str = ".json") -> Iterator[Path]:
    """The certificates of the matters that were destroyed, by name."""
    yield from sorted((home / "destroyed").glob(f"*{suffix}"))


def _refuse_held(settings: Settings, info: MatterInfo, entries: list[AuditEntry]) -> None:
    hold = hold_of(entries)
    by_policy = settings.policy.holds(info)
    if hold is None and not by_policy:
        return
    reason = hold.details.get("reason") or "no reason was given" if hold else ""
    since = f"since {hold.at[:10]}, by {hold.who}: {reason}" if hold else "by policy"
    raise Denied(
        f"The matter {info.slug} is under legal hold ({since}).",
        kept="Nothing was deleted.",
        hint="IT lifts it in the policy." if by_policy else f"Lift it first: legalqa matter release {info.slug}.",
    )


def _refuse_young(settings: Settings, info: MatterInfo, entries: list[AuditEntry]) -> None:
    days = settings.policy.retention_days
    if not days:
        return
    last = max([info.created, *(entry.at for entry in entries if entry.event in ("index", "ask", "review", "import"))])
    until = _time(last) + timedelta(days=days)
    if datetime.now(UTC) < until:
        raise Denied(
            f"The policy keeps a matter for {days:,} days after it was last worked on: until {until:%d %B %Y}.",
            kept="Nothing was deleted.",
            hint="IT decides about exceptions.",
        )


def _described(info: MatterInfo, reason: str) -> Destroyed:
    """What is about to be destroyed, its last audit entry written."""
    folder = Path(info.folder)
    counts: dict[str, Any] = {"documents": None, "files": None, "pages": None}
    try:
        catalog = Catalog(folder / "catalog.sqlite")
    except EnvironmentFault as fault:  # a damaged matter can be deleted, too
        entries, head = len(list(entries_in(folder / audits.FILE))), ""
        faults: tuple[str, ...] = (fault.message,)
    else:
        try:
            coverage = catalog.coverage()
            counts["documents"], counts["files"] = coverage.documents, len(coverage.files)
            counts["pages"] = sum(coverage.pages.values())
            log = Audit(folder, catalog)
            log.record("delete", {"reason": reason, **counts})
            report = log.verify()
            entries, head, faults = report.entries, report.head, report.faults
        finally:
            catalog.close()
    whole = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return Destroyed(
        info.id, info.slug, info.name, info.client, info.created, datetime.now(UTC).isoformat(timespec="seconds"),
        audits.user(), reason, **counts, originals=sum(file.parent.name == "originals" for file in whole),
        bytes=sum(file.stat().st_size for file in whole), audit_entries=entries, audit_head=head, audit_faults=faults,
    )  # fmt: skip


def _write(home: Path, certificate: Destroyed) -> Path:
    """Write the certificate, durably, as one that is not true yet."""
    stamp = certificate.destroyed.replace(":", "").replace("+0000", "Z")
    file = home / "destroyed" / f"{stamp} {certificate.slug} {certificate.id[:8]}.json.part"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(certificate), indent=2) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    return file


@contextlib.contextmanager
def _alone(home: Path, patience: float = _PATIENCE) -> Iterator[None]:
    (home / "destroyed").mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(home / "destroyed" / "destroying.lock")
    if not lock.acquire(patience):
        raise Denied(f"{lock.holder().capitalize()} is deleting a matter.", kept="Nothing was deleted.")
    try:
        yield
    finally:
        lock.release()


def _doomed(folder: Path, id: str) -> Path:
    return folder.with_name(f".deleted-{id}")


def _time(written: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return datetime.now(UTC)  # a time that nobody can read keeps the matter
    return found if found.tzinfo else found.replace(tzinfo=UTC)
