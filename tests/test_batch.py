"""A batch through the real command line and library: files inside files, stops, passwords, what is none of ours."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from legalqa.errors import Cancelled, UserError
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.values.matter import IndexReport, Progress
from tests.conftest import Run

CLAUSE = "{n}. Rent. Tenant number {n} shall pay rent of ${n},500 per month in advance on the first day.\n"
pytestmark = pytest.mark.models


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


@pytest.fixture
def matter(home: Path) -> Iterator[Matter]:
    library = Library(home)
    library.create("m")
    with library.open("m") as matter:
        yield matter


def archive(path: Path, members: dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w") as out:
        for name, content in members.items():
            out.writestr(zipfile.ZipInfo(name, (2021, 3, 1, 0, 0, 0)), content)


def scan(path: Path, pages: int) -> None:
    """A PDF of pictures, each of another sentence."""
    pictures = []
    for number in range(1, pages + 1):
        picture = Image.new("L", (500, 200), 255)
        ImageDraw.Draw(picture).text((30, 60), f"Notice number {number} of default", fill=0, font_size=24)
        pictures.append(picture)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], resolution=100)


def states(matter: Matter, folder: Path) -> dict[str, str]:
    return {file.path[len(str(folder)) + 1 :]: file.state for file in matter.status().files}


def test_members_are_files_of_their_own_and_follow_their_archive(matter: Matter, files: Path) -> None:
    archive(files / "b.zip", {"box/lease.txt": CLAUSE.format(n=1), "box/copy.txt": CLAUSE.format(n=1)})
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Rent"
    message.set_content("The draft is attached.")
    message.add_attachment(CLAUSE.format(n=7).encode(), "text", "plain", filename="draft.txt")
    (files / "a.eml").write_bytes(message.as_bytes())
    report = matter.index([files], workers=2)
    assert not report.failed
    assert states(matter, files) == {
        "a.eml": "indexed",
        "a.eml/draft.txt": "indexed",
        "b.zip": "indexed",
        "b.zip/box/copy.txt": "indexed",
        "b.zip/box/lease.txt": "duplicate",
    }
    letter = matter.find_document(str(files / "a.eml"))
    draft = matter.find_document(str(files / "a.eml" / "draft.txt"))
    assert draft.parent_id == letter.id
    assert matter.search("$7,500", exact=True).hits[0].path == str(files / "a.eml" / "draft.txt")
    kept = sorted(matter.folder.glob("originals/*"))
    assert [file.read_text() for file in kept if "7,500" in file.read_text()] == [CLAUSE.format(n=7)]

    again = matter.index([files], workers=1)
    assert (again.unchanged, again.added, again.replaced) == (5, (), ())

    archive(files / "b.zip", {"box/lease.txt": CLAUSE.format(n=2)})  # changed: one member edited, one gone
    matter.index([files], workers=1)
    assert states(matter, files)["b.zip/box/lease.txt"] == "indexed"
    assert states(matter, files)["b.zip/box/copy.txt"] == "missing"
    assert len(matter.search("$2,500", exact=True).hits) == 1

    (files / "b.zip").rename(files / "moved.zip")  # moved: its members with it, and none is read again
    pages: list[str] = []
    report = matter.index([files], on_progress=lambda p: pages.append(p.path) if p.event == "page" else None)
    assert pages == []
    found = states(matter, files)
    assert (found["moved.zip"], found["moved.zip/box/lease.txt"]) == ("indexed", "indexed")
    assert (found["b.zip"], found["b.zip/box/lease.txt"]) == ("missing", "missing")
    assert "moved.zip/box/copy.txt" not in found


def test_archives_within_archives_end_somewhere_and_say_so(matter: Matter, files: Path) -> None:
    inner: str | bytes = CLAUSE.format(n=1)
    name = "lease.txt"
    for depth in range(6):
        archive(files / "x.zip", {name: inner, f"{depth}.txt": CLAUSE.format(n=depth + 2)})
        inner, name = (files / "x.zip").read_bytes(), f"{depth}.zip"
    report = matter.index([files], workers=2)
    assert {file.reason for file in report.failed} == {"the archive is nested too deeply"}
    deepest = [path for path, state in states(matter, files).items() if state == "indexed"]
    assert max(path.count(".zip/") for path in deepest) == 4
    again = matter.index([files], workers=1)
    assert {file.reason for file in again.failed} == {"the archive is nested too deeply"}
    assert again.added == ()


def test_a_crash_between_an_archive_and_its_members_forgets_none(
    matter: Matter, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from legalqa.indexing import Run as IndexingRun

    archive(files / "b.zip", {"lease.txt": CLAUSE.format(n=1)})

    class Death(Exception):
        pass

    consider = IndexingRun._consider

    def die(self: IndexingRun, fact: object, readers: object) -> None:
        if getattr(fact, "parent", None):
            self._writer.flush()
            raise Death
        consider(self, fact, readers)  # type: ignore[arg-type]  # handed on as it came

    with monkeypatch.context() as patch:
        patch.setattr(IndexingRun, "_consider", die)
        with pytest.raises(Death):
            matter.index([files], workers=1)
    assert states(matter, files) == {"b.zip": "indexed", "b.zip/lease.txt": "failed"}
    report = matter.index([files], workers=1)
    assert states(matter, files) == {"b.zip": "indexed", "b.zip/lease.txt": "indexed"}
    assert report.added == (str(files / "b.zip" / "lease.txt"),)


@pytest.mark.slow
def test_a_killed_scan_goes_on_with_the_page_it_was_at(run: Run, home: Path, files: Path) -> None:
    scan(files / "scan.pdf", 20)
    command = [sys.executable, "-m", "legalqa.cli", "index", str(files), "-m", "m", "--json-lines", "--workers", "2"]
    environment = {**os.environ, "LEGALQA_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = 0
    for line in process.stdout:
        first += json.loads(line)["event"] == "page"
        if first == 9:
            break
    os.kill(process.pid, signal.SIGKILL)
    first += sum(json.loads(line)["event"] == "page" for line in process.stdout if line.endswith("}\n"))
    process.wait()
    assert list((home / "matters" / "m" / "reading").glob("*.pages"))
    done = run("index", files, "-m", "m", "--json-lines")
    assert done.returncode == 0, done.stderr
    second = sum(json.loads(line)["event"] == "page" for line in done.stdout.splitlines())
    assert second <= 20 - first  # not one finished page was read again
    assert not list((home / "matters" / "m" / "reading").glob("*.pages"))
    status = json.loads(run("status", "-m", "m", "--json").stdout)
    assert status["pages"] == {"text": 0, "ocr": 20, "blank": 0, "failed": 0}
    assert status["files"][0]["confidence"] > 50


@pytest.mark.slow
def test_stop_finishes_the_pages_under_way_and_keeps_them(matter: Matter, files: Path) -> None:
    scan(files / "scan.pdf", 12)
    stop = threading.Event()
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        if progress.event == "page":
            seen.append(progress)
            if len(seen) == 3:
                stop.set()

    with pytest.raises(Cancelled):
        matter.index([files], workers=2, on_progress=watch, stop=stop)
    first = len(seen)
    assert 3 <= first < 12
    seen.clear()
    stop.clear()
    matter.index([files], workers=2, on_progress=lambda p: seen.append(p) if p.event == "page" else None)
    assert len(seen) == 12 - first
    assert matter.status().pages["ocr"] == 12


def test_files_of_the_system_are_listed_and_no_fault(run: Run, files: Path, tmp_path: Path) -> None:
    (files / "lease.txt").write_text(CLAUSE.format(n=1))
    for name in (".DS_Store", "Thumbs.db", "~$lease.docx", "desktop.ini"):
        (files / name).write_bytes(b"x")
    (files / "loop").symlink_to(files)
    (files / "=cmd.dwg").write_bytes(b"\0\1\2")
    report = tmp_path / "report.csv"
    done = run("index", files, "-m", "m", "--json", "--report", report)
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert len(found["skipped"]) == 5
    assert ".DS_Store" not in run("ask", "What is the rent?", "-m", "m").stdout  # nobody misses it
    assert [Path(file["path"]).name for file in found["failed"]] == ["=cmd.dwg"]
    (files / "=cmd.dwg").unlink()
    assert run("index", files, "-m", "m").returncode == 0
    with report.open(encoding="utf-8-sig", newline="") as lines:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(lines)}
    assert rows["lease.txt"]["page_state"] == "text"
    assert rows[".DS_Store"]["file_state"] == "skipped"
    assert "operating system" in rows[".DS_Store"]["file_reason"]
    assert "not followed" in rows["loop"]["file_reason"]
    other = tmp_path / "report.json"
    assert run("index", files, "-m", "m", "--report", other).returncode == 0
    files_reported = {Path(file["path"]).name: file for file in json.loads(other.read_text())["files"]}
    assert [page["source"] for page in files_reported["lease.txt"]["page_list"]] == ["text"]
    assert "must end in" in run("index", files, "-m", "m", "--report", tmp_path / "report.doc").stderr


def test_a_password_is_tried_and_kept_nowhere(run: Run, home: Path, files: Path, tmp_path: Path) -> None:
    import pikepdf
    from reportlab.pdfgen import canvas

    plain = tmp_path / "plain.pdf"
    page = canvas.Canvas(str(plain))
    page.drawString(72, 700, CLAUSE.format(n=3).strip())
    page.save()
    secret = "Kestrel-9184-harbour"
    with pikepdf.open(plain) as pdf:
        pdf.save(files / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user=secret))
    done = run("index", files, "-m", "m", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["failed"][0]["state"] == "encrypted"
    words = tmp_path / "passwords.txt"
    words.write_text(f"wrong one\n{secret}\n")
    done = run("index", files, "-m", "m", "--password-file", words)
    assert done.returncode == 0, done.stderr
    assert secret not in done.stderr + done.stdout
    assert run("search", "$3,500", "-m", "m", "--exact").stdout.count("locked.pdf") == 1
    for file in (home / "matters").rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()
    assert "cannot be read" in run("index", files, "-m", "m", "--password-file", tmp_path / "none").stderr


def test_what_failed_is_tried_again_only_when_asked_for(matter: Matter, files: Path) -> None:
    (files / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is no PDF")
    seen: list[Progress] = []
    assert len(matter.index([files], workers=1).failed) == 1
    report = matter.index([files], on_progress=seen.append)
    assert [file.state for file in report.failed] == ["failed"]
    assert [p.state for p in seen if p.event == "file"] == ["unchanged"]
    seen.clear()
    assert len(matter.index([files], retry=True, on_progress=seen.append).failed) == 1
    assert [p.state for p in seen if p.event == "file"] == ["failed"]


def test_watching_reads_what_comes_and_ends_when_stopped(matter: Matter, files: Path) -> None:
    from legalqa import cli_index

    (files / "one.txt").write_text(CLAUSE.format(n=1))
    stop = threading.Event()
    told: list[IndexReport] = []

    def tell(report: IndexReport) -> None:
        told.append(report)
        if len(told) == 1:
            (files / "two.txt").write_text(CLAUSE.format(n=2))
        else:
            stop.set()

    last = cli_index.keep_watching(
        [files], matter.settings.home, lambda stop: matter.index([files], workers=1, stop=stop), stop, tell
    )
    assert [len(report.added) for report in told] == [1, 1]
    assert last is told[-1]


def test_a_scheduler_that_is_no_address_is_refused(matter: Matter, files: Path) -> None:
    with pytest.raises(UserError, match="not the address"):
        matter.index([files], scheduler="somewhere")
