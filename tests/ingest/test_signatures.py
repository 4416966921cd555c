"""Where a document is signed, and by whom where the block says so clearly."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.structure.signatures import signatories, signature_regions


def blocks(text: str) -> list[str]:
    return [text[region.start : region.end] for region in signature_regions(text)]


def names(text: str) -> list[str]:
    found = signatories(text, signature_regions(text))
    assert all(" ".join(text[one.start : one.end].split()) == one.value for one in found)
    return [one.value for one in found]


BODY = "22.1 Law. The law of Maine governs this Lease, and nothing else does.\n\n"
BLOCK = (
    "IN WITNESS WHEREOF, the parties have signed this Lease.\n\nLANDLORD:\nHARBOR LLC\n\nBy: ____________________\n"
    "Name: Eleanor M. Voss\nTitle: Manager\n\nTENANT:\nTIDEWELL, INC.\n\nBy: "
    "/s/ Gregory T. Alden\nName: Gregory T. Alden\n"
    "Title: President"
)


def test_from_the_witness_clause_to_the_last_line() -> None:
    text = f"{BODY}{BLOCK}\n\nEXHIBIT A\n\nThe premises are a building."
    assert blocks(text) == [BLOCK]
    assert names(text) == ["Eleanor M. Voss", "Gregory T. Alden"]


def test_two_side_by_side() -> None:
    block = (
        "ACME, INC.                         BOLT LLC\n\nBy: /s/ Ann Lee                    By: /s/ Bob Ray\n"
        "Name: Ann Lee                      Name: Bob Ray\nTitle: President                   Title: Manager"
    )
    assert blocks(BODY + block) == [block]
    assert names(BODY + block) == ["Ann Lee", "Bob Ray"]


def test_in_one_line() -> None:
    text = f"{BODY}By: /s/ David A. Marple Name: David A. Marple Title: General Counsel\n\nSCHEDULE 1"
    assert blocks(text) == ["By: /s/ David A. Marple Name: David A. Marple Title: General Counsel"]
    assert names(text) == ["David A. Marple"]


def test_the_close_of_a_letter() -> None:
    text = "Dear Lee:\n\nVery truly yours,\n\n/s/ Kay Brandt\n\nKay Brandt\n\n5\n\nSCHEDULE A\n\nItem | 1\n"
    assert blocks(text) == ["Very truly yours,\n\n/s/ Kay Brandt\n\nKay Brandt"]
    assert names(text) == ["Kay Brandt"]


@pytest.mark.parametrize(
    "text",
    [
        "Name: the name of the tenant. Title: the title of the book.",
        "The report was made by: Acme.",
        "Fill in ________ here.",
        "Date: May 1, 2020\nTitle: Roof report\nBy mail",
    ],
)
def test_what_is_no_signature(text: str) -> None:
    assert blocks(text) == []


def test_an_unclear_name_is_none() -> None:
    assert names("By: /s/ Ann Lee Bob Ray\nName: to be completed\nTitle: President") == []


PIECES = ("By:", "Name:", "/s/", "Ann Lee", "_________", "\n", "\n\n", "IN WITNESS WHEREOF", "Sincerely,", "x. ")


@given(st.lists(st.sampled_from(PIECES)))
def test_regions_are_apart_and_inside(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = signature_regions(text)
    assert all(0 <= region.start < region.end <= len(text) for region in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    names(text)
