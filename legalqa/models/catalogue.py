"""The catalogue of models (``models/catalog.toml``): what they are, where they come from, what their files hash to."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from legalqa import shipped
from legalqa.errors import BugError, UserError

Role = Literal["generation", "adapter", "embedding", "reranker", "reader"]
Format = Literal["gguf", "bert", "onnx", "other"]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an encoder wants its texts: pooling, prefixes, and the tokens after which they are cut off."""

    pooling: Literal["mean", "cls"] = "mean"
    max_tokens: int = 512
    query_prefix: str = ""
    passage_prefix: str = ""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model. `sha256` None: unpinned. `size` in bytes, `memory` in MiB, `context` in tokens, None if not measured.

    `source` is a pip requirement, "shipped" for one that comes with the program, or "file" for one that is added by
    hand; `folder` is where the files lie in that wheel, or in the shipped ``models``. `runnable` False: a candidate
    that this version cannot load.
    """

    id: str
    role: Role
    title: str
    licence: str
    source: str
    format: Format
    file: str = ""
    sha256: str | None = None
    size: int | None = None
    memory: int | None = None
    context: int | None = None
    starter: bool = False
    runnable: bool = True
    folder: str = ""
    companions: dict[str, str] = {}
    recipe: Recipe | None = None


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All entries, in the order of the file."""

    schema: Literal[1]
    model: tuple[Entry, ...]

    def get(self, id: str) -> Entry | None:
        """The entry of that id."""
        return next((entry for entry in self.model if entry.id == id), None)

    def named(self, id: str) -> Entry:
        """The entry of that id. Raises UserError naming the known ones."""
        if (entry := self.get(id)) is None:
            known = ", ".join(entry.id for entry in self.model)
            raise UserError(f"The catalogue has no model {id!r}.", hint=f"It has: {known}.")
        return entry

    def pinned(self, sha256: str) -> Entry | None:
        """The entry whose main file has that hash."""
        return next((entry for entry in self.model if entry.sha256 == sha256), None)


def parse(text: str) -> Catalogue:
    """A catalogue from TOML. Raises BugError naming the key that is unknown, missing or of the wrong type."""
    try:
        catalogue = msgspec.convert(tomllib.loads(text), Catalogue)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise BugError(f"The model catalogue is malformed: {error}.") from None
    ids = [entry.id for entry in catalogue.model]
    if doubles := sorted({id for id in ids if ids.count(id) > 1}):
        raise BugError(f"The model catalogue names twice: {', '.join(doubles)}.")
    return catalogue


@cache
def load_catalogue(file: Path | None = None) -> Catalogue:
    """The shipped catalogue."""
    return parse((file or shipped.folder("models") / "catalog.toml").read_text(encoding="utf-8"))
