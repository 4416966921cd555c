"""Containers: .zip archives and .mbox files. Their own text is the list of what they hold; each member is a file."""

from __future__ import annotations

import contextlib
import itertools
import mailbox
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context, Takings, blocks_in, safe_name
from legalqa.ingest.items import Attached, Item, Opened
from legalqa.ingest.kinds import kind_of

_AES = 99  # stands in place of the way of packing
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError, KeyError)
_NO_FILES = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")  # left by file managers


def read(file: Path, context: Context) -> Iterator[Item]:
    """A container. Raises Refusal, OSError."""
    yield from _mbox(file, context) if kind_of(file) == "mbox" else _zip(file, context)


def _zip(file: Path, context: Context) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(file)
    except _FAULTS:
        raise limits.Refusal("failed", "the archive is damaged") from None
    with archive:
        members = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_clutter(entry.filename)]
        _check(members)
        taken = Takings(context.spool)
        lines = [f"{safe_name(entry.filename)}  {_size(entry.file_size)}" for entry in members]
        listing = "\n".join(lines) + "\n"
        yield from typeset.reads(listing, Opened(0, paged=False), skip=context.skip)
        for entry in members:
            if context.stop.is_set():
                return
            yield _member(archive, entry, taken, context)


def _check(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise limits.Refusal("failed", "the archive is empty")
    if len(members) > limits.MEMBERS:
        raise limits.Refusal("failed", f"the archive holds more than {limits.MEMBERS:,} files and was not opened")
    packed, unpacked = sum(e.compress_size for e in members), sum(e.file_size for e in members)
    if unpacked > limits.CONTAINER or (unpacked > limits.RATIO_FROM and unpacked > limits.RATIO * max(packed, 1)):
        raise limits.Refusal("failed", "the archive unpacks to far more than documents can hold and was not opened")
    starts = sorted((entry.header_offset, entry.compress_size) for entry in members)
    for (start, size), (following, _) in itertools.pairwise(starts):
        if following < start + size:  # the same bytes many times over: a bomb without a telling ratio
            raise limits.Refusal("failed", "the files of the archive overlap each other; it was not opened")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, taken: Takings, context: Context) -> Attached:
    name, encrypted = taken.named(entry.filename), bool(entry.flag_bits & 1)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Attached(name, reason="it is a link to another file")
    if entry.compress_type == _AES:
        return Attached(name, reason="it is encrypted by AES, which is not supported", state="encrypted")
    for password in context.passwords if encrypted else ("",):
        try:
            with archive.open(entry, pwd=password.encode() if encrypted else None) as stream:
                return taken.keep(name, blocks_in(stream))
        except RuntimeError:  # the password is wrong
            continue
        except _FAULTS as error:
            if encrypted and isinstance(error, zipfile.BadZipFile | zlib.error):
                continue  # a wrong password that looked right
            unknown = isinstance(error, NotImplementedError)
            fault = "packed in a way that is not supported" if unknown else "damaged and could not be taken out"
            return Attached(name, reason=f"it is {fault}")
    return Attached(name, reason=limits.locked(context.passwords).reason.replace("the file", "it"), state="encrypted")


def _mbox(file: Path, context: Context) -> Iterator[Item]:
    if file.stat().st_size > limits.CONTAINER:
        raise limits.Refusal("failed", f"the mailbox is larger than {limits.CONTAINER >> 30} GB and was not read")
    with contextlib.closing(mailbox.mbox(str(file), create=False)) as box:
        keys = box.keys()
        if not keys:
            raise limits.Refusal("failed", "the mailbox holds no message")
        if len(keys) > limits.MEMBERS:
            raise limits.Refusal("failed", f"the mailbox holds more than {limits.MEMBERS:,} messages and was not read")
        names = [f"{number:05d}.eml" for number in range(1, len(keys) + 1)]
        yield from typeset.reads("\n".join(names) + "\n", Opened(0, paged=False), skip=context.skip)
        taken = Takings(context.spool)
        for key, name in zip(keys, names, strict=True):
            if context.stop.is_set():
                return
            yield taken.put(name, box.get_bytes(key))


def _is_clutter(name: str) -> bool:
    return name.startswith(_NO_FILES[0]) or name.rsplit("/", 1)[-1] in _NO_FILES[1:]


def _size(size: int) -> str:
    return f"{size:,} bytes" if size < 1 << 20 else f"{size / (1 << 20):,.1f} MB"
