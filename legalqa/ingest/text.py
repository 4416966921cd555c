"""Plain text. Offsets are into the file decoded with its newlines untouched (``open(path, newline="")``).

A UTF-8 byte order mark stays in the text as its first character, as ``open`` keeps it, and is no word.
"""

from __future__ import annotations

import codecs
from pathlib import Path


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

    best = from_bytes(data).best()
    return _strictly(data, best.encoding if best else "cp1252")


def read(path: Path) -> str:
    """The text of a file. Raises Undecodable, OSError."""
    return decoded(path.read_bytes())


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Undecodable from None
