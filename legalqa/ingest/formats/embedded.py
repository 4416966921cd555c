"""Files inside Office files: pasted scans and photographs, documents embedded as objects or to be merged when opened.

A Word file may be nothing but the pictures of a scanned contract; as files of their own they are read by OCR.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from legalqa.ingest import limits
from legalqa.ingest.context import Context, Takings, blocks_in
from legalqa.ingest.items import Attached
from legalqa.ingest.kinds import PICTURES

_PART = re.compile(r"(?:word|ppt|xl)/(media|embeddings)/([^/]{1,200})")
_PICTURES = tuple(suffix for suffix in PICTURES if suffix != ".gif")
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".doc", ".xls", ".ppt", ".pdf", ".msg", ".rtf", ".txt")
_LINK = re.compile(rb"<(?:\w{1,20}:)?Relationship\s[^<>]{0,2000}>")
_TARGET = re.compile(rb"\sTarget\s{0,9}=\s{0,9}[\"']/?(?:word/)?([^\"'/\\]{1,200})[\"']")
_LINKS = "word/_rels/document.xml.rels"
_LINKS_LONGEST = 4 << 20  # bytes of that part


def parts(stream: BinaryIO, context: Context) -> Iterator[Attached]:
    """The pictures of an Office file that are large enough to be pages, and the documents embedded in it."""
    taken = Takings(context.spool)
    try:
        with zipfile.ZipFile(stream) as archive:
            for name in _merged(archive):
                yield _taken(archive, archive.getinfo(f"word/{name}"), taken.named(name), taken)
            for entry in archive.infolist()[: limits.MEMBERS]:
                found = _PART.fullmatch(entry.filename)
                if found is None or entry.file_size > limits.MEMBER:
                    continue
                folder, name = found.groups()
                if folder == "media" and name.lower().endswith(_PICTURES):
                    if entry.file_size >= limits.PASTED_PICTURE:
                        yield _taken(archive, entry, taken.named(name), taken)
                elif folder == "embeddings" and name.lower().endswith(_DOCUMENTS):
                    yield _taken(archive, entry, taken.named(name), taken)
                elif folder == "embeddings":
                    yield taken.refused(name, "it is an object of another program and was not taken out")
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return  # the text has been read: what is damaged was not needed for it


def _merged(archive: zipfile.ZipFile) -> list[str]:
    """Parts that Word merges into the document when it is opened (altChunk, ECMA-376 part 1, 17.17.2)."""
    if _LINKS not in archive.namelist() or archive.getinfo(_LINKS).file_size > _LINKS_LONGEST:
        return []
    links = [link for link in _LINK.findall(archive.read(_LINKS)) if b"/aFChunk" in link and b'"External"' not in link]
    targets = (_TARGET.search(link) for link in links[: limits.MEMBERS])
    names = dict.fromkeys(target[1].decode("utf-8", "replace") for target in targets if target)
    held = {entry.filename for entry in archive.infolist() if entry.file_size <= limits.MEMBER}
    return [name for name in names if f"word/{name}" in held]


def _taken(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, taken: Takings) -> Attached:
    try:
        with archive.open(entry) as stream:
            return taken.keep(name, blocks_in(stream))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return Attached(name, reason="it is damaged and could not be taken out")
