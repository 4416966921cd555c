"""The report of a batch: every file and every page with what became of it, as CSV for a spreadsheet or as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from legalqa.errors import UserError
from legalqa.report import as_json
from legalqa.values.matter import Coverage, FileStatus, PageStatus

COLUMNS = (
    *("path", "inside", "kind", "sha256", "file_state", "file_reason", "pages", "bates_first", "bates_last"),
    *("ocr_confidence", "hidden_text", "repaired", "page", "label", "page_state", "page_confidence", "page_bates"),
    "page_reason",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a cell for a formula
PagesOf = Callable[[str], Sequence[PageStatus]]


def write(file: Path, coverage: Coverage, pages_of: PagesOf) -> None:
    """Write the report; its kind follows the name, .csv or .json. `pages_of` gives the pages of a document id.

    Raises UserError for another name or a place that cannot be written to.
    """
    check(file)
    try:
        if file.suffix.lower() == ".csv":
            with file.open("w", encoding="utf-8-sig", newline="") as out:  # the mark tells Excel that it is UTF-8
                writer = csv.writer(out)
                writer.writerow(COLUMNS)
                for status in coverage.files:
                    writer.writerows(_rows(status, pages_of))
        else:
            with file.open("w", encoding="utf-8") as out:
                json.dump(_object(coverage, pages_of), out, ensure_ascii=False, indent=1)
    except OSError as error:
        raise UserError(
            f"The report {file} cannot be written ({error.strerror}).", kept="The matter is kept."
        ) from None


def check(file: Path) -> None:
    """Raise UserError unless the name says which kind of report is wanted and its folder exists."""
    if file.suffix.lower() not in (".csv", ".json"):
        raise UserError(f"--report {file}: the name must end in .csv or .json.", kept="Nothing was changed.")
    if not file.absolute().parent.is_dir():
        raise UserError(f"There is no folder {file.absolute().parent}.", kept="Nothing was changed.")


def _object(coverage: Coverage, pages_of: PagesOf) -> dict[str, Any]:
    files = [
        as_json.file(status) | {"page_list": [as_json.page_status(page) for page in _pages(status, pages_of)]}
        for status in coverage.files
    ]
    return as_json.coverage(coverage) | {"files": files}


def _rows(status: FileStatus, pages_of: PagesOf) -> Iterable[list[object]]:
    """A line for each page; a file without pages has one of its own."""
    state = "skipped" if status.state == "unsupported" else status.state
    of_file = [
        *(status.path, status.parent, status.kind, status.sha256, state, status.reason, status.pages),
        *(status.bates[0] if status.bates else "", status.bates[-1] if status.bates else ""),
        *(_rounded(status.confidence), _yes(status.hidden_text), _yes(status.repaired)),
    ]
    pages = _pages(status, pages_of)
    if not pages:
        yield [harmless(cell) for cell in (*of_file, *[""] * 6)]
    for page in pages:
        of_page = (page.number, page.label, page.source, _rounded(page.confidence), page.bates, page.reason)
        yield [harmless(cell) for cell in (*of_file, *of_page)]


def _pages(status: FileStatus, pages_of: PagesOf) -> Sequence[PageStatus]:
    """Pages are listed with the file that holds them, not again with each duplicate."""
    listed = status.document_id is not None and status.state in ("indexed", "changed", "missing")
    return pages_of(status.document_id) if listed and status.document_id else ()


def harmless(cell: object) -> object:
    """File names come from anywhere: none may become a formula when the report is opened."""
    if cell is None:
        return ""
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _rounded(confidence: float | None) -> object:
    return "" if confidence is None else round(confidence, 1)


def _yes(value: bool) -> str:
    return "yes" if value else ""
