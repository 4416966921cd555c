"""Exact phrases: folding, and that the full-text index never narrows a true find away."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalqa.index import phrase
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import searchable
from legalqa.values.document import Region
from tests.index import synthetic


def spans(needle: str, text: str) -> list[str]:
    pattern = phrase.pattern(needle)
    return [match.group() for match in pattern.finditer(text)] if pattern else []


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("shall not assign", "Tenant shall\n\f  NOT assign it"),
        ('Tenant\'s "Base Rent"', "Tenant’s “Base\tRent” is"),
        ("termination", "upon termi-\nnation of"),
        ("termination", "upon termi\u00adnation of"),
        ("non-compete", "a non-\ncompete clause"),
        ("non-compete", "a non‑compete clause"),
        ("efficient office", "an eﬃcient oﬀice"),
        ("eﬃcient", "an efficient one"),
        ("Section 4.2", "see Section 4.2."),
        ("$4,000", "pays $4,000 monthly"),
        ("(a) the rent", "(a) the rent"),
    ],
)
def test_found(needle: str, text: str) -> None:
    assert len(spans(needle, text)) == 1


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("assign", "reassign assigns"),
        ("re-sign", "to resign"),
        ("resign", "to re-sign"),
        ("4,000", "14,000 and 4,0001"),
        ("shall assign", "shall not assign"),
        ("§", "§ 4"),
        ("", "anything"),
    ],
)
def test_not_found(needle: str, text: str) -> None:
    assert spans(needle, text) == []


_PIECES = st.sampled_from(
    [
        "non",
        "compete",
        "Tenant",
        "’s",
        "-",
        "-\n",
        "\u00ad",
        " ",
        "\n",
        "\f",
        "“",
        "ﬁ",
        "fi",
        "§",
        ".",
        "4",
        "é",
        "_",
        "\0",
    ]
)


@given(data=st.data(), pieces=st.lists(_PIECES, min_size=1, max_size=25))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_index_narrows_no_true_find_away(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, pieces: list[str]
) -> None:
    text = "".join(pieces)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    needle = text[start:end]
    catalog = Catalog(tmp_path_factory.mktemp("phrase") / "catalog.sqlite")
    try:
        document = synthetic.document(text)
        vectors = np.zeros((len(searchable(document)), 4), np.float16)
        catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
        catalog.publish(document.id)
        pattern = phrase.pattern(needle)
        expected = [(document.id, *match.span()) for match in pattern.finditer(text)] if pattern else []
        assert catalog.phrase(needle) == expected
    finally:
        catalog.close()


def test_over_the_whole_matter_with_true_offsets(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    documents = [
        synthetic.document("The Landlord\nshall  maintain the roof. " * 3, "1.txt"),
        synthetic.document("Nothing of the kind.", "2.txt"),
        synthetic.document("(c) the landlord shall maintain the roof", "3.txt"),
    ]
    for document in documents:
        vectors = np.zeros((len(searchable(document)), 4), np.float16)
        catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
        catalog.publish(document.id)
    found = catalog.phrase("landlord shall maintain the roof")
    texts = {document.id: document.text for document in documents}
    assert [id for id, _, _ in found] == [documents[0].id] * 3 + [documents[2].id]
    assert {re.sub(r"\s+", " ", texts[id][start:end]).lower() for id, start, end in found} == {
        "landlord shall maintain the roof"
    }
    assert catalog.phrase('") OR (*') == []
    assert catalog.phrase("?!") == []
    catalog.close()


def test_a_phrase_runs_over_a_page_break_and_a_running_head_is_found_itself() -> None:
    text = "Tenant shall pay\n\fHARBOR LEASE\nthe Base Rent.\nSECRET"
    regions = [
        Region("header", text.index("HARBOR"), text.index("HARBOR") + 12),
        Region("hidden", text.index("SECRET"), len(text)),
    ]

    def found(needle: str, *, hidden: bool = False) -> list[str]:
        wanted = phrase.pattern(needle)
        assert wanted
        return [text[a:b] for a, b in phrase.occurrences(wanted, text, regions, hidden=hidden)]

    assert found("shall pay the base rent") == ["shall pay\n\fHARBOR LEASE\nthe Base Rent"]
    assert found("harbor lease") == ["HARBOR LEASE"]
    assert found("secret") == []
    assert found("secret", hidden=True) == ["SECRET"]
    words = phrase.indexed(text, regions).split()
    assert words == ["Tenant", "shall", "pay", "the", "Base", "Rent.", "HARBOR", "LEASE"]


@given(st.text("ab \n", max_size=20), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=3))
def test_furniture_hides_no_occurrence_that_it_does_not_hold(text: str, spans: list[tuple[int, int]]) -> None:
    regions = [Region("stamp", min(a, b, len(text)), min(max(a, b), len(text))) for a, b in spans]
    wanted = phrase.pattern("ab a")
    assert wanted
    plain = {match.span() for match in wanted.finditer(text)}
    assert plain <= set(phrase.occurrences(wanted, text, regions))


def test_each_half_of_a_word_that_a_line_end_breaks_is_found_also_after_the_index_was_made_anew(tmp_path: Path) -> None:
    text = "Tenant signs a non-\ncompete covenant with the Land\u00adlord."
    catalog = Catalog(tmp_path / "catalog.sqlite")
    try:
        document = synthetic.document(text)
        vectors = np.zeros((len(searchable(document)), 4), np.float16)
        catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options="")
        catalog.publish(document.id)
        for _ in range(2):
            for needle in (
                "a non",
                "compete covenant with",
                "compete",
                "noncompete",
                "non-compete covenant",
                "the land",
            ):
                assert len(catalog.phrase(needle)) == 1, needle
            with contextlib.closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection, connection:
                phrase.again(connection)
        catalog.remove(document.id)
        assert catalog.phrase("compete") == []
    finally:
        catalog.close()
