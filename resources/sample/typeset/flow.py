"""Blocks as a flow of reportlab paragraphs and tables, in the sheet of a kind of document."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageBreak, PageTemplate, Spacer, Table
from reportlab.platypus import Paragraph as Set

from typeset.markup import Block, runs

WIDTH, HEIGHT = LETTER
Decorate = Callable[[Canvas, int, int], None]
"""Draws what stands on every page: canvas, page number (from 1), number of pages."""


@dataclass(frozen=True)
class Sheet:
    """How a kind of document is set. Sizes in points."""

    font: str = "Times-Roman"
    bold: str = "Times-Bold"
    size: float = 11.5
    leading: float = 14.5
    margin: float = 1.1 * inch
    gap: float = 8.0
    justified: bool = True
    first_indent: float = 0.0

    def style(self, name: str = "body", **changes: object) -> ParagraphStyle:
        """The style of running text, with changes."""
        options: dict[str, object] = {
            "fontName": self.font,
            "fontSize": self.size,
            "leading": self.leading,
            "spaceAfter": self.gap,
            "alignment": TA_JUSTIFY if self.justified else TA_LEFT,
            "allowWidows": 0,
            "allowOrphans": 0,
        }
        return ParagraphStyle(name, **(options | changes))


def marked(text: str) -> str:
    """A line as reportlab's own markup."""
    out = ""
    for run in runs(text):
        piece = escape(run.text)
        for tag, wanted in (("b", run.bold), ("i", run.italic), ("u", run.underlined)):
            piece = f"<{tag}>{piece}</{tag}>" if wanted else piece
        out += piece
    return out


def flowables(blocks: Iterable[Block], sheet: Sheet) -> list[Flowable]:
    """What reportlab sets for the blocks."""
    flow: list[Flowable] = []
    count = 0
    for block in blocks:
        if block.kind == "numbered":
            count += 1
            style = sheet.style(firstLineIndent=0.5 * inch)
            flow.append(Set(f"{count}.&nbsp;&nbsp;&nbsp;&nbsp;{marked(block.text)}", style))
        else:
            flow.append(_flowable(block, sheet))
    return flow


def _flowable(block: Block, sheet: Sheet) -> Flowable:
    """What is set for one block that counts nothing."""
    match block.kind:
        case "break":
            return PageBreak()
        case "table":
            return ruled(block.rows, sheet)
        case "lines":
            style = sheet.style("line", spaceAfter=0, alignment=TA_LEFT)
            lines = [Set(marked(row[0]) or "&nbsp;", style) for row in block.rows]
            return KeepTogether([*lines, Spacer(0, sheet.gap + 4)])
        case "article":
            return Set(f"{block.number}<br/>{escape(block.heading)}", heading_style(sheet))
        case "section":
            number = block.number if block.number.endswith(".") else f"Section {block.number}"
            text = f"<b>{number}</b>&nbsp;&nbsp;<u>{escape(block.heading)}</u>. {marked(block.text)}"
            return Set(text, sheet.style("section", spaceBefore=3))
        case "centred":
            return Set(marked(block.text), sheet.style("centred", alignment=TA_CENTER, spaceAfter=4))
        case "title":
            style = sheet.style("title", alignment=TA_CENTER, fontName=sheet.bold, spaceBefore=6, keepWithNext=1)
            return Set(marked(block.text), style)
        case _:
            if block.level:
                return Set(marked(block.text), sheet.style(leftIndent=0.4 * inch * block.level))
            return Set(marked(block.text), sheet.style(firstLineIndent=sheet.first_indent))


def heading_style(sheet: Sheet) -> ParagraphStyle:
    """Article headings: bold, centred, with the text that follows."""
    return sheet.style("article", fontName=sheet.bold, alignment=TA_CENTER, spaceBefore=12, keepWithNext=1)


def ruled(rows: tuple[tuple[str, ...], ...], sheet: Sheet) -> Table:
    """A ruled table whose first row is its header; amounts stand to the right."""
    size = sheet.size - 1.5
    cell = sheet.style("cell", fontSize=size, leading=size + 2.5, spaceAfter=0, alignment=TA_LEFT)
    head = sheet.style("head", parent=cell, fontName=sheet.bold, fontSize=size, leading=size + 2.5, spaceAfter=0)
    head.alignment = TA_LEFT
    header, *body = rows
    longest = [max(len(text) for text in (*header[i].split(), *(row[i] for row in body))) for i in range(len(header))]
    shares = [min(max(length, 9), 40) + 4 for length in longest]
    room = WIDTH - 2 * sheet.margin
    table = Table(
        [[Set(marked(text), head if n == 0 else cell) for text in row] for n, row in enumerate(rows)],
        colWidths=[room * share / sum(shares) for share in shares],
        repeatRows=1,
        spaceBefore=2,
        spaceAfter=sheet.gap + 4,
    )
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
            ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.9, 0.9, 0.9)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return table


def pdf(make: Callable[[], list[Flowable]], sheet: Sheet, decorate: Decorate, title: str) -> bytes:
    """The PDF of a flow, set twice so that every page can state the number of pages. The same bytes every time."""
    pages = 0
    for _ in range(2):
        buffer = io.BytesIO()
        template = BaseDocTemplate(buffer, pagesize=LETTER, invariant=1, pageCompression=0, title=title, author="")
        total = pages

        def draw(canvas: Canvas, document: BaseDocTemplate, total: int = total) -> None:
            canvas.saveState()
            decorate(canvas, document.page, total)
            canvas.restoreState()

        frame = Frame(sheet.margin, inch, WIDTH - 2 * sheet.margin, HEIGHT - 2 * inch, 0, 0, 0, 0)
        template.addPageTemplates([PageTemplate("all", [frame], onPage=draw)])
        template.build(make())
        pages = template.page
    return buffer.getvalue()
