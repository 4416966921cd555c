"""RTF → text: body, footnotes and running heads apart, hidden and deleted text out of the way.

Character sets and the names of destinations come from striprtf, which only this module knows. Its own conversion is
not used: it loses footnotes and keeps deleted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from striprtf.striprtf import charset_map, destinations, specialchars

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats.written import Written, one_line
from legalqa.ingest.items import Item, Opened

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.S
)
_DEEPEST = 2_000  # groups inside each other
_APART = {"header": "header", "headerl": "header", "headerr": "header", "headerf": "header"}
_APART |= {"footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer"}
_APART |= {"footnote": "footnote", "annotation": "annotation", "shptxt": "box", "dptxbxtext": "box"}
_KEPT = {"listtext", "pntext"}  # the numbers that Word computed
_SKIPPED = (frozenset(destinations) - set(_APART) - _KEPT) | {"fldinst", "nonshppict", "pict", "bkmkstart", "bkmkend"}
_NO_SKIP = {"shp", "shpinst", "shpgrp", "do", "upr", "field", "object", "result"}
_PAGES = {437, 708, 850, 852, 866, 874, 932, 936, 949, 950, *range(1250, 1259), 1361, 65001}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds inside a group."""

    place: str = "body"
    skipped: bool = False
    hidden: bool = False
    deleted: bool = False
    font: int = -1
    bytes_after_unicode: int = 1


def read(file: Path, context: Context) -> Iterator[Item]:
    """An RTF file, set on pages. Raises Refusal, OSError."""
    limits.too_long(file.stat().st_size // 20)  # pictures take most of a large one
    written = written_of(file.read_bytes())
    yield from typeset.reads(written.text or "\n", Opened(0, paged=False), written.regions, context.skip)


def written_of(data: bytes) -> Written:
    """The text of an RTF file, what it does not show at the end. Raises Refusal."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise limits.Refusal("failed", "the file is no RTF file, though its name says so")
    reader = _Reader()
    reader.walk(data)
    written = Written()
    for text in dict.fromkeys(reader.apart["header"]):
        with written.region("header"):
            written.paragraph(text)
    _body(reader.flow(), written)
    for number, text in enumerate(reader.apart["footnote"], 1):
        with written.region("footnote", str(number)):
            written.paragraph(f"{number} {text}")
    for text in dict.fromkeys(reader.apart["footer"]):
        with written.region("footer"):
            written.paragraph(text)
    unseen = [("hidden by its format", " ".join(reader.hidden))]
    for why, text in [*unseen, *(("comment", text) for text in reader.apart["annotation"])]:
        with written.region("hidden", why):
            written.paragraph(text)
    return written


def _body(flow: str, written: Written) -> None:
    """Paragraphs with a blank line after each; rows of a table together."""
    rows: list[list[str]] = []
    for line in [*flow.split("\n"), ""]:
        if "\x1e" in line:
            rows.append([one_line(cell) for cell in line.split("\x1e")[:-1]])
            continue
        if rows:
            written.table(rows)
            rows = []
        written.paragraph(line.strip(" "))


class _Reader:
    """Walks the groups once."""

    def __init__(self) -> None:
        self.apart: dict[str, list[str]] = {kind: [] for kind in ("header", "footer", "footnote", "annotation", "box")}
        self.hidden: list[str] = []
        self._state, self._stack = _State(), list[_State]()
        self._said: dict[str, list[str]] = {"body": []}
        self._bytes = bytearray()
        self._page, self._fonts, self._font = "cp1252", dict[int, str](), -1
        self._tables = False  # inside the table of fonts
        self._ignore = 0  # characters still to be left out after a \u
        self._starred = False
        self._in_row = False
        self._high = 0  # first half of a character beyond the first plane

    def flow(self) -> str:
        """The body, a line for each paragraph and row; a row's cells end in U+001E."""
        return "".join(self._said["body"])

    def walk(self, data: bytes) -> None:
        """Read everything."""
        position, total = 0, 0
        while (match := _TOKEN.match(data, position)) or position < len(data):
            if match is None:
                position += 1
                continue
            position = match.end()
            word, number, code, sign, brace, plain = match.groups()
            if brace:
                self._flush()
                self._open() if brace == b"{" else self._close()
            elif word is not None:
                if word == b"bin":
                    position += min(max(int(number or 0), 0), len(data) - position)
                    continue
                self._control(word.decode("ascii"), int(number) if number else None)
            elif sign is not None:
                self._sign(sign)
            elif code is not None:
                self._byte(bytes([int(code, 16)]))
            elif plain is not None:
                self._byte(plain)
                total += len(plain)
                limits.too_long(total // 20)
        self._flush()

    def _open(self) -> None:
        if len(self._stack) >= _DEEPEST:
            raise RecursionError
        self._stack.append(self._state)
        self._ignore, self._starred = 0, False

    def _close(self) -> None:
        self._ignore = 0
        if not self._stack:
            return
        left, self._state = self._state, self._stack.pop()
        if left.place != self._state.place:
            text = "".join(self._said.pop(left.place, [])).replace("\x1e", " ").strip()
            if left.place == "box":
                self._said.setdefault(self._state.place, []).append(f"\n{text}\n" if text else "")
            elif text:
                self.apart[left.place].append(text)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif sign in b"\r\n":
            self._say("\n")
        else:
            self._say({b"~": "\xa0", b"-": "", b"_": "\u2011"}.get(sign, sign.decode("latin-1")))

    def _byte(self, data: bytes) -> None:
        if self._ignore:
            left_out = min(self._ignore, len(data))
            self._ignore -= left_out
            data = data[left_out:]
        if self._state.font != self._font:
            self._flush()
            self._font = self._state.font
        if not self._state.skipped:
            self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            encoding = self._fonts.get(self._font, self._page)
            try:
                self._say(data.decode(encoding, "replace"))
            except LookupError:
                self._say(data.decode("cp1252", "replace"))

    def _say(self, text: str) -> None:
        self._flush() if self._bytes else None
        state = self._state
        if state.skipped or state.deleted:
            return
        if state.hidden:
            if text.strip():
                self.hidden.append(text.strip())
            return
        self._said.setdefault(state.place, []).append(text)

    def _control(self, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self._flush()
            code = number % 0x10000
            self._say(chr(code) if not 0xD800 <= code < 0xE000 else self._half(code))
            self._ignore = self._state.bytes_after_unicode
            return
        self._flush()
        self._ignore = 0
        if word in _APART and not self._state.skipped:
            place = _APART[word]
            nested = place == self._state.place or (place != "box" and self._state.place != "body")
            self._state = replace(self._state, skipped=True) if nested else replace(self._state, place=place)
        elif word == "fonttbl":
            self._tables = True
            self._state = replace(self._state, skipped=True)
        elif word in _KEPT or word in _NO_SKIP:
            pass
        elif word in _SKIPPED or self._starred:
            self._tables = False
            self._state = replace(self._state, skipped=True)
        else:
            self._format(word, number)
        self._starred = False

    def _format(self, word: str, number: int | None) -> None:
        if word in ("cell", "nestcell"):
            self._say("\x1e")
        elif word == "par" and self._state.place == "body" and self._in_row:
            self._say(" ")
        elif word in ("row", "nestrow") or word in ("page", "sect", "column"):
            self._say("\n")
        elif word in specialchars:
            self._say(specialchars[word])
        elif word == "v":
            self._state = replace(self._state, hidden=number != 0)
        elif word == "deleted":
            self._state = replace(self._state, deleted=number != 0)
        elif word == "plain":
            self._state = replace(self._state, hidden=False, deleted=False)
        elif word == "uc" and number is not None:
            self._state = replace(self._state, bytes_after_unicode=min(max(number, 0), 10))
        elif word == "f" and number is not None:
            self._state = replace(self._state, font=number)
        elif word == "fcharset" and number is not None and self._tables and number in charset_map:
            self._fonts[self._state.font] = charset_map[number]
        elif word == "ansicpg" and number in _PAGES:
            self._page = "utf-8" if number == 65001 else f"cp{number}"
        elif word == "mac":
            self._page = "mac_roman"
        elif word in ("intbl", "pard"):
            self._in_row = word == "intbl"

    def _half(self, code: int) -> str:
        """One half of a character beyond the first plane: joined with the other half when that has come."""
        if code < 0xDC00:
            self._high = code
            return ""
        high, self._high = self._high, 0
        return chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)) if high else "\ufffd"
