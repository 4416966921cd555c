"""``kill -9`` at random files of an indexing run: the next run finishes it, nothing twice, nothing lost.

``bench/resume.py`` does the same with a thousand files at twenty random times; ``bench/kills.py`` kills every kind of
command that writes, hundreds of times, of which some are tried here.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard

ROOT = Path(__file__).parents[1]
ARTICLE = """ARTICLE {n} PART {n}

{n}.1 Payment. Tenant number {n} shall pay ${n},500 per month in advance on the first day of each calendar month.

{n}.2 Cure. If Tenant fails to perform within {n} days after notice, Landlord may terminate this Lease.

"""
CRASHES = 3


def documents(folder: Path) -> None:
    folder.mkdir()
    for number in range(12):
        text = f"LEASE NUMBER {number}\n\n" + "".join(ARTICLE.format(n=n) for n in range(1, 4 + number * 2))
        (folder / f"lease-{number:02}.txt").write_text(text, encoding="utf-8")


def command(files: Path) -> list[str]:
    return [sys.executable, "-m", "legalqa.cli", "index", str(files), "-m", "m", "-q"]


def contents(home: Path) -> tuple[dict[str, int], dict[str, set[str]], dict[str, set[str]]]:
    """Points of each document in the shard, and the searched chunk ids in catalog and shard."""
    folder = home / "matters" / "m"
    catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", 384)
    try:
        in_catalog = {
            id: {chunk.id for chunk in catalog.document(id, words=False).chunks if chunk.parent_id}
            for id in catalog.documents()
        }
        assert catalog.pending() == []
        return shard.counts(), in_catalog, {id: set(shard.ids(id)) for id in in_catalog}
    finally:
        catalog.close()
        shard.close()


def home_with_models(path: Path, models_home: Path) -> Path:
    path.mkdir()
    (path / "models").symlink_to(models_home / "models")
    return path


def killed_after(events: int, files: Path, environment: dict[str, str]) -> bool:
    """Index until so many files have been told of, then ``kill -9``; False if it ended before."""
    process = subprocess.Popen([*command(files), "--json-lines"], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        events -= json.loads(line)["event"] == "file"
        if events == 0:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    return process.wait() == -signal.SIGKILL


@pytest.mark.models
@pytest.mark.slow
def test_kill_at_random_moments(tmp_path: Path, models_home: Path) -> None:
    files = tmp_path / "files"
    documents(files)
    rough, calm = (home_with_models(tmp_path / name, models_home) for name in ("rough", "calm"))
    environment = {**os.environ, "LEGALQA_HOME": str(rough)}
    rng = random.Random(20261121)
    for _ in range(CRASHES):
        assert killed_after(rng.randint(1, 9), files, environment)
        for path in files.glob("lease-*.txt"):  # changed content, so that every round has something to write
            if rng.random() < 0.5:
                path.write_text(path.read_text(encoding="utf-8") + "\nAmended.\n", encoding="utf-8")
    subprocess.run(command(files), env=environment, check=True, timeout=200)
    subprocess.run(command(files), env={**os.environ, "LEGALQA_HOME": str(calm)}, check=True, timeout=200)

    counts, in_catalog, in_shard = contents(rough)
    assert in_catalog == contents(calm)[1]
    assert in_shard == in_catalog
    assert counts == {id: len(chunks) for id, chunks in in_catalog.items()}


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks")
def test_kills_of_every_command_lose_nothing_that_was_acknowledged() -> None:
    command = [sys.executable, "-m", "bench.kills", "--kills", "10", "--seed", "20261122"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["faults"] == []
