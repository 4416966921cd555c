"""What is made of a release: checksums, signature, list of parts, the .deb, and the comparison of two builds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import legalqa

ROOT = Path(__file__).parents[1]
PACKAGING = ROOT / "packaging"


@pytest.fixture(autouse=True)
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The scripts of packaging can be imported, and everything is of one date."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    yield
    for name in ("building", "bundle", "compare", "licences", "linux", "package", "sbom"):
        sys.modules.pop(name, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files and its manifest."""
    import building

    (tmp_path / "made" / "inner").mkdir(parents=True)
    (tmp_path / "made" / "a.txt").write_text("first")
    (tmp_path / "made" / "inner" / "b.txt").write_text("second")
    building.write_manifest(tmp_path / "made")
    return tmp_path / "made"


def test_the_version_stands_in_one_place() -> None:
    import building

    assert building.version() == legalqa.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "legalqa/__init__.py"
    stating = re.compile(rf"(?<![\w.-]){re.escape(legalqa.__version__)}(?![\w.-])")
    for file in (
        path for path in PACKAGING.rglob("*") if path.suffix in ("", ".1", ".py", ".sh", ".spec", ".wxs", ".ps1")
    ):
        if file.is_file() and "__pycache__" not in file.parts:
            assert not stating.search(file.read_text("utf-8")), file


def test_a_manifest_finds_one_changed_byte_and_what_is_missing_or_new(folder: Path) -> None:
    import building

    assert list(building.faults(folder)) == []
    (folder / "inner" / "b.txt").write_text("secont")
    assert list(building.faults(folder)) == ["altered: inner/b.txt"]
    (folder / "a.txt").rename(folder / "c.txt")
    assert list(building.faults(folder)) == ["missing: a.txt", "altered: inner/b.txt", "not in the manifest: c.txt"]
    (folder / "SHA256SUMS").unlink()
    assert len(list(building.faults(folder))) == 1


def test_a_package_that_is_locked_for_each_python_is_kept_for_each(tmp_path: Path) -> None:
    import building

    lock = tmp_path / "lock.txt"
    lock.write_text("a==1 ; x\n    --hash=sha256:1\na==2 ; y\n    --hash=sha256:2\nb==3\n    # via a\n")
    assert building.locked(lock) == {"a": lock.read_text().partition("b==")[0], "b": "b==3\n    # via a\n"}


def test_a_bundle_that_was_changed_is_not_packaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import building
    import package

    monkeypatch.setattr(package, "BUNDLE", folder)
    (folder / "a.txt").write_text("fIrst")
    with pytest.raises(building.Refused, match=r"altered: a\.txt"):
        package.main()


def test_a_bundle_for_another_python_or_machine_is_not_packaged() -> None:
    import platform
    import sysconfig

    import building
    import package

    package._same_kind({"python": platform.python_version(), "platform": sysconfig.get_platform()})
    for python, kind in (("3.9.1", sysconfig.get_platform()), (platform.python_version(), "win-arm64")):
        with pytest.raises(building.Refused, match="The bundle is for Python"):
            package._same_kind({"python": python, "platform": kind})


def test_the_recipe_of_llama_is_changed_only_where_it_is_as_we_know_it(tmp_path: Path) -> None:
    import building
    import bundle

    file = tmp_path / "CMakeLists.txt"
    file.write_text("  add_cpu_backend_variant(haswell AVX2)\n  add_cpu_backend_variant(cooperlake AVX512)\n")
    bundle._leave_out(file, rf".*cpu_backend_variant\(({bundle.SERVERS}) .*\n", "")
    assert file.read_text() == "  add_cpu_backend_variant(haswell AVX2)\n"
    with pytest.raises(building.Refused, match="not as expected"):
        bundle._leave_out(file, rf".*cpu_backend_variant\(({bundle.SERVERS}) .*\n", "")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A throw-away key."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    made = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made], check=True)
    return made


def _script(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(PACKAGING / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_release_that_was_signed_is_verified(folder: Path, key: Path, tmp_path: Path) -> None:
    signed = _script("sign.sh", key, folder / "SHA256SUMS")
    assert signed.returncode == 0, signed.stderr
    signers = (folder / "allowed_signers").rename(tmp_path / "allowed_signers")  # goes another way than the packages
    assert _script("verify.sh", signers, folder).returncode == 0

    (folder / "a.txt").write_text("fIrst")
    assert _script("verify.sh", signers, folder).returncode != 0
    assert _script("sign.sh", key, folder / "SHA256SUMS").returncode != 0  # nothing is signed that is not as made


def test_sums_that_were_changed_or_signed_by_another_are_refused(folder: Path, key: Path, tmp_path: Path) -> None:
    assert _script("sign.sh", key, folder / "SHA256SUMS").returncode == 0
    signers = (folder / "allowed_signers").rename(tmp_path / "allowed_signers")
    (tmp_path / "others").mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "others" / "key"], check=True)
    assert _script("sign.sh", tmp_path / "others" / "key", folder / "SHA256SUMS").returncode == 0
    assert _script("verify.sh", signers, folder).returncode != 0
    assert _script("sign.sh", key, folder / "SHA256SUMS").returncode == 0
    assert _script("verify.sh", signers, folder).returncode == 0
    (folder / "SHA256SUMS").write_text((folder / "SHA256SUMS").read_text().replace("a.txt", "b.txt"))
    assert _script("verify.sh", signers, folder).returncode != 0


@pytest.mark.parametrize("arguments", [(), ("/nowhere/key",)])
def test_signing_without_a_key_says_what_is_wanted(arguments: tuple[str, ...]) -> None:
    ran = _script("sign.sh", *arguments)
    assert ran.returncode == 2
    assert "ssh-keygen" in ran.stderr


def _distribution(folder: Path, name: str, licence: str) -> None:
    (folder / f"{name}-1.0.dist-info").mkdir(parents=True)
    told = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nLicense-Expression: {licence}\n"
    (folder / f"{name}-1.0.dist-info" / "METADATA").write_text(told)


def test_every_part_is_listed_with_its_licence_and_checksum(tmp_path: Path) -> None:
    import linux
    import sbom

    inner = tmp_path / "_internal"
    _distribution(inner, "alpha", "MIT")
    _distribution(inner, "beta_gamma", "Apache-2.0")
    (inner / "alpha.libs").mkdir()
    (inner / "alpha.libs" / "libinner.so.1").write_text("code")
    (inner / "libz.so.1").write_text("code")
    (tmp_path / "requirements.txt").write_text(
        f"alpha==1.0 --hash=sha256:{'a' * 64}\nbeta-gamma==1.0 --hash=sha256:{'b' * 64}\n"
    )
    model = inner / "legalqa" / "_shipped" / "models" / "installed" / "tiny"
    model.mkdir(parents=True)
    manifest = {"id": "tiny", "title": "Tiny", "licence": "MIT", "file": "m", "source_sha256": "c" * 64}
    (model / "manifest.json").write_text(json.dumps({**manifest, "files": {"m": "d" * 64}}))

    def listed() -> dict[str, Any]:
        parts = [*sbom.packages(inner, tmp_path / "requirements.txt"), *sbom.models(tmp_path)]
        library = linux.Library(inner / "libz.so.1", "zlib1g:amd64", "1:1.2", "Zlib")
        found: dict[str, Any] = sbom.listing([*parts, sbom.of_system(library)])
        return found

    found = listed()
    assert found == listed(), "the same parts give the same list"
    assert found["metadata"]["component"]["version"] == legalqa.__version__
    parts = {part["name"]: part for part in found["components"]}
    assert set(parts) == {"alpha", "beta-gamma", "tiny", "libz.so.1"}
    assert all(part["licenses"] and part["hashes"][0]["alg"] == "SHA-256" for part in parts.values())
    assert parts["beta-gamma"]["hashes"][0]["content"] == "b" * 64
    assert parts["alpha"]["components"][0]["name"] == "libinner.so.1"
    assert parts["libz.so.1"]["purl"].startswith("pkg:deb/debian/zlib1g@")
    assert len({part["bom-ref"] for part in found["components"]}) == 4


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "AGPL-3.0-only", "Proprietary"])
def test_a_part_that_may_not_ship_ends_the_build(tmp_path: Path, licence: str) -> None:
    import building
    import sbom

    _distribution(tmp_path, "alpha", licence)
    (tmp_path / "requirements.txt").write_text("")
    with pytest.raises(building.Refused, match="alpha may not ship"):
        list(sbom.packages(tmp_path, tmp_path / "requirements.txt"))


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """What PyInstaller made: two programs, a library of the system, and the note of where it came from."""
    made = tmp_path / "package" / "legalqa"
    (made / "_internal").mkdir(parents=True)
    for name in ("legalqa", "legalqa-window"):
        (made / name).write_text("#!/bin/sh\n")
        (made / name).chmod(0o755)
    (made / "_internal" / "libz.so.1").write_text("code")
    noted = tmp_path / "package" / "work" / "legalqa"
    noted.mkdir(parents=True)
    libraries = [("libz.so.1", "/usr/lib/libz.so.1", "BINARY"), ("x.so", str(tmp_path / "x.so"), "BINARY")]
    (noted / "COLLECT-00.toc").write_text(repr(([*libraries, ("note", "note", "DATA")], False)))
    return made


def test_a_library_of_the_system_ships_only_with_a_licence_that_we_know(
    application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import building
    import linux

    monkeypatch.setattr(linux, "_owner", lambda _: ("zlib1g", "1:1.2", "zlib"))
    (library,) = linux.system_libraries(application)
    assert (library.file.name, library.licence) == ("libz.so.1", "Zlib")
    monkeypatch.setattr(linux, "_owner", lambda _: ("libreadline8", "8.2", "readline"))
    with pytest.raises(building.Refused, match=r"libz\.so\.1 of libreadline8"):
        linux.system_libraries(application)


@pytest.mark.skipif(not all(map(shutil.which, ("dpkg-deb", "zstd"))), reason="dpkg-deb and zstd make the packages")
def test_a_deb_made_twice_is_the_same_and_leaves_policy_and_homes_alone(application: Path, tmp_path: Path) -> None:
    import building
    import compare
    import linux

    listing = tmp_path / "listing.json"
    listing.write_text("{}")
    made = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        linux.make(application, listing, tmp_path / "package", tmp_path / name)
        made.append(sorted((tmp_path / name).iterdir()))
        shutil.rmtree(tmp_path / "package" / "deb")
    assert [building.sha256_of(file) for file in made[0]] == [building.sha256_of(file) for file in made[1]]
    deb = next(file for file in made[0] if file.suffix == ".deb")
    told = subprocess.run(["dpkg-deb", "--contents", deb], capture_output=True, text=True, check=True).stdout
    names = {line.split(" ./", 1)[1] for line in told.splitlines()}
    assert {"opt/legalqa/legalqa", "usr/bin/legalqa -> /opt/legalqa/legalqa", "opt/legalqa/sbom.cdx.json"} <= names
    assert not any(name.startswith(("etc", "home", "var")) for name in names)
    assert all(line.split()[1] == "root/root" for line in told.splitlines())
    raw = tmp_path / "raw"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, raw], check=True)
    assert sorted(path.name for path in (raw / "DEBIAN").iterdir()) == ["control", "md5sums"], "no script, no conffile"
    assert f"Version: {legalqa.__version__}\n" in (raw / "DEBIAN" / "control").read_text()

    (raw / "opt" / "legalqa" / "legalqa").write_text("#!/bin/zh\n")
    other = tmp_path / "other"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, other], check=True)
    assert list(compare.differences(raw, other)) == ["differs: opt/legalqa/legalqa: 1 bytes, the first at 7"]
