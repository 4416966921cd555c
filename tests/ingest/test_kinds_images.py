"""Which format a file has, and pictures of pages."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa import errors
from legalqa.ingest import PageImages, kind_of
from legalqa.ingest.images import MAX_PIXELS
from legalqa.ingest.kinds import OLE
from legalqa.ingest.worker import FORMATS
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, Read


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7\n", "pdf"),
        ("a.txt", b"%PDF-1.7\n", "pdf"),
        ("a", b"junk before %PDF-1.4", "pdf"),
        ("notes.txt", b"The file says %PDF- somewhere.", "txt"),
        ("a.pdf", b"no PDF at all", "pdf"),
        ("a.TXT", b"text", "txt"),
        ("a.txt", b"a\0b", None),
        ("a.eml", b"From: a@example.com\n\nhi", "eml"),
        ("1234", b"Received: from x\n\nhi", "eml"),
        ("a.docx", OLE, "docx"),
        ("a.doc", OLE, "doc"),
        ("a", OLE, None),
        ("a.xlsx", b"PK\x03\x04", "xlsx"),
        ("a.exe", b"PK\x03\x04", "zip"),
        ("a.doc", b"{\\rtf1 x}", "rtf"),
        ("a.rtf", b"{\\rtf1 x}", "rtf"),
        ("a.doc", b"<!DOCTYPE HTML><p>x", "html"),
        ("a.txt", b"<html>as text</html>", "txt"),
        ("a.htm", b"<p>x", "html"),
        ("a.html", b"a\0b", None),
        ("a.csv", b"a,b", "csv"),
        ("a.md", b"# a", "md"),
        ("a.mbox", b"From x", "mbox"),
        ("a.wpd", b"\xffWPC\x10", "wpd"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n", "image"),
        ("a.pdf", b"\xff\xd8\xff\xe0", "image"),
        ("a.rar", b"Rar!", None),
        ("a.exe", b"MZ", None),
        ("a", b"plain", None),
    ],
)
def test_content_goes_before_the_name(tmp_path: Path, name: str, content: bytes, kind: str | None) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of(path) == kind


def test_a_word_file_is_known_by_its_parts(tmp_path: Path) -> None:
    path = tmp_path / "renamed.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert kind_of(path) == "docx"


@pytest.mark.parametrize(
    ("part", "content", "kind"),
    [
        ("xl/workbook.xml", "<x/>", "xlsx"),
        ("ppt/presentation.xml", "<x/>", "pptx"),
        ("mimetype", "application/vnd.oasis.opendocument.text", "odt"),
        ("mimetype", "application/epub+zip", "zip"),
        ("letter.docx", "x", "zip"),
    ],
)
def test_an_archive_is_what_its_parts_make_it(tmp_path: Path, part: str, content: str, kind: str) -> None:
    with zipfile.ZipFile(tmp_path / "renamed.bin", "w") as archive:
        archive.writestr(part, content)
    assert kind_of(tmp_path / "renamed.bin") == kind
    assert kind in FORMATS


def test_a_missing_file_goes_by_its_name(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "gone.pdf") == "pdf"


def test_a_page_that_cannot_be_drawn_is_said(tmp_path: Path, read: Read) -> None:
    path = pdfs.text_pdf(tmp_path / "lease.pdf", [LEASE])
    document = read(path)
    images = PageImages()
    assert images.render(document, 1, 1.0).width == 612
    with pytest.raises(errors.UserError):
        images.render(document, 2, 1.0)
    path.unlink()
    with pytest.raises(errors.UserError):
        images.render(document, 1, 1.0)
    with pytest.raises(errors.UserError):
        images.render(replace(document, kind="txt", pages=()), 1, 1.0)
    images.close()


def test_pictures_are_never_larger_than_allowed(tmp_path: Path, read: Read) -> None:
    document = read(pdfs.text_pdf(tmp_path / "lease.pdf", [LEASE]))
    images = PageImages()
    image = images.render(document, 1, 100.0)
    images.close()
    assert image.width * image.height <= MAX_PIXELS * 1.01
