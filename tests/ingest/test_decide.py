"""Whether a page is read by OCR: large type and fonts that do not say what their characters are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from legalqa.ingest.layout import textlayer
from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.pdf import PdfFile
from legalqa.ingest.scans import decide, ink

TYPED = "This line of the agreement is typed, and the text layer holds it."


def poster(size: int) -> Image.Image:
    """A picture of 400 × 360 pixels with three lines of type."""
    picture = Image.new("L", (400, 360), 255)
    font = ImageFont.truetype("DejaVuSans-Bold.ttf", size)
    for number, line in enumerate(("NOTICE OF", "SALE UNDER", "MORTGAGE")):
        ImageDraw.Draw(picture).text((10, 10 + 110 * number), line, fill=0, font=font)
    return picture


@pytest.mark.parametrize("size", [12, 52])
def test_small_and_large_type_is_ink(size: int) -> None:
    page = np.asarray(poster(size), np.uint8)
    assert ink.measured(page, []).unexplained
    blocks = ink.blocks(page, [])
    assert min(block[1] for block in blocks) < 30
    assert max(block[3] for block in blocks) > 240


def test_large_shapes_apart_are_no_type() -> None:
    page = np.full((700, 600), 255, np.uint8)
    for number in range(18):
        top = 10 + 37 * number
        page[top : top + 34, 20 + 30 * (number % 3) : 60 + 30 * (number % 3)] = 0
    assert not ink.measured(page, []).unexplained


def test_dashes_and_squares_are_no_type() -> None:
    page = np.full((500, 700), 255, np.uint8)
    for number in range(20):
        page[40:50, 20 + 30 * number : 40 + 30 * number] = 0  # a dashed line
        page[100:104, 20 + 8 * number : 24 + 8 * number] = 0  # a dotted one
        page[200:220, 20 + 30 * number : 40 + 30 * number] = 0
    assert not ink.measured(page, []).left
    assert not ink.may_hold_text(page)


def test_a_notice_in_large_type_below_typed_text_is_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "notice.pdf"), pagesize=(612, 792))
    canvas.drawString(72, 720, TYPED)
    canvas.drawImage(ImageReader(poster(52)), 100, 200, 400, 360)
    canvas.save()
    file = PdfFile(str(tmp_path / "notice.pdf"))
    with file.page(1) as page:
        decision = decide.need(page, textlayer.read(page), "auto", "eng")
    file.close()
    assert decision.need == "rest"
    assert decision.sound
    assert min(part[1] for part in decision.parts) < 280
    assert max(part[3] for part in decision.parts) > 480


@pytest.mark.parametrize(("text", "need"), [("\ufffd\ufffd", "all"), ("", "none"), ("ua", "none")])
def test_a_short_text_of_unknown_characters_is_none(tmp_path: Path, text: str, need: str) -> None:
    canvas = Canvas(str(tmp_path / "short.pdf"), pagesize=(300, 200))
    canvas.drawString(72, 120, "ua")
    canvas.save()
    file = PdfFile(str(tmp_path / "short.pdf"))
    with file.page(1) as page:
        pieces = textlayer.read(page).pieces if text else []
        assert decide.need(page, TextLayer(text, (), pieces), "auto", "eng").need == need
    file.close()
