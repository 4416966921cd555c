"""Files that only LibreOffice reads (.odt, .ods, .odp, .wpd, .xls, .ppt): converted by it, then read like others.

It is no part of LegalQA. Where it is not installed, such a file is unsupported and the reason says what is missing. It
runs without a window, in a profile of its own that is gone afterwards, with macros and links off, without network
where the system lets a program give it up, and not longer than `limits.CONVERT_SECONDS`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from legalqa.ingest import limits
from legalqa.ingest.context import Context
from legalqa.ingest.formats import office, sheets, slides
from legalqa.ingest.items import Item
from legalqa.ingest.kinds import kind_of

_TARGETS = {"odt": "docx", "wpd": "docx", "ods": "xlsx", "xls": "xlsx", "odp": "pptx", "ppt": "pptx"}
_READERS = {"docx": office.of_stream, "xlsx": sheets.of_stream, "pptx": slides.of_stream}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
)
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{}</oor:items>
"""
_SETTING = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>\n'
_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_DIES_WITH_PARENT, _NEW_NETWORK, _NEW_USER = 1, 0x40000000, 0x10000000  # of prctl and unshare


def read(file: Path, context: Context) -> Iterator[Item]:
    """A file converted, set on pages or with those of the file. Raises Refusal, OSError."""
    kind = kind_of(file) or file.suffix.lower().lstrip(".")
    target = _TARGETS.get(kind, "docx")
    program = found()
    if program is None:
        raise limits.Refusal("unsupported", f"files of this kind (.{kind}) are read by LibreOffice, which is missing")
    with context.scratch() as folder:
        converted = _converted(program, file, kind, target, folder)
        with converted.open("rb") as stream:
            yield from _READERS[target](stream, context)


def found() -> str | None:
    """LibreOffice's program, None where there is none."""
    for name in ("soffice", "libreoffice"):
        if program := shutil.which(name):
            return program
    return next((place for place in _PLACES if Path(place).exists()), None)


def _converted(program: str, file: Path, kind: str, target: str, folder: Path) -> Path:
    profile, out = folder / "profile", folder / "out"
    (profile / "user").mkdir(parents=True)
    out.mkdir()
    settings = "".join(_SETTING.format(*setting) for setting in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(settings), encoding="utf-8")
    source = folder / f"source.{kind}"  # a name that cannot be taken for an option
    shutil.copyfile(file, source)
    process = subprocess.Popen(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
         "--nodefault", "--nofirststartwizard", "--convert-to", target, "--outdir", str(out), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
        start_new_session=True,
        preexec_fn=_alone if sys.platform == "linux" else None,
    )  # fmt: skip
    try:
        process.wait(limits.CONVERT_SECONDS)
    except subprocess.TimeoutExpired:
        reason = f"LibreOffice took longer than {limits.CONVERT_SECONDS:g} seconds with the file"
        raise limits.Refusal("failed", reason) from None
    finally:
        _end(process)
    result = out / f"source.{target}"
    if not result.exists() or not result.stat().st_size:
        raise limits.Refusal("failed", "LibreOffice could not read the file: it is damaged or under a password")
    return result


def _end(process: subprocess.Popen[bytes]) -> None:
    """The program and everything that it started."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _alone() -> None:
    """In the new process: end when the reading process ends, and give up the network if that is allowed."""
    libc = ctypes.CDLL(None)
    libc.prctl(_DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if libc.unshare(_NEW_NETWORK) != 0:
        libc.unshare(_NEW_USER | _NEW_NETWORK)
