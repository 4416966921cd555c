"""What questions may call the documents of a catalog by, and go on with: `DocumentFacts`, `Suggestion` of its rows."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from sqlite3 import Connection
from typing import Any, Literal

import msgspec

from legalqa.index import texts
from legalqa.values.document import Definition
from legalqa.values.question import DocumentFacts, Suggestion

_OPENING = 6_000  # characters
_SOME = 500  # keys put into one statement
_PEOPLE = ("signatory", "deponent", "examiner")
_SUGGESTED = 400  # of a kind
_LONGEST = 60  # characters of a suggestion
# Words, and the documents that have them; each statement gives what most documents have first.
_TERMS = "SELECT term AS words, document FROM definitions"
_PARTIES = "SELECT value AS words, documents.key AS document FROM documents, json_each(documents.parties)"
_HEADINGS = (  # those of an e-mail are its messages
    "SELECT sections.title AS words, document FROM sections JOIN documents ON documents.key = document"
    " WHERE documents.kind NOT IN ('eml', 'msg', 'mbox')"
)
_KINDS: tuple[tuple[Literal["term", "party", "heading"], str], ...] = (
    ("term", _TERMS), ("party", _PARTIES), ("heading", _HEADINGS),
)  # fmt: skip


def facts(connection: Connection, keys: Sequence[int]) -> list[tuple[int, DocumentFacts]]:
    """The facts of the documents of these rows, with the rows, in the order of the catalog; `amends` is left empty."""
    return [found for at in range(0, len(keys), _SOME) for found in _facts(connection, keys[at : at + _SOME])]


def _facts(connection: Connection, keys: Sequence[int]) -> list[tuple[int, DocumentFacts]]:
    among = f"({', '.join('?' * len(keys))})"
    rows = connection.execute(
        f"SELECT key, id, path, title, type, date, parties FROM documents WHERE key IN {among} ORDER BY key", keys
    ).fetchall()
    openings = texts.openings(connection, keys, _OPENING)
    named = _grouped(
        connection.execute(
            "SELECT documents.key, files.path FROM files JOIN documents ON document_id = documents.id"
            f" WHERE documents.state = 'indexed' AND documents.key IN {among} ORDER BY files.path",
            keys,
        )
    )
    said = _grouped(
        connection.execute(
            "SELECT document, field, value FROM metadata WHERE field IN ('governing_law', 'signatory', 'deponent',"
            f" 'examiner') AND document IN {among} ORDER BY document, position",
            keys,
        )
    )
    terms = _grouped(
        connection.execute(
            f'SELECT document, term, start, "end" FROM definitions WHERE document IN {among}'
            " ORDER BY document, position",
            keys,
        )
    )
    stamps = {
        key: (first, last)
        for key, first, last in connection.execute(
            "SELECT document, (SELECT bates FROM pages WHERE document = one.document AND bates IS NOT NULL"
            " ORDER BY number LIMIT 1), (SELECT bates FROM pages WHERE document = one.document AND bates IS NOT NULL"
            f" ORDER BY number DESC LIMIT 1) FROM pages AS one WHERE bates IS NOT NULL AND document IN {among}"
            " GROUP BY document",
            keys,
        )
    }
    return [
        (
            key,
            DocumentFacts(
                id=id,
                names=tuple(dict.fromkeys(PurePath(name).name for (name,) in [*named.get(key, ()), (path,)])),
                title=title,
                type=type,
                date=date,
                parties=tuple(msgspec.json.decode(parties)),
                people=tuple(dict.fromkeys(value for field, value in said.get(key, ()) if field in _PEOPLE)),
                law=next((value for field, value in said.get(key, ()) if field == "governing_law"), ""),
                bates=stamps.get(key),
                definitions=tuple(Definition(*term) for term in terms.get(key, ())),
                opening=openings.get(key, ""),
            ),
        )
        for key, id, path, title, type, date, parties in rows
    ]


def suggestions(connection: Connection) -> tuple[Suggestion, ...]:
    """Defined terms, parties and headings that a question may go on with: at most 400 of each kind, those of most
    documents first. What differs in case alone is one, of the first kind that has it; headings in capitals are
    written as others are.
    """
    found: dict[str, Suggestion] = {}
    for kind, rows in _KINDS:
        counted = connection.execute(
            f"SELECT min(trim(words)) FROM ({rows}) AS said JOIN documents ON documents.key = said.document"
            " WHERE state = 'indexed' AND length(trim(words)) BETWEEN 3 AND ?"
            " GROUP BY trim(words) COLLATE NOCASE ORDER BY count(DISTINCT said.document) DESC, 1 LIMIT ?",
            (_LONGEST, _SUGGESTED),
        )
        for (words,) in counted:
            loud = kind == "heading" and words.isupper() and " " in words
            found.setdefault(words.casefold(), Suggestion(string.capwords(words) if loud else words, kind))
    return tuple(found.values())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(tuple(values))
    return found
