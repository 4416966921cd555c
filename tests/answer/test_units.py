"""Units of a text whose furniture, lines and tables ingestion has told."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer import evidence
from legalqa.answer.quoting import quote
from legalqa.answer.units import Unit, units
from legalqa.values.answer import Answer, Passage
from legalqa.values.document import Document, Page, Region, RegionKind
from legalqa.verify import check
from tests.verify.parts import Documents

LEASE = (
    "Tenant shall pay to Landlord the Base Rent in monthly installments without\n\n"
    "INDUSTRIAL LEASE – HARBOR POINT\n\n"
    "Landlord’s prior demand on the first day of each calendar quarter. Any installment\nnot paid bears interest."
)
HEAD = "INDUSTRIAL LEASE – HARBOR POINT"


def region(text: str, kind: RegionKind, words: str, detail: str = "") -> Region:
    return Region(kind, text.index(words), text.index(words) + len(words), detail)


def said(text: str, *regions: Region) -> list[str]:
    return [unit.reading for unit in units(text, regions=regions)]


def test_a_sentence_over_a_page_break_with_a_running_head_is_one_unit() -> None:
    found = units(LEASE, regions=[region(LEASE, "header", HEAD)])
    assert [unit.reading for unit in found] == [
        "Tenant shall pay to Landlord the Base Rent in monthly installments without Landlord’s prior demand on the"
        " first day of each calendar quarter.",
        "Any installment not paid bears interest.",
    ]
    assert HEAD in LEASE[found[0].start : found[0].end]


def test_regions_may_count_in_a_longer_document() -> None:
    one = region(LEASE, "header", HEAD)
    moved = Region("header", one.start + 500, one.end + 500)
    assert units(LEASE, "", [moved], 500) == units(LEASE, "", [one])


def test_the_quote_reads_without_the_head_and_is_verbatim() -> None:
    text = LEASE
    half = text.index("INDUSTRIAL")
    pages = tuple(
        Page(number, str(number), "text", start, end, 612, 792)
        for number, (start, end) in enumerate([(0, half), (half, len(text))], 1)
    )
    document = Document(
        "lease", "/files/Lease.pdf", "0" * 64, "pdf", "Lease", "lease", None, (), True, text, pages,
        regions=(region(text, "header", HEAD),),
    )  # fmt: skip
    passage = Passage(
        1, "Lease.pdf", "lease", "/files/Lease.pdf", (), (1, 2), (), 0, len(text), 1.0, text, regions=document.regions
    )
    choice = evidence.choose("When is Base Rent due?", [passage], lambda texts: np.ones((len(texts), 4), np.float32))
    claim = quote(next(one for one in choice.evidence if "demand" in one.text))
    assert HEAD not in claim.text
    assert HEAD not in claim.citations[0].quote
    checked = check(Answer("?", (claim,), (passage,)), Documents(document))
    (sentence,) = checked.sentences
    assert sentence.verdict == "verbatim"
    (citation,) = sentence.citations
    assert citation.found
    assert citation.pages == (1, 2)
    assert HEAD in text[citation.start : citation.end]


def test_rows_of_a_table_that_begins_before_the_text_are_rows_of_it() -> None:
    """A passage often holds the lower half of a table."""
    text = "Permitted Use | Cold storage\nGuarantor | None\nBroker | Pemaquid Advisors"
    found = units(text, regions=[Region("table", -40, len(text), "Item | Basic term")])
    assert [unit.reading for unit in found] == text.splitlines()
    assert {(unit.kind, unit.header) for unit in found} == {("row", "Item | Basic term")}


def test_rows_of_a_table_stand_under_its_header() -> None:
    text = (
        "Charges for March\nItem | Quantity | Amount\nBerth hire | 12 | $4,800.00\nShore power\n| 3 | $90.00\n"
        "End of it all."
    )
    table = text[text.index("Item") : text.index("\nEnd")]
    found = units(text, regions=[region(text, "table", table, "Item | Quantity | Amount")])
    rows = [unit for unit in found if unit.kind == "row" and unit.header]
    assert [unit.reading for unit in rows] == ["Berth hire | 12 | $4,800.00", "Shore power", "| 3 | $90.00"]
    assert {unit.header for unit in rows} == {unit.lead for unit in rows} == {"Item | Quantity | Amount"}


def test_lines_told_by_regions_make_a_transcript_without_numbers_in_its_text() -> None:
    text = (
        "Q. Did you read it?\nA. I did, on the evening of May 3, and again the next\nmorning before I signed it.\n"
        "Q. Why?\nA. 25 people asked."
    )
    lines = [
        Region("line", text.index(line), text.index(line) + len(line), str(n))
        for n, line in enumerate(text.split("\n"), 1)
    ]
    found = units(text, regions=lines)
    assert [unit.kind for unit in found] == ["exchange", "exchange"]
    assert found[1].reading == "Q. Why? A. 25 people asked."


def test_line_numbers_in_the_text_are_in_no_reading() -> None:
    text = "12 Q. Did you read it?\n13 A. I did, all\n14 of it.\n15 Q. Why?\n16 A. I was asked."
    regions = []
    at = 0
    for line in text.split("\n"):
        regions += [Region("line_number", at, at + 2), Region("line", at + 3, at + len(line), f"45:{line[:2]}")]
        at += len(line) + 1
    assert said(text, *regions) == ["Q. Did you read it? A. I did, all of it.", "Q. Why? A. I was asked."]


def test_contents_stamps_and_hidden_text_are_no_units() -> None:
    text = (
        "TABLE\n4.1 Base Rent 12\nThe rent is due monthly in advance.\nFiled 03/04/2021 Page 2\n"
        "SECRET TERMS APPLY HERE NOW."
    )
    regions = [
        region(text, "contents", "TABLE\n4.1 Base Rent 12"), region(text, "stamp", "Filed 03/04/2021 Page 2"),
        region(text, "hidden", "SECRET TERMS APPLY HERE NOW.", "white"),
    ]  # fmt: skip
    assert said(text, *regions) == ["The rent is due monthly in advance."]


_PARTS = ["Tenant pays.", "the rent", "HEAD\n", "12", "Rent | $5\n", "\n\n", "Q. Why?\n"]
_KINDS: list[RegionKind] = ["header", "hidden", "table", "line", "line_number", "contents"]


@given(st.lists(st.sampled_from(_PARTS), max_size=12), st.data())
def test_units_lie_in_order_inside_the_text_and_hold_no_hidden_word(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4))
    regions = [Region(data.draw(st.sampled_from(_KINDS)), min(span), max(span), "Rent | Amount") for span in spans]
    found: list[Unit] = units(text, regions=regions)
    for before, after in pairwise(found):
        assert before.end <= after.start
    for unit in found:
        assert 0 <= unit.start < unit.end <= len(text)
        assert text[unit.start : unit.end].strip()
