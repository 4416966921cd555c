"""The certificate of coverage as a PDF: what was read of a matter, page for page, and what was not."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from legalqa.errors import UserError
from legalqa.values.document import PageSource
from legalqa.values.matter import Coverage, FileStatus, MatterInfo, PageStatus
from ui.coverage import SOURCES, mark_of, reason_of
from ui.widgets import clean, count, spread

_DOTS_AN_INCH = 1200
_COLUMNS = {"File": 40, "State": 10, "Pages": 20, "Bates": 14, "Reason": 16}  # with their share of the width
_STYLE = """
table { border-collapse: collapse; border: 0.5px solid #b4b9c4; }
body { color: #1a1f29; } h1 { font-size: 17pt; } h2 { font-size: 12pt; margin-top: 14px; }
td, th { padding: 3px 6px; font-size: 8pt; } th { text-align: left; background-color: #e6e8ed; }
p { font-size: 9pt; } .small { font-size: 7pt; color: #59616f; }
"""


def write(target: Path, info: MatterInfo, coverage: Coverage, pages_of: Callable[[str], Sequence[PageStatus]]) -> None:
    """Write the certificate. `pages_of` gives the pages of a document id. UserError if it cannot be written."""
    document = QTextDocument()
    document.setDefaultFont(_font())
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(page_source(info, coverage, pages_of))
    partial = target.with_name(target.name + ".part")
    writer = QPdfWriter(str(partial))
    writer.setTitle(f"Certificate of coverage: {clean(info.name)}")
    writer.setCreator("LegalQA")
    writer.setResolution(_DOTS_AN_INCH)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.Letter), QPageLayout.Orientation.Landscape, QMarginsF())
    )
    document.print_(writer)  # sets margins of its own, and page numbers
    del writer  # closes the file
    try:
        if not partial.stat().st_size:
            raise OSError(0, "nothing was written")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(
            f"The certificate {target} cannot be written ({error.strerror}).", kept="The matter is kept."
        ) from None


def _font() -> QFont:
    """Set evenly, so that words copied out of the PDF are words."""
    font = QFont()
    font.setFamilies(["Liberation Sans", "Arial", "Helvetica", "DejaVu Sans"])
    font.setPointSizeF(9)
    font.setKerning(False)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def page_source(info: MatterInfo, coverage: Coverage, pages_of: Callable[[str], Sequence[PageStatus]]) -> str:
    """The certificate as HTML; whatever comes from a file is escaped."""
    pages = coverage.pages
    total = sum(pages.values())
    states = ", ".join(f"{pages.get(source, 0):,} {_word(source)}" for source in SOURCES)
    client = f", {_text(info.client)}" if info.client else ""
    head = "".join(f"<th width='{share}%'>{name}</th>" for name, share in _COLUMNS.items())
    rows = "".join(_row(file, pages_of) for file in coverage.files)
    gaps = "".join(f"<li>{_text(gap.first)} to {_text(gap.last)} ({gap.missing:,})</li>" for gap in coverage.gaps)
    return (
        f"<h1>Certificate of coverage</h1><p><b>{_text(info.name)}</b>{client}<br>"
        f"As of {datetime.now(UTC):%d %B %Y, %H:%M} UTC. {count(len(coverage.files), 'file')}, "
        f"{count(coverage.documents, 'document')}, {count(total, 'page')}: {states}.</p>"
        "<p>Every file that the matter was told of is listed, with every page and what became of it. What could not be "
        "read was not searched, and no answer rests on it.</p>"
        + (f"<h2>Bates numbers that no file bears</h2><ul>{gaps}</ul>" if gaps else "")
        + "<h2>Files and pages</h2><table width='100%' cellspacing='0'>"
        f"<thead><tr>{head}</tr></thead>{rows}</table>"
    )


def _row(file: FileStatus, pages_of: Callable[[str], Sequence[PageStatus]]) -> str:
    listed = file.document_id is not None and file.state in ("indexed", "changed", "missing")
    pages = "; ".join(runs(pages_of(file.document_id))) if listed and file.document_id else ""
    return (
        f"<tr><td>{_text(file.path)}<br/><span class='small'>SHA-256 {_text(file.sha256)}</span></td>"
        f"<td>{mark_of(file).word}</td><td>{_text(pages)}</td><td>{html.escape(spread(file.bates))}</td><td>{_text(reason_of(file))}</td></tr>"
    )


def runs(pages: Sequence[PageStatus]) -> list[str]:
    """Pages alike and in a row as one: ["1–4 text", "5 OCR 83%", "6 not readable (the reader was killed)"]."""
    said = []
    for (source, reason), same in groupby(pages, key=lambda page: (page.source, page.reason)):
        run = list(same)
        name = str(run[0].number) if len(run) == 1 else f"{run[0].number}–{run[-1].number}"
        sure = [page.confidence for page in run if page.confidence is not None]
        least = f" {min(sure):.0f}%" if sure else ""
        said.append(f"{name} {_word(source)}{least}" + (f" ({clean(reason)})" if reason else ""))
    return said


def _word(source: PageSource) -> str:
    return SOURCES[source].word if source == "ocr" else SOURCES[source].word.lower()


def _text(text: str) -> str:
    return html.escape(clean(text))
