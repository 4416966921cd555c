"""What the reading process tells its parent, one item at a time, and what it is asked to structure."""

from __future__ import annotations

import msgspec

from legalqa.values.document import Chunk, FileState, Page, Section


class Opened(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """The file is open. `separator` stands between the texts of two pages; the rest is what the format itself says."""

    pages: int
    paged: bool
    separator: str = ""
    title: str = ""
    type: str = ""
    date: str | None = None
    parties: tuple[str, ...] = ()


class PageRead(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """One page is done. Spans of `page` and its words count from the beginning of `text`."""

    page: Page
    text: str


class Refused(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """The file cannot be read; `reason` is for the user and quotes nothing of the file."""

    state: FileState
    reason: str


Item = Opened | PageRead | Refused


class Outline(msgspec.Struct, frozen=True):
    """A read document, as far as its structure depends on it. `pages` are the spans of the pages in `text`."""

    document_id: str
    name: str
    kind: str
    text: str
    pages: tuple[tuple[int, int], ...]
    title: str = ""
    type: str = ""
    date: str | None = None
    parties: tuple[str, ...] = ()


class Structure(msgspec.Struct, frozen=True):
    """What was found in the text of a document. `bates` has one entry a page."""

    title: str
    type: str
    date: str | None
    parties: tuple[str, ...]
    bates: tuple[str | None, ...]
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
