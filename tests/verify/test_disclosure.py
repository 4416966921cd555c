"""Personal numbers and marks of privilege. Every number is invented or a published test number."""

from __future__ import annotations

import pytest

from legalqa.verify.disclosure import find

FOUND = [
    ("Her SSN is 219-09-9999.", "ssn", "…9999"),
    ("Social Security No. 219 09 9999 was given.", "ssn", "…9999"),
    ("SSN: xxx-xx-1234", "ssn", "…1234"),
    ("Charge card 4111 1111 1111 1111 for it.", "card", "…1111"),
    ("Amex 378282246310005", "card", "…0005"),
    ("Wire to IBAN GB82 WEST 1234 5698 7654 32 today.", "account", "…5432"),
    ("ABA routing number 011000015", "account", "…0015"),
    ("Account No. 00123-456789 at the bank", "account", "…6789"),
    ("account ending in 4455667 was used", "account", "…5667"),
    ("Medicare card 1EG4-TE5-MK73 was copied.", "health", "…MK73"),
    ("MRN: 00451234", "health", "…1234"),
    ("Patient ID A-884512", "health", "…4512"),
    ("NPI 1234567893", "health", "…7893"),
    ("DOB: 03/14/1961", "birth", "a date"),
    ("Date of birth was March 14, 1961.", "birth", "a date"),
    ("He was born on 14 March 1961 in Maine.", "birth", "a date"),
    ("ATTORNEY–CLIENT PRIVILEGED", "privilege", "ATTORNEY–CLIENT PRIVILEGED"),
    ("Privileged & Confidential", "privilege", "Privileged & Confidential"),
    ("This memo is attorney work product.", "privilege", "attorney work product"),
    ("CONFIDENTIAL - WORK PRODUCT", "privilege", "WORK PRODUCT"),
    ("Confidential settlement communication", "privilege", "Confidential settlement communication"),
    ("This offer is subject to Rule 408.", "privilege", "subject to Rule 408"),
    ("prepared in anticipation of litigation", "privilege", "prepared in anticipation of litigation"),
]

NOTHING = [
    "Call 207-555-0142 at any hour.",  # a telephone
    "The number 000-12-3456 was never given out, nor 666-12-3456 nor 912-34-5678.",
    "Order 4111 1111 1111 1112 does not check.",
    "HARBOR000107-108 and 28 U.S.C. § 1332(a)(1)",
    "Invoice NMS-24-1187 of $86,400.00, dated 2024-07-19",
    "Contractor assigns the Work Product to Customer.",  # a defined term
    "The account of the witness was clear, and 12 members agreed.",
    "The patient was seen on March 1, 2020.",
    "Routing number 011000016",
    "The client and the attorney met.",
    "The settlement of the building took 14 years.",
]


@pytest.mark.parametrize(("text", "kind", "shown"), FOUND)
def test_what_should_be_seen_before_it_leaves_is_found(text: str, kind: str, shown: str) -> None:
    (one,) = find(text)
    assert (one.kind, one.shown) == (kind, shown)
    assert text[one.start : one.end]


@pytest.mark.parametrize("text", NOTHING)
def test_other_numbers_and_words_are_left_alone(text: str) -> None:
    assert find(text) == ()


def test_no_number_is_told_whole() -> None:
    for text, kind, _ in FOUND:
        if kind not in ("privilege", "birth"):
            (one,) = find(text)
            assert text[one.start : one.end] not in one.shown
