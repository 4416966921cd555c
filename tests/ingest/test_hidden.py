"""Text that a reader cannot see leaves the sentences and says why; what can be seen stays."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.colors import Color, black, white
from reportlab.lib.utils import ImageReader

from legalqa.ingest.layout import hidden
from tests.ingest import layouts
from tests.ingest.layouts import HEIGHT, Canvas, at, box

YELLOW = Color(1, 1, 0, alpha=0.4)


def secret_in(canvas: Canvas, colour: Color) -> None:
    canvas.setFillColor(colour)
    at(canvas, 72, 120, "the secret words, here")
    canvas.setFillColor(black)


def white_text(canvas: Canvas) -> None:
    secret_in(canvas, white)


def clear_text(canvas: Canvas) -> None:
    secret_in(canvas, Color(0, 0, 0, alpha=0))


def tiny_text(canvas: Canvas) -> None:
    at(canvas, 72, 120, "the secret words, here", size=1)


def text_off_the_page(canvas: Canvas) -> None:
    at(canvas, -400, 120, "the secret words, here")


def boxed_text(canvas: Canvas) -> None:
    at(canvas, 72, 120, "the secret words, here")
    box(canvas, 70, 108, 260, 125)


def text_under_white(canvas: Canvas) -> None:
    at(canvas, 72, 120, "the secret words, here")
    box(canvas, 70, 108, 260, 125, white)


def text_under_two_boxes(canvas: Canvas) -> None:
    at(canvas, 72, 120, "the secret words, here")
    box(canvas, 70, 108, 110, 125)
    box(canvas, 110, 108, 260, 125)


def black_on_black(canvas: Canvas) -> None:
    box(canvas, 70, 108, 260, 125)
    at(canvas, 72, 120, "the secret words, here")


def invisible_text(canvas: Canvas) -> None:
    text = canvas.beginText(72, HEIGHT - 120)
    text.setFont("Times-Roman", 11)
    text.setTextRenderMode(3)
    text.textLine("the secret words, here")
    canvas.saveState()
    canvas.drawText(text)
    canvas.restoreState()


def text_under_a_picture(canvas: Canvas) -> None:
    at(canvas, 72, 120, "the secret words, here")
    noise = Image.effect_noise((200, 30), 90).convert("RGB")
    canvas.drawImage(ImageReader(noise), 70, HEIGHT - 125, 190, 17)


@pytest.mark.parametrize(
    ("draw", "why"),
    [
        (white_text, hidden.WHITE),
        (clear_text, hidden.TRANSPARENT),
        (tiny_text, hidden.TINY),
        (text_off_the_page, hidden.OFF_PAGE),
        (boxed_text, hidden.UNDER_BOX),
        (text_under_white, hidden.UNDER_BOX),
        (text_under_two_boxes, hidden.UNDER_BOX),
        (black_on_black, hidden.SAME_COLOUR),
        (invisible_text, hidden.INVISIBLE),
        (text_under_a_picture, hidden.UNDER_PICTURE),
    ],
)
def test_what_cannot_be_seen_is_put_last_with_its_reason(tmp_path: Path, draw: layouts.Draw, why: str) -> None:
    def page(canvas: Canvas) -> None:
        at(canvas, 72, 90, "The first line can be seen.")
        draw(canvas)
        at(canvas, 72, 150, "The last line can be seen.")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", page))
    assert layouts.regions(found, "hidden") == [(why, "the secret words, here")]
    assert found.text.endswith("\n\nthe secret words, here")
    assert found.text.index("The last line can be seen.") < found.text.index("the secret words")
    boxed = [word for word in found.words if found.text[word.start : word.end] == "secret"]
    assert len(boxed) == 1
    assert boxed[0].x1 > boxed[0].x0


def on_a_dark_head(canvas: Canvas) -> None:
    box(canvas, 70, 108, 260, 125, Color(0.1, 0.1, 0.4))
    canvas.setFillColor(white)
    at(canvas, 72, 120, "words to be seen")
    canvas.setFillColor(black)


def highlighted(canvas: Canvas) -> None:
    at(canvas, 72, 120, "words to be seen")
    canvas.setFillColor(YELLOW)
    canvas.rect(70, HEIGHT - 125, 190, 17, stroke=0, fill=1)
    canvas.setFillColor(black)


def shaded(canvas: Canvas) -> None:
    box(canvas, 70, 108, 260, 125, Color(0.9, 0.9, 0.9))
    at(canvas, 72, 120, "words to be seen")


def framed(canvas: Canvas) -> None:
    at(canvas, 72, 120, "words to be seen")
    canvas.rect(70, HEIGHT - 125, 190, 17, stroke=1, fill=0)


def half_covered(canvas: Canvas) -> None:
    at(canvas, 72, 120, "words to be seen")
    box(canvas, 70, 117, 260, 125)


@pytest.mark.parametrize("draw", [on_a_dark_head, highlighted, shaded, framed, half_covered])
def test_what_can_be_seen_stays(tmp_path: Path, draw: layouts.Draw) -> None:
    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert found.text == "words to be seen"
    assert layouts.regions(found, "hidden") == []


def scan(canvas: Canvas, redacted: bool) -> None:
    """A picture of a page with the words that OCR put behind it."""
    picture = Image.new("L", (1224, 1584), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((144, 210), "words to be seen", fill=0, font_size=30)
    if redacted:
        draw.rectangle((140, 400, 500, 450), fill=0)
    stream = io.BytesIO()
    picture.save(stream, "png")
    text = canvas.beginText(72, HEIGHT - 120)
    text.setFont("Times-Roman", 16)
    text.setTextRenderMode(3)
    text.textOut("words to be seen")
    text.setTextOrigin(72, HEIGHT - 218)
    text.textOut("the secret words")
    canvas.saveState()
    canvas.drawText(text)
    canvas.restoreState()
    canvas.drawImage(ImageReader(stream), 0, 0, 612, 792)


def test_the_invisible_text_of_a_scan_is_not_hidden_but_where_the_picture_is_black(tmp_path: Path) -> None:
    path = layouts.pdf(tmp_path / "a.pdf", lambda canvas: scan(canvas, False), lambda canvas: scan(canvas, True))
    assert layouts.regions(layouts.layer(path, 1), "hidden") == []
    assert layouts.regions(layouts.layer(path, 2), "hidden") == [(hidden.UNDER_BOX, "the secret words")]


def test_white_filler_within_words_is_cut_off(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, HEIGHT - 120)
        text.setFont("Courier", 11)
        for colour, part in ((white, "··"), (black, "Plaintiff"), (white, "··")):
            text.setFillColor(colour)
            text.textOut(part)
        canvas.drawText(text)

    assert layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).text == "Plaintiff"


def test_a_black_square_that_was_put_on_as_a_comment_hides_too(tmp_path: Path) -> None:
    path = layouts.pdf(tmp_path / "a.pdf", lambda canvas: at(canvas, 72, 120, "the secret words, here"))
    content = path.read_bytes()
    square = (
        b"/Annots [ << /Type /Annot /Subtype /Square /Rect [70 667 260 684] /C [0 0 0] /IC [0 0 0] /F 4 >> ] /Contents"
    )
    assert b"/Contents" in content
    path.write_bytes(content.replace(b"/Contents", square, 1))
    assert layouts.regions(layouts.layer(path), "hidden") == [(hidden.UNDER_BOX, "the secret words, here")]


def test_a_word_is_cut_where_a_box_ends(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 120, "Account of Mr Doe (11/04/19); another", "Courier", 10)  # 6 points a character
        box(canvas, 72 + 6 * 18, 110, 72 + 6 * 28, 125)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "hidden") == [(hidden.UNDER_BOX, "(11/04/19)")]
    assert found.text == "Account of Mr Doe ; another\n\n(11/04/19)"


def test_a_letter_that_is_cut_through_goes_with_the_hidden_ones(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 120, "The minor Maria Sandoval-Ruiz was heard", "Courier", 10)
        box(canvas, 72 + 6 * 16, 110, 72 + 6 * 23 + 3, 125)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "hidden") == [(hidden.UNDER_BOX, "Sandoval")]
    assert found.text.startswith("The minor Maria -Ruiz was heard")


def test_a_small_part_of_a_word_under_a_box_is_hidden(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 120, "number 123-45-6789 of the holder", "Courier", 10)
        box(canvas, 72 + 6 * 14, 110, 72 + 6 * 18, 125)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "hidden") == [(hidden.UNDER_BOX, "6789")]
    assert "123-45-" in found.text
    last = found.words[-1]
    assert found.text[last.start : last.end] == "6789"
    assert (last.x0, last.x1) == pytest.approx((72 + 6 * 14, 72 + 6 * 18), abs=2)


def test_a_word_that_is_drawn_in_parts_beside_boxes_stays_whole(tmp_path: Path) -> None:
    """One path of many rectangles, whose bounds hold words that it leaves free."""

    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, HEIGHT - 120)
        text.setFont("Courier", 10)
        for part in ("24:", "14-", "18"):
            text.textOut(part)
        canvas.drawText(text)
        boxes = canvas.beginPath()
        boxes.rect(72, HEIGHT - 105, 300, 12)
        boxes.rect(72, HEIGHT - 140, 300, 12)
        canvas.drawPath(boxes, stroke=0, fill=1)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert found.text == "24:14-18"
    assert layouts.regions(found, "hidden") == []


@pytest.mark.parametrize("rotate", [90, 270])
def test_a_sideways_word_is_cut_along_its_line(tmp_path: Path, rotate: int) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 120, "Account of Mr Doe (11/04/19); another", "Courier", 10)
        box(canvas, 72 + 6 * 18, 110, 72 + 6 * 28, 125)

    path = layouts.pdf(tmp_path / "a.pdf", draw)
    path.write_bytes(path.read_bytes().replace(b"/Rotate 0", b"/Rotate %d" % rotate))
    assert layouts.layer(path).text == "Account of Mr Doe ; another\n\n(11/04/19)"


def test_half_a_figure_beyond_its_ground_does_not_show_the_word(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        box(canvas, 72, 110, 72 + 6 * 9 + 3, 125)
        at(canvas, 72, 120, "03/23/2019", "Courier", 10)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "hidden") == [(hidden.SAME_COLOUR, "03/23/2019")]
