"""Whether a folder lies on an encrypted volume, as far as the system says: with what tells so, or that it cannot be
told. Nothing here is guessed: an encryption below the system, in a disk or of a virtual machine, is not seen.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

_FUSE: Final = ("fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.securefs", "ecryptfs")
_MOUNTS, _BLOCKS = Path("/proc/self/mountinfo"), Path("/sys/dev/block")
_ENCRYPTED_FOLDER: Final = 0x800  # STATX_ATTR_ENCRYPTED
_AT, _STATX, _SECONDS = -100, 256, 10.0


def described(folder: Path) -> str:
    """ "yes: gocryptfs at /srv/legalqa", or "cannot tell: …" with what is known."""
    while not folder.exists():
        folder = folder.parent
    found = ""
    if sys.platform == "linux":
        found = _linux(folder)
    elif sys.platform == "darwin":
        found = "FileVault is on" if "FileVault is On" in _said("fdesetup", "status") else ""
    elif sys.platform == "win32":
        drive = folder.resolve().drive
        found = f"BitLocker at {drive}" if "Protection On" in _said("manage-bde", "-status", drive) else ""
    return f"yes: {found}" if found else "cannot tell: nothing here says so (docs/admin.md, Encryption at rest)"


def _linux(folder: Path) -> str:
    place, kind, device = _mount(os.path.realpath(folder))
    if kind in _FUSE:
        return f"{kind.removeprefix('fuse.')} at {place}"
    if _is_encrypted_folder(folder):
        return f"fscrypt, {kind} at {place}"
    return next((f"{layer} at {place}" for layer in _layers(device)), "")


def _mount(place: str) -> tuple[str, str, str]:
    """Where the file system that holds `place` is mounted, its kind, and the number of its device."""
    best = ("", "", "")
    for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        at = fields[4].encode().decode("unicode_escape").encode("latin-1", "replace").decode("utf-8", "replace")
        if Path(place).is_relative_to(at) and len(at) >= len(best[0]):
            best = (at, after.split()[0], fields[2])
    return best


def _layers(device: str) -> list[str]:
    """The encrypting layers of device mapper (LUKS, plain dm-crypt) under a block device."""
    found, left = [], [_BLOCKS / device]
    while left:
        block = left.pop()
        try:
            kind = (block / "dm" / "uuid").read_text().split("-")[:2]
        except OSError:
            kind = []
        if kind[:1] == ["CRYPT"]:
            found.append("LUKS" if kind[1].startswith("LUKS") else "dm-crypt")
        left += (block / "slaves").iterdir() if (block / "slaves").is_dir() else []
    return found


def _is_encrypted_folder(folder: Path) -> bool:
    """What statx(2) says of the folder: ext4, f2fs and ubifs encrypt folders one by one (fscrypt)."""
    answer = ctypes.create_string_buffer(_STATX)
    try:
        failed = ctypes.CDLL(None).statx(_AT, os.fsencode(folder), 0, 0, answer)
    except AttributeError:  # an old C library
        return False
    return not failed and bool(int.from_bytes(answer.raw[8:16], sys.byteorder) & _ENCRYPTED_FOLDER)


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
