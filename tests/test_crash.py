"""``kill -9`` at random moments of an indexing run: the next run finishes it, nothing twice, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard

ARTICLE = """ARTICLE {n} PART {n}

{n}.1 Payment. Tenant number {n} shall pay ${n},500 per month in advance on the first day of each calendar month.

{n}.2 Cure. If Tenant fails to perform within {n} days after notice, Landlord may terminate this Lease.

"""
CRASHES = 10


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


@pytest.mark.models
@pytest.mark.slow
def test_kill_at_random_moments(tmp_path: Path, models_home: Path) -> None:
    files = tmp_path / "files"
    documents(files)
    calm = home_with_models(tmp_path / "calm", models_home)
    began = time.monotonic()
    subprocess.run(command(files), env={**os.environ, "LEGALQA_HOME": str(calm)}, check=True, timeout=200)
    whole = time.monotonic() - began

    rough = home_with_models(tmp_path / "rough", models_home)
    environment = {**os.environ, "LEGALQA_HOME": str(rough)}
    rng = random.Random(20261121)
    killed = 0
    for _ in range(4 * CRASHES):
        process = subprocess.Popen(command(files), env=environment, stdout=subprocess.DEVNULL)
        began, moment = time.monotonic(), rng.uniform(0.2, 1.0) * whole
        try:
            assert process.wait(timeout=moment) == 0
            whole = time.monotonic() - began  # it had less to do, or a warmer cache: the next kill comes earlier
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        if killed == CRASHES:
            break
        for path in files.glob("lease-*.txt"):  # changed content, so that every round has something to write
            if rng.random() < 0.5:
                path.write_text(path.read_text(encoding="utf-8") + "\nAmended.\n", encoding="utf-8")
    assert killed == CRASHES, "the kills came too late to prove anything"
    subprocess.run(command(files), env=environment, check=True, timeout=200)
    subprocess.run(command(files), env={**os.environ, "LEGALQA_HOME": str(calm)}, check=True, timeout=200)

    counts, in_catalog, in_shard = contents(rough)
    assert in_catalog == contents(calm)[1]
    assert in_shard == in_catalog
    assert counts == {id: len(chunks) for id, chunks in in_catalog.items()}
