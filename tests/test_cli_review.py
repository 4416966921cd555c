"""``legalqa review``: a grid on disk, gone on with, and refusals with the right exit code."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = [pytest.mark.slow, pytest.mark.models]
LEASE = "LEASE\n\n1. Rent. The monthly rent is $4,800.\n\n2. Term. The term ends on May 31, 2029.\n"
MEMO = "MEMORANDUM\n\nThe roof leaks. The landlord was told of it on March 3, 2024.\n"


def test_a_review_is_written_and_gone_on_with(run: Run, tmp_path: Path) -> None:
    record = tmp_path / "record"
    record.mkdir()
    (record / "Lease.txt").write_text(LEASE)
    assert run("index", record, "-m", "Lease").returncode == 0
    questions = tmp_path / "Terms.csv"
    questions.write_text("label,question\nRent,What is the monthly rent?\n")
    out = tmp_path / "grid.xlsx"
    first = run("review", questions, "-m", "Lease", "--out", out, "--json")
    assert first.returncode == 0, first.stderr
    said = json.loads(first.stdout)
    assert (said["review"], said["documents"], said["questions"], said["open"]) == ("Terms", 1, 1, 0)
    sheet = openpyxl.load_workbook(out)["Review"]
    assert "$4,800" in str(sheet["B2"].value)

    (record / "Memo.txt").write_text(MEMO)
    assert run("index", record, "-m", "Lease").returncode == 0
    again = run("review", questions, "-m", "Lease", "--out", out)
    assert "0 to go" in again.stderr
    assert "1 to go" not in again.stderr, "only the document that is new is asked"
    assert openpyxl.load_workbook(out)["Review"].max_row == 3

    for wrong in (("none.csv", "--out", out), (questions, "--out", tmp_path / "grid.doc")):
        refused = run("review", wrong[0], "-m", "Lease", *wrong[1:])
        assert refused.returncode == 2, refused.stderr
        assert "Traceback" not in refused.stderr
