"""Where a title stands, and where it ends."""

from __future__ import annotations

import pytest

from legalqa.ingest.structure.titles import reference_of, title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            'Exhibit 10.34 EVENT SPONSORSHIP AGREEMENT This Event Sponsorship Agreement ("Agreement") is',
            "EVENT SPONSORSHIP AGREEMENT",
        ),
        (
            "OMITTED AS CONFIDENTIAL. Execution Version\n\nAMENDMENT AND "
            "TERMINATION\n\nOF\n\nJOINT VENTURE AGREEMENT\n\nText",
            "AMENDMENT AND TERMINATION OF JOINT VENTURE AGREEMENT",
        ),
        ("Distributorship agreement\n\nbetween\n\nA and B", "Distributorship agreement"),
        ("DEPOSITION OF CRYSTAL M. LONG\n\nTaken on", "DEPOSITION OF CRYSTAL M. LONG"),
        ("DEPOSITION OF DR. ANN K. L. LEE\n\nTaken at Portland.", "DEPOSITION OF DR. ANN K. L. LEE"),
        ("HARBOR POINT\nLEASE\n\nText", "HARBOR POINT LEASE"),
        (
            "HARBORLINE LLC, )\n)\nPlaintiff and Counterclaim Defendant, )\n)\n\nORDER ON MOTION TO DISMISS\n",
            "ORDER ON MOTION TO DISMISS",
        ),
        ('This Turn-Key Manufacturing Agreement (the "Agreement") is made', "Turn-Key Manufacturing Agreement"),
        ("The agreement which the parties made is long. It has no title.", None),
        ("Enclosure: Proposal P-2291", None),
    ],
)
def test_titles(text: str, title: str | None) -> None:
    found = title_of(text)
    assert (found.value if found else None) == title
    assert found is None or " ".join(text[found.start : found.end].split()) == found.value


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "May 2, 2024\n\nRe: NOTICE OF DEFAULT — Industrial Lease dated March 15, 2019, as\namended (the “Lease”)\n"
            "\nDear Mr. Alden:\n",
            "NOTICE OF DEFAULT — Industrial Lease dated March 15, 2019",
        ),
        ("RE: Repair of\nthe roof\n\nDear Ann,\n", "Repair of the roof"),
        ("RE: Repair of the roof\nClaim 12-204\n\nDear Ann,\n", "Repair of the roof"),
        ("MEMORANDUM\n\nTO: Voss\nRE: Compressor 2\n\nNorthgate wants it.", None),
    ],
)
def test_a_letter_is_called_by_its_reference_line(text: str, title: str | None) -> None:
    found = reference_of(text)
    assert (found.value if found else None) == title
    assert found is None or " ".join(text[found.start : found.end].split()) == title
