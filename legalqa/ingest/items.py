"""What the reading process tells its parent, one item at a time, and what it is asked to structure."""

from __future__ import annotations

import msgspec

from legalqa.values.document import Chunk, Definition, FileState, Metadatum, Page, Region, Section


class Line(msgspec.Struct, array_like=True, frozen=True):
    """A line of a page: its characters, its box in points from the displayed page's top-left corner, how it is set.

    `size` is the type size in points (on a scan the height of its words), `bold` the share of its letters that are.
    """

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float = 0.0
    bold: float = 0.0


class Opened(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """The file is open. `separator` stands between the texts of two pages; the rest is what the format itself says."""

    pages: int
    paged: bool
    separator: str = ""
    title: str = ""
    type: str = ""
    date: str | None = None
    parties: tuple[str, ...] = ()
    properties: tuple[Metadatum, ...] = ()


class PageRead(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """One page is done. Spans of `page`, its words, lines and regions count from the beginning of `text`."""

    page: Page
    text: str
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = ()


class Attached(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """A file was found inside this one. Its bytes lie in the spool folder under their SHA-256 as name.

    `name` is what the container calls it, with "/" between folders; `reason` says why it could not be taken out, and
    `state` what it is then.
    """

    name: str
    sha256: str = ""
    size: int = 0
    reason: str = ""
    state: FileState = "failed"


class Refused(msgspec.Struct, tag_field="item", tag=True, frozen=True):
    """The file cannot be read; `reason` is for the user and quotes nothing of the file."""

    state: FileState
    reason: str


Item = Opened | PageRead | Attached | Refused


class Outline(msgspec.Struct, frozen=True):
    """A read document, as far as its structure depends on it. `pages` are the spans of the pages in `text`.

    `lines` and `regions` are those that the pages came with, spans counted in `text`; `heights` of the pages are in
    points.
    """

    document_id: str
    name: str
    kind: str
    text: str
    pages: tuple[tuple[int, int], ...]
    title: str = ""
    type: str = ""
    date: str | None = None
    parties: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = ()
    heights: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()


class Structure(msgspec.Struct, frozen=True):
    """What was found in the text of a document. `bates` and `labels` have one entry a page."""

    title: str
    type: str
    date: str | None
    parties: tuple[str, ...]
    bates: tuple[str | None, ...]
    labels: tuple[str, ...]
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
    regions: tuple[Region, ...] = ()
    definitions: tuple[Definition, ...] = ()
    metadata: tuple[Metadatum, ...] = ()
