"""What a model has shown that it can do: measured by `legalqa models test`, kept beside its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from legalqa.models.store import locate, notes

FILE: Final = "ability.json"
ACCEPTED, RIGHT = 0.9, 0.8  # shares from which on a model may write cited prose
FEWEST: Final = 12  # sentences on which such a share is worth something


class Ability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model wrote cited prose about the passages of the test.

    `sentences` it wrote; of these the checker accepted the share `accepted`, and `invented` of them state a number that
    the cited passage does not. `right` is the share of answerable questions whose answer holds what was asked and of
    unanswerable ones that it refused; `complete` the share of answers that ended by themselves, all of them under the
    grammar. `tokens_per_second` is decoding under the grammar with so many `threads`. `sha256` is that of the model's
    file, or the fingerprint of it with its adapter, `prompts` that of the questions and prompts: figures of another
    file or test are worth nothing.
    """

    id: str
    sha256: str
    prompts: str
    measured: str
    sentences: int
    accepted: float
    invented: int
    right: float
    complete: float
    tokens_per_second: float
    threads: int

    @property
    def writes(self) -> bool:
        """Whether the model may write cited prose; others are quoted first, with one sentence of their own."""
        enough = self.sentences >= FEWEST and self.invented == 0
        return enough and self.accepted >= ACCEPTED and self.right >= RIGHT


def ability(home: Path, id: str, sha256: str = "") -> Ability | None:
    """What was measured of an installed model, or of it with the adapter that makes its fingerprint `sha256`; None if
    nothing was, or of another file.

    Raises EnvironmentFault if the model is not installed or altered.
    """
    files = locate(home, id)
    try:
        found = msgspec.json.decode((notes(home, id) / FILE).read_bytes(), type=Ability)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.sha256 == (sha256 or files.sha256) else None


def record(home: Path, found: Ability) -> Path:
    """Keep what was measured beside the model's manifest. Raises EnvironmentFault if the model is not there."""
    file = notes(home, locate(home, found.id).id) / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2))
    return file
