"""Documents as rows of the catalog, and back: packing of text, words and embeddings.

Words are columns of numbers in msgpack, under zlib at its fastest level: a page's words are unpacked only when
somebody looks at them.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from legalqa.index import damage, texts
from legalqa.values.document import (
    FURNITURE,
    Chunk,
    Definition,
    Document,
    Metadatum,
    Outline,
    Page,
    Region,
    Section,
    Span,
    Summary,
)
from legalqa.values.words import Unopened, Words

_LEVEL = 1
_PAGE = 'number, label, source, start, "end", width, height, confidence, bates, reason'
_SECTION = 'number, title, level, start, "end", path'


class _Words(msgspec.Struct, array_like=True):
    """The columns of `Words`, spans counted from the page's start."""

    spans: bytes
    boxes: bytes
    confidence: bytes | None


def insert_document(
    connection: Connection,
    document: Document,
    fact: tuple[str, str, int, int, str | None],
    version: str,
    options: str,
) -> int:
    """Insert the row of a pending document, read from the file of that `files.row`, and return its key."""
    cursor = connection.execute(
        "INSERT INTO documents (id, state, path, sha256, size, mtime_ns, kind, title, type, date, parties, paged,"
        " ingest_version, options, parent_id)"
        " VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, *fact[:4], document.kind, document.title, document.type, document.date),
            *(_json(document.parties), document.paged, version, options, document.parent_id),
        ),
    )
    key = int(cursor.lastrowid or 0)
    texts.insert(connection, key, document.text)
    return key


def insert_parts(
    connection: Connection, key: int, document: Document, vectors: Mapping[str, NDArray[np.float16]]
) -> None:
    """Insert pages, sections, chunks and everything else that has spans; `vectors` by chunk id."""
    connection.executemany(
        f"INSERT INTO pages VALUES ({', '.join('?' * 12)})",
        (
            (
                *(key, page.number, page.label, page.source, page.start, page.end, page.width, page.height),
                *(page.confidence, page.bates, page.reason, _pack_words(page)),
            )
            for page in document.pages
        ),
    )
    connection.executemany(
        f"INSERT INTO sections VALUES ({', '.join('?' * 8)})",
        (
            (key, position, part.number, part.title, part.level, part.start, part.end, _json(part.path))
            for position, part in enumerate(document.sections)
        ),
    )
    connection.executemany(
        'INSERT INTO chunks (document, position, id, parent_id, start, "end", section, embedding, hidden)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(key, position, chunk.id, chunk.parent_id, chunk.start, chunk.end, _json(chunk.section)),
                *(vectors[chunk.id].astype("<f2").tobytes() if chunk.id in vectors else None, chunk.hidden),
            )
            for position, chunk in enumerate(document.chunks)
        ),
    )
    connection.executemany(
        "INSERT INTO regions VALUES (?, ?, ?, ?, ?, ?)",
        ((key, at, region.kind, region.start, region.end, region.detail) for at, region in enumerate(document.regions)),
    )
    connection.executemany(
        "INSERT INTO definitions VALUES (?, ?, ?, ?, ?)",
        ((key, at, found.term, found.start, found.end) for at, found in enumerate(document.definitions)),
    )
    connection.executemany(
        "INSERT INTO metadata VALUES (?, ?, ?, ?, ?, ?)",
        ((key, at, found.field, found.value, found.start, found.end) for at, found in enumerate(document.metadata)),
    )


def insert_summaries(connection: Connection, key: int, found: Iterable[Summary]) -> None:
    """Insert what stands for the sections of a document, in place of what stood for them before."""
    connection.execute("DELETE FROM summaries WHERE document = ?", (key,))
    connection.executemany(
        "INSERT INTO summaries VALUES (?, ?, ?, ?)",
        ((key, summary.section, span.start, span.end) for summary in found for span in summary.spans),
    )
    connection.execute("UPDATE documents SET summarized = 1 WHERE key = ?", (key,))


def summaries(connection: Connection, key: int) -> tuple[Summary, ...]:
    """What stands for the sections of a document, in their order."""
    spans: dict[int, list[Span]] = {}
    for section, start, end in connection.execute(
        'SELECT section, start, "end" FROM summaries WHERE document = ? ORDER BY section, start', (key,)
    ):
        spans.setdefault(section, []).append(Span(start, end))
    return tuple(Summary(section, tuple(found)) for section, found in spans.items())


def outline(connection: Connection, key: int) -> Outline:
    """The titles of a document's sections, and how many of its chunks are searched."""
    found = connection.execute(
        "SELECT path, title FROM sections WHERE document = ? AND title > '' ORDER BY position", (key,)
    )
    titles = {_strings(path): title for path, title in found}
    searched = "SELECT count(*) FROM chunks WHERE document = ? AND embedding IS NOT NULL"
    return Outline(connection.execute(searched, (key,)).fetchone()[0], titles)


def load(connection: Connection, key: int, text: str, words: bool) -> Document:
    """The document of a row, whose text is given."""
    chunks = connection.execute(
        'SELECT id, start, "end", parent_id, section, hidden FROM chunks WHERE document = ? ORDER BY position', (key,)
    )
    return replace(
        displayed(connection, key, text, words),
        sections=sections(connection, key),
        chunks=tuple(chunk(*row) for row in chunks),
        definitions=tuple(Definition(*row) for row in _parts(connection, key, "definitions", 'term, start, "end"')),
        metadata=tuple(Metadatum(*row) for row in _parts(connection, key, "metadata", 'field, value, start, "end"')),
    )


def displayed(connection: Connection, key: int, text: str, words: bool = True) -> Document:
    """See `Catalog.displayed`; `text` is the document's."""
    pages = connection.execute(
        f"SELECT {_PAGE}, {'words' if words else 'NULL'} FROM pages WHERE document = ? ORDER BY number", (key,)
    )
    return Document(
        *_head(connection, key),
        text=text,
        pages=tuple(_page(*row) for row in pages),
        regions=tuple(Region(*row) for row in _parts(connection, key, "regions", 'kind, start, "end", detail')),
        parent_id=connection.execute("SELECT parent_id FROM documents WHERE key = ?", (key,)).fetchone()[0],
    )


def sections(connection: Connection, key: int) -> tuple[Section, ...]:
    """The sections of a document, in the order of the text."""
    return tuple(section(*row) for row in _parts(connection, key, "sections", _SECTION))


def sheet(connection: Connection, key: int, number: int, text: Callable[[int, int], str]) -> Document:
    """See `Catalog.sheet`; `text` gives the characters between two offsets."""
    found = connection.execute(f"SELECT {_PAGE}, words FROM pages WHERE document = ? AND number = ?", (key, number))
    pages = tuple(_page(*row) for row in found)
    start, end = (pages[0].start, pages[0].end) if pages else (0, 0)
    return Document(
        *_head(connection, key),
        text=" " * start + text(start, end),
        pages=pages,
        regions=_regions(connection, key, start, end),
    )


def excerpt(connection: Connection, key: int, start: int, end: int, text: Callable[[int, int], str]) -> Document:
    """See `Catalog.excerpt`; `text` gives the characters between two offsets."""
    pages = tuple(
        _page(*row)
        for row in connection.execute(
            f'SELECT {_PAGE}, words FROM pages WHERE document = ? AND start < ? AND "end" > ? ORDER BY number',
            (key, end, start),
        )
    )
    low, high = min([start, *(page.start for page in pages)]), max([end, *(page.end for page in pages)])
    around = connection.execute(
        f'SELECT {_SECTION} FROM sections WHERE document = ? AND start < ? AND "end" > ? ORDER BY position',
        (key, end, start),
    )
    return Document(
        *_head(connection, key),
        text=" " * low + text(low, high),
        pages=pages,
        sections=tuple(section(*row) for row in around),
        regions=_regions(connection, key, low, high),
    )


def chunk(id: str, start: int, end: int, parent_id: str | None, section: str, hidden: int) -> Chunk:
    """A chunk from its columns."""
    return Chunk(id, start, end, parent_id, _strings(section), bool(hidden))


def hidden(connection: Connection, key: int) -> list[tuple[int, int]]:
    """Spans of a document's text that a reader of its pages cannot see, in order."""
    return connection.execute(
        "SELECT start, \"end\" FROM regions WHERE document = ? AND kind = 'hidden' ORDER BY start", (key,)
    ).fetchall()


def unread(connection: Connection, key: int) -> list[Region]:
    """Furniture and hidden text of a document: what no sentence of it holds, though it may stand between its words."""
    kinds = (*sorted(FURNITURE), "hidden")
    found = connection.execute(
        f'SELECT kind, start, "end" FROM regions WHERE document = ? AND kind IN ({", ".join("?" * len(kinds))})',
        (key, *kinds),
    )
    return [Region(*row) for row in found]


def _head(connection: Connection, key: int) -> tuple[str, str, str, str, str, str, str | None, tuple[str, ...], bool]:
    """The first nine fields of a document."""
    *head, parties, paged = connection.execute(
        "SELECT id, path, sha256, kind, title, type, date, parties, paged FROM documents WHERE key = ?", (key,)
    ).fetchone()
    return (*head, _strings(parties), bool(paged))


def _regions(connection: Connection, key: int, start: int, end: int) -> tuple[Region, ...]:
    """The regions that share a character with ``[start, end)``."""
    found = connection.execute(
        'SELECT kind, start, "end", detail FROM regions WHERE document = ? AND start < ? AND "end" > ?'
        " ORDER BY position",
        (key, end, start),
    )
    return tuple(Region(*row) for row in found)


def _parts(connection: Connection, key: int, table: str, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {columns} FROM {table} WHERE document = ? ORDER BY position", (key,)).fetchall()


def _pack_words(page: Page) -> bytes:
    if not page.words:
        return b""
    words = Words.of(page.words)
    if words.base != page.start:
        words = Words.of(tuple(words), page.start)
    columns = _Words(words.spans, words.boxes, words.confidence)
    return zlib.compress(msgspec.msgpack.encode(columns), _LEVEL)


def _unpack_words(blob: bytes, page_start: int) -> Words:
    with damage.told():
        columns = msgspec.msgpack.decode(zlib.decompress(blob), type=_Words)
    return Words(columns.spans, columns.boxes, columns.confidence, page_start)


def _page(*row: Any) -> Page:
    number, label, source, start, end, width, height, confidence, bates, reason, words = row
    return Page(
        *(number, label, source, start, end, width, height),
        words=Unopened(functools.partial(_unpack_words, words, start)) if words else (),
        confidence=confidence,
        bates=bates,
        reason=reason,
    )


def section(number: str, title: str, level: int, start: int, end: int, path: str) -> Section:
    """A section from its columns."""
    return Section(number, title, level, start, end, _strings(path))


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()


def _strings(text: str) -> tuple[str, ...]:
    with damage.told():
        return msgspec.json.decode(text, type=tuple[str, ...])
