"""Answers of every shape over the double's two documents."""

from __future__ import annotations

from dataclasses import replace

from legalqa.values.answer import CheckedCitation, Searched, Sentence, VerifiedAnswer
from legalqa.values.form import Form, Remark, Row, Shape, TermCount, Value
from tests.ui.double import LEASE, LETTER, FakeMatter, Typeset, passage, sentence

HOW_MUCH = "How much is the monthly rent?"
COMPARED = "How do the lease and the notice differ on rent?"
LISTED = "Which documents speak of rent?"
PRESUPPOSED = "What does the guarantor owe?"
RENT_QUOTE = "monthly Base Rent of $48,500.00 in advance on the first day of each calendar month."
MARCH = "We have not received the March installment of Base Rent."
AMENDS = "The First Amendment of 2023-05-01 replaces § 4.1 of Harbor Point Lease."
DIFFERS = "They state different amounts: $48,500.00 in the lease, $51,000.00 in the notice."


def shape(matter: FakeMatter) -> None:
    """Teach the matter to answer the questions above."""
    lease, letter = matter.typesets.values()
    for made in (_value(lease, letter), _table(lease, letter, "comparison", COMPARED),
                 _table(lease, letter, "listing", LISTED), _nothing(lease, letter)):  # fmt: skip
        matter.answers[made.question] = made


def _verbatim(text: str, *cited: CheckedCitation) -> Sentence:
    return sentence("verbatim", text, *cited, reasons=("the words stand in the cited place, exactly",))


def _answered(question: str, sentences: tuple[Sentence, ...], form: Form) -> VerifiedAnswer:
    return VerifiedAnswer("answered", sentences, (), (), Searched(2, 4), None, {}, question, form=form)


def _value(lease: Typeset, letter: Typeset) -> VerifiedAnswer:
    cited = lease.cite("1", RENT_QUOTE, ("ARTICLE 4 RENT", "4.1 Base Rent"))
    assert cited.start is not None
    at = lease.document.text.index("$48,500.00")
    value = Value("amount", "$48,500.00", "48500", "USD", 0, lease.document.id, at, at + len("$48,500.00"))
    remarks = (Remark("amended", AMENDS, (1, 0)), Remark("differs", DIFFERS, (0, 1)))
    sentences = (_verbatim(RENT_QUOTE, cited), _verbatim(MARCH, letter.cite("2", MARCH)))
    return _answered(HOW_MUCH, sentences, Form("value", values=(value,), remarks=remarks))


def _table(lease: Typeset, letter: Typeset, shape: Shape, question: str) -> VerifiedAnswer:
    one, other, third = (typeset.document for typeset in (lease, letter, letter))
    late = lease.cite(
        "2", "shall bear a late charge of four percent (4%) of the overdue amount.", ("4.2 Late Charges",)
    )
    sentences = (
        _verbatim(RENT_QUOTE, lease.cite("1", RENT_QUOTE, ("4.1 Base Rent",))),
        _verbatim(late.quote, late),
        sentence("unsupported", "The March rent was paid.", letter.cite("3", MARCH), reasons=("the record denies it",)),
    )
    rows = (
        Row(one.id, "Harbor Point Lease.pdf", one.path, (0, 1)),
        Row(other.id, "2024-03-03 Notice of default.pdf", other.path, (2,)),
        Row(third.id, "Guaranty.pdf", "record/Guaranty.pdf"),
    )
    remarks = (Remark("differs", DIFFERS, (0, 2)),)
    limits = (Remark("limits", "12 more documents were not read for this list: narrow it with a filter."),)
    return _answered(question, sentences, Form(shape, rows=rows, remarks=remarks + limits * (shape == "listing")))


def _nothing(lease: Typeset, letter: Typeset) -> VerifiedAnswer:
    form = Form(
        remarks=(Remark("premise", "The searched documents do not mention a guarantor."),),
        counts=(TermCount("guarantor", 0, 0), TermCount("rent", 5, 2), TermCount("owe", 1, 1)),
    )
    near = (passage(1, lease, LEASE[2]), replace(passage(2, letter, LETTER[0]), elsewhere=True))
    return VerifiedAnswer("not_found", (), (), near, Searched(2, 4), None, {}, PRESUPPOSED, form=form)
