"""What a matter says of itself: its name, its files and their states, and how far an indexing run has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from legalqa.values.document import FileState


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
    """One file that the matter was told of, and what became of it."""

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


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every file and page accounted for. `pages` counts by source: text, ocr, blank, failed."""

    documents: int
    pages: dict[str, int]
    files: tuple[FileStatus, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing has come. `seconds_left` is None until it can be told."""

    stage: Literal["scanning", "reading", "done"]
    files_done: int
    files_total: int
    pages_done: int
    path: str = ""
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one indexing run did. `removed` are files that were indexed before and are gone."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]
    failed: tuple[FileStatus, ...]
    duplicates: tuple[str, ...]
    chunks: int
    seconds: float
