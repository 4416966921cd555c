"""True paraphrases and false ones over passages of the sample matter, and what the verifier may get wrong of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from legalqa.verify import check_claim
from legalqa.verify.facts import findings

CLAIMS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "sample_claims.json").read_text(encoding="utf-8"))
LATE = next(one["passage"] for one in CLAIMS if one["place"] == "Lease § 4.5")


def accepted(claim: str, passage: str) -> bool:
    return check_claim(claim, passage).verdict in ("supported", "verbatim")


def test_no_true_paraphrase_is_said_to_disagree_with_its_passage() -> None:
    alarms = [
        (one["place"], claim, found)
        for one in CLAIMS
        for claim in one["true"]
        if (found := findings(claim, one["passage"]))
    ]
    assert alarms == []


def test_hardly_a_false_one_is_accepted() -> None:
    """Precision and recall of what is flagged, by words alone, without the encoder."""
    flagged_false = [not accepted(c["claim"], one["passage"]) for one in CLAIMS for c in one["false"]]
    flagged_true = [not accepted(claim, one["passage"]) for one in CLAIMS for claim in one["true"]]
    recall = sum(flagged_false) / len(flagged_false)
    precision = sum(flagged_false) / (sum(flagged_false) + sum(flagged_true))
    assert recall >= 0.94
    assert precision >= 0.88


def test_every_kind_of_falsehood_is_mostly_caught() -> None:
    kinds = [(c["kind"], not accepted(c["claim"], one["passage"])) for one in CLAIMS for c in one["false"]]
    counts, caught = Counter(kind for kind, _ in kinds), Counter(kind for kind, flagged in kinds if flagged)
    assert {kind: caught[kind] / counts[kind] for kind in counts if caught[kind] < 0.85 * counts[kind]} == {}


MENDED = [  # each gave a wrong verdict before
    ("If an installment is not paid within five days after it is due, Tenant must pay a late charge of 5%.", LATE, ""),
    ("If Rent is not paid when due, the Landlord must pay a late charge of 5% of the installment.", LATE, "parties"),
    ("The salary of those people is less than $90,000.", "It covers employees whose salary exceeds $90,000.", "bound"),
    ("Buyer shall not hire a person whose salary is more than $90,000.",
     "Buyer shall not hire any person whose salary exceeds $90,000.", ""),
    ("Notice is due between eighteen and twelve months before the end.",
     "Notice is due not earlier than eighteen (18) months and not later than twelve (12) months before the end.", ""),
    ("Units sold before May 1 are not affected by it.", "No unit of any kind sold before May 1 is affected by it.", ""),
    ("Seller did not replace the pump.", "The pump must be replaced by Seller. Seller refused to do so.", ""),
    ("The tenant rented the unit.", "Q. Did the tenant rent the unit?\nA. No.", "negation"),
    ("The tenant did not rent the unit.", "Q. Did the tenant rent the unit?\nA. No.", ""),
    ("The deposit bears interest.", "The deposit is no advance payment and bears no interest.", "negation"),
    ("The rooms were closed for four days.", "Rooms 2 and 4 were closed for two days.", "duration"),
    ("Vibration at the bearing measured 0.28 inches.",
     "Vibration at the bearing measured 0.42 inches. The limit for service is 0.28 inches.", "number"),
    ("Acme owes $10,000 in rent and $90,000 in late charges.",
     "Acme owes Beta $90,000 in rent for May and $10,000 in late charges on it.", "amount"),
    ("In 2022 the rate is $12.", "| 2021 | $11 |\n| 2022 | $11 |\n| 2023 | $12 |", "amount"),
    ("Count III was dismissed with prejudice.",
     "The motion to dismiss Count III (ECF No. 18) is granted, without prejudice.", "negation"),
    ("The court granted the motion for judgment.", "The motion for judgment is denied by the court.", "wording"),
    ("Baker's motion is granted.", "The motion of Able is granted.", "name"),
    ("Seller must inspect the goods.", "Seller may, after notice to the manager, inspect the goods.", "modality"),
    ("Replace the pump after July 1, 2024.", "We recommend to replace the pump before July 1, 2024.", "timing"),
    ("Able owes Baker the whole price of the goods.", "Baker owes Able the whole price of the goods.", "parties"),
    ("All taxes, including without limitation sales taxes, are borne by the Buyer of the Goods.",
     "All taxes, including sales taxes, are borne by the Buyer of the Goods.", ""),
    ("The Buyer shall give at least thirty days written notice of its claim.",
     "The Buyer shall give not less than thirty (30) days written notice of its claim.", ""),
    ("The matter goes to the presidents of both companies if consensus cannot be reached.",
     "If consensus cannot be reached, the matter goes to the presidents of both companies.", ""),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "passage", "kind"), MENDED)
def test_what_the_hunt_found_stays_mended(claim: str, passage: str, kind: str) -> None:
    kinds = {finding.kind for finding in findings(claim, passage)}
    assert kind in kinds if kind else not kinds


def test_a_figure_with_its_unit_lets_a_loose_paraphrase_stand() -> None:
    passage = "Landlord's obligation under this Section may not exceed $25,000.00 for any one occurrence."
    assert check_claim("Landlord's reimbursement is capped at $25,000 per occurrence.", passage).verdict == "supported"
    assert (
        check_claim("Landlord's reimbursement is capped at $35,000 per occurrence.", passage).verdict == "unsupported"
    )
    assert check_claim("The broker earns $25,000 each spring.", passage).verdict == "unsupported"
