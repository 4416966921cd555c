"""`make sbom`: every part of the application with its licence and checksum, as CycloneDX 1.6 (JSON).

    sbom.py APPLICATION FILE      what PyInstaller put into that folder, checked against CycloneDX's schema

Parts are the Python packages whose metadata lies in the folder (a package's own libraries beneath it), Python and
PyInstaller's bootloader, the libraries of the system, the models and the language data. The same folder gives the same
file. Raises Refused for a part whose licence may not ship.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import building
import licences
import linux
from building import BUNDLE, Refused
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

Part = dict[str, Any]
PYTHON, BOOTLOADER = "PSF-2.0", "GPL-2.0-or-later WITH Bootloader-exception"
DATA = "Apache-2.0"  # Tesseract's


def main() -> None:
    """Write the list and check it."""
    application, target = (Path(given) for given in sys.argv[1:])
    parts = [*python_parts(), *packages(application / "_internal", BUNDLE / "requirements.txt")]
    parts += [*models(application), *language_data(application)]
    if sys.platform == "linux":
        parts += [of_system(library) for library in linux.system_libraries(application)]
    text = json.dumps(listing(parts), indent=1, ensure_ascii=False) + "\n"
    _check(text)
    target.write_text(text, "utf-8")
    print(f"{target.name}: {len(parts)} parts", file=sys.stderr)


def listing(parts: list[Part]) -> Part:
    """The whole document. Its number and its date follow from the parts and the release."""
    parts = sorted(parts, key=lambda part: str(part["bom-ref"]))
    version = building.version()
    number = uuid.uuid5(uuid.NAMESPACE_URL, version + json.dumps(parts, sort_keys=True))
    ours = {"type": "application", "name": "LegalQA", "version": version, "bom-ref": "legalqa"}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(building.epoch(), UTC).isoformat(),
            "component": {**ours, "licenses": stated("Apache-2.0")},
        },
        "components": parts,
        "dependencies": [{"ref": "legalqa", "dependsOn": [str(part["bom-ref"]) for part in parts]}],
    }


def part(kind: str, name: str, version: str, licence: str, sha256: str | None, purl: str = "", **more: object) -> Part:
    """One part; `purl` is its package address, or "" for what no registry knows."""
    made: Part = {"type": kind, "bom-ref": purl or f"{kind}:{name}", "name": name, "version": version}
    made |= {"licenses": stated(licence)}
    if sha256:
        made |= {"hashes": [{"alg": "SHA-256", "content": sha256}]}
    if purl:
        made |= {"purl": purl}
    return made | more


def stated(licence: str) -> list[Part]:
    """A licence as an SPDX expression if it is one, else by the name that the package gives it."""
    try:
        return [{"expression": canonicalize_license_expression(licence)}]
    except InvalidLicenseExpression:
        return [{"license": {"name": licence}}]


def packages(where: Path, requirements: Path) -> Iterator[Part]:
    """The Python packages whose metadata lies in `where`, with the hashes of their wheels."""
    wheels = dict(re.findall(r"^(\S+)==\S+ --hash=sha256:(\w+)", requirements.read_text("utf-8"), re.MULTILINE))
    for found in importlib.metadata.distributions(path=[str(where)]):
        name = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
        licence = licences.licence_of(found.metadata)
        if not licences.may_ship(name, licence):
            raise Refused(f"{name} may not ship: {licence or 'it states no licence'}.")
        inner = [
            {"type": "file", "name": file.name, "hashes": [{"alg": "SHA-256", "content": building.sha256_of(file)}]}
            for folder in where.glob(f"{found.metadata['Name'].replace('-', '_').lower()}.libs")
            for file in building.files_in(folder)
        ]
        more = {"components": inner} if inner else {}
        purl = f"pkg:pypi/{name}@{found.version}"
        yield part("library", name, found.version, licence, wheels.get(name), purl, **more)


def python_parts() -> Iterator[Part]:
    """The interpreter, and what starts it."""
    yield part("platform", "CPython", platform.python_version(), PYTHON, None)
    version = importlib.metadata.version("pyinstaller")
    yield part("application", "PyInstaller bootloader", version, BOOTLOADER, None)


def models(application: Path) -> Iterator[Part]:
    """The models, each with the hash of the file that runs."""
    for file in sorted(application.rglob("_shipped/models/installed/*/manifest.json")):
        told = json.loads(file.read_text("utf-8"))
        if not licences.may_ship(told["id"], told["licence"]):
            raise Refused(f"The model {told['id']} may not ship: {told['licence']}.")
        more = {"description": told["title"]}
        yield part(
            "machine-learning-model",
            told["id"],
            told["source_sha256"][:12],
            told["licence"],
            told["files"][told["file"]],
            **more,
        )


def language_data(application: Path) -> Iterator[Part]:
    """Tesseract's data."""
    for file in sorted(application.rglob("share/tessdata/*.traineddata")):
        yield part("data", f"tessdata {file.stem}", "4", DATA, building.sha256_of(file))


def of_system(library: linux.Library) -> Part:
    """A library that came from the system."""
    package = library.package.partition(":")[0]
    purl = f"pkg:deb/debian/{package}@{library.version.replace('+', '%2B')}#{library.file.name}"
    return part("library", library.file.name, library.version, library.licence, building.sha256_of(library.file), purl)


def _check(text: str) -> None:
    """Raises Refused if the text is not what CycloneDX's schema asks for."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise Refused(f"The list of parts is no CycloneDX 1.6: {fault}")


if __name__ == "__main__":
    sys.exit(building.main(main))
