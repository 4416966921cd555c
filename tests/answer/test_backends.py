"""Which libraries for processors llama.cpp is told to load."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from legalqa.answer import backends


@pytest.fixture
def lib(tmp_path: Path) -> Any:
    """llama_cpp's module, in a folder with the libraries of one that was compiled for its machine."""
    folder = tmp_path / "llama_cpp" / "lib"
    folder.mkdir(parents=True)
    (folder / "libggml-cpu.so.0").touch()
    return SimpleNamespace(__file__=str(folder.parent / "llama_cpp.py"), _lib=Mock())


def test_one_for_each_kind_of_processor_is_looked_for_in_its_own_folder_alone(
    lib: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "llama_cpp" / "lib"
    (folder / "libggml-cpu-haswell.so").touch()
    monkeypatch.chdir(tmp_path)
    backends.load(lib)
    lib._lib.ggml_backend_load_all_from_path.assert_called_once_with(os.fsencode(folder))


def test_what_is_built_in_is_not_loaded_again(lib: Any) -> None:
    backends.load(lib)
    assert lib._lib.mock_calls == []
