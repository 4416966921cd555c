"""Whatever reads pictures: words, boxes, confidences, orientation, and what is said when Tesseract is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from legalqa.errors import EnvironmentFault
from legalqa.ingest.scans import ocr
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


def test_a_row_is_read_by_itself(engine: ocr.OcrEngine, grey: ocr.Pixels) -> None:
    words = engine.row(grey[290:370], 300)
    assert " ".join(word.text for word in words) == LINES[0]
    assert " ".join(word.text for word in engine.lines(grey, 300)[0]) == LINES[0]  # pages are read as pages again


def test_reading_that_takes_too_long_ends_with_an_error_and_the_engine_goes_on(
    engine: ocr.OcrEngine, grey: ocr.Pixels
) -> None:
    with pytest.raises(ocr.OcrTimeout):
        engine.lines(grey, 300, seconds=0.001)
    assert len(engine.lines(grey, 300)) == len(LINES)


def test_pictures_larger_than_tesseract_takes_are_not_shown_to_it(engine: ocr.OcrEngine) -> None:
    assert engine.lines(np.zeros((1, 32_001), np.uint8), 300) == []
    assert engine.row(np.zeros((0, 0), np.uint8), 300) == []


@pytest.mark.parametrize("languages", ["eng", "eng+osd", "eng+deu"])
def test_both_engines_read_the_same(languages: str, grey: ocr.Pixels) -> None:
    pytest.importorskip("tesserocr")
    try:
        ocr.tessdata(languages)
    except EnvironmentFault:
        pytest.skip(f"the language data of {languages} is not installed")
    found = []
    for build in ENGINES.values():
        engine = build(languages)
        found.append([word for line in engine.lines(grey, 300) for word in line])
        engine.close()
    one, other = found
    assert [word.text for word in one] == [word.text for word in other]
    for a, b in zip(one, other, strict=True):
        assert max(abs(a.x0 - b.x0), abs(a.y0 - b.y0), abs(a.x1 - b.x1), abs(a.y1 - b.y1)) <= 6
        assert abs(a.confidence - b.confidence) < 20


@pytest.mark.parametrize("build", ENGINES.values(), ids=ENGINES)
def test_one_thread_is_for_tesseract_alone(
    build: Callable[[str], ocr.OcrEngine], grey: ocr.Pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    engine = build("eng")
    engine.lines(grey, 300)
    engine.close()
    assert "OMP_THREAD_LIMIT" not in os.environ  # else a language model that is started later inherits it
    monkeypatch.setenv("OMP_THREAD_LIMIT", "3")
    build("eng").close()
    assert os.environ["OMP_THREAD_LIMIT"] == "3"


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
