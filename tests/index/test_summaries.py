"""What stands for the sections of a document: which sentences, and that they are spans of the text."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from legalqa.index.summaries import summarized
from legalqa.index.vectors import searchable, texts_of
from legalqa.values.document import Chunk, Document, Region, Section
from tests.index import synthetic

RENT = (
    "4.1 Base Rent. Tenant shall pay base rent to Landlord when the bell rings. "
    "For purposes of this Section the word bell is used as in a church. "
    "Base rent is payable at the office of Landlord.\n"
)
TERM = (
    "4.2 Late Charges. Any notice lies in the drawer of the desk. "
    "Tenant shall pay a late charge of five percent on rent that is not paid when due. "
    "The desk is brown and the drawer is stuck.\n"
)


def made(*sections: tuple[str, str, str], regions: tuple[Region, ...] = ()) -> Document:
    """A document of sections (number, title, text), a child for each sentence."""
    text = "".join(body for *_, body in sections)
    document = synthetic.document(text)
    parts, chunks, at = [], [], 0
    for number, title, body in sections:
        parts.append(Section(number, title, 2, at, at + len(body), (f"{number} {title}",)))
        places = [at, *(at + i + 2 for i in range(len(body)) if body[i : i + 2] == ". " and 20 < i < len(body) - 2)]
        chunks += [Chunk(f"{start}", start, end, None, (title,)) for start, end in pairwise((*places, at + len(body)))]
        at += len(body)
    return dataclasses.replace(document, sections=tuple(parts), chunks=tuple(chunks), regions=regions)


def words_of(document: Document, vectors: NDArray[np.float32] | None = None) -> list[list[str]]:
    """The summaries' words; without `vectors` every child is as near to the centroid as any other."""
    if vectors is None:
        vectors = np.tile(np.eye(1, synthetic.SIZE, dtype=np.float32), (len(searchable(document)), 1))
    return [
        [document.text[span.start : span.end] for span in summary.spans] for summary in summarized(document, vectors)
    ]


def test_an_operative_sentence_about_the_heading_stands_for_a_section() -> None:
    document = made(("4.1", "Base Rent", RENT), ("4.2", "Late Charges", TERM))
    assert words_of(document) == [
        ["Tenant shall pay base rent to Landlord when the bell rings."],
        ["Tenant shall pay a late charge of five percent on rent that is not paid when due."],
    ]


def test_the_sentence_nearest_to_the_centroid_stands_for_a_section() -> None:
    body = "".join(f"The tenant takes room number {number} of the house. " for number in range(1, 7))
    document = made(("4.1", "Letting", f"4.1 Letting. {body}"))
    near = np.array(((1, 0), (0, 1), (0, 1), (0.71, 0.71), (0.3, 0.95), (0, 1)), np.float32)
    assert words_of(document, near) == [["The tenant takes room number 5 of the house."]]


def test_a_long_section_has_several_in_the_order_of_its_text() -> None:
    body = "5. Covenants. " + "".join(
        f"Tenant shall keep item number {number} of the premises in good repair and shall not alter it. "
        for number in range(40)
    )
    document = made(("5.", "Covenants", body))
    (summary,) = summarized(document, synthetic.embed(texts_of(document)))
    assert len(summary.spans) == 2
    assert list(summary.spans) == sorted(summary.spans)
    for span in summary.spans:
        assert document.text[span.start : span.end].startswith("Tenant shall keep item number ")
        assert document.text[span.start : span.end].endswith("not alter it.")


def test_tables_signatures_and_hidden_text_stand_for_nothing() -> None:
    hidden = RENT.index("Tenant")
    document = made(("4.1", "Base Rent", RENT), regions=(Region("table", hidden, RENT.index("For purposes")),))
    assert words_of(document) == [["Base rent is payable at the office of Landlord."]]
    document = dataclasses.replace(document, regions=(Region("hidden", hidden, RENT.index("For purposes"), "white"),))
    assert words_of(document) == [["Base rent is payable at the office of Landlord."]]


def test_a_document_without_sections_is_one() -> None:
    document = dataclasses.replace(made(("4.1", "Base Rent", RENT)), sections=(), title="Base rent")
    (summary,) = summarized(document, synthetic.embed(texts_of(document)))
    assert summary.section == 0
    assert "shall pay base rent" in document.text[summary.spans[0].start : summary.spans[0].end]


def test_nothing_stands_for_nothing() -> None:
    document = dataclasses.replace(made(("4.1", "Base Rent", RENT)), chunks=())
    assert summarized(document, np.zeros((0, 0), np.float16)) == ()
    assert searchable(document) == []


def test_an_item_of_a_list_within_one_child_has_no_summary() -> None:
    document = made(("(a)", "", "(a) the tenant shall pay the rent when it is due and not later;\n"))
    assert words_of(document) == []


def test_a_page_number_at_the_end_of_a_sentence_is_not_copied() -> None:
    body = "4.1 Base Rent. Tenant shall pay base rent to Landlord every month. 18 ________________\n"
    assert words_of(made(("4.1", "Base Rent", body)))[0] == ["Tenant shall pay base rent to Landlord every month."]


def test_a_list_of_names_stands_for_nothing() -> None:
    body = "Annex I. Central Stock Plans 35 Central Stock Repurchase Program 3 Certificate 2 Closing 2 Closing Date 2\n"
    assert words_of(made(("Annex I.", "Index", body))) == []
