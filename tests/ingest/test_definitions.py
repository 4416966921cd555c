"""Defined terms in the ways in which contracts define them, each with the words that define it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.structure.definitions import definitions_of
from legalqa.values.document import Region


def found(text: str) -> list[tuple[str, str]]:
    return [(one.term, text[one.start : one.end]) for one in definitions_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1.1 “Base Rent” means $5 a month. It is due monthly.",
            [("Base Rent", "“Base Rent” means $5 a month.")],
        ),
        (
            '"Closing Date" shall have the meaning set forth in Section 2.1.\n\nText',
            [("Closing Date", '"Closing Date" shall have the meaning set forth in Section 2.1.')],
        ),
        ("''Field'' means oncology. Text", [("Field", "''Field'' means oncology.")]),
        (
            '"Affiliate" or "Affiliates" means any entity of Acme Inc. and its owners. Text',
            [
                ("Affiliate", '"Affiliate" or "Affiliates" means any entity of Acme Inc. and its owners.'),
                ("Affiliates", '"Affiliate" or "Affiliates" means any entity of Acme Inc. and its owners.'),
            ],
        ),
        (
            "Intro here. Acme Corp. is a Maine corporation (the “Seller”). More.",
            [("Seller", "Acme Corp. is a Maine corporation (the “Seller”)")],
        ),
        (
            'A and B are parties (each, a "Party" and collectively, the "Parties").',
            [
                ("Party", 'A and B are parties (each, a "Party" and collectively, the "Parties")'),
                ("Parties", 'A and B are parties (each, a "Party" and collectively, the "Parties")'),
            ],
        ),
        (
            'Acme Ltd., hereinafter referred to as "Contractor", agrees.',
            [("Contractor", 'Acme Ltd., hereinafter referred to as "Contractor"')],
        ),
        (
            "2. Business Day means a day on which banks open.\n\nText",
            [("Business Day", "Business Day means a day on which banks open.")],
        ),
        (
            "Affiliate: shall mean any other corporation.\nNext",
            [("Affiliate", "Affiliate: shall mean any other corporation.")],
        ),
        (
            '(a) "Term" means one year; (b) "Territory" means Maine;',
            [("Term", '"Term" means one year;'), ("Territory", '"Territory" means Maine;')],
        ),
        (
            '"Plan" means: (i) the first; and (ii) the second. Text',
            [("Plan", '"Plan" means: (i) the first; and (ii) the second.')],
        ),
        ('"U.S." means the United States.', [("U.S.", '"U.S." means the United States.')]),
        ("He said “the roof leaks” and left (see “Roof Report” at 4).", []),
        (
            'The song ("Amazing Grace") was sung and 2020 ("") passed.',
            [("Amazing Grace", 'The song ("Amazing Grace")')],
        ),
        ("This means that rent is due.", []),
    ],
)
def test_definitions(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_definition_without_an_end_is_bounded() -> None:
    (definition,) = definitions_of('"Rent" means ' + "words " * 5_000)
    assert definition.end - definition.start < 1_700


PIECES = st.sampled_from(
    ('"', "“", "”", "''", "(", ")", "Rent", "means", "the", "collectively", ". ", "; ", "\n\n", "a")
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60))
def test_spans_hold_their_term(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for one in definitions_of(text):
        assert 0 <= one.start < one.end <= len(text)
        assert "".join(one.term.split()) in "".join(text[one.start : one.end].split())


@pytest.mark.parametrize(
    "text",
    [
        "“including” means “including without limitation.”",
        "The word “or” means and/or; the words “hereof” and “herein” refer to this Lease.",
        "“shall” means is obliged to; “may” means is permitted to.",
        "“includes” and “including” mean without limitation.",
    ],
)
def test_rules_of_construction_define_no_term(text: str) -> None:
    assert found(text) == []


def test_a_span_begins_neither_in_a_running_head_nor_in_the_title() -> None:
    head = "Industrial Lease — Harborline Properties, LLC / Tidewell Provisions, Inc."
    text = f"page 4.\n\f{head}\n\nINDUSTRIAL LEASE\nTHIS INDUSTRIAL LEASE (this “Lease”) is made by X (“Landlord”)"
    start = text.index(head)
    spans = definitions_of(text, [Region("header", start, start + len(head))])
    assert [text[one.start : one.end][:24] for one in spans] == ["THIS INDUSTRIAL LEASE (t"] * 2


def test_a_sentence_over_the_page_keeps_its_beginning() -> None:
    text = "Rent is the sum due. The rent of the first\nHARBOR LEASE\nyear (“First Rent”) is due."
    start = text.index("HARBOR")
    (one,) = definitions_of(text, [Region("header", start, start + 12)])
    assert text[one.start : one.end] == "The rent of the first\nHARBOR LEASE\nyear (“First Rent”)"
