"""Numbered headings become sections; wrapped citations and contents tables do not."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest.structure.running import running_of
from legalqa.ingest.structure.sections import sections_of
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


def test_the_paragraphs_of_a_complaint_run_on_under_its_counts() -> None:
    text = (
        "PARTIES\n\n1. Harbor is a company.\n\n2. Tide is a company.\n\nFACTUAL ALLEGATIONS\n\nA. The Lease\n\n"
        "3. They signed a lease.\n\nCOUNT I\n(Breach of Lease)\n\n4. Harbor repeats paragraphs 1 through 3.\n\n"
        "COUNT II\n\n5. Harbor repeats paragraphs 1 through 4."
    )
    assert paths(text) == [
        ("PARTIES",),
        ("PARTIES", "1."),
        ("PARTIES", "2."),
        ("FACTUAL ALLEGATIONS",),
        ("FACTUAL ALLEGATIONS", "A. The Lease"),
        ("FACTUAL ALLEGATIONS", "A. The Lease", "3."),
        ("COUNT I Breach of Lease",),
        ("COUNT I Breach of Lease", "4."),
        ("COUNT II",),
        ("COUNT II", "5."),
    ]


def test_messages_of_a_thread_and_examinations_of_a_witness() -> None:
    thread = (
        "From: Marisol Quint <q@tide.example>\nSent: Thursday, August 1, 2024\nTo: Philip Renner\n\nPhilip,\n\n"
        "We withhold.\n\n"
        "On Jul 18, 2024, at 5:16 PM, Philip Renner <r@harbor.example> wrote:\n> Marisol, the letter follows.\n"
    )
    assert paths(thread) == [
        ("From Marisol Quint, Thursday, August 1, 2024",),
        ("From Philip Renner, Jul 18, 2024, at 5:16 PM",),
    ]
    said = (
        "EXAMINATION\nBY MR. WHITCOMB:\nQ. Your name?\nA. Dana Okafor.\nQ. Your work?\nA. I manage.\nQ. Why?\nA. No.\n"
    )
    assert paths(said) == [("EXAMINATION BY MR. WHITCOMB",)]


def test_an_order_has_parts_letters_and_numbers() -> None:
    text = (
        "I. FACTS\n\nThere was a lease.\n\nII. LAW\n\nA. Duty\n\nOne owes it.\n\nB. Breach\n\nIt is ordered:\n\n"
        "1. Pay.\n\n2. Go."
    )
    assert paths(text)[-2:] == [("II. LAW", "B. Breach", "1. Pay"), ("II. LAW", "B. Breach", "2. Go")]


def test_lists_begin_again_under_each_parent() -> None:
    text = "1. Rent.\n\n(a) one;\n\n(b) two.\n\n1.1 Use.\n\n(a) three;\n\n(b) four.\n\n1.2 Care.\n\n(a) five."
    assert [path for path in paths(text) if path[-1] == "(a)"] == [
        ("1. Rent", "(a)"),
        ("1. Rent", "1.1 Use", "(a)"),
        ("1. Rent", "1.2 Care", "(a)"),
    ]


def test_the_head_of_an_exhibit_is_one_part_however_many_pages_it_heads() -> None:
    text = (
        "1. Rent. Words.\n\nEXHIBIT A\n\n1. Fees. Words.\n\nEXHIBIT A\n\n1.1 Costs. Words.\n\nEXHIBIT B\n\nPlans of it."
    )
    assert [path[0] for path in paths(text)] == ["1. Rent", "EXHIBIT A", "EXHIBIT A", "EXHIBIT A", "EXHIBIT B"]


def test_sections_with_roman_numbers() -> None:
    text = (
        "Section I: Secrets\nSecrets are what is marked.\nSection II: Duties\n1. Keep them safe.\n2. Return them.\n"
        "3. Survival. These duties last.\nSigned by the parties.\n"
    )
    assert paths(text) == [
        ("Section I Secrets",),
        ("Section II Duties",),
        ("Section II Duties", "1."),
        ("Section II Duties", "2."),
        ("Section II Duties", "3. Survival"),
    ]


def test_sections_with_letters_go_on_past_h() -> None:
    text = "\n\n".join(f"Section {letter}: Duty\n\nThe words of it." for letter in "ABCDEFGHIJ")
    assert [path[-1] for path in paths(text)] == [f"Section {letter} Duty" for letter in "ABCDEFGHIJ"]


def test_numbers_without_a_stop_are_headings_where_the_table_of_contents_lists_them() -> None:
    text = (
        "Table of Contents\n1 Parties ........... 1\n2 Secrets ........... 2\n3 General Duties ........... 4\n"
        "1 PARTIES\nThe seller and the buyer meet.\n2 SECRETS\n(a) Each keeps them.\n(b) None tells.\n"
        "3 GENERAL DUTIES\n(a) Each is polite.\n"
    )
    assert paths(text) == [
        ("1 PARTIES",),
        ("2 SECRETS",),
        ("2 SECRETS", "(a)"),
        ("2 SECRETS", "(b)"),
        ("3 GENERAL DUTIES",),
        ("3 GENERAL DUTIES", "(a)"),
    ]


def test_an_exhibit_stands_before_its_first_paragraph_on_one_line() -> None:
    text = (
        "1. Sale. The seller sells.\n\n2. Price. The buyer pays.\n\n"
        "EXHIBIT B       1. SPECIFICATIONS. The seller will comply with these specifications, as they apply here,"
        " whatever else is agreed.\n\nFirst.\n\n2. DELIVERY. The seller delivers.\n"
    )
    assert paths(text)[2:] == [
        ("EXHIBIT B",),
        ("EXHIBIT B", "1. SPECIFICATIONS"),
        ("EXHIBIT B", "2. DELIVERY"),
    ]


def test_a_title_ends_where_its_first_section_begins_and_no_reference_is_cut() -> None:
    text = (
        "SECTION 1. SERVICES OF THE SELLER Section 1.1 The seller sells to the buyer what the buyer buys.\n\n"
        "Section 1.2 The buyer pays.\n\n(a) Existing Section 7.4 shall be renumbered as Section 7.5.\n\n"
        "(b) The rest stays.\n"
    )
    assert paths(text)[0] == ("SECTION 1 SERVICES OF THE SELLER",)
    assert [path[-1] for path in paths(text)[-2:]] == ["(a)", "(b)"]


def test_exhibits_with_a_page_or_a_bracket_of_their_own_are_no_list() -> None:
    text = (
        "1. Sale. The seller sells.\n\nExhibit A\n\nForm of Note\n\n[See attached.]\n\n\n\n\nExhibit B\n\nForm of "
        "Deed\n\n\n\n\nExhibit C\n\n[Intentionally omitted]\n\nExhibit D\n\n[***]\n"
    )
    assert [path[0][:9] for path in paths(text)] == ["1. Sale", "Exhibit A", "Exhibit B", "Exhibit C", "Exhibit D"]
    listed = "1. Sale. The seller sells.\n\nEXHIBITS\n\nExhibit A - Form of Note\n\nExhibit B - Form of Deed\n"
    assert paths(listed) == [("1. Sale",)]


def test_an_exhibit_that_a_wrapped_line_refers_to_is_no_heading() -> None:
    text = (
        "1. Terms. The words that follow are defined in\n          EXHIBIT E.\n\n2. Votes. Shares are set forth in     "
        " Schedule B. They count.\n\n3. Notices. In writing.\n\nEXHIBIT A to the Services Agreement\n\nPlans.\n\n\n\n"
        "\nSCHEDULE B\n\nSCHEDULE OF CHARGES AND FEES\n\nOne hundred.\n"
    )
    assert [path[0] for path in paths(text)] == [
        *("1. Terms", "2. Votes", "3. Notices", "EXHIBIT A", "SCHEDULE B SCHEDULE OF CHARGES AND FEES"),
    ]


def test_the_head_of_an_exhibit_on_a_later_page_does_not_end_its_section() -> None:
    text = (
        "1. Sale. The seller sells.\n\nATTACHMENT 1\n\nSECTION 1.0 STOCK\n\n1.1 Count. Each month.\n\nATTACHMENT 2\n\n"
        "1. Price. Ten.\n\nATTACHMENT 1\n\n2. Place. Here.\n"
    )
    assert paths(text)[1:] == [
        ("ATTACHMENT 1",),
        ("ATTACHMENT 1", "SECTION 1.0 STOCK"),
        ("ATTACHMENT 1", "SECTION 1.0 STOCK", "1.1 Count"),
        ("ATTACHMENT 2",),
        ("ATTACHMENT 2", "1. Price"),
        ("ATTACHMENT 2", "2. Place"),
    ]


def test_an_item_amid_a_line_whose_list_does_not_go_on_is_no_heading() -> None:
    text = (
        "1. Duties. The seller warrants to the buyer that: (i) The goods are sound; (ii) the title is good.\n\n"
        "2. Steps. They are: (i) Count. (ii) Weigh. (iii) Pack.\n"
    )
    assert [path[-1] for path in paths(text)] == ["1. Duties", "2. Steps", "(i) Count", "(ii) Weigh", "(iii) Pack"]


def test_the_last_letter_i_of_a_list_is_no_roman_number() -> None:
    text = (
        "1. Offers.\n\n" + "\n\n".join(f"({c}) The clause." for c in "abcdefghi") + "\n\n2. Acts.\n\n(a) Duties.\n\n(i)"
        " First.\n\n(ii) Second.\n"
    )
    assert ("1. Offers", "(i)") in paths(text)


def test_an_index_of_terms_has_no_headings() -> None:
    text = (
        "ARTICLE I DEFINITIONS\n\n1.1 Terms. As used here.\n\n1.2 Index of Defined Terms. These terms are defined in "
        "the sections set out.\n\nTerm   Section Reference\nClosing   2.3\nClosing Date   2.3\nCompany   Preamble\n"
        "Marks   1.1\nReports   Article III\nTax   2.1\nUser   2.2\n\nARTICLE II SALE\n\n2.1 Price. Ten.\n\n"
        "2.2 Place. Here.\n"
    )
    assert [path[-1] for path in paths(text)] == [
        *("ARTICLE I DEFINITIONS", "1.1 Terms", "1.2 Index of Defined Terms"),
        *("ARTICLE II SALE", "2.1 Price", "2.2 Place"),
    ]


def test_clauses_that_an_amendment_sets_out_stand_below_the_clause_that_sets_them_out() -> None:
    text = (
        "1. Term. The term is extended.\n\n2. Section 12 of the Agreement is deleted in its entirety and replaced with "
        "the following:\n\n12.0 RETURNS\n\n12.1 Goods may be returned.\n\n(a) sound; and\n\n(b) unused.\n\n"
        "12.2 Costs. The buyer pays.\n\n3. A new Section 7.4 is hereby added to read as follows: “7.4 Audit. The books "
        "are open.\n\n4. This number is another agreement's.”\n\n4. Law. That of the Agreement.\n"
    )
    assert paths(text) == [
        ("1. Term",),
        ("2.",),
        ("2.", "12.0 RETURNS"),
        ("2.", "12.0 RETURNS", "12.1"),
        ("2.", "12.0 RETURNS", "12.1", "(a)"),
        ("2.", "12.0 RETURNS", "12.1", "(b)"),
        ("2.", "12.0 RETURNS", "12.2 Costs"),
        ("3.",),
        ("3.", "7.4 Audit"),
        ("4. Law",),
    ]


def test_a_list_of_numbers_below_a_letter_of_the_last_section() -> None:
    text = (
        "1. Fees. Ten.\n\n2. GENERAL.\n\nA. Law. Here.\n\nB. Awards.\n\n1. They bind.\n\n2. They are final.\n\n"
        "C. Notices. In writing.\n\nSCHEDULE A\n\n1. Prices. Low.\n"
    )
    assert paths(text)[3:] == [
        ("2. GENERAL", "B. Awards"),
        ("2. GENERAL", "B. Awards", "1."),
        ("2. GENERAL", "B. Awards", "2."),
        ("2. GENERAL", "C. Notices"),
        ("SCHEDULE A",),
        ("SCHEDULE A", "1. Prices"),
    ]


def test_numbers_run_on_after_a_heading_after_a_hundred_and_before_a_small_letter() -> None:
    text = "The rules are met. ARTICLE ONE TERMS 1.1 Use. Words mean what they say. ARTICLE TWO RENT 2.1 Rent. He pays."
    assert [path[-1] for path in paths(text)] == ["ARTICLE ONE TERMS", "1.1 Use", "ARTICLE TWO RENT", "2.1 Rent"]
    zero = "1.0 ORDERS 1.1 The buyer orders goods.\n\n1.2 The seller sends them.\n\n2.0 RETURNS 2.1 They go back.\n"
    assert [path[-1] for path in paths(zero)] == ["1.0 ORDERS", "1.1", "1.2", "2.0 RETURNS", "2.1"]
    hundred = "ARTICLE I TERMS\n\n" + " ".join(f'1.{number} "Word {number}" is one.' for number in range(1, 104))
    assert paths(hundred)[-1][-1] == "1.103 Word 103"
    assert paths("1. Use. Words.\n\n2. mPhase agrees to it.\n\n3. mPhase pays for it.\n")[1:] == [("2.",), ("3.",)]


def test_a_section_of_a_statute_with_a_letter_is_no_number_of_the_text() -> None:
    text = (
        "ARTICLE I TAX\n\n1.1 Plans. (g) None is one of\n\nSection 280G of the Code.\n\n1.2 Acts. Section 6.1.A of it."
    )
    assert [path[-1] for path in paths(text)] == ["ARTICLE I TAX", "1.1 Plans", "1.2 Acts"]


def test_numbers_without_a_space_amid_a_line_and_without_the_word_go_on() -> None:
    text = (
        "Section 1. Duties\n\na) Care: He takes care.\n\nb)He pays.\n\nc)He leaves.\n\nSection 2. Ends\n\n(a) This ends"
        " (i) now; or (ii) by Section 9.1. (b) by notice, if:\n\n3.0  Force Majeure. None.\n\n4.0  Notices. By post.\n"
    )
    assert [path[-1] for path in paths(text)] == [
        *("Section 1 Duties", "a) Care", "b)", "c)", "Section 2 Ends", "(a)", "(b)", "3.0 Force Majeure", "4.0 Notices")
    ]


def test_numbers_amid_a_line_whose_titles_end_in_nothing_go_on() -> None:
    text = (
        "the parties agree under Securities Laws 1. Definitions In this Agreement: all is meant. 2. Sales Each agent "
        "sells. 3. Fees (a) Rates The fee is ten. (b) Costs The cost is one. 4. Ends This ends under Section 3. The "
        "rest stays. 5. Law a. Choice. It is ours. b. Venue. It is here.\n"
    )
    assert [section.number for section in sections_of(text)] == ["2.", "3.", "(a)", "(b)", "4.", "5.", "a.", "b."]
    assert paths("They agree as follows: Article\n1. Rates. Ten.\n2. Costs. One.\n") == [("1. Rates",), ("2. Costs",)]
    matters = (
        "7.1 Acts. None.\n\nSection 7.2    Section 16 Matters. Each board acts.\n\nSection 7.3    Notices. By post."
    )
    assert [path[-1] for path in paths("ARTICLE VII ACTS\n\n" + matters)][1:] == [
        *("7.1 Acts", "Section 7.2 Section 16 Matters", "Section 7.3 Notices")
    ]


def test_a_letter_amid_a_line_is_found_before_the_first_number_of_its_list() -> None:
    text = (
        "8.1 Ends. It ends.\n\n8.2 Fees. (a) One pays.\n\n(b) (i) He pays ten.\n\n(ii) She pays one. (c)  (i) They pay"
        " all.\n\n(ii) None pays.\n"
    )
    assert paths(text)[-2:] == [("8.2 Fees", "(c)", "(i)"), ("8.2 Fees", "(c)", "(ii)")]


def test_what_is_to_read_as_an_exhibit_does_sets_nothing_out() -> None:
    text = (
        "Section 2.1. The Merger. They merge.\n\nSection 2.2. Charter. The charter shall be amended to read as set "
        "forth in Exhibit A, under Section 5.10.    \n\nSection 2.3. Bylaws. The bylaws stay.\n"
    )
    assert [len(path) for path in paths(text)] == [1, 1, 1]


def test_a_long_run_of_spaces_takes_no_long_time() -> None:
    began = time.process_time()
    sections_of("Terms " + " " * 40_000 + "section")
    assert time.process_time() - began < 5
