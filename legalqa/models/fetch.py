"""A model's file from an address that IT names, with its checksum: for the build machine, which is connected.

The program itself is sealed off the network, so a process of its own fetches (``python -m legalqa.models.fetch``). What
was fetched before the line was cut stays, and the next attempt asks the server for the rest (RFC 9110, ranges).
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Final

from legalqa.errors import EnvironmentFault, LegalQAError, UserError
from legalqa.models import space
from legalqa.models.store import sha256_of

ADDRESS: Final = re.compile(r"https?://[^\s/@?#]+/[^\s@?#]*?([A-Za-z0-9][\w.-]*\.gguf)")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ATTEMPTS: Final = 5  # after which somebody has to look; each goes on where the last one ended
_SILENCE: Final = 60.0  # seconds without a byte
_BLOCK: Final = 1 << 20
_HERE: Final = str(Path(__file__).parents[2])
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from legalqa.models.fetch import main; sys.exit(main(*sys.argv[2:]))"
)


def fetched(address: str, sha256: str, cache: Path) -> Path:
    """The file of the address, which has that checksum; fetched already, nothing is asked for.

    Raises UserError for what is no address of a .gguf file or no checksum, EnvironmentFault if it cannot be fetched,
    finds no room, or is another file.
    """
    named = ADDRESS.fullmatch(address)
    if named is None:
        raise UserError(f"{address} is not the http(s) address of a .gguf file.")
    if not _SHA256.fullmatch(sha256):
        raise UserError(
            "A file from an address needs its checksum.",
            kept="Nothing was fetched.",
            hint="Give --sha256 with the 64 hexadecimal digits that its publisher names.",
        )
    if getattr(sys, "frozen", False):
        raise EnvironmentFault(
            "The installed application does not download models.",
            hint="Use `legalqa models add FILE`, or pull on the build machine.",
        )
    folder = cache / sha256
    file, part = folder / named[1], folder / "part"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _complete(address, part)
        if (found := sha256_of(part)) != sha256:
            part.unlink()
            raise EnvironmentFault(
                f"{address} has the checksum {found}, not {sha256}. It was refused.",
                kept="Nothing was installed; what was fetched is deleted.",
                hint="Ask its publisher which of the two is right.",
            )
        part.replace(file)
    return file


def _complete(address: str, part: Path) -> None:
    """Fetch what `part` lacks, going on where the line was cut as long as more comes each time."""
    why = ""
    for _ in range(_ATTEMPTS):
        ran = subprocess.run(
            [sys.executable, "-P", "-c", _START, _HERE, address, str(part)], capture_output=True, text=True, check=False
        )
        if ran.returncode == 0:
            return
        why = ran.stderr.strip().rpartition("\n")[2]
        if ran.returncode != _CUT:
            break
    raise EnvironmentFault(
        f"{address} could not be fetched: {why.rstrip('.') or 'the process that fetches ended'}.",
        kept="What came is kept: the next attempt goes on from there.",
        hint="Check the connection and the address, and pull again.",
    )


_CUT: Final = 75  # exit code (EX_TEMPFAIL): some came, more may come


def main(address: str, part: str) -> int:
    """Append to the file `part` what it lacks of the address; the exit code, with one line on stderr if it is not 0."""
    target = Path(part)
    before = target.stat().st_size if target.exists() else 0
    try:
        _append(address, target, before)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and before:
            return 0  # all of it is here
        print(f"the server says {error.code} {error.reason}", file=sys.stderr)
        return 4
    except LegalQAError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    except (OSError, http.client.HTTPException) as error:
        print(getattr(error, "reason", None) or error or type(error).__name__, file=sys.stderr)
        return _CUT if target.exists() and target.stat().st_size > before else 4
    return 0


def _append(address: str, target: Path, before: int) -> None:
    """Raises OSError or HTTPException when the line is cut: what came until then is in the file."""
    request = urllib.request.Request(address, headers={"Range": f"bytes={before}-", "Accept-Encoding": "identity"})
    with urllib.request.urlopen(request, timeout=_SILENCE) as answer:  # ADDRESS: http(s)  # nosec B310
        goes_on = answer.status == http.client.PARTIAL_CONTENT
        if goes_on and not (answer.headers.get("Content-Range") or "").startswith(f"bytes {before}-"):
            raise http.client.HTTPException("the server sends another part than was asked for")
        rest = int(answer.headers.get("Content-Length") or 0)
        space.require(target.parent, rest, "the model's file")
        came = 0
        with target.open("ab" if goes_on else "wb") as file:
            while block := answer.read(_BLOCK):
                file.write(block)
                came += len(block)
            file.flush()
            os.fsync(file.fileno())
    if came < rest:
        raise http.client.HTTPException(f"the line was cut after {came:,} of {rest:,} bytes")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
