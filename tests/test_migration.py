"""Matters kept from every release: ``golden/matter-schema*.tar.gz``, four documents of the sample matter indexed by the
code of that schema. Each opens as it was, after a backup; a newer one is refused.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from legalqa import Library
from legalqa.index.database import MIGRATIONS
from tests.conftest import Run

GOLDEN = sorted((Path(__file__).parent / "golden").glob("matter-schema*.tar.gz"))
NEWEST = len(MIGRATIONS)


def placed(archive: Path, home: Path) -> Path:
    """The matter's folder in a home."""
    (home / "matters").mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed:
        packed.extractall(home / "matters", filter="data")
    return home / "matters" / "sample"


def _schema(archive: Path) -> int:
    return int(archive.name.removeprefix("matter-schema").removesuffix(".tar.gz"))


def _texts(catalog: Path) -> dict[str, str]:
    """The documents' texts by id, read as the file has them, whatever its schema."""
    with closing(sqlite3.connect(catalog)) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "texts" not in known or not connection.execute("SELECT count(*) FROM texts").fetchone()[0]:
            rows = connection.execute("SELECT id, text FROM documents").fetchall()
            return {id: zlib.decompress(text).decode("utf-8", "surrogatepass") for id, text in rows}
        parts: dict[str, str] = {}
        query = "SELECT d.id, t.text FROM texts t JOIN documents d ON d.key = t.document ORDER BY d.key, t.part"
        for id, text in connection.execute(query):
            parts[id] = parts.get(id, "") + zlib.decompress(text).decode("utf-8", "surrogatepass")
        return parts


def _files(catalog: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(catalog)) as connection:
        return connection.execute("SELECT path, sha256, state FROM files ORDER BY path").fetchall()


def _version(catalog: Path) -> int:
    with closing(sqlite3.connect(catalog)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_every_schema_is_kept() -> None:
    assert {_schema(archive) for archive in GOLDEN} == set(range(1, NEWEST + 1)), (
        "index four documents of the sample with the code of the schema that is missing, and keep that matter here"
    )
    assert all(archive.stat().st_size < 200_000 for archive in GOLDEN)


@pytest.mark.parametrize("archive", GOLDEN, ids=lambda path: path.name.partition(".")[0])
def test_nothing_is_lost_on_the_way_to_this_schema(tmp_path: Path, archive: Path) -> None:
    folder = placed(archive, tmp_path / "home")
    catalog = folder / "catalog.sqlite"
    texts, files, before = _texts(catalog), _files(catalog), _version(catalog)
    assert before == _schema(archive)
    assert len(texts) == len(files) == 4
    with Library(tmp_path / "home").open("sample") as matter:
        coverage = matter.status()
        assert coverage.documents == 4
        assert {(file.path, file.sha256) for file in coverage.files} == {(path, sha256) for path, sha256, _ in files}
        assert {id: matter.document(id).text for id in texts} == texts
    assert _version(catalog) == NEWEST
    assert _texts(catalog) == texts
    backup = catalog.with_name(f"catalog.sqlite.schema{before}.bak")
    assert backup.exists() == (before < NEWEST)
    if backup.exists():
        assert (_version(backup), _texts(backup), _files(backup)) == (before, texts, files)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("archive", GOLDEN, ids=lambda path: path.name.partition(".")[0])
def test_an_old_matter_is_searched_once_it_has_been_written_to(
    run: Run, home: Path, archive: Path, tmp_path: Path
) -> None:
    """The index of these matters was not kept: it is made from the catalog, with the model that is set now."""
    placed(archive, home)
    (tmp_path / "new.txt").write_text("The gate code of the storage unit is changed every spring.\n", encoding="utf-8")
    done = run("index", tmp_path / "new.txt", "-m", "sample", "-q")
    assert done.returncode == 0, done.stderr
    for words, found in (("gate code", "new.txt"), ("notice of default cure period", "Notice of Default")):
        done = run("search", words, "-m", "sample", "-k", "3")
        assert done.returncode == 0, done.stderr
        assert found in done.stdout


@pytest.mark.parametrize("command", [("status",), ("search", "rent", "--exact")])
def test_a_newer_schema_is_refused_politely(run: Run, home: Path, command: tuple[str, ...]) -> None:
    catalog = placed(GOLDEN[-1], home) / "catalog.sqlite"
    with closing(sqlite3.connect(catalog)) as connection:
        connection.execute(f"PRAGMA user_version = {NEWEST + 1}")
    before = hashlib.sha256(catalog.read_bytes()).hexdigest()
    done = run(*command, "-m", "sample")
    assert done.returncode == 4
    for said in ("newer LegalQA", "Nothing in it was changed", "Install the newer LegalQA"):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert hashlib.sha256(catalog.read_bytes()).hexdigest() == before
