"""The catalog: all that a matter knows of its documents and files. SQLite is the truth, the vector index follows it.

A document is put as *pending* with its embeddings, its points go into the index, and only then is it published.
Readers see published documents alone, always whole. A document's identity is its content: two files with the same
bytes are one document, held by the first of them, and the other file's state is "duplicate".
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from sqlite3 import Connection

import msgspec
import numpy as np
from numpy.typing import NDArray

from legalqa.index import addresses, coverage, files, naming, rows
from legalqa.index import phrase as phrases
from legalqa.index.files import FileFact, FileRecord, plain
from legalqa.index.intake import Intake
from legalqa.index.links import Described
from legalqa.index.summaries import summarized
from legalqa.index.vectors import searchable
from legalqa.values.document import Document, Outline, Section, StoredChunk, Summary
from legalqa.values.matter import Coverage, FileStatus, PageStatus
from legalqa.values.question import DocumentFacts, Suggestion

__all__ = ["Catalog", "FileFact", "FileRecord", "plain"]

_IDS = 500  # ids put into one statement


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How far the audit file of a matter goes: its entries, their bytes, the hash of the last."""

    entries: int = 0
    size: int = 0
    hash: str = "0" * 64


class Catalog(Intake):
    """The catalog of one matter. Safe to use from several threads; changes are for the holder of the writer lock.

    Raises EnvironmentFault if the file is damaged, of a newer schema, or the disk is full; Denied if it stays locked.
    """

    def embed_again(self, document_id: str, embeddings: NDArray[np.float16], options: str) -> None:
        """Put the embeddings of another model in place of those that an indexed document has, as `put` was given them.

        Its points must have left the index: whoever finds them uneven then puts in what the catalog says.
        """
        document = self.document(document_id, words=False)
        vectors = {chunk.id: row for chunk, row in zip(searchable(document), embeddings, strict=True)}
        with self._database.writing() as connection:
            key = self._key(connection, document_id, "indexed")
            connection.executemany(
                "UPDATE chunks SET embedding = ? WHERE document = ? AND id = ?",
                ((vector.astype("<f2").tobytes(), key, id) for id, vector in vectors.items()),
            )
            rows.insert_summaries(connection, key, summarized(document, embeddings))
            connection.execute("UPDATE documents SET options = ? WHERE key = ?", (options, key))

    def summarize(self) -> None:
        """Summarize the sections of documents that were indexed before there were summaries."""
        for id in self._column("SELECT id FROM documents WHERE NOT summarized AND state = 'indexed' ORDER BY key"):
            summaries = summarized(*self.with_embeddings(id))
            with self._database.writing() as connection:
                rows.insert_summaries(connection, self._key(connection, id, "indexed"), summaries)

    def audit_head(self) -> AuditHead:
        """How far the audit file goes, as far as the catalog knows."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT entries, size, hash FROM audit").fetchone()
            return AuditHead(*row) if row else AuditHead()

    def set_audit_head(self, head: AuditHead) -> None:
        """Note how far the audit file goes now."""
        with self._database.writing() as connection:
            values = (head.entries, head.size, head.hash)
            connection.execute("INSERT OR REPLACE INTO audit VALUES (1, ?, ?, ?)", values)

    # What a writer asks.

    def read_with(self) -> dict[str, int]:
        """How many indexed documents were read with each set of options."""
        with self._database.reading() as connection:
            query = "SELECT options, count(*) FROM documents WHERE state = 'indexed' GROUP BY options"
            return dict(connection.execute(query).fetchall())

    def has_failed_pages(self, document_id: str) -> bool:
        """Whether a page of an indexed document could not be read."""
        found = self._column(
            "SELECT 1 FROM pages JOIN documents ON document = key"
            " WHERE id = ? AND state = 'indexed' AND source = 'failed' LIMIT 1",
            (document_id,),
        )
        return bool(found)

    def with_content(self, sha256: str) -> str | None:
        """Id of the indexed document that was read from these bytes."""
        found = self._column("SELECT id FROM documents WHERE sha256 = ? AND state = 'indexed'", (sha256,))
        return found[0] if found else None

    def names(self, document_id: str) -> tuple[str, ...]:
        """File names under which a document is known: of its files that are present, else of those that were."""
        paths = self._column(
            "SELECT path FROM files WHERE document_id = ?1 UNION SELECT path FROM documents WHERE id = ?1"
            " ORDER BY path",
            (document_id,),
        )
        return tuple(dict.fromkeys(PurePath(path).name for path in paths))

    def point_counts(self) -> dict[str, int]:
        """How many points the index should hold of each indexed document."""
        with self._database.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT documents.id, count(embedding) FROM documents JOIN chunks ON document = key"
                    " WHERE state = 'indexed' GROUP BY key HAVING count(embedding) > 0"
                ).fetchall()
            )

    def sample(self, count: int) -> dict[str, bytes]:
        """Some indexed chunks with their float16 embeddings, for checking the index against them."""
        with self._database.reading() as connection:
            return dict(
                connection.execute(
                    "SELECT chunks.id, embedding FROM chunks JOIN documents ON document = key"
                    " WHERE state = 'indexed' AND embedding IS NOT NULL ORDER BY random() LIMIT ?",
                    (count,),
                ).fetchall()
            )

    def with_embeddings(self, document_id: str, *, pending: bool = False) -> tuple[Document, NDArray[np.float16]]:
        """A document (without words) and the embeddings of its `searchable` chunks, as `put` was given them."""
        with self._database.reading() as connection:
            key = self._key(connection, document_id, "pending" if pending else "indexed")
            document = self._load(connection, key, words=False)
            known = dict(
                connection.execute(
                    "SELECT id, embedding FROM chunks WHERE document = ? AND embedding IS NOT NULL", (key,)
                ).fetchall()
            )
            found = [known[chunk.id] for chunk in searchable(document)]  # an older catalog may have more
            vectors = np.frombuffer(b"".join(found), dtype="<f2")
            return document, vectors.reshape(len(found), -1 if found else 0)

    def file(self, path: str) -> FileRecord | None:
        """What is recorded of a path."""
        with self._database.reading() as connection:
            return next(files.records(connection, "WHERE path = ?", (plain(path),)), None)

    def files(self) -> list[FileRecord]:
        """Every file that the matter was told of, by path."""
        with self._database.reading() as connection:
            return list(files.records(connection, "ORDER BY path", ()))

    def members(self, path: str) -> list[FileRecord]:
        """The files found in a file, one level deep, by path."""
        with self._database.reading() as connection:
            return list(files.records(connection, "WHERE parent = ? ORDER BY path", (plain(path),)))

    def places(self, path: str) -> list[str]:
        """The other files of the document that a file stands for, in the order in which they were found."""
        return self._column(
            "SELECT path FROM files WHERE path != ?1 AND document_id = (SELECT document_id FROM files WHERE path = ?1)"
            " ORDER BY rowid",
            (plain(path),),
        )

    def contents(self) -> set[str]:
        """SHA-256 of everything that a file or a document of the matter was read from."""
        return set(self._column("SELECT sha256 FROM files UNION SELECT sha256 FROM documents"))

    # What a reader asks. Only indexed documents exist here.

    def documents(self) -> list[str]:
        """Ids of all documents, in the order in which they were indexed."""
        return self._column("SELECT id FROM documents WHERE state = 'indexed' ORDER BY key")

    def document(self, document_id: str, *, words: bool = True) -> Document:
        """A document; without `words` its pages have none, and loading costs a fraction.

        Raises KeyError if there is no such document.
        """
        with self._database.reading() as connection:
            return self._load(connection, self._key(connection, document_id, "indexed"), words)

    def displayed(self, document_id: str) -> Document:
        """A document as it is shown: without its sections, chunks, definitions and metadata, whose loading costs more
        than all the rest. Raises KeyError if there is no such document.
        """
        with self._database.reading() as connection:
            key = self._key(connection, document_id, "indexed")
            return rows.displayed(connection, key, self._texts.whole(connection, key))

    def sections(self, document_id: str) -> tuple[Section, ...]:
        """The sections of a document, in the order of the text. Raises KeyError if there is no such document."""
        with self._database.reading() as connection:
            return rows.sections(connection, self._key(connection, document_id, "indexed"))

    def sheet(self, document_id: str, number: int) -> Document:
        """One page of a document (from 1) with what stands on it: its words and regions, the text before it blank.

        Without pages if there is none of that number. Raises KeyError if there is no such document.
        """
        with self._database.reading() as connection:
            key = self._key(connection, document_id, "indexed")
            return rows.sheet(connection, key, number, functools.partial(self._texts.slice, connection, key))

    def excerpt(self, document_id: str, start: int, end: int) -> Document:
        """What stands around ``[start, end)`` of a document, at a fraction of what loading it costs.

        The pages that hold it, whole and with their words, the regions on them and the sections around it; the text
        before these pages is blank, after them it ends, and nothing else is there. Offsets are the document's. Raises
        KeyError if there is no such document.
        """
        with self._database.reading() as connection:
            key = self._key(connection, document_id, "indexed")
            text = functools.partial(self._texts.slice, connection, key)
            return rows.excerpt(connection, key, start, end, text)

    def without_chunks(self) -> list[str]:
        """Ids of the documents of which nothing is searched: blank ones, and those of which no page could be read."""
        return self._column(
            "SELECT id FROM documents WHERE state = 'indexed' AND NOT EXISTS"
            " (SELECT 1 FROM chunks WHERE document = key AND embedding IS NOT NULL) ORDER BY key"
        )

    def summaries(self, document_id: str) -> tuple[Summary, ...]:
        """The sentences that stand for the sections of a document. Raises KeyError if there is no such document.

        Of a document that was indexed before there were summaries they are made now; `summarize` keeps them.
        """
        with self._database.reading() as connection:
            key = self._key(connection, document_id, "indexed")
            known = connection.execute("SELECT summarized FROM documents WHERE key = ?", (key,)).fetchone()[0]
            return rows.summaries(connection, key) if known else summarized(*self.with_embeddings(document_id))

    def outline(self, document_id: str) -> Outline:
        """The headings of a document. Raises KeyError if there is no such document."""
        with self._database.reading() as connection:
            return rows.outline(connection, self._key(connection, document_id, "indexed"))

    def text(self, document_id: str) -> str:
        """The text of a document. Raises KeyError if there is no such document."""
        with self._database.reading() as connection:
            return self._texts.whole(connection, self._key(connection, document_id, "indexed"))

    def chunks(self, ids: Sequence[str]) -> list[StoredChunk]:
        """Chunks by id, parents and children alike, in the order asked for; unknown ids are left out."""
        found = {stored.chunk.id: stored for stored in self._chunks("chunks.id", ids)}
        return [found[id] for id in ids if id in found]

    def children(self, parent_ids: Sequence[str]) -> dict[str, list[StoredChunk]]:
        """The children of each parent, in the order of the text."""
        found: dict[str, list[StoredChunk]] = {id: [] for id in parent_ids}
        for stored in self._chunks("chunks.parent_id", list(found)):
            found[str(stored.chunk.parent_id)].append(stored)
        for group in found.values():
            group.sort(key=lambda stored: stored.chunk.start)
        return found

    def phrase(self, text: str, *, hidden: bool = False) -> list[tuple[str, int, int]]:
        """Where exactly these words stand: (document id, start, end), over the whole matter, in order.

        See `legalqa.index.phrase` for what counts as the same; a find may cross chunks and pages. Text that a reader of
        the page cannot see is searched only if `hidden` is set.
        """
        return list(self.standing(text, hidden=hidden))

    def standing(self, text: str, *, hidden: bool = False, first: Sequence[str] = ()) -> Iterator[tuple[str, int, int]]:
        """`phrase`, one place after another: who has enough stops. The documents `first` come first, in their order."""
        pattern = phrases.pattern(text)
        if pattern is None:
            return
        with self._database.reading() as connection:
            held = self._candidates(connection, phrases.narrowing(text), hidden)
        leading = {id: at for at, id in enumerate(first)}
        for key, id in sorted(held, key=lambda one: leading.get(one[1], len(leading))):
            with self._database.reading() as connection:  # of a document that has gone meanwhile there is no text
                content, unread = self._texts.whole(connection, key), rows.unread(connection, key)
            yield from ((id, start, end) for start, end in phrases.occurrences(pattern, content, unread, hidden=hidden))

    def hidden(self, document_id: str) -> list[tuple[int, int]]:
        """Spans of a document that a reader of its pages cannot see. Raises KeyError if there is no such document."""
        with self._database.reading() as connection:
            return rows.hidden(connection, self._key(connection, document_id, "indexed"))

    def coverage(self) -> Coverage:
        """Every file and page accounted for."""
        with self._database.reading() as connection:
            documents = connection.execute("SELECT count(*) FROM documents WHERE state = 'indexed'").fetchone()[0]
            return Coverage(documents, coverage.by_source(connection), tuple(coverage.statuses(connection)))

    def status(self, path: str) -> FileStatus | None:
        """What `coverage` says of one file."""
        with self._database.reading() as connection:
            return next(coverage.statuses(connection, plain(path)), None)

    def described(self) -> list[Described]:
        """What every document says of itself and of what it amends, in the order in which they were indexed."""
        amends: dict[int, list[str]] = {}
        with self._database.reading() as connection:
            for key, value in connection.execute(
                "SELECT document, value FROM metadata WHERE field = 'amends' ORDER BY document, position"
            ):
                amends.setdefault(key, []).append(value)
            found = connection.execute(
                "SELECT key, id, title, type, date, parties FROM documents WHERE state = 'indexed' ORDER BY key"
            ).fetchall()
        return [
            Described(id, title, type, date, tuple(msgspec.json.decode(parties)), tuple(amends.get(key, ())))
            for key, id, title, type, date, parties in found
        ]

    def papers(self) -> list[tuple[str, str, str, str, tuple[Section, ...]]]:
        """Id, path, title and type of every document, with the sections that seem to be exhibits of it."""
        with self._database.reading() as connection:
            return addresses.papers(connection)

    def stamped(self, ending: str) -> list[tuple[str, str, int, int]]:
        """The pages whose Bates number ends so: document id, the number as it stands there, start and end."""
        with self._database.reading() as connection:
            return addresses.stamped(connection, ending)

    def changes(self) -> int:
        """Grows with every change of a document or file: what was made of them holds as long as it does not."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count FROM changes").fetchone()[0])

    def named(self) -> tuple[tuple[int, str, str], ...]:
        """Row, id and path of every file of every document, in order."""
        with self._database.reading() as connection:
            return tuple(
                connection.execute(
                    "SELECT documents.key, documents.id, coalesce(files.path, documents.path) FROM documents"
                    " LEFT JOIN files ON files.document_id = documents.id WHERE documents.state = 'indexed'"
                    " ORDER BY documents.key, files.path"
                )
            )

    def facts(self, keys: Sequence[int]) -> list[tuple[int, DocumentFacts]]:
        """What questions may call the documents of these rows by; see `legalqa.index.naming`."""
        with self._database.reading() as connection:
            return naming.facts(connection, keys)

    def suggestions(self) -> tuple[Suggestion, ...]:
        """Words that a question may go on with; see `legalqa.index.naming`."""
        with self._database.reading() as connection:
            return naming.suggestions(connection)

    def with_word(self, word: str) -> list[str]:
        """Ids of the documents in whose visible text a word stands, without case."""
        query = phrases.narrowing(word)
        if query is None:
            return []
        with self._database.reading() as connection:
            return [id for _, id in self._candidates(connection, query, hidden=False)]

    def partly_read(self) -> list[tuple[str, int, str]]:
        """Pages of which something could not be read: (document id, page, reason), in order."""
        with self._database.reading() as connection:
            return connection.execute(
                "SELECT id, number, reason FROM pages JOIN documents ON document = key"
                " WHERE state = 'indexed' AND source IN ('text', 'ocr') AND reason > '' ORDER BY key, number"
            ).fetchall()

    def page_statuses(self, document_id: str) -> list[PageStatus]:
        """Every page of an indexed document, and what became of it."""
        with self._database.reading() as connection:
            return list(coverage.page_statuses(connection, document_id))

    def _candidates(self, connection: Connection, query: str | None, hidden: bool) -> list[tuple[int, str]]:
        """Indexed documents that may hold a phrase; with `hidden` all that have text which is in no index."""
        if query is None:
            return connection.execute("SELECT key, id FROM documents WHERE state = 'indexed' ORDER BY key").fetchall()
        unseen = "OR key IN (SELECT document FROM regions WHERE kind = 'hidden')" if hidden else ""
        return connection.execute(
            "SELECT key, id FROM documents WHERE state = 'indexed'"
            f" AND (key IN (SELECT rowid FROM phrases WHERE phrases MATCH ?) {unseen}) ORDER BY key",
            (query,),
        ).fetchall()

    def _chunks(self, column: str, ids: Sequence[str]) -> Iterator[StoredChunk]:
        for index in range(0, len(ids), _IDS):
            some = ids[index : index + _IDS]
            with self._database.reading() as connection:
                found = connection.execute(
                    'SELECT document, documents.id, title, chunks.id, start, "end", chunks.parent_id, section, hidden'
                    f" FROM chunks JOIN documents ON document = key WHERE {column} IN ({', '.join('?' * len(some))})"
                    " AND state = 'indexed'",
                    tuple(some),
                ).fetchall()
                for key, document_id, title, *row in found:
                    chunk = rows.chunk(*row)
                    text = self._texts.slice(connection, key, chunk.start, chunk.end)
                    yield StoredChunk(document_id, chunk, text, title)

    def _load(self, connection: Connection, key: int, words: bool) -> Document:
        return rows.load(connection, key, self._texts.whole(connection, key), words)
