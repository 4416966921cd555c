"""Room on the disk: Qdrant's engine dies of a full disk, so we look before we write."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from legalqa.errors import EnvironmentFault

MIB = 1 << 20
_AHEAD = 4  # so many times the memory that is read ahead is all there is


def require(folder: Path, needed: int) -> None:
    """Raise EnvironmentFault unless `needed` bytes are free on the disk that holds `folder`."""
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < needed:
        raise EnvironmentFault(
            f"The disk is full: {free // MIB} MB are free, {-(-needed // MIB)} MB are needed.",
            kept="Nothing indexed so far is lost.",
            hint=f"Free {-(-(needed - free) // MIB)} MB and run it again: it goes on where it stopped.",
        )


def size_of(folder: Path) -> int:
    """Bytes that the files of a folder take on disk; holes in sparse files take none."""
    total = 0
    for file in folder.rglob("*"):
        if file.is_file():
            stat = file.stat()
            total += getattr(stat, "st_blocks", -(-stat.st_size // 512)) * 512
    return total


def read_ahead(*places: Path) -> None:
    """Have the system fetch these files and folders into memory, up to a share of it, if it takes such advice.

    A search reads a few bytes of a hundred places of the disk: after a night without questions that takes longer than
    all else together.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    left = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _AHEAD
    for file in (file for place in places for file in (place.rglob("*") if place.is_dir() else [place])):
        with contextlib.suppress(OSError):  # it has just been replaced
            size = file.stat().st_size
            if file.is_file() and size <= left:
                left -= size
                handle = os.open(file, os.O_RDONLY)
                try:
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_WILLNEED)
                finally:
                    os.close(handle)


def copy_sparse(source: Path, target: Path) -> None:
    """Copy a folder, leaving out the zeros with which the engine fills its files in advance."""
    for file in source.rglob("*"):
        copy = target / file.relative_to(source)
        if file.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        elif file.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copy_file(file, copy)


def _copy_file(source: Path, target: Path, block: int = 1 << 16) -> None:
    zeros = bytes(block)
    with source.open("rb") as reader, target.open("wb") as writer:
        while data := reader.read(block):
            if data != zeros[: len(data)]:
                writer.write(data)
            else:
                writer.seek(len(data), 1)
        writer.truncate()
