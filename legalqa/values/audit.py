"""What was done in a matter, as its audit file says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Event = Literal["index", "search", "ask", "verify", "review", "export", "remove", "repair"]


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
