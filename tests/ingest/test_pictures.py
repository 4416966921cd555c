"""Picture files: frames, sizes, transparency, limits; reading them by OCR; drawing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pi_heif
import pytest
from PIL import Image

from legalqa import errors
from legalqa.ingest import PageImages, limits
from legalqa.ingest.formats.pictures import PictureError, PictureFile
from legalqa.ingest.kinds import kind_of
from legalqa.values.document import Document, Page
from tests.ingest import pdfs
from tests.ingest.formats import found


def coloured(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Red, its upper left quarter blue."""
    image = Image.new("RGB", size, (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, size[0] // 2, size[1] // 2))
    return image


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.bmp", "a.gif", "a.webp"])
def test_pictures_of_every_kind_are_opened(tmp_path: Path, name: str) -> None:
    coloured().save(tmp_path / name)
    (tmp_path / name).rename(tmp_path / "unnamed")
    assert kind_of(tmp_path / "unnamed") == "image"
    picture = PictureFile(tmp_path / "unnamed")
    pixels, _ = picture.frame(1)
    picture.close()
    assert pixels.shape == (20, 40, 3)
    assert pixels[3, 3, 0] > 180 > 80 > pixels[3, 3, 2]  # blue, green, red
    assert pixels[15, 30, 2] > 180 > 80 > pixels[15, 30, 0]


def test_heic_is_known_by_its_first_bytes_and_refused_where_it_is_damaged(tmp_path: Path) -> None:
    assert pi_heif.libheif_version()
    (tmp_path / "a.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    assert kind_of(tmp_path / "a.jpg") == "image"
    refused = found(tmp_path / "a.jpg").refused
    assert refused is not None
    assert refused.state == "failed"


def test_every_frame_of_a_tiff_is_a_page_of_its_own_size(tmp_path: Path) -> None:
    frames = [Image.new("L", (850, 1100), 255), Image.new("1", (1728, 1100), 1)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], dpi=(100, 100))
    result = found(tmp_path / "a.tif", ocr="auto")
    assert result.opened is not None
    assert result.opened.paged
    assert [(page.page.number, page.page.source) for page in result.pages] == [(1, "blank"), (2, "blank")]
    assert (result.pages[0].page.width, result.pages[0].page.height) == (612, 792)


def test_a_fax_with_twice_the_resolution_across_is_evened(tmp_path: Path) -> None:
    Image.new("1", (1728, 1100), 1).save(tmp_path / "fax.tif", dpi=(204, 98))
    pixels, dpi = PictureFile(tmp_path / "fax.tif").frame(1)
    assert dpi == 98
    assert pixels.shape[:2] == (1100, 830)


@pytest.mark.parametrize(("stated", "dpi"), [(None, 200), ((72, 72), 200), ((300, 300), 300), ((1, 1), 200)])
def test_an_unlikely_resolution_is_taken_for_a_letter_page(
    tmp_path: Path, stated: tuple[int, int] | None, dpi: float
) -> None:
    extra = {"dpi": stated} if stated else {}
    Image.new("L", (1700, 2200), 255).save(tmp_path / "a.png", **extra)  # type: ignore[arg-type]
    assert PictureFile(tmp_path / "a.png").frame(1)[1] == pytest.approx(dpi, abs=0.1)


def test_what_is_transparent_is_white_and_a_turned_photograph_upright(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert int(PictureFile(tmp_path / "a.png").frame(1)[0].min()) == 255
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    coloured((40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert PictureFile(tmp_path / "a.jpg").frame(1)[0].shape == (40, 20, 3)


def test_sixteen_bits_and_inverted_fax_colours(tmp_path: Path) -> None:
    Image.fromarray(np.full((10, 10), 65535, np.uint16)).save(tmp_path / "a.png")
    assert int(PictureFile(tmp_path / "a.png").frame(1)[0].min()) == 255


def test_a_picture_of_too_many_pixels_is_a_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PIXELS", 100)
    coloured().save(tmp_path / "a.png")
    page = found(tmp_path / "a.png", ocr="auto").pages[0].page
    assert page.source == "failed"
    assert "million pixels" in (page.reason or "")


def test_a_damaged_frame_does_not_cost_the_file(tmp_path: Path) -> None:
    pdfs.picture(["Words"], 50).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[:200])
    result = found(tmp_path / "a.png", ocr="auto")
    assert result.pages[0].page.source == "failed"
    assert result.pages[0].page.reason == "the picture is damaged"
    (tmp_path / "b.png").write_bytes(data[:20])
    with pytest.raises(PictureError):
        PictureFile(tmp_path / "b.png")


def test_words_of_a_picture_are_read(tmp_path: Path) -> None:
    pdfs.picture(["Base Rent is due monthly", "on the first day"], 200).save(tmp_path / "scan.png", dpi=(200, 200))
    page = found(tmp_path / "scan.png", ocr="auto").pages[0]
    assert page.page.source == "ocr"
    assert "Base Rent is due monthly" in page.text
    assert found(tmp_path / "scan.png", ocr="never").pages[0].page.source == "failed"


def document(path: Path, kind: str) -> Document:
    page = Page(1, "1", "ocr", 0, 0, 612.0, 792.0)
    return Document("x", str(path), "", kind, "", "other", None, (), True, "", (page,))


def test_pictures_are_drawn_from_their_file_or_a_copy_of_it(tmp_path: Path) -> None:
    coloured((612, 792)).save(tmp_path / "copy", "png", dpi=(72.009, 72.009))
    images = PageImages()
    shown = images.render(document(Path("mail.eml/photo.png"), "image"), 1, 0.5, file=tmp_path / "copy")
    assert (shown.width, shown.height) == (306, 396)
    assert shown.rgb[:3] == b"\0\0\xff"
    for page in (0, 2):
        with pytest.raises(errors.UserError):
            images.render(document(tmp_path / "copy", "image"), page)
    (tmp_path / "copy").unlink()
    with pytest.raises(errors.UserError):
        images.render(document(tmp_path / "copy", "image"), 1)
    images.close()
