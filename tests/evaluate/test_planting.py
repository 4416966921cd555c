"""Errors planted in claims about a matter's documents: the same every time, told apart, and mostly caught."""

from __future__ import annotations

import random
import re
from pathlib import Path

import docx
import pytest

from legalqa import cli_planted, shipped
from legalqa.errors import UserError
from legalqa.evaluate import altering, planting
from legalqa.evaluate.planting import ALTERED, Planted
from legalqa.report import planted as report
from legalqa.values.document import Document
from legalqa.verify import check_claim
from legalqa.verify.predicates import ROLES
from legalqa.verify.words import sentence_spans
from tests.verify.parts import document

SOURCES = shipped.folder("resources") / "sample" / "sources"


def plain(name: str) -> Document:
    """A source of the sample matter as prose, a page every few paragraphs."""
    text = re.sub(r"\*\*|__|^[>=§^:#]+ ?", "", (SOURCES / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = [part.strip() for part in text.split("\n\n") if part.strip() and "|" not in part]
    pages = ["\n\n".join(parts[at : at + 12]) for at in range(0, len(parts), 12)]
    return document("\f".join(pages), id=name, path=f"/files/{name}", title=name)


DOCUMENTS = tuple(plain(name) for name in ("lease_2.txt", "complaint.txt", "order.txt", "nda.txt"))
BY_ID = {one.id: one for one in DOCUMENTS}


def planted(seed: int = 1, each: int = 6) -> tuple[Planted, ...]:
    return planting.plant(DOCUMENTS, sentence_spans, ROLES, seed, each)


def test_the_same_seed_gives_the_same_claims_whatever_the_order() -> None:
    assert planted() == planting.plant(DOCUMENTS[::-1], sentence_spans, ROLES, 1, 6)
    assert planted() != planted(seed=2)


def test_every_kind_is_planted_and_has_its_true_claims() -> None:
    claims = planted()
    assert {claim.kind for claim in claims} == {*ALTERED, "true"}
    assert sum(claim.true for claim in claims) >= 20
    for claim in claims:
        passage = " ".join(BY_ID[claim.document_id].text[claim.start : claim.end].split())
        assert (claim.text in passage) == claim.true or not claim.quoted


def test_a_number_altered_in_words_is_not_mended_by_restating() -> None:
    claims = [claim for claim in planted(each=12) if claim.kind == "number_word" and not claim.quoted]
    assert claims
    for claim in claims:
        passage = " ".join(BY_ID[claim.document_id].text[claim.start : claim.end].split())
        assert claim.text not in altering.restated(passage)


def test_most_are_caught_and_true_ones_let_stand() -> None:
    judged = []
    for claim in planted():
        text = f"“{claim.text}”" if claim.quoted else claim.text
        verdict = check_claim(text, BY_ID[claim.document_id].text[claim.start : claim.end])
        unknown = any(one.status in ("unknown", "malformed") for one in verdict.authorities)
        flagged = unknown if claim.kind == "invented_authority" else verdict.verdict not in ("supported", "verbatim")
        judged.append((claim, flagged))
    told = planting.figures(judged)
    assert told["true"]["accepted"] >= 0.95
    assert told["all"]["recall"] >= 0.95
    assert all(one["recall"] >= 0.8 and one["precision"] >= 0.8 for one in told["kinds"].values())


def test_precision_counts_the_true_claims_that_are_flagged() -> None:
    def claim(kind: str) -> Planted:
        return Planted("1", kind, "", False, "d", 0, 1)

    judged = [(claim("true"), True), (claim("true"), False), (claim("number"), True), (claim("number"), True)]
    told = planting.figures(judged)
    assert told["true"] == {"n": 2, "accepted": 0.5}
    assert told["kinds"] == {"number": {"recall": 1.0, "precision": pytest.approx(2 / 3), "n": 2}}


@pytest.mark.parametrize(
    ("way", "sentence", "altered"),
    [
        (altering.affirmed, "Seller shall not sell it.", "Seller shall sell it."),
        (altering.negated, "The deposit bears interest.", "The deposit does not bear interest."),
        (altering.modality, "Seller may sell it.", "Seller must sell it."),
        (altering.opposite, "Notice is due before closing.", "Notice is due after closing."),
    ],
)
def test_one_fact_is_altered(way: altering.Way, sentence: str, altered: str) -> None:
    assert way(sentence, random.Random(1)) == altered


def test_a_sentence_without_such_a_fact_is_left() -> None:
    chosen = random.Random(1)
    assert altering.number("Section 4 applies to Compressor 2.", chosen) == ""
    assert altering.swapped("Buyer and Seller agree.", chosen, ("Buyer", "Seller")) == ""
    assert altering.modality("Neither party may assign.", chosen) == ""


TOLD = {
    "about": {
        "matter": "Sample", "program": "1.0", "at": "2026-01-01T00:00:00+00:00", "seed": 20, "documents": 3,
        "fingerprint": "ab" * 32, "models": [{"role": "embedding", "id": "e-1", "sha256": "cd" * 32}],
    },
    "planted": {
        "true": {"n": 10, "accepted": 0.9}, "kinds": {"number": {"n": 5, "recall": 0.8, "precision": 0.75}},
        "all": {"n": 5, "recall": 0.8, "precision": 0.75},
    },
}  # fmt: skip


def test_the_report_says_what_was_run_and_what_came_of_it(tmp_path: Path) -> None:
    report.write(TOLD, tmp_path / "report.docx")
    read = docx.Document(str(tmp_path / "report.docx"))
    text = "\n".join(paragraph.text for paragraph in read.paragraphs)
    assert "cd" * 32 in text
    assert "seed 20" in text
    assert [cell.text for cell in read.tables[0].rows[1].cells] == ["a figure changed", "5", "80.0%", "75.0%"]
    assert "| a figure changed | 5 | 80.0% | 75.0% |" in report.as_text(TOLD)


def test_the_command_says_what_it_lacks(tmp_path: Path) -> None:
    def show(_what: str, _done: int, _whole: int) -> None:
        raise AssertionError("nothing was to be run")

    with pytest.raises(UserError, match="needs a matter"):
        cli_planted.evaluate(tmp_path, "", 1, None, None, show, as_json=False)
    with pytest.raises(UserError, match=r"\.docx, \.md or \.json"):
        cli_planted.evaluate(tmp_path, "sample", 1, None, tmp_path / "report.pdf", show, as_json=False)
    with pytest.raises(UserError, match="could not be written"):
        cli_planted.write(tmp_path / "no such folder" / "a.md", {}, "text")
