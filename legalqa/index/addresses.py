"""What a brief may cite of a catalog: files by their names, exhibits inside them, Bates numbers."""

from __future__ import annotations

from sqlite3 import Connection

from legalqa.index import rows
from legalqa.values.document import Section


def papers(connection: Connection) -> list[tuple[str, str, str, str, tuple[Section, ...]]]:
    """See `Catalog.papers`."""
    exhibits: dict[int, list[Section]] = {}
    for key, *row in connection.execute(
        'SELECT document, number, title, level, start, "end", path FROM sections'
        " WHERE instr(lower(substr(number || ' ' || title, 1, 12)), 'ex') ORDER BY document, position"
    ):
        exhibits.setdefault(key, []).append(rows.section(*row))
    found = connection.execute("SELECT key, id, path, title, type FROM documents WHERE state = 'indexed' ORDER BY key")
    return [(*head, tuple(exhibits.get(key, ()))) for key, *head in found]


def stamped(connection: Connection, ending: str) -> list[tuple[str, str, int, int]]:
    """See `Catalog.stamped`."""
    return connection.execute(
        'SELECT id, bates, start, "end" FROM pages JOIN documents ON document = key'
        " WHERE state = 'indexed' AND bates LIKE ? ORDER BY key, number",
        (f"%{ending}",),
    ).fetchall()
