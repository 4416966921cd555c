"""Pages of what is hard to reach are drawn: a name that is no text, a member of an archive, a repaired PDF."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from legalqa import Library
from tests.ingest import pdfs
from tests.ingest.conftest import LEASE
from tests.ingest.test_portable import headless


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_pages_are_drawn_wherever_their_bytes_lie(tmp_path: Path, models_home: Path) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    files.mkdir()
    home.mkdir()
    (home / "models").symlink_to(models_home / "models")
    pdfs.text_pdf(tmp_path / "lease.pdf", [LEASE])
    (files / os.fsdecode(b"Vertrag \xe4.pdf")).write_bytes((tmp_path / "lease.pdf").read_bytes())
    headless(files / "headless.pdf")
    Image.new("L", (612, 792), 255).save(tmp_path / "photo.png", dpi=(72.009, 72.009))
    pdfs.text_pdf(tmp_path / "other.pdf", [LEASE[:2]])
    with zipfile.ZipFile(files / "deal.zip", "w") as archive:
        archive.write(tmp_path / "photo.png", "photo.png")
        archive.write(tmp_path / "other.pdf", "other.pdf")
    library = Library(home)
    library.create("odd")
    with library.open("odd") as matter:
        matter.index([files], workers=1)
        listed = {Path(file.path).name: file for file in matter.status().files}
        assert set(listed) == {"Vertrag \\udce4.pdf", "headless.pdf", "deal.zip", "photo.png", "other.pdf"}
        for file in listed.values():
            assert file.state == "indexed"
            assert file.document_id
            image = matter.page_image(file.document_id, 1, 1.0)
            assert (image.width, image.height) == (612, 792)
