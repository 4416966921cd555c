"""The filter language: what it admits, what it says of the rest, and that text and conditions round-trip."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer.where import FIELDS, parse, unparse
from legalqa.errors import UserError
from legalqa.values.answer import Condition, Operator
from legalqa.values.types import TYPES

_EQUALITY: tuple[Operator, ...] = ("=", "!=")
_ALL: tuple[Operator, ...] = ("=", "!=", ">=", "<=", ">", "<")
_WORDS = st.text(st.characters(exclude_characters="“”", exclude_categories=["Cs"]), min_size=1).filter(str.strip)
_KEYWORD = st.builds(Condition, st.sampled_from(["document", "party", "bates"]), st.sampled_from(_EQUALITY), _WORDS)
_TYPE = st.builds(Condition, st.just("type"), st.sampled_from(_EQUALITY), st.sampled_from(sorted(TYPES)))
_DAY = st.dates(max_value=date(9998, 12, 31)).map(date.isoformat)
_DATE = st.builds(
    Condition, st.just("date"), st.sampled_from(_ALL), _DAY.flatmap(lambda d: st.sampled_from([d, d[:7], d[:4]]))
)
_PAGE = st.builds(Condition, st.just("page"), st.sampled_from(_ALL), st.integers(1, 999_999_999).map(str))


@given(st.lists(st.one_of(_KEYWORD, _TYPE, _DATE, _PAGE)).map(tuple))
def test_round_trip(conditions: tuple[Condition, ...]) -> None:
    assert parse(unparse(conditions)) == conditions


@given(st.text())
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    refused: UserError | None = None
    parsed: tuple[Condition, ...] = ()
    try:
        parsed = parse(text)
    except UserError as error:
        refused = error
    if refused is not None:
        assert refused.exit_code == 2
        assert "Fields: document, type, date, party, bates, page" in str(refused)
    assert all(condition.field in FIELDS and condition.value for condition in parsed)
    assert parse(unparse(parsed)) == parsed


def test_the_example_of_the_manual() -> None:
    assert parse('type=lease date>=2019-01-01 party="Harbor Point" page=3 bates=HARBOR000101 document=lease.pdf') == (
        Condition("type", "=", "lease"),
        Condition("date", ">=", "2019-01-01"),
        Condition("party", "=", "Harbor Point"),
        Condition("page", "=", "3"),
        Condition("bates", "=", "HARBOR000101"),
        Condition("document", "=", "lease.pdf"),
    )


def test_spaces_case_and_curly_quotes() -> None:
    assert parse("  Date < 2020   party != “O'Brien & Sons” ") == (
        Condition("date", "<", "2020"),
        Condition("party", "!=", "O'Brien & Sons"),
    )
    assert parse("") == parse("   ") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tpye=lease", "Unknown field 'tpye', did you mean 'type'?"),
        ("colour=red", "Unknown field 'colour'."),
        ("type>=lease", "type can be compared with = and != only, not with >=."),
        ("date>=2019-02-30", "'2019-02-30' is not a date"),
        ("date=yesterday", "'yesterday' is not a date"),
        ("date=٢٠١٩", "is not a date"),
        ("date=9999", "is not a date"),
        ("type=leese", "No document has the type 'leese', did you mean lease"),
        ("type=pleadings", "did you mean pleading"),
        ("type=contract", "agreement finds agreement, employment, guaranty, license"),
        ("page=three", "'three' is not a page number"),
        ("page=0", "'0' is not a page number"),
        ('party="Harbor Point', "The quote after 'party=' is not closed"),
        ('party="Harbor"Point', "something follows it directly"),
        ('party=Har"bor', "stray quote"),
        ("type=", "There is no value after 'type='."),
        ('type=""', "There is no value after 'type='."),
        ("lease", "'lease' is not of the form field=value."),
        ("type=lease and", "'and' is not of the form field=value."),
        ("=lease", "'=lease' is not of the form field=value."),
    ],
)
def test_faults_are_named(text: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        parse(text)
    assert said in error.value.message
