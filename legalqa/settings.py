"""What can be configured. Unknown keys are refused, so that a typo never passes for a setting.

Order of precedence: environment (``LEGALQA_*``), then ``<home>/settings.toml``, then the defaults here.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from legalqa.errors import UserError


class IndexSettings(BaseModel):
    """Where vectors are kept: ``index.server`` in settings.toml, ``LEGALQA_INDEX__SERVER`` in the environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: str = Field(
        default="",
        pattern=r"^(https?://[^\s/@?#]+(/[^\s@?#]*)?)?$",
        description="the firm's own Qdrant server (port 6333 unless it is named); empty: the matter's folder",
    )
    api_key: SecretStr = Field(default=SecretStr(""), description="what the server asks for; better in the environment")
    ca_file: Path | None = Field(
        default=None, description="certificate of the authority that vouches for an https server"
    )

    @model_validator(mode="after")
    def _key_is_hidden(self) -> IndexSettings:
        """A key does not travel in the clear to another machine."""
        host = re.match(r"http://(\[[^\]]*\]|[^:/]*)", self.server)
        if self.api_key.get_secret_value() and host and host[1] not in ("localhost", "127.0.0.1", "[::1]"):
            raise ValueError("the key would travel in the clear: the server must be https://")
        return self


class Settings(BaseSettings):
    """All settings, with their units and defaults."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="LEGALQA_", env_nested_delimiter="__")

    home: Path = Field(default_factory=lambda: default_home(), description="folder of matters, models, settings.toml")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64, description="reading processes")
    page_seconds: float = Field(60, gt=0, description="time that one page may take before its reader is killed")
    reader_memory_mb: int = Field(3000, ge=256, description="address space of one reading process, in MiB")
    languages: str = Field("eng", pattern=r"^[a-z_]+(\+[a-z_]+)*$", description="Tesseract languages, joined by +")
    generation_model: str = Field("smollm2-135m-instruct", description="catalogue id of the model that words answers")
    embedding_model: str = Field("legalqa-embedding-1", description="catalogue id of the encoder")
    reranker_model: str = Field(
        "auto", description='catalogue id of the reranker; "auto": the one that comes with LegalQA; "": none'
    )
    reader_model: str = Field(
        "auto", description='catalogue id of the reader of evidence; "auto": the one that comes with LegalQA; "": none'
    )
    rerank: int = Field(30, ge=2, le=200, description="candidates that the reranker reads with a question")
    threads: int = Field(default_factory=lambda: max((os.cpu_count() or 2), 1), ge=1, description="model threads")
    passages: int = Field(6, ge=1, le=20, description="passages put before the model")
    answer_tokens: int = Field(96, ge=16, le=2048, description="longest statement of the model, in tokens")
    free_space_mb: int = Field(300, ge=0, description="disk space that must stay free, in MiB")
    index: IndexSettings = Field(IndexSettings(), description="where vectors are kept")

    @property
    def models(self) -> Path:
        """The folder of verified model files."""
        return self.home / "models"

    @property
    def matters(self) -> Path:
        """The folder of matters."""
        return self.home / "matters"


def default_home() -> Path:
    """Where this platform keeps an application's data, unless ``LEGALQA_HOME`` says otherwise."""
    return Path(os.environ.get("LEGALQA_HOME") or platformdirs.user_data_dir("legalqa", appauthor=False))


def load(home: Path | None = None) -> Settings:
    """Settings of a home folder.

    Raises UserError naming the key, with the nearest known one, if ``settings.toml`` or the environment is wrong.
    """
    home = (home or default_home()).expanduser().absolute()
    file = home / "settings.toml"
    values: dict[str, Any] = {}
    if file.exists():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise UserError(f"{file} cannot be read: {error}.", kept="It was left as it is.") from None
    for key in Settings.model_fields:  # the environment wins over the file
        if f"LEGALQA_{key.upper()}" in os.environ:
            values.pop(key, None)
    for key in IndexSettings.model_fields:
        if f"LEGALQA_INDEX__{key.upper()}" in os.environ and isinstance(values.get("index"), dict):
            values["index"].pop(key, None)
    values["home"] = home
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UserError(_explained(error), hint=f"Correct {file} or the environment variable.") from None


def _explained(error: ValidationError) -> str:
    parts = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = [*Settings.model_fields, *(f"index.{name}" for name in IndexSettings.model_fields)]
            near = difflib.get_close_matches(key, known, n=1)
            parts.append(f"unknown setting {key!r}" + (f", did you mean {near[0]!r}?" if near else "."))
        else:
            parts.append(f"setting {key!r}: {fault['msg']}.")
    return " ".join(parts)
