"""What a question points at itself, looked up in a catalog without a search."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from legalqa.answer.where import parse
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import searchable
from legalqa.pointing import Pointing
from legalqa.values.document import Definition, Document, Section
from legalqa.values.question import Mention, Scope, Understood
from tests.index import synthetic


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """Two leases in the same words, of different Bates ranges; a section of each is numbered 2.1."""
    from dataclasses import replace

    made = []
    for number, prefix in enumerate(("HARBOR", "PIER")):
        text = "".join(f"{prefix.title()} clause {at} of the lease.".ljust(79, ".") + "\n" for at in range(12))
        document = synthetic.document(text, f"files/{number}.txt", bates=prefix)
        sections = (*document.sections, Section("2.1", "Rent", 2, 240, 400, ("2 TERM", "2.1 Rent")))
        definitions = (Definition("Base Rent", 160, 200), Definition("Term", 560, 600))
        made.append(replace(document, sections=sections, definitions=definitions))
    return made


@pytest.fixture(scope="module")
def catalog(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    made = Catalog(tmp_path_factory.mktemp("pointing") / "catalog.sqlite")
    for document in documents:
        vectors = np.zeros((len(searchable(document)), synthetic.SIZE), np.float16)
        made.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
        made.publish(document.id)
    yield made
    made.close()


def pointing(catalog: Catalog, question: Understood, where: str = "") -> Pointing:
    def fits(document: Document, start: int, end: int, conditions: object) -> bool:
        return document.path == "files/1.txt"

    return Pointing(catalog, fits, question, parse(where))


def spans(catalog: Catalog, question: Understood, where: str = "") -> list[tuple[str, int, int]]:
    found = pointing(catalog, question, where).named()
    return [(stored.document_id, stored.chunk.start, stored.chunk.end) for stored in found]


def test_a_bates_number_and_a_range_name_their_pages(catalog: Catalog, documents: list[Document]) -> None:
    harbor = documents[0]
    held = (harbor.id,)
    one = Mention(0, 1, "bates", "HARBOR 000002", held)
    middle = harbor.pages[0].end
    assert spans(catalog, Understood("q", "q", (one,)))[0] == (harbor.id, middle, middle + 80)
    both = Mention(0, 1, "bates", "HARBOR000001-2", held)
    assert [start for _, start, _ in spans(catalog, Understood("q", "q", (both,)))] == list(range(0, 640, 80))
    assert spans(catalog, Understood("q", "q", (Mention(0, 1, "bates", "HARBOR000009", held),))) == []


def test_a_cite_counts_in_the_documents_asked_about(catalog: Catalog, documents: list[Document]) -> None:
    cite = Mention(0, 1, "cite", "§ 2.1")
    assert spans(catalog, Understood("q", "q", (cite,))) == []
    for document in documents:
        scoped = Understood("q", "q", (cite,), (Scope(document.id, 1.0),))
        assert spans(catalog, scoped) == [(document.id, 240, 320), (document.id, 320, 400)]
    unknown = Understood("q", "q", (Mention(0, 1, "cite", "§ 9.9"),), (Scope(documents[0].id, 1.0),))
    assert spans(catalog, unknown) == []


def test_exact_words_are_found_everywhere_those_of_the_documents_asked_about_first(
    catalog: Catalog, documents: list[Document]
) -> None:
    harbor, pier = (document.id for document in documents)
    question = Understood("q", "q", scopes=(Scope(pier, 1.0),), phrases=("clause 3 of the lease",))
    found = pointing(catalog, question).exact()
    assert [stored.document_id for stored in found] == [pier, harbor]
    assert all("clause 3 of the lease" in stored.text for stored in found)
    assert pointing(catalog, Understood("q", "q", phrases=("clause 33",))).exact() == []


def test_only_what_meets_the_conditions_is_pointed_at(catalog: Catalog, documents: list[Document]) -> None:
    question = Understood("q", "q", phrases=("clause 3 of the lease",))
    assert [stored.document_id for stored in pointing(catalog, question, "type=lease").exact()] == [documents[1].id]


def test_a_term_that_is_to_be_defined_is_looked_up(catalog: Catalog, documents: list[Document]) -> None:
    asked = 'What is the definition of "Base Rent"?'
    second = documents[1]
    assert spans(catalog, Understood(asked, asked, scopes=(Scope(second.id, 1.0),))) == [(second.id, 160, 240)]
    assert spans(catalog, Understood(asked, asked), "document=1.txt") == [(second.id, 160, 240)]
    assert spans(catalog, Understood(asked, asked)) == []  # of which of the two leases?
    other = "What is the base rent?"
    assert spans(catalog, Understood(other, other, scopes=(Scope(second.id, 1.0),))) == []


def test_the_outline_of_a_document_is_its_titles(catalog: Catalog, documents: list[Document]) -> None:
    outline = catalog.outline(documents[0].id)
    assert outline.children == len(searchable(documents[0]))
    assert outline.titles == {section.path: section.title for section in documents[0].sections}
    with pytest.raises(KeyError):
        catalog.outline("unknown")
