"""Outlook messages and old Word files: small real OLE files written here."""

from __future__ import annotations

import struct
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from legalqa.ingest.formats.outlook import unpacked
from legalqa.ingest.kinds import kind_of
from tests.ingest import compound
from tests.ingest.compound import Folder
from tests.ingest.formats import found, kept

SUBJECT, BODY, NAME, ADDRESS, SMTP, HEADERS = 0x0037, 0x1000, 0x3001, 0x3003, 0x39FE, 0x007D
SENDER, SENDER_MAIL, ID, REPLY, DATA, FILE, METHOD = 0x0C1A, 0x0C1F, 0x1035, 0x1042, 0x3701, 0x3707, 0x3705
RECIPIENT = 0x0C15


def properties(values: dict[int, str | bytes | int], head: int) -> Folder:
    """The streams of a folder that hold these properties."""
    folder: Folder = {}
    table = b"\0" * head
    for code, value in values.items():
        if isinstance(value, int):
            table += struct.pack("<HHIi4x", 0x0003, code, 6, value)
            continue
        kind, data = (0x001F, value.encode("utf-16-le")) if isinstance(value, str) else (0x0102, value)
        table += struct.pack("<HHIII", kind, code, 6, len(data) + (2 if kind == 0x001F else 0), 0)
        folder[f"__substg1.0_{code:04X}{kind:04X}"] = data
    folder["__properties_version1.0"] = table
    return folder


def message(subject: str, body: str, *attachments: Folder, head: int = 32) -> Folder:
    """A message from Ann to Bob."""
    folder = properties(
        {
            SUBJECT: subject,
            BODY: body,
            SENDER: "Ann Lee",
            SENDER_MAIL: "ann@example.com",
            ID: f"<{len(subject)}@example.com>",
            REPLY: "<before@example.com>",
        },
        head,
    )
    folder["__recip_version1.0_#00000000"] = properties({RECIPIENT: 1, NAME: "Bob Ray", SMTP: "bob@example.com"}, 8)
    folder["__recip_version1.0_#00000001"] = properties({RECIPIENT: 2, NAME: "Carol", SMTP: "carol@example.com"}, 8)
    for number, attachment in enumerate(attachments):
        folder[f"__attach_version1.0_#{number:08X}"] = attachment
    return folder


def test_a_message_with_files_and_a_message_inside(tmp_path: Path) -> None:
    inner = message("The inner one", "Inner words.", head=24)
    outer = message(
        "Roof repair",
        "The roof leaks.\r\n\r\nPlease repair it.",
        properties({FILE: "estimate.pdf", DATA: b"%PDF-1.4 bytes", METHOD: 1}, 8),
        {**properties({METHOD: 5, NAME: "The inner one"}, 8), "__substg1.0_3701000D": inner},
    )
    path = compound.write(tmp_path / "mail.msg", outer)
    assert kind_of(path) == "msg"
    result = found(path, spool=tmp_path)
    assert result.opened is not None
    assert result.opened.title == "Roof repair"
    assert result.opened.type == "email"
    assert result.opened.parties == ("Ann Lee", "Bob Ray", "Carol")
    assert result.properties() == {"message_id": "<11@example.com>", "in_reply_to": "<before@example.com>"}
    assert "To: Bob Ray <bob@example.com>\nCc: Carol <carol@example.com>\nSubject: Roof repair" in result.text
    assert "The roof leaks.\n\nPlease repair it." in result.text
    assert [item.name for item in result.attached] == ["estimate.pdf", "The inner one.eml"]
    assert kept(tmp_path, result.attached[0]) == b"%PDF-1.4 bytes"
    mail = message_from_bytes(kept(tmp_path, result.attached[1]), policy=default)
    assert mail["Subject"] == "The inner one"
    assert mail.get_content() == "Inner words.\n"


def test_the_same_message_inside_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    file = properties({FILE: "a.txt", DATA: b"text", METHOD: 1}, 8)
    inner = {**properties({METHOD: 5}, 8), "__substg1.0_3701000D": message("In", "x", file, head=24)}
    path = compound.write(tmp_path / "mail.msg", message("Out", "y", inner))
    first, second = (found(path, spool=tmp_path).attached[0] for _ in range(2))
    assert first == second
    nested = tmp_path / "nested.eml"
    nested.write_bytes(kept(tmp_path, first))
    assert [item.name for item in found(nested, spool=tmp_path).attached] == ["a.txt"]


def test_a_damaged_message_is_refused(tmp_path: Path) -> None:
    path = compound.write(tmp_path / "mail.msg", {"__properties_version1.0": b"", "other": b"x"})
    result = found(path)
    assert result.refused is None or result.refused.state == "failed"
    path = tmp_path / "cut.msg"
    path.write_bytes(compound.write(tmp_path / "whole.msg", message("s", "b")).read_bytes()[:900])
    refused = found(path).refused
    assert refused is not None
    assert refused.state == "failed"


def test_compressed_rtf_is_unpacked() -> None:
    """The example of [MS-OXRTFCP] 4.1.1."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )  # fmt: skip
    assert unpacked(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpacked(packed[:20]) in (b"", unpacked(packed)[: len(unpacked(packed[:20]))])
    assert unpacked(b"") == b""


def test_other_ole_files_are_told_apart(tmp_path: Path) -> None:
    for stream, kind in (("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt")):
        assert kind_of(compound.write(tmp_path / "unnamed.bin", {stream: b"x" * 5000, "Other": b"y"})) == kind
    assert kind_of(compound.write(tmp_path / "a.xlsx", {"EncryptedPackage": b"x", "EncryptionInfo": b"y"})) == "xlsx"
    assert kind_of(compound.write(tmp_path / "a.bin", {"Thumbs": b"x"})) is None


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 200])
def test_a_broken_container_has_the_kind_of_its_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.msg"
    path.write_bytes(data)
    assert kind_of(path) == "msg"
    refused = found(path).refused
    assert refused is not None
    assert refused.state == "failed"
