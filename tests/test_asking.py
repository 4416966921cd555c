"""Questions put to a matter of a lease, its amendment, an NDA and a letter: shapes, amendments, premises, the cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa.errors import UserError
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.report import as_json, as_text

LEASE = """INDUSTRIAL LEASE

This Industrial Lease is made as of March 15, 2019, between Orchard Quay Properties, LLC ("Landlord") and Brindle
Foods, Inc. ("Tenant").

ARTICLE 1 TERMS

Section 1.1 Base Rent. Tenant shall pay Landlord a monthly base rent of $42,500.00 on the first day of each month.

Section 1.2 Deposit. On signing this Lease Tenant shall deposit $117,000.00 with Landlord as a security deposit.

Section 1.3 Response. Within forty-eight (48) hours after Landlord receives notice of a refrigeration failure, Landlord
shall cause a qualified technician to be present at the Premises.

Section 1.4 Notices. Every notice under this Lease must be in writing and is delivered by hand or by courier.

Section 1.5 Governing Law. The law of the State of Maine governs this Lease.
"""
AMENDMENT = """FIRST AMENDMENT TO INDUSTRIAL LEASE

This First Amendment is made as of September 20, 2021, between Orchard Quay Properties, LLC ("Landlord") and Brindle
Foods, Inc. ("Tenant"). Landlord and Tenant are parties to an Industrial Lease dated March 15, 2019 (the "Lease").

1. Security Deposit. In Section 1.2 of the Lease, "$117,000.00" is replaced with "$136,500.00".

2. Response. Section 1.3 of the Lease is deleted and replaced with the following: "Section 1.3 Response. Within
twenty-four (24) hours after Landlord receives notice of a refrigeration failure, Landlord shall cause a qualified
technician to be present at the Premises."

3. Ratification. Except as changed here, the Lease remains in full force.
"""
NDA = """MUTUAL NON-DISCLOSURE AGREEMENT

This Mutual Non-Disclosure Agreement is made as of January 8, 2024, between Brindle Foods, Inc. and Cobble Hill, LLC.

1. Secrecy. The recipient shall keep the confidential information secret for three years.

2. Governing Law. The law of the Commonwealth of Massachusetts governs this Agreement.
"""
LETTER = """June 11, 2024

Dear Mr. Renner,

We recommend that the compressor be replaced before the summer. The bearing is worn and the oil is full of iron.

Sincerely, Northgate Mechanical
"""
pytestmark = [pytest.mark.models, pytest.mark.slow]


@pytest.fixture(scope="module")
def matter(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Iterator[Matter]:
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    (home / "models").symlink_to(models_home / "models")
    for name, text in {"Lease": LEASE, "First Amendment": AMENDMENT, "NDA": NDA, "Letter": LETTER}.items():
        (files / f"{name}.txt").write_text(text, encoding="utf-8")
    library = Library(home)
    library.create("m")
    with library.open("m") as matter:
        matter.index([files], workers=1)
        yield matter


def test_what_replaces_the_cited_section_stands_before_it(matter: Matter) -> None:
    answer = matter.ask("How fast must a technician be present after a refrigeration failure?")
    first, second = answer.sentences[:2]
    assert (first.citations[0].document, second.citations[0].document) == ("First Amendment.txt", "Lease.txt")
    assert {first.verdict, second.verdict} == {"verbatim"}
    (remark,) = [one for one in answer.form.remarks if one.kind == "amended"]
    assert remark.sentences == (0, 1)
    assert "replaces Section 1.3" in remark.text
    assert [(value.value, value.unit, value.sentence) for value in answer.form.values] == [("24", "hour", 0)]
    text = as_text.answer(answer)
    assert text.startswith("twenty-four (24) hours — First Amendment.txt")
    assert "Note: FIRST AMENDMENT TO INDUSTRIAL LEASE of 2021-09-20 replaces Section 1.3" in text


def test_words_that_an_amendment_takes_out_do_not_lead(matter: Matter) -> None:
    answer = matter.ask("How much is the security deposit?")
    assert [value.text for value in answer.form.values] == ["$136,500.00"]
    (value,) = answer.form.values
    assert matter.document(value.document_id).text[value.start : value.end] == "$136,500.00"


def test_a_listing_has_a_row_for_every_document(matter: Matter) -> None:
    answer = matter.ask("Which agreements have a governing law clause?")
    assert answer.form.shape == "listing"
    rows = {row.document: row for row in answer.form.rows}
    assert set(rows) == {"Lease.txt", "NDA.txt", "First Amendment.txt"}
    for name, law in (("Lease.txt", "Maine"), ("NDA.txt", "Massachusetts")):
        (index,) = rows[name].sentences
        sentence = answer.sentences[index]
        assert sentence.verdict == "verbatim"
        assert law in sentence.text
        assert sentence.citations[0].document == name
    assert rows["First Amendment.txt"].sentences == ()
    assert "2 of 3 documents:" in as_text.answer(answer)
    assert "Searched without a finding: First Amendment.txt." in as_text.answer(answer)


def test_a_name_in_the_topic_must_stand_in_the_row(matter: Matter) -> None:
    answer = matter.ask("Which agreements are governed by Massachusetts law?")
    assert [row.document for row in answer.form.rows if row.sentences] == ["NDA.txt"]


def test_a_comparison_has_a_row_for_each_document_named(matter: Matter) -> None:
    answer = matter.ask("Compare the lease and the NDA on governing law")
    assert answer.form.shape == "comparison"
    assert [row.document for row in answer.form.rows] == ["Lease.txt", "NDA.txt"]
    laws = [answer.sentences[row.sentences[0]].text for row in answer.form.rows]
    assert "Maine" in laws[0]
    assert "Massachusetts" in laws[1]


def test_a_comparison_tells_in_what_alike_sentences_differ(matter: Matter) -> None:
    answer = matter.ask("How do the lease and the First Amendment differ on the response to a refrigeration failure?")
    assert [row.document for row in answer.form.rows] == ["Lease.txt", "First Amendment.txt"]
    (remark,) = [one for one in answer.form.remarks if one.kind == "differs"]
    assert "forty-eight" in remark.text
    assert "twenty-four" in remark.text


def test_a_false_premise_is_named_with_the_counts(matter: Matter) -> None:
    answer = matter.ask("Who is the guarantor under the lease?")
    assert (answer.status, answer.sentences) == ("not_found", ())
    (remark,) = answer.form.remarks
    assert (remark.kind, remark.text) == ("premise", "Lease.txt and its amendment do not mention a guarantor.")
    assert {count.term: count.count for count in answer.form.counts}["guarantor"] == 0
    assert answer.passages
    assert "“guarantor” nowhere" in as_text.answer(answer)


def test_where_nothing_answers_the_places_of_a_rare_word_come_first(matter: Matter) -> None:
    answer = matter.ask("How much was paid for the compressor?")
    assert answer.status == "not_found"
    assert {count.term: count.count for count in answer.form.counts}["compressor"] == 1
    assert answer.passages[0].text == "We recommend that the compressor be replaced before the summer."
    assert [passage.key for passage in answer.passages] == list(range(1, len(answer.passages) + 1))


def test_a_role_that_stands_there_is_no_false_premise(matter: Matter) -> None:
    answer = matter.ask("What must the tenant pay under the lease each month?")
    assert not any(remark.kind == "premise" for remark in answer.form.remarks)


def test_what_the_named_document_does_not_say_is_said_to_stand_elsewhere(matter: Matter) -> None:
    answer = matter.ask("How much is the monthly base rent under the NDA?")
    (remark,) = [one for one in answer.form.remarks if one.kind == "elsewhere"]
    assert remark.text == "Not found in NDA.txt; this stands in Lease.txt."
    assert answer.form.values == ()
    assert as_text.answer(answer).startswith(remark.text)
    inside = matter.ask("What law governs the NDA?")
    assert not any(one.kind == "elsewhere" for one in inside.form.remarks)


def test_a_name_that_the_record_does_not_know_is_a_false_premise(matter: Matter) -> None:
    answer = matter.ask("What does Acme Corporation owe under the lease?")
    assert answer.status == "not_found"
    assert [one.text for one in answer.form.remarks] == ["The searched documents do not mention “Acme Corporation”."]


def test_the_same_question_is_answered_from_the_cache_until_it_is_asked_anew(matter: Matter) -> None:
    question = "What law governs the NDA?"
    first, again = matter.ask(question, fresh=True), matter.ask(question)
    assert (first.cached, again.cached) == (False, True)
    assert again.sentences == first.sentences
    assert not matter.ask(question, fresh=True).cached
    assert not matter.ask(question, where="type=nda").cached
    assert not matter.ask("And the lease?", history=[question]).cached
    assert not matter.ask("And the lease?", history=["Who keeps what secret?"]).cached
    data = as_json.answer(again)
    assert (data["cached"], data["shape"], data["mode"]) == (True, "statement", "quote-first")
    json.dumps(data)


def test_a_mode_that_is_none_is_refused(matter: Matter) -> None:
    with pytest.raises(UserError, match="mode"):
        matter.ask("What law governs the NDA?", mode="freely")
