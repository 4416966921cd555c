"""List the licences of what ships (requirements/runtime.txt), or with ``--check`` refuse what may not ship.

Permissive licences and file-level MPL pass; LGPL passes for Qt's bindings alone, which are linked dynamically; GPL,
AGPL and unstated licences fail. What a package says is its own licence: libraries inside a wheel are named by hand.
Where a package offers several licences, one that passes is enough.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "resources" / "licences" / "dependencies.md"
LGPL_MAY_SHIP = {"pyside6-essentials", "shiboken6"}
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|0BSD|Apache|ISC|PSF\w*|Python Software Foundation|MPL|Mozilla Public License|CC0|Zlib|CNRI|"
    r"Public.Domain)\b"
)
COPYLEFT = re.compile(r"\bA?GPL|\bAffero\b|\bGNU General Public\b", re.IGNORECASE)
LGPL = re.compile(r"\bLGPL", re.IGNORECASE)
HEADER = """# Licences of what ships

Made by `make licences` from the metadata of the packages in `requirements/runtime.txt`. Their full texts lie in each
package's `dist-info` folder, which ships with it. pi-heif's wheel also carries libheif and libde265 (LGPL-3.0-only), as
shared libraries that can be replaced, and no x265; pikepdf's carries qpdf (Apache-2.0) and libjpeg-turbo (BSD, IJG).

| package | licence |
|---|---|
"""


def locked(lock: str) -> list[str]:
    """The package names of a requirement lock, in order, each once."""
    return list(dict.fromkeys(re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)))


def licence_of(metadata: importlib.metadata.PackageMetadata) -> str:
    """What a package says of its licence: the SPDX expression, else the short field, else the classifiers."""
    fields = metadata.json
    stated = str(fields.get("license_expression") or fields.get("license") or "").strip()
    first = stated.splitlines()[0].strip() if stated else ""
    classifiers = [str(name) for name in fields.get("classifier") or [] if str(name).startswith("License ::")]
    return first or "; ".join(name.rsplit("::", 1)[-1].strip() for name in classifiers)


def may_ship(package: str, licence: str) -> bool:
    """Whether one of the offered licences passes."""
    return any(_passes(package, offered) for offered in re.split(r"\s+OR\s+", licence))


def _passes(package: str, licence: str) -> bool:
    if COPYLEFT.search(licence):
        return False
    if LGPL.search(licence):
        return package in LGPL_MAY_SHIP
    return bool(PERMISSIVE.search(licence))


def installed() -> dict[str, str]:
    """Licence of each locked runtime package that this platform installs."""
    found = {}
    for package in locked((ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")):
        try:
            found[package] = licence_of(importlib.metadata.metadata(package))
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform or Python
    return found


def main() -> int:
    """Write the list, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail on what may not ship or is not listed"
    )
    check = parser.parse_args().check
    licences = installed()
    refused = [
        f"{package}: {licence or 'states no licence'}"
        for package, licence in licences.items()
        if not may_ship(package, licence)
    ]
    rows = [f"| {package} | {licence} |" for package, licence in licences.items()]
    if check:
        listed = set(LIST.read_text(encoding="utf-8").splitlines())
        refused += [f"not listed, run `make licences`: {row}" for row in rows if row not in listed]
    elif not refused:
        LIST.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    for fault in refused:
        print(fault, file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
