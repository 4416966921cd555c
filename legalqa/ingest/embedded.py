"""Files inside Office files: pasted scans and photographs, and documents embedded as objects.

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


def parts(stream: BinaryIO, context: Context) -> Iterator[Attached]:
    """The pictures of an Office file that are large enough to be pages, and the documents embedded in it."""
    taken = Takings(context.spool)
    try:
        with zipfile.ZipFile(stream) as archive:
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


def _taken(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, taken: Takings) -> Attached:
    try:
        with archive.open(entry) as stream:
            return taken.keep(name, blocks_in(stream))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return Attached(name, reason="it is damaged and could not be taken out")
