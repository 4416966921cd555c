from __future__ import annotations

from datetime import date

import pytest

from legalqa.verify import authorities, check_claim

TODAY = date(2026, 11, 21)


def named(text: str, *held: str, listed: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    def stands(words: str) -> tuple[str, ...]:
        return ("Order.pdf p. 3",) if words in held else ()

    return [(one.text, one.status) for one in authorities.check(text, stands, listed=listed, today=TODAY)]


def test_what_the_record_holds_is_in_record_with_its_place() -> None:
    found = authorities.check(
        "See Roe v. Wade, 410 U.S. 113 (1973).",
        lambda words: ("Order.pdf p. 3",) if "410" in words else (),
        today=TODAY,
    )
    assert [(one.text, one.status, one.where) for one in found] == [
        ("Roe v. Wade, 410 U.S. 113 (1973)", "in_record", ("Order.pdf p. 3",))
    ]


def test_a_variant_spelling_is_the_same_authority() -> None:
    assert named("Doe v. Roe, 45 F. 3d 12 (2d Cir. 1995)", "45 F.3d 12")[0][1] == "in_record"


def test_the_firms_list_vouches_whatever_the_spacing() -> None:
    assert named("45 F.3d 12", listed=("45 F. 3d 12",)) == [("45 F.3d 12", "in_list")]


def test_everything_else_is_unknown() -> None:
    assert [status for _, status in named("42 U.S.C. § 1983; Doe v. Roe, 45 F.3d 12 (2d Cir. 1995)")] == ["unknown"] * 2


def test_an_authority_is_told_once() -> None:
    assert len(named("Doe v. Roe, 45 F.3d 12 (1995). Later, 45 F.3d 12, and 45 F.3d at 14.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Doe v. Roe, 45 F.9th 12 (2001)",
        "Doe v. Roe, 12 U.S. 1 (1740)",
        "Doe v. Roe, 45 F.3d 12 (2031)",
        "Doe v. Roe, 45 F.3d 12 (9th Cir. 1950)",
        "Doe v. Roe, 45 F.2d 12 (9th Cir. 2015)",
        "Doe v. Roe, 1245 F.2d 12 (9th Cir. 1980)",
        "Doe v. Roe, 0 U.S. 12",
        "Doe v. Roe, 389 F.2p 211 (1968)",
    ],
)
def test_what_cannot_exist_is_malformed_and_says_why(text: str) -> None:
    found = authorities.check(text, lambda words: (), today=TODAY)
    assert [one.status for one in found] == ["malformed"]
    assert found[0].where[0]


@pytest.mark.parametrize(
    "text",
    [
        "On 12 March 2019 the Tenant paid 5 Dollars 30 times.",
        "Section 4 Rent 2019 and 30 Days 60 notice, 100 Main Street 12345.",
        "Produced as HARBOR000123; see Lease § 4.2 and Doe Dep. 45:12.",
        "",
    ],
)
def test_ordinary_text_names_no_authority(text: str) -> None:
    assert named(text) == []


def test_a_claims_authority_is_in_record_if_its_passage_holds_it() -> None:
    verdict = check_claim("The court followed 410 U.S. 113.", "In 410 U.S. 113 the court held so.", today=TODAY)
    assert [one.status for one in verdict.authorities] == ["in_record"]
