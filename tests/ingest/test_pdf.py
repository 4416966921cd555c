"""PDF files: words and boxes, displayed coordinates, refusals, pages that fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa.ingest import PageImages, Reader, Unreadable
from legalqa.values.document import Document, Page
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, Read, sha256


def words_of(document: Document, page: Page) -> list[str]:
    return [document.text[word.start : word.end] for word in page.words]


def dark_share(images: PageImages, document: Document, page: Page, text: str) -> float:
    """How much of a word's box is dark when the page is drawn."""
    word = next(word for word in page.words if document.text[word.start : word.end] == text)
    image = images.render(document, page.number, 2.0)
    x0, y0, x1, y1 = (round(2 * value) for value in (word.x0, word.y0, word.x1, word.y1))
    pixels = [image.rgb[3 * (y * image.width + x)] for y in range(y0, y1) for x in range(x0, x1)]
    return sum(value < 128 for value in pixels) / len(pixels)


def dark_outside(images: PageImages, document: Document, page: Page) -> int:
    """Dark pixels of the drawn page that lie in no word's box."""
    image = images.render(document, page.number, 1.0)
    rows = [bytearray(image.rgb[3 * y * image.width : 3 * (y + 1) * image.width : 3]) for y in range(image.height)]
    for word in page.words:
        for y in range(max(int(word.y0) - 1, 0), min(int(word.y1) + 2, image.height)):
            x0, x1 = max(int(word.x0) - 1, 0), min(int(word.x1) + 2, image.width)
            rows[y][x0:x1] = b"\xff" * (x1 - x0)
    return sum(value < 128 for row in rows for value in row)


@pytest.fixture(scope="module")
def images() -> Iterator[PageImages]:
    images = PageImages()
    yield images
    images.close()


def test_words_stand_where_they_were_drawn(tmp_path: Path, read: Read) -> None:
    path = pdfs.text_pdf(tmp_path / "lease.pdf", [LEASE, ("Second page.",)])
    document = read(path)
    assert [page.source for page in document.pages] == ["text", "text"]
    assert document.paged
    assert document.kind == "pdf"
    first = document.pages[0]
    assert words_of(document, first)[:5] == ["ARTICLE", "4", "RENT", "4.1", "Base"]
    article = first.words[0]
    assert article.x0 == pytest.approx(72, abs=1)
    assert article.y0 < 72 < article.y1 < 72 + 5
    second = document.pages[1]
    assert document.text[second.start : second.end] == "Second page."
    assert document.text[first.end : second.start] == "\n\n"


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_boxes_follow_the_displayed_page(tmp_path: Path, read: Read, images: PageImages, rotate: int) -> None:
    document = read(pdfs.text_pdf(tmp_path / "turned.pdf", [LEASE], rotate=rotate))
    page = document.pages[0]
    assert (page.width, page.height) == ((612, 792) if rotate % 180 == 0 else (792, 612))
    assert page.source == "text"
    assert dark_share(images, document, page, "Landlord") > 0.05
    assert dark_outside(images, document, page) == 0


def test_boxes_follow_the_crop_box(tmp_path: Path, read: Read, images: PageImages) -> None:
    path = pdfs.text_pdf(tmp_path / "cropped.pdf", [LEASE])
    content = path.read_bytes().replace(
        b"/MediaBox [ 0 0 612 792 ]", b"/MediaBox [ 0 0 612 792 ] /CropBox [ 50 600 600 780 ]"
    )
    assert b"/CropBox" in content
    path.write_bytes(content)
    document = read(path)
    page = document.pages[0]
    assert (page.width, page.height) == (550, 180)
    assert page.words[0].x0 == pytest.approx(22, abs=1)
    assert dark_outside(images, document, page) == 0


def test_a_word_broken_over_two_lines_is_one_in_the_text(tmp_path: Path, read: Read) -> None:
    lines = ("The Tenant shall not assign this agree-", "ment without the consent of the non-", "defaulting party.")
    document = read(pdfs.text_pdf(tmp_path / "hyphens.pdf", [lines]))
    assert "this agreement without" in document.text
    assert "the non-defaulting party" in document.text
    page = document.pages[0]
    halves = [word for word in page.words if document.text[word.start : word.end] in ("agree", "ment")]
    assert len(halves) == 2
    assert halves[0].end == halves[1].start
    assert halves[1].y0 > halves[0].y0
    start = document.text.index("agreement")
    assert len(document.boxes_of(start, start + len("agreement"))) == 2


def test_a_wide_gap_parts_paragraphs(tmp_path: Path, read: Read) -> None:
    document = read(pdfs.text_pdf(tmp_path / "gap.pdf", [("One line", "and its second.", "", "Another paragraph.")]))
    assert document.text == "One line\nand its second.\n\nAnother paragraph."


def test_a_blank_page_is_blank(tmp_path: Path, read: Read) -> None:
    document = read(pdfs.text_pdf(tmp_path / "blank.pdf", [("Text.",), (), ("More.",)]))
    assert [page.source for page in document.pages] == ["text", "blank", "text"]
    assert [page.number for page in document.pages] == [1, 2, 3]


def test_ids_come_from_content_alone(tmp_path: Path, read: Read) -> None:
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    pdfs.text_pdf(one, [LEASE])
    two.write_bytes(one.read_bytes())
    first, second = read(one), read(two)
    assert first.id == second.id
    assert first.chunks == second.chunks
    assert first.chunks


def test_a_password_is_named_as_the_reason(tmp_path: Path, read: Read) -> None:
    path = pdfs.text_pdf(tmp_path / "locked.pdf", [LEASE], password="secret")
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.state == "encrypted"
    assert "password" in caught.value.reason


@pytest.mark.parametrize("keep", [0, 5, 300])
def test_a_damaged_file_fails_with_a_reason(tmp_path: Path, reader: Reader, keep: int) -> None:
    path = pdfs.text_pdf(tmp_path / "whole.pdf", [LEASE])
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Unreadable) as caught:
        reader.read(cut, sha256(cut))
    assert caught.value.state == "failed"
    assert caught.value.reason


def test_a_file_that_is_gone_fails_with_a_reason(tmp_path: Path, reader: Reader) -> None:
    with pytest.raises(Unreadable) as caught:
        reader.read(tmp_path / "gone.pdf", "0" * 64)
    assert caught.value.state == "failed"


def test_an_unknown_kind_is_unsupported(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "picture.xyz"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(Unreadable) as caught:
        reader.read(path, sha256(path))
    assert caught.value.state == "unsupported"


def test_progress_counts_every_page(tmp_path: Path, reader: Reader) -> None:
    path = pdfs.text_pdf(tmp_path / "three.pdf", [LEASE, LEASE, LEASE])
    seen: list[tuple[int, int]] = []
    reader.read(path, sha256(path), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
