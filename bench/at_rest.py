"""What an encrypted home costs: the same record indexed and searched in a plain folder and in one of gocryptfs.

Both homes lie on the same disk; they are indexed one after the other and searched in turn, so that a busy machine slows
both alike: read the ratios, not the seconds. Nothing is reranked: that takes most of a search's time and touches
no file, and would hide what the volume costs. Contracts come from the development data.

    python -m bench.at_rest [--files 8] [--searches 60]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from legalqa import Library, Matter, volumes
from legalqa.settings import default_home

DATA = Path(__file__).parents[1].parent / "shared" / "data"
_CHARS = 30_000  # of each contract
_QUESTIONS = (
    "governing law", "termination for convenience", "cap on liability", "effective date of the agreement",
    "assignment without consent", "renewal term", "insurance to be carried", "audit of records",
)  # fmt: skip


@contextlib.contextmanager
def encrypted(folder: Path) -> Iterator[Path]:
    """A folder of gocryptfs, open."""
    cipher, plain, password = folder / "cipher", folder / "open", folder / "password"
    for made in (cipher, plain):
        made.mkdir()
    password.write_text(secrets.token_hex())
    for how in (("-init", str(cipher)), (str(cipher), str(plain))):
        subprocess.run(["gocryptfs", "-q", "-passfile", str(password), *how], check=True, capture_output=True)
    try:
        yield plain
    finally:
        subprocess.run(["fusermount3", "-u", "-z", str(plain)], check=False)


def opened(home: Path) -> Matter:
    """A new matter in a home of its own."""
    home.mkdir()
    (home / "models").symlink_to(default_home() / "models")
    (home / "settings.toml").write_text('reranker_model = ""\n', encoding="utf-8")
    library = Library(home)
    library.create("m")
    return library.open("m")


def milliseconds(matter: Matter, question: str) -> float:
    """How long a search takes."""
    began = time.perf_counter()
    matter.search(question)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--searches", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="legalqa-at-rest-") as scratch, encrypted(Path(scratch)) as volume:
        files = Path(scratch) / "files"
        files.mkdir()
        for source in sorted((DATA / "cuad" / "docs").glob("*.txt"))[: arguments.files]:
            text = source.read_text(encoding="utf-8", errors="replace")[:_CHARS]
            (files / source.name).write_text(text, encoding="utf-8")
        homes = {"plain": Path(scratch) / "plain", "encrypted": volume / "home"}
        matters = {name: opened(home) for name, home in homes.items()}
        seconds, searched = dict[str, float](), dict[str, list[float]]()
        for name, matter in matters.items():
            began = time.perf_counter()
            matter.index([files])
            seconds[name] = round(time.perf_counter() - began, 2)
            searched[name] = []
            milliseconds(matter, _QUESTIONS[0])
        for number in range(arguments.searches):
            for name, matter in matters.items():
                searched[name].append(milliseconds(matter, _QUESTIONS[number % len(_QUESTIONS)]))
        p50 = {name: round(statistics.median(times), 1) for name, times in searched.items()}
        for matter in matters.values():
            matter.close()
        print(json.dumps({
            "volume": volumes.described(homes["encrypted"]).partition(" at ")[0],
            "index_seconds": seconds,
            "index_ratio": round(seconds["encrypted"] / seconds["plain"], 2),
            "search_p50_ms": p50,
            "search_ratio": round(p50["encrypted"] / p50["plain"], 2),
        }))  # fmt: skip


if __name__ == "__main__":
    main()
