"""E-mails that were printed."""

from __future__ import annotations

import pytest

from legalqa.ingest.items import Outline
from legalqa.ingest.structure.messages import messages
from legalqa.ingest.structure.metadata import about
from legalqa.ingest.structure.printedmail import printed_mail

MAIL = (
    "Marisol Quint\n\nFrom: Renner, Philip <prenner@harbor.example>\nSent: Thursday, August 1, 2024 3:42 PM\n"
    "To: Marisol Quint; Okafor, Dana [mailto:dana@harbor.example]\nCc: ann@tidewell.example\n"
    "Subject: RE: Freezer Room 2\n\nMarisol,\n\nNo.\n\nFrom: Marisol "
    "Quint\nSent: Wednesday, July 31, 2024\nTo: Philip Renner\n"
)


def test_the_topmost_message() -> None:
    found = printed_mail(MAIL)
    assert found is not None
    assert [name.value for name in found.people] == [
        "Renner, Philip",
        "Marisol Quint",
        "Okafor, Dana",
        "ann@tidewell.example",
    ]
    assert found.subject is not None
    assert found.subject.value == "RE: Freezer Room 2"
    assert found.sent is not None
    assert found.sent.iso == "2024-08-01"
    for name in (*found.people, found.subject):
        assert MAIL[name.start : name.end] == name.value


def test_commas_between_full_names_and_within_turned_ones() -> None:
    found = printed_mail("From: Ann Lee\nDate: 5/1/2020\nTo: Bob Ray, Carl Sand <c@x.example>\nSubject: Roof\n")
    assert found is not None
    assert [name.value for name in found.people] == ["Ann Lee", "Bob Ray", "Carl Sand"]


def test_its_metadata() -> None:
    found = about(Outline("0" * 32, "scan.pdf", "pdf", MAIL, ((0, len(MAIL)),)))
    assert (found.type, found.date, found.title) == ("email", "2024-08-01", "RE: Freezer Room 2")
    assert found.parties[0] == "Renner, Philip"


@pytest.mark.parametrize(
    "text",
    [
        "MEMORANDUM\n\nTO: Ann\nFROM: Bob\nRE: Roof\n",
        "Words " * 40 + "\nFrom: Ann\nSent: May 1, 2020\nTo: Bob\n",
        "From: the beginning\nof the year.\n",
    ],
)
def test_what_is_no_mail(text: str) -> None:
    assert printed_mail(text) is None


def test_the_head_of_a_memorandum_is_no_message() -> None:
    head = "TO: Eleanor M. Voss\nFROM: Philip J. Renner\nDATE: June 20, 2024\nRE: Compressor 2\n\nNorthgate wants it.\n"
    for name in ("MEMORANDUM", "Internal Memo"):
        assert list(messages(f"HARBORLINE\n\n{name}\n\n{head}")) == []
        assert printed_mail(f"HARBORLINE\n\n{name}\n\n{head.replace('RE:', 'Subject:')}") is None
    assert [start for start, _ in messages(f"See the memorandum.\n\n{head}")] == [len("See the memorandum.\n\n")]
