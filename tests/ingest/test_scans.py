"""Pages without a usable text layer are read by OCR, and their boxes lie on the page as it was filed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from legalqa import errors
from legalqa.ingest import Reader, ReadOptions, Unreadable
from legalqa.values.document import Document, Page
from tests.contract.test_ocr import LINES
from tests.ingest import pdfs
from tests.ingest.conftest import Read, sha256

SCALE = 200 / 72  # pixels of a test picture in one point


def ink_in_boxes(picture: Image.Image, page: Page) -> float:
    """Share of the dark pixels that lie in some word's box."""
    grey = np.asarray(picture.convert("L"))
    covered = np.zeros(grey.shape, bool)
    for word in page.words:
        x0, y0, x1, y1 = (round(value * SCALE) for value in (word.x0, word.y0, word.x1, word.y1))
        covered[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3] = True
    dark = grey < 128
    return float((dark & covered).sum() / dark.sum())


def lines_of(document: Document, page: Page) -> list[str]:
    return document.text[page.start : page.end].replace("\n\n", "\n").splitlines()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_scan_is_read_whichever_way_it_lies(tmp_path: Path, read: Read, turn: int) -> None:
    picture = pdfs.picture(LINES).rotate(turn, expand=True)
    document = read(pdfs.image_pdf(tmp_path / "scan.pdf", [picture]))
    page = document.pages[0]
    assert page.source == "ocr"
    assert lines_of(document, page) == list(LINES)
    assert page.confidence is not None
    assert page.confidence > 85
    assert all(word.confidence is not None for word in page.words)
    assert ink_in_boxes(picture, page) > 0.97


def test_a_skewed_scan_is_straightened_for_reading_only(tmp_path: Path, read: Read) -> None:
    picture = pdfs.picture(LINES).rotate(2.5, fillcolor=255, resample=Image.Resampling.BICUBIC)
    document = read(pdfs.image_pdf(tmp_path / "skewed.pdf", [picture]))
    assert lines_of(document, document.pages[0]) == list(LINES)
    assert ink_in_boxes(picture, document.pages[0]) > 0.95


def test_a_noisy_scan_is_cleaned(tmp_path: Path, read: Read) -> None:
    grey = np.asarray(pdfs.picture(LINES)).copy()
    speckle = np.random.default_rng(7).random(grey.shape)
    grey[speckle < 0.02] = 0
    grey[speckle > 0.98] = 255
    document = read(pdfs.image_pdf(tmp_path / "noisy.pdf", [Image.fromarray(grey)]))
    assert lines_of(document, document.pages[0]) == list(LINES)


def test_a_shaded_scan_is_cleaned(tmp_path: Path, read: Read) -> None:
    grey = np.asarray(pdfs.picture(LINES)).astype(np.float32)
    shade = np.linspace(1.0, 0.35, grey.shape[1], dtype=np.float32)
    document = read(pdfs.image_pdf(tmp_path / "shaded.pdf", [Image.fromarray((grey * shade).astype(np.uint8))]))
    assert lines_of(document, document.pages[0]) == list(LINES)


def test_a_scan_under_a_filing_header_keeps_the_header(tmp_path: Path, read: Read) -> None:
    header = "Case 1:23-cv-00456 Document 12 Filed 05/01/24 Page 1 of 9"
    document = read(pdfs.image_pdf(tmp_path / "ecf.pdf", [pdfs.picture(LINES)], header=header))
    page = document.pages[0]
    assert page.source == "ocr"
    assert lines_of(document, page) == [header, *LINES]
    assert page.words[0].confidence is None
    assert page.words[-1].confidence is not None


def test_an_empty_scan_is_blank(tmp_path: Path, read: Read) -> None:
    document = read(pdfs.image_pdf(tmp_path / "empty.pdf", [pdfs.picture(())]))
    assert [page.source for page in document.pages] == ["blank"]


def test_without_ocr_a_scan_is_a_failed_page_with_a_reason(tmp_path: Path) -> None:
    path = pdfs.image_pdf(tmp_path / "scan.pdf", [pdfs.picture(LINES)])
    reader = Reader(ReadOptions(ocr="never"))
    document = reader.read(path, sha256(path))
    reader.close()
    assert document.pages[0].source == "failed"
    assert document.pages[0].reason


def test_a_missing_tesseract_is_no_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pdfs.image_pdf(tmp_path / "scan.pdf", [pdfs.picture(LINES)])
    reader = Reader(ReadOptions(languages="eng+xyz"))
    with pytest.raises(errors.EnvironmentFault) as caught:
        reader.read(path, sha256(path))
    reader.close()
    assert not isinstance(caught.value, Unreadable)
    assert "xyz" in caught.value.message
    assert "tesseract-ocr-xyz" in caught.value.hint
