"""What e-mails hold besides a body: attachments, messages, logos, threads, damage."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from legalqa.ingest import limits
from tests.ingest.formats import found, kept
from tests.ingest.test_mail_office import message


def saved(path: Path, mail: EmailMessage) -> Path:
    path.write_bytes(bytes(mail))
    return path


def test_attachments_are_files_and_a_thread_has_an_order(tmp_path: Path) -> None:
    first = message(**{"Message-ID": "<1@example.com>"})
    first.set_content("The roof leaks.")
    mail = message(**{"Message-ID": "<2@example.com>", "References": "<0@example.com> <1@example.com>"})
    mail.set_content("We will repair it.\n\nOn Tuesday, Ann wrote:\n> The roof leaks.\n")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="estimate.pdf")
    mail.add_attachment(b"%PDF-1.5", maintype="application", subtype="pdf", filename="estimate.pdf")
    mail.add_attachment(first)
    result = found(saved(tmp_path / "a.eml", mail), spool=tmp_path)
    assert "> The roof leaks." in result.text
    assert result.text.endswith(
        "Attachment: estimate.pdf\nAttachment: estimate.pdf\nAttachment: Roof repair at Suite 400.eml\n"
    )
    names = ["estimate.pdf", "estimate (2).pdf", "Roof repair at Suite 400.eml"]
    assert [item.name for item in result.attached] == names
    assert kept(tmp_path, result.attached[1]) == b"%PDF-1.5"
    assert "The roof leaks." in message_from_bytes(kept(tmp_path, result.attached[2]), policy=default).get_content()
    assert result.properties() == {
        "message_id": "<2@example.com>",
        "in_reply_to": "<1@example.com>",
        "sent": "2024-03-05T23:15:00-05:00",
    }


def test_a_logo_is_named_and_a_photograph_of_the_body_is_a_file(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("See below.")
    mail.add_alternative('<p>See below.<img src="cid:l"><img src="cid:p"></p>', subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]
    for name, size in (("logo.png", 500), ("photo.jpg", 50_000)):
        html.add_related(b"x" * size, "image", name[-3:], cid=f"<{name}>", filename=name, disposition="inline")  # type: ignore[union-attr]
    result = found(saved(tmp_path / "a.eml", mail), spool=tmp_path)
    assert [item.name for item in result.attached] == ["photo.jpg"]
    assert "Picture: logo.png\nAttachment: photo.jpg\n" in result.text


def test_the_plain_alternative_is_read_unless_it_is_empty(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("  \n")
    mail.add_alternative("<p>Only <b>here</b>.</p><div style='display:none'>preview</div>", subtype="html")
    result = found(saved(tmp_path / "a.eml", mail))
    assert "Only here." in result.text
    assert result.regions("hidden") == [("preview", "not displayed")]


def test_an_invitation_is_a_file_beside_the_body(tmp_path: Path) -> None:
    mail = message()
    mail.set_content("Please join.")
    mail.add_alternative("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar")
    result = found(saved(tmp_path / "a.eml", mail), spool=tmp_path)
    assert "Please join." in result.text
    assert [item.name for item in result.attached] == ["unnamed text calendar.ics"]


@pytest.mark.parametrize("charset", ["nonsense", "us-ascii", "utf-8"])
def test_words_survive_a_wrong_character_set(tmp_path: Path, charset: str) -> None:
    body = "Das Café zahlt 5 €, fällig am Freitag; die Miete für März beträgt 900 €.".encode("cp1252")
    head = f"Subject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    (tmp_path / "a.eml").write_bytes(head.encode() + body)
    text = found(tmp_path / "a.eml").text
    assert "Café" in text
    assert "fällig am Freitag" in text


def test_parts_inside_each_other_without_end_are_refused(tmp_path: Path) -> None:
    depth = 120
    text = "Subject: x\nMIME-Version: 1.0\n"
    for number in range(depth):
        text += f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'
    (tmp_path / "a.eml").write_text(text + "Content-Type: text/plain\n\nbottom\n")
    refused = found(tmp_path / "a.eml").refused
    assert refused is not None
    assert refused.state == "failed"
    assert "deep" in refused.reason


def test_a_message_of_too_many_parts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PARTS", 5)
    mail = message()
    mail.set_content("x")
    for number in range(6):
        mail.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    refused = found(saved(tmp_path / "a.eml", mail)).refused
    assert refused is not None
    assert "more parts" in refused.reason
