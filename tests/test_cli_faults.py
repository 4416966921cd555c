"""Every fault ends in words and in the exit code of DESIGN §8, on the real command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

LEASE = """LEASE AGREEMENT

This Lease is made as of March 1, 2021 between Harbor Point LLC and Delmar Foods, Inc.

ARTICLE 4 RENT

4.1 Base Rent. Tenant shall pay Base Rent of $42,500 per month in advance on the first day of each month.

4.2 Late Charges. If Tenant fails to pay within ten (10) days, Tenant shall pay a late charge of five percent (5%).
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    return folder


def told(done: subprocess.CompletedProcess[str], code: int) -> str:
    """stderr of a run that must have ended with `code` and without a traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("legalqa: ") or "\nlegalqa: " in done.stderr
    return done.stderr


def test_an_unknown_matter_names_the_known_ones(run: Run) -> None:
    assert run("matter", "new", "Harbor Point").returncode == 0
    assert "harbor-point" in told(run("status", "-m", "harbour-point"), 2)


def test_json_errors_are_one_object(run: Run) -> None:
    done = run("status", "-m", "nowhere", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["exit_code"] == 2


@pytest.mark.models
def test_a_wrong_where_names_the_near_miss(run: Run, files: Path) -> None:
    assert run("index", files, "-m", "m").returncode == 0
    assert "type" in told(run("search", "rent", "-m", "m", "--where", "tyep=lease"), 2)
    assert "date" in told(run("search", "rent", "-m", "m", "--where", "date>=yesterday"), 2)


def test_a_file_that_is_not_there_is_named(run: Run) -> None:
    assert "nowhere.pdf" in told(run("index", "nowhere.pdf", "-m", "m"), 2)


@pytest.mark.models
def test_an_unreadable_pdf_is_named_and_the_rest_is_indexed(run: Run, files: Path) -> None:
    (files / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is no PDF")
    done = run("index", files, "-m", "m", "--json")
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout)
    assert [Path(file["path"]).name for file in report["failed"]] == ["broken.pdf"]
    assert report["failed"][0]["reason"]
    status = json.loads(run("status", "-m", "m", "--json").stdout)
    assert {Path(file["path"]).name: file["state"] for file in status["files"]} == {
        "lease.txt": "indexed",
        "broken.pdf": "failed",
    }


def test_a_missing_model_says_how_to_get_it(run: Run, home: Path, files: Path) -> None:
    (home / "models").unlink()
    assert "legalqa models" in told(run("index", files, "-m", "m"), 4)
    assert run("doctor").returncode == 4


def test_the_doctor_names_what_makes_answers_worse(run: Run, home: Path, models_home: Path) -> None:
    """A home that was made before there was a reader."""
    (home / "models").unlink()
    (home / "models").mkdir()
    for folder in (models_home / "models").iterdir():
        if folder.name != "legalqa-reader-1":
            (home / "models" / folder.name).symlink_to(folder)
    done = run("doctor", "--json")
    assert done.returncode == 4
    (fault,) = (check for check in json.loads(done.stdout)["checks"] if not check["ok"])
    assert fault["name"] == "Reader model"
    assert "legalqa models pull legalqa-reader-1" in fault["hint"]


@pytest.mark.models
def test_an_altered_model_is_refused(run: Run, home: Path, models_home: Path, files: Path) -> None:
    (home / "models").unlink()
    shutil.copytree(models_home / "models", home / "models")
    assert run("index", files, "-m", "m").returncode == 0
    weights = next((home / "models").rglob("*.gguf"))
    with weights.open("r+b") as file:
        file.seek(5_000_000)
        byte = file.read(1)
        file.seek(5_000_000)
        file.write(bytes([byte[0] ^ 1]))
    message = told(run("ask", "What is the Base Rent?", "-m", "m"), 4)
    assert weights.name in message or "smollm2" in message
    assert run("models", "verify").returncode == 4


@pytest.mark.models
def test_a_missing_tesseract_is_said_and_nothing_is_skipped_silently(run: Run, files: Path, tmp_path: Path) -> None:
    from PIL import Image, ImageDraw

    page = Image.new("L", (850, 1100), 255)
    ImageDraw.Draw(page).text((100, 100), "Notice of default under the lease of March 1, 2021", fill=0, font_size=30)
    page.save(files / "scan.pdf", resolution=100)
    empty = tmp_path / "no-tessdata"
    empty.mkdir()
    message = told(run("index", files, "-m", "m", TESSDATA_PREFIX=str(empty), PATH=str(empty)), 4)
    assert "Tesseract" in message
    assert "install" in message.lower()


@pytest.mark.models
def test_a_second_writer_is_denied_and_told_who_writes(run: Run, home: Path, files: Path) -> None:
    from legalqa.index.lock import WriterLock

    assert run("index", files, "-m", "m").returncode == 0
    with WriterLock(home / "matters" / "m"):
        assert str(os.getpid()) in told(run("index", files, "-m", "m"), 5)
        assert run("search", "rent", "-m", "m").returncode == 0  # readers do not wait


@pytest.mark.models
def test_a_nearly_full_disk_is_said_before_anything_is_written(run: Run, files: Path) -> None:
    assert "free" in told(run("index", files, "-m", "m", LEGALQA_FREE_SPACE_MB=str(1 << 40)), 4).lower()


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("left", [64, 600])  # KiB free: too little for the catalog, for the index
def test_a_full_disk_loses_nothing(files: Path, tmp_path: Path, models_home: Path, left: int) -> None:
    """A small disk, really full: the run ends in words, and what was indexed before is still there."""
    small = tmp_path / "small"
    small.mkdir()
    for number in range(40):
        (files / f"lease-{number}.txt").write_text(f"Lease {number}\n\n" + LEASE * 10, encoding="utf-8")
    command = f"{sys.executable} -m legalqa.cli"
    script = f"""
        mount -t tmpfs -o size=160m full {small} && ln -s {models_home}/models {small}/models
        export LEGALQA_HOME={small} LEGALQA_FREE_SPACE_MB=0
        {command} index {files}/lease.txt -m m || exit 90
        free=$(df --output=avail {small} | tail -1)
        head -c $(((free - {left}) * 1024)) /dev/zero >{small}/filler || exit 92
        {command} index {files} -m m -q; echo "code $?"
        {command} status -m m --json >/dev/null || exit 91
        rm {small}/filler
        {command} search "Base Rent" -m m --where document=lease.txt --json || exit 93
        {command} index {files} -m m -q; echo "code $?"
    """
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, timeout=280, check=False
    )
    assert "code 4" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "full" in done.stderr
    assert done.stdout.splitlines()[-1] == "code 0"
    hits = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))["hits"]
    assert hits
    assert "$42,500" in hits[0]["text"]
