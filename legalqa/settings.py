"""What can be configured. Unknown keys are refused, so that a typo never passes for a setting.

Order of precedence: what the firm's policy locks, then the environment (``LEGALQA_*``), then ``<home>/settings.toml``,
then what the policy sets without locking it, then the defaults here.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from legalqa import policy as policies
from legalqa.errors import Denied, UserError
from legalqa.policy import Policy

_LIKE = 0.75  # likeness (difflib's) from which on a variable is one of ours, misspelt


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
    _policy: Policy = PrivateAttr(default_factory=lambda: Policy())
    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    home: Path = Field(default_factory=lambda: default_home(), description="folder of matters, models, settings.toml")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64, description="reading processes")
    page_seconds: float = Field(60, gt=0, description="time that one page may take before its reader is killed")
    reader_memory_mb: int = Field(3000, ge=256, description="address space of one reading process, in MiB")
    languages: str = Field("eng", pattern=r"^[a-z_]+(\+[a-z_]+)*$", description="Tesseract languages, joined by +")
    generation_model: str = Field("smollm2-135m-instruct", description="catalogue id of the model that words answers")
    generation_adapter: str = Field("", description='catalogue id of a LoRA adapter laid over that model; "": none')
    gpu_layers: int = Field(
        -1, ge=-1, le=999, description="layers of that model on the graphics card; -1: as many as it has memory for"
    )
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
    def policy(self) -> Policy:
        """The rules of the firm that these settings obey."""
        return self._policy

    @property
    def sources(self) -> dict[str, str]:
        """Where each value comes from, in words, by key ("index.server" for what is nested)."""
        return self._sources

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


def load(home: Path | None = None, policy_file: Path | None = None) -> Settings:
    """Settings of a home folder, as the firm's policy allows them; `policy_file` is for tests.

    Raises UserError naming the key, with the nearest known one, if ``settings.toml`` or the environment is wrong;
    EnvironmentFault if the policy is, Denied for a home, a model or a server that it does not allow.
    """
    policy = policies.read(policy_file)
    _check_policy(policy)
    _check_environment()
    home = _home(home, policy)
    file = home / "settings.toml"
    written = _written(file)
    values = _merged(_without_environment(policy.settings), _without_environment(written))
    values = _merged(values, policy.locked) | {"home": home}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        told = policies.explained(error.errors(), _known(), "setting")
        raise UserError(told, hint=f"Correct {file} or the environment variable.") from None
    settings._policy, settings._sources = policy, _sources(policy, written)
    policy.require_server(settings.index.server)
    for model in ("generation_model", "generation_adapter", "embedding_model", "reranker_model", "reader_model"):
        policy.require_model(getattr(settings, model))
    return settings


def _home(given: Path | None, policy: Policy) -> Path:
    """The home folder. Raises Denied if one is given and the policy locks another."""
    locked = policy.home
    home = (given or locked or default_home()).expanduser().absolute()
    if locked is not None and home.resolve() != locked.resolve():
        raise Denied(f"The policy keeps all matters in {locked}, not in {home}.", kept="Nothing was changed.")
    return home


def _written(file: Path) -> dict[str, Any]:
    """What ``settings.toml`` says. Raises UserError if it cannot be read."""
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise UserError(f"{file} cannot be read: {error}.", kept="It was left as it is.") from None


def _check_policy(policy: Policy) -> None:
    """Raise EnvironmentFault if what the policy sets or locks is no setting, or has a wrong value."""
    if "home" in policy.settings:
        nowhere = {"type": "value_error", "loc": ("home",), "msg": "Write it under [locked]"}
        raise policies.refused(policy, [nowhere], _known())
    for values in (policy.settings, policy.locked):
        try:
            Settings(**values)
        except ValidationError as error:
            ours = [fault for fault in error.errors() if fault["loc"][0] in values]  # others are the environment's
            if ours:
                raise policies.refused(policy, ours, _known()) from None


def _check_environment() -> None:
    """Raise UserError for a variable that is nearly one of ours: others belong to builds and tests."""
    variables = [_variable(key) for key in _known()]
    for name in os.environ:
        if name.startswith("LEGALQA_") and name not in variables:
            near = difflib.get_close_matches(name.removeprefix("LEGALQA_"), [v[8:] for v in variables], 1, _LIKE)
            if near:
                raise UserError(
                    f"unknown environment variable {name}, did you mean LEGALQA_{near[0]}?",
                    hint="Correct it or take it away.",
                )


def _known() -> list[str]:
    return [*Settings.model_fields, *(f"index.{name}" for name in IndexSettings.model_fields)]


def _without_environment(written: dict[str, Any]) -> dict[str, Any]:
    """What is written without what the environment says: that wins, and comes by itself."""
    left = {key: value for key, value in written.items() if _variable(key) not in os.environ}
    if isinstance(left.get("index"), dict):
        left["index"] = {k: v for k, v in left["index"].items() if _variable(f"index.{k}") not in os.environ}
    return left


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, one level deep."""
    both = {k for k in below if isinstance(below[k], dict) and isinstance(above.get(k), dict)}
    return {**below, **above, **{k: below[k] | above[k] for k in both}}


def _sources(policy: Policy, written: dict[str, Any]) -> dict[str, str]:
    """Where each value comes from, and what was overruled."""
    found = {}
    for key in _known():
        ruled, named = f"policy {policy.file}", []
        if _variable(key) in os.environ:
            named.append(f"environment {_variable(key)}")
        if _has(written, key):
            named.append("settings.toml")
        if _has(policy.locked, key):
            found[key] = f"{ruled}, locked" + (f"; overrules {' and '.join(named)}" if named else "")
        elif named:
            found[key] = named[0]
        else:
            found[key] = ruled if _has(policy.settings, key) else "default"
    return found


def _has(values: dict[str, Any], key: str) -> bool:
    outer, _, inner = key.partition(".")
    return outer in values and (not inner or (isinstance(values[outer], dict) and inner in values[outer]))


def _variable(key: str) -> str:
    return "LEGALQA_" + key.upper().replace(".", "__")
