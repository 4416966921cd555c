"""The ladder: one verdict a sentence, the worst of what was found, with reasons that an attorney can read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from legalqa.values.answer import WORST_FIRST, Citation, Claim, Sentence
from legalqa.verify import check, check_claim
from tests.verify.parts import LEASE, NOTICE, Documents, answer, document, passage

LEASED = document(LEASE)
SCANNED = document(NOTICE, id="notice", path=r"C:\files\Notice.pdf", title="Notice of Default", source="ocr")
RECORD = Documents(LEASED, SCANNED)
RENT = passage(LEASED, 1, "4.1 Base", "annum.")
ASSIGN = passage(LEASED, 2, "4.2 Assign", "Tenant.")
DUE = passage(SCANNED, 3, "The tenant", "once.")
CONSENT = "Tenant shall not assign this Lease without the prior written consent of Landlord."


def judged(text: str, *citations: Citation, record: Documents = RECORD) -> Sentence:
    checked = check(answer([Claim(text, citations)], RENT, ASSIGN, DUE), record)
    (sentence,) = checked.sentences
    assert sentence.text == text
    assert sentence.reasons
    assert all(reason.strip() for reason in sentence.reasons)
    return sentence


def test_a_sentence_that_is_its_quotation_is_verbatim() -> None:
    sentence = judged(CONSENT, Citation("2", CONSENT))
    assert sentence.verdict == "verbatim"
    (citation,) = sentence.citations
    assert citation.found
    assert LEASE[citation.start : citation.end] == CONSENT
    assert citation.section == ("ARTICLE 4 RENT", "4.2 Assignment")
    assert citation.pages == (1,)
    assert citation.bates == ("HARBOR000001",)
    assert citation.boxes == LEASED.boxes_of(citation.start or 0, citation.end or 0)
    assert citation.ocr_confidence is None
    assert (citation.document, citation.path) == ("Lease.pdf", "/files/Lease.pdf")


@pytest.mark.parametrize("text", [f"“{CONSENT}” [2]", f'"{CONSENT}"', CONSENT.replace(" ", "  "), CONSENT[:-1]])
def test_typography_and_markers_leave_it_verbatim(text: str) -> None:
    assert judged(text, Citation("2", CONSENT)).verdict == "verbatim"


def test_a_frame_around_a_true_quotation_is_supported() -> None:
    assert judged(f"The lease provides that “{CONSENT}”", Citation("2", CONSENT)).verdict == "supported"


def test_a_true_quotation_does_not_save_a_false_sentence() -> None:
    sentence = judged(f"Tenant must pay $99 and “{CONSENT}”", Citation("2", CONSENT))
    assert sentence.verdict == "unsupported"
    assert "$99 stands nowhere in the cited passage" in sentence.reasons[0]


def test_an_unknown_key_is_a_bad_reference() -> None:
    sentence = judged("Base rent is $42,500 per month.", Citation("9"))
    assert sentence.verdict == "bad_reference"
    assert sentence.reasons == ("source 9 is not among the passages shown",)
    assert not sentence.citations[0].found


def test_one_bad_citation_is_enough() -> None:
    assert judged(CONSENT, Citation("2", CONSENT), Citation("7")).verdict == "bad_reference"


def test_a_quotation_cited_to_the_wrong_passage_is_told_its_true_place() -> None:
    quote = "Tenant shall indemnify Landlord against all claims"
    sentence = judged(quote + ".", Citation("2", quote))
    assert sentence.verdict == "bad_reference"
    assert sentence.citations[0].elsewhere == ("Lease.pdf p. 2 (HARBOR000002)",)
    assert "Lease.pdf p. 2" in sentence.reasons[0]


def test_a_quotation_of_another_document_is_told_its_true_place() -> None:
    quote = "the sum of $12,750.00 is past due as of June 3, 2021"
    sentence = judged(quote, Citation("2", quote))
    assert sentence.verdict == "bad_reference"
    assert sentence.citations[0].elsewhere == ("Notice.pdf p. 1 (HARBOR000001)",)


def test_an_altered_quotation_is_a_bad_reference_that_shows_the_difference() -> None:
    quote = CONSENT.replace("shall not", "shall")
    sentence = judged(quote, Citation("2", quote))
    assert sentence.verdict == "bad_reference"
    assert "shall not" in sentence.reasons[0]
    assert not sentence.citations[0].found
    assert sentence.citations[0].elsewhere == ()


def test_words_quoted_inside_a_sentence_must_stand_there_too() -> None:
    assert judged("The “Security Bond” is due with the base rent.", Citation("1")).verdict == "bad_reference"
    sentence = judged("The “Security Deposit” is due with the base rent.", Citation("1"))
    assert sentence.verdict == "bad_reference"
    assert "Lease.pdf p. 2" in sentence.reasons[0]


def test_a_near_match_on_an_ocr_page_is_a_finding_of_its_own() -> None:
    quote = "the sum of $12,750.00 is past duc as of June 3, 2021"
    sentence = judged(quote, Citation("3", quote))
    assert sentence.verdict == "unsupported"
    assert "read by OCR" in sentence.reasons[0]
    assert "71%" in sentence.reasons[0]
    altered = "the sum of $12,780.00 is past due as of June 3, 2021"
    assert judged(altered, Citation("3", altered)).verdict == "bad_reference"


def test_verbatim_on_an_ocr_page_says_how_sure_the_reading_is() -> None:
    sentence = judged("the sum of $12,750.00 is past due", Citation("3"))
    assert sentence.verdict == "verbatim"
    assert any("71%" in reason for reason in sentence.reasons)
    assert sentence.citations[0].ocr_confidence == 71.0


def test_a_quotation_that_drops_its_negation_carries_a_note() -> None:
    quote = "assign this Lease without the prior written consent of Landlord"
    sentence = judged(quote, Citation("2", quote))
    assert sentence.verdict == "verbatim"
    assert any("shall not" in reason for reason in sentence.reasons)


def test_omissions_are_told_and_an_omitted_exception_is_unsupported() -> None:
    fair = "Landlord may terminate ... upon not less than sixty (60) days' written notice"
    assert judged(fair, Citation("2", fair)).verdict == "supported"
    unfair = "Tenant shall ... assign this Lease"
    sentence = judged(unfair, Citation("2", unfair))
    assert sentence.verdict == "unsupported"
    assert "omits" in sentence.reasons[0]


def test_altered_letters_stay_verbatim_and_altered_words_do_not() -> None:
    letter = "[t]enant shall not assign this Lease"
    assert judged(letter, Citation("2", letter)).verdict == "verbatim"
    word = "Tenant shall not assign [the] Lease without the prior written consent of Landlord"
    sentence = judged(word, Citation("2", word))
    assert sentence.verdict == "supported"
    inserted = "Landlord may [not] terminate this Lease"
    assert judged(inserted, Citation("2", inserted)).verdict in ("unsupported", "bad_reference")


def test_a_free_sentence_is_held_against_its_passage() -> None:
    assert judged("Base rent is $42,500 per month. [1]", Citation("1")).verdict == "supported"
    wrong = judged("Base rent is $45,000 per month. [1]", Citation("1"))
    assert wrong.verdict == "unsupported"
    assert wrong.reasons[0] == "amount: the sentence says $45,000, the cited passage says $42,500"


def test_facts_may_stand_in_any_of_the_cited_passages() -> None:
    text = "Base rent is $42,500 per month and Landlord may terminate upon sixty days' notice."
    assert judged(text, Citation("1"), Citation("2")).verdict == "supported"
    assert judged(text, Citation("1")).verdict == "unsupported"


def test_names_may_come_from_the_document_itself() -> None:
    assert judged("Under the Office Lease, base rent is $42,500 per month.", Citation("1")).verdict == "supported"
    assert judged("Under the Zurich Lease, base rent is $42,500 per month.", Citation("1")).verdict == "unsupported"


def test_a_sentence_without_a_citation_is_uncited() -> None:
    assert judged("Base rent is $42,500 per month.").verdict == "uncited"


def test_too_little_support_is_unsupported() -> None:
    sentence = judged("The quarterly dividends rose sharply.", Citation("1"))
    assert sentence.verdict == "unsupported"
    assert sentence.score is not None
    assert sentence.score < 0.2


def test_semantic_similarity_joins_the_score() -> None:
    passages = answer([Claim("The lessee pays monthly.", (Citation("1"),))], RENT)
    low = check(passages, RECORD, support=lambda claim, text: 0.0).sentences[0].score
    high = check(passages, RECORD, support=lambda claim, text: 1.0).sentences[0].score
    assert low is not None
    assert high is not None
    assert high > low


def test_semantic_similarity_never_overrules_a_wrong_fact() -> None:
    claims = answer([Claim("Base rent is $45,000 per month.", (Citation("1"),))], RENT)
    assert check(claims, RECORD, support=lambda claim, text: 1.0).sentences[0].verdict == "unsupported"


def test_a_document_that_changed_or_vanished_vouches_for_nothing() -> None:
    assert judged(CONSENT, Citation("2", CONSENT), record=Documents()).verdict == "bad_reference"
    changed = Documents(replace(LEASED, text=LEASE.replace("not assign", "now assign")))
    assert judged(CONSENT, Citation("2", CONSENT), record=changed).verdict == "bad_reference"


def test_a_citation_may_narrow_its_place_and_a_wrong_narrowing_falls_back_to_the_passage() -> None:
    at = LEASE.index("Landlord may terminate")
    narrow = judged("Landlord may terminate this Lease", Citation("2", "", "lease", at, at + 40))
    assert (narrow.verdict, narrow.citations[0].start) == ("verbatim", at)
    astray = judged(CONSENT, Citation("2", CONSENT, "lease", 0, 10))
    assert astray.verdict == "verbatim"
    assert judged(CONSENT, Citation("2", CONSENT, "notice", at, at + 40)).verdict == "bad_reference"


def test_every_sentence_gets_exactly_one_known_verdict_and_keeps_its_order() -> None:
    claims = [
        Claim(CONSENT, (Citation("2", CONSENT),)),
        Claim("It rained."),
        Claim("", (Citation("1"),)),
        Claim("?", ()),
    ]
    checked = check(answer(claims, RENT, ASSIGN), RECORD)
    assert [sentence.text for sentence in checked.sentences] == [claim.text for claim in claims]
    assert all(sentence.verdict in WORST_FIRST for sentence in checked.sentences)
    assert checked.sentences[2].verdict not in ("supported", "verbatim")


def test_a_claim_against_a_bare_passage() -> None:
    text = "Tenant shall pay rent of $500 on the first day of each month."
    assert check_claim("Tenant shall pay rent of $500", text).verdict == "verbatim"
    assert check_claim("Rent of $500 is paid monthly, on the first day of each month.", text).verdict == "supported"
    assert check_claim("Rent is “five hundred dollars” monthly.", text).verdict == "bad_reference"
    assert check_claim("", text).verdict == "unsupported"
    assert check_claim(text, "").verdict == "unsupported"


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "5" + " " * 50_000 + "zebra",
        "a-" + "\n" * 50_000 + "5",
        "-\n" * 10_000,
        "THE " * 3_000,
        '"' * 5_000,
        "[a] ... " * 2_000,
    ],
)
def test_hostile_text_is_checked_in_bounded_time(text: str) -> None:
    assert check_claim(text, LEASE).verdict != "supported"
    assert check_claim("Tenant shall pay $5 in “the rent ... [of] all”.", text).verdict != "supported"
    assert check(answer([Claim(text, (Citation("1", text),))], RENT), RECORD).sentences[0].verdict == "bad_reference"


def test_a_copied_sentence_with_quotation_marks_of_its_own_is_verbatim() -> None:
    deposit = passage(LEASED, 4, "4.3 Indemnity", "$85,000.")
    quote = "The “Security Deposit” is $85,000."
    claim = Claim(f"“{quote}”", (Citation("4", quote),), copied=True)
    assert check(answer([claim], deposit), RECORD).sentences[0].verdict == "verbatim"
