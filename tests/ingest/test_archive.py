"""Containers: .zip, .mbox, attachments of PDFs; the names and limits of what is taken out of them."""

from __future__ import annotations

import stat
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest import limits
from legalqa.ingest.context import Takings, safe_name
from legalqa.ingest.kinds import kind_of
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE
from tests.ingest.formats import found, kept

# "a.txt" with "secret words" under the password "Harbor-77", made by Info-ZIP 3.0: Python cannot write such files.
LOCKED = bytes.fromhex(
    "504b03040a00090000007868755d714dd8dd180000000c00000005000000612e747874454d537344634c0444606bd50db4d1"
    "aeffecaa84fdb4c394504b0708714dd8dd180000000c000000504b01021e030a00090000007868755d714dd8dd180000000c"
    "000000050000000000000001000000a48100000000612e747874504b05060000000001000100330000004b0000000000"
)


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_an_archive_lists_its_members_and_gives_their_bytes(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"deal/lease.txt": b"Rent is due.", "notes.md": b"", "__MACOSX/._x": b"x"})
    result = found(path, spool=tmp_path)
    assert result.text == "deal/lease.txt  12 bytes\nnotes.md  0 bytes\n"
    assert result.opened is not None
    assert not result.opened.paged
    assert [(item.name, item.size) for item in result.attached] == [("deal/lease.txt", 12), ("notes.md", 0)]
    assert kept(tmp_path, result.attached[0]) == b"Rent is due."
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["a.zip", *(item.sha256 for item in result.attached)])


def test_names_cannot_lead_out_or_deceive_or_collide(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "/srv/a.pdf", "C:\\x\\a.pdf", "x/A.PDF", "fdp.\u202egpj", "..", "a" * 600 + ".docx"]
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, name)
    taken = [item.name for item in found(path, spool=tmp_path).attached]
    assert taken[:6] == ["etc/passwd", "srv/a.pdf", "x/a.pdf", "x/A (2).PDF", "fdp.gpj", "unnamed"]
    assert len(taken[6]) <= 200
    assert taken[6].endswith(".docx")


@given(
    st.lists(
        st.text(max_size=300) | st.sampled_from(["a/../b", "a.txt", "A.TXT", "\\\\server\\x", "c:/x"]), max_size=20
    )
)
def test_every_name_is_safe_and_different(names: list[str]) -> None:
    takings = Takings(None)
    named = [takings.named(name) for name in names]
    assert len({name.casefold() for name in named}) == len(names)
    for name in map(safe_name, names):
        assert name
        assert len(name) <= 200
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        assert name == safe_name(name)
        name.encode("utf-8")


def test_links_are_not_followed(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("link.txt")
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(entry, "/etc/passwd")
    assert [item.reason for item in found(tmp_path / "a.zip", spool=tmp_path).attached] == [
        "it is a link to another file"
    ]


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    refused = found(archive(tmp_path / "a.zip", {"a.txt": b"0" * 50_000_000}), spool=tmp_path).refused
    assert refused is not None
    assert "unpacks" in refused.reason


def test_members_that_share_their_bytes_are_a_bomb(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"a.txt": b"x" * 100, "b.txt": b"y" * 100})
    data = path.read_bytes()
    second = data.index(b"PK\x03\x04", 4)
    directory = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    assert data[directory + 42 : directory + 46] == second.to_bytes(4, "little")
    path.write_bytes(data[: directory + 42] + bytes(4) + data[directory + 46 :])
    refused = found(path, spool=tmp_path).refused
    assert refused is not None
    assert "overlap" in refused.reason


def test_a_member_that_is_larger_than_it_says_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBER", 1000)
    path = archive(tmp_path / "a.zip", {"big.txt": b"x" * 1001, "small.txt": b"x"})
    big, small = found(path, spool=tmp_path).attached
    assert (big.sha256, small.reason) == ("", "")
    assert "larger" in big.reason
    assert not list(tmp_path.glob("part-*"))


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS", 2)
    refused = found(archive(tmp_path / "a.zip", {f"{n}.txt": b"x" for n in range(3)})).refused
    assert refused is not None
    assert "more than 2 files" in refused.reason


def test_a_damaged_member_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        file.writestr("bad.txt", b"some words here")
        file.writestr("good.txt", b"good")
    path.write_bytes(path.read_bytes().replace(b"some words", b"sOme words", 1))
    bad, good = found(path, spool=tmp_path).attached
    assert bad.reason == "it is damaged and could not be taken out"
    assert kept(tmp_path, good) == b"good"


def test_members_under_a_password(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(LOCKED)
    item = found(tmp_path / "a.zip", spool=tmp_path, passwords=("wrong", "Harbor-77")).attached[0]
    assert kept(tmp_path, item) == b"secret words"
    for passwords in ((), ("wrong",)):
        item = found(tmp_path / "a.zip", spool=tmp_path, passwords=passwords).attached[0]
        assert (item.sha256, item.state) == ("", "encrypted")
        assert "protected by a password" in item.reason
        assert "wrong" not in item.reason


def test_without_a_spool_folder_nothing_is_taken_out(tmp_path: Path) -> None:
    items = found(archive(tmp_path / "a.zip", {"a.txt": b"x"})).attached
    assert [(item.sha256, bool(item.reason)) for item in items] == [("", True)]
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"PK\x05\x06" + bytes(18)])
def test_an_archive_that_is_damaged_or_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    refused = found(tmp_path / "a.zip").refused
    assert refused is not None
    assert refused.state == "failed"


def test_the_messages_of_a_mailbox_are_files(tmp_path: Path) -> None:
    mails = []
    for number in (1, 2):
        mail = EmailMessage()
        mail["Subject"] = f"Message {number}"
        mail.set_content("Words.\n\n>From the roof.\n")
        mails.append(b"From ann@example.com Tue Mar  5 23:15:00 2024\n" + bytes(mail) + b"\n")
    (tmp_path / "box.mbox").write_bytes(b"".join(mails))
    assert kind_of(tmp_path / "box.mbox") == "mbox"
    items = found(tmp_path / "box.mbox", spool=tmp_path).attached
    assert [item.name for item in items] == ["00001.eml", "00002.eml"]
    assert b"Message 2" in kept(tmp_path, items[1])


def test_files_inside_a_pdf(tmp_path: Path) -> None:
    with pikepdf.open(pdfs.text_pdf(tmp_path / "plain.pdf", [LEASE])) as pdf:
        pdf.attachments["Exhibit A.txt"] = b"exhibit words"
        pdf.save(tmp_path / "a.pdf")
    result = found(tmp_path / "a.pdf", spool=tmp_path)
    assert [item.name for item in result.attached] == ["Exhibit A.txt"]
    assert kept(tmp_path, result.attached[0]) == b"exhibit words"
    assert "Base Rent" in result.text
