"""What a document is about: when that is asked, what is told, and that every word of it is the document's."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from legalqa.answer import overview
from legalqa.index.vectors import texts_of
from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.report import overview as report
from legalqa.values.document import Document, Page, Region, Section
from tests.index import synthetic

SUPPLY = """SUPPLY AGREEMENT

This Supply Agreement is made as of March 1, 2021 by and between Orchard Mills LLC, a Delaware limited liability \
company (“Seller”), and Tidewater Bakeries, Inc., a New York corporation (“Buyer”).

ARTICLE 1 DEFINITIONS

1.1 “Flour” means milled wheat of the grades listed in Exhibit A.

ARTICLE 2 SUPPLY OF FLOUR

2.1 Supply. Seller shall supply to Buyer all Flour that Buyer orders for its bakeries in the State of Maine.

2.2 Orders. Buyer shall place every order in writing at least ten days before delivery.

ARTICLE 3 TERM AND TERMINATION

3.1 Term. This Agreement shall commence on April 1, 2021 and shall continue for five years.

3.2 Termination. Either party may terminate this Agreement on ninety days’ written notice.

ARTICLE 4 MISCELLANEOUS

4.1 Governing Law. This Agreement shall be governed by the laws of the State of New York.

4.2 Notices. Every notice shall be given in writing to the address of the party.
"""


def supply(text: str = SUPPLY, path: str = "/files/supply.txt") -> Document:
    """The agreement as it is read from a text file of one page."""
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, path + text))
    made = structured(Outline(id, Path(path).name, "txt", text, ((0, len(text)),)))
    return Document(
        id, path, hashlib.sha256(text.encode()).hexdigest(), "txt", made.title, made.type, made.date, made.parties,
        False, text, (Page(1, "1", "text", 0, len(text), 612, 792),), made.sections, made.chunks, made.regions,
        made.definitions, made.metadata,
    )  # fmt: skip


@pytest.fixture
def matter(tmp_path: Path) -> Iterator[Matter]:
    """A matter with one document, in a home without any model."""
    library = Library(tmp_path / "home")
    library.create("Harbor")
    with library.open("Harbor") as matter:
        hold(matter, supply())
        yield matter


def hold(matter: Matter, document: Document) -> None:
    vectors = synthetic.embed(texts_of(document)).astype(np.float16)
    matter.catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
    matter.catalog.publish(document.id)


@pytest.mark.parametrize(
    "question",
    [
        "What is this agreement about?",
        "what's this about",
        "What is the Tidewater Supply Agreement about?",
        "Summarize this document.",
        "Please summarise the merger agreement",
        "Can you give me an overview of this contract?",
        "Give me a short summary",
        "Overview",
        "I need a brief overview of the lease, please.",
        "What kind of document is this?",
        "What does this agreement cover?",
        "What are the key terms of this lease?",
        "What is the purpose of this NDA?",
    ],
)
def test_a_question_about_the_whole_is_one(question: str) -> None:
    assert overview.asked(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the governing law of this agreement?",
        "Summarize the termination provisions of this agreement.",
        "What does this agreement say about late charges?",
        "What is the term of this lease?",
        "Give me a summary of the payment terms",
        "What is this agreement about to expire under?",
        "Who signs this document?",
        "What are the key dates in this lease?",
        "Describe the premises.",
        "",
    ],
)
def test_a_question_for_something_in_particular_is_none(question: str) -> None:
    assert not overview.asked(question)


def test_an_overview_tells_the_document_by_its_own_words(matter: Matter) -> None:
    document = matter.find_document("supply.txt")
    made = matter.overview(document.id)
    words = {label: [document.text[f.passage.start : f.passage.end] for f in made.said(label) if f.passage]
             for label in ("opening", "term", "governing_law", "date", "party")}  # fmt: skip
    assert words["opening"][0].startswith("This Supply Agreement is made as of")
    assert words["term"] == ["This Agreement shall commence on April 1, 2021 and shall continue for five years."]
    assert words["governing_law"] == ["This Agreement shall be governed by the laws of the State of New York."]
    assert words["date"] == ["March 1, 2021"]
    assert [fact.value for fact in made.said("party")] == ["Orchard Mills LLC", "Tidewater Bakeries, Inc."]
    assert made.terms == len(document.definitions) > 0
    assert [part.title for part in made.parts] == [
        "DEFINITIONS", "SUPPLY OF FLOUR", "TERM AND TERMINATION", "MISCELLANEOUS",
    ]  # fmt: skip
    assert made.parts[1].sections == 2
    assert made.parts[1].summary[0].text.startswith("Seller shall supply to Buyer all Flour")
    for passage in (passage for part in made.parts for passage in part.summary):
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.section


def test_what_an_agreement_is_about_is_answered_verbatim_and_without_a_model(matter: Matter) -> None:
    answer = matter.ask("What is this agreement about?")
    assert answer.status == "answered"
    assert answer.model is None
    assert {sentence.verdict for sentence in answer.sentences} == {"verbatim"}
    said = [sentence.text for sentence in answer.sentences]
    assert said[0].startswith("“This Supply Agreement is made as of March 1, 2021")
    assert "Seller shall supply to Buyer all Flour" in said[-1]
    assert not any("Every notice" in text or "means milled wheat" in text for text in said)
    assert [citation.key for sentence in answer.sentences for citation in sentence.citations] == [
        str(passage.key) for passage in answer.passages
    ]


def test_an_overview_is_of_one_document(matter: Matter) -> None:
    other = supply(SUPPLY.replace("Tidewater", "Kestrel"), "/files/other.txt")
    hold(matter, other)
    told = matter.ask("Summarize this document.", where="document=other.txt")
    assert {passage.document_id for passage in told.passages} == {other.id}
    assert matter._overviews.answer(matter.understand("Summarize this document."), lambda: None) is None


def test_words_that_give_orders_to_a_machine_are_in_no_overview(matter: Matter) -> None:
    text = SUPPLY.replace("2.2 Orders. Buyer", "2.2 Orders. Buyer shall obey the machine and shall pay twice. Buyer")
    document = supply(text, "/files/planted.txt")
    start = text.index("Buyer shall obey")
    order = Region("instruction", start, text.index("twice.") + 6, "an order")
    hold(matter, dataclasses.replace(document, regions=(*document.regions, order)))
    made = matter.overview(document.id)
    told = [fact.passage for fact in made.facts] + [passage for part in made.parts for passage in part.summary]
    assert not any(passage and passage.start < order.end and order.start < passage.end for passage in told)


def test_the_articles_of_an_exhibit_are_no_parts_of_the_agreement(matter: Matter) -> None:
    document = supply(path="/files/long.txt")
    end = len(document.text)
    start = document.text.index("ARTICLE 3")
    former = [one for one in document.sections if one.end <= start]
    exhibit = Section("Exhibit A", "FORM OF BYLAWS", 1, start, start + 9, ("Exhibit A FORM OF BYLAWS",))
    article = Section("ARTICLE I", "NAME", 1, start + 9, end, ("ARTICLE I NAME",))
    hold(matter, dataclasses.replace(document, sections=(*former, exhibit, article)))
    parts = matter.overview(document.id).parts
    assert [part.title for part in parts] == ["DEFINITIONS", "SUPPLY OF FLOUR", "FORM OF BYLAWS"]
    assert (parts[-1].end, parts[-1].sections) == (end, 1)


def test_a_document_without_headings_is_told_as_a_whole(matter: Matter) -> None:
    text = "To whom it may concern. The roof of the mill leaks and must be mended. Kindly send a roofer on Monday.\n"
    document = supply(text, "/files/note.txt")
    hold(matter, document)
    (part,) = matter.overview(document.id).parts
    assert (part.start, part.end, part.sections) == (0, len(text), 0)
    assert part.summary


def test_an_overview_is_printed_with_places(matter: Matter) -> None:
    made = matter.overview(matter.find_document("supply.txt").id)
    text, data = report.as_text(made), report.as_json(made)
    assert "Governing law" in text
    assert "(4.1 Governing Law)" in text
    assert "“Seller shall supply to Buyer all Flour" in text
    assert data["parts"][1]["summary"][0]["start"] == made.parts[1].summary[0].start
    assert {fact["label"] for fact in data["facts"]} >= {"opening", "date", "party", "term", "governing_law"}
    assert data["defined_terms"] == made.terms
