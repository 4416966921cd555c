"""The writer's half of the catalog: how documents and files come into it and go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection

import numpy as np
from numpy.typing import NDArray

from legalqa.index import files, rows
from legalqa.index import phrase as phrases
from legalqa.index.database import Database
from legalqa.index.files import FileFact, plain
from legalqa.index.summaries import summarized
from legalqa.index.texts import Texts
from legalqa.index.vectors import searchable
from legalqa.values.document import Document, FileState


class Intake:
    """What `Catalog` is made on: its file, and every change of it, each whole or not at all.

    Changes are for the holder of the writer lock, in the order in which a document passes through.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._texts = Texts()

    def close(self) -> None:
        """Close every thread's connection."""
        self._database.close()

    def backup(self, target: Path) -> None:
        """Copy the catalog, as it is at one moment, into a new file. Raises EnvironmentFault if the disk is full."""
        self._database.backup(target)

    def put(
        self,
        document: Document,
        embeddings: NDArray[np.float16],
        fact: FileFact,
        *,
        ingest_version: str,
        options: str,
    ) -> None:
        """Write a document as pending. `embeddings` has one row for each of `searchable(document)`.

        Its sections are summarized on the way. Whatever was pending under the same id is forgotten.
        """
        summaries = summarized(document, embeddings)
        with self._database.writing() as connection:
            self._drop(connection, document.id, "pending")
            files.place(connection, fact)
            key = rows.insert_document(connection, document, files.row(fact), ingest_version, options)
            vectors = dict(zip((chunk.id for chunk in searchable(document)), embeddings, strict=True))
            rows.insert_parts(connection, key, document, vectors)
            rows.insert_summaries(connection, key, summaries)
            connection.execute(
                "INSERT INTO phrases (rowid, text) VALUES (?, ?)",
                (key, phrases.indexed(document.text, document.regions)),
            )

    def publish(self, document_id: str) -> list[str]:
        """Make a pending document visible and its file "indexed", in one step; its points must be durable.

        Returns ids of documents that this put an end to, among them `document_id` itself if it replaced an older
        reading of the same bytes: points of theirs that the catalog does not know must now leave the index.
        """
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT documents.path, documents.sha256, documents.size, documents.mtime_ns, files.parent"
                " FROM documents LEFT JOIN files ON files.path = documents.path"
                " WHERE id = ? AND documents.state = 'pending'",
                (document_id,),
            ).fetchone()
            if row is None:
                return []
            ended = [document_id] if self._drop(connection, document_id, "indexed") else []
            connection.execute("UPDATE documents SET state = 'indexed' WHERE id = ?", (document_id,))
            return ended + self._hold(connection, FileFact(*row), document_id)

    def attach(self, fact: FileFact, document_id: str) -> tuple[FileState, list[str]]:
        """Record that a file has the content of a document that is indexed already.

        Returns the file's state, "indexed" if it is the one that holds the document, otherwise "duplicate"; and ids
        of documents that lost their last file by it.
        """
        with self._database.writing() as connection:
            ended = self._hold(connection, fact, document_id)
            state = connection.execute("SELECT state FROM files WHERE path = ?", (plain(fact.path),)).fetchone()[0]
            return state, ended

    def record(self, fact: FileFact, state: FileState, reason: str, tried: str = "") -> None:
        """Record a file that could not be read, and why; `tried` says how it was read.

        If an older version of it is indexed, that stays searchable and the file's state is "changed".
        """
        with self._database.writing() as connection:
            files.fail(connection, fact, state, reason, tried)

    def expect(self, container: str, members: Iterable[FileFact]) -> None:
        """Record what a file contains, before it is read: until then each member counts as failed, to be read again.

        Members that it held before and holds no more are missing.
        """
        with self._database.writing() as connection:
            files.expect(connection, container, members)

    def missing(self, path: str) -> None:
        """Record that a file has gone, with the files found in it.

        Its document stays until somebody removes it; a duplicate becomes its holder.
        """
        with self._database.writing() as connection:
            files.lose(connection, path)

    def remove(self, document_id: str) -> None:
        """Forget a document and every file that holds it."""
        with self._database.writing() as connection:
            self._drop(connection, document_id, "pending")
            self._drop(connection, document_id, "indexed")
            connection.execute("DELETE FROM files WHERE document_id = ?", (document_id,))

    def forget(self, path: str) -> None:
        """Forget a file that stands for no document (a failed one)."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM files WHERE path = ? AND document_id IS NULL", (plain(path),))

    def known_names(self, document_id: str) -> None:
        """Note that the index knows the document's present file names."""
        with self._database.writing() as connection:
            connection.execute("UPDATE documents SET renamed = 0 WHERE id = ?", (document_id,))

    def pending(self) -> list[str]:
        """Ids of documents that were put and not published, oldest first."""
        return self._column("SELECT id FROM documents WHERE state = 'pending' ORDER BY key")

    def renamed(self) -> list[str]:
        """Ids of documents whose file names the index has yet to learn."""
        return self._column("SELECT id FROM documents WHERE renamed AND state = 'indexed' ORDER BY key")

    def read_as(self, document_id: str) -> tuple[str, str] | None:
        """Version and options of the reader that an indexed document came from; None if it is not indexed."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT ingest_version, options FROM documents WHERE id = ? AND state = 'indexed'", (document_id,)
            ).fetchone()
            return (row[0], row[1]) if row else None

    def _hold(self, connection: Connection, fact: FileFact, document_id: str) -> list[str]:
        """Let the file stand for the document; ids of documents that no file stands for any more are returned."""
        ended = files.hold(connection, fact, document_id)
        if ended is None:
            return []
        self._drop(connection, ended, "indexed")
        return [ended]

    def _drop(self, connection: Connection, document_id: str, state: str) -> bool:
        row = connection.execute(
            "SELECT key FROM documents WHERE id = ? AND state = ?", (document_id, state)
        ).fetchone()
        if row is None:
            return False
        connection.execute(  # an index without content must be told what it forgets
            "INSERT INTO phrases (phrases, rowid, text) VALUES ('delete', ?, ?)",
            (row[0], phrases.indexed(self._texts.whole(connection, row[0]), rows.unread(connection, row[0]))),
        )
        connection.execute("DELETE FROM documents WHERE key = ?", (row[0],))
        return True

    def _column(self, query: str, values: Iterable[str] = ()) -> list[str]:
        with self._database.reading() as connection:
            return [row[0] for row in connection.execute(query, tuple(values))]

    def _key(self, connection: Connection, document_id: str, state: str) -> int:
        row = connection.execute(
            "SELECT key FROM documents WHERE id = ? AND state = ?", (document_id, state)
        ).fetchone()
        if row is None:
            raise KeyError(document_id)
        return int(row[0])
