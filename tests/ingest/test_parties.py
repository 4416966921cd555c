"""Who the parties are, in the many ways in which agreements and captions name them; and what governs."""

from __future__ import annotations

import pytest

from legalqa.ingest.structure.law import governing_law_of
from legalqa.ingest.structure.parties import parties_of


def names(text: str) -> tuple[str, ...]:
    found = parties_of(text)
    assert all(" ".join(text[name.start : name.end].split()) == name.value for name in found)
    return tuple(name.value for name in found)


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            "This Agreement is made by and between ORGANIC FOODS INC., a Maine "
            "corporation with offices at 3 St. Georges "
            'Road, Portland ("Seller"), and Jane Q. Doe, an individual residing at 4 Elm Street ("Buyer").',
            ("ORGANIC FOODS INC.", "Jane Q. Doe"),
        ),
        (
            "SUPPLY AGREEMENT\n\nby and between\n\nMERIDIAN MEDICAL, "
            "INC.\n\nand\n\nHARBOR  TECHNOLOGIES LLC\n\ndated as of May 1, 2020",
            ("MERIDIAN MEDICAL, INC.", "HARBOR TECHNOLOGIES LLC"),
        ),
        (
            "THIS AGREEMENT is made\n\nBETWEEN:\n\n(1) NSK Europe Limited, registered number 12 (“NSK”)\nand\n"
            "(2) Acme GmbH, whose registered office is at Bonn "
            "(“Acme”).\nBACKGROUND",
            ("NSK Europe Limited", "Acme GmbH"),
        ),
        (
            "This Agreement is between the following parties: Zebra International, "
            'LLC, with an office at 3 Point ("Zebra");\n\n'
            'Xplore Corporation, a Texas corporation ("Xplore"), and ScanSource, Inc. ("Scan").',
            ("Zebra International, LLC", "Xplore Corporation", "ScanSource, Inc."),
        ),
        (
            'AGREEMENT\n\nWYZZ, Inc. ("WYZZ") and Nexstar of Peoria, L.L.C. ("NEXSTAR") hereby agree.',
            ("WYZZ, Inc.", "Nexstar of Peoria, L.L.C."),
        ),
        (
            "This Lease is made between The University of Iowa (“University”) and Bank of Maine, N.A., as Tenant.",
            ("University of Iowa", "Bank of Maine, N.A."),
        ),
        (
            "This Agreement is made between Amryt plc, a company registered in "
            "England and Wales (“Parent”), and Chiasma, "
            "Inc., a corporation under the Delaware General Corporation Law (“Chiasma”).",
            ("Amryt plc", "Chiasma, Inc."),
        ),
        (
            'This Agreement is made between NANOSONIC, INC. (the "Company"), and '
            'JEFFREY L. TATE, Ph.D. (the "Employee").',
            ("NANOSONIC, INC.", "JEFFREY L. TATE, Ph.D."),
        ),
        (
            "JOINT FILING AGREEMENT\n\nThe undersigned agree to file.\n\nUNIFORM "
            "LP\n\nBy: Uniform GP LLC, its partner\n\n"
            "By: /s/ Ann Lee\n\nVARDE FUND, L.P.\n\nBy: /s/ Bob Ray\n",
            ("UNIFORM LP", "VARDE FUND, L.P."),
        ),
        ("This Agreement is made between [Supplier name] and ____________.", ()),
        ("This Agreement is entered into by the parties and describes cooperation among nations and peoples.", ()),
        ("Words without any party.", ()),
    ],
)
def test_agreements(text: str, parties: tuple[str, ...]) -> None:
    assert names(text) == parties


@pytest.mark.parametrize(
    "text",
    [
        "SUPERIOR COURT\n\nHARBOR POINT LLC,\nPlaintiff,\nv.\nBRIGHT INC.,\nDefendant.\n\nORDER\n",
        "DISTRICT OF MAINE\n\nHARBOR POINT LLC, )\n)\nPlaintiff, )\n) Civil Action "
        "No. 2\nv. )\n)\nBRIGHT INC., )\n)\nDefendant. )\n",
        " 1  SUPERIOR COURT\n 2\n 3  HARBOR POINT LLC,        Case No. 7\n 4            "
        "Plaintiff,\n 5  v.\n 6  BRIGHT INC.,\n 7            Defendant.\n",
    ],
)
def test_captions(text: str) -> None:
    assert names(text) == ("HARBOR POINT LLC", "BRIGHT INC.")


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("This Agreement shall be governed by the laws of the State of New York.", "New York"),
        ("THIS AGREEMENT SHALL BE GOVERNED BY THE INTERNAL LAWS OF THE STATE OF NEW  YORK.", "New York"),
        ("The law of the State of Maine governs this Lease.", "Maine"),
        ("This Agreement is governed by English law.", "England"),
        ("This Agreement shall be construed in accordance with Delaware law.", "Delaware"),
        ("Acme is a corporation organized under the laws of the State of Delaware and party to this Agreement.", None),
        (
            "This Agreement is governed by the laws of Maine. Schedule B of this "
            "Agreement is governed by the laws of Texas.",
            None,
        ),
        ("The laws of the kitchen govern this Agreement.", None),
    ],
)
def test_governing_law(text: str, law: str | None) -> None:
    found = governing_law_of(text)
    assert (found.value if found else None) == law
    assert found is None or " ".join(text[found.start : found.end].split()).casefold() in (
        found.value.casefold(),
        "english",
    )
