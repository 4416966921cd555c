"""What the reading process says of a file, without the structure that is made of it later."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from legalqa.ingest.items import Attached, Item, Opened, PageRead, Refused
from legalqa.ingest.kinds import kind_of
from legalqa.ingest.worker import Worker
from legalqa.values.document import Region


@dataclass
class Found:
    """The items of a file, sorted."""

    opened: Opened | None = None
    refused: Refused | None = None
    pages: list[PageRead] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of all pages as the reader joins it."""
        return (self.opened.separator if self.opened else "").join(page.text for page in self.pages)

    def regions(self, kind: str) -> list[tuple[str, str]]:
        """What each region of the kind covers, and its detail."""
        return [(p.text[r.start : r.end], r.detail) for p in self.pages for r in p.regions if r.kind == kind]

    def all_regions(self) -> list[Region]:
        """Every region."""
        return [region for page in self.pages for region in page.regions]

    def properties(self) -> dict[str, str]:
        """What the file's own properties say."""
        return {item.field: item.value for item in (self.opened.properties if self.opened else ())}


def found(path: Path, *, spool: Path | None = None, passwords: tuple[str, ...] = (), ocr: Any = "never") -> Found:
    """Read a file with the worker's own code; each item goes through the pipe's encoding. Spans are checked."""
    worker = Worker(threading.Event(), ocr, "eng", str(spool) if spool else "", passwords)
    result = Found()
    kind = kind_of(path)
    assert kind is not None
    for item in worker.read(os.fsencode(path), kind, []):
        item = msgspec.msgpack.decode(msgspec.msgpack.encode(item), type=cast("type[Item]", Item))
        if isinstance(item, Opened):
            result.opened = item
        elif isinstance(item, PageRead):
            _check(item)
            result.pages.append(item)
        elif isinstance(item, Attached):
            result.attached.append(item)
        else:
            result.refused = item
    if result.opened and result.refused is None:
        assert len(result.pages) == result.opened.pages
    return result


def _check(read: PageRead) -> None:
    assert (read.page.start, read.page.end) == (0, len(read.text))
    for word in read.page.words:
        assert 0 <= word.start < word.end <= len(read.text)
        assert not any(character.isspace() for character in read.text[word.start : word.end])
    for region in read.regions:
        assert 0 <= region.start < region.end <= len(read.text)


def kept(spool: Path, item: Attached) -> bytes:
    """The bytes of a file taken out of another."""
    return (spool / item.sha256).read_bytes()
