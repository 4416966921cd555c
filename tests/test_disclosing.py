"""What is shown before an answer leaves the firm."""

from __future__ import annotations

from legalqa import disclosing
from legalqa.errors import UserError
from legalqa.values.answer import CheckedCitation, Searched, Sentence, VerifiedAnswer
from legalqa.values.document import Document
from tests.verify.parts import document, passage

MEMO = document(
    "PRIVILEGED AND CONFIDENTIAL\n\nThe rent was paid from account no. 0044-556677.", title="Memo", id="memo"
)


def answer(text: str) -> VerifiedAnswer:
    cited = CheckedCitation("1", True, document_id="memo")
    gone = CheckedCitation("2", True, document_id="gone")
    sentence = Sentence(text, "supported", ("it stands there",), (cited, gone))
    shown = (passage(MEMO, 1, "The rent", "556677"),)
    return VerifiedAnswer("answered", (sentence,), (), shown, Searched(1, 1), None, {})


def load(id: str) -> Document:
    if id != "memo":
        raise UserError("gone")
    return MEMO


def test_numbers_of_what_is_exported_and_marks_of_where_it_comes_from() -> None:
    warned = disclosing.of(answer("Her SSN is 219-09-9999."), load)
    assert [(one.kind, one.shown, one.where) for one in warned] == [
        ("ssn", "…9999", "sentence 1"),
        ("account", "…6677", "Memo p. 1"),
        ("privilege", "PRIVILEGED AND CONFIDENTIAL", "Lease.pdf p. 1 (HARBOR000001)"),
    ]
    assert all("219-09" not in one.words and "556677" not in str(one.as_json()) for one in warned)


def test_nothing_is_said_where_there_is_nothing() -> None:
    plain = document("The rent was paid.", id="memo")
    bare = VerifiedAnswer("answered", (), (), (), Searched(1, 1), None, {})
    assert disclosing.of(bare, lambda _: plain) == ()
