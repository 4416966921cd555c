"""Tables of contents are found, end where the text begins, and say what the headings are called."""

from __future__ import annotations

from legalqa.ingest.structure.contents import contents_of
from legalqa.ingest.structure.sections import sections_of

TABLE = (
    "TABLE OF CONTENTS\nPage\nARTICLE I DEFINITIONS 1\nSection 1.1 Certain Terms 1\nARTICLE II RENT 3\n"
    "Section 2.1 Base Rent 3\nSection 2.2 Section 16 Matters 4\nSection 2.3 Taxes 5\n"
)
TEXT = (
    "\n\nLEASE\n\nThis Lease is made by the parties.\n\nARTICLE I\n\nDEFINITIONS\n\nSection 1.1 Certain Terms. Words."
    "\n\nARTICLE II\n\nRENT 2.1 Base rent. Tenant pays. Section 2.2 Section 16 Matters. The parties comply."
    " Section 2.3 Taxes."
)


def test_a_table_and_what_it_lists() -> None:
    found = contents_of(TABLE + TEXT)
    assert [(TABLE + TEXT)[r.start : r.end] for r in found.regions] == [TABLE.strip()]
    assert found.titles()["dotted2", (2, 2)] == "Section 16 Matters"
    assert [entry.page for entry in found.entries] == ["1", "1", "3", "3", "4", "5"]


def test_the_same_table_flattened_to_one_line() -> None:
    flat = " ".join(TABLE.split())
    found = contents_of(flat + TEXT)
    assert (found.regions[0].start, found.regions[0].end) == (0, len(flat))


def test_its_titles_confirm_headings_that_stand_amid_a_line() -> None:
    paths = [section.path for section in sections_of(TABLE + TEXT)]
    assert paths == [
        ("ARTICLE I DEFINITIONS",),
        ("ARTICLE I DEFINITIONS", "Section 1.1 Certain Terms"),
        ("ARTICLE II RENT",),
        ("ARTICLE II RENT", "2.1 Base rent"),
        ("ARTICLE II RENT", "Section 2.2 Section 16 Matters"),
        ("ARTICLE II RENT", "Section 2.3 Taxes"),
    ]


def test_figures_are_no_table_of_contents() -> None:
    text = "CONTENTS\n1. Revenue 912\n2. Cost 610\n3. Profit 302\n4. Tax 61\n5. Net 241\n6. Debt 118\n7. Cash 44\n"
    assert contents_of(text).regions == ()


def test_leaders_make_a_table_of_authorities() -> None:
    lines = "\n".join(f"Smith v. Jones, {n} F.3d {n} (1st Cir. 199{n}) {'.' * 20} {n + 3}" for n in range(1, 6))
    text = f"The brief of the appellant follows.\n\n{lines}\n\nARGUMENT\n\nThe judgment is wrong."
    found = contents_of(text).regions
    assert [text[region.start : region.end] for region in found] == [lines]


def test_numbers_without_a_stop_are_entries_only_if_they_count_from_one() -> None:
    listed = contents_of("Contents\n1 Parties ....... 1\n2 Rent ....... 3\n3 Term ....... 4\n\nText.\n")
    assert listed.titles() == {("bare", (1,)): "Parties", ("bare", (2,)): "Rent", ("bare", (3,)): "Term"}
    statutes = "STATUTES\n28 U.S.C. 1331 ....... 1\n42 U.S.C. 1983 ....... 3\n42 U.S.C. 1988 ....... 4\n\nText.\n"
    assert contents_of(statutes).titles() == {}


def test_a_table_without_heading_or_leaders_is_one_if_its_titles_come_again() -> None:
    entries = [("DEFINITIONS", 3), ("RENT AND CHARGES", 4), ("USE OF THE PREMISES", 9), ("NOTICES", 11)]
    table = "".join(f"{number} {title:<60}{page}\n\n" for number, (title, page) in enumerate(entries, 1))
    body = "".join(f"{number} {title}\n\nThe words of it.\n\n" for number, (title, _) in enumerate(entries, 1))
    (region,) = contents_of("LEASE\n\n" + table + body).regions
    assert ("LEASE\n\n" + table + body)[region.start : region.end] == table.strip()
    assert not contents_of("PRICES\n\n" + table).regions  # as many lines, and nothing that they list


def test_a_table_goes_on_over_a_page_break() -> None:
    text = (
        "TABLE OF CONTENTS\n\nSection 1.01 Rent 1\nSection 1.02 Use 2\nSection 1.03 Care, and what the tenant must do "
        "about the roof, the walls, the doors, the windows, the floors and pipes of it 3\n\n\n\ni\n\n\n________________"
        "\n\n\nSection 1.04 Term 5\nSection 1.05 Notices 6\n\nThe parties agree to the following, and to nothing else, "
        "in this lease of the premises.\n\nSection 1.01 Rent. The tenant pays.\n"
    )
    (region,) = contents_of(text).regions
    assert text[region.start : region.end].endswith("Notices 6")


def test_a_table_goes_on_after_words_at_the_foot_of_its_page() -> None:
    foot = "\n\n[***] = Certain information in this document was omitted and filed apart, " + "as the rules say, " * 9
    table = (
        "TABLE OF CONTENTS\n\nARTICLE 1 RENT 1 1.1 Base Rent 1 1.2 Other Rent 2 ARTICLE 2 USE 3 2.1 Uses 3" + foot
        + "\n\n\n\nARTICLE 3 CARE 4 3.1 Roof 4 3.2 Walls 5"
    )  # fmt: skip
    body = "\n\n\n\nLEASE\n\nARTICLE 1 RENT 1.1 Base Rent. The tenant pays.\n\n1.2 Other Rent. The tenant pays more.\n"
    (region,) = contents_of(table + body).regions
    assert len(table) <= region.end < len(table) + body.index("ARTICLE 1")
