"""PDFs that need a password or a repair, and the limits on them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa import errors, settings
from legalqa.engines import Engines
from legalqa.index.catalog import Catalog
from legalqa.ingest import PageImage, PageImages, limits
from legalqa.values.document import Document, Page, Region, Word
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE, Read
from tests.ingest.formats import found


def headless(path: Path) -> Path:
    """A PDF whose first line was lost on the way: pdfium refuses it."""
    data = pdfs.text_pdf(path, [LEASE]).read_bytes()
    path.write_bytes(data[data.index(b"\n") + 1 :])
    return path


def test_what_pdfium_refuses_is_repaired_once(tmp_path: Path) -> None:
    result = found(headless(tmp_path / "a.pdf"), spool=tmp_path)
    assert "4.1 Base Rent" in result.text
    assert result.properties() == {"repaired": "pikepdf"}
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize("content", [b"%PDF-1.4 no more", b"no PDF at all", b"%PDF-1.4\ntrailer<</Root 1 0 R>>"])
def test_what_cannot_be_repaired_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    refused = found(tmp_path / "a.pdf", spool=tmp_path).refused
    assert refused is not None
    assert refused.state == "failed"
    assert "could not be repaired" in refused.reason
    assert [p.name for p in tmp_path.iterdir()] == ["a.pdf"]


def test_passwords_are_tried_in_turn_and_never_told(tmp_path: Path) -> None:
    path = pdfs.text_pdf(tmp_path / "a.pdf", [LEASE], password="Harbor-77")
    assert "4.1 Base Rent" in found(path, passwords=("wrong-word", "Harbor-77")).text
    for passwords in ((), ("wrong-word",)):
        refused = found(path, passwords=passwords).refused
        assert refused is not None
        assert refused.state == "encrypted"
        assert "wrong-word" not in refused.reason
        assert ("none of the passwords" in refused.reason) == bool(passwords)


def test_a_file_of_too_many_pages_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGES", 1)
    refused = found(pdfs.text_pdf(tmp_path / "a.pdf", [LEASE, LEASE])).refused
    assert refused is not None
    assert "more than 1 are not read" in refused.reason


def document(path: Path) -> Document:
    return Document(
        "x", str(path), "", "pdf", "", "other", None, (), True, "", (Page(1, "1", "text", 0, 0, 612.0, 792.0),)
    )


def test_repaired_and_locked_files_are_drawn(tmp_path: Path) -> None:
    locked = pdfs.text_pdf(tmp_path / "locked.pdf", [LEASE], password="Harbor-77")
    images = PageImages(passwords=("Harbor-77",))
    assert images.render(document(headless(tmp_path / "a.pdf")), 1).width == 612
    assert images.render(document(locked), 1).width == 612
    images.close()
    images = PageImages()
    with pytest.raises(errors.UserError, match="protected by a password; passwords are not kept"):
        images.render(document(locked), 1)
    images.close()


def ink(image: PageImage, word: Word, scale: float) -> list[int]:
    """How dark every pixel of a word's box is, 0 for black."""
    return [
        image.rgb[3 * (y * image.width + x)]
        for y in range(int(word.y0 * scale), int(word.y1 * scale))
        for x in range(int(word.x0 * scale), int(word.x1 * scale))
    ]


def test_a_page_that_cannot_be_drawn_is_drawn_from_its_words(tmp_path: Path, read: Read) -> None:
    plain = read(pdfs.text_pdf(tmp_path / "plain.pdf", [LEASE]))
    pdfs.text_pdf(tmp_path / "plain.pdf", [LEASE], password="Harbor-77")
    words = plain.pages[0].words
    unseen = replace(plain, regions=(Region("hidden", words[-1].start, words[-1].end, "white"),))
    catalog = Catalog(tmp_path / "catalog.sqlite")
    engines = Engines(settings.load(tmp_path), tmp_path, catalog)
    (tmp_path / "originals").mkdir()
    engines.copy_of(plain.sha256, plain.path).write_bytes((tmp_path / "plain.pdf").read_bytes())
    image = engines.page_image(unseen, 1, 2.0)
    assert "protected by a password" in image.instead
    assert (image.width, image.height) == (1224, 1584)
    assert all(min(ink(image, word, 2.0)) < 100 for word in words[:-1])
    assert 100 < min(ink(image, words[-1], 2.0)) < 200
    assert min(image.rgb[: 3 * 24 * image.width]) < 200, "its head says what it is"
    engines.copy_of(plain.sha256, plain.path).unlink()
    (tmp_path / "plain.pdf").unlink()
    assert "changed or gone" in engines.page_image(plain, 1, 1.0).instead
    with pytest.raises(errors.EnvironmentFault):
        engines.page_image(replace(plain, pages=(replace(plain.pages[0], words=()),)), 1, 1.0)
    engines.close()
    catalog.close()


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_whose_name_is_not_utf8_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"Vertrag \xe4.pdf")
    path.write_bytes(pdfs.text_pdf(tmp_path / "plain.pdf", [LEASE]).read_bytes())
    shown = replace(document(path), path=os.fsencode(path).decode("utf-8", "replace"))
    images = PageImages()
    assert images.render(shown, 1, file=path).width == 612
    assert images.render(document(path), 1).width == 612
    images.close()
