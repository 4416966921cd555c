"""The lease: cover, table of contents with small Roman numbers, body with Arabic ones and a running header.

The printed page number therefore differs from the place of the page in the file, as in most real leases.
"""

from __future__ import annotations

import io
import re

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageBreak, PageTemplate, Spacer
from reportlab.platypus import Paragraph as Set
from reportlab.platypus.tableofcontents import TableOfContents

from typeset import flow
from typeset.markup import parse

SHEET = flow.Sheet(size=12, leading=16)
HEADER = "Industrial Lease — Harborline Properties, LLC / Tidewell Provisions, Inc."
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi")
COVER = (
    ("INDUSTRIAL LEASE", 24, 110),
    ("between", 13, 40),
    ("HARBORLINE PROPERTIES, LLC,", 15, 22),
    ("a Delaware limited liability company, as Landlord", 13, 6),
    ("and", 13, 22),
    ("TIDEWELL PROVISIONS, INC.,", 15, 22),
    ("a Massachusetts corporation, as Tenant", 13, 6),
    ("Dated as of March 15, 2019", 13, 36),
    ("Premises:", 13, 36),
    ("Building B, Granite Quay Logistics Center", 13, 6),
    ("400 Granite Quay Road, Portland, Maine 04101", 13, 4),
)
OPENING = (
    'THIS INDUSTRIAL LEASE (this "**Lease**") is made as of March 15, 2019, between HARBORLINE PROPERTIES, LLC, a '
    'Delaware limited liability company ("**Landlord**"), and TIDEWELL PROVISIONS, INC., a Massachusetts corporation '
    '("**Tenant**"). Landlord owns the Granite Quay Logistics Center in Portland, Maine. The parties agree as follows:'
)


_ARTICLE = re.compile(r"((?:ARTICLE|EXHIBIT) (?:\d+|[A-Z]))\s*(.+)", re.DOTALL)
_SECTION = re.compile(r"(Section \S+\s+[^.]+)\.")


class _Lease(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """Tells the table of contents where each heading fell; page numbers start again where the body starts."""

    front = 0

    def beforeDocument(self) -> None:
        """Each pass finds anew how many pages stand before the body."""
        self.front = 0

    def afterFlowable(self, flowable: Flowable) -> None:
        """Report articles, exhibits and sections."""
        if not isinstance(flowable, Set):
            return
        text = flowable.getPlainText(identify=True)
        if flowable.style.name == "article" and (found := _ARTICLE.match(text)):
            level, entry = 0, f"{found[1]} — {found[2]}"
        elif flowable.style.name == "section" and (found := _SECTION.match(text)):
            level, entry = 1, found[1]
        else:
            return  # the rest of a paragraph that began on the page before
        self.notify("TOCEntry", (level, entry, self.page - self.front))


def _cover(canvas: Canvas, _document: BaseDocTemplate) -> None:
    """The frame of the cover."""
    canvas.setLineWidth(1.5)
    canvas.rect(0.8 * inch, 0.8 * inch, flow.WIDTH - 1.6 * inch, flow.HEIGHT - 1.6 * inch)


def _front(canvas: Canvas, document: BaseDocTemplate) -> None:
    """Pages of the table of contents."""
    canvas.setFont("Times-Roman", 10)
    canvas.drawCentredString(flow.WIDTH / 2, 0.6 * inch, ROMAN[document.page - 1])


def _body(canvas: Canvas, document: _Lease) -> None:
    """Running header and page number of the body."""
    document.front = document.front or document.page - 1
    canvas.setFont("Times-Italic", 9)
    canvas.drawString(SHEET.margin, flow.HEIGHT - 0.65 * inch, HEADER)
    canvas.setLineWidth(0.4)
    canvas.line(SHEET.margin, flow.HEIGHT - 0.7 * inch, flow.WIDTH - SHEET.margin, flow.HEIGHT - 0.7 * inch)
    canvas.setFont("Times-Roman", 10)
    canvas.drawCentredString(flow.WIDTH / 2, 0.6 * inch, f"- {document.page - document.front} -")


def _contents() -> TableOfContents:
    """The table of contents, articles and sections."""
    table = TableOfContents(dotsMinLevel=0)
    table.levelStyles = [
        SHEET.style("contents0", fontName="Times-Bold", fontSize=10, leading=12, spaceBefore=5, spaceAfter=0),
        SHEET.style("contents1", fontSize=10, leading=12, leftIndent=18, spaceAfter=0),
    ]
    return table


def build(source: str) -> bytes:
    """The lease as PDF."""
    buffer = io.BytesIO()
    document = _Lease(buffer, pagesize=LETTER, invariant=1, pageCompression=0, title="Industrial Lease", author="")
    size = (flow.WIDTH - 2 * SHEET.margin, flow.HEIGHT - 2 * inch, 0, 0, 0, 0)
    for name, draw in (("cover", _cover), ("front", _front), ("body", _body)):
        document.addPageTemplates(PageTemplate(name, [Frame(SHEET.margin, inch, *size)], onPage=draw))
    story: list[Flowable] = []
    for text, points, before in COVER:
        bold = points > 13
        style = SHEET.style(fontName=SHEET.bold if bold else SHEET.font, fontSize=points, leading=points * 1.2)
        style.alignment = TA_CENTER
        story += [Spacer(0, before), Set(text, style)]
    title = SHEET.style("title", alignment=TA_CENTER, fontName=SHEET.bold, fontSize=13)
    story += [NextPageTemplate("front"), PageBreak(), Set("TABLE OF CONTENTS", title), _contents()]
    story += [NextPageTemplate("body"), PageBreak(), Set("INDUSTRIAL LEASE", title)]
    document.multiBuild(story + flow.flowables(parse(f"{OPENING}\n\n{source}"), SHEET))
    return buffer.getvalue()
