"""E-mail and Word files."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from legalqa.ingest import Reader, Unreadable
from legalqa.ingest.kinds import OLE
from tests.ingest.conftest import Read, sha256


def message(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ann Lee <ann@example.com>"
    mail["To"] = "Bob Ray <bob@example.com>, carol@example.com"
    mail["Date"] = "Tue, 05 Mar 2024 23:15:00 -0500"
    mail["Subject"] = "Roof repair at Suite 400"
    for name, value in headers.items():
        mail[name] = value
    return mail


def test_a_message_is_headers_body_and_names_of_attachments(tmp_path: Path, read: Read) -> None:
    mail = message(Cc="Dan <dan@example.com>")
    mail.set_content("The roof leaks.\n\nPlease repair it by Friday.\n")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="estimate.pdf")
    path = tmp_path / "mail.eml"
    path.write_bytes(bytes(mail))
    document = read(path)
    assert document.kind == "eml"
    assert document.type == "email"
    assert document.title == "Roof repair at Suite 400"
    assert document.date == "2024-03-05"
    assert document.parties == ("Ann Lee", "Bob Ray", "carol@example.com", "Dan")
    assert document.text.startswith("From: Ann Lee <ann@example.com>\nTo: Bob Ray")
    assert "The roof leaks.\n\nPlease repair it by Friday." in document.text
    assert "Attachment: estimate.pdf" in document.text
    assert "%PDF-" not in document.text
    assert not document.paged
    assert document.pages[0].words


def test_html_mail_is_reduced_to_its_words(tmp_path: Path, read: Read) -> None:
    mail = message()
    mail.set_content(
        "<html><head><style>p {color: red}</style></head><body><p>First.</p><p>Second <b>bold</b> word.</p>"
        "<script>alert(1)</script></body></html>",
        subtype="html",
    )
    path = tmp_path / "html.eml"
    path.write_bytes(bytes(mail))
    text = read(path).text
    assert "First.\n" in text
    assert "Second bold word." in text
    assert "alert" not in text
    assert "color" not in text


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\nDate: not a date\nContent-Type: multipart/mixed\n\nbody",
        b"Subject: =?utf-8?q?broken\nContent-Type: text/plain; charset=nonsense\n\nbody \xff",
        b"From: <<<>>>\nTo: ,,,\nContent-Transfer-Encoding: base64\n\n!!!body",
        b"\n\nbody",
    ],
)
def test_a_malformed_message_gives_what_can_be_read(tmp_path: Path, read: Read, content: bytes) -> None:
    path = tmp_path / "broken.eml"
    path.write_bytes(content)
    document = read(path)
    assert document.date is None
    assert document.type == "email"


def test_paragraphs_tables_and_numbers_in_their_order(tmp_path: Path, read: Read) -> None:
    source = docx.Document()
    source.core_properties.title = "Rent Schedule"
    source.add_paragraph("ARTICLE 1 RENT")
    for text in ("First item.", "Second item."):
        source.add_paragraph(text, style="List Number")
    table = source.add_table(rows=2, cols=2)
    for row, values in zip(table.rows, (("Year", "Rent"), ("1", "$12,500.00")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    source.add_paragraph("After the table.")
    path = tmp_path / "rent.docx"
    source.save(str(path))
    document = read(path)
    assert document.kind == "docx"
    assert document.title == "Rent Schedule"
    assert document.text == (
        "ARTICLE 1 RENT\n\n1. First item.\n\n2. Second item.\n\nYear | Rent\n1 | $12,500.00\n\nAfter the table.\n\n"
    )


def test_words_own_numbers_of_several_levels(tmp_path: Path, read: Read) -> None:
    source = docx.Document()
    root = source.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, (kind, shape) in enumerate((("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))):
        element = OxmlElement("w:lvl")
        element.set(qn("w:ilvl"), str(level))
        for name, value in (("w:start", "1"), ("w:numFmt", kind), ("w:lvlText", shape)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            element.append(child)
        abstract.append(element)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "99")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "77")
    number.append(reference)
    root.append(number)
    for level, text in (
        (0, "Rent"),
        (1, "Base Rent"),
        (1, "Late Charges"),
        (2, "five percent"),
        (0, "Term"),
        (1, "Start"),
    ):
        properties: Any = source.add_paragraph(text)._p.get_or_add_pPr()
        numbering = properties.get_or_add_numPr()
        numbering.get_or_add_ilvl().val = level
        numbering.get_or_add_numId().val = 99
    path = tmp_path / "numbers.docx"
    source.save(str(path))
    lines = [line for line in read(path).text.splitlines() if line]
    assert lines == ["1. Rent", "1.1 Base Rent", "1.2 Late Charges", "(a) five percent", "2. Term", "2.1 Start"]


def refused(reader: Reader, path: Path) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        reader.read(path, sha256(path))
    assert caught.value.reason
    return caught.value


def test_a_zip_bomb_is_not_opened(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    assert refused(reader, path).state == "failed"
    assert "unpacks" in refused(reader, path).reason


def test_a_password_protected_word_file_is_encrypted(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "locked.docx"
    path.write_bytes(OLE + b"\0" * 600)
    assert refused(reader, path).state == "encrypted"


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"plain text"])
def test_a_damaged_word_file_fails(tmp_path: Path, reader: Reader, content: bytes) -> None:
    path = tmp_path / "damaged.docx"
    path.write_bytes(content)
    assert refused(reader, path).state == "failed"


def test_a_word_file_without_its_parts_fails(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "hollow.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", b"<not-word/>")
    assert refused(reader, path).state == "failed"
