"""A catalog that comes from elsewhere: opened only after a look at whether its schema is ours, and nothing besides.

SQLite runs what a schema says (triggers, views, generated columns) whenever it is used, so a file with anything in its
schema that we did not write is refused before it is opened for use.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

from legalqa.errors import EnvironmentFault, UserError
from legalqa.index.database import MIGRATIONS, statements

_COMMENT = re.compile(r"--[^\n]*|\s+")


def require_own_schema(file: Path) -> None:
    """Raise UserError unless the file is a whole SQLite database with the schema of one of our versions;
    EnvironmentFault if that version is newer than this one. The file is not changed.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as given:
            given.execute("PRAGMA trusted_schema = OFF")
            given.execute("PRAGMA cell_size_check = ON")
            version = int(given.execute("PRAGMA user_version").fetchone()[0])
            if version > len(MIGRATIONS):
                raise EnvironmentFault(
                    f"The matter was written by a newer LegalQA (catalog schema {version}).",
                    kept="Nothing was imported.",
                    hint="Install the newer LegalQA to import it.",
                )
            own = version > 0 and _schema(given) == _schema_of(version)
            whole = own and given.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except sqlite3.Error:
        raise UserError("The catalog in it is damaged.", kept="Nothing was imported.") from None
    if not own:
        raise UserError("The catalog in it has another schema than ours: it was refused.", kept="Nothing was imported.")
    if not whole:
        raise UserError("The catalog in it is damaged.", kept="Nothing was imported.")


def _schema_of(version: int) -> set[tuple[str, ...]]:
    """What our own catalog of that version has."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        for script, rest in MIGRATIONS[:version]:
            for statement in statements(script):
                made.execute(statement)
            if rest:
                rest(made)
        return _schema(made)


def _schema(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    """Every object by kind, name, table and definition, without comments and white space."""
    rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return {(*map(str, row[:3]), _COMMENT.sub(" ", str(row[3])).replace("  ", " ").strip()) for row in rows}
