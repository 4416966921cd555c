"""A matter destroyed leaves a certificate, and is not destroyed where somebody must keep it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from legalqa import Library, destroying
from legalqa.errors import Denied, EnvironmentFault, UserError
from legalqa.index.lock import WriterLock
from legalqa.library import write_info
from tests.conftest import Run


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "home")
    library.create("Harbor Point", "Delmar")
    return library


def test_the_certificate_says_what_went_when_and_by_whom(library: Library) -> None:
    info = library.info("harbor-point")
    with library.open("harbor-point") as matter:
        matter.recording.event("ask", question="Rent?")
    (Path(info.folder) / "originals").mkdir()
    (Path(info.folder) / "originals" / "a.pdf").write_bytes(b"%PDF")
    log = Path(info.folder) / "audit.jsonl"
    before = log.read_text()
    certificate = library.destroy("harbor-point", "the matter is closed")
    assert not Path(info.folder).exists()
    assert list(library.settings.matters.iterdir()) == []
    said = json.loads(certificate.read_bytes())
    assert (said["id"], said["name"], said["client"]) == (info.id, "Harbor Point", "Delmar")
    assert (said["documents"], said["pages"], said["originals"]) == (0, 0, 1)
    assert said["reason"] == "the matter is closed"
    assert said["bytes"] > len(before)
    assert said["audit_entries"] == 2, "the deletion is the last entry"
    assert json.loads(before)["hash"] != said["audit_head"]
    assert len(said["audit_head"]) == 64
    assert said["audit_faults"] == []
    assert certificate.parent == library.settings.home / "destroyed"
    assert library.destroyed() == (certificate,)
    if sys.platform != "win32":
        assert stat.S_IMODE(certificate.stat().st_mode) == 0o600


def test_what_was_wrong_with_the_audit_file_stands_in_the_certificate(library: Library) -> None:
    with library.open("harbor-point") as matter:
        matter.recording.event("ask", question="Rent?")
        file = matter.folder / "audit.jsonl"
    file.write_bytes(file.read_bytes().replace(b"Rent", b"Rant"))
    assert json.loads(library.destroy("harbor-point").read_bytes())["audit_faults"]


def test_a_damaged_matter_can_be_deleted(library: Library) -> None:
    folder = Path(library.info("harbor-point").folder)
    (folder / "catalog.sqlite").write_bytes(b"this is no database" * 100)
    said = json.loads(library.destroy("harbor-point").read_bytes())
    assert said["documents"] is None
    assert said["audit_faults"]
    assert not folder.exists()


def test_legal_hold_keeps_a_matter(library: Library) -> None:
    library.hold("harbor-point", "Delmar v. Harbor Point")
    with pytest.raises(Denied, match="under legal hold") as caught:
        library.destroy("harbor-point")
    assert "Delmar v. Harbor Point" in caught.value.message
    assert caught.value.exit_code == 5
    assert library.destroyed() == ()
    library.release("harbor-point", "settled")
    with pytest.raises(UserError, match="no legal hold"):
        library.release("harbor-point", "again")
    assert library.destroy("harbor-point").exists()


def test_hold_and_retention_by_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("hold = ['harbor-point']\n")
    held = Library(tmp_path / "home", policy_file=file)
    held.create("Harbor Point")
    with pytest.raises(Denied, match="by policy"):
        held.destroy("harbor-point")
    with pytest.raises(Denied, match="policy holds"):
        held.release("harbor-point", "I want to")

    file.write_text("retention_days = 30\n")
    kept = Library(tmp_path / "home", policy_file=file)
    with pytest.raises(Denied, match="keeps a matter for 30 days"):
        kept.destroy("harbor-point")
    info = kept.info("harbor-point")
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat(timespec="seconds")
    write_info(type(info)(info.id, info.slug, info.name, info.client, long_ago, info.schema, info.folder))
    with kept.open("harbor-point") as matter:
        matter.recording.event("ask", question="worked on today")
    with pytest.raises(Denied, match="last worked on"):
        kept.destroy("harbor-point")
    (Path(info.folder) / "audit.jsonl").unlink()
    assert kept.destroy("harbor-point").exists()


def test_a_matter_that_is_written_is_kept_whole(library: Library) -> None:
    folder = Path(library.info("harbor-point").folder)
    with WriterLock(folder), pytest.raises(Denied, match="being written"):
        library.destroy("harbor-point")
    assert (folder / "matter.toml").exists()
    assert library.destroyed() == ()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_deletion_that_a_crash_cut_off_is_finished(
    library: Library, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class Crash(BaseException):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Crash

    name = "_doomed" if moment == "before" else "shutil.rmtree"
    with monkeypatch.context() as patched:
        patched.setattr(f"legalqa.destroying.{name}", crash)
        with pytest.raises(Crash):
            library.destroy("harbor-point")
    assert bool(list(library.settings.matters.glob("harbor-point"))) is (moment == "before")
    found = library.destroyed()
    assert len(found) == (0 if moment == "before" else 1)
    assert [path.name for path in library.settings.matters.iterdir()] == (
        ["harbor-point"] if moment == "before" else []
    )
    if moment == "before":
        assert library.destroy("harbor-point").exists()


def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("legalqa.destroying.shutil.rmtree", cut_off)
        with pytest.raises(KeyboardInterrupt):
            library.destroy("harbor-point")
    home = library.settings.home
    assert list(library.settings.matters.glob(".deleted-*")), "the record is still on the disk"
    assert Library(home).matters() == ()
    assert list(library.settings.matters.iterdir()) == []
    assert [path.suffix for path in (home / "destroyed").glob("* *")] == [".json"]


def test_a_deletion_of_another_process_is_left_to_it(library: Library) -> None:
    home = library.settings.home
    with destroying._alone(home):
        doomed = library.settings.matters / ".deleted-x"
        doomed.mkdir()
        assert [info.slug for info in Library(home).matters()] == ["harbor-point"]
        assert doomed.exists()
    Library(home)
    assert not doomed.exists()


def test_what_cannot_be_recorded_is_not_destroyed(library: Library) -> None:
    folder = Path(library.info("harbor-point").folder)
    (folder / "audit.lock").mkdir()  # nobody can lock the audit file
    with pytest.raises(EnvironmentFault, match="audit file"):
        library.destroy("harbor-point")
    assert (folder / "matter.toml").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="access is told otherwise there")
def test_folders_of_matters_are_private(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        library = Library(tmp_path / "home")
        library.create("m")
        private = [library.settings.home, library.settings.matters, library.settings.matters / "m"]
        assert [stat.S_IMODE(path.stat().st_mode) for path in private] == [0o700] * 3
        library.settings.home.chmod(0o750)
        library.create("n")
        assert stat.S_IMODE(library.settings.home.stat().st_mode) == 0o750, "a folder that was there is the user's"
        (library.settings.matters / "m").chmod(0o755)  # one of an earlier version, or copied here
        library.open("m").close()
        assert stat.S_IMODE((library.settings.matters / "m").stat().st_mode) == 0o700
    finally:
        os.umask(before)


def test_the_command_line(run: Run, home: Path) -> None:
    assert run("matter", "new", "m").returncode == 0
    assert run("matter", "hold", "m", "--reason", "a letter came").returncode == 0
    done = run("matter", "delete", "m", "--yes")
    assert done.returncode == 5
    assert "a letter came" in done.stderr
    assert run("matter", "release", "m", "--reason", "settled").returncode == 0
    done = run("matter", "delete", "m", "--yes", "--reason", "closed", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(Path(json.loads(done.stdout)["certificate"]).read_bytes())["reason"] == "closed"


def test_certificates_outlive_what_lies_beside_them(library: Library) -> None:
    library.destroy("harbor-point")
    library.create("Harbor Point")
    library.destroy("harbor-point")
    assert len(library.destroyed()) == 2
    shutil.rmtree(library.settings.matters)
    assert len(list(destroying.certificates(library.settings.home))) == 2
