"""Linux: the libraries of the system that came along, the .deb, the portable archive."""

from __future__ import annotations

import ast
import gzip
import hashlib
import platform
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import building
from building import ROOT, Refused, run

HERE = ROOT / "packaging"
PREFIX = Path("opt/legalqa")
PROGRAMS = ("legalqa", "legalqa-window")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library of a Debian package in the application: its file there, and whose it is."""

    file: Path
    package: str
    version: str
    licence: str

    def copy_licence(self, folder: Path) -> None:
        """Put the package's copyright file into the folder."""
        stated = Path("/usr/share/doc") / self.package.partition(":")[0] / "copyright"
        folder.mkdir(exist_ok=True, parents=True)
        shutil.copy(stated, folder / f"{self.package.partition(':')[0]}.txt")


def system_libraries(application: Path) -> list[Library]:
    """The libraries that PyInstaller took from the system. Raises Refused for one whose licence is not on our list."""
    known = tomllib.loads((HERE / "system-libraries.toml").read_text("utf-8"))["licences"]
    found, unknown = [], []
    for name, source in _collected(application):
        if not source.is_relative_to("/usr/lib") and not source.is_relative_to("/lib"):
            continue
        package, version, origin = _owner(source)
        if origin not in known:
            unknown.append(f"{name} of {package} (source package {origin})")
        else:
            found.append(Library(application / "_internal" / name, package, version, known[origin]))
    if unknown:
        raise Refused("Not in packaging/system-libraries.toml, so it may not ship:\n  " + "\n  ".join(unknown))
    return found


def _collected(application: Path) -> list[tuple[str, Path]]:
    """Name in the application and source of each library, as PyInstaller noted them."""
    noted = application.parent / "work" / "legalqa" / "COLLECT-00.toc"
    everything: list[tuple[str, str, str]] = _longest(ast.literal_eval(noted.read_text("utf-8")))
    return sorted((name, Path(source)) for name, source, kind in everything if kind == "BINARY")


def _longest(noted: tuple[object, ...]) -> list[tuple[str, str, str]]:
    """The list of files among what is noted."""
    return max((part for part in noted if isinstance(part, list)), key=len)


def _owner(source: Path) -> tuple[str, str, str]:
    """Package, version and source package of a system file. Raises Refused if no package owns it."""
    resolved = source.resolve()
    for path in (resolved, Path("/") / resolved.relative_to("/usr") if resolved.is_relative_to("/usr") else resolved):
        ran = subprocess.run(["dpkg-query", "-S", str(path)], capture_output=True, text=True, check=False)
        if ran.returncode == 0:
            package = ran.stdout.split(": ")[0].split(",")[0]
            version, origin = building.said(
                ["dpkg-query", "-W", "-f", "${Version} ${source:Package}", package]
            ).split()  # fmt: skip
            return package, version, origin
    raise Refused(f"{source} belongs to no package: its licence is unknown.")


def make(application: Path, listing: Path, place: Path, dist: Path) -> None:
    """The .deb and the portable archive of the application folder, with the list of what ships (`listing`) in both."""
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise Refused(f"No package is made for {platform.machine()}.")
    shutil.copy2(listing, application / "sbom.cdx.json")
    root = building.emptied(place / "deb")
    _lay_out(application, root)
    size = sum(file.lstat().st_size for file in building.files_in(root)) // 1024
    control = (HERE / "debian" / "control").read_text("utf-8")
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(
        control.format(version=building.version(), architecture=architecture, size=size), "utf-8"
    )
    sums = [f"{_md5(file)}  {file.relative_to(root).as_posix()}\n" for file in _installed(root)]
    (root / "DEBIAN" / "md5sums").write_text("".join(sums), "utf-8")
    run(["find", root, "-type", "d", "-exec", "chmod", "0755", "{}", "+"])
    named = f"{building.version()}_{architecture}"
    run(["dpkg-deb", "--build", "--root-owner-group", "-Zzstd", "-z9", root, dist / f"legalqa_{named}.deb"])
    _archive(application, dist / f"legalqa-{building.version()}-linux-{architecture}.tar.zst")


def _lay_out(application: Path, root: Path) -> None:
    """The files of the package, as they will lie in the system's root."""
    shutil.copytree(application, root / PREFIX, symlinks=True)
    (root / "usr" / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        (root / "usr" / "bin" / program).symlink_to(Path("/") / PREFIX / program)
    shared = root / "usr" / "share"
    icons = shared / "icons" / "hicolor" / "scalable" / "apps"
    for source, target in (
        (HERE / "debian" / "legalqa.desktop", shared / "applications" / "legalqa.desktop"),
        (ROOT / "resources" / "icons" / "legalqa.svg", icons / "legalqa.svg"),
        (HERE / "debian" / "copyright", shared / "doc" / "legalqa" / "copyright"),
    ):
        target.parent.mkdir(parents=True)
        target.write_text(source.read_text("utf-8"), "utf-8")
        target.chmod(0o644)
    manual = (HERE / "debian" / "legalqa.1").read_text("utf-8").replace("@VERSION@", building.version())
    pages = shared / "man" / "man1"
    pages.mkdir(parents=True)
    (pages / "legalqa.1.gz").write_bytes(gzip.compress(manual.encode(), mtime=0))
    (pages / "legalqa-window.1.gz").symlink_to("legalqa.1.gz")
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(root / PREFIX):
            path.chmod(0o644)


def _installed(root: Path) -> list[Path]:
    return [path for path in building.files_in(root) if not path.is_symlink() and "DEBIAN" not in path.parts]


def _md5(file: Path) -> str:
    """As dpkg wants it, for `dpkg --verify`; it protects from nothing but accidents."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _archive(application: Path, target: Path) -> None:
    """The folder in an archive that is the same whenever and by whomever it is made."""
    fixed = ["--sort=name", f"--mtime=@{building.epoch()}", "--owner=0", "--group=0", "--numeric-owner"]
    plain = ["--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"]
    renamed = f"--transform=flags=r;s,^{application.name},{target.name.removesuffix('.tar.zst')},"
    run(
        [
            "tar",
            *fixed,
            *plain,
            renamed,
            "-I",
            "zstd -9 -T2",
            "-cf",
            target,
            "-C",
            application.parent,
            application.name,
        ]
    )
