"""Models on disk: verified before use, altered ones refused, nothing half-written."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import pytest

from legalqa import models, shipped
from legalqa.errors import EnvironmentFault, UserError
from legalqa.models import store

WEIGHTS = b"GGUF" + bytes(range(256)) * 8


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "Tiny-Legal-Q4_K_M.gguf"
    path.write_bytes(WEIGHTS)
    return path


def test_a_file_given_by_hand_is_pinned_when_it_is_added(home: Path, gguf: Path) -> None:
    added = models.add(home, gguf)
    assert added.id == "tiny-legal"
    assert added.role == "generation"
    assert not added.pinned
    assert added.sha256 == hashlib.sha256(WEIGHTS).hexdigest()
    assert added.file.read_bytes() == WEIGHTS
    assert models.locate(home, "tiny-legal") == added
    assert [row.state for row in models.verify(home)] == ["ok"]
    listed = {row.id: row for row in models.listing(home)}
    assert listed["tiny-legal"].state == "installed"
    assert listed["smollm2-135m-instruct"].state == "missing"
    assert listed["qwen3-embedding-0.6b"].state == "unsupported"


def test_a_file_named_like_an_unpinned_entry_becomes_that_entry(home: Path, gguf: Path) -> None:
    added = models.add(home, gguf.rename(gguf.with_name("Qwen3-4B-Instruct-2507-IQ4_XS.gguf")))
    assert added.id == "qwen3-4b-instruct-2507"
    assert added.licence == "Apache-2.0"
    assert not added.pinned


def test_a_file_named_like_a_pinned_entry_with_another_hash_is_refused(home: Path, gguf: Path) -> None:
    impostor = gguf.rename(gguf.with_name("SmolLM2-135M-Instruct.Q4_1.gguf"))
    with pytest.raises(EnvironmentFault, match="checksum"):
        models.add(home, impostor)
    assert not (home / "models").exists()


def test_what_is_no_model_is_refused(home: Path, tmp_path: Path) -> None:
    text = tmp_path / "model.gguf"
    text.write_text("not a model")
    for path in (text, tmp_path / "absent.gguf", tmp_path):
        with pytest.raises(UserError):
            models.add(home, path)


def test_a_missing_model_says_how_to_get_it(home: Path) -> None:
    with pytest.raises(EnvironmentFault, match="legalqa models pull all-minilm-l6-v2"):
        models.locate(home, "all-minilm-l6-v2")


def test_an_altered_file_is_refused(home: Path, gguf: Path) -> None:
    file = models.add(home, gguf).file
    changed = bytearray(WEIGHTS)
    changed[100] ^= 1
    file.write_bytes(changed)
    with pytest.raises(EnvironmentFault, match="altered"):
        models.locate(home, "tiny-legal")
    assert [row.state for row in models.verify(home)] == ["altered"]
    assert {row.id: row.state for row in models.listing(home)}["tiny-legal"] == "altered"
    file.unlink()
    with pytest.raises(EnvironmentFault, match="missing or altered"):
        models.locate(home, "tiny-legal")
    assert [row.state for row in models.verify(home)] == ["missing"]


def test_an_altered_file_of_the_same_age_is_still_found_by_verify(home: Path, gguf: Path) -> None:
    file = models.add(home, gguf).file
    before = file.stat()
    with file.open("r+b") as handle:
        handle.write(b"GGUE")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [row.state for row in models.verify(home)] == ["altered"]


def test_a_verified_file_is_not_hashed_again(home: Path, gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = models.add(home, gguf).file
    models.locate(home, "tiny-legal")
    hashed: list[Path] = []
    real = store.sha256_of

    def counted(path: Path) -> str:
        hashed.append(path)
        return real(path)

    monkeypatch.setattr(store, "sha256_of", counted)
    models.locate(home, "tiny-legal")
    assert hashed == []
    os.utime(file, (time.time(), time.time() + 5))
    models.locate(home, "tiny-legal")
    assert hashed == [file]


@pytest.mark.parametrize("manifest", ["{", '{"id": "tiny-legal"}', '{"unknown": 1}'])
def test_a_damaged_manifest_is_refused(home: Path, gguf: Path, manifest: str) -> None:
    folder = models.add(home, gguf).folder
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(EnvironmentFault, match="altered"):
        models.locate(home, "tiny-legal")
    assert {row.id: row.state for row in models.listing(home)}["tiny-legal"] == "altered"
    assert [row.state for row in models.verify(home)] == ["altered"]


def test_a_manifest_that_contradicts_the_catalogue_is_refused(home: Path, gguf: Path) -> None:
    """A swapped model with a manifest of its own does not pass for the pinned one."""
    folder = models.add(home, gguf).folder
    text = (folder / "manifest.json").read_text()
    forged = folder.with_name("smollm2-135m-instruct")
    folder.rename(forged)
    (forged / "manifest.json").write_text(text.replace("tiny-legal", forged.name))
    with pytest.raises(EnvironmentFault, match="altered"):
        models.locate(home, forged.name)
    assert {row.state for row in models.verify(home)} == {"altered"}


def test_an_interrupted_installation_leaves_the_old_model(home: Path, gguf: Path) -> None:
    models.add(home, gguf)

    def interrupted() -> None:
        with store.installing(home, "tiny-legal") as scratch:
            (scratch / "half.gguf").write_bytes(b"GGUF")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert models.locate(home, "tiny-legal").file.read_bytes() == WEIGHTS
    assert [path.name for path in (home / "models").iterdir()] == ["tiny-legal"]


def test_adding_again_replaces(home: Path, gguf: Path) -> None:
    models.add(home, gguf)
    gguf.write_bytes(WEIGHTS + b"more")
    assert models.add(home, gguf).file.read_bytes() == WEIGHTS + b"more"
    assert [path.name for path in (home / "models").iterdir()] == ["tiny-legal"]


def test_a_full_disk_is_an_environment_fault(home: Path, gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match="No space left"):
        models.add(home, gguf)
    assert list((home / "models").iterdir()) == []


def test_ids_cannot_leave_the_folder(home: Path, gguf: Path) -> None:
    models.add(home, gguf)
    for id in ("../models/tiny-legal", "/tiny-legal", ".", ""):
        with pytest.raises(EnvironmentFault, match="not installed"):
            models.locate(home, id)


@pytest.fixture
def brought(home: Path, gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a model that came with an installed application; users cannot write there."""
    models.add(tmp_path / "building", gguf)
    program = tmp_path / "program" / "models"
    shutil.copytree(tmp_path / "building" / "models", program / "installed")
    shutil.copy(shipped.folder("models") / "catalog.toml", program)
    monkeypatch.setattr("legalqa.shipped.folder", lambda name: tmp_path / "program" / name)
    folder = program / "installed" / "tiny-legal"
    (folder / "verified.json").unlink(missing_ok=True)
    return folder


def test_a_model_that_came_with_the_program_needs_no_installing(home: Path, brought: Path) -> None:
    found = models.locate(home, "tiny-legal")
    assert found.folder == brought
    assert models.is_here(home, "tiny-legal")
    assert sorted(path.name for path in brought.iterdir()) == ["Tiny-Legal-Q4_K_M.gguf", "manifest.json"]
    assert store.notes(home, "tiny-legal").is_relative_to(home)
    assert [row.state for row in models.verify(home)] == ["ok"]
    assert {row.id: row for row in models.listing(home)}["tiny-legal"].size == len(WEIGHTS)
    assert not models.is_here(home, "another")


def test_one_that_came_with_the_program_and_was_altered_is_refused(home: Path, brought: Path) -> None:
    models.locate(home, "tiny-legal")  # remembered as it was
    (brought / "Tiny-Legal-Q4_K_M.gguf").write_bytes(WEIGHTS[:-1] + b"!")
    with pytest.raises(EnvironmentFault, match="altered"):
        models.locate(home, "tiny-legal")


def test_the_homes_own_model_goes_before_the_programs(home: Path, gguf: Path, brought: Path) -> None:
    models.add(home, gguf)
    assert models.locate(home, "tiny-legal").folder == home / "models" / "tiny-legal"
    assert len(models.verify(home)) == 1
