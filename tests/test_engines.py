"""Which engines a matter works with, by its settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa import settings
from legalqa.engines import Engines
from legalqa.errors import EnvironmentFault, UserError
from legalqa.index.catalog import Catalog


def _settings(home: Path, reranker: str) -> settings.Settings:
    return settings.load(home).model_copy(update={"reranker_model": reranker})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite")
    yield made
    made.close()


@pytest.mark.parametrize("wanted", ["auto", ""])
def test_without_a_reranker_everything_works_as_it_is(catalog: Catalog, tmp_path: Path, wanted: str) -> None:
    assert Engines(_settings(tmp_path, wanted), tmp_path, catalog).reranker is None


def test_a_reranker_that_was_chosen_and_is_not_there_is_said(catalog: Catalog, tmp_path: Path) -> None:
    engines = Engines(_settings(tmp_path, "bge-reranker-v2-m3"), tmp_path, catalog)
    with pytest.raises(EnvironmentFault, match="bge-reranker-v2-m3"):
        _ = engines.reranker


def test_what_is_no_reranker_is_refused(catalog: Catalog, tmp_path: Path, models_home: Path) -> None:
    engines = Engines(_settings(models_home, "all-minilm-l6-v2"), tmp_path, catalog)
    with pytest.raises(UserError, match="no reranker"):
        _ = engines.reranker


def test_the_reader_that_comes_with_the_program_reads_where_it_is_installed(
    catalog: Catalog, tmp_path: Path, models_home: Path
) -> None:
    assert Engines(_settings(tmp_path, "auto"), tmp_path, catalog).reader is None
    engines = Engines(_settings(models_home, "auto"), tmp_path, catalog)
    assert engines.reader is not None
    assert engines.reranker is not None
    assert engines.reader.sha256 != engines.reranker.sha256
    wrong = _settings(models_home, "auto").model_copy(update={"reader_model": "legalqa-reranker-1"})
    with pytest.raises(UserError, match="no reader"):
        _ = Engines(wrong, tmp_path, catalog).reader
