"""Plain text. Offsets are into the file decoded with its newlines untouched (``open(path, newline="")``).

A UTF-8 byte order mark stays in the text as its first character, as ``open`` keeps it, and is no word.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.items import Item, Opened


class Undecodable(Exception):
    """The bytes are no text in any encoding that could be recognised."""


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8 where they are UTF-8, UTF-16/32 by their mark, else what they most likely are."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return _strictly(data, "utf-32")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise Undecodable
    from charset_normalizer import from_bytes

    found = from_bytes(data)
    best = found.best()
    # Among equals the guess falls on cp1250, which makes "Muńoz" of Muñoz.
    western = best is None or any(match.encoding == "cp1252" and match.chaos <= best.chaos for match in found)
    return _strictly(data, "cp1252" if western or best is None else best.encoding)


def read(file: Path, context: Context) -> Iterator[Item]:
    """A text file, set on pages. Raises Refusal, OSError."""
    yield from typeset.reads(content(file), Opened(0, paged=False), skip=context.skip)


def content(file: Path) -> str:
    """The text of a file. Raises Refusal, OSError."""
    limits.too_long(file.stat().st_size // 4)  # no encoding takes more bytes for a character
    try:
        return decoded(file.read_bytes())
    except Undecodable:
        raise limits.Refusal("failed", "the file is not text in a known encoding") from None


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Undecodable from None
