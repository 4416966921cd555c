"""Word files of before 2007 (.doc): opened through olefile, which only this module knows, and read by wordbinary.

The text comes in the order running heads, body, text boxes, footnotes, endnotes, and then, apart, what the page does
not show: hidden text and comments. Tracked changes are read as if accepted.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats.counting import Lists
from legalqa.ingest.formats.wordbinary import Binary
from legalqa.ingest.formats.written import Written, one_line
from legalqa.ingest.items import Item, Opened
from legalqa.values.document import Metadatum

_OLDEST = 0x00C1  # format of Word 97
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200  # flags of the File Information Block
_FIELD = re.compile("\x13[^\x13\x14\x15]*\x14?|\x15")
_STORIES = ("body", "footnote", "header", "macro", "comment", "endnote", "box", "header box")
_LEFT_OUT = "\x1f"  # stands in place of what the page does not show; Word's own optional hyphen


def read(file: Path, context: Context) -> Iterator[Item]:
    """An old Word document, set on pages. Raises Refusal, OSError."""
    import olefile

    limits.too_long(file.stat().st_size // 20)
    try:
        with olefile.OleFileIO(str(file)) as ole:
            if not ole.exists("WordDocument"):
                raise limits.Refusal("failed", "the Word file is damaged (it holds no document)")
            binary = _binary(ole, context)
            title = one_line(_title(ole))[:200]
        written, deleted = _written(binary)
    except (struct.error, ValueError, IndexError, TypeError, AttributeError, KeyError, OSError) as error:
        raise limits.Refusal("failed", f"the Word file is damaged ({type(error).__name__})") from None
    changes = (Metadatum("tracked_changes", f"{deleted} deleted"),) if deleted else ()
    opened = Opened(0, paged=False, title=title, properties=changes)
    yield from typeset.reads(written.text or "\n", opened, written.regions, context.skip)


def _title(ole: Any) -> str:
    title = ole.get_metadata().title
    return title.decode("cp1252", "replace") if isinstance(title, bytes) else str(title or "")


def _binary(ole: Any, context: Context) -> Binary:
    stream = ole.openstream("WordDocument").read()
    magic, version = struct.unpack_from("<HH", stream)
    flags = struct.unpack_from("<H", stream, 10)[0]
    if flags & _ENCRYPTED:
        raise limits.locked(context.passwords)
    if magic != 0xA5EC or version < _OLDEST:
        raise limits.Refusal("unsupported", "the file is of a Word older than 97; LibreOffice can save it anew")
    return Binary(stream, ole.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read())


def _written(binary: Binary) -> tuple[Written, int]:
    """The document, and how many deletions it left out."""
    text, hidden, deleted = _seen(binary)
    stories, at = {}, 0
    for name, length in zip(_STORIES, binary.lengths, strict=True):
        stories[name] = text[at : at + max(length, 0)]
        at += max(length, 0)
    written = Written()
    heads = [(is_foot, line) for start, end, is_foot in binary.heads() for line in _lines(stories["header"][start:end])]
    for said in dict.fromkeys(line for is_foot, line in heads if not is_foot):
        with written.region("header"):
            written.paragraph(said)
    _Body(binary, written).write(stories["body"])
    for name in ("box", "header box"):
        for said in _lines(stories[name]):
            written.paragraph(said)
    for name in ("footnote", "endnote"):
        for number, said in enumerate(_notes(stories[name]), 1):
            with written.region("footnote", str(number) if name == "footnote" else ""):
                written.paragraph(f"{number} {said}" if name == "footnote" else said)
    for said in dict.fromkeys(line for is_foot, line in heads if is_foot):
        with written.region("footer"):
            written.paragraph(said)
    comments = [("comment", said) for said in _notes(stories["comment"])]
    for why, said in [*(("hidden by its format", said) for said in hidden), *comments]:
        with written.region("hidden", why):
            written.paragraph(said)
    return written, deleted


def _seen(binary: Binary) -> tuple[str, list[str], int]:
    """The text with everything unseen blanked out, so that places stay; the hidden text; the number of deletions."""
    text = binary.text()
    characters, hidden, deleted, last = list(text), list[str](), 0, -1
    for start, end, why in binary.unseen():
        end = min(end, len(characters))
        for place in range(start, end):
            if characters[place] not in "\r\x07\x0c":  # marks hold paragraphs and cells apart
                characters[place] = _LEFT_OUT
        if why == "hidden" and (said := " ".join(_lines(text[start:end]))):
            hidden.append(said)
        elif why == "deleted":
            deleted += start != last
            last = end
    return "".join(characters), hidden, deleted


def _plain(text: str) -> str:
    """Without the instructions of fields (their results stay) and the anchors of pictures and notes."""
    for _ in range(limits.DEPTH):
        text, found = _FIELD.subn("", text)
        if not found:
            break
    text = text.replace("\x1e", "\u2011").replace(_LEFT_OUT, "").replace("\xa0", " ")
    return re.sub("[\x00-\x06\x08\x10-\x1d]", "", text)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split("[\r\x07\x0b\x0c\x0e]", _plain(text)) if line.strip()]


def _notes(text: str) -> list[str]:
    """Notes and comments: each begins with its anchor, U+0002 or U+0005."""
    parts = re.split("[\x02\x05]", text)
    return [said for part in parts if (said := " ".join(_lines(part)))]


class _Body:
    """Writes the paragraphs of the body, with the numbers of its lists, and the rows of its tables."""

    def __init__(self, binary: Binary, written: Written) -> None:
        self._binary, self._written = binary, written
        self._counting = Lists(binary.lists)
        self._rows: list[list[str]] = []
        self._row: list[str] = []
        self._cell: list[str] = []

    def write(self, text: str) -> None:
        """Paragraph by paragraph: each ends in a mark, in a table in that of its cell or row."""
        at = 0
        for match in re.finditer("[\r\x07\x0c]", text):
            self._paragraph(text[at : match.start()], match.start(), match.group())
            at = match.end()
        self._paragraph(text[at:], len(text), "\r")
        self._table()

    def _paragraph(self, text: str, place: int, mark: str) -> None:
        said = _plain(text).replace("\x0b", "\n").replace("\x0e", "\n").strip()
        found = self._binary.paragraph(place)
        if mark == "\x07" and found.row_end:
            self._rows.append([*self._row, *([" ".join(self._cell)] if self._cell else [])])
            self._row, self._cell = [], []
            return
        if said and found.list:
            said = self._counting.next(found.list, found.level) + said
        if mark == "\x07":
            self._row.append(" ".join([*self._cell, said]))
            self._cell = []
        elif found.in_table:
            self._cell.append(said)
        else:
            self._table()
            self._written.paragraph(said)

    def _table(self) -> None:
        if self._row or self._cell:  # a row without its end
            self._rows.append([*self._row, " ".join(self._cell)])
        self._written.table(self._rows)
        self._rows, self._row, self._cell = [], [], []
