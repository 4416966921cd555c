"""A matter that was embedded with another model says so, instead of ranking noise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from legalqa import embedded
from legalqa.errors import EnvironmentFault
from legalqa.index.catalog import Catalog
from legalqa.index.vectors import texts_of
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
