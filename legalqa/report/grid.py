"""A review as a spreadsheet: the grid with hyperlinks and comments, and beside it a line for every cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from legalqa.errors import UserError
from legalqa.report.as_text import clean, place
from legalqa.report.commented import AUTHOR, WORDS
from legalqa.report.coverage import harmless
from legalqa.values.answer import Verdict
from legalqa.values.review import Cell, Grid

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

COLUMNS = (
    *("document", "question", "heading", "answer", "verdict", "place", "quote", "page", "decision", "comment"),
    *("needs_a_look", "path"),
)
_FILLS: dict[Verdict, str] = {
    "verbatim": "E6F3EB", "supported": "E2F1F3", "uncited": "EDEFF3", "unsupported": "FBF0DF",
    "bad_reference": "FBE9E9",
}  # fmt: skip
_LONGEST = 32_000  # characters that a cell of Excel holds, and some room
_COMMENT = 2_000
_SILENT = "The document does not say."


def check(target: Path) -> None:
    """Raise UserError unless the name ends in .xlsx or .csv and its folder exists."""
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise UserError(f"A review is written as .xlsx or .csv, not {target.name}.", kept="The review is kept.")
    if not target.absolute().parent.is_dir():
        raise UserError(f"There is no folder {target.absolute().parent}.", kept="The review is kept.")


def write(grid: Grid, paths: Mapping[str, str], target: Path) -> None:
    """Write the review; `paths` are the files by document id. Raises UserError as `check`, or if it fails."""
    check(target)
    partial = target.with_name(target.name + ".part")
    try:
        (_write_csv if target.suffix.lower() == ".csv" else _write_xlsx)(grid, paths, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{target} cannot be written ({error.strerror}).", kept="The review is kept.") from None


def _write_csv(grid: Grid, paths: Mapping[str, str], target: Path) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as out:  # the mark tells Excel that it is UTF-8
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows([harmless(value) for value in line] for line in _lines(grid, paths))


def _lines(grid: Grid, paths: Mapping[str, str]) -> Iterator[list[object]]:
    for id in grid.documents:
        path = paths.get(id, "")
        for question in grid.questions:
            cell = grid.cell(id, question) or Cell(id, question.text)
            cited = cell.citation
            verdict = WORDS[cell.verdict] if cell.verdict else ""
            yield [
                clean(PurePath(path).name), clean(question.text), clean(question.label), _answer(cell), verdict,
                place(cited) if cited else "", clean(cited.quote) if cited else "",
                cited.pages[0] if cited and cited.paged and cited.pages else "", cell.decision, clean(cell.comment),
                "yes" if cell.needs_human else "", clean(path),
            ]  # fmt: skip


def _answer(cell: Cell) -> str:
    if cell.text:
        return clean(cell.text)[:_LONGEST]
    return _SILENT if cell.answer else ""


def _write_xlsx(grid: Grid, paths: Mapping[str, str], target: Path) -> None:
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    sheet, details = book.active, book.create_sheet("Every cell")
    assert sheet is not None
    sheet.title = "Review"
    _texts(sheet, 1, ["Document", *(question.label for question in grid.questions)])
    for row, id in enumerate(grid.documents, 2):
        first = _text(sheet, row, 1, clean(PurePath(paths.get(id, "")).name))
        _link(first, paths.get(id, ""), None)
        for column, question in enumerate(grid.questions, 2):
            cell = grid.cell(id, question)
            if cell is not None:
                _cell(_text(sheet, row, column, _answer(cell)), cell, paths.get(id, ""))
    _texts(details, 1, COLUMNS)
    for row, line in enumerate(_lines(grid, paths), 2):
        _texts(details, row, line)
    for one, width in ((sheet, 38), (details, 30)):
        one.freeze_panes = "B2"
        one.auto_filter.ref = one.dimensions
        for letters in one.column_dimensions:
            one.column_dimensions[letters].width = width
        for heading in one[1]:
            heading.font = Font(bold=True)
            one.column_dimensions[heading.column_letter].width = width
        for cells in one.iter_rows():
            for cell_ in cells:
                cell_.alignment = Alignment(wrap_text=True, vertical="top")
    book.save(target)


def _texts(sheet: Worksheet, row: int, values: Any) -> None:
    for column, value in enumerate(values, 1):
        _text(sheet, row, column, value)


def _text(sheet: Worksheet, row: int, column: int, value: object) -> SheetCell:
    """A cell that holds a text as it stands: never a formula, whatever a document says."""
    cell = sheet.cell(row, column)
    if isinstance(value, int):
        cell.value = value
    else:
        cell.value = clean(str(value))[:_LONGEST]
        cell.data_type = "s"
    return cell


def _cell(shown: SheetCell, cell: Cell, path: str) -> None:
    """Colour, comment and link of one answer."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if cell.verdict and not cell.decision:
        shown.fill = PatternFill("solid", start_color=_FILLS[cell.verdict])
    cited = cell.citation
    said = [WORDS[cell.verdict] + "." if cell.verdict else _SILENT if cell.answer else ""]
    said += [f"• {clean(reason)}" for one in (cell.answer.sentences if cell.answer else ()) for reason in one.reasons]
    if cited:
        said.append(place(cited) + (f": “{clean(cited.quote)}”" if cited.quote else ""))
        _link(
            shown,
            cited.path if Path(cited.path).is_absolute() else path,
            cited.pages[0] if cited.paged and cited.pages else None,
        )
    said.append(
        {"accepted": "Accepted by the reviewer.", "corrected": "Corrected by the reviewer."}.get(cell.decision, "")
    )
    said.append(f"Comment: {clean(cell.comment)}" if cell.comment else "")
    text = "\n".join(line for line in said if line)
    if text:
        shown.comment = Comment(text[:_COMMENT], AUTHOR, height=160, width=360)


def _link(shown: SheetCell, path: str, page: int | None) -> None:
    if path and Path(path).is_absolute() and Path(path).is_file():
        shown.hyperlink = Path(path).as_uri() + (f"#page={page}" if page else "")
