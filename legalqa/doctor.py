"""What is installed, what is missing, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from legalqa import confining, offline, volumes
from legalqa.child import Child, ChildDied
from legalqa.confining import Rights
from legalqa.errors import LegalQAError
from legalqa.policy import Policy
from legalqa.settings import IndexSettings, Settings

Row = tuple[str, bool, str, str]  # name, well?, what was found, what to do

_ENGINES = {
    "PDF reader": "pypdfium2",
    "Index (Qdrant Edge)": "qdrant_edge",
    "Encoder (ONNX Runtime)": "onnxruntime",
    "Model (llama.cpp)": "llama_cpp",
    "Authorities (eyecite)": "eyecite",
    "Window (Qt)": "PySide6",
}


def checks(settings: Settings) -> Iterator[Row]:
    """Every check, in the order in which a newcomer would mend them."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield "Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer."
    for name, module in _ENGINES.items():
        there = importlib.util.find_spec(module) is not None
        yield name, there, "installed" if there else "missing", "Run make setup."
    yield _tesseract(settings)
    yield from _models(settings)
    yield from _helpers(settings)
    yield _disk(settings)
    yield _policy(settings)
    yield from _network()
    yield _rights()
    yield _encryption(settings)


def effective(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Every setting and every rule: key, the value that holds, and where it comes from."""
    for key in Settings.model_fields:
        if key != "index":
            yield key, str(getattr(settings, key)), settings.sources.get(key, "default")
    for key in IndexSettings.model_fields:
        yield f"index.{key}", str(getattr(settings.index, key)), settings.sources.get(f"index.{key}", "default")
    policy = settings.policy
    for key in Policy.model_fields:
        if key not in ("settings", "locked"):
            ruled = key in policy.model_fields_set
            yield f"rule {key}", str(getattr(policy, key)), f"policy {policy.file}" if ruled else "default"


def _policy(settings: Settings) -> Row:
    file = settings.policy.file
    if file is None or not file.exists():
        return "Policy", True, f"none at {file}", ""
    own = hasattr(os, "geteuid") and os.geteuid() != 0 and os.access(file, os.W_OK)
    return "Policy", not own, f"{file}" + (", which its user can change" if own else ""), "Let the system own it."


def _network() -> Iterator[Row]:
    """Tries to leave the machine, here and in a child as it is started for reading, searching and answering."""
    hint = "Report it, and cut the program off by the firewall until it is mended (docs/admin.md)."
    for name, tried in (("Network lock", offline.attempts()), ("Network lock of children", _tried_by_a_child())):
        refused = [what for what, so in tried.items() if so]
        open_ = [what for what, so in tried.items() if not so]
        found = f"refused: {', '.join(refused)}" if not open_ else f"not refused: {', '.join(open_)}"
        yield name, not open_, found, hint


def _rights() -> Row:
    """Tries, in a child as it is started for reading documents, what it must not be able to do."""
    name, hint = "Rights of reading processes", "Report it; until it is mended, read no files of strangers."
    if without := confining.missing():
        return name, True, f"not available here: {without}; a process that reads has its user's rights", ""
    with tempfile.TemporaryDirectory() as outside:
        Path(outside, "file").touch()
        probe = Child("legalqa.confining:Probe", outside, rights=Rights())
        try:
            tried = probe.call("attempts", type=dict[str, bool], timeout=30)
        except ChildDied:
            tried = {"a child could not be started": False}
        finally:
            probe.close()
    open_ = [what for what, refused in tried.items() if not refused]
    return name, not open_, f"not refused: {', '.join(open_)}" if open_ else f"refused: {', '.join(tried)}", hint


def _encryption(settings: Settings) -> Row:
    """Whether the home lies on an encrypted volume. Never a fault: whoever keeps none may have reasons."""
    return "Encryption of the home", True, volumes.described(settings.home), ""


def _tried_by_a_child() -> dict[str, bool]:
    probe = Child("legalqa.offline:Probe")
    try:
        return probe.call("attempts", type=dict[str, bool], timeout=30)
    except ChildDied:
        return {"a child could not be started": False}
    finally:
        probe.close()


def _tesseract(settings: Settings) -> Row:
    from legalqa.ingest.scans import ocr

    try:
        found = ocr.describe(settings.languages)
    except LegalQAError as error:
        return "OCR (Tesseract)", False, error.message, error.hint
    return "OCR (Tesseract)", True, found, ""


def _models(settings: Settings) -> Iterator[Row]:
    from legalqa import models

    for role, model in (("Encoder model", settings.embedding_model), ("Answer model", settings.generation_model)):
        try:
            found = models.locate(settings.home, model)
        except LegalQAError as error:
            yield role, False, error.message, error.hint
        else:
            yield role, True, f"{found.id}, SHA-256 {found.sha256[:12]}…", ""


def _helpers(settings: Settings) -> Iterator[Row]:
    """The models without which answers are chosen less well."""
    from legalqa import models

    catalogue = models.load_catalogue().model
    for name, role, wanted in (
        ("Reranker model", "reranker", settings.reranker_model),
        ("Reader model", "reader", settings.reader_model),
    ):
        ours = [entry.id for entry in catalogue if entry.role == role and entry.starter]
        wanted = ours[0] if wanted == "auto" else wanted
        try:
            found = models.locate(settings.home, wanted) if wanted else None
        except LegalQAError as error:
            yield name, False, f"{error.message} Without it answers are found less well.", error.hint
        else:
            yield name, True, f"{found.id}, SHA-256 {found.sha256[:12]}…" if found else "none, as the settings want", ""


def _disk(settings: Settings) -> Row:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // (1 << 20)
    enough = free > 2 * settings.free_space_mb
    return "Disk space", enough, f"{free:,} MiB free for {settings.home}", "Free some space."
