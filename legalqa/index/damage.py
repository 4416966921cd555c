"""What is said of a catalog that is damaged: a matter's only copy of what was read, so nothing is guessed."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator

import msgspec

from legalqa.errors import EnvironmentFault

KEPT = "The files that were indexed are untouched."
HINT = "Restore the matter's folder from a backup, or index its files into a new matter."


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What does not unpack as it was packed raises EnvironmentFault: a disk has changed it."""
    try:
        yield
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, TypeError):  # the last: of a column of another kind
        raise EnvironmentFault("The catalog of this matter is damaged.", kept=KEPT, hint=HINT) from None
