"""What a matter says of itself: its name, its files and their states, and how far an indexing run has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from legalqa.values.document import FileState, PageSource


@dataclass(frozen=True, slots=True)
class MatterInfo:
    """The contents of ``matter.toml``, with where it lies."""

    id: str
    slug: str
    name: str
    client: str
    created: str
    schema: int
    folder: str


@dataclass(frozen=True, slots=True)
class FileStatus:
    """One file that the matter was told of, and what became of it.

    `parent` is the path of the file that it was found in. `sources` counts its pages by text, ocr, blank and failed;
    `confidence` is the mean of its OCR pages (0 to 100). `hidden_text` says that a reader of its pages cannot see all
    of its text, `repaired` that the file was damaged and was read after a repair.
    """

    path: str
    sha256: str
    state: FileState
    pages: int
    reason: str
    document_id: str | None = None
    title: str = ""
    type: str = ""
    date: str | None = None
    bates: tuple[str, ...] = ()
    failed_pages: tuple[int, ...] = ()
    parent: str | None = None
    kind: str = ""
    sources: dict[str, int] = field(default_factory=dict)
    confidence: float | None = None
    hidden_text: bool = False
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class PageStatus:
    """One page and what became of it. `confidence` is 0 to 100, None unless it was OCRed."""

    number: int
    label: str
    source: PageSource
    confidence: float | None
    bates: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Bates numbers that a production passes over: the first and the last that is missing, and how many there are."""

    first: str
    last: str
    missing: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every file and page accounted for. `pages` counts by source: text, ocr, blank, failed."""

    documents: int
    pages: dict[str, int]
    files: tuple[FileStatus, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing has come. `seconds_left` is None until it can be told, `rate` is in pages a second.

    `event` says what has just happened: a page was read, a file was done (with its `state` and `reason`), or nothing
    in particular. `page` counts the pages of the file that are done. While documents are embedded again with another
    model ("embedding"), the counts of files are theirs.
    """

    stage: Literal["scanning", "embedding", "reading", "done"]
    files_done: int
    files_total: int
    pages_done: int
    path: str = ""
    seconds_left: float | None = None
    rate: float | None = None
    event: Literal["progress", "page", "file"] = "progress"
    state: str = ""
    reason: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one indexing run did. `removed` are files that were indexed before and are gone.

    `skipped` are files that the operating system or an office program left there: listed, and no fault.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    failed: tuple[FileStatus, ...]
    duplicates: tuple[str, ...]
    chunks: int
    seconds: float
    skipped: tuple[FileStatus, ...] = ()
