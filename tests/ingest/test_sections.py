"""Numbered headings become sections; wrapped citations and contents tables do not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest.running import running_of
from legalqa.ingest.sections import sections_of
from legalqa.values.document import Section

LEASE = """LEASE AGREEMENT

TABLE OF CONTENTS
ARTICLE 1 PREMISES ........ 1
ARTICLE 2 RENT 3
Section 2.1 Base Rent 3

RECITALS

A. Landlord owns the Building.

B. Tenant wishes to lease the Premises.

ARTICLE 1
PREMISES

Section 1.1 Premises. Landlord leases the Premises to Tenant, subject to Tenn. Code Ann.
§ 50-6-204 and to Section
2.1 of this Lease, as provided in paragraph
(B) of the rider.

ARTICLE 2
RENT

Section 2.1 Base Rent. Tenant shall pay:
(a) Base Rent; and
(b) Additional Rent, which includes:
(i) taxes, and
(ii) insurance.

Section 2.2 Late Charges. A late charge of five percent applies.

EXHIBIT A
FLOOR PLAN

The floor plan.
"""


def paths(text: str) -> list[tuple[str, ...]]:
    return [section.path for section in sections_of(text)]


def test_a_lease_is_divided_as_its_author_meant() -> None:
    assert paths(LEASE) == [
        ("RECITALS",),
        ("RECITALS", "A."),
        ("RECITALS", "B."),
        ("ARTICLE 1 PREMISES",),
        ("ARTICLE 1 PREMISES", "Section 1.1 Premises"),
        ("ARTICLE 2 RENT",),
        ("ARTICLE 2 RENT", "Section 2.1 Base Rent"),
        ("ARTICLE 2 RENT", "Section 2.1 Base Rent", "(a)"),
        ("ARTICLE 2 RENT", "Section 2.1 Base Rent", "(b)"),
        ("ARTICLE 2 RENT", "Section 2.1 Base Rent", "(b)", "(i)"),
        ("ARTICLE 2 RENT", "Section 2.1 Base Rent", "(b)", "(ii)"),
        ("ARTICLE 2 RENT", "Section 2.2 Late Charges"),
        ("EXHIBIT A FLOOR PLAN",),
    ]


def test_spans_are_exact() -> None:
    late = next(section for section in sections_of(LEASE) if section.title == "Late Charges")
    assert LEASE[late.start : late.end] == "Section 2.2 Late Charges. A late charge of five percent applies."


def test_text_flattened_from_a_web_page_is_divided_too() -> None:
    text = "the parties agree:     1. Definitions. Terms.   1.1 Use. Words.   2. Term. This ends.     3. Fees. None."
    assert paths(text) == [
        ("1. Definitions",),
        ("1. Definitions", "1.1 Use"),
        ("2. Term",),
        ("3. Fees",),
    ]


def test_pleading_headings() -> None:
    headings = ("ORDER", "I. BACKGROUND", "II. DISCUSSION", "A. Jurisdiction", "B. Merits", "III. CONCLUSION")
    text = "".join(f"{heading}\n\nSome text.\n\n" for heading in headings)
    assert [path[-1] for path in paths(text)] == list(headings)


def test_letters_and_roman_numbers_are_told_apart_by_what_came_before() -> None:
    letters = "".join(f"\n\n({letter}) Item number {letter}." for letter in "abcdefghijk")
    assert [path[-1] for path in paths("1. List. These:" + letters)][1:] == [f"({letter})" for letter in "abcdefghijk"]


def test_running_heads_are_no_headings() -> None:
    pages, text, position = [], "", 0
    for number in range(1, 6):
        page = f"EXHIBIT A\n\nText of page {number}.\n\nPage {number}"
        pages.append((position, position + len(page)))
        text += page + "\n\n"
        position = len(text)
    assert not sections_of(text, running_of(text, pages, paged=True).regions)


lines = st.sampled_from(
    ["ARTICLE I", "ARTICLE II\nRENT", "Section 1.1 Rent. ", "1. Term. ", "1.1 Use. ", "(a) foo; ", "(b) bar. ",
     "(i) x ",
     "2. Fees. ", "WHEREAS, ", "RECITALS", "EXHIBIT B", "A. Facts", "II. LAW", "text goes on ", "\n", "   ", "§ 5 ", ""]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(lines, st.sampled_from(["\n", "\n\n", "    ", " "])), max_size=40))
def test_sections_always_nest(parts: list[tuple[str, str]]) -> None:
    text = "".join(line + after for line, after in parts)
    found = sections_of(text)
    open_sections: list[Section] = []
    for section in found:
        assert 0 <= section.start < section.end <= len(text)
        assert text[section.start : section.end].strip() == text[section.start : section.end]
        assert text.startswith(section.number, section.start)
        while open_sections and open_sections[-1].end <= section.start:
            open_sections.pop()
        if open_sections:
            outer = open_sections[-1]
            assert section.end <= outer.end
            assert section.path[: len(outer.path)] == outer.path or section.level <= outer.level
        open_sections.append(section)
    assert [section.start for section in found] == sorted({section.start for section in found})
