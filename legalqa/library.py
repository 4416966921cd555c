"""The library: the matters and models on this machine. With `matter.py` it is all that an embedder needs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import tomllib
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legalqa import settings as settings_module
from legalqa.errors import Denied, EnvironmentFault, UserError
from legalqa.values.matter import MatterInfo

if TYPE_CHECKING:
    from legalqa.exchange import Exported, Imported
    from legalqa.matter import Matter
    from legalqa.models import Ability
    from legalqa.policy import Policy

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: what was looked for, what was found, and what to do if it is not well."""

    name: str
    ok: bool
    found: str
    hint: str = ""


class Library:
    """Everything under one home folder. Matters are folders of their own: none can be reached through another."""

    def __init__(self, home: Path | None = None, *, apart: bool = False, policy_file: Path | None = None) -> None:
        """`apart`: matters do their heavy work in processes of their own (`legalqa.apart`), as a window needs it.

        `policy_file` is for tests: the policy stands where the system keeps it (`legalqa.policy`). Raises UserError,
        EnvironmentFault or Denied as `settings.load`.
        """
        self.settings = settings_module.load(home, policy_file)
        self._apart = apart
        self._finish_deletions()

    def _finish_deletions(self) -> None:
        """What a crash left of a matter that was being deleted does not wait for the next deletion."""
        home = self.settings.home
        if any(self.settings.matters.glob(".deleted-*")) or any((home / "destroyed").glob("*.json.part")):
            from legalqa import destroying

            with contextlib.suppress(Denied, OSError):  # who cannot do it now opens the library all the same
                destroying.finish(self.settings, patience=0.0)

    @property
    def policy(self) -> Policy:
        """The rules of the firm."""
        return self.settings.policy

    def matters(self) -> tuple[MatterInfo, ...]:
        """The matters, by slug. A folder without a readable ``matter.toml`` is not a matter."""
        folder = self.settings.matters
        found = [read_info(entry) for entry in sorted(folder.iterdir())] if folder.is_dir() else []
        return tuple(info for info in found if info is not None)

    def info(self, name: str) -> MatterInfo:
        """The matter called `name` (its name or slug).

        Raises UserError with the nearest known name if there is none.
        """
        known = self.matters()
        for info in known:
            if name in (info.slug, info.name) or slug_of(name) == info.slug:
                return info
        names = ", ".join(info.slug for info in known)
        raise UserError(
            f"There is no matter called {name!r}.",
            hint=f"Known matters: {names}." if names else f"Create it: legalqa matter new {name!r}.",
        )

    def create(self, name: str, client: str = "") -> MatterInfo:
        """Create an empty matter in a folder private to the user. Raises UserError if the name is empty or taken."""
        slug = slug_of(name)
        if not slug:
            raise UserError(f"{name!r} holds no letter or digit to name a matter by.")
        folder = self.settings.matters / slug
        if folder.exists():
            raise UserError(f"There is a matter called {slug!r} already.", kept="It was left as it is.")
        created = datetime.now(UTC).isoformat(timespec="seconds")
        info = MatterInfo(str(uuid.uuid4()), slug, name, client, created, SCHEMA, str(folder))
        make_private(self.settings.matters, folder)
        write_info(info)
        return info

    def ensure(self, name: str) -> MatterInfo:
        """The matter, created if it is new."""
        if (self.settings.matters / slug_of(name)).exists() or any(name == info.name for info in self.matters()):
            return self.info(name)
        return self.create(name)

    def open(self, name: str) -> Matter:
        """Open a matter for reading; writing takes its lock. Raises UserError if it is unknown."""
        info = self.info(name)
        make_private(Path(info.folder))
        if self._apart:
            from legalqa.apart import Apart

            return Apart(info, self.settings)
        from legalqa.matter import Matter

        return Matter(info, self.settings)

    def hold(self, name: str, reason: str) -> None:
        """Put a matter under legal hold: nobody deletes it until it is released. It stands in the audit file."""
        with self.open(name) as matter:
            matter.recording.event("hold", reason=reason)

    def release(self, name: str, reason: str) -> None:
        """Lift the legal hold. Raises UserError if there is none, Denied if the policy holds the matter."""
        from legalqa.audit import hold_of

        with self.open(name) as matter:
            if self.policy.holds(matter.info):
                raise Denied(f"The policy holds the matter {matter.info.slug}.", hint="IT lifts it in the policy.")
            if hold_of(matter.audit.entries()) is None:
                raise UserError(f"The matter {matter.info.slug} is under no legal hold.")
            matter.recording.event("release", reason=reason)

    def delete(self, name: str) -> None:
        """Delete a matter as `destroy` does."""
        self.destroy(name)

    def destroy(self, name: str, reason: str = "") -> Path:
        """Delete a matter and everything that was read of it; the originals stay. Returns the certificate of it.

        Raises Denied while it is written, under legal hold, or kept by the policy.
        """
        from legalqa import destroying

        destroying.finish(self.settings)
        return destroying.destroy(self.settings, self.info(name), reason)

    def destroyed(self) -> tuple[Path, ...]:
        """The certificates of the matters that were deleted, oldest first."""
        from legalqa import destroying

        destroying.finish(self.settings)
        return tuple(destroying.certificates(self.settings.home))

    def doctor(self) -> tuple[Check, ...]:
        """What is installed and what is missing."""
        from legalqa import doctor

        return tuple(Check(*row) for row in doctor.checks(self.settings))

    def export(self, name: str, target: Path) -> Exported:
        """Write a matter into one file; works while others index and ask. Raises as `legalqa.exchange.write`."""
        from legalqa import exchange

        with self.open(name) as matter:
            return exchange.write(matter, target)

    def import_matter(self, file: Path, name: str = "") -> Imported:
        """Import a file that `export` wrote, as a matter called `name` if one is given; its search index is made when
        it is next indexed (`Matter.index` of no path will do). Raises as `legalqa.exchange.read`.
        """
        from legalqa import exchange

        return exchange.read(self.settings, file, name)

    def move(self, name: str, home: Path) -> Imported:
        """Move a matter to another home. Raises as `legalqa.exchange.move`."""
        from legalqa import exchange

        with self.open(name) as matter:
            return exchange.move(self.settings, matter, home)

    def effective(self) -> tuple[tuple[str, str, str], ...]:
        """Every setting and rule: key, value, where the value comes from."""
        from legalqa import doctor

        return tuple(doctor.effective(self.settings))

    def models(self) -> list[dict[str, Any]]:
        """The catalogue with the state of each model on this machine."""
        from legalqa import models

        return [
            {"id": row.id, "role": row.role, "title": row.title, "licence": row.licence, "state": row.state}
            for row in models.listing(self.settings.home)
        ]

    def verify_models(self) -> list[dict[str, Any]]:
        """Every installed model file compared with its checksum: state "ok", "altered" or "missing"."""
        from legalqa import models

        return [{"id": row.id, "file": row.file, "state": row.state} for row in models.verify(self.settings.home)]

    def pull_model(self, model: str, sha256: str = "") -> Path:
        """Fetch a model from its pinned source, or a GGUF file from an http(s) address with its checksum."""
        from legalqa import models

        if model.startswith(("http://", "https://")):
            from legalqa import generation

            self.policy.require_server("/".join(model.split("/")[:3]))
            pulled = models.pull_file(self.settings.home, model, sha256, generation.role_of)
            self.policy.require_model(pulled.id)
            return pulled.folder
        self.policy.require_model(model)
        return models.pull(self.settings.home, model).folder

    def add_model(self, file: Path) -> str:
        """Install a model file brought by hand, once it has been tried; returns its id."""
        from legalqa import generation, models

        added = models.add(self.settings.home, file, generation.role_of).id
        self.policy.require_model(added)  # only now is it known which one it is; what is not allowed is never loaded
        return added

    def test_model(
        self,
        model: str,
        *,
        on_question: Callable[[int, int], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Ability:
        """Measure whether a model may write cited prose, and keep the result, by which answers are made from then on.

        Raises as `legalqa.ability.measure`.
        """
        from legalqa import ability

        self.policy.require_model(model)
        return ability.measure(self.settings, model, on_question=on_question, stop=stop)

    def claim_checker(self) -> Callable[[str, str], dict[str, Any]]:
        """The verifier alone: (claim, passage) → verdict, reasons, score, authorities."""
        from legalqa.matter import claim_checker

        return claim_checker(self.settings)


def make_private(*folders: Path) -> None:
    """Make folders that only their user can enter, and shut those of ours that others can.

    What is missing above them is made private, too; what is there above them is the user's affair. Windows does it by
    itself: what lies in a user's profile is theirs. Raises EnvironmentFault if they cannot be made.
    """
    for folder in folders:
        try:
            for missing in [above for above in reversed(folder.parents) if not above.exists()]:
                missing.mkdir(mode=0o700, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.stat()
            if hasattr(os, "getuid") and found.st_uid == os.getuid() and found.st_mode & 0o077:
                folder.chmod(0o700)
        except OSError as error:
            raise EnvironmentFault(
                f"{folder} cannot be written: {error.strerror}.",
                kept="Nothing was changed.",
                hint="Make the drive writable again, or choose another folder with --home.",
            ) from None


def slug_of(name: str) -> str:
    """A folder name from a matter's name: "Harbor Point v. Delmar" → "harbor-point-v-delmar"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")


def read_info(folder: Path) -> MatterInfo | None:
    """The contents of a matter's ``matter.toml``; None if the folder is no matter.

    Raises EnvironmentFault if the file is damaged, Denied if a newer version of the program wrote it.
    """
    file = folder / "matter.toml"
    if folder.name.startswith(".") or not file.is_file():
        return None
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        info = MatterInfo(folder=str(folder), slug=folder.name, **values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError):
        raise EnvironmentFault(f"{file} is damaged.", kept="The matter's index was not touched.") from None
    if info.schema > SCHEMA:
        raise Denied(
            f"The matter {info.slug} was written by a newer LegalQA (schema {info.schema}, this one knows {SCHEMA}).",
            kept="It was not touched.",
            hint="Update LegalQA to open it.",
        )
    return info


def write_info(info: MatterInfo) -> None:
    """Write ``matter.toml``. JSON strings are TOML basic strings."""
    values = {"id": info.id, "name": info.name, "client": info.client, "created": info.created, "schema": info.schema}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    (Path(info.folder) / "matter.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
