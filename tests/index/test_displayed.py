"""Documents as a window shows them: what is seen of them comes at once, the rest when somebody wants it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from legalqa.index import rows
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import texts_of
from legalqa.values.document import Document, Page, Region
from legalqa.values.words import Unopened, Words
from tests.index import synthetic


@pytest.fixture
def document() -> Document:
    plain = synthetic.document(synthetic.prose(1), bates="HP")
    return dataclasses.replace(plain, regions=(Region("header", 0, 8), Region("hidden", 40, 52, "white")))


@pytest.fixture
def catalog(tmp_path: Path, document: Document) -> Iterator[Catalog]:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    vectors = synthetic.embed(texts_of(document)).astype(np.float16)
    catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
    catalog.publish(document.id)
    yield catalog
    catalog.close()


def test_what_is_displayed_is_the_document_without_what_is_not_seen(catalog: Catalog, document: Document) -> None:
    bare = dataclasses.replace(document, sections=(), chunks=(), definitions=(), metadata=())
    assert document.chunks, "or there would be nothing to leave out"
    assert catalog.displayed(document.id) == bare
    assert catalog.sections(document.id) == document.sections
    with pytest.raises(KeyError):
        catalog.displayed("no such document")


def test_a_sheet_is_a_page_with_what_stands_on_it(catalog: Catalog, document: Document) -> None:
    assert len(document.pages) > 1
    for page in document.pages:
        sheet = catalog.sheet(document.id, page.number)
        assert sheet.pages == (page,)
        assert sheet.text[page.start : page.end] == document.text[page.start : page.end]
        assert sheet.regions_of(page.start, page.end) == document.regions_of(page.start, page.end)
        assert (sheet.path, sheet.sha256, sheet.kind) == (document.path, document.sha256, document.kind)
    assert catalog.sheet(document.id, len(document.pages) + 1).pages == ()


def test_the_words_of_a_page_are_unpacked_when_somebody_looks_at_them(
    catalog: Catalog, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked, real = [], rows._unpack_words

    def counted(blob: bytes, start: int) -> Words:
        unpacked.append(start)
        return real(blob, start)

    monkeypatch.setattr(rows, "_unpack_words", counted)
    found = catalog.displayed(document.id)
    assert unpacked == []
    second = found.pages[1]
    for _ in range(2):
        assert found.boxes_of(second.start, second.end) == document.boxes_of(second.start, second.end)
    assert unpacked == [second.start]


def test_unopened_words_are_the_words(document: Document) -> None:
    page = document.pages[1]
    words = Words.of(page.words)
    assert words

    def stored() -> Page:
        return dataclasses.replace(page, words=Unopened(lambda: words))

    assert stored() == page
    assert page == stored()
    assert hash(stored()) == hash(page)
    assert stored() == stored()
    assert list(Words.of(stored().words)) == list(words)
    assert Words.of(stored().words).moved(5) == words.moved(5)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(stored()), type=Page) == page
    assert pickle.loads(pickle.dumps(stored())) == page == copy.deepcopy(stored())
