"""Word files (.docx) through python-docx: paragraphs and tables of the body in their order.

Numbers that Word makes by itself are computed from the numbering definitions, since "4.2" stands in no text. A .docx
is a zip archive and hostile: what it unpacks to is summed up before anything is unpacked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from legalqa.ingest.items import Opened
from legalqa.ingest.kinds import OLE

MAX_UNPACKED = 400 * 1024 * 1024  # bytes
_MAX_RATIO = 300  # unpacked to packed; real documents reach about 40
_RATIO_FROM = 20 * 1024 * 1024  # small archives may be packed as tightly as they like


class OfficeError(Exception):
    """The file is no readable Word document."""


class OfficeEncrypted(OfficeError):
    """The document is protected by a password."""


@dataclass(frozen=True, slots=True)
class OfficeText:
    """A Word document as text, and what its properties say."""

    text: str
    opened: Opened


def read(path: Path) -> OfficeText:
    """Read a document. Raises OfficeEncrypted, OfficeError, OSError."""
    with path.open("rb") as file:
        if file.read(len(OLE)) == OLE:
            raise OfficeEncrypted("the file is protected by a password or in the format of Word before 2007")
    _refuse_bomb(path)
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(str(path))
        text = "\n".join(_blocks(document))
        title = (document.core_properties.title or "").strip()
    except (OpcError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, SyntaxError) as error:
        raise OfficeError(f"the Word file is damaged ({type(error).__name__})") from None
    return OfficeText(text + "\n", Opened(0, paged=False, title=" ".join(title.split())[:200]))


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise OfficeError("the Word file is damaged (its archive cannot be opened)") from None
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if unpacked > MAX_UNPACKED or (unpacked > _RATIO_FROM and unpacked / packed > _MAX_RATIO):
        raise OfficeError("the Word file unpacks to far more than a document can hold and was not opened")


def _blocks(document: Any) -> Iterator[str]:
    """Paragraphs, each followed by a blank line, and table rows, cells parted by " | "."""
    from docx.table import Table

    numbers = _Numbers(document)
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
            yield ""
        elif text := block.text.strip("\n"):
            yield f"{numbers.of(block)}{text}"
            yield ""


def _rows(table: Any) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: list[Any] = []
        for cell in row.cells:  # a merged cell comes once for each column it covers
            if cell._tc not in seen:
                seen.append(cell._tc)
                cells.append(" ".join(cell.text.split()))
        yield " | ".join(cells)


class _Numbers:
    """Word's automatic numbers, counted along the document."""

    def __init__(self, document: Any) -> None:
        from docx.oxml.ns import qn

        self._qn = qn
        self._counts: dict[str, dict[int, int]] = {}
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # numId → level → format, text, start
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {item.get(qn("w:abstractNumId")): self._read(item) for item in root.findall(qn("w:abstractNum"))}
        for item in root.findall(qn("w:num")):
            reference = item.find(qn("w:abstractNumId"))
            if reference is not None:
                self._levels[item.get(qn("w:numId"))] = abstract.get(reference.get(qn("w:val")), {})

    def of(self, paragraph: Any) -> str:
        """The number that Word would show before the paragraph, with a space after it; "" for none."""
        found = self._place(paragraph)
        if found is None:
            return ""
        number_id, level = found
        levels = self._levels.get(number_id, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(number_id, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        shape, text, _ = levels[level]
        if shape in ("bullet", "none"):
            return "• " if shape == "bullet" else ""
        for other, (kind, _, start) in levels.items():
            text = text.replace(f"%{other + 1}", _counted(kind, counts.get(other, start)))
        return f"{text} "

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """numId and level, from the paragraph itself or from its style."""
        qn = self._qn
        sources = [paragraph._p.pPr]
        style = paragraph.style
        while style is not None:
            sources.append(style.element.find(qn("w:pPr")))
            style = style.base_style
        for properties in sources:
            numbering = properties.find(qn("w:numPr")) if properties is not None else None
            if numbering is None:
                continue
            number, level = numbering.find(qn("w:numId")), numbering.find(qn("w:ilvl"))
            if number is not None:
                depth = level.get(qn("w:val"), "0") if level is not None else "0"
                return (number.get(qn("w:val")), int(depth)) if depth.isdigit() else None
        return None

    def _read(self, abstract: Any) -> dict[int, tuple[str, str, int]]:
        qn = self._qn
        levels: dict[int, tuple[str, str, int]] = {}
        for level in abstract.findall(qn("w:lvl")):
            values = {}
            for name in ("numFmt", "lvlText", "start"):
                child = level.find(qn(f"w:{name}"))
                values[name] = child.get(qn("w:val"), "") if child is not None else ""
            start = int(values["start"]) if values["start"].isdigit() else 1
            levels[int(level.get(qn("w:ilvl"), "0"))] = (values["numFmt"] or "decimal", values["lvlText"], start)
        return levels


def _counted(kind: str, value: int) -> str:
    """A count in Word's number format; formats of other scripts as digits."""
    if not 0 < value < 4000:
        return str(value)
    if kind in ("lowerLetter", "upperLetter"):
        letters = chr(97 + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters.upper() if kind == "upperLetter" else letters
    if kind in ("lowerRoman", "upperRoman"):
        roman = _roman(value)
        return roman if kind == "lowerRoman" else roman.upper()
    if kind == "decimalZero":
        return f"{value:02d}"
    return str(value)


def _roman(value: int) -> str:
    parts = []
    for number, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        parts.append(letters * (value // number))
        value %= number
    return "".join(parts)
