"""The deposition transcript: twenty-five numbered lines a page, so that testimony is cited by page and line."""

from __future__ import annotations

import io
import textwrap

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

from typeset import flow

LINES = 25
WIDTH = 56
"""Characters a line."""
PITCH = 24.0
"""Points from line to line."""
TOP = flow.HEIGHT - 1.2 * inch

COVER = """\
                UNITED STATES DISTRICT COURT
                     DISTRICT OF MAINE

HARBORLINE PROPERTIES, LLC,        )
                                   )
     Plaintiff,                    )  Civil Action No.
                                   )  2:24-cv-00417-HLR
v.                                 )
                                   )
TIDEWELL PROVISIONS, INC.,         )
                                   )
     Defendant.                    )


                   DEPOSITION OF
                   DANA R. OKAFOR

DATE:      Tuesday, March 18, 2025
TIME:      9:34 a.m.
PLACE:     Brandt & Ellery LLP
           18 Assize Square, Portland, Maine

REPORTER:  Lynette F. Marsh, Registered Professional
           Reporter and Notary Public
"""
APPEARANCES = """\
                      APPEARANCES

For the Plaintiff:

     KATHERINE L. BRANDT, ESQ.
     Brandt & Ellery LLP
     18 Assize Square, Portland, Maine 04101

For the Defendant:

     SAMUEL A. WHITCOMB, ESQ.
     Whitcomb Thayer, P.C.
     9 Longfellow Row, Boston, Massachusetts 02110

Also present:

     Owen P. Lathrop, Tidewell Provisions, Inc.


                      STIPULATIONS

It is agreed that signature before any notary public is
permitted, that the witness has thirty days to read and
sign, and that all objections except as to form are
reserved until trial.
"""
INDEX = """\
                         INDEX

WITNESS: DANA R. OKAFOR                            PAGE

     Examination by Mr. Whitcomb                   {0:>4}
     Examination by Ms. Brandt                     {1:>4}
     Further examination by Mr. Whitcomb           {2:>4}


                       EXHIBITS

NO.     DESCRIPTION

 4      Letter, W. Pruitt to P. Renner, June 11, 2024
 6      Memorandum, P. Renner to E. Voss, June 20, 2024
        HARBOR000107-108
 8      Maintenance log, July 2024, HARBOR000111
"""
CERTIFICATE = """\
                      CERTIFICATE

     I, Lynette F. Marsh, a Notary Public in and for the
State of Maine, certify that the witness named above was
sworn by me; that this testimony was taken by me by
machine shorthand and is a true record of it; and that I
am not related to, employed by, or interested in any
party to this action.

     Dated: March 31, 2025


                    /s/ Lynette F. Marsh
                    Lynette F. Marsh, RPR
                    My commission expires June 30, 2028
"""


def testimony(source: str) -> list[str]:
    """The lines of the testimony, as reporters set it."""
    lines: list[str] = []
    for paragraph in source.splitlines():
        if paragraph.startswith(("Q. ", "A. ")):
            text, first = f"{paragraph[0]}.   {paragraph[3:]}", "     "
        elif paragraph.startswith("("):
            text, first = paragraph, "          "
        elif paragraph.startswith(("EXAMINATION", "FURTHER", "BY MR.", "BY MS.")):
            text, first = paragraph, ""
        else:
            text, first = paragraph, "          "
        lines += textwrap.wrap(text, WIDTH, initial_indent=first, break_on_hyphens=False)
    return lines


def pages(source: str) -> list[list[str]]:
    """All pages of the transcript, twenty-five lines each at most."""
    spoken = testimony(source)
    front = 3
    starts = [front + 1 + n // LINES for n, line in enumerate(spoken) if "EXAMINATION BY" in line]
    body = [spoken[n : n + LINES] for n in range(0, len(spoken), LINES)]
    before = [COVER.splitlines(), APPEARANCES.splitlines(), INDEX.format(*starts).splitlines()]
    return [*before, *body, CERTIFICATE.splitlines()]


def build(source: str) -> bytes:
    """The transcript as PDF."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER, invariant=1, pageCompression=0)
    canvas.setTitle("Deposition of Dana R. Okafor")
    for number, lines in enumerate(pages(source), start=1):
        _frame(canvas, number)
        canvas.setFont("Courier", 11.5)
        for n in range(LINES):
            y = TOP - n * PITCH
            canvas.drawRightString(1.15 * inch, y, str(n + 1))
            if n < len(lines) and lines[n].strip():
                canvas.drawString(1.45 * inch, y, lines[n])
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _frame(canvas: Canvas, number: int) -> None:
    """Page number, the rules left and right of the text, and the foot."""
    low, high = TOP - LINES * PITCH + 6, TOP + 20
    canvas.setFont("Courier", 10)
    canvas.drawRightString(flow.WIDTH - 0.75 * inch, flow.HEIGHT - 0.7 * inch, str(number))
    canvas.setLineWidth(0.7)
    for x in (1.25 * inch, 1.29 * inch, flow.WIDTH - 0.7 * inch):
        canvas.line(x, low, x, high)
    canvas.drawCentredString(flow.WIDTH / 2, 0.55 * inch, "D. Okafor - March 18, 2025")
