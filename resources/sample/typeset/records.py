"""Business records: the produced set with its Bates numbers, and the contractor's invoice."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from reportlab.lib import colors
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, PageBreak, Spacer
from reportlab.platypus import Paragraph as Set

from typeset import flow
from typeset.markup import parse

LOG = flow.Sheet(font="Courier", bold="Courier-Bold", size=10.5, leading=13.5, justified=False)
OFFICE = flow.Sheet(font="Helvetica", bold="Helvetica-Bold", size=12, leading=16.5, justified=False)
TAX_RATE = Decimal("0.055")
CENT = Decimal("0.01")


def produced(source: str) -> bytes:
    """The produced set: one source page, ``@page NUMBER``, is one page with that Bates number."""
    pages = [piece.partition("\n") for piece in source.split("@page ")[1:]]
    numbers = [number.strip() for number, _, _ in pages]

    def make() -> list[Flowable]:
        story: list[Flowable] = []
        for _, _, text in pages:
            sheet = LOG if " LOG" in text or "WORK ORDER" in text else OFFICE
            story += [*flow.flowables(parse(text, curly=False), sheet), PageBreak()]
        return story[:-1]

    def decorate(canvas: Canvas, page: int, _pages: int) -> None:
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawRightString(flow.WIDTH - 0.6 * inch, 0.45 * inch, numbers[page - 1])
        if numbers[page - 1] in ("HARBOR000107", "HARBOR000108"):
            canvas.drawString(0.6 * inch, 0.45 * inch, "CONFIDENTIAL")

    return flow.pdf(make, OFFICE, decorate, "Production of Harborline Properties, LLC")


def money(amount: Decimal) -> str:
    """An amount as invoices print it."""
    return f"{amount.quantize(CENT):,}"


def invoice_rows(source: str) -> tuple[list[list[str]], dict[str, Decimal]]:
    """The invoice's rows as printed, and its sums."""
    rows = [["Line", "Date", "Description", "Qty", "Unit", "Unit price", "Tax", "Amount"]]
    taxable = subtotal = Decimal()
    for number, row in enumerate(csv.DictReader(io.StringIO(source)), start=1):
        price = Decimal(row["unit_price"])
        amount = (Decimal(row["quantity"]) * price).quantize(CENT)
        subtotal += amount
        taxable += amount if row["taxable"] == "Y" else 0
        mark = "T" if row["taxable"] == "Y" else ""
        fixed = (row["quantity"], row["unit"], money(price), mark, money(amount))
        rows.append([str(number), row["date"], row["description"], *fixed])
    tax = (taxable * TAX_RATE).quantize(CENT)
    return rows, {"subtotal": subtotal, "taxable": taxable, "tax": tax, "total": subtotal + tax}


def invoice(source: str) -> bytes:
    """The contractor's invoice, a ruled table over several pages."""
    rows, sums = invoice_rows(source)
    rows += [
        ["", "", "Subtotal", "", "", "", "", money(sums["subtotal"])],
        [
            "",
            "",
            f"Sales tax, 5.5% of taxable items (T) of ${money(sums['taxable'])}",
            "",
            "",
            "",
            "",
            money(sums["tax"]),
        ],
        ["", "", "TOTAL DUE", "", "", "", "", f"${money(sums['total'])}"],
    ]
    small = OFFICE.style("cell", fontSize=8.5, leading=10.5, spaceAfter=0)

    def make() -> list[Flowable]:
        cells = [[*row[:2], Set(row[2], small), *row[3:]] if n else row for n, row in enumerate(rows)]
        table = LongTable(cells, colWidths=[28, 58, 214, 34, 40, 56, 24, 66], repeatRows=1, spaceAfter=12)
        table.setStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("FONT", (0, 0), (-1, -1), "Helvetica", 8.5),
                ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8.5),
                ("FONT", (0, -1), (-1, -1), "Helvetica-Bold", 8.5),
                ("BACKGROUND", (0, 0), (-1, 0), colors.Color(0.85, 0.88, 0.93)),
                ("ALIGN", (3, 0), (3, -1), "RIGHT"),
                ("ALIGN", (5, 0), (5, -1), "RIGHT"),
                ("ALIGN", (7, 0), (7, -1), "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
        tail = "Terms: net thirty days. Remit to Northgate Mechanical Services, Inc., at the address above."
        return [*_letterhead(), table, Set(tail, OFFICE.style(fontSize=9))]

    def decorate(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont("Helvetica", 8.5)
        canvas.drawRightString(flow.WIDTH - 0.75 * inch, 0.6 * inch, f"Invoice NMS-24-1187 - Page {page} of {pages}")

    sheet = flow.Sheet(font="Helvetica", bold="Helvetica-Bold", margin=0.75 * inch)
    return flow.pdf(make, sheet, decorate, "Invoice NMS-24-1187")


def _letterhead() -> list[Flowable]:
    """Who invoices whom, when, for what."""
    name = OFFICE.style("name", fontName="Helvetica-Bold", fontSize=15, leading=18, spaceAfter=0)
    line = OFFICE.style("line", fontSize=9.5, leading=12, spaceAfter=0)
    lines = (
        "41 Foundry Road, Scarborough, Maine 04074 - 207-555-0168",
        "&nbsp;",
        "<b>INVOICE NMS-24-1187</b>",
        "Invoice date: October 4, 2024",
        "Due date: November 3, 2024",
        "Bill to: Harborline Properties, LLC, 12 Lantern Street, Third Floor, Portland, Maine 04101",
        "Site: Building B, Granite Quay Logistics Center, 400 Granite Quay Road, Portland, Maine",
        "Work: emergency service and replacement of Compressor 2, July 15 to September 27, 2024",
    )
    return [Set("NORTHGATE MECHANICAL SERVICES, INC.", name), *(Set(text, line) for text in lines), Spacer(0, 10)]
