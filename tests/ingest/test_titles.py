"""Where a title stands, and where it ends."""

from __future__ import annotations

import pytest

from legalqa.ingest.titles import title_of


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
