"""The rules of the house, read from the sources: who may import whom, one engine behind one module, what must not be
written down."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOUNDATIONS = ("values", "errors", "settings", "shipped", "child", "policy", "offline", "kernel", "confining")
_PARTS = {path.stem for path in (ROOT / "legalqa").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
STAGES = {path.name for path in (ROOT / "legalqa").iterdir() if (path / "__init__.py").exists()} - {"values"}
WIRING = _PARTS - STAGES - {*FOUNDATIONS, "__init__"}  # matter, cli and what they are made of
# Which modules of the project may import an engine; everything below the name counts.
ENGINES: dict[str, tuple[str, ...]] = {
    "pypdfium2": ("legalqa.ingest.pdf",),
    "pdfplumber": ("legalqa.ingest.layout.tables",),
    "tesserocr": ("legalqa.ingest.scans.ocr",),
    "pytesseract": ("legalqa.ingest.scans.ocr",),
    "qdrant_edge": ("legalqa.index.edge",),
    "qdrant_client": ("legalqa.index.server",),
    "distributed": ("legalqa.ingest.scheduler", "legalqa.ingest.outpost"),
    "pikepdf": ("legalqa.ingest.formats.repair",),
    "docx": (
        "legalqa.ingest.formats.office",
        "legalqa.ingest.formats.wordml",
        "legalqa.ingest.formats.wordnumbers",
        "legalqa.report.commented",
        "legalqa.report.cite_check",
        "legalqa.report.memo_docx",
        "legalqa.report.planted",
    ),
    "olefile": ("legalqa.ingest.formats.word97",),
    "msoffcrypto": ("legalqa.ingest.formats.locked",),
    "oxmsg": ("legalqa.ingest.formats.outlook",),
    "striprtf": ("legalqa.ingest.formats.rtf",),
    "openpyxl": ("legalqa.ingest.formats.sheets", "legalqa.ingest.formats.cells", "legalqa.report.grid"),
    "pptx": ("legalqa.ingest.formats.slides",),
    "selectolax": ("legalqa.ingest.formats.web",),
    "pi_heif": ("legalqa.ingest.formats.pictures",),
    "onnxruntime": ("legalqa.index.network", "legalqa.models.convert"),
    "onnx": ("legalqa.models.convert",),
    "llama_cpp": ("legalqa.answer.decoding", "legalqa.answer.vocabulary"),
    "PySide6": ("ui",),
}
# What a foundation may use of the others: nothing above it in this order.
BELOW = {
    "errors": (),
    "values": (),
    "shipped": (),
    "kernel": (),
    "offline": ("errors", "kernel"),
    "confining": ("kernel", "shipped"),
    "child": ("errors", "kernel", "offline", "confining"),
    "policy": ("errors", "values"),
    "settings": ("errors", "policy"),
}
HEAVY = ("llama_index", "onnxruntime", "onnx", "PySide6", "cv2", "llama_cpp", "qdrant_edge", "pypdfium2", "tokenizers")


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _sources() -> list[Path]:
    return sorted(path for package in ("legalqa", "ui") for path in (ROOT / package).rglob("*.py"))


def imports(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Every module that the source imports, at any depth; "from a import b" counts as a and as a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".") if is_package else module.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            yield from _dynamic(node)


def _dynamic(call: ast.Call) -> Iterator[str]:
    """``import_module("x")`` and ``__import__("x")``."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0]
    if name in ("import_module", "__import__") and isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value


def faults(module: str, imported: str) -> str | None:
    """Why this import breaks the rule, None if it does not."""
    top = imported.split(".")[0]
    allowed = ENGINES.get(top)
    if allowed is not None and not any(module == name or module.startswith(name + ".") for name in allowed):
        return f"only {' and '.join(allowed)} may import {top}"
    if top == "ui" and not module.startswith("ui"):
        return "nobody imports ui"
    if top != "legalqa":
        return None
    target = imported.split(".")[1] if "." in imported else ""
    if module.startswith("ui"):
        public = target in ("values", "errors") or target not in _PARTS
        return None if public else "ui sees the public API, values and errors"
    return _inside(module.split(".")[1] if "." in module else "", target)


def _inside(part: str, target: str) -> str | None:
    if part in FOUNDATIONS:
        if target and target not in (part, *BELOW[part]):
            return f"{part} is below {target}"
    elif part in STAGES:
        if target in STAGES and target != part:
            return "stages do not import each other"
        if target and target not in (*FOUNDATIONS, part, "__version__"):
            return f"stages are below {target}"
    elif target == "cli" and part not in ("cli", "__main__"):
        return "the command line is the top"
    return None


@pytest.mark.parametrize("path", _sources(), ids=lambda path: _module(path))
def test_imports_follow_the_layers(path: Path) -> None:
    module = _module(path)
    found = imports(path.read_text(encoding="utf-8"), module, is_package=path.name == "__init__.py")
    assert [f"{name}: {why}" for name in found if (why := faults(module, name))] == []


def test_the_layers_are_told_apart() -> None:
    assert {"ingest", "index", "answer", "verify", "report", "models"} <= STAGES
    assert {"matter", "library", "cli"} <= WIRING
    assert set(FOUNDATIONS) <= _PARTS


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("legalqa.values.document", "import legalqa.index.catalog"),
        ("legalqa.errors", "from legalqa.values import answer"),
        ("legalqa.verify.quotes", "from legalqa.ingest.formats.text import clean"),
        ("legalqa.verify.quotes", "from legalqa import matter"),
        ("legalqa.verify.quotes", "from legalqa import Library"),
        ("legalqa.library", "from legalqa.cli import main"),
        ("legalqa.verify.quotes", "def f():\n    from ..ingest import text"),
        ("legalqa.ingest.layout.lines", "import pypdfium2.raw"),
        ("legalqa.index.catalog", "import onnxruntime as ort"),
        ("legalqa.matter", "import PySide6.QtCore"),
        ("legalqa.matter", "__import__('ui.app')"),
        ("ui.window", "from legalqa.index.catalog import Catalog"),
        ("ui.window", "import importlib\nimportlib.import_module('pypdfium2')"),
    ],
)
def test_the_rule_catches(module: str, source: str) -> None:
    assert any(faults(module, name) for name in imports(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("legalqa.ingest.pdf", "import pypdfium2.raw"),
        ("legalqa.verify.quotes", "from legalqa.values.answer import Passage\nfrom . import words"),
        ("legalqa.matter", "from legalqa.index.catalog import Catalog"),
        ("ui.window", "from legalqa import Library\nfrom legalqa.values.answer import Passage\nimport PySide6"),
    ],
)
def test_the_rule_allows(module: str, source: str) -> None:
    assert not any(faults(module, name) for name in imports(source, module))


def _tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():  # an unpacked archive: all but what is made here
        made = {".venv", ".git", "demo", "build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
        made |= {".hypothesis"}
        return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.relative_to(ROOT).parts)]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_path_of_somebodys_machine() -> None:
    registries = ["py" + "pi.org", "python" + "hosted.org", "conda." + "anaconda.org", "registry." + "npmjs.org"]
    folders = [f"/{name}/" for name in ("wo" + "rk", "ro" + "ot")] + ["/ho" + r"me/[a-z]", "/Use" + "rs/[A-Za-z]"]
    forbidden = re.compile("|".join([*map(re.escape, registries), *(rf"(?<![\w.~*}}-]){path}" for path in folders)]))
    found = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in forbidden.finditer(text)]
    assert found == []


LOCKS = (
    "requirements/runtime.txt",
    "requirements/dev.txt",
    "requirements/build.txt",
    "requirements/bootstrap.txt",
    "models/starter.txt",
)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_exact_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line
        assert "://" not in line


def test_development_lock_contains_the_runtime_lock() -> None:
    runtime, dev = (re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / lock).read_text(), re.M) for lock in LOCKS[:2])
    assert set(runtime) <= set(dev)


@pytest.mark.parametrize("module", ["legalqa", "legalqa.cli", "legalqa.models"])
def test_the_command_line_starts_without_heavy_modules(module: str) -> None:
    script = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) & set(HEAVY) == set()
