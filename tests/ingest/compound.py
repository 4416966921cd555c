"""Writes small OLE files ([MS-CFB], version 3), since no library for them may ship and real ones may not be copied."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Union

Folder = dict[str, Union[bytes, "Folder"]]
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_CUTOFF = 4096


def write(path: Path, tree: Folder) -> Path:
    """An OLE file with these streams and folders."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, _NONE, 0, 0]]  # name, kind, right, child, first, size
    mini, mini_fat = bytearray(), list[int]()
    sectors, fat = list[bytes](), list[int]()

    def place(data: bytes) -> int:
        if not data:
            return _END
        first, count = len(sectors), -(-len(data) // 512)
        for index in range(count):
            sectors.append(data[512 * index : 512 * index + 512].ljust(512, b"\0"))
            fat.append(first + index + 1 if index + 1 < count else _END)
        return first

    def place_small(data: bytes) -> int:
        first, count = len(mini_fat), -(-len(data) // 64)
        for index in range(count):
            mini.extend(data[64 * index : 64 * index + 64].ljust(64, b"\0"))
            mini_fat.append(first + index + 1 if index + 1 < count else _END)
        return first if count else _END

    def add(folder: Folder, parent: int) -> None:
        last = -1
        for name in sorted(folder, key=lambda name: (len(name), name.upper())):
            value = folder[name]
            number = len(entries)
            if isinstance(value, dict):
                entries.append([name, 1, _NONE, _NONE, 0, 0])
            else:
                first = place(value) if len(value) >= _CUTOFF else place_small(value)
                entries.append([name, 2, _NONE, _NONE, first, len(value)])
            entries[parent if last < 0 else last][3 if last < 0 else 2] = number
            last = number
            if isinstance(value, dict):
                add(value, number)

    add(tree, 0)
    entries[0][4], entries[0][5] = place(bytes(mini)), len(mini)
    directory = place(b"".join(_entry(*entry) for entry in entries))
    mini_table = place(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(-(-len(mini_fat) // 128) * 512, b"\xff"))
    tables = 1
    while tables * 128 < len(sectors) + tables:
        tables += 1
    starts = list(range(len(sectors), len(sectors) + tables))
    fat += [_FAT] * tables
    fat += [_FREE] * (tables * 128 - len(fat))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, directory, 0, _CUTOFF, mini_table, -(-len(mini_fat) // 128), _END, 0, starts[0],
    )  # fmt: skip
    header = header[:76] + struct.pack(f"<{tables}I", *starts)
    path.write_bytes(header.ljust(512, b"\xff") + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat))
    return path


def _entry(name: object, kind: object, right: object, child: object, first: object, size: object) -> bytes:
    encoded = str(name).encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", encoded, len(encoded) + 2, kind, 1, _NONE, right, child, b"", 0, 0, 0, first, size
    )
