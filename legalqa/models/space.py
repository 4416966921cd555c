"""Room on the disk, asked for before a model is fetched or copied."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from legalqa.errors import EnvironmentFault

_MARGIN: Final = 64 << 20  # bytes that stay free


def require(folder: Path, bytes: int, what: str) -> None:
    """Raise EnvironmentFault, saying how much is missing, unless so many bytes fit beside what is in the folder."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free
    if free < bytes + _MARGIN:
        raise EnvironmentFault(
            f"There is not enough room for {what}: it takes {_mib(bytes + _MARGIN)}, {_mib(free)} are free in {folder},"
            f" {_mib(bytes + _MARGIN - free)} are missing.",
            kept="Nothing was changed.",
            hint="Free some space, or choose another folder with --home.",
        )


def _mib(bytes: int) -> str:
    return f"{-(-bytes // (1 << 20)):,} MiB"
