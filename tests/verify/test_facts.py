"""Pairs of sentence and passage, with what a careful attorney would say of each."""

from __future__ import annotations

import re

import pytest

from legalqa.verify import check_claim
from legalqa.verify.amounts import quantities
from legalqa.verify.facts import findings

RENT = (
    "Tenant shall pay Landlord base rent of $42,500 per month on the first day of each month, beginning March 1, 2019. "
    "Rent not paid within ten (10) days after it is due bears interest at five percent (5%) per annum."
)
ASSIGN = (
    "Tenant shall not assign this Lease or sublet the Premises without the prior written consent of Landlord. Landlord "
    "may terminate this Lease upon not less than sixty (60) days' written notice to Tenant."
)
INDEMNITY = "Seller shall indemnify Buyer against all losses arising from a breach of this Agreement by Seller."
NOTICE = "Either party may terminate this Agreement for convenience upon thirty (30) days prior written notice."
CAP = (
    "In no event shall Supplier's aggregate liability exceed $1.5 million or the fees paid in the preceding 12 months."
)
LAW = "This Agreement is governed by the laws of the State of Delaware, without regard to conflicts of law."
DUTY = "Licensee shall keep books of account and Licensor may audit them once in each calendar year."
NO_PARTY = "Neither party shall be liable for any failure to perform caused by an act of God."
NEED = "Contractor is not required to carry flood insurance but must carry general liability insurance."
DATED = "The Effective Date is the 5th day of March, 2019 and the term expires on December 31, 2024."
LATE = "Notice must be given no later than fifteen business days before the Closing Date."
ROYALTY = "Publisher shall pay a royalty of 7.5% of net sales, and an advance of €20,000 payable in two installments."

MADE = (
    "This Lease is made between Harbor Point LLC, a Delaware limited liability company, and Delmar Foods Inc., a "
    "corporation organized under the laws of the State of Texas."
)

WRONG = [
    (MADE, "Harbor Point LLC is a Delaware corporation.", "name", "Delaware limited liability company"),
    (MADE, "Delmar Foods Inc. is a Texas limited partnership.", "name", "Texas corporation"),
    (RENT, "Base rent is $45,000 per month.", "amount", "$42,500"),
    (RENT, "Base rent is $42,500 per month beginning March 1, 2018.", "date", "March 1, 2019"),
    (RENT, "Base rent is €42,500 per month.", "currency", "$42,500"),
    (RENT, "Late rent bears interest at fifteen percent per annum.", "percentage", "5%"),
    (RENT, "Rent not paid within 20 days bears interest.", "duration", "ten (10) days"),
    (RENT, "Rent not paid within ten months after it is due bears interest.", "duration", "ten (10) days"),
    (RENT, "Landlord shall pay Tenant base rent of $42,500 per month.", "parties", "Tenant"),
    (RENT, "The rent is due on the first day of each month beginning April 2019.", "date", "March 1, 2019"),
    (ASSIGN, "Tenant may assign this Lease.", "negation", "shall not assign"),
    (ASSIGN, "Tenant may assign this Lease without the consent of Landlord.", "negation", "shall not assign"),
    (ASSIGN, "Tenant shall assign this Lease to Landlord.", "negation", "shall not assign"),
    (ASSIGN, "Landlord may terminate upon not more than sixty days' notice.", "bound", "at least"),
    (ASSIGN, "Landlord may terminate upon at most 60 days' notice.", "bound", "at least"),
    (ASSIGN, "Landlord may terminate upon thirty (60) days' written notice.", "duration", "sixty (60) days"),
    (ASSIGN, "Landlord may not terminate this Lease.", "negation", "may terminate"),
    (ASSIGN, "Landlord must terminate this Lease upon sixty days' notice.", "modality", "may terminate"),
    (INDEMNITY, "Buyer shall indemnify Seller against all losses.", "parties", "Seller"),
    (RENT, "Landlord shall pay base rent of $42,500 per month.", "parties", "Tenant"),
    (DUTY, "Licensor shall keep books of account.", "parties", "Licensee"),
    (INDEMNITY, "Seller may indemnify Buyer against all losses.", "modality", "shall indemnify"),
    (INDEMNITY, "Seller shall not indemnify Buyer against losses.", "negation", "shall indemnify"),
    (INDEMNITY, "Seller is not required to indemnify Buyer.", "negation", "shall indemnify"),
    (INDEMNITY, "Acme Corporation shall indemnify Buyer against all losses.", "name", "does not stand"),
    (NOTICE, "Either party may terminate this Agreement upon ninety days notice.", "duration", "thirty (30) days"),
    (NOTICE, "Neither party may terminate this Agreement for convenience.", "negation", "may terminate"),
    (NOTICE, "Either party may terminate upon 30 business days notice.", "duration", "thirty (30) days"),
    (CAP, "Supplier's liability shall not exceed $15 million.", "amount", "$1.5 million"),
    (CAP, "Supplier's liability is capped at the fees of the preceding 24 months.", "duration", "12 months"),
    (LAW, "The Agreement is governed by the laws of New York.", "name", "New York"),
    (LAW, "This Agreement is not governed by the laws of Delaware.", "negation", ""),
    (DUTY, "Licensee may audit the books of Licensor.", "parties", "Licensor"),
    (DUTY, "Licensor shall audit the books once in each year.", "modality", "may audit"),
    (DUTY, "Licensee may keep books of account.", "modality", "shall keep"),
    (NO_PARTY, "Either party shall be liable for failure to perform.", "negation", ""),
    (NEED, "Contractor must carry flood insurance.", "negation", "not required"),
    (DATED, "The Effective Date is March 15, 2019.", "date", "5th day of March"),
    (DATED, "The term expires in 2025.", "number", "2025"),
    (DATED, "The term expires on 12/31/2023.", "date", "December 31, 2024"),
    (LATE, "Notice must be given at least fifteen days before the Closing Date.", "duration", "fifteen business days"),
    (LATE, "Notice must be given fifteen business days after the Closing Date.", "timing", "before"),
    (ROYALTY, "The royalty is 75% of net sales.", "percentage", "7.5%"),
    (ROYALTY, "The advance is $20,000.", "currency", "€20,000"),
    (ROYALTY, "The advance is payable in three installments.", "number", "three"),
]  # fmt: skip

RIGHT = [
    (MADE, "Harbor Point LLC is a Delaware limited liability company."),
    (MADE, "The Lease is between Harbor Point LLC, a Delaware LLC, and Delmar Foods Inc., a Texas corporation."),
    (RENT, "Base rent is $42,500.00 per month."),
    (RENT, "The base rent begins on 3/1/2019."),
    (RENT, "Base rent begins in March 2019."),
    (RENT, "Late rent bears interest of 5 percent per annum after 10 days."),
    (RENT, "Tenant must pay base rent of $42,500 each month."),
    (ASSIGN, "Tenant may not assign this Lease without the prior written consent of Landlord."),
    (ASSIGN, "Tenant may assign this Lease only with the prior written consent of Landlord."),
    (ASSIGN, "Landlord can terminate the Lease upon at least 60 days' written notice."),
    (ASSIGN, "The Lessee must not sublet the Premises without Landlord's written consent."),
    (RENT, "The Lessee shall pay base rent of $42,500 per month."),
    (INDEMNITY, "Seller must indemnify Buyer against losses from a breach."),
    (INDEMNITY, "Buyer shall be indemnified by Seller against all losses."),
    (NOTICE, "Either party may terminate for convenience on 30 days' written notice."),
    (CAP, "Supplier's aggregate liability shall not exceed $1,500,000."),
    (CAP, "Supplier's liability is limited to the fees paid in the preceding one year."),
    (LAW, "Delaware law governs this Agreement."),
    (LAW, "The governing law is the law of the State of Delaware."),
    (DUTY, "Licensor may audit the books of account once each calendar year."),
    (NO_PARTY, "Neither party is liable for failure to perform caused by an act of God."),
    (NEED, "Contractor need not carry flood insurance, but must carry general liability insurance."),
    (DATED, "The Effective Date is March 5, 2019."),
    (DATED, "The term expires on 31 December 2024."),
    (LATE, "Notice must be given at the latest 15 business days prior to the Closing Date."),
    (ROYALTY, "The royalty is 7.5 percent of net sales."),
    (ROYALTY, "An advance of 20,000 euros is payable in two installments."),
]  # fmt: skip


@pytest.mark.parametrize(("passage", "claim", "kind", "says"), WRONG)
def test_a_wrong_fact_is_named(passage: str, claim: str, kind: str, says: str) -> None:
    verdict = check_claim(claim, passage)
    assert verdict.verdict == "unsupported"
    reasons = [finding.reason for finding in findings(claim, passage) if finding.kind == kind]
    assert reasons, findings(claim, passage)
    assert any(says in reason for reason in reasons), reasons


@pytest.mark.parametrize(("passage", "claim"), RIGHT)
def test_a_right_sentence_is_left_alone(passage: str, claim: str) -> None:
    assert findings(claim, passage) == []
    assert check_claim(claim, passage).verdict == "supported"


FACTS = re.compile(
    r"\b(?:shall not|may not|shall|may|must|not|no|Tenant|Landlord|Seller|Buyer|Licensee|Licensor|Delaware|Supplier|ten"
    r"|sixty|thirty|five|fifteen|two|first|\d[\d,.]*\d|\d)\b"
)
SWAPS = {
    "shall not": "shall", "may not": "may", "shall": "may", "may": "shall", "must": "may", "not": "", "no": "some",
    "Tenant": "Landlord", "Landlord": "Tenant", "Seller": "Buyer", "Buyer": "Seller", "Licensee": "Licensor",
    "Licensor": "Licensee", "Delaware": "Nevada", "Supplier": "Customer", "ten": "twenty", "sixty": "ninety",
    "thirty": "forty", "five": "six", "fifteen": "fifty", "two": "three", "first": "second",
}  # fmt: skip


def _mutants() -> list[tuple[str, str]]:
    pairs = []
    for passage in (RENT, ASSIGN, INDEMNITY, NOTICE, CAP, LAW, DUTY, NO_PARTY, NEED, DATED, LATE, ROYALTY):
        for match in FACTS.finditer(passage):
            word = match.group()
            other = SWAPS.get(word) if word in SWAPS else word[:-1] + str((int(word[-1]) + 3) % 10)
            altered = passage[: match.start()] + (other or "") + passage[match.end() :]
            pairs.append((passage, altered.replace("  ", " ")))
    return pairs


@pytest.mark.parametrize(("passage", "altered"), _mutants())
def test_one_altered_fact_is_never_accepted(passage: str, altered: str) -> None:
    assert check_claim(altered, passage).verdict == "unsupported"
    assert check_claim(f"“{altered}”", passage).verdict == "bad_reference"


@pytest.mark.parametrize("passage", [RENT, ASSIGN, INDEMNITY, NOTICE, CAP, LAW, DUTY, NO_PARTY, NEED, DATED, LATE])
def test_the_passage_itself_is_verbatim(passage: str) -> None:
    assert check_claim(passage, passage).verdict == "verbatim"
    assert check_claim(f"“{passage}”", passage).verdict == "verbatim"
    assert findings(passage, passage) == []


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("US$1.5 million", "amount", "1500000", "USD"),
        ("three million U.S. dollars", "amount", "3000000", "USD"),
        ("one hundred and fifty thousand dollars", "amount", "150000", "USD"),
        ("£5k", "amount", "5000", "GBP"),
        ("$.50", "amount", "0.5", "USD"),
        ("twenty-five percent", "percentage", "25", "%"),
        ("50 basis points", "percentage", "0.5", "%"),
        ("the 5th day of March, 2019", "date", "2019-03-05", ""),
        ("2019-03-05", "date", "2019-03-05", ""),
        ("Mar. 5, 2019", "date", "2019-03-05", ""),
        ("3/5/19", "date", "2019-03-05", ""),
        ("March 2019", "date", "2019-03", ""),
        ("March 5", "date", "--03-05", ""),
        ("sixty (60) calendar days", "duration", "60", "day"),
        ("two years", "duration", "24", "month"),
        ("three-year", "duration", "36", "month"),
        ("ten business days", "duration", "10", "business day"),
        ("45:12", "time", "45:12", ""),
        ("13.2.1", "number", "13.2.1", ""),
        ("the 21st", "number", "21", ""),
    ],
)
def test_quantities_are_normalised(text: str, kind: str, value: str, unit: str) -> None:
    first = quantities(text)[0]
    assert (first.kind, first.value, first.unit) == (kind, value, unit)


@pytest.mark.parametrize("text", ["one of the parties", "first, the Tenant", "Tenant may 5", "HARBOR000123", "B2B", ""])
def test_what_is_no_quantity_is_left_out(text: str) -> None:
    assert all(quantity.kind == "number" and quantity.text == "5" for quantity in quantities(text))
