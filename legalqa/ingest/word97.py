"""Word files of before 2007 (.doc): their text by the piece table, through olefile, which only this module knows.

Follows [MS-DOC] 2.4.1: the File Information Block names the table of pieces, each piece is a run of characters of one
or two bytes. The text comes in the order body, footnotes, running heads, comments, endnotes, text boxes.
"""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.items import Item, Opened
from legalqa.ingest.written import Written, one_line

_OLDEST = 0x00C1  # format of Word 97
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200  # flags of the File Information Block
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14?|\x15")
_PIECES = 1_000_000
_STORIES = ("body", "footnote", "header", "macro", "comment", "endnote", "box", "header box")


def read(file: Path, context: Context) -> Iterator[Item]:
    """An old Word document, set on pages. Raises Refusal, OSError."""
    import olefile

    limits.too_long(file.stat().st_size // 20)
    try:
        with olefile.OleFileIO(str(file)) as ole:
            if not ole.exists("WordDocument"):
                raise limits.Refusal("failed", "the Word file is damaged (it holds no document)")
            stories = _stories(ole, context)
            title = one_line(_title(ole))[:200]
    except limits.Refusal:
        raise
    except (struct.error, ValueError, IndexError, TypeError, AttributeError, KeyError, OSError) as error:
        raise limits.Refusal("failed", f"the Word file is damaged ({type(error).__name__})") from None
    written = _written(stories)
    opened = Opened(0, paged=False, title=title)
    yield from typeset.reads(written.text or "\n", opened, written.regions, context.skip)


def _title(ole: Any) -> str:
    title = ole.get_metadata().title
    return title.decode("cp1252", "replace") if isinstance(title, bytes) else str(title or "")


def _stories(ole: Any, context: Context) -> dict[str, str]:
    """The text of each part of the document."""
    stream = ole.openstream("WordDocument").read()
    magic, version = struct.unpack_from("<HH", stream)
    flags = struct.unpack_from("<H", stream, 10)[0]
    if flags & _ENCRYPTED:
        raise limits.locked(context.passwords)
    if magic != 0xA5EC or version < _OLDEST:
        raise limits.Refusal("unsupported", "the file is of a Word older than 97; LibreOffice can save it anew")
    table = ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    words = struct.unpack_from("<H", stream, 32)[0]
    lengths_at = 34 + 2 * words + 2  # FibRgLw97 follows the words and its own count
    lengths = struct.unpack_from("<8i", stream, lengths_at + 12)
    count = struct.unpack_from("<H", stream, 34 + 2 * words)[0]
    pairs_at = lengths_at + 4 * count + 2
    start, size = struct.unpack_from("<II", stream, pairs_at + 8 * 33)  # fcClx, lcbClx
    text = "".join(_pieces(stream, table[start : start + size]))
    stories, at = {}, 0
    for name, length in zip(_STORIES, lengths, strict=True):
        stories[name] = text[at : at + max(length, 0)]
        at += max(length, 0)
    return stories


def _pieces(stream: bytes, clx: bytes) -> Iterator[str]:
    at = 0
    while clx[at] == 1:  # formatting of pieces, not needed
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at] != 2:
        raise ValueError
    size = struct.unpack_from("<I", clx, at + 1)[0]
    table = clx[at + 5 : at + 5 + size]
    count = (len(table) - 4) // 12
    if count > _PIECES:
        raise ValueError
    ends = struct.unpack_from(f"<{count + 1}I", table)
    total = 0
    for index, (first, last) in enumerate(itertools.pairwise(ends)):
        if last < first:
            raise ValueError
        total += last - first
        limits.too_long(total)
        place = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * index + 2)[0]
        if place & 0x40000000:  # one byte a character
            begin = (place & 0x3FFFFFFF) // 2
            yield stream[begin : begin + last - first].decode("cp1252", "replace")
        else:
            yield stream[place : place + 2 * (last - first)].decode("utf-16-le", "replace")


def _written(stories: dict[str, str]) -> Written:
    written = Written()
    for text in dict.fromkeys(_lines(stories["header"])):
        with written.region("header"):
            written.paragraph(text)
    _body(stories["body"], written)
    for name in ("box", "header box"):
        for text in _lines(stories[name]):
            written.paragraph(text)
    for name in ("footnote", "endnote"):
        for number, text in enumerate(_notes(stories[name]), 1):
            with written.region("footnote", str(number) if name == "footnote" else ""):
                written.paragraph(f"{number} {text}" if name == "footnote" else text)
    for text in _notes(stories["comment"]):
        with written.region("hidden", "comment"):
            written.paragraph(text)
    return written


def _plain(text: str) -> str:
    """Without the instructions of fields (their results stay) and the anchors of pictures and notes."""
    for _ in range(limits.DEPTH):
        text, found = _FIELD.subn("", text)
        if not found:
            break
    text = text.replace("\x1e", "\u2011").replace("\x1f", "").replace("\xa0", " ")
    return re.sub("[\x00-\x06\x08\x10-\x1d]", "", text)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split("[\r\x07\x0b\x0c\x0e]", _plain(text)) if line.strip()]


def _notes(text: str) -> list[str]:
    """Notes and comments: each begins with its anchor, U+0002 or U+0005."""
    parts = re.split("[\x02\x05]", text)
    return [said for part in parts if (said := " ".join(_lines(part)))]


def _body(text: str, written: Written) -> None:
    """Paragraphs, and rows of tables: every cell ends in U+0007, every row in one more."""
    rows: list[list[str]] = []
    for part in re.split("[\r\x0c\x0e]", _plain(text)):
        *cells, rest = part.split("\x07")
        if cells:
            row: list[str] = rows.pop() if rows and rows[-1] and rows[-1][-1] == "\x07" else []
            rows.extend(_divided([*row, *cells]))
        if rest.strip() or not cells:
            if cells or not rows or rest.strip():
                written.table(rows)
                rows = []
            written.paragraph(rest.replace("\x0b", "\n").strip())
    written.table(rows)


def _divided(cells: list[str]) -> Iterator[list[str]]:
    """Rows out of a run of cells: an empty cell after others ends a row."""
    row: list[str] = []
    for cell in cells:
        if not cell.strip() and row:
            yield row
            row = []
        else:
            row.append(cell)
    if row:
        yield row
