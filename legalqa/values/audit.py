"""What was done in a matter, as its audit file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Event = Literal[
    "index", "search", "ask", "verify", "review", "export", "remove", "repair",
    "failed", "replay", "import", "hold", "release", "delete",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line: the `number`-th (from 1), written `at` (ISO 8601, UTC) by the user `who`.

    `details` are its event's own: JSON values, passages and sentences as hashes.
    """

    number: int
    at: str
    who: str
    event: Event
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Whether the audit file is what was written: `faults` in words, none if it is; `head` names its last state, to be
    noted elsewhere: whoever can write to the matter could make all of it anew.
    """

    entries: int
    head: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """A question of the audit file asked again. `differs` says in words what is other than it was, `why` what has
    changed since (models, index, program); `skipped` says why it was not asked at all.
    """

    number: int
    question: str
    differs: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def same(self) -> bool:
        """Whether it was asked, and answer and passages are as they were."""
        return not self.skipped and not self.differs


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The certificate of a deleted matter: what was destroyed, when (ISO 8601, UTC) and by whom.

    Counts are None where a damaged catalog could not be read. `originals` counts the copies of files that lay in the
    matter, not the firm's own; `bytes` is what the matter's folder took. `audit_head` is the hash of the last entry of
    its audit file, which says that it was deleted; `audit_faults` says in words what was wrong with that file then.
    """

    id: str
    slug: str
    name: str
    client: str
    created: str
    destroyed: str
    who: str
    reason: str
    documents: int | None
    files: int | None
    pages: int | None
    originals: int
    bytes: int
    audit_entries: int
    audit_head: str
    audit_faults: tuple[str, ...] = ()
