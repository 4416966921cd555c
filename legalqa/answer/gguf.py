"""The header of a GGUF file, read with suspicion: it may come from anywhere, and llama.cpp believes much of it.

The format is that of ggml's own specification (docs/gguf.md there): "GGUF", version, counts of tensors and keys, the
keys with their values, then name, shape, type and place of every tensor. Lengths and counts are checked against what
the file holds before anything is made of them; nothing is allocated that the file only announces. It is called in a
child process all the same (`Inspector`).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from legalqa.child import Child, ChildDied, ChildTimeout, Stop
from legalqa.errors import EnvironmentFault

_LONGEST: Final = 64 << 20  # bytes of a header; the largest vocabularies take some 20 MiB
_MOST: Final = 1 << 16  # tensors, keys; the largest models have a few thousand
_DIMENSIONS: Final = 4
_KEPT: Final = 256  # characters of a text value
_SCALARS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_SECONDS: Final = 60.0  # that reading a header may take
_MEMORY: Final = 2 << 30  # bytes of address space for it


def _malformed(why: str) -> EnvironmentFault:
    return EnvironmentFault(why, kept="It was not loaded.", hint="Fetch it again from a source that you trust.")


class Header(msgspec.Struct, frozen=True):
    """What the file says of itself: nothing of it is to be believed. `layers`: blocks, 0 if it does not say; `context`:
    tokens that the model was trained for; `licence`: as SPDX or in its publisher's words.
    """

    kind: Literal["model", "adapter"]
    architecture: str
    name: str
    licence: str
    layers: int
    context: int
    tensors: int


def read(path: Path) -> Header:
    """The header of a file. Raises EnvironmentFault with the reason if it is no good, OSError if it cannot be read."""
    with path.open("rb") as file:
        untrusted = file.read(_LONGEST)
        size = file.seek(0, 2)
    return parse(untrusted, size)


def parse(untrusted: bytes, size: int) -> Header:
    """The header at the beginning of a file of `size` bytes. Raises EnvironmentFault with the reason if it is bad."""
    try:
        return _parsed(untrusted, size)
    except struct.error:
        raise _malformed("The GGUF file is cut off in its header.") from None


def _parsed(untrusted: bytes, size: int) -> Header:
    scan = _Scan(untrusted)
    if scan.take(4) != b"GGUF":
        raise _malformed("The file is not a GGUF model.")
    version = scan.number("I")
    if version not in (2, 3):
        raise _malformed(f"The file is GGUF of version {version}, which is not known.")
    tensors, keys = scan.number("Q"), scan.number("Q")
    if tensors > _MOST or keys > _MOST:
        raise _malformed(f"The file claims to hold {max(tensors, keys):,} tensors or keys.")
    found: dict[str, Any] = {}
    for _ in range(keys):
        key = scan.string()
        value = scan.value(scan.number("I"))
        if key in found:
            raise _malformed("The file gives a key twice.")
        found[key] = value
    _check_tensors(scan, tensors, size)
    return _header(found, tensors)


def _header(found: dict[str, Any], tensors: int) -> Header:
    architecture = _text(found, "general.architecture")
    if not architecture:
        raise _malformed("The file names no architecture.")
    return Header(
        kind="adapter" if found.get("general.type") == "adapter" else "model",
        architecture=architecture,
        name=_text(found, "general.name"),
        licence=_text(found, "general.license"),
        layers=_count(found, f"{architecture}.block_count"),
        context=_count(found, f"{architecture}.context_length"),
        tensors=tensors,
    )


def _check_tensors(scan: _Scan, count: int, size: int) -> None:
    """Every tensor has a name of its own, a shape that can be, and begins inside the file."""
    names, last = set(), 0
    for _ in range(count):
        names.add(scan.string())
        dimensions = scan.number("I")
        if not 1 <= dimensions <= _DIMENSIONS:
            raise _malformed(f"The file has a tensor of {dimensions:,} dimensions.")
        cells = 1
        for _ in range(dimensions):
            cells *= scan.number("Q")
        if not 0 < cells < 1 << 48:
            raise _malformed(f"The file has a tensor of {cells:,} numbers.")
        scan.number("I")  # its type: llama.cpp knows them
        last = max(last, scan.number("Q"))
    if len(names) != count:
        raise _malformed("The file gives a tensor twice.")
    if count and scan.at + last >= size:
        raise _malformed("The file ends before its last tensor begins: it was cut off.")


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return "".join(one for one in value if one.isprintable()) if isinstance(value, str) else ""


def _count(found: dict[str, Any], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) and 0 <= value < 1 << 31 else 0


class _Scan:
    """Goes through bytes; whatever leads past their end raises struct.error."""

    def __init__(self, untrusted: bytes) -> None:
        self._bytes, self.at = untrusted, 0

    def take(self, length: int) -> bytes:
        """The next bytes."""
        if length > len(self._bytes) - self.at:
            raise struct.error
        self.at += length
        return self._bytes[self.at - length : self.at]

    def number(self, form: str) -> Any:
        """The next number, little-endian."""
        (value,) = struct.unpack_from("<" + form, self._bytes, self.at)
        self.at += struct.calcsize("<" + form)
        return value

    def string(self) -> str:
        """The next text, its beginning at most."""
        raw = self.take(self.number("Q"))
        return raw[: 4 * _KEPT].decode("utf-8", "replace")[:_KEPT]

    def value(self, kind: int) -> Any:
        """The next value; None for an array, which is passed over."""
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            raise _malformed(f"The file has a value of type {kind}, which is not known.")
        inner, length = self.number("I"), self.number("Q")
        if inner in _SCALARS:
            self.take(length * struct.calcsize("<" + _SCALARS[inner]))
        elif inner == _STRING:
            if length > len(self._bytes) - self.at:  # a text takes eight bytes at least
                raise struct.error
            for _ in range(length):
                self.take(self.number("Q"))
        else:
            raise _malformed("The file has an array of arrays.")
        return None


class Inspector:
    """Served by a child: reads one header."""

    def __init__(self, _stop: Stop) -> None:
        pass

    def header(self, path: str) -> Header:
        """As `read`."""
        try:
            return read(Path(path))
        except OSError as error:
            raise EnvironmentFault(f"{Path(path).name} cannot be read: {error.strerror}.") from None


def inspect(path: Path) -> Header:
    """The header of a file, read in a process of its own. Raises EnvironmentFault with the reason if it is no good."""
    child = Child("legalqa.answer.gguf:Inspector", memory=_MEMORY)
    try:
        return child.call("header", str(path), type=Header, timeout=_SECONDS)
    except (ChildDied, ChildTimeout) as death:
        raise _malformed(f"{path.name} cannot be read as a GGUF model ({death}).") from None
    finally:
        child.kill()
