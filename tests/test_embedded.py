"""A matter that was embedded with another model says so, instead of ranking noise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from legalqa import embedded
from legalqa.errors import EnvironmentFault
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import texts_of
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.values.matter import Progress
from tests.index import synthetic

OURS, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite")
    yield made
    made.close()


def put(catalog: Catalog, text: str, options: str) -> None:
    document = synthetic.document(text, f"{text[:5]}.txt")
    vectors = synthetic.embed(texts_of(document)).astype(np.float16)
    catalog.put(document, vectors, synthetic.fact(document), ingest_version="1", options=options)
    catalog.publish(document.id)


def test_an_empty_matter_and_one_of_the_same_model_are_fine(catalog: Catalog) -> None:
    embedded.refuse_another(catalog, OURS)
    put(catalog, "Rent is due on the first day of each month.", f"ocr=auto languages=eng {embedded.named(OURS)}")
    put(catalog, "The Tenant repairs the roof.", f"ocr=always languages=deu {embedded.named(OURS)}")
    put(catalog, "Before models were named in the options.", "")
    embedded.refuse_another(catalog, OURS)


def test_documents_of_another_model_are_counted_and_the_way_out_is_named(catalog: Catalog) -> None:
    put(catalog, "Rent is due on the first day of each month.", f"ocr=auto languages=eng {embedded.named(OURS)}")
    put(catalog, "The Tenant repairs the roof.", f"ocr=auto languages=eng {embedded.named(OTHER)}")
    with pytest.raises(EnvironmentFault, match="1 of 2 documents") as caught:
        embedded.refuse_another(catalog, OURS)
    assert "legalqa index" in caught.value.hint
    assert "embedding_model" in caught.value.hint


def test_documents_indexed_before_this_check_are_recognised(catalog: Catalog) -> None:
    put(catalog, "Rent is due on the first day of each month.", f"ocr=auto languages=eng encoder={OTHER[:16]}")
    with pytest.raises(EnvironmentFault):
        embedded.refuse_another(catalog, OURS)


def test_what_is_embedded_again_needs_no_original(home: Path, tmp_path: Path) -> None:
    """Two files, one of which is gone: after a change of model both are found, and neither was read again."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "lease.txt").write_text("The Tenant repairs the roof.")
    (folder / "letter.txt").write_text("The harbor master resigned.")
    write_settings(home, "all-minilm-l6-v2")
    Library(home).create("Roof")
    with closing(Library(home).open("roof")) as matter:
        matter.index([folder])
    (folder / "letter.txt").unlink()
    write_settings(home, "legalqa-embedding-1")
    with closing(Library(home).open("roof")) as matter:
        with pytest.raises(EnvironmentFault, match="2 of 2 documents"):
            matter.search("roof")
        told: list[Progress] = []
        report = matter.index([folder], on_progress=told.append)
        assert (report.added, report.replaced, report.unchanged) == ((), (), 1)
        embedding = [(one.files_done, one.files_total) for one in told if one.stage == "embedding"]
        assert embedding == [(0, 2), (1, 2)]
        assert {file.path.rsplit("/")[-1]: file.state for file in matter.status().files} == {
            "lease.txt": "indexed",
            "letter.txt": "missing",
        }
        assert "harbor master" in matter.search("Who resigned?").hits[0].text
        assert not [one for one in matter_told(matter, folder) if one.stage == "embedding"]  # once is enough


def write_settings(home: Path, model: str) -> None:
    (home / "settings.toml").write_text(f'embedding_model = "{model}"\n')


def matter_told(matter: Matter, folder: Path) -> list[Progress]:
    told: list[Progress] = []
    matter.index([folder], on_progress=told.append)
    return told
