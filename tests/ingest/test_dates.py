"""Which of the printed dates a document bears, and none where two have the same claim."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.structure.dates import date_of, days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("AGREEMENT dated as of this 5th day of May, 2019 between", "2019-05-05"),
        ("AGREEMENT\nEffective Date: 12/31/2020", "2020-12-31"),
        ("AGREEMENT\nmade on 2018-02-30 by", None),
        ("AGREEMENT. The term ended on May 1, 2001 under an older contract.", None),
        ("This Agreement is made this 14t h day of April, 2015 by", "2015-04-14"),
        ("This Agreement is made the twenty-first day of June, 2016 by", "2016-06-21"),
        ("SUPPLY AGREEMENT\n\nMay 21, 2015\n\nText.", "2015-05-21"),
        ("This Lease is made as of March 14, 2012 but effective as of March 1, 2012 by", "2012-03-14"),
        (
            "This Lease is effective as of May 1, 2020 and is entered into this 10th day of January, 2020 by",
            "2020-01-10",
        ),
        ("This Amendment amends the Lease Agreement dated March 1, 2019 between A and B.", None),
        (
            "This Amendment to the Lease Agreement dated March 1, 2019 is made "
            "as of May 4, 2021 by and between A and B.",
            "2021-05-04",
        ),
        ("AGREEMENT\n\nDated as of May 1, 2020\n\nThis Agreement is made as of May 2, 2020 by", None),
        ("AGREEMENT\n\nText.\n\nIN WITNESS WHEREOF, the parties sign this as of May 1, 2020.", "2020-05-01"),
    ],
)
def test_agreements(text: str, day: str | None) -> None:
    found = date_of(text, "agreement")
    assert (found.iso if found else None) == day


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("ORDER\n\nFebruary 3, 2024\n\nIt is ordered.", "order", "2024-02-03"),
        ("Case 1:24-cv-1 Document 5 Filed 03/04/24 Page 1\n\nThe lease of May 1, 2020", "complaint", "2024-03-04"),
        ("Acme LLC\n\nSeptember 12, 2024\n\nDear Sir:\n\nYour letter of May 1, 2020", "letter", "2024-09-12"),
        ("NOTES\n\nDate:      Friday, July 19, 2024, 9:00 a.m.\n\nOn July 1, 2024 it failed.", "notes", "2024-07-19"),
        ("INVOICE 7\nInvoice date: October 4, 2024\nDue date: November 3, 2024", "invoice", "2024-10-04"),
        ("Notes about the events of the year, and nothing else. " * 30 + "May 1, 2020", "notes", None),
    ],
)
def test_court_papers_and_letters(text: str, kind: str, day: str | None) -> None:
    found = date_of(text, kind)
    assert (found.iso if found else None) == day


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31)))
def test_a_printed_day_is_read_back(day: date) -> None:
    for printed in (f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}", f"{day:%m/%d/%Y}", f"{day}"):
        text = f"on {printed}, they met"
        (found,) = days(text)
        assert (found.iso, text[found.start : found.end]) == (day.isoformat(), printed)
