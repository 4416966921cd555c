"""What all tests share: no display, one thread in Tesseract, and the home with the starter models."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["OMP_THREAD_LIMIT"] = "1"  # before Tesseract is loaded: several threads a page are slower


@pytest.fixture(scope="session")
def models_home() -> Path:
    """The home whose ``models`` folder holds the starter models. Fails, with what to do, where they are absent."""
    from legalqa import models
    from legalqa.errors import EnvironmentFault
    from legalqa.settings import default_home

    home = default_home()
    try:
        for entry in models.load_catalogue().model:
            if entry.starter:
                models.locate(home, entry.id)
    except EnvironmentFault as fault:
        pytest.fail(f"{fault} Run `make models`, or leave these tests out with -m 'not models'.", pytrace=False)
    return home


@pytest.fixture(scope="session")
def encoder_folder(models_home: Path) -> Path:
    """The folder of the starter encoder, for `legalqa.index.encoder.Encoder`."""
    from legalqa import models

    return models.locate(models_home, "all-minilm-l6-v2").folder


@pytest.fixture(scope="session")
def language_model(models_home: Path) -> Path:
    """The starter language model's GGUF file."""
    from legalqa import models

    return models.locate(models_home, "smollm2-135m-instruct").file


@pytest.fixture(autouse=True)
def unsealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that tests run in is never sealed against the network: that cannot be undone."""
    monkeypatch.setattr("legalqa.offline.seal", lambda: None)


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path, models_home: Path) -> Path:
    """A fresh home that shares the installed models."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_home / "models")
    return home


@pytest.fixture
def run(home: Path) -> Run:
    """The command line in a process of its own, with a home of its own."""

    def run(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "legalqa.cli", *map(str, arguments)],
            env={**os.environ, "LEGALQA_HOME": str(home), **environment},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    return run
