"""A text that is being put together from the parts of a file, and the roles of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from legalqa.ingest import limits
from legalqa.values.document import Region, RegionKind

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Without what cannot be shown or stored; every line end is a newline."""
    return _CONTROL.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """All white space collapsed."""
    return " ".join(clean(text).split())


class Written:
    """Text, and regions whose spans count in it. Raises Refusal when the text grows too long."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0
        self.regions: list[Region] = []

    def put(self, text: str) -> None:
        """Append text, cleaned."""
        text = clean(text)
        self._parts.append(text)
        self.length += len(text)
        limits.too_long(self.length)

    def paragraph(self, text: str) -> None:
        """Append a paragraph, if it has words, and a blank line."""
        text = clean(text).strip("\n")
        if text.strip():
            self.put(f"{text}\n\n")

    @contextmanager
    def region(self, kind: RegionKind, detail: str = "") -> Iterator[None]:
        """What is appended inside has this role; white space at its ends has none."""
        start, first = self.length, len(self._parts)
        yield
        inside = "".join(self._parts[first:])
        body = inside.strip()
        if body:
            start += len(inside) - len(inside.lstrip())
            self.regions.append(Region(kind, start, start + len(body), detail))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Append rows, cells parted by " | ", and a blank line; empty rows are left out."""
        lines = [row_text(row) for row in rows if any(cell.strip() for cell in row)]
        if lines:
            with self.region("table", lines[0]):
                self.put("\n".join(lines) + "\n\n")

    def append(self, other: Written) -> None:
        """Append another text with its regions."""
        at = self.length
        self.put(other.text)
        self.regions.extend(Region(r.kind, r.start + at, r.end + at, r.detail) for r in other.regions)

    @property
    def text(self) -> str:
        """Everything so far."""
        return "".join(self._parts)


def row_text(cells: Sequence[str]) -> str:
    """A row of a table as a line."""
    return " | ".join(one_line(cell) for cell in cells).rstrip(" |")
