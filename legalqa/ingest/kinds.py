"""Which format a file has: by its first bytes, then by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # container of .doc, .msg, and of every encrypted Office file
_SUFFIXES = {".pdf": "pdf", ".txt": "txt", ".text": "txt", ".eml": "eml", ".docx": "docx"}
_MAIL = re.compile(rb"\A(?:From |(?:Received|Return-Path|Delivered-To|Message-ID|MIME-Version|From|Date):)", re.I)
_HEAD = 4096  # bytes looked at


def kind_of(path: Path) -> str | None:
    """`pdf`, `txt`, `eml` or `docx`; None for what we cannot read. A file that cannot be opened goes by its name."""
    suffix = _SUFFIXES.get(path.suffix.lower())
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return suffix
    if b"%PDF-" in head[:1024] and not (suffix in ("txt", "eml") and not head.startswith(b"%PDF-")):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx" if _is_docx(path) or suffix == "docx" else None
    if head.startswith(OLE):
        return "docx" if suffix == "docx" else None
    if suffix in ("txt", "eml") and _is_binary(head):
        return None
    if suffix is None and not path.suffix and _MAIL.match(head):
        return "eml"
    return suffix


def _is_docx(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
