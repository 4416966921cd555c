"""`make bundle`, on a connected machine: everything that `make package` needs without network, in ``build/bundle``.

    wheels/            every locked package as a wheel, llama-cpp-python compiled for any processor of its kind
    requirements.txt   their names and hashes, as pip checks them
    models/            the starter models, verified and converted
    tessdata/          Tesseract's language data
    licences/          licences of the models, of the language data, the list of those of the packages
    bundle.json        what it was made from and for
    SHA256SUMS         the checksum of every file

ACCELERATOR chooses what llama.cpp is compiled for: cpu, cuda, vulkan or metal; LANGUAGES the languages of scans.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import sys
import sysconfig
import tarfile
from pathlib import Path

import building
from building import BUILD, BUNDLE, ROOT, Refused, run

ACCELERATORS = {"cpu": "", "cuda": "-DGGML_CUDA=ON", "vulkan": "-DGGML_VULKAN=ON", "metal": "-DGGML_METAL=ON"}
# A library for each generation of processors, chosen when the model is loaded (`legalqa.answer.backends`).
PORTABLE = "-DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON -DGGML_CCACHE=OFF"
# What llama.cpp's own programs need, an HTTP client and server among it, is not made (the binding forces one part on).
UNUSED = [f"-DLLAMA_BUILD_{part}=OFF" for part in ("TESTS", "TOOLS", "EXAMPLES", "SERVER")] + ["-DLLAVA_BUILD=OFF"]
# Kinds of processors that stand in servers: there the next lower kind serves, and compiling takes a third less.
SERVERS = "cannonlake|cascadelake|cooperlake|sapphirerapids"
BESIDE = "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib -DCMAKE_INSTALL_RPATH=$ORIGIN"
COMPILED = "llama-cpp-python"
NO_WHEEL = {"win32": ("tesserocr",)}  # Tesseract's program serves there (`legalqa.ingest.scans.ocr`)
LOCKS = (ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "build.txt")
TOOLS = BUILD / "tools"
CACHE = Path(os.environ.get("LEGALQA_CACHE") or Path.home() / ".cache" / "legalqa") / "portable"


def main() -> None:
    """Make the bundle."""
    accelerator = os.environ.get("ACCELERATOR") or "cpu"
    if accelerator not in ACCELERATORS:
        raise Refused(f"ACCELERATOR={accelerator}: choose one of {', '.join(ACCELERATORS)}.")
    languages = (os.environ.get("LANGUAGES") or "eng").replace(",", "+")
    building.emptied(BUNDLE)
    pip = _tools()
    wheels = BUNDLE / "wheels"
    _fetch(pip, wheels)
    shutil.copy(_compiled(pip, accelerator), wheels)
    _write_requirements(wheels)
    _models(BUNDLE / "models")
    _tessdata(languages, BUNDLE / "tessdata")
    _licences(BUNDLE / "licences")
    _describe(accelerator, languages)
    building.write_manifest(BUNDLE)
    size = sum(file.stat().st_size for file in building.files_in(BUNDLE))
    print(f"{BUNDLE.relative_to(ROOT)}: {len(building.files_in(BUNDLE))} files, {size / 1e6:,.0f} MB", file=sys.stderr)


def _tools() -> list[str | Path]:
    """pip of an environment that has what compiling takes, from the lock."""
    python = building.python_of(TOOLS)
    if not python.exists():
        run([sys.executable, "-m", "venv", TOOLS])
    pip: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run([*pip, "install", "--quiet", "--require-hashes", "-r", LOCKS[1]])
    return pip


def _fetch(pip: list[str | Path], wheels: Path) -> None:
    """Every locked package but the one that we compile; what has no wheel for this Python is built from its source."""
    blocks = {name: block for lock in LOCKS for name, block in building.locked(lock).items()}
    for name in (COMPILED, *NO_WHEEL.get(sys.platform, ())):
        blocks.pop(name)
    lock = BUILD / "bundle.txt"
    lock.write_text("".join(blocks.values()), "utf-8")
    run([*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--require-hashes", "-r", lock, "-w", wheels])


def flags(accelerator: str) -> str:
    """What llama.cpp is compiled with."""
    return " ".join(filter(None, (PORTABLE, *UNUSED, BESIDE, ACCELERATORS[accelerator])))


def kept(accelerator: str) -> Path:
    """Where the wheel is kept that was compiled of this source, with these flags and tools."""
    made_of = [building.locked(LOCKS[0])[COMPILED], flags(accelerator), SERVERS, LOCKS[1].read_text("utf-8")]
    made_of += [sysconfig.get_platform(), _compiler()]
    return CACHE / hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:16]


def _compiled(pip: list[str | Path], accelerator: str) -> Path:
    """The portable wheel of llama-cpp-python. One that was compiled before is used again."""
    place = kept(accelerator)
    if found := sorted(place.glob("*.whl")):
        return found[0]
    sources = building.emptied(BUILD / "llama")
    lock = sources / "lock.txt"
    lock.write_text(building.locked(LOCKS[0])[COMPILED], "utf-8")
    path = f"{building.python_of(TOOLS).parent}{os.pathsep}{os.environ['PATH']}"
    unpacked = sources / "source"
    # Names of files stand in messages of the program: as they are in the source, wherever it lay.
    named = f"-ffile-prefix-map={unpacked}=." if os.name == "posix" else ""
    env = building.environment(CMAKE_ARGS=flags(accelerator), CFLAGS=named, CXXFLAGS=named, PATH=path)
    from_source = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
    run([*pip, "download", "--quiet", *from_source, "-r", lock, "-d", sources], env)
    with tarfile.open(next(sources.glob("*.tar.gz"))) as archive:
        archive.extractall(unpacked, filter="data")
    source = next(unpacked.iterdir())
    _leave_out(source / "CMakeLists.txt", r"set\(LLAMA_BUILD_COMMON ON (?=CACHE)", "set(LLAMA_BUILD_COMMON OFF ")
    _leave_out(source / "vendor/llama.cpp/ggml/src/CMakeLists.txt", rf".*cpu_backend_variant\(({SERVERS}) .*\n", "")
    options = ["--no-index", "--no-deps", "--no-build-isolation", "-C", f"build-dir={sources / 'build'}"]
    run([*pip, "wheel", *options, "-w", sources / "wheel", source], env)
    place.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(next((sources / "wheel").glob("*.whl")), place))


def _leave_out(file: Path, what: str, instead: str) -> None:
    """Change llama.cpp's recipe where it has no option. Raises Refused if it no longer says what we take out."""
    before = file.read_text("utf-8")
    after = re.sub(what, instead, before)
    if after == before:
        raise Refused(f"{file.name} of {COMPILED} is not as expected: nothing in it is like {what}")
    file.write_text(after, "utf-8")


def _compiler() -> str:
    """What compiles, so that another compiler's wheel is not taken for this one's."""
    program = shutil.which(os.environ.get("CXX", "c++"))
    return building.said([program, "--version"]).splitlines()[0] if program else ""


def _write_requirements(wheels: Path) -> None:
    """The hashes of the wheels that are there: a lock for this platform alone."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name.replace('_', '-').lower()}=={version} --hash=sha256:{building.sha256_of(wheel)}\n")
    (BUNDLE / "requirements.txt").write_text("".join(lines), "utf-8")


def _models(folder: Path) -> None:
    """The starter models, as `make models` gets them."""
    from legalqa import models

    home = building.emptied(BUILD / "home")
    for entry in models.load_catalogue().model:
        if entry.starter:
            models.pull(home, entry.id)
    for remembered in home.glob("models/*/verified.json"):
        remembered.unlink()  # of this machine's disk
    shutil.move(home / "models", folder)


def _tessdata(languages: str, folder: Path) -> None:
    """The data of each language and of orientation, as this machine has it. Raises EnvironmentFault if it lacks any."""
    from legalqa.ingest.scans import ocr

    found = ocr.tessdata(languages)
    folder.mkdir()
    for language in (*languages.split("+"), "osd"):
        shutil.copy(found / f"{language}.traineddata", folder)


def _licences(folder: Path) -> None:
    shutil.copytree(ROOT / "resources" / "licences", folder)
    shutil.copy(ROOT / "LICENSE", folder / "LegalQA.txt")
    for package in Path("/usr/share/doc").glob("tesseract-ocr-*/copyright"):
        shutil.copy(package, folder / f"{package.parent.name}.txt")


def _describe(accelerator: str, languages: str) -> None:
    told = {
        "version": building.version(),
        "epoch": building.epoch(),
        "python": platform.python_version(),
        "platform": sysconfig.get_platform(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "accelerator": accelerator,
        "languages": languages,
    }
    (BUNDLE / "bundle.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(building.main(main))
