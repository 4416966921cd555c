"""Amendments, letters and pleadings: blocks on a sheet, with what belongs on every page of that kind."""

from __future__ import annotations

from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer, Table
from reportlab.platypus import Paragraph as Set

from typeset import flow
from typeset.markup import parse

PLEADING = flow.Sheet(size=12, leading=21, justified=False, gap=7, first_indent=0.5 * inch)
DOCKET = "2:24-cv-00417-HLR"
CAPTION = (
    "HARBORLINE PROPERTIES, LLC,<br/><br/>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;Plaintiff{counter},<br/><br/>v.<br/><br/>"
    "TIDEWELL PROVISIONS, INC.,<br/><br/>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;Defendant{claimant}."
)


def amendment(source: str) -> bytes:
    """An amendment of the lease."""
    sheet = flow.Sheet(size=12, leading=15.5)

    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont("Times-Roman", 9)
        canvas.drawString(sheet.margin, 0.6 * inch, "First Amendment to Industrial Lease")
        canvas.drawRightString(flow.WIDTH - sheet.margin, 0.6 * inch, f"Page {page} of {pages}")

    blocks = parse(source)
    return flow.pdf(lambda: flow.flowables(blocks, sheet), sheet, decorate, "First Amendment to Industrial Lease")


def letter(source: str, addressee: str, date: str) -> bytes:
    """A letter; pages after the first say to whom it is and when it was written."""
    sheet = flow.Sheet(size=12, leading=15)

    def decorate(canvas: Canvas, page: int, _pages: int) -> None:
        if page > 1:
            canvas.setFont("Times-Roman", 10)
            canvas.drawString(sheet.margin, flow.HEIGHT - 0.65 * inch, f"{addressee} — {date} — Page {page}")

    blocks = parse(source)
    return flow.pdf(lambda: flow.flowables(blocks, sheet), sheet, decorate, "Letter")


def pleading(source: str, *, entry: int, filed: str, first_page_id: int, counterclaim: bool) -> bytes:
    """A paper of the court: caption, and the line that the court's filing system prints on every page."""
    title = "Order" if counterclaim else "Complaint"

    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont("Helvetica", 9)
        stamp = f"Case {DOCKET}   Document {entry}   Filed {filed}   Page {page} of {pages}"
        canvas.drawString(0.9 * inch, flow.HEIGHT - 0.5 * inch, stamp)
        canvas.drawRightString(
            flow.WIDTH - 0.9 * inch, flow.HEIGHT - 0.5 * inch, f"PageID #: {first_page_id + page - 1}"
        )
        canvas.setFont("Times-Roman", 11)
        canvas.drawCentredString(flow.WIDTH / 2, 0.6 * inch, str(page))

    blocks = parse(source)
    return flow.pdf(lambda: [*_caption(counterclaim), *flow.flowables(blocks, PLEADING)], PLEADING, decorate, title)


def _caption(counterclaim: bool) -> list[Flowable]:
    """The court's name, and the parties beside the number of the case."""
    head = PLEADING.style("court", fontName=PLEADING.bold, alignment=TA_CENTER, leading=15, spaceAfter=14)
    side = PLEADING.style("side", leading=13, alignment=TA_LEFT, spaceAfter=0)
    parties = CAPTION.format(
        counter=" and Counterclaim Defendant" if counterclaim else "",
        claimant=" and Counterclaim Plaintiff" if counterclaim else "",
    )
    table = Table(
        [
            [
                Set(parties, side),
                Set("<br/>".join(")" * 9), side),
                Set(f"<br/><br/><br/>Civil Action No. {DOCKET}", side),
            ]
        ],
        colWidths=[3.1 * inch, 0.3 * inch, 2.9 * inch],
        spaceAfter=16,
    )
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return [Set("UNITED STATES DISTRICT COURT<br/>DISTRICT OF MAINE", head), table, Spacer(0, 4)]
