"""PDFs for tests, made with reportlab."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 612, 792


def text_pdf(path: Path, pages: Sequence[Sequence[str]], rotate: int = 0, password: str | None = None) -> Path:
    """Lines of 11-point Times from 72 points below the top, 14 points apart; an empty line leaves a gap."""
    encrypt = StandardEncryption(password, canPrint=1) if password is not None else None
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), encrypt=encrypt)
    for lines in pages:
        canvas.setFont("Times-Roman", 11)
        for number, line in enumerate(lines):
            canvas.drawString(72, HEIGHT - 72 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    if rotate:  # reportlab would swap the sides of the page as well
        path.write_bytes(path.read_bytes().replace(b"/Rotate 0", b"/Rotate %d" % rotate))
    return path


def picture(lines: Sequence[str], dpi: int = 200) -> Image.Image:
    """A white letter page with lines of black text, as a scanner would give it."""
    image = Image.new("L", (WIDTH * dpi // 72, HEIGHT * dpi // 72), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=12 * dpi / 72)
    for number, line in enumerate(lines):
        draw.text((dpi, dpi + number * dpi // 3), line, fill=0, font=font)
    return image


def image_pdf(path: Path, images: Sequence[Image.Image], header: str = "") -> Path:
    """Each picture fills a page; `header` is real text above it."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for image in images:
        buffer = io.BytesIO()
        image.save(buffer, "png")
        buffer.seek(0)
        canvas.setPageSize((WIDTH, HEIGHT) if image.height >= image.width else (HEIGHT, WIDTH))
        width, height = (WIDTH, HEIGHT) if image.height >= image.width else (HEIGHT, WIDTH)
        canvas.drawImage(ImageReader(buffer), 0, 0, width, height)
        if header:
            canvas.setFont("Helvetica", 9)
            canvas.drawString(72, HEIGHT - 20, header)
        canvas.showPage()
    canvas.save()
    return path
