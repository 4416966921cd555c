"""Documents as rows of the catalog, and back: packing of text, words and embeddings.

Text is UTF-8 and words are columns of numbers in msgpack, both under zlib at its fastest level: a page's words are
read only when somebody looks at the page.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from sqlite3 import Connection
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from legalqa.values.document import Chunk, Document, Page, Section, Word
from legalqa.values.matter import FileStatus

_LEVEL = 1


class _Words(msgspec.Struct, array_like=True):
    """Columns: start and end as int32 from the page's start, boxes as float64 ×4, confidence as float64 or none."""

    spans: bytes
    boxes: bytes
    confidence: bytes | None


def packed(text: str) -> bytes:
    """Text as it is stored; lone surrogates survive."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpacked(blob: bytes) -> str:
    """The inverse of `packed`."""
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")


def insert_document(
    connection: Connection, document: Document, fact: tuple[str, str, int, int], version: str, options: str
) -> int:
    """Insert the row of a pending document and return its key."""
    cursor = connection.execute(
        "INSERT INTO documents (id, state, path, sha256, size, mtime_ns, kind, title, type, date, parties, paged,"
        " text, ingest_version, options) VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, *fact, document.kind, document.title, document.type, document.date),
            *(_json(document.parties), document.paged, packed(document.text), version, options),
        ),
    )
    return int(cursor.lastrowid or 0)


def insert_parts(
    connection: Connection, key: int, document: Document, vectors: Mapping[str, NDArray[np.float16]]
) -> None:
    """Insert pages, sections and chunks; `vectors` by chunk id."""
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
        f"INSERT INTO chunks VALUES ({', '.join('?' * 8)})",
        (
            (
                *(key, position, chunk.id, chunk.parent_id, chunk.start, chunk.end, _json(chunk.section)),
                vectors[chunk.id].astype("<f2").tobytes() if chunk.id in vectors else None,
            )
            for position, chunk in enumerate(document.chunks)
        ),
    )


def load(connection: Connection, key: int, text: str, words: bool) -> Document:
    """The document of a row, whose text is given."""
    id, path, sha256, kind, title, type, date, parties, paged = connection.execute(
        "SELECT id, path, sha256, kind, title, type, date, parties, paged FROM documents WHERE key = ?", (key,)
    ).fetchone()
    pages = connection.execute(
        'SELECT number, label, source, start, "end", width, height, confidence, bates, reason,'
        f" {'words' if words else 'NULL'} FROM pages WHERE document = ? ORDER BY number",
        (key,),
    )
    sections = connection.execute(
        'SELECT number, title, level, start, "end", path FROM sections WHERE document = ? ORDER BY position', (key,)
    )
    chunks = connection.execute(
        'SELECT id, start, "end", parent_id, section FROM chunks WHERE document = ? ORDER BY position', (key,)
    )
    return Document(
        *(id, path, sha256, kind, title, type, date, _strings(parties), bool(paged), text),
        pages=tuple(_page(*row) for row in pages),
        sections=tuple(_section(*row) for row in sections),
        chunks=tuple(chunk(*row) for row in chunks),
    )


def chunk(id: str, start: int, end: int, parent_id: str | None, section: str) -> Chunk:
    """A chunk from its columns."""
    return Chunk(id, start, end, parent_id, _strings(section))


def file_statuses(connection: Connection, path: str | None = None) -> Iterator[FileStatus]:
    """Every file by path, or the one, with what its document has to say."""
    bates: dict[int, list[str]] = {}
    failed: dict[int, list[int]] = {}
    counted: dict[int, int] = {}
    for key, number, source, label in connection.execute(
        "SELECT document, number, source, bates FROM pages JOIN documents ON document = key"
        " WHERE state = 'indexed' ORDER BY document, number"
    ):
        counted[key] = counted.get(key, 0) + 1
        if label:
            bates.setdefault(key, []).append(label)
        if source == "failed":
            failed.setdefault(key, []).append(number)
    for *file, key, document_id, title, type, date in connection.execute(
        "SELECT files.path, files.sha256, files.state, reason, key, document_id, title, type, date FROM files"
        " LEFT JOIN documents ON documents.id = document_id AND documents.state = 'indexed'"
        " WHERE ?1 IS NULL OR files.path = ?1 ORDER BY files.path",
        (path,),
    ):
        where, sha256, state, reason = file
        yield FileStatus(
            *(where, sha256, state, counted.get(key, 0), reason, document_id, title or "", type or "", date),
            bates=tuple(bates.get(key, ())),
            failed_pages=tuple(failed.get(key, ())),
        )


def _pack_words(page: Page) -> bytes:
    if not page.words:
        return b""
    spans = np.array([(word.start, word.end) for word in page.words], dtype="<i4") - page.start
    boxes = np.array([(word.x0, word.y0, word.x1, word.y1) for word in page.words], dtype="<f8")
    confidence = None
    if any(word.confidence is not None for word in page.words):
        values = [np.nan if word.confidence is None else word.confidence for word in page.words]
        confidence = np.array(values, dtype="<f8").tobytes()
    return zlib.compress(
        msgspec.msgpack.encode(_Words(spans.astype("<i4").tobytes(), boxes.tobytes(), confidence)), _LEVEL
    )


def _unpack_words(blob: bytes, page_start: int) -> tuple[Word, ...]:
    if not blob:
        return ()
    columns = msgspec.msgpack.decode(zlib.decompress(blob), type=_Words)
    spans = (np.frombuffer(columns.spans, "<i4").reshape(-1, 2) + page_start).tolist()
    boxes = np.frombuffer(columns.boxes, "<f8").reshape(-1, 4).tolist()
    if columns.confidence is None:
        return tuple(Word(*span, *box) for span, box in zip(spans, boxes, strict=True))
    confidence = np.frombuffer(columns.confidence, "<f8").tolist()
    return tuple(
        Word(start, end, x0, y0, x1, y1, None if value != value else value)  # NaN stands for none
        for (start, end), (x0, y0, x1, y1), value in zip(spans, boxes, confidence, strict=True)
    )


def _page(*row: Any) -> Page:
    number, label, source, start, end, width, height, confidence, bates, reason, words = row
    return Page(
        *(number, label, source, start, end, width, height),
        words=_unpack_words(words or b"", start),
        confidence=confidence,
        bates=bates,
        reason=reason,
    )


def _section(number: str, title: str, level: int, start: int, end: int, path: str) -> Section:
    return Section(number, title, level, start, end, _strings(path))


def _json(values: tuple[str, ...]) -> str:
    return msgspec.json.encode(values).decode()


def _strings(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])
