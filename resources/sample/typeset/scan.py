"""The letter that exists only as a scan: drawn, rendered, and then spoilt as an office scanner spoils a page."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import reportlab
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

Grey = NDArray[np.uint8]

DPI = 200
SKEW_DEGREES = (1.5, -1.3)
SEED = 20240611
PAPER = 246
LEFT = 1.1 * inch
SIZE, LEADING = 11.0, 16.4


def build(source: str) -> bytes:
    """The scan as a PDF of images, without any text."""
    noise = np.random.default_rng(SEED)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER, invariant=1, pageCompression=0)
    canvas._doc.info.title = "scan0001"
    for number, page in enumerate(source.split("\n===\n")):
        image = _spoilt(_inked(_rendered(page.strip("\n"), number), number), SKEW_DEGREES[number], noise)
        jpeg = io.BytesIO()
        Image.fromarray(image).save(jpeg, "JPEG", quality=42, dpi=(DPI, DPI))
        jpeg.seek(0)
        canvas.drawImage(ImageReader(jpeg), 0, 0, *LETTER)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _rendered(text: str, number: int) -> Grey:
    """The clean page. The font is embedded, so that no font of the machine is used."""
    fonts = Path(reportlab.__file__).parent / "fonts"
    for name, file in (("Letter", "Vera.ttf"), ("LetterBold", "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(fonts / file)))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=LETTER, invariant=1)
    y = LETTER[1] - (0.9 if number == 0 else 1.2) * inch
    for n, paragraph in enumerate(text.splitlines()):
        letterhead = number == 0 and n < 2
        font = "LetterBold" if (number == 0 and n == 0) or paragraph.startswith("Re: ") else "Letter"
        size = (15.0, 8.5)[n] if letterhead else SIZE
        for line in simpleSplit(paragraph, font, size, LETTER[0] - 2 * LEFT) or [""]:
            canvas.setFont(font, size)
            if letterhead:
                canvas.drawCentredString(LETTER[0] / 2, y, line)
            else:
                canvas.drawString(LEFT, y, line)
            y -= LEADING if not letterhead else 17
        if letterhead and n == 1:
            canvas.line(LEFT, y + 8, LETTER[0] - LEFT, y + 8)
            y -= 12
    canvas.save()
    page = pypdfium2.PdfDocument(buffer.getvalue())[0]
    return np.asarray(page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L"), dtype=np.uint8).copy()


def _inked(page: Grey, number: int) -> Grey:
    """What a hand added: the receipt stamp on the first page, the signature on the second."""
    if number == 0:
        return _stamped(page)
    x = np.linspace(0, 1, 220)
    curve = np.sin(x * 31) * 26 * (1 - x) + np.sin(x * 11) * 13
    start = _signature_line(page)
    points = np.stack([LEFT * DPI / 72 + x * 330, start - curve - x * 18], axis=1).astype(np.int32)
    cv2.polylines(page, [points.reshape(-1, 1, 2)], isClosed=False, color=55, thickness=3, lineType=cv2.LINE_AA)
    return page


def _signature_line(page: Grey) -> float:
    """The middle of the tallest gap between lines of text: where the letter leaves room to sign."""
    inked = np.flatnonzero((page < 128).any(axis=1))
    gaps = np.diff(inked)
    widest = int(gaps.argmax())
    return float(inked[widest] + gaps[widest] / 2 + 8)


def _stamped(page: Grey) -> Grey:
    """The page with a receipt stamp, set askew in grey ink."""
    stamp = np.full((200, 470), 255, dtype=np.uint8)
    cv2.rectangle(stamp, (20, 30), (450, 170), 95, 4)
    cv2.putText(stamp, "RECEIVED", (112, 85), cv2.FONT_HERSHEY_DUPLEX, 1.6, 95, 3, cv2.LINE_AA)
    cv2.putText(stamp, "JUN 13 2024", (90, 145), cv2.FONT_HERSHEY_DUPLEX, 1.45, 95, 3, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((235, 100), 4, 1)
    turned = cv2.warpAffine(stamp, turn, (470, 200), borderValue=255)
    top, left = 400, 1130
    area = page[top : top + 200, left : left + 470]
    page[top : top + 200, left : left + 470] = np.minimum(area, turned)
    return page


def _spoilt(page: Grey, degrees: float, noise: np.random.Generator) -> Grey:
    """Skew, soft focus, uneven light, grain, specks, a dark edge and the holes of a binder."""
    height, width = page.shape
    for y in (0.22, 0.5, 0.78):
        cv2.circle(page, (52, int(height * y)), 21, 120, -1, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=150)
    soft = cv2.GaussianBlur(turned, (3, 3), 0.7).astype(np.float64) * PAPER / 255
    light = np.linspace(-7, 5, width)[None, :] + np.linspace(4, -6, height)[:, None]
    grain = noise.normal(0, 5.5, page.shape)
    out = np.clip(soft + light + grain, 0, 255).astype(np.uint8)
    for _ in range(170):
        centre = (int(noise.integers(0, width)), int(noise.integers(0, height)))
        cv2.circle(out, centre, int(noise.integers(1, 3)), int(noise.integers(60, 170)), -1)
    out[:, :7] = 90
    return out
