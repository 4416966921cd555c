"""The facts of a matter by which questions name its documents: read from the catalog, renewed when it changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legalqa.answer.where import parse
from legalqa.errors import UserError
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import searchable
from legalqa.suggesting import Suggesting
from legalqa.understanding import Understanding
from legalqa.values.document import Definition, Document, Metadatum, Page, Section
from legalqa.values.question import Suggestion
from tests.index.synthetic import fact


def lease(name: str, party: str, **changes: object) -> Document:
    text = f"LEASE by {party}, of the Brightwater warehouse. “Rent” means ten dollars."
    document = Document(
        str(uuid.uuid5(uuid.NAMESPACE_URL, name)), f"/m/{name}", uuid.uuid5(uuid.NAMESPACE_DNS, name).hex * 2, "txt",
        "Warehouse Lease", "lease", "2019-03-01", (party,), True, text,
        (Page(1, "1", "text", 0, len(text), 612, 792, bates="HB000101"),
         Page(2, "2", "blank", len(text), len(text), 612, 792, bates="HB000102")),
        definitions=(Definition("Rent", 0, 4),),
        metadata=(Metadatum("governing_law", "Delaware"), Metadatum("signatory", "Ann Smith")),
    )  # fmt: skip
    return replace(document, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite")
    yield made
    made.close()


def put(catalog: Catalog, document: Document) -> None:
    embeddings = np.zeros((len(list(searchable(document))), 4), np.float16)
    catalog.put(document, embeddings, fact(document), ingest_version="1", options="")
    catalog.publish(document.id)


def test_what_the_catalog_knows_of_a_document(catalog: Catalog) -> None:
    document = lease("harbor.txt", "Harbor Point LLC")
    put(catalog, document)
    catalog.attach(replace(fact(document), path="/m/copy of harbor.txt"), document.id)
    ((_, facts),) = catalog.facts([row for row, _, _ in catalog.named()][:1])
    assert facts.id == document.id
    assert set(facts.names) == {"harbor.txt", "copy of harbor.txt"}
    assert (facts.title, facts.type, facts.date, facts.parties) == (
        document.title, document.type, document.date, document.parties,
    )  # fmt: skip
    assert (facts.law, facts.people, facts.bates) == ("Delaware", ("Ann Smith",), ("HB000101", "HB000102"))
    assert facts.definitions == document.definitions
    assert document.text.startswith(facts.opening) or facts.opening.startswith(document.text)
    assert catalog.with_word("brightwater") == [document.id]
    assert catalog.with_word("!") == []


def test_facts_follow_the_matter(catalog: Catalog) -> None:
    understanding = Understanding(catalog, dict)
    question = "In the Harbor Point lease, who pays?"
    assert understanding.of(question).scopes == ()
    harbor, cedar = lease("harbor.txt", "Harbor Point LLC"), lease("cedar.txt", "Cedar LLC", title="Office Lease")
    put(catalog, harbor)
    put(catalog, cedar)
    assert [scope.document_id for scope in understanding.of(question).scopes] == [harbor.id]
    same = understanding.facts()
    assert understanding.facts() is same
    catalog.remove(harbor.id)
    assert all(scope.document_id == cedar.id for scope in understanding.of(question).scopes)


def test_what_amends_a_document_is_looked_at_with_it(catalog: Catalog) -> None:
    harbor = lease("harbor.txt", "Harbor Point LLC")
    change = lease("change.txt", "Nobody LLC", title="Amendment", type="amendment", text="AMENDMENT")
    put(catalog, harbor)
    put(catalog, change)
    scopes = Understanding(catalog, lambda: {harbor.id: [change.id]}).of("In the Harbor Point lease, who pays?").scopes
    assert [(scope.document_id, scope.reason) for scope in scopes][1] == (change.id, "amends it")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ('party="Habor Point"', "did you mean Harbor Point LLC"),
        ("party=Zenith", "no document of the matter has the party 'Zenith'"),
        ("document=habor.txt", "did you mean harbor.txt"),
    ],
)
def test_a_filter_by_what_the_matter_does_not_have_is_refused(catalog: Catalog, where: str, said: str) -> None:
    put(catalog, lease("harbor.txt", "Harbor Point LLC"))
    with pytest.raises(UserError, match=said):
        Understanding(catalog, dict).check(parse(where))


@pytest.mark.parametrize(
    "where", ["party=harbor", 'party="HARBOR POINT, L.L.C."', "document=HARBOR.txt", "party!=Zenith", ""]
)
def test_a_filter_by_what_the_matter_has_is_taken(catalog: Catalog, where: str) -> None:
    put(catalog, lease("harbor.txt", "Harbor Point LLC"))
    Understanding(catalog, dict).check(parse(where))


def headed(name: str, party: str, *titles: str, terms: tuple[str, ...] = ("Rent",)) -> Document:
    sections = tuple(Section("", title, 1, at, at + 1, (title,)) for at, title in enumerate(titles))
    definitions = tuple(Definition(term, 0, 4) for term in terms)
    return lease(name, party, sections=sections, definitions=definitions)


def test_what_most_documents_have_is_suggested_first(catalog: Catalog) -> None:
    put(catalog, headed("one.txt", "Harbor Point LLC", "Late Charges", terms=("Premises", "Rent")))
    put(catalog, headed("two.txt", "Cedar LLC", "LATE CHARGES", "Use", "x" * 80, "ab", terms=("Rent",)))
    put(catalog, headed("three.txt", "Harbor Point LLC", "Base Rent", "  Rent  "))
    put(catalog, replace(headed("mail.eml", "Harbor Point LLC", "From Ann Smith, Monday"), kind="eml"))
    found = Suggesting(catalog).all()
    assert [one.text for one in found if one.kind == "term"] == ["Rent", "Premises"]
    assert [one.text for one in found if one.kind == "party"] == ["Harbor Point LLC", "Cedar LLC"]
    headings = [one.text for one in found if one.kind == "heading"]
    assert headings == ["Late Charges", "Base Rent", "Use"], "Rent is a term already, and nobody types in capitals"
    assert found[0] == Suggestion("Rent", "term")


def test_suggestions_follow_the_matter_and_are_made_once(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    suggesting = Suggesting(catalog)
    assert suggesting.all() == ()
    one = headed("one.txt", "Harbor Point LLC")
    put(catalog, one)
    known = suggesting.all()
    assert Suggestion("Harbor Point LLC", "party") in known
    with monkeypatch.context() as patch:
        patch.setattr(catalog, "suggestions", lambda: pytest.fail("nothing has changed"))
        assert suggesting.all() is known
    catalog.remove(one.id)
    assert suggesting.all() == ()


def test_what_is_pending_is_not_suggested_and_each_kind_has_its_most(catalog: Catalog) -> None:
    many = headed("one.txt", "Harbor Point LLC", *(f"Heading {at:04}" for at in range(900)))
    embeddings = np.zeros((len(list(searchable(many))), 4), np.float16)
    catalog.put(many, embeddings, fact(many), ingest_version="1", options="")
    assert Suggesting(catalog).all() == ()
    catalog.publish(many.id)
    headings = [one for one in Suggesting(catalog).all() if one.kind == "heading"]
    assert len(headings) == 400
