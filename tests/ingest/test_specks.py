"""Dirt that OCR took for words goes, and the text beside it stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from legalqa.ingest.scans import clean, pose, specks
from legalqa.ingest.scans.ocr import OcrWord
from tests.contract.test_ocr import LINES
from tests.ingest import pdfs


def line(*words: tuple[str, float, float]) -> list[OcrWord]:
    """Words on one baseline, 4 pixels apart, each (text, confidence, height)."""
    found, x = [], 0.0
    for text, confidence, height in words:
        found.append(OcrWord(text, x, 20 - height, x + 8 * len(text), 20, confidence))
        x += 8 * len(text) + 4
    return found


def text(words: list[OcrWord]) -> str:
    return " ".join(word.text for word in words)


def test_specks_between_words_are_dropped() -> None:
    read = line(("Asset", 96, 14), (":", 61, 1), ("at", 95, 12), ("this", 96, 14), ("-", 16, 1), ("|", 64, 2))
    assert text(specks.cleaned(read)) == "Asset at this"


def test_a_hyphen_that_is_sure_stays() -> None:
    assert text(specks.cleaned(line(("Center", 96, 14), ("-", 92, 2)))) == "Center -"


def test_a_dash_no_wider_than_a_dot_is_dirt_however_sure() -> None:
    words = [*line(("per", 96, 10)), OcrWord("-", 40, 14, 41, 15, 83)]
    assert text(specks.cleaned(words)) == "per"


def test_a_low_bar_or_digit_is_dirt_however_sure() -> None:
    assert (
        text(specks.cleaned(line(("SERVICES,", 96, 14), ("INC.", 96, 14), ("|", 93, 2), ("3", 81, 2))))
        == "SERVICES, INC."
    )


def test_a_bar_between_words_of_a_sentence_is_a_letter() -> None:
    assert text(specks.cleaned(line(("and", 96, 14), ("|", 93, 14), ("am", 96, 14)))) == "and I am"


@pytest.mark.parametrize("words", [("Rent", "|", "Term"), ("Rent", "|", "due", "|", "now"), ("|", "am")])
def test_a_bar_that_may_part_cells_stays(words: tuple[str, ...]) -> None:
    assert text(specks.cleaned(line(*((word, 93.0, 14.0) for word in words)))) == " ".join(words)


def test_a_rule_below_the_line_is_no_word_of_it() -> None:
    words = [*line(("Rooms", 96, 14), ("If", 96, 14)), OcrWord("_", 100, 38, 104, 39, 90)]
    assert text(specks.cleaned(words)) == "Rooms If"


def test_a_short_line_that_is_not_believed_is_noise() -> None:
    assert specks.cleaned(line(("kala", 22, 14), ("hadi", 31, 14))) == []
    assert text(specks.cleaned(line(("Exhibit", 62, 14), ("A", 20, 14)))) == "Exhibit A"


def test_two_columns_are_told_from_one() -> None:
    page = np.asarray(pdfs.picture(LINES * 4), np.uint8)
    assert pose.one_column(pose.outline(page))
    columns = np.full(page.shape, 255, np.uint8)
    half = pose.small(page, 0.48)
    for left in (20, page.shape[1] // 2 + 20):
        columns[100 : 100 + half.shape[0], left : left + half.shape[1]] = half
    assert not pose.one_column(pose.outline(columns))


def page_at(dpi: float, turn: int = 0, pale: int = 0) -> clean.Prepared:
    """A page of the size that it has at 200 dpi, made ready as if it had been scanned at another resolution."""
    page = pdfs.picture(LINES * 4)
    size = round(page.width * dpi / 200), round(page.height * dpi / 200)
    picture = np.asarray(page.resize(size).rotate(turn, expand=True), np.float32)
    return clean.prepared(np.asarray(pale + picture * (255 - pale) / 255, np.uint8), dpi)


def test_pictures_are_read_no_larger_than_their_type_asks_for() -> None:
    assert clean.reading_dpi(14.0, 180) == 180
    assert clean.reading_dpi(20.0, 300) == 220
    assert clean.reading_dpi(13.0, 300) == pytest.approx(277, abs=1)
    assert clean.reading_dpi(None, 300) == 300
    assert page_at(300).factor == pytest.approx(220 / 300, abs=0.01)


@pytest.mark.parametrize(("turn", "pale"), [(90, 0), (270, 0), (0, 110)])
def test_pages_on_their_side_and_pale_ones_are_read_no_larger_either(turn: int, pale: int) -> None:
    assert page_at(300, turn, pale).factor == pytest.approx(page_at(300).factor, abs=0.02)


def test_the_coarser_the_scan_the_less_of_its_width_is_given_up() -> None:
    fine, coarse = page_at(300).narrow, page_at(80).narrow
    assert fine < 0.8 < coarse <= 1


def test_a_scrap_of_a_page_has_no_type_to_measure() -> None:
    assert clean.prepared(np.zeros((3, 2), np.uint8), 300).narrow < 1


def test_margins_are_told_from_what_stands_on_the_page() -> None:
    page = np.full((900, 700), 255, np.uint8)
    assert clean.inked(page) == (0, 0, 700, 900)
    page[300:320, 200:500] = 0
    left, top, right, bottom = clean.inked(page)
    assert 150 < left <= 197
    assert 250 < top <= 297
    assert 503 <= right < 550
    assert 323 <= bottom < 370
