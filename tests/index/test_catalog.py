"""The catalog by itself: round trips, visibility, phrases, schema, threads."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalqa.errors import EnvironmentFault
from legalqa.index import database, phrase, texts
from legalqa.index.catalog import AuditHead, Catalog
from legalqa.index.texts import PART, Texts
from legalqa.index.vectors import searchable, texts_of
from legalqa.values import reading
from legalqa.values.document import Chunk, Definition, Document, Metadatum, Page, Region
from legalqa.values.matter import FileStatus
from legalqa.values.pin import pin
from tests.index import synthetic

GOLDEN = Path(__file__).parents[1] / "golden"
OLD = GOLDEN / "catalog-schema1.sqlite.gz"  # written by the code of schema 1
SECOND = GOLDEN / "catalog-schema2.sqlite.gz"  # by that of schema 2
THIRD = GOLDEN / "catalog-schema3.sqlite.gz"  # the same, by that of schema 3


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


def put(catalog: Catalog, document: Document, *, publish: bool = True) -> None:
    vectors = synthetic.embed(texts_of(document)).astype(np.float16)
    catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
    if publish:
        catalog.publish(document.id)


@given(text=st.text(st.characters(), min_size=1, max_size=300), path=st.text(st.characters(), min_size=1))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_document_comes_back_as_it_was(tmp_path: Path, text: str, path: str) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    document = synthetic.document(text.encode("utf-8", "replace").decode(), path.encode("utf-8", "replace").decode())
    try:
        put(catalog, document)
        again = catalog.document(document.id)
        assert again == document
        assert catalog.text(document.id) == document.text
        without = catalog.document(document.id, words=False)
        assert not without.pages[0].words
        assert without.chunks == document.chunks
        loaded, vectors = catalog.with_embeddings(document.id)
        assert len(vectors) == len(searchable(loaded))
        catalog.remove(document.id)
        assert catalog.documents() == []
    finally:
        catalog.close()


@st.composite
def parts(draw: st.DrawFn) -> Document:
    """A document with everything in it that has a span."""
    document = synthetic.document(synthetic.prose(draw(st.integers(0, 5))))
    at = st.integers(0, len(document.text))
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    kinds = st.sampled_from(["header", "footnote", "table", "hidden", "line"])
    spans = st.tuples(at, at).map(sorted)
    return dataclasses.replace(
        document,
        chunks=tuple(dataclasses.replace(chunk, hidden=draw(st.booleans())) for chunk in document.chunks),
        regions=tuple(
            draw(st.lists(st.builds(lambda k, s, d: Region(k, s[0], s[1], d), kinds, spans, words), max_size=6))
        ),
        definitions=tuple(draw(st.lists(st.builds(lambda t, s: Definition(t, *s), words, spans), max_size=4))),
        metadata=tuple(draw(st.lists(st.builds(lambda f, v, s: Metadatum(f, v, *s), words, words, spans), max_size=4))),
        parent_id=draw(st.none() | st.uuids().map(str)),
    )


@given(parts())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_regions_definitions_and_metadata_come_back_as_they_were(tmp_path: Path, document: Document) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    try:
        put(catalog, document, publish=False)
        pending, _ = catalog.with_embeddings(document.id, pending=True)
        bare = tuple(dataclasses.replace(page, words=()) for page in document.pages)
        assert pending == dataclasses.replace(document, pages=bare)
        catalog.publish(document.id)
        assert catalog.document(document.id) == dataclasses.replace(document, parent_id=None)  # its file is in no other
        assert [stored.chunk for stored in catalog.chunks([c.id for c in document.chunks])] == list(document.chunks)
        catalog.remove(document.id)
        assert catalog.phrase("Document number") == []
    finally:
        catalog.close()


def test_text_under_a_black_box_is_found_only_when_asked_for(catalog: Catalog) -> None:
    text = "The parties agree.\n\nThe settlement is 4,000 dollars.\n\nSigned in March."
    start = text.index("The settlement")
    end = text.index("\n\nSigned")
    document = dataclasses.replace(
        synthetic.document(text), regions=(Region("hidden", start, end, "under an opaque box"),)
    )
    put(catalog, document)
    assert catalog.hidden(document.id) == [(start, end)]
    assert catalog.phrase("settlement is 4,000 dollars") == []
    assert catalog.phrase("settlement") == []
    assert len(catalog.phrase("agree. Signed")) == 1  # a sentence may run over a page's end, where hidden text is put
    seen = catalog.phrase("Signed in March")
    assert [text[a:b] for _, a, b in seen] == ["Signed in March"]
    found = catalog.phrase("settlement is 4,000 dollars", hidden=True)
    assert [text[a:b] for _, a, b in found] == ["settlement is 4,000 dollars"]
    assert catalog.coverage().files[0].hidden_text


def test_members_come_and_go_with_what_contains_them(catalog: Catalog) -> None:
    archive = synthetic.document("The archive holds two files.", "files/a.zip")
    inside = synthetic.document(synthetic.prose(1), "files/a.zip/lease.txt")
    members = [
        dataclasses.replace(synthetic.fact(inside), parent=archive.path),
        dataclasses.replace(synthetic.fact(inside, "files/a.zip/copy.txt"), parent=archive.path),
    ]
    catalog.expect(archive.path, members)
    assert [record.state for record in catalog.members(archive.path)] == ["failed", "failed"]
    put(catalog, archive)
    catalog.put(
        inside, synthetic.embed(texts_of(inside)).astype(np.float16), members[0], ingest_version="1", options=""
    )
    catalog.publish(inside.id)
    assert catalog.attach(members[1], inside.id) == ("duplicate", [])
    assert catalog.document(inside.id).parent_id == archive.id
    assert catalog.status(inside.path) == FileStatus(
        *(inside.path, inside.sha256, "indexed", 2, "", inside.id, "Lease", "lease", "2019-03-01"),
        parent=archive.path,
        kind="txt",
        sources={"text": 1, "ocr": 1, "blank": 0, "failed": 0},
        confidence=91.5,
    )
    catalog.expect(archive.path, members)  # nothing new
    assert [record.state for record in catalog.members(archive.path)] == ["duplicate", "indexed"]
    catalog.attach(synthetic.fact(inside, "files/lease.txt"), inside.id)
    catalog.expect(archive.path, members[:1])
    assert [record.state for record in catalog.members(archive.path)] == ["missing", "indexed"]
    catalog.missing(archive.path)
    assert {file.fact.path: file.state for file in catalog.files()} == {
        "files/a.zip": "missing",
        "files/a.zip/copy.txt": "missing",
        "files/a.zip/lease.txt": "missing",
        "files/lease.txt": "indexed",
    }
    moved = catalog.document(inside.id)
    assert (moved.path, moved.parent_id) == ("files/lease.txt", None)


def test_a_changed_member_is_read_again_after_a_crash(catalog: Catalog) -> None:
    archive = "files/a.zip"
    old, new = (synthetic.document(synthetic.prose(seed), f"{archive}/lease.txt") for seed in (1, 2))
    facts = [dataclasses.replace(synthetic.fact(document), parent=archive) for document in (old, new)]
    catalog.put(old, synthetic.embed(texts_of(old)).astype(np.float16), facts[0], ingest_version="1", options="")
    catalog.publish(old.id)
    catalog.expect(archive, facts[1:])  # and then the process died
    record = catalog.file(old.path)
    assert record is not None
    assert (record.state, record.fact, record.document_id) == ("changed", facts[1], old.id)


def test_lone_surrogates_in_text_and_path_are_no_obstacle(catalog: Catalog) -> None:
    document = synthetic.document("An X agreement of the parties.", "scan\udcff.txt")
    document = dataclasses.replace(document, text=document.text.replace("X", "\udc80"))
    put(catalog, document)
    assert catalog.document(document.id).text == document.text
    assert catalog.document(document.id).path == "scan\\udcff.txt"
    assert catalog.file("scan\udcff.txt") is not None
    assert len(catalog.phrase("agreement of the parties")) == 1


def test_pending_is_invisible(catalog: Catalog) -> None:
    document = synthetic.document(synthetic.prose(1))
    put(catalog, document, publish=False)
    chunk = document.chunks[0]
    assert not catalog.documents()
    assert not catalog.files()
    assert not catalog.chunks([chunk.id])
    assert catalog.children([chunk.id]) == {chunk.id: []}
    assert catalog.phrase("Document number 1") == []
    assert catalog.coverage().documents == 0
    with pytest.raises(KeyError):
        catalog.document(document.id)
    assert catalog.pending() == [document.id]
    catalog.publish(document.id)
    assert catalog.pending() == []
    assert [stored.chunk for stored in catalog.chunks([chunk.id, "unknown"])] == [chunk]
    assert catalog.publish(document.id) == []  # once more does nothing


def test_chunks_and_children_carry_their_text(catalog: Catalog) -> None:
    document = synthetic.document(synthetic.prose(1))
    put(catalog, document)
    ids = [chunk.id for chunk in reversed(document.chunks)]
    for stored, id in zip(catalog.chunks(ids), ids, strict=True):
        assert stored.chunk.id == id
        assert stored.document_id == document.id
        assert stored.text == document.text[stored.chunk.start : stored.chunk.end]
    parent = document.chunks[0].id
    family = catalog.children([parent, "unknown"])
    assert [stored.chunk for stored in family[parent]] == [c for c in document.chunks if c.parent_id == parent]
    assert family["unknown"] == []


def test_readers_see_one_whole_state_while_a_writer_works(catalog: Catalog) -> None:
    text = synthetic.prose(1)
    editions = [synthetic.document(text, chunk=size) for size in (60, 90)]
    put(catalog, editions[0])
    seen: list[Document] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append(catalog.document(editions[0].id))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(20):
        put(catalog, editions[turn % 2])
    done.set()
    for thread in threads:
        thread.join()
    assert seen
    assert all(document in editions for document in seen)


def test_coverage_names_failed_pages(catalog: Catalog) -> None:
    document = synthetic.document(synthetic.prose(1))
    failed = Page(3, "iii", "failed", len(document.text), len(document.text), 612, 792, reason="no answer for 60 s")
    document = dataclasses.replace(document, pages=(*document.pages, failed))
    put(catalog, document)
    coverage = catalog.coverage()
    assert coverage.pages == {"text": 1, "ocr": 1, "blank": 0, "failed": 1}
    assert coverage.files[0].failed_pages == (3,)
    assert coverage.files[0].pages == 3
    assert catalog.status(document.path) == coverage.files[0]
    assert catalog.status("unknown") is None
    assert catalog.document(document.id).pages[2] == failed


def test_embeddings_that_an_older_catalog_has_of_contents_are_left_out(catalog: Catalog, tmp_path: Path) -> None:
    document = synthetic.document(synthetic.prose(1), chunk=40)
    put(catalog, document)
    before = catalog.with_embeddings(document.id)[1]
    listed = Region("contents", 0, searchable(document)[0].end)
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("INSERT INTO regions SELECT key, 0, 'contents', 0, ?, '' FROM documents", (listed.end,))
    connection.close()
    found, after = catalog.with_embeddings(document.id)
    assert found.regions == (listed,)
    assert np.array_equal(after, before[1:])


def test_a_megabyte_is_written_and_read_quickly(catalog: Catalog) -> None:
    document = synthetic.document(" ".join(synthetic.prose(seed) for seed in range(1300))[:1_000_000], chunk=450)
    vectors = np.zeros((len(searchable(document)), 384), np.float16)
    began = time.perf_counter()
    catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
    catalog.publish(document.id)
    assert time.perf_counter() - began < 8  # 0.5 s on an idle machine
    began = time.perf_counter()
    assert catalog.document(document.id, words=False).text == document.text
    assert time.perf_counter() - began < 2


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    Catalog(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(EnvironmentFault, match=r"newer LegalQA \(catalog schema 99"):
        Catalog(file)


def test_older_schema_is_migrated_after_a_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "catalog.sqlite"
    first = Catalog(file)
    document = synthetic.document(synthetic.prose(1))
    put(first, document)
    first.close()
    newest = len(database.MIGRATIONS)
    monkeypatch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, ("CREATE TABLE notes (text TEXT);\n", None)])
    second = Catalog(file)
    assert second.document(document.id) == document
    second.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (newest + 1,)
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    connection.close()
    with sqlite3.connect(tmp_path / f"catalog.sqlite.schema{newest}.bak") as backup:
        assert backup.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    backup.close()
    failing = "CREATE TABLE more (text TEXT);\nCREATE TABLE notes (x);\n"
    monkeypatch.setattr(database, "MIGRATIONS", [*database.MIGRATIONS, (failing, None)])
    with pytest.raises(EnvironmentFault):  # a migration that fails changes nothing
        Catalog(file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (newest + 1,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    connection.close()


def test_a_file_of_schema_1_opens_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    file.write_bytes(gzip.decompress(OLD.read_bytes()))
    catalog = Catalog(file)
    documents = [
        synthetic.document(synthetic.prose(seed), path, bates="HP")
        for seed, path in ((1, "files/lease.txt"), (2, "files/order.txt"))
    ]
    try:
        assert [catalog.document(id) for id in catalog.documents()] == documents
        assert {file.path: (file.state, file.parent) for file in catalog.coverage().files} == {
            "files/lease.txt": ("indexed", None),
            "files/order.txt": ("indexed", None),
            "files/copy.txt": ("duplicate", None),
            "files/broken.pdf": ("failed", None),
        }
        assert len(catalog.phrase("Document number 2")) == 1
        assert catalog.read_as(documents[0].id) == ("1", "ocr=auto")
        _, vectors = catalog.with_embeddings(documents[0].id)
        assert len(vectors) == len(searchable(documents[0]))
        put(catalog, dataclasses.replace(documents[1], chunks=(Chunk("x", 0, 9, None, (), True),)))
        assert catalog.chunks(["x"])[0].chunk.hidden
        catalog.remove(documents[0].id)
        assert catalog.phrase("Document number 1") == []
    finally:
        catalog.close()
    assert (tmp_path / "catalog.sqlite.schema1.bak").exists()


def test_a_file_of_schema_2_opens_as_it_was_and_is_summarized(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    file.write_bytes(gzip.decompress(SECOND.read_bytes()))
    catalog = Catalog(file)
    try:
        documents = [catalog.document(id) for id in catalog.documents()]
        lease, _, merger = documents
        assert [one.path for one in documents] == ["files/lease.txt", "files/mail.eml/order.txt", "files/merger.txt"]
        assert lease.regions == (Region("header", 0, 8), Region("hidden", 40, 52, "white"))
        assert lease.definitions == (Definition("Rent", 20, 60),)
        assert lease.metadata[1] == Metadatum("governing_law", "Delaware", 60, 80)
        assert lease.pages[1].words[3].confidence is not None
        assert {file.path: file.state for file in catalog.coverage().files}["files/copy.txt"] == "duplicate"
        assert len(catalog.phrase("number 2")) == 1
        made = catalog.summaries(merger.id)  # nothing has written to the matter yet
        assert [summary.section for summary in made] == [0, 1]
        catalog.summarize()
        assert catalog.summaries(merger.id) == made
    finally:
        catalog.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM documents WHERE NOT summarized").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM summaries").fetchone()[0] >= 2
    connection.close()
    assert (tmp_path / "catalog.sqlite.schema2.bak").exists()


def test_a_file_of_schema_3_holds_the_same_texts_in_parts(tmp_path: Path) -> None:
    for name, golden in (("second", SECOND), ("third", THIRD)):
        (tmp_path / name).write_bytes(gzip.decompress(golden.read_bytes()))
    second, third = Catalog(tmp_path / "second"), Catalog(tmp_path / "third")
    try:
        assert [third.document(id) for id in third.documents()] == [second.document(id) for id in second.documents()]
    finally:
        second.close()
        third.close()
    assert (tmp_path / "third.schema3.bak").exists()


@given(st.text(alphabet=st.sampled_from("aé\ud800\U0001f600\n"), max_size=3 * PART), st.data())
@settings(max_examples=30, deadline=None)
def test_a_text_in_parts_is_the_text(text: str, data: st.DataObject) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE texts (document, part, text)")
        texts.insert(connection, 7, text)
        kept = Texts()
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        assert kept.slice(connection, 7, start, end) == text[start:end]
        assert kept.whole(connection, 7) == text
        assert texts.openings(connection, [7], 5_000).get(7, "") == text[:5_000]


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_excerpt_says_of_a_span_what_the_document_says(catalog: Catalog, data: st.DataObject) -> None:
    """Everything that a passage is made of, so that a search need not load documents whole."""
    plain = synthetic.document(synthetic.prose(1), bates="HP")
    text = plain.text
    middle = len(text) // 2
    regions = (Region("header", 0, 8), Region("hidden", 40, 52, "white"), Region("line", 60, 90, "7"),
               Region("table", middle - 30, middle + 30, "Item | Price"))  # fmt: skip
    document = dataclasses.replace(plain, regions=regions)
    if not catalog.documents():
        put(catalog, document)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = catalog.excerpt(document.id, start, end)
    assert found.text[start:end] == text[start:end]
    assert found.regions_of(start, end) == document.regions_of(start, end)
    assert [page.number for page in found.pages_of(start, end)] == [one.number for one in document.pages_of(start, end)]
    assert found.section_of(start) == document.section_of(start)
    assert found.bates_of(start, end) == document.bates_of(start, end)
    assert reading.boxes_of(found, start, end) == reading.boxes_of(document, start, end)
    assert reading.parted(found, start, end) == reading.parted(document, start, end)
    assert pin(found, start, end) == pin(document, start, end)
    assert (found.path, found.paged, found.kind) == (document.path, document.paged, document.kind)


def test_a_common_phrase_is_not_sought_in_every_document(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [synthetic.document(f"The Borrower pays. {synthetic.prose(seed)}", f"{seed}.txt") for seed in range(5)]
    for document in documents:
        put(catalog, document)
    sought, real = [], phrase.occurrences

    def counted(*given: Any, **options: Any) -> list[tuple[int, int]]:
        sought.append(given)
        return real(*given, **options)

    monkeypatch.setattr(phrase, "occurrences", counted)
    places = catalog.standing("the borrower pays", first=[documents[3].id, documents[1].id])
    assert [next(places)[0] for _ in range(3)] == [documents[at].id for at in (3, 1, 0)]
    assert len(sought) == 3
    assert len(catalog.phrase("the borrower pays")) == 5


def test_changes_are_counted_by_whom_ever_they_are_made(catalog: Catalog) -> None:
    seen = [catalog.changes()]

    def changed() -> bool:
        seen.append(catalog.changes())
        return seen[-1] != seen[-2]

    document = synthetic.document(synthetic.prose(1))
    put(catalog, document)
    assert changed()
    catalog.set_audit_head(AuditHead(1, 2, "3"))
    assert not changed()
    other = Catalog(catalog._database.path)
    other.missing(document.path)
    other.close()
    assert changed()
    catalog.remove(document.id)
    assert changed()
    assert not changed()


def test_summaries_go_with_their_document(catalog: Catalog, tmp_path: Path) -> None:
    document = synthetic.document(" ".join(synthetic.prose(seed) for seed in range(4)))
    put(catalog, document, publish=False)
    with pytest.raises(KeyError):
        catalog.summaries(document.id)
    catalog.publish(document.id)
    (summary,) = catalog.summaries(document.id)
    assert all(document.text[span.start : span.end].startswith("Document number") for span in summary.spans)
    catalog.remove(document.id)
    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM summaries").fetchone() == (0,)
    connection.close()


def test_damaged_file_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(EnvironmentFault, match="cannot be used"):
        Catalog(tmp_path / "catalog.sqlite")
