"""A matter in one file: nothing is lost on the way, and a file from a stranger is not believed."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from legalqa import Library, aside
from legalqa.errors import EnvironmentFault, LegalQAError, UserError
from legalqa.index.catalog import Catalog
from legalqa.index.database import MIGRATIONS
from legalqa.index.foreign import require_own_schema
from tests.conftest import Run

GOLDEN = Path(__file__).parent / "golden"
LEASE = "LEASE\n\n1. Rent. The monthly rent is $4,800.\n\n2. Term. The term ends on May 31, 2029.\n"
RENT = "What is the monthly rent?"
Files = dict[str, bytes]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library without models, with a matter that holds no document but has been worked in."""
    library = Library(tmp_path / "home")
    library.create("Harbor Point", "Delmar")
    with library.open("harbor-point") as matter:
        matter.recording.event("ask", question="Rent?")
        matter.feedback.add("missing", "Rent?", note="it is in the lease")
    folder = Path(library.info("harbor-point").folder)
    (folder / "reviews").mkdir()
    (folder / "reviews" / "Léases.jsonl").write_bytes(b"{}\n")
    original = b"%PDF-1.7"
    (folder / "originals").mkdir()
    (folder / "originals" / f"{hashlib.sha256(original).hexdigest()}.pdf").write_bytes(original)
    (folder / "answers.sqlite").write_bytes(b"a cache")
    return library


@pytest.fixture
def archive(library: Library, tmp_path: Path) -> Path:
    return library.export("harbor-point", tmp_path / "hp.legalqa").file


def packed(file: Path) -> Files:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(file: Path, files: Files, *, manifest: bool = True) -> Path:
    """An archive of these files; with `manifest` their sizes and checksums are put right, as a forger would."""
    target = file.with_name("forged.legalqa")
    if manifest:
        told = json.loads(files["manifest.json"])
        told["files"] = {
            name: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
            if name != "manifest.json"
        }
        files = {**files, "manifest.json": json.dumps(told).encode()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def test_what_is_in_a_matter_is_in_the_file_and_nothing_else(library: Library, archive: Path) -> None:
    names = sorted(packed(archive))
    original = next(name for name in names if name.startswith("originals/"))
    assert names == [
        *("audit.jsonl", "catalog.sqlite", "feedback.jsonl", "manifest.json", "matter.toml"),
        *(original, "reviews/Léases.jsonl"),
    ]
    if sys.platform != "win32":
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert not list(Path(library.info("harbor-point").folder).glob(".exporting-*"))


def test_it_comes_back_as_it_was(library: Library, archive: Path, tmp_path: Path) -> None:
    other = Library(tmp_path / "other")
    done = other.import_matter(archive)
    assert (done.info.name, done.info.client, done.audit_faults) == ("Harbor Point", "Delmar", ())
    assert done.info.id == library.info("harbor-point").id
    with library.open("harbor-point") as ours, other.open("harbor-point") as theirs:
        before, after = list(ours.audit.entries()), list(theirs.audit.entries())
        assert after[:-1] == before, "the export itself is the last entry that travels"
        assert [entry.event for entry in after] == ["ask", "export", "import"]
        assert after[-1].details["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
        assert theirs.audit.verify().faults == ()
        assert theirs.feedback.list() == ours.feedback.list()
        assert theirs.reviews() == ours.reviews()
    for part in ("reviews", "originals"):
        for file in (Path(library.info("harbor-point").folder) / part).iterdir():
            assert (Path(done.info.folder) / part / file.name).read_bytes() == file.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(Path(done.info.folder).stat().st_mode) == 0o700


def test_a_matter_that_is_here_is_left_alone(library: Library, archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is here already"):
        library.import_matter(archive, "Another Name")
    other = Library(tmp_path / "other")
    other.create("Harbor Point")
    with pytest.raises(UserError, match="as another one is"):
        other.import_matter(archive)
    assert other.import_matter(archive, "Harbor Point II").info.slug == "harbor-point-ii"
    with pytest.raises(UserError, match="exists already"):
        library.export("harbor-point", archive)


Change = Callable[[Files], None]


def _renamed(name: str) -> Change:
    def change(files: Files) -> None:
        files[name] = b"x"

    return change


def _without(name: str) -> Change:
    def change(files: Files) -> None:
        del files[name]

    return change


def _sql(statement: str) -> Change:
    def change(files: Files) -> None:
        file = Path(os.environ["PYTEST_SCRATCH"]) / "catalog.sqlite"
        file.write_bytes(files["catalog.sqlite"])
        with sqlite3.connect(file) as connection:
            connection.executescript(statement)
        connection.close()
        files["catalog.sqlite"] = file.read_bytes()

    return change


def _toml(old: str, new: str) -> Change:
    def change(files: Files) -> None:
        text = files["matter.toml"].decode()
        assert old in text
        files["matter.toml"] = text.replace(old, new).encode()

    return change


def _id(new: str) -> Change:
    def change(files: Files) -> None:
        lines = files["matter.toml"].decode().splitlines()
        files["matter.toml"] = "\n".join(f"id = {new!r}" if line.startswith("id") else line for line in lines).encode()

    return change


HOSTILE: dict[str, Change] = {
    "a path upwards": _renamed("../../evil.txt"),
    "a path upwards under a folder of ours": _renamed("originals/../../../evil.txt"),
    "a path from the root": _renamed("/var/evil.txt"),
    "a path of Windows": _renamed("reviews\\..\\..\\evil.jsonl"),
    "a drive of Windows": _renamed("C:evil.txt"),
    "a file that no matter has": _renamed("sitecustomize.py"),
    "a lock file": _renamed("writer.lock"),
    "a hidden review": _renamed("reviews/.jsonl"),
    "a review with a stream": _renamed("reviews/a:b.jsonl"),
    "an original under another name": _renamed(f"originals/{'0' * 64}.pdf"),
    "an index of theirs": _renamed("index/segment.dat"),
    "no catalog": _without("catalog.sqlite"),
    "no matter": _without("matter.toml"),
    "a catalog that is none": lambda files: files.update({"catalog.sqlite": b"no database" * 500}),
    "an empty catalog": lambda files: files.update({"catalog.sqlite": b""}),
    "half a catalog": lambda files: files.update({"catalog.sqlite": files["catalog.sqlite"][:8192]}),
    "a trigger": _sql("CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM documents; END;"),
    "a view in place of a table": _sql("DROP TABLE audit; CREATE VIEW audit AS SELECT 1 AS one;"),
    "a table more": _sql("CREATE TABLE more (x);"),
    "a default that computes": _sql("DROP TABLE audit; CREATE TABLE audit (one DEFAULT (random()), hash);"),
    "another catalog's version": _sql("PRAGMA user_version = 1;"),
    "no version": _sql("PRAGMA user_version = 0;"),
    "an id that is a path": _id("../../evil"),
    "an id that is none": _id("x"),
    "a name without letters": _toml("Harbor Point", "…"),
    "a matter.toml that is none": lambda files: files.update({"matter.toml": b"name = ["}),
    "a key more": _toml("schema", "also = 1\nschema"),
}


@pytest.mark.parametrize("change", HOSTILE)
def test_a_forged_file_is_refused(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    monkeypatch.setenv("PYTEST_SCRATCH", str(tmp_path))
    files = packed(archive)
    HOSTILE[change](files)
    forged = repacked(archive, files)
    other = Library(tmp_path / "deep" / "down" / "other")
    before = {path for path in tmp_path.rglob("*") if "deep" not in path.parts}
    with pytest.raises(LegalQAError) as caught:
        other.import_matter(forged)
    assert caught.value.exit_code in (2, 4)
    assert other.matters() == ()
    assert list(other.settings.matters.iterdir()) == [], "nothing of it stays"
    assert {path for path in tmp_path.rglob("*") if "deep" not in path.parts} == before
    assert not Path("/var/evil.txt").exists()


@pytest.mark.parametrize("name", ["catalog.sqlite", "audit.jsonl", "matter.toml", "feedback.jsonl", "manifest.json"])
def test_a_changed_byte_is_found(archive: Path, tmp_path: Path, name: str) -> None:
    files = packed(archive)
    content = bytearray(files[name])
    content[len(content) // 2] ^= 1
    forged = repacked(archive, {**files, name: bytes(content)}, manifest=False)
    with pytest.raises(LegalQAError):
        Library(tmp_path / "other").import_matter(forged)


def test_a_forged_audit_file_is_told(archive: Path, tmp_path: Path) -> None:
    files = packed(archive)
    files["audit.jsonl"] = files["audit.jsonl"].replace(b"Rent", b"Rant")
    done = Library(tmp_path / "other").import_matter(repacked(archive, files))
    assert done.audit_faults == ("line 1 was changed",)


def test_an_archive_that_swells_is_refused(archive: Path, tmp_path: Path) -> None:
    files = packed(archive)
    told = json.loads(files["manifest.json"])
    bomb = b"\0" * (8 << 20)
    told["files"]["feedback.jsonl"] = {"size": 10, "sha256": hashlib.sha256(bomb).hexdigest()}
    forged = repacked(
        archive, {**files, "feedback.jsonl": bomb, "manifest.json": json.dumps(told).encode()}, manifest=False
    )
    with pytest.raises(UserError, match="another size"):
        Library(tmp_path / "other").import_matter(forged)
    raw = bytearray(forged.read_bytes())  # the size in the central directory forged, too
    size = (8 << 20).to_bytes(4, "little")
    at = raw.rfind(size)
    assert at > 0
    raw[at : at + 4] = (10).to_bytes(4, "little")
    forged.write_bytes(raw)
    with pytest.raises(UserError, match="refused"):
        Library(tmp_path / "other").import_matter(forged)


def test_a_matter_that_finds_no_room_is_refused(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEGALQA_FREE_SPACE_MB", str(1 << 40))
    with pytest.raises(EnvironmentFault, match="needs"):
        Library(tmp_path / "other").import_matter(archive)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 and nothing more", b"{}", os.urandom(4096)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.legalqa"
    file.write_bytes(content)
    with pytest.raises(UserError, match="refused"):
        Library(tmp_path / "other").import_matter(file)
    with pytest.raises(UserError, match="no file"):
        Library(tmp_path / "other").import_matter(tmp_path / "nowhere")


def test_what_is_newer_is_named(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = packed(archive)
    newer = {**files, "manifest.json": files["manifest.json"].replace(b'"format":1', b'"format":2')}
    with pytest.raises(EnvironmentFault, match="newer LegalQA"):
        Library(tmp_path / "other").import_matter(repacked(archive, newer))
    monkeypatch.setenv("PYTEST_SCRATCH", str(tmp_path))
    _sql(f"PRAGMA user_version = {len(MIGRATIONS) + 1};")(files)
    with pytest.raises(EnvironmentFault, match="newer LegalQA"):
        Library(tmp_path / "other").import_matter(repacked(archive, files))


@pytest.mark.parametrize("golden", sorted(GOLDEN.glob("catalog-schema*.sqlite.gz")), ids=lambda path: path.name)
def test_catalogs_of_every_release_have_our_schema(golden: Path, tmp_path: Path) -> None:
    import gzip

    file = tmp_path / "catalog.sqlite"
    file.write_bytes(gzip.decompress(golden.read_bytes()))
    require_own_schema(file)
    Catalog(file).close()  # migrated
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    require_own_schema(file)


def test_it_is_one_state_whatever_others_write_meanwhile(library: Library, tmp_path: Path) -> None:
    stop = threading.Event()

    def work() -> None:
        with library.open("harbor-point") as matter:
            while not stop.is_set():
                matter.recording.event("ask", question="Rent?")

    worker = threading.Thread(target=work)
    worker.start()
    try:
        time.sleep(0.1)
        files = [library.export("harbor-point", tmp_path / f"{number}.legalqa").file for number in range(3)]
    finally:
        stop.set()
        worker.join()
    for number, file in enumerate(files):
        done = Library(tmp_path / f"home {number}").import_matter(file)
        assert done.audit_faults == (), "the audit file and the catalog were copied as they stood together"
        assert done.audit_entries > number + 2


def test_a_full_disk_leaves_no_half_of_a_file(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("legalqa.exchange._hash_of", full)
    with pytest.raises(EnvironmentFault, match="No space left"):
        library.export("harbor-point", tmp_path / "hp.legalqa")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    with library.open("harbor-point") as matter:
        assert [entry.event for entry in matter.audit.entries()][-2:] == ["export", "failed"]


@pytest.mark.skipif(sys.platform == "win32", reason="ends processes with SIGKILL")
@pytest.mark.parametrize("act", ["import", "export"])
def test_what_a_kill_leaves_behind_is_removed(library: Library, archive: Path, tmp_path: Path, act: str) -> None:
    """Killed where most of it lies aside, unpacked or copied: that is no matter, and the next one tidies up."""
    place = tmp_path / "other"
    code = (
        "import os, signal, sys; from pathlib import Path; from legalqa import Library, exchange\n"
        "kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "exchange._adopted = exchange._hash_of = kill\n"
        "home, other, archive = map(Path, sys.argv[2:])\n"
        "if sys.argv[1] == 'import': Library(other).import_matter(archive)\n"
        "else: Library(home).export('harbor-point', archive.with_name('killed.legalqa'))\n"
    )
    home = library.settings.home
    arguments = [act, str(home), str(place), str(archive)]
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, timeout=60, check=False)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    left = place / "matters" if act == "import" else home / "matters" / "harbor-point"
    assert len(list(left.glob(f".{act}ing-*"))) == 1
    assert Library(place).matters() == ()
    if act == "import":
        assert Library(place).import_matter(archive).audit_faults == ()
    else:
        assert not (tmp_path / "killed.legalqa").exists()
        library.export("harbor-point", tmp_path / "killed.legalqa")
    assert list(left.glob(f".{act}ing-*")) == []


def test_two_at_once_leave_each_other_alone(library: Library, archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "other" / "matters"
    folder.mkdir(parents=True)
    with aside.folder(folder, "importing") as under_way:
        (under_way / "file").write_text("x")
        Library(tmp_path / "other").import_matter(archive)
        assert (under_way / "file").exists()
    assert [path.name for path in folder.iterdir()] == ["harbor-point"]


def test_a_matter_moves_and_leaves_a_certificate(library: Library, tmp_path: Path) -> None:
    library.hold("harbor-point", "a letter came")
    with pytest.raises(LegalQAError, match="legal hold"):
        library.move("harbor-point", tmp_path / "other")
    library.release("harbor-point", "settled")
    done = library.move("harbor-point", tmp_path / "other")
    other = Library(tmp_path / "other")
    assert [info.slug for info in other.matters()] == ["harbor-point"]
    assert library.matters() == ()
    (certificate,) = library.destroyed()
    assert json.loads(certificate.read_bytes())["reason"] == f"moved to {tmp_path / 'other'}"
    with other.open("harbor-point") as matter:
        assert matter.audit.verify().faults == ()
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["matters"]
    assert done.audit_faults == ()


@pytest.fixture
def indexing(home: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that indexes into the matter all the time."""
    folder = tmp_path / "record"
    folder.mkdir()
    for number in range(60):
        (folder / f"Lease {number}.txt").write_text(f"{LEASE} Suite {number}.")
    command = [sys.executable, "-m", "legalqa.cli", "index", str(folder), "-m", "m", "--workers", "1", "-q"]
    process = subprocess.Popen(command, env={**os.environ, "LEGALQA_HOME": str(home)}, stdout=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


@pytest.mark.models
@pytest.mark.slow
def test_it_is_exported_while_another_process_indexes(
    home: Path, tmp_path: Path, indexing: subprocess.Popen[bytes], run: Run
) -> None:
    library = Library(home)
    end = time.monotonic() + 200
    while time.monotonic() < end:
        if (home / "matters" / "m" / "catalog.sqlite").exists():
            with library.open("m") as matter:
                if len(matter.catalog.documents()) >= 3:
                    break
        time.sleep(0.2)
    assert run("matter", "export", "m", tmp_path / "m.legalqa").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to((home / "models").resolve())
    done = run("matter", "import", tmp_path / "m.legalqa", "--home", other, "--json")
    assert done.returncode == 0, done.stderr
    with Library(other).open("m") as matter:
        held = matter.catalog.documents()
        assert len(held) >= 3
        counts = matter.catalog.point_counts()
        assert sum(counts.values()) == sum(matter._engines.shard.counts([]).values())
        assert matter.audit.verify().faults == ()


@pytest.mark.models
@pytest.mark.slow
def test_documents_answers_and_decisions_survive_the_way(home: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "Lease.txt").write_text(LEASE)
    library = Library(home)
    library.create("m")
    questions = tmp_path / "questions.csv"
    questions.write_text("label,question\nRent,What is the monthly rent?\n")
    with library.open("m") as matter:
        matter.index([tmp_path / "Lease.txt"], workers=1, copy=True)
        review = matter.review("Leases")
        review.set(matter.review_questions(questions), matter.documents_in())
        review.fill()
        review.decide(matter.documents_in()[0], RENT, "accepted", comment="seen")
        answer, status, grid = matter.ask(RENT, fresh=True), matter.status(), review.grid()
    assert run("matter", "export", "m", tmp_path / "m.legalqa").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to((home / "models").resolve())
    assert run("matter", "import", tmp_path / "m.legalqa", "--home", other).returncode == 0
    with Library(other).open("m") as matter:
        again = matter.ask(RENT, fresh=True)
        assert (again.sentences, again.passages) == (answer.sentences, answer.passages)
        assert matter.status() == status
        assert matter.review("Leases").grid() == grid
        assert [one.same for one in map(matter.replay, matter.audit.entries()) if not one.skipped] == [True] * 3
        assert matter.audit.verify().faults == ()
        image = matter.page_image(matter.documents_in()[0], 1)
        assert image.width > 0
