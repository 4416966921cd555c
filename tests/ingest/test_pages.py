"""Single pages: what OCR reads of them, where it goes, and what is kept when it fails."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from legalqa.ingest.items import PageRead
from legalqa.ingest.pages import PageReader
from legalqa.ingest.pdf import PdfFile
from legalqa.ingest.scans import fax, ink, pose
from legalqa.ingest.scans.ocr import OcrWord, Pixels, TesserocrEngine
from tests.contract.test_ocr import LINES
from tests.ingest import pdfs

UPPER = [f"The upper part of this agreement is typed, line {number}." for number in range(8)]
LOWER = [f"The lower part of this agreement is typed, line {number}." for number in range(8)]
LATE = "it took too long to read all of it"


@pytest.fixture(scope="module")
def reader() -> PageReader:
    return PageReader("auto", "eng")


def read(reader: PageReader, path: Path) -> PageRead:
    pdf = PdfFile(str(path))
    try:
        return reader.read(pdf, 1)
    finally:
        pdf.close()


def half_scanned(path: Path) -> Path:
    """Typed lines above and below a pasted picture of others."""
    canvas = Canvas(str(path), pagesize=(pdfs.WIDTH, pdfs.HEIGHT))
    canvas.setFont("Times-Roman", 11)
    for number in range(8):
        canvas.drawString(72, 720 - 14 * number, UPPER[number])
        canvas.drawString(72, 220 - 14 * number, LOWER[number])
    buffer = io.BytesIO()
    picture = pdfs.picture(LINES).crop((150, 150, 1500, 700))
    picture.save(buffer, "png")
    canvas.drawImage(ImageReader(buffer), 60, 300, 0.36 * picture.width, 0.36 * picture.height)
    canvas.save()
    return path


def test_a_pasted_picture_is_read_where_it_stands(tmp_path: Path, reader: PageReader) -> None:
    found = read(reader, half_scanned(tmp_path / "half.pdf"))
    lines = [line for line in found.text.splitlines() if line]
    assert lines == [*UPPER, *LINES, *LOWER]
    assert found.page.source == "ocr"
    typed = [word for word in found.page.words if word.confidence is None]
    assert [found.text[w.start : w.end] for w in typed] == " ".join([*UPPER, *LOWER]).split()
    assert [found.text[line.start : line.end] for line in found.lines if line.y0 > 300 and line.y0 < 480] == list(LINES)


def test_ocr_that_takes_too_long_loses_no_text_layer(tmp_path: Path) -> None:
    found = read(PageReader("auto", "eng", seconds=1e-6), half_scanned(tmp_path / "half.pdf"))
    assert [line for line in found.text.splitlines() if line] == [*UPPER, *LOWER]
    assert found.page.source == "text"
    assert found.page.reason == LATE
    always = read(PageReader("always", "eng", seconds=1e-6), tmp_path / "half.pdf")
    assert always.text == found.text
    assert LATE in (always.page.reason or "")


def test_ocr_that_takes_too_long_is_the_reason_of_a_failed_scan(tmp_path: Path) -> None:
    path = pdfs.image_pdf(tmp_path / "scan.pdf", [pdfs.picture(LINES)])
    found = read(PageReader("auto", "eng", seconds=1e-6), path)
    assert (found.page.source, found.page.reason, found.text) == ("failed", LATE, "")


def test_a_bare_picture_is_a_page(reader: PageReader) -> None:
    bgr = np.asarray(pdfs.picture(LINES).convert("RGB"), np.uint8)[:, :, ::-1]
    found = reader.read_picture(bgr, 200, 3)
    assert (found.page.number, found.page.width, found.page.height) == (3, pdfs.WIDTH, pdfs.HEIGHT)
    assert found.text.splitlines() == list(LINES)
    assert [found.text[line.start : line.end] for line in found.lines] == list(LINES)
    assert all(7 < line.size < 14 for line in found.lines)
    assert reader.read_picture(np.full((400, 300, 3), 255, np.uint8), 200, 1).page.source == "blank"


def test_without_ocr_a_bare_picture_is_a_failed_page() -> None:
    found = PageReader("never", "eng").read_picture(np.zeros((40, 30, 3), np.uint8), 200, 1)
    assert found.page.source == "failed"
    assert found.page.reason


def with_marks(*places: tuple[str, int, int]) -> Image.Image:
    picture = pdfs.picture(LINES)
    draw = ImageDraw.Draw(picture)
    for text, x, y in places:
        draw.text((x, y), text, fill=0, font=ImageFont.load_default(size=33))
    return picture


def test_a_page_number_that_stands_alone_is_read(reader: PageReader) -> None:
    bgr = np.asarray(with_marks(("7", 840, 2050)).convert("RGB"), np.uint8)
    assert reader.read_picture(bgr, 200, 1).text.splitlines()[-1] == "7"


def test_numbers_that_hang_left_belong_to_their_lines(reader: PageReader) -> None:
    marks = [(f"{number + 1}.1", 110, 200 + number * 66) for number in range(len(LINES))]
    bgr = np.asarray(with_marks(*marks).convert("RGB"), np.uint8)
    expected = [f"{number + 1}.1 {line}" for number, line in enumerate(LINES)]
    assert [line for line in reader.read_picture(bgr, 200, 1).text.splitlines() if line] == expected


def test_pictures_without_text_are_not_read(tmp_path: Path, reader: PageReader) -> None:
    drawing = Image.new("L", (1700, 2200), 255)
    draw = ImageDraw.Draw(drawing)
    draw.ellipse((300, 300, 900, 900), fill=60)
    draw.rectangle((1000, 1200, 1500, 1900), outline=0, width=9)
    found = read(reader, pdfs.image_pdf(tmp_path / "drawing.pdf", [drawing]))
    assert (found.page.source, found.text) == ("blank", "")


def standard_fax(picture: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Black and white, every other row thrown away, the others standing twice."""
    grey = np.asarray(picture, np.uint8)
    rows = np.where(grey[::2] < 128, 0, 255).astype(np.uint8)
    return np.repeat(rows, 2, axis=0)[: len(grey)]


def test_a_fax_gets_its_rows_back(tmp_path: Path) -> None:
    pdf = PdfFile(str(pdfs.text_pdf(tmp_path / "typed.pdf", [UPPER + LOWER])))
    with pdf.page(1) as page:
        truth, _ = page.render(200 / 72, 10_000_000, "grey")
    pdf.close()
    coarse = standard_fax(Image.fromarray(truth))
    restored = fax.restored(coarse)
    assert restored is not None
    before, after = (float(np.square(page.astype(np.float32) - truth).mean()) for page in (coarse, restored))
    assert after < 0.6 * before
    shifted = fax.restored(np.vstack([np.full((1, coarse.shape[1]), 255, np.uint8), coarse]))
    assert shifted is not None
    assert np.array_equal(shifted[1:][: len(restored)], restored)


def test_what_is_no_fax_is_left_alone() -> None:
    assert fax.restored(np.asarray(pdfs.picture(LINES), np.uint8)) is None
    assert fax.restored(np.full((500, 400), 255, np.uint8)) is None


@pytest.mark.parametrize("turn", [0, 180])
def test_a_page_on_its_head_is_suspected(turn: int) -> None:
    page = np.asarray(pdfs.picture(LINES * 4).rotate(turn), np.uint8)
    assert pose.stands_on_its_head(pose.outline(page)) == (turn == 180)


def test_ink_that_was_not_read_is_reported() -> None:
    """The engine is asked for less than the whole page, as if it had overlooked the rest."""

    class Half(TesserocrEngine):
        def lines(
            self, grey: Pixels, dpi: float, seconds: float = 60, column: bool = False
        ) -> list[list[OcrWord]]:  # fmt: skip
            return super().lines(grey, dpi, seconds, column)[: len(LINES) // 2]

        def row(self, grey: Pixels, dpi: float, seconds: float = 60) -> list[OcrWord]:
            return []

    engine = Half("eng")
    bgr = np.asarray(pdfs.picture(LINES).convert("RGB"), np.uint8)
    reader = PageReader("auto", "eng")
    reader._engine = engine
    assert reader.read_picture(bgr, 200, 1).page.reason == "part of the page could not be read"
    engine.close()


def test_blocks_and_marks_lie_on_the_ink() -> None:
    page = pose.small(np.asarray(with_marks(("7", 840, 2050)), np.uint8), 72 / 200)
    (block,) = ink.blocks(page, [])
    assert 60 < block[0] < 80
    assert 60 < block[1] < 90
    assert 180 < block[3] < 230
    mark = ink.marks(page, [block])
    assert len(mark) == 1
    assert abs(mark[0][1] - 2050 * 72 / 200) < 12
    assert ink.blocks(page, [block]) == []


def stamped(picture: Image.Image) -> Image.Image:
    """A framed black stamp, aslant over the lines."""
    stamp = Image.new("L", (620, 130), 255)
    draw = ImageDraw.Draw(stamp)
    draw.text((30, 15), "RECEIVED", fill=0, font=ImageFont.truetype("DejaVuSans-Bold.ttf", 95))
    draw.rectangle((4, 4, 615, 125), outline=0, width=7)
    turned = np.asarray(stamp.rotate(14, expand=True, fillcolor=255), np.uint8)
    page = np.asarray(picture, np.uint8).copy()
    area = page[210 : 210 + turned.shape[0], 250 : 250 + turned.shape[1]]
    np.minimum(area, turned, out=area)
    return Image.fromarray(page)


def test_words_under_a_black_stamp_are_read_and_doubted(reader: PageReader) -> None:
    bgr = np.asarray(stamped(pdfs.picture(LINES * 3)).convert("RGB"), np.uint8)
    found = reader.read_picture(bgr, 200, 1)
    top = {found.text[w.start : w.end] for w in found.page.words if w.y0 < 160}
    assert {"Tenant", "thousand", "deduction", "offset."} <= top
    under = [w.confidence for w in found.page.words if 180 < w.x0 < 260 and 110 < w.y0 < 135]
    assert under
    assert all(confidence is not None and confidence <= 50 for confidence in under)
    assert all(line in found.text.splitlines() for line in LINES[4:])


def test_a_large_heading_is_no_stamp(reader: PageReader) -> None:
    picture = pdfs.picture(("", "", *LINES))
    ImageDraw.Draw(picture).text((200, 150), "LEASE", fill=0, font=ImageFont.truetype("DejaVuSans-Bold.ttf", 130))
    found = reader.read_picture(np.asarray(picture.convert("RGB"), np.uint8), 200, 1)
    assert [line for line in found.text.splitlines() if line] == ["LEASE", *LINES]


def test_a_framed_stamp_beside_the_text_is_a_block_of_its_own(reader: PageReader) -> None:
    picture = pdfs.picture(("Philip J. Renner", "Vice President", "Harborline Properties", "Portland, Maine", *LINES))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((1000, 190, 1420, 340), outline=0, width=5)
    bold = ImageFont.truetype("DejaVuSans-Bold.ttf", 40)
    draw.text((1040, 205), "RECEIVED", fill=0, font=bold)
    draw.text((1040, 270), "JUN 13 2024", fill=0, font=bold)
    found = reader.read_picture(np.asarray(picture.convert("RGB"), np.uint8), 200, 1)
    assert "RECEIVED\nJUN 13 2024\n\n" in found.text
    address = ("Philip J. Renner", "Vice President", "Harborline Properties", "Portland, Maine")
    assert [line for line in found.text.splitlines() if line in address] == list(address)
    assert all(found.text[w.start : w.end].strip() for w in found.page.words)
