"""Cite-checking a brief."""

from __future__ import annotations

import time

import pytest

from legalqa.values.answer import Sentence
from legalqa.verify import Place, check_draft, citing
from legalqa.verify.draft import statements
from tests.verify.parts import LEASE, NOTICE, Documents, document

LEASED = document(LEASE)
SCANNED = document(NOTICE, id="notice", path="/files/Notice.pdf", title="Notice of Default", source="ocr")


def _between(first: str, last: str) -> list[Place]:
    return [Place("lease", LEASE.index(first), LEASE.index(last))]


RECORD = Documents(
    LEASED,
    SCANNED,
    references={
        "Lease § 4.1": _between("4.1", "4.2"),
        "Lease § 4.2": _between("4.2", "4.3"),
        "Lease § 4.3": _between("4.3", "4.4"),
        "HARBOR000001": _between("ARTICLE", "4.3"),
        "Amendment § 1": [*_between("4.1", "4.2"), *_between("4.3", "4.4")],
    },
)


def judged(text: str) -> Sentence:
    (sentence,) = check_draft(text, RECORD).sentences
    return sentence


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Base rent was $42,500 per month (Lease § 4.1).", "supported"),
        ("Base rent was $42,500 per month. (Lease § 4.1.)", "supported"),
        ("Section 4.1 of the Lease sets base rent of $42,500 per month.", "supported"),
        ("Base rent was $42,500 per month (HARBOR000001).", "supported"),
        ("12. Base rent was $42,500 per month (Lease § 4.1).", "supported"),
        ("Base rent was $44,500 per month (Lease § 4.1).", "unsupported"),
        ("Tenant may assign this Lease (Lease § 4.2).", "unsupported"),
        ("Landlord must maintain the parking area (Lease § 4.3).", "unsupported"),
        ("Landlord must maintain the roof (Lease § 4.3).", "supported"),
        ("Base rent was $42,500 per month (Lease § 9.9).", "bad_reference"),
        (
            "Tenant “shall not assign this Lease without the prior written consent of Landlord” (Lease § 4.2).",
            "supported",
        ),
        (
            "Tenant “shall assign this Lease without the prior written consent of Landlord” (Lease § 4.2).",
            "bad_reference",
        ),
        ("The lease says “Tenant shall indemnify Landlord against all claims” (Lease § 4.2).", "bad_reference"),
        ("“Tenant shall indemnify Landlord against all claims”", "verbatim"),
        ("The parties agreed that “time is of the very essence of this Lease.”", "bad_reference"),
        ("It was cold on that day in the city.", "uncited"),
        ("Roe v. Wade, 410 U.S. 113 (1973), controls this case entirely.", "uncited"),
    ],
)
def test_each_sentence_of_a_brief_is_held_against_what_it_cites(text: str, verdict: str) -> None:
    sentence = judged(text)
    assert sentence.verdict == verdict, sentence.reasons
    assert sentence.reasons


def test_a_quotation_that_stands_elsewhere_is_told_its_place() -> None:
    sentence = judged("The lease says “Tenant shall indemnify Landlord against all claims” (Lease § 4.2).")
    assert sentence.citations[0].elsewhere == ("Lease.pdf p. 2 (HARBOR000002)",)


def test_an_uncited_quotation_is_found_in_the_record() -> None:
    sentence = judged("“Tenant shall indemnify Landlord against all claims”")
    (citation,) = sentence.citations
    assert citation.pages == (2,)
    assert LEASE[citation.start : citation.end] == "Tenant shall indemnify Landlord against all claims"


def test_a_reference_that_cannot_be_resolved_says_so() -> None:
    sentence = judged("Base rent was $42,500 per month (Lease § 9.9).")
    assert "“Lease § 9.9” cannot be resolved" in sentence.reasons[0]
    assert not sentence.citations[0].found


def test_an_ambiguous_reference_is_searched_everywhere_and_says_so() -> None:
    sentence = judged("Base rent is $42,500 per month (Amendment § 1).")
    assert sentence.verdict == "supported"
    assert any("2 places" in reason for reason in sentence.reasons)


def test_id_means_the_reference_before() -> None:
    checked = check_draft("Base rent was $42,500 per month (Lease § 4.1). It bears interest at 5% (Id.).", RECORD)
    assert [sentence.citations[0].key for sentence in checked.sentences] == ["Lease § 4.1", "Lease § 4.1"]
    assert citing.continued("Id. at 14", "Lease § 4.2") == "Lease at 14"
    assert citing.continued("Id. 46:2", "Doe Dep. 45:12-46:3") == "Doe Dep. 46:2"
    assert citing.continued("Idaho Lease § 2", "Lease § 4.2") == "Idaho Lease § 2"


def test_words_of_an_authority_outside_the_record_are_not_called_invented() -> None:
    sentence = judged("The court held “no man is above the common law,” Doe v. Roe, 45 F.3d 12, 14 (2d Cir. 1995).")
    assert sentence.verdict == "unsupported"
    assert "authority" in sentence.reasons[0]


def test_authorities_of_a_draft_are_listed() -> None:
    checked = check_draft("See Roe v. Wade, 410 U.S. 113 (1973). But see Doe v. Poe, 12 F.9th 44 (2001).", RECORD)
    assert [one.status for one in checked.authorities] == ["in_record", "malformed"]


def test_headings_state_nothing_quotations_are_not_cut_and_citations_go_with_their_sentence() -> None:
    text = (
        "STATEMENT OF FACTS\n\nI. The Lease\n\nThe lease says: “Rent is due. Interest runs.” Tenant paid nothing. "
        "(Lease § 4.1.) See Lease § 4.2.\n\nRespectfully submitted,"
    )
    assert [text[start:end] for start, end in statements(text)] == [
        "The lease says: “Rent is due. Interest runs.”",
        "Tenant paid nothing. (Lease § 4.1.) See Lease § 4.2.",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(Lease at 12; see Doe Dep. 45:12–46:3)", ["Lease at 12", "Doe Dep. 45:12-46:3"]),
        ("Produced as HARBOR000123–125.", ["HARBOR000123-125"]),
        ("(Compl. ¶¶ 12-14)", ["Compl. ¶¶ 12-14"]),
        ("(Ex. A at 3) (see Ex. B)", ["Ex. A at 3", "Ex. B"]),
        ("See Lease § 4.2(b).", ["Lease § 4.2(b)"]),
        ("As Lease.pdf shows", ["Lease.pdf"]),
        ("The Tenant arrived at 12 and paid $500 (Invoice No. 5).", []),
    ],
)
def test_references_are_read_as_briefs_write_them(text: str, found: list[str]) -> None:
    references = citing.find(text)
    assert [reference.text for reference in references] == found
    assert all(text[one.start : one.end] for one in references)


def test_a_heading_on_a_line_of_its_own_is_no_part_of_the_sentence_below() -> None:
    text = (
        "STATEMENT OF FACTS\n\nA. The Lease\nBase rent was $42,500 per month\n(Lease § 4.1). It was paid.\n\n"
        "B. The Roof\nThe roof is kept."
    )
    checked = check_draft(text, RECORD).sentences
    assert [" ".join(one.text.split()) for one in checked] == [
        "Base rent was $42,500 per month (Lease § 4.1).", "It was paid.", "The roof is kept.",
    ]  # fmt: skip
    assert checked[0].verdict == "supported"


def test_a_hyphen_that_a_line_end_took_is_said_to_be_all() -> None:
    text = "4.6 Tenant shall pay Rent without abatement or set-off of any kind."
    record = Documents(document(text), references={"Lease § 4.6": [Place("lease", 0, len(text))]})
    (sentence,) = check_draft("Rent is due “without abatement or setoff of any kind” (Lease § 4.6).", record).sentences
    assert sentence.verdict == "unsupported"
    assert "differ in a hyphen alone" in sentence.reasons[0]


@pytest.mark.parametrize("piece", ["A", "A-", "A B ", "(a) ", "12:", "Ex. ", "( ", "See ", "a & ", "[", "2.2"])
def test_no_draft_keeps_the_search_for_cites_busy(piece: str) -> None:
    """Eight thousand characters of anything: found by fuzzing, a word of 150 capitals took more than ten minutes."""
    began = time.process_time()
    citing.find(piece * (8_000 // len(piece)) + ".2.2")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_draft_holds_nothing_to_check(text: str) -> None:
    checked = check_draft(text, RECORD)
    assert checked.sentences == ()
