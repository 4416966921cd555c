"""The recipe of the frozen application on every platform, and its programs as their own interpreters."""

from __future__ import annotations

import os
import plistlib
import re
import sys
import uuid
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from legalqa.child import Child

ROOT = Path(__file__).parents[1]
WIX = "{http://wixtoolset.org/schemas/v4/wxs}"


class Recipe:
    """The spec file, run as PyInstaller runs it: what it asked for."""

    def __init__(self, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: dict[str, list[dict[str, Any]]] = {}
        hooks = ModuleType("PyInstaller.utils.hooks")
        for name, made in {
            "collect_data_files": lambda package: [(f"{package}/data", package)],
            "collect_dynamic_libs": lambda package, search_patterns: [
                (one, f"{package}/lib") for one in search_patterns
            ],
            "copy_metadata": lambda package: [(f"{package}.dist-info", f"{package}.dist-info")],
        }.items():
            setattr(hooks, name, made)
        for name in ("PyInstaller", "PyInstaller.utils"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
        monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
        monkeypatch.setenv("LEGALQA_BUNDLE", str(bundle))
        noting = {name: self._noting(name) for name in ("PYZ", "EXE", "COLLECT", "BUNDLE")}
        spec = ROOT / "packaging" / "legalqa.spec"
        exec(
            compile(spec.read_text(), str(spec), "exec"),
            {**noting, "Analysis": self._analysis, "SPECPATH": spec.parent},
        )

    def _noting(self, name: str) -> Any:
        def note(*given: Any, **options: Any) -> str:
            self.asked.setdefault(name, []).append({"given": given, **options})
            return name

        return note

    def _analysis(self, scripts: list[str], **options: Any) -> Any:
        self.analysis = {"scripts": scripts, **options}
        twins = ["libllama.so", "libggml.so", "libggml.so.0"]
        return SimpleNamespace(
            scripts=[("pyi_rth", "", ""), *((Path(one).stem, one, "PYSOURCE") for one in scripts)],
            pure=[],
            datas=options["datas"],
            binaries=[(f"llama_cpp/lib/{name}", "", "") for name in twins] + [("a.so", "", ""), ("a.so.0", "", "")],
        )


@pytest.fixture(params=["linux", "win32", "darwin"])
def recipe(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    with monkeypatch.context() as faked:
        faked.setattr(sys, "platform", request.param)
        made = Recipe(tmp_path, faked)
    made.asked["platform"] = [{"given": request.param}]
    return made


def test_each_program_runs_its_own_entry(recipe: Recipe) -> None:
    programs = {one["name"]: one for one in recipe.asked["EXE"]}
    assert {name: one["console"] for name, one in programs.items()} == {"legalqa": True, "legalqa-window": False}
    entries = {name: [script[0] for script in one["given"][1]] for name, one in programs.items()}
    assert entries == {"legalqa": ["pyi_rth", "entry_cli"], "legalqa-window": ["pyi_rth", "entry_window"]}
    assert len(recipe.asked["COLLECT"]) == 1
    assert ("BUNDLE" in recipe.asked) == (recipe.asked["platform"][0]["given"] == "darwin")


def test_all_that_is_read_at_run_time_comes_along(recipe: Recipe, tmp_path: Path) -> None:
    there = {Path(source).relative_to(ROOT).as_posix(): target for source, target in recipe.analysis["datas"]
             if Path(source).is_relative_to(ROOT)}  # fmt: skip
    assert there["resources/prompts/system.txt"] == "legalqa/_shipped/resources/prompts"
    assert there["models/catalog.toml"] == "legalqa/_shipped/models"
    assert "resources/sample/questions.txt" in there
    assert not any("sample/build.py" in name or "typeset" in name or name.endswith(".onnx") for name in there)
    assert (str(tmp_path / "models"), "legalqa/_shipped/models/installed") in recipe.analysis["datas"]
    assert (str(tmp_path / "tessdata"), "share/tessdata") in recipe.analysis["datas"]


def test_what_children_are_started_with_is_found(recipe: Recipe) -> None:
    sources = [path.read_text("utf-8") for folder in ("legalqa", "ui") for path in (ROOT / folder).rglob("*.py")]
    factories = {name for text in sources for name in re.findall(r'"((?:legalqa|ui)[a-z_.]*):[A-Z]\w*"', text)}
    assert len(factories) > 5
    assert {*factories, "legalqa", "legalqa.ingest", "ui.app"} <= set(recipe.analysis["hiddenimports"])


def test_no_library_is_there_under_two_names_and_none_of_gpl(recipe: Recipe) -> None:
    kept = [name for name, _, _ in recipe.asked["COLLECT"][0]["given"][2]]
    assert kept == ["llama_cpp/lib/libllama.so", "llama_cpp/lib/libggml.so.0", "a.so", "a.so.0"]
    assert "readline" in recipe.analysis["excludes"]


@pytest.mark.parametrize("entry", ["entry_cli.py", "entry_window.py"])
@pytest.mark.skipif(os.name == "nt", reason="the stand-in for a frozen program is a shell script")
def test_a_frozen_program_is_the_interpreter_of_its_children(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    run = f"PYTHONPATH={ROOT} exec {sys.executable} -X importtime {ROOT / 'packaging' / entry}"
    program.write_text(f'#!/bin/sh\n{run} "$@" 2>{tmp_path}/imported\n')
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    child = Child("legalqa.offline:Probe")
    try:
        assert all(child.call("attempts", type=dict[str, bool], timeout=60).values())
    finally:
        child.close()
    assert "PySide6" not in (tmp_path / "imported").read_text()


def test_the_msi_is_for_the_whole_machine_and_refers_to_nothing_that_is_not_there() -> None:
    root = ElementTree.parse(ROOT / "packaging" / "windows" / "legalqa.wxs").getroot()
    assert root.tag == f"{WIX}Wix"
    package = root.find(f"{WIX}Package")
    assert package is not None
    assert package.get("Scope") == "perMachine"
    assert package.get("Version") == "$(Version)"
    uuid.UUID(str(package.get("UpgradeCode")))
    assert package.find(f"{WIX}MajorUpgrade") is not None
    for kind in ("Component", "ComponentGroup", "Directory"):
        defined = {one.get("Id") for one in root.iter(f"{WIX}{kind}")}
        assert {one.get("Id") for one in root.iter(f"{WIX}{kind}Ref")} <= defined
    components = [str(one.get("Guid")) for one in root.iter(f"{WIX}Component")]
    assert len({uuid.UUID(one) for one in components}) == len(components)
    for component in root.iter(f"{WIX}Component"):
        assert sum(one.get("KeyPath") == "yes" for one in component) == 1


def test_the_entitlements_of_the_mac_ask_for_no_network() -> None:
    asked = plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())
    assert asked
    assert not any("network" in name for name in asked)
