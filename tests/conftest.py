"""What all tests share: no display, one thread in Tesseract, and the home with the starter models."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["OMP_THREAD_LIMIT"] = "1"  # before Tesseract is loaded: several threads a page are slower


@pytest.fixture(scope="session")
def models_home() -> Path:
    """The home whose ``models`` folder holds the starter models. Fails, with what to do, where they are absent."""
    from legalqa import models, settings
    from legalqa.errors import EnvironmentFault

    home = settings.default_home()
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
