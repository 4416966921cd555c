"""What packaging decides: which licences may ship, and that setting up says what is missing."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def licences() -> Any:
    spec = importlib.util.spec_from_file_location("licences", ROOT / "packaging" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("package", "licence", "passes"),
    [
        ("a", "MIT", True),
        ("a", "BSD-3-Clause AND Public-Domain", True),
        ("a", "Apache Software License", True),
        ("a", "GPL-3.0-only OR MIT", True),
        ("a", "GPL-3.0-only", False),
        ("a", "GNU General Public License v2 (GPLv2)", False),
        ("a", "AGPL-3.0-or-later", False),
        ("a", "GNU Affero General Public License", False),
        ("a", "MIT AND GPL-2.0-only", False),
        ("a", "LGPL-3.0-only", False),
        ("pyside6-essentials", "LGPL-3.0-only OR GPL-2.0-only", True),
        ("a", "Proprietary", False),
        ("a", "", False),
    ],
)
def test_what_may_ship(licences: Any, package: str, licence: str, passes: bool) -> None:
    assert licences.may_ship(package, licence) is passes


def test_what_we_ship_may_ship_and_is_listed(licences: Any) -> None:
    found = licences.installed()
    assert len(found) > 50
    assert [package for package, licence in found.items() if not licences.may_ship(package, licence)] == []
    listed = (ROOT / "resources" / "licences" / "dependencies.md").read_text(encoding="utf-8")
    assert [package for package in found if f"| {package} |" not in listed] == []


def _debian(folder: Path, installed: set[str], *, sudo: bool) -> dict[str, str]:
    """An ordinary user's Debian with these packages: stand-ins for dpkg-query, id, sudo and apt-get."""
    scripts = {
        "dpkg-query": f'case " {" ".join(sorted(installed))} " in *" ${{@: -1}} "*) echo installed;; *) exit 1;; esac',
        "id": "echo 1000",
        "sudo": 'shift; exec "$@"' if sudo else "exit 1",
        "apt-get": 'echo "$@" >> "$CALLS"',
        "apt-cache": '[ "$2" = libglib2.0-0 ] || echo Filename: pool/x.deb',
    }
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(folder / "calls")}


def _packages() -> list[str]:
    lines = (ROOT / "packaging" / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _set_up(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    script = ROOT / "packaging" / "system-packages.sh"
    return subprocess.run(["bash", script], env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_nothing_is_installed_where_nothing_is_missing(tmp_path: Path) -> None:
    every = {re.split(r" *\| *", line)[-1] for line in _packages()}  # of alternatives the last one
    ran = _set_up(_debian(tmp_path, every, sudo=True))
    assert ran.returncode == 0, ran.stderr
    assert not (tmp_path / "calls").exists()


def test_only_what_is_missing_is_installed_and_by_the_name_that_this_release_has(tmp_path: Path) -> None:
    present = {line for line in _packages() if line != "tesseract-ocr-osd" and "libglib" not in line}
    ran = _set_up(_debian(tmp_path, {name for line in present for name in line.split(" | ")}, sudo=True))
    assert ran.returncode == 0, ran.stderr
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[0].startswith("update")
    assert calls[1].split()[-2:] == ["tesseract-ocr-osd", "libglib2.0-0t64"]


def test_an_ordinary_user_is_told_what_is_missing(tmp_path: Path) -> None:
    ran = _set_up(_debian(tmp_path, set(), sudo=False))
    assert ran.returncode == 4
    assert "tesseract-ocr-eng" in ran.stderr
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(
    "script", [*sorted((ROOT / "packaging").rglob("*.sh")), ROOT / ".ci" / "run"], ids=lambda p: p.name
)
def test_scripts_are_sound_bash_and_executable(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
