"""Which format a file has: by its first bytes, then by its name."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # container of .doc, .msg, and of every encrypted Office file
PICTURES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".bmp", ".gif", ".webp")
_SUFFIXES = {
    **{f".{kind}": kind for kind in ("pdf", "docx", "doc", "rtf", "xlsx", "pptx", "eml", "msg", "html", "txt", "md")},
    **{f".{kind}": kind for kind in ("csv", "zip", "mbox", "odt", "ods", "odp", "wpd", "xls", "ppt")},
    **dict.fromkeys(PICTURES, "image"),
    ".text": "txt",
    ".log": "txt",
    ".ics": "txt",
    ".vcf": "txt",
    ".markdown": "md",
    ".tsv": "csv",
    ".htm": "html",
    ".xhtml": "html",
    ".docm": "docx",
    ".dotx": "docx",
    ".xlsm": "xlsx",
    ".pptm": "pptx",
    ".dot": "doc",
    ".xlsb": "xls",
    ".xlt": "xls",
    ".pps": "ppt",
}
_TEXTS = ("txt", "md", "csv", "eml", "html", "mbox", "rtf")  # whose bytes must be text
_MAIL = re.compile(rb"\A(?:From |(?:Received|Return-Path|Delivered-To|Message-ID|MIME-Version|From|Date):)", re.I)
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"II+\0", "image"),
    (b"MM\0+", "image"),
    (b"{\\rtf", "rtf"),
    (b"\xffWPC", "wpd"),
)
_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")  # of a HEIF file
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN_DOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_STREAMS = {
    "__properties_version1.0": "msg",
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "ppt",
}
_HEAD = 4096  # bytes looked at
_SECTORS = 400  # of the directory of an OLE file that are looked at


def kind_of(path: Path) -> str | None:
    """The format, as `worker.FORMATS` names it; None for what we cannot read.

    A file that cannot be opened goes by its name.
    """
    suffix = _SUFFIXES.get(path.suffix.lower())
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return suffix
    if b"%PDF-" in head[:1024] and not (suffix in _TEXTS and not head.startswith(b"%PDF-")):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path) or suffix or "zip"
    if head.startswith(OLE):
        return _compound(path, suffix)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image"
    if (head[4:8] == b"ftyp" and head[8:12] in _BRANDS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    if suffix in _TEXTS and _is_binary(head):
        return None
    if suffix in (None, "doc", "xls") and _HTML.match(head):  # web pages are often saved under such names
        return "html"
    if suffix is None and not path.suffix and _MAIL.match(head):
        return "eml"
    return suffix


def _zipped(path: Path) -> str | None:
    """What an archive holds, if that makes it a document."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD:
                stated = archive.read("mimetype").decode("ascii", "replace")
                return _OPEN_DOCUMENT.get(stated.strip().removeprefix("application/vnd.oasis.opendocument."))
    except Exception:  # damaged in one of many ways: its reader will say so
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _compound(path: Path, suffix: str | None) -> str | None:
    """What an OLE file is, by the streams that its directory names."""
    names = _directory(path)
    if "EncryptedPackage" in names:
        return suffix if suffix in _PARTS.values() else "docx"
    found = [kind for stream, kind in _STREAMS.items() if stream in names]
    if found:
        return suffix if suffix in found else found[0]
    return suffix if suffix in ("docx", "xlsx", "pptx", "doc", "msg", "xls", "ppt") else None


def _directory(path: Path) -> set[str]:
    """The names in an OLE file's directory, as far as it can be followed ([MS-CFB] 2.2 to 2.6)."""
    names: set[str] = set()
    try:
        with path.open("rb") as file:
            header = file.read(512)
            power, sector = struct.unpack_from("<H", header, 30)[0], struct.unpack_from("<I", header, 48)[0]
            size = 1 << (12 if power == 12 else 9)
            tables = struct.unpack_from("<109I", header, 76)
            for _ in range(_SECTORS):
                file.seek((sector + 1) * size)
                block = file.read(size)
                for at in range(0, len(block) - 127, 128):
                    length = struct.unpack_from("<H", block, at + 64)[0]
                    names.add(block[at : at + min(max(length - 2, 0), 62)].decode("utf-16-le", "replace"))
                place = sector // (size // 4)
                if place >= len(tables) or tables[place] >= 0xFFFFFFFA:
                    break
                file.seek((tables[place] + 1) * size + sector % (size // 4) * 4)
                sector = struct.unpack("<I", file.read(4))[0]
                if sector >= 0xFFFFFFFA:
                    break
    except (OSError, struct.error, OverflowError, ValueError):
        pass
    return names


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
