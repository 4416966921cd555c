"""`make package`, without network: the application from the bundle, and from it what this platform installs.

1. The bundle's checksums, then an environment of its wheels alone (``build/package/env``).
2. The licence gate over what that environment holds.
3. PyInstaller (``legalqa.spec``): ``build/package/legalqa``, one folder with `legalqa` and `legalqa-window`.
4. Licences of the system's libraries that came along, and the list of all that ships (``sbom.py``), checked against
   CycloneDX's own schema.
5. On Linux a .deb and a portable archive (``linux.py``); for Windows and macOS see ``windows/`` and ``macos/``.
6. ``dist/SHA256SUMS``, which `make sign` signs.

SOURCE_DATE_EPOCH dates everything; without it the last commit does.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

import building
import linux
from building import BUILD, BUNDLE, DIST, ROOT, Refused, run

PLACE = BUILD / "package"
ENVIRONMENT = PLACE / "env"
APPLICATION = PLACE / "legalqa"


def main() -> None:
    """Make the packages."""
    if wrong := list(building.faults(BUNDLE)):
        raise Refused("The bundle is not what was made, run `make bundle`:\n  " + "\n  ".join(wrong[:20]))
    _same_kind(json.loads((BUNDLE / "bundle.json").read_text("utf-8")))
    python = _environment()
    run([python, ROOT / "packaging" / "licences.py", "--check"])
    _freeze(python)
    libraries = linux.system_libraries(APPLICATION) if sys.platform == "linux" else []
    for library in libraries:
        library.copy_licence(APPLICATION / "_internal" / "licences")
    _normalise(APPLICATION)
    building.emptied(DIST)
    listing = DIST / f"legalqa-{building.version()}.cdx.json"
    run([python, ROOT / "packaging" / "sbom.py", APPLICATION, listing])
    if sys.platform == "linux":
        linux.make(APPLICATION, listing, PLACE, DIST)
    building.write_manifest(DIST)
    for file in building.files_in(DIST):
        print(f"{file.stat().st_size / 1e6:10,.1f} MB  {file.relative_to(ROOT)}", file=sys.stderr)


def _same_kind(told: dict[str, object]) -> None:
    """Raise Refused if the bundle was made for another Python or another kind of machine than this."""
    made, here = (str(told["python"]), str(told["platform"])), (platform.python_version(), sysconfig.get_platform())
    if made[1] != here[1] or made[0].split(".")[:2] != here[0].split(".")[:2]:
        raise Refused(f"The bundle is for Python {made[0]} on {made[1]}; this is Python {here[0]} on {here[1]}.")


def _environment() -> Path:
    """An interpreter that sees the bundle's packages and no others; one of the same bundle is used again."""
    python, stamp = building.python_of(ENVIRONMENT), ENVIRONMENT / "bundle"
    wanted = building.sha256_of(BUNDLE / "requirements.txt")
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", ENVIRONMENT])
    pip = next((BUNDLE / "wheels").glob("pip-*.whl")) / "pip"  # a wheel is a zip, from which Python runs it
    offline: list[str | Path] = [
        "--no-index",
        "--find-links",
        BUNDLE / "wheels",
        "--require-hashes",
        "--no-deps",
        "--no-compile",
    ]
    run([python, pip, "install", "--quiet", "--disable-pip-version-check", *offline, "-r", BUNDLE / "requirements.txt"])
    run([python, "-m", "pip", "--disable-pip-version-check", "check"])  # nothing that a package needs is missing
    for unwanted in ENVIRONMENT.rglob("libqgtk3.*"):
        unwanted.unlink()  # Qt in GTK's look, which we have not: it would bring thirty libraries of GTK
    stamp.write_text(wanted)
    return python


def _freeze(python: Path) -> None:
    for made in ("legalqa", "work"):
        shutil.rmtree(PLACE / made, ignore_errors=True)
    command: list[str | Path] = [python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", PLACE]
    env = building.environment(LEGALQA_BUNDLE=str(BUNDLE), PYINSTALLER_CONFIG_DIR=str(PLACE / "cache"))
    run([*command, "--workpath", PLACE / "work", ROOT / "packaging" / "legalqa.spec"], env)


def _normalise(folder: Path) -> None:
    """One date and the same rights for all, whatever the builder's umask."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            program = path.is_dir() or path.parent == folder or bool(path.stat().st_mode & 0o100 and path.suffix == "")
            path.chmod(0o755 if program else 0o644)
        os.utime(path, (building.epoch(), building.epoch()), follow_symlinks=False)


if __name__ == "__main__":
    sys.exit(building.main(main))
