"""How a page lies is told from its outline, and by reading a few lines before Tesseract is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from legalqa.ingest.scans import ocr, pose, scan
from tests.contract.test_ocr import LINES
from tests.ingest import pdfs

PAGE = pdfs.picture(LINES * 4)


class Asked:
    """An engine that counts how often it is asked which way is up, and how many pixels it reads."""

    name = "counts"

    def __init__(self) -> None:
        self.inner = ocr.engine("eng")
        self.questions = 0
        self.read: list[int] = []

    def lines(self, grey: ocr.Pixels, dpi: float, seconds: float = 60, column: bool = False) -> list[list[ocr.OcrWord]]:
        """As the engine within."""
        self.read.append(grey.size)
        return self.inner.lines(grey, dpi, seconds, column)

    def row(self, grey: ocr.Pixels, dpi: float, seconds: float = 60) -> list[ocr.OcrWord]:
        """As the engine within."""
        return self.inner.row(grey, dpi, seconds)

    def quarters(self, grey: ocr.Pixels) -> int | None:
        """As the engine within."""
        self.questions += 1
        return self.inner.quarters(grey)

    def close(self) -> None:
        """As the engine within."""
        self.inner.close()


def read(engine: ocr.OcrEngine, picture: Image.Image) -> list[str]:
    bgr = np.asarray(picture.convert("RGB"), np.uint8)
    reading = scan.read(engine, bgr, 200 / 72, scan.Clock(600))  # a loaded machine is no fault
    return [" ".join(word.text for word in line) for line in reading.lines]


@pytest.mark.parametrize("angle", [-5.0, -1.3, -0.6, 0.0, 0.3, 0.7, 2.2, 6.5])
def test_skew_is_measured_to_a_tenth_of_a_degree(angle: float) -> None:
    page = PAGE.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    found = pose.skew(pose.outline(np.asarray(page, np.uint8)))
    assert found == pytest.approx(-angle if abs(angle) > 0.4 else 0.0, abs=0.15)


def test_an_empty_page_has_no_skew() -> None:
    assert pose.skew(np.full((800, 600), 255, np.uint8)) == 0.0


def test_the_sample_is_taken_where_the_text_is_dense() -> None:
    grey = np.full((1000, 700), 255, np.uint8)
    grey[100:400] = 0  # a black box has no edges
    text = np.asarray(PAGE.crop((150, 100, 850, 400)), np.uint8)
    grey[600:900] = text
    begin, end = pose.sample(grey)
    assert 0.58 < begin < end < 0.92


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_brought_upright_by_reading_a_few_lines(turn: int) -> None:
    engine = Asked()
    assert read(engine, PAGE.rotate(turn, expand=True)) == list(LINES * 4)
    assert engine.questions == 0
    assert sum(size < 0.2 * max(engine.read) for size in engine.read) == len(engine.read) - 1  # one whole page is read
    engine.close()


def test_where_a_few_lines_tell_nothing_tesseract_is_asked() -> None:
    """The sample falls on a bar code, whose edges are denser than those of the text."""
    page = np.asarray(PAGE).copy()
    page[1500:1740, 200:1500] = np.repeat(np.where(np.arange(325) % 3 == 0, 0, 255), 4)
    engine = Asked()
    found = read(engine, Image.fromarray(page).rotate(90, expand=True))
    assert engine.questions >= 1
    assert set(LINES) <= set(found)
    engine.close()


class Unsure(Asked):
    """An engine that is unsure of one line, until it is shown it alone."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.shown: list[tuple[int, ...]] = []

    def lines(self, grey: ocr.Pixels, dpi: float, seconds: float = 60, column: bool = False) -> list[list[ocr.OcrWord]]:
        """As the engine within, the second line misread."""
        self.shown.append(grey.shape)
        first, second, *others = super().lines(grey, dpi, seconds, column)
        return [first, [replace(word, text="x", confidence=50.0) for word in second], *others]

    def row(self, grey: ocr.Pixels, dpi: float, seconds: float = 60) -> list[ocr.OcrWord]:
        """As the engine within, unless it fails."""
        if self.fails:
            raise ocr.OcrTimeout
        return super().row(grey, dpi, seconds)


def test_a_line_that_is_doubted_is_read_again_as_wide_as_it_is() -> None:
    engine = Unsure()
    assert read(engine, PAGE) == list(LINES * 4)
    height, width = engine.shown[0]
    assert width < 0.8 * PAGE.width
    assert height < PAGE.height
    engine.close()


def test_a_line_is_kept_if_reading_it_again_fails() -> None:
    engine = Unsure(fails=True)
    first, second, *others = LINES * 4
    assert read(engine, PAGE) == [first, " ".join("x" for _ in second.split()), *others]
    engine.close()
