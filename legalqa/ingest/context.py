"""What a format's reader is given besides the file, and where it puts the files that it finds inside."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from legalqa.ingest import limits
from legalqa.ingest.items import Attached

if TYPE_CHECKING:
    from legalqa.ingest.pages import PageReader

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_NAME = 200  # characters of a name that are kept
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Context:
    """How one file is read. `spool` is the folder for what is found inside it, None to take nothing out.

    `pages` gives the reader of page pictures. Passwords are tried in their order; none may leave this process.
    """

    stop: threading.Event
    pages: Callable[[], PageReader]
    skip: frozenset[int] = frozenset()
    spool: Path | None = None
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A private folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.spool, ignore_cleanup_errors=True) as folder:
            yield Path(folder)


class Takings:
    """The files taken out of one container: named safely and each differently, within the limits."""

    def __init__(self, spool: Path | None) -> None:
        self._spool = spool
        self._names: dict[str, int] = {}
        self._left = limits.CONTAINER

    def keep(self, name: str, blocks: Iterable[bytes]) -> Attached:
        """Write a file's bytes into the spool folder. `name` is from `named`; what `blocks` raises is the caller's."""
        if self._spool is None:
            return Attached(name, reason="files inside this one were not asked for")
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(prefix="part-", dir=self._spool)
        try:
            with os.fdopen(handle, "wb") as file:
                for block in blocks:
                    size += len(block)
                    if size > min(limits.MEMBER, self._left):
                        return Attached(name, reason=_too_big(size > limits.MEMBER))
                    digest.update(block)
                    file.write(block)
            Path(temporary).replace(self._spool / digest.hexdigest())
        finally:
            Path(temporary).unlink(missing_ok=True)
        self._left -= size
        return Attached(name, digest.hexdigest(), size)

    def put(self, name: str, data: bytes) -> Attached:
        """As `keep`, for bytes in memory."""
        return self.keep(self.named(name), (data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)))

    def refused(self, name: str, reason: str) -> Attached:
        """A file that could not be taken out."""
        return Attached(self.named(name), reason=reason)

    def named(self, name: str) -> str:
        """A name that leads nowhere and that no other file of this container has."""
        name = safe_name(name)
        folded = name.casefold()
        count = self._names[folded] = self._names.get(folded, 0) + 1
        if count == 1:
            return name
        stem, dot, suffix = name.rpartition(".")
        numbered = f"{stem} ({count}).{suffix}" if dot and "/" not in suffix else f"{name} ({count})"
        return self.named(numbered)


def blocks_in(stream: IO[bytes]) -> Iterator[bytes]:
    """An open file, block by block."""
    while block := stream.read(_BLOCK):
        yield block


def safe_name(name: str) -> str:
    """A name inside a container, "/" between folders: relative, without "..", without characters that deceive."""
    parts = [_UNSHOWN.sub("", part).strip() for part in name.replace("\\", "/").split("/")]
    parts = [part for part in parts if part not in ("", ".", "..") and not re.fullmatch("[A-Za-z]:", part)]
    kept: list[str] = []
    room = _NAME
    for part in reversed(parts[-limits.DEPTH :]):  # the file's own name matters most
        part = part if len(part) <= room else f"{part[: max(room - 12, 1)]}…{part[-8:]}" if not kept else ""
        if not part:
            break
        kept.insert(0, part)
        room -= len(part) + 1
    return "/".join(kept) or "unnamed"


def _too_big(itself: bool) -> str:
    if itself:
        return f"it is larger than {limits.MEMBER >> 30} GB and was not taken out"
    return f"more than {limits.CONTAINER >> 30} GB were found in one file; this one was not taken out"
