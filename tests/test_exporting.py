"""What is shown before answers leave the firm as a memo."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import legalqa
from legalqa import exporting
from legalqa.errors import BugError, Cancelled, Denied
from legalqa.values.form import Form, Remark
from legalqa.values.memo import Answered, Drawn, MemoForm
from tests.ui.double import RENT, UNANSWERED, FakeMatter, harbor

SSN, CARD = "219-09-9999", "4111 1111 1111 1111"


def written(matter: FakeMatter, at: int, words: str) -> None:
    """Put words into the text of the lease, from `at` on; every offset stays what it was."""
    lease = next(iter(matter.typesets.values()))
    text = lease.document.text
    lease.document = replace(lease.document, text=text[:at] + words + text[at + len(words) :])


def found(matter: FakeMatter, form: MemoForm, *questions: str) -> list[tuple[str, str, int]]:
    told = matter.findings([Answered(matter.answers[question]) for question in questions], form)
    return [(one.shown, one.where, one.page) for one in told]


def test_numbers_of_a_pictured_page_are_named_even_if_nobody_quotes_them() -> None:
    matter = harbor()
    lease = next(iter(matter.typesets.values())).document
    assert found(matter, MemoForm(), RENT) == []
    written(matter, lease.pages[0].end - 40, f" SSN {SSN} ")
    assert found(matter, MemoForm(), RENT) == [("…9999", "Harbor Point Lease.pdf p. 1 (HARBOR000101)", 1)]
    assert found(matter, MemoForm(pages=False), RENT) == []


def test_a_page_that_is_not_pictured_does_not_matter() -> None:
    matter = harbor()
    lease = next(iter(matter.typesets.values())).document
    written(matter, lease.pages[2].start + 5, f" SSN {SSN} ")
    assert found(matter, MemoForm(), RENT) == []


def test_sentences_of_several_answers_are_told_apart() -> None:
    matter = harbor()
    rent = matter.answers[RENT]
    personal = replace(rent.sentences[0], text=f"The card is {CARD}.")
    matter.answers[RENT] = replace(rent, sentences=(personal, *rent.sentences[1:]))
    assert found(matter, MemoForm(), RENT)[0] == ("…1111", "sentence 1", 1)
    assert found(matter, MemoForm(), UNANSWERED, RENT)[0] == ("…1111", "answer 2, sentence 1", 1)


def test_questions_filters_and_notes_are_looked_at() -> None:
    matter = harbor()
    rent = matter.answers[RENT]
    asked = replace(rent, question=f"Whose SSN is {SSN}?", form=Form(remarks=(Remark("premise", f"SSN {SSN}"),)))
    told = matter.findings([Answered(asked, f'party="{CARD}"')], MemoForm())
    assert [(one.shown, one.where) for one in told] == [
        ("…9999", "question 1"),
        ("…1111", "question 1"),
        ("…9999", "a note on answer 1"),
    ]


def test_marks_of_privilege_lead_to_their_page() -> None:
    matter = harbor()
    lease = next(iter(matter.typesets.values())).document
    written(matter, lease.pages[1].start, "ATTORNEY WORK PRODUCT ")
    (one,) = matter.findings([Answered(matter.answers[RENT])], MemoForm())
    assert (one.what, one.shown, one.document_id, one.page) == (
        "a mark of privilege",
        "ATTORNEY WORK PRODUCT",
        lease.id,
        2,
    )
    assert one.words == "a mark of privilege (ATTORNEY WORK PRODUCT) in Harbor Point Lease.pdf p. 2 (HARBOR000102)"


def test_passages_that_no_memo_prints_are_left_alone() -> None:
    matter = harbor()
    rent = matter.answers[RENT]
    hidden = replace(rent.passages[0], text=f"SSN {SSN}")
    matter.answers[RENT] = replace(rent, passages=(hidden,))
    assert found(matter, MemoForm(), RENT) == []
    matter.answers[RENT] = replace(rent, passages=(hidden,), sentences=())
    assert found(matter, MemoForm(), RENT) == [("…9999", "Harbor Point Lease.pdf p. 1", 1)]


class Dying:
    """A writer that breaks down half way."""

    def __init__(self, _stop: threading.Event) -> None:
        pass

    def write(self, _memo: dict[str, Any], target: str) -> None:
        Path(f"{target}.part").write_bytes(b"half")
        os._exit(3)


def test_a_writer_that_breaks_down_leaves_what_was_there(tmp_path: Path) -> None:
    matter = harbor()
    memo = matter.memo([Answered(matter.answers[RENT])], MemoForm())
    target = tmp_path / "memo.pdf"
    target.write_bytes(b"mine")
    with pytest.raises(BugError, match="broke down"):
        exporting.write(memo, target, "tests.test_exporting:Dying")
    assert target.read_bytes() == b"mine"
    assert [one.name for one in tmp_path.iterdir()] == ["memo.pdf"]


@pytest.mark.models
def test_a_memo_comes_from_another_process_and_can_be_stopped(home: Path, tmp_path: Path) -> None:
    pages = "\f".join(f"{n}. Rent. Tenant shall pay rent of ${n},000 for the premises." for n in range(1, 4))
    (tmp_path / "lease.txt").write_text(pages)
    library = legalqa.Library(home, apart=True)
    library.create("Harbor")
    with library.open("harbor") as matter:
        matter.index([tmp_path / "lease.txt"])
        answer = matter.ask("What rent shall Tenant pay?")
        assert answer.sentences
        answered, drawn = [Answered(answer)], list[Drawn]()
        whole = matter.memo(answered, MemoForm(), on_drawn=drawn.append)
        assert whole.exhibits == tuple(one.exhibit for one in drawn)
        assert all(one.data for one in whole.exhibits)
        assert matter.findings(answered, MemoForm()) == ()
        stop = threading.Event()
        stop.set()
        with pytest.raises(Cancelled):
            matter.memo(answered, MemoForm(), stop=stop)
        assert matter.memo(answered, MemoForm()).exhibits == whole.exhibits


def test_what_the_policy_does_not_let_leave_is_refused_first(tmp_path: Path) -> None:
    rules = tmp_path / "policy.toml"
    rules.write_text("export_verdict = 'supported'\n", encoding="utf-8")
    library = legalqa.Library(tmp_path / "home", policy_file=rules)
    library.create("Harbor")
    rent = harbor().answers[RENT]
    with library.open("harbor") as matter:
        with pytest.raises(Denied, match="3 are"):
            matter.findings([Answered(rent)], MemoForm())
        sound = replace(rent, sentences=rent.sentences[:2])
        assert matter.findings([Answered(sound)], MemoForm()) == ()
        memo = harbor().memo([Answered(rent)], MemoForm())
        with pytest.raises(Denied):
            matter.write_memo(memo, tmp_path / "memo.docx")
        assert list(matter.audit.entries()) == []
    assert not (tmp_path / "memo.docx").exists()
