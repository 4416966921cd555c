"""What goes into the index: the texts, names and keys of points."""

from __future__ import annotations

import dataclasses

import numpy as np

from legalqa.index.vectors import (
    document_keys,
    embedded_text,
    opening_names,
    points_of,
    ranked_text,
    searchable,
    texts_of,
    word_prefixes,
)
from legalqa.values.document import Region
from tests.index import synthetic


def test_embedded_text_names_title_and_section_in_few_words() -> None:
    path = ("EXHIBIT B WORK", "ARTICLE IV RENT", "4.2 Late Charges on Overdue Rent and Other Sums", "(a)")
    assert embedded_text("Lease", path[:3], "Five percent.") == (
        "Lease — RENT — Late Charges on Overdue Rent\nFive percent."
    )
    assert embedded_text("Lease", path, "It accrues.") == "Lease — Late Charges on Overdue Rent\nIt accrues."
    assert embedded_text("Lease", ("LIMITATION",), "None.") == "Lease — LIMITATION\nNone."
    assert embedded_text("", (), "Five percent.") == "Five percent."
    assert embedded_text("Invoice", (), "1 | 375.00", "Line | Amount") == (
        "Invoice\nHeader: Line | Amount\nRow: 1 | 375.00"
    )


def test_ranked_text_keeps_the_whole_path() -> None:
    assert ranked_text("Lease", ("ARTICLE 4 RENT", "4.2 Late Charges"), "Five percent.") == (
        "Lease — ARTICLE 4 RENT — 4.2 Late Charges\nFive percent."
    )


def test_opening_names_are_said_once_and_only_from_the_opening() -> None:
    opening = "This Agreement is between CopAcc and ToP Mentors, and CopAcc pays. "
    assert opening_names(opening + "x" * 1500 + " Delaware") == "This Agreement CopAcc ToP Mentors"


def test_every_searchable_chunk_is_a_point_of_its_own_text() -> None:
    document = synthetic.document("The Lease of Harbor Point. " + synthetic.prose(1), bates="HP")
    embeddings = synthetic.embed(texts_of(document)).astype(np.float16)
    points = list(points_of(document, embeddings, ("Lease.pdf",)))
    assert [point.id for point in points] == [chunk.id for chunk in document.chunks if chunk.parent_id]
    for point, chunk, row in zip(points, searchable(document), embeddings, strict=True):
        assert document.text[chunk.start : chunk.end] in point.text
        assert point.text.startswith("The Lease Harbor Point.")
        assert np.array_equal(np.frombuffer(point.vector, "<f4"), row.astype("<f4"))
        assert point.pages == tuple(page.number for page in document.pages_of(chunk.start, chunk.end))
        assert point.bates == document.bates_of(chunk.start, chunk.end)


def test_a_table_of_contents_is_not_searched() -> None:
    document = synthetic.document(synthetic.prose(1), chunk=40)
    first, *others = searchable(document)
    listed = Region("contents", 0, first.end + 10)  # into the second chunk, which is text as well
    assert searchable(dataclasses.replace(document, regions=(listed,))) == others
    throughout = Region("contents", 0, len(document.text))
    assert searchable(dataclasses.replace(document, regions=(throughout,))) == [first, *others]


def test_party_and_document_keys() -> None:
    assert word_prefixes("Harbor  Point, L.L.C.") == ["harbor", "harbor point", "harbor point llc"]
    assert document_keys("id", ["A B.pdf", "a b.PDF"]) == ["id", "a b.pdf"]
