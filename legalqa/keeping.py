"""What a matter keeps beside its catalog: copies of originals, files taken out of files, pages under way."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from legalqa.engines import Engines
from legalqa.errors import EnvironmentFault
from legalqa.finding import sha256_of
from legalqa.index.files import FileFact
from legalqa.ingest import Journal
from legalqa.ingest.journal import SUFFIX

_OLD = 30 * 24 * 3600.0  # seconds after which a journal that nobody came back to is deleted


class Keeping:
    """The folders ``originals`` and ``reading`` of a matter. For the holder of its writer lock.

    `read_as` says how pages are being read: journals of pages that were read otherwise are of no use.
    """

    def __init__(self, engines: Engines, read_as: str) -> None:
        self._engines, self._read_as = engines, read_as
        self._reading = engines.folder / "reading"
        self.originals = engines.folder / "originals"
        self.spool = self._reading / "spool"  # where readers put what they find inside a file

    def tidy(self) -> None:
        """Remove what an earlier run left behind and nobody needs."""
        shutil.rmtree(self.spool, ignore_errors=True)
        self.spool.mkdir(parents=True)
        for journal in self._reading.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - journal.stat().st_mtime > _OLD:
                    journal.unlink()
        for scratch in self.originals.glob("*.part"):
            scratch.unlink(missing_ok=True)

    def journal(self, sha256: str) -> Journal:
        """The journal of a content."""
        return Journal(self._reading / (sha256 + SUFFIX), self._read_as)

    def journal_done(self, sha256: str) -> None:
        """The content has been indexed, or cannot be: its journal may go."""
        (self._reading / (sha256 + SUFFIX)).unlink(missing_ok=True)

    def original(self, fact: FileFact) -> Path | None:
        """Where the bytes of a file lie: on disk, or in the matter if it was found inside another one."""
        if fact.parent is None:
            return Path(fact.path)
        kept = self._engines.copy_of(fact.sha256, fact.path)
        return kept if kept.exists() else None

    def keep_copy(self, fact: FileFact) -> None:
        """Copy an original into the matter. Raises EnvironmentFault if it changes meanwhile."""
        target = self._engines.copy_of(fact.sha256, fact.path)
        if fact.parent is not None or target.exists():
            return
        scratch = self._scratch(target)
        shutil.copyfile(fact.path, scratch)
        if sha256_of(scratch) != fact.sha256:
            scratch.unlink()
            raise EnvironmentFault(f"{fact.path} changed while it was copied.", hint="Run it again.")
        scratch.replace(target)

    def keep_member(self, fact: FileFact) -> bool:
        """Move a file that was found inside another one from the spool into the matter; False if it is not there."""
        target = self._engines.copy_of(fact.sha256, fact.path)
        if target.exists():
            return True
        spooled = self.spool / fact.sha256
        alike = next(self.originals.glob(f"{fact.sha256}.*"), None) if not spooled.exists() else None
        scratch = self._scratch(target)
        try:
            if alike is not None:  # the same bytes under a name of another kind
                shutil.copyfile(alike, scratch)
            else:
                with spooled.open("rb") as file:
                    os.fsync(file.fileno())
                spooled.replace(scratch)
        except FileNotFoundError:
            return False
        scratch.replace(target)
        return True

    def collect(self, needed: set[str]) -> None:
        """Remove originals that no file and no document of the matter was read from."""
        shutil.rmtree(self.spool, ignore_errors=True)
        if not self.originals.exists():
            return
        for kept in self.originals.iterdir():
            if kept.name[:64] not in needed:
                kept.unlink(missing_ok=True)

    def _scratch(self, target: Path) -> Path:
        target.parent.mkdir(exist_ok=True)
        return target.with_suffix(".part")
