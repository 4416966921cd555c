"""Whatever reads pictures: words, boxes, confidences, orientation, and what is said when Tesseract is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from legalqa.errors import EnvironmentFault
from legalqa.ingest import ocr
from tests.ingest import pdfs

LINES = (
    "Tenant shall pay to Landlord the Base Rent",
    "of twelve thousand dollars on the first day",
    "of each month during the Term of this Lease,",
    "without notice, demand, deduction or offset.",
    "Landlord may enter the Premises at any time",
    "upon reasonable notice to the Tenant.",
)
ENGINES: dict[str, Callable[[str], ocr.OcrEngine]] = {
    "tesserocr": ocr.TesserocrEngine,
    "pytesseract": ocr.PytesseractEngine,
}


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[ocr.OcrEngine]:
    if request.param == "tesserocr":
        pytest.importorskip("tesserocr")
    if request.param == "pytesseract":
        assert shutil.which("tesseract"), "the tesseract program is missing: run `make setup`"
    engine = ENGINES[request.param]("eng")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def grey() -> ocr.Pixels:
    return np.asarray(pdfs.picture(LINES, dpi=300), np.uint8)


def test_reads_words_line_by_line(engine: ocr.OcrEngine, grey: ocr.Pixels) -> None:
    lines = engine.lines(grey, 300)
    assert [" ".join(word.text for word in line) for line in lines] == list(LINES)


def test_boxes_lie_on_the_ink(engine: ocr.OcrEngine, grey: ocr.Pixels) -> None:
    masked = grey.copy()
    for line in engine.lines(grey, 300):
        for word in line:
            box = masked[int(word.y0) : int(word.y1) + 1, int(word.x0) : int(word.x1) + 1]
            assert (box < 128).mean() > 0.05
            box[:] = 255
    assert (masked < 128).sum() < 0.01 * (grey < 128).sum()


def test_confidence_is_a_percentage_and_high_on_clean_text(engine: ocr.OcrEngine, grey: ocr.Pixels) -> None:
    words = [word for line in engine.lines(grey, 300) for word in line]
    assert all(0 <= word.confidence <= 100 for word in words)
    assert sum(word.confidence for word in words) / len(words) > 85


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_tells_which_turn_brings_the_page_upright(engine: ocr.OcrEngine, grey: ocr.Pixels, quarters: int) -> None:
    lying = np.ascontiguousarray(np.rot90(grey, quarters))  # counterclockwise: clockwise turns bring it back
    assert engine.quarters(lying) == quarters


def test_an_empty_page_has_no_words(engine: ocr.OcrEngine) -> None:
    assert engine.lines(np.full((800, 600), 255, np.uint8), 300) == []


def test_an_empty_page_has_no_orientation(engine: ocr.OcrEngine) -> None:
    assert engine.quarters(np.full((800, 600), 255, np.uint8)) is None


@pytest.mark.parametrize("build", ENGINES.values(), ids=ENGINES)
def test_missing_language_data_is_explained(
    build: Callable[[str], ocr.OcrEngine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    with pytest.raises(EnvironmentFault) as caught:
        build("eng+deu")
    assert "eng" in caught.value.message or "not installed" in caught.value.message
    assert "tesseract-ocr" in caught.value.hint


def test_a_missing_program_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    import pytesseract

    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-tesseract")
    pytesseract.get_tesseract_version.cache_clear() if hasattr(
        pytesseract.get_tesseract_version, "cache_clear"
    ) else None
    with pytest.raises(EnvironmentFault) as caught:
        ocr.PytesseractEngine("eng")
    assert "not installed" in caught.value.message
    assert caught.value.hint
