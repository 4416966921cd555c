"""What openpyxl's reading of values passes over in a sheet: formulas never computed, rows and columns not shown.

A second look at the sheet's own XML (ECMA-376 part 1, 18.3.1), only where its bytes hint at any of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from legalqa.ingest import limits

_HINT = re.compile(
    rb'\shidden\s*=\s*["\'](?:1|true)|\s(?:ht|width)\s*=\s*["\']0(?:\.0{0,9})?["\']'
    rb"|(?:</(?:\w{1,20}:)?f\s*>|<(?:\w{1,20}:)?f\s[^<>]{0,99}/>)\s{0,99}"
    rb"(?:<(?:\w{1,20}:)?v\s{0,9}(?:/>|>\s{0,9}</(?:\w{1,20}:)?v\s*>)\s{0,99})?</(?:\w{1,20}:)?c\s*>"
)
_BLOCK, _OVERLAP = 1 << 20, 600  # bytes
_ROW, _COLUMN = 1_048_576, 16_384  # the last ones of a sheet
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_PREFIX = re.compile(r"\b_xl(?:fn|ws)\.")  # of newer functions, which no spreadsheet shows


@dataclass
class Aside:
    """Rows and columns (from 1) that are not shown, and the formulas of cells (row, column) without a value."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


def aside(open_sheet: Callable[[], BinaryIO]) -> Aside:
    """What a sheet keeps aside. Raises the faults of damaged XML."""
    from openpyxl.xml.functions import iterparse

    found = Aside()
    with open_sheet() as source:
        if not _hinted(source):
            return found
    shared: dict[str, tuple[str, str]] = {}  # the formula that others repeat, and its cell
    last = 0
    with open_sheet() as source:
        for _, element in iterparse(source):
            name = element.tag.rpartition("}")[2]
            if name == "col" and _unseen(element, "width"):
                first, most = _number(element.get("min")), min(_number(element.get("max")), _COLUMN)
                found.columns.update(range(max(first, 1), most + 1))
            elif name == "row":
                last = min(_number(element.get("r")) or last + 1, _ROW)
                if _unseen(element, "ht"):
                    found.rows.add(last)
                for at, formula in _formulas(element, last, shared):
                    found.formulas[at] = formula
                if len(found.formulas) > limits.CELLS:
                    return found
                element.clear()
    return found


def letters(column: int) -> str:
    """The name of a column (from 1): "A", "AB"."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name


def _hinted(source: BinaryIO) -> bool:
    held = b""
    while block := source.read(_BLOCK):
        if _HINT.search(held + block):
            return True
        held = block[-_OVERLAP:]
    return False


def _unseen(element: Any, size: str) -> bool:
    stated = element.get(size)
    return element.get("hidden") in ("1", "true", "on") or (
        stated is not None and re.fullmatch(r"0(?:\.0*)?", stated) is not None
    )


def _formulas(row: Any, number: int, shared: dict[str, tuple[str, str]]) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a row whose formula nobody has computed."""
    column = 0
    for cell in row:
        named = _CELL.fullmatch(cell.get("r") or "")
        column = _column(named[1]) if named else column + 1
        parts = {part.tag.rpartition("}")[2]: part for part in cell}
        formula, value = parts.get("f"), parts.get("v")
        if formula is None:
            continue
        text, group = (formula.text or "").strip(), formula.get("si")
        place = f"{letters(column)}{number}"
        if formula.get("t") == "shared" and group:
            if text:
                shared[group] = (text, place)
            elif group in shared:
                text = _moved(*shared[group], place)
        computed = value is not None and ((value.text or "").strip() or cell.get("t") == "str")
        if text and not computed:
            yield (number, column), "=" + _PREFIX.sub("", text)


def _moved(formula: str, origin: str, place: str) -> str:
    """A shared formula as it reads in another cell; "" where that cannot be told."""
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    try:
        return str(Translator("=" + formula, origin).translate_formula(place))[1:]
    except (TokenizerError, TranslatorError, ValueError, IndexError):
        return ""


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _number(stated: str | None) -> int:
    return int(stated) if stated and stated.isascii() and stated.isdigit() and len(stated) < 8 else 0
