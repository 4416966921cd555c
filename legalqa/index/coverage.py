"""What became of every file and page, as the catalog's rows tell it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any

from legalqa.values.matter import FileStatus, PageStatus

SOURCES = ("text", "ocr", "blank", "failed")


def by_source(connection: Connection) -> dict[str, int]:
    """Pages of all indexed documents, counted by where their text came from."""
    found = connection.execute(
        "SELECT source, count(*) FROM pages JOIN documents ON document = key WHERE state = 'indexed' GROUP BY source"
    )
    return dict.fromkeys(SOURCES, 0) | dict(found.fetchall())


def statuses(connection: Connection, path: str | None = None) -> Iterator[FileStatus]:
    """Every file by path, or the one, with what its document has to say."""
    only = "" if path is None else " AND documents.id = (SELECT document_id FROM files WHERE path = :path)"
    values = {"path": path}
    pages = {key: list(group) for key, group in itertools.groupby(_pages(connection, only, values), lambda row: row[0])}
    hidden = _keys(connection, "regions", "regions.kind = 'hidden'", only, values)
    repaired = _keys(connection, "metadata", "field = 'repaired'", only, values)
    for *file, key, document_id, title, type, date, kind, parent in connection.execute(
        "SELECT files.path, files.sha256, files.state, reason, key, document_id, title, type, date, kind, parent"
        " FROM files LEFT JOIN documents ON documents.id = document_id AND documents.state = 'indexed'"
        f"{'' if path is None else ' WHERE files.path = :path'} ORDER BY files.path",
        values,
    ).fetchall():
        where, sha256, state, reason = file
        of_file = pages.get(key, [])
        counted = dict.fromkeys(SOURCES, 0)
        for row in of_file:
            counted[row[2]] += 1
        sure = [row[3] for row in of_file if row[2] == "ocr" and row[3] is not None]
        yield FileStatus(
            *(where, sha256, state, len(of_file), reason, document_id, title or "", type or "", date),
            bates=tuple(row[4] for row in of_file if row[4]),
            failed_pages=tuple(row[1] for row in of_file if row[2] == "failed"),
            parent=parent,
            kind=kind or "",
            sources=counted if of_file else {},
            confidence=sum(sure) / len(sure) if sure else None,
            hidden_text=key in hidden,
            repaired=key in repaired,
        )


def page_statuses(connection: Connection, document_id: str) -> Iterator[PageStatus]:
    """Every page of an indexed document, in order."""
    for number, label, source, confidence, bates, reason in connection.execute(
        "SELECT number, label, source, confidence, bates, reason FROM pages JOIN documents ON document = key"
        " WHERE state = 'indexed' AND id = ? ORDER BY number",
        (document_id,),
    ).fetchall():
        yield PageStatus(number, label, source, confidence, bates, reason or "")


def _pages(connection: Connection, only: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    yield from connection.execute(
        "SELECT document, number, source, confidence, bates FROM pages JOIN documents ON document = key"
        f" WHERE state = 'indexed'{only} ORDER BY document, number",
        values,
    )


def _keys(connection: Connection, table: str, condition: str, only: str, values: dict[str, Any]) -> set[int]:
    return {
        found[0]
        for found in connection.execute(
            f"SELECT DISTINCT document FROM {table} JOIN documents ON document = key"
            f" WHERE {condition} AND state = 'indexed'{only}",
            values,
        )
    }
