"""A matter whose heavy work is done elsewhere behaves as one that does it itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from legalqa import Library
from legalqa.apart import Apart
from legalqa.errors import BugError, Cancelled, UserError
from legalqa.values.answer import Draft
from legalqa.values.matter import Progress
from legalqa.values.question import LeftOut

pytestmark = [pytest.mark.models]
LEASE = "LEASE\n\n1. Rent. The monthly rent is $4,800.\n\n2. Term. The term ends on May 31, 2029.\n"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "Lease.txt").write_text(LEASE)
    return folder


@pytest.mark.slow
def test_it_reads_answers_and_checks_as_a_matter_does(home: Path, record: Path, tmp_path: Path) -> None:
    Library(home).create("Lease")
    progress, drafts = list[Progress](), list[Draft]()
    with Library(home, apart=True).open("lease") as matter:
        assert isinstance(matter, Apart)
        report = matter.index([record], on_progress=progress.append)
        assert [Path(path).name for path in report.added] == ["Lease.txt"]
        assert progress[-1].stage == "done"
        answer = matter.ask("What is the monthly rent?", on_draft=drafts.append)
        assert drafts[0].stage == "retrieving"
        assert matter.filters("type=lease")[0].value == "lease"
        assert len(matter.documents_in()) == 1
        draft = tmp_path / "brief.txt"
        draft.write_text("The monthly rent is $5,800. (Lease § 1.)\n")
        checked = matter.verify(draft, matter.read_draft(draft))
        understood = matter.understand("What is the rent in the Lease?")
        with pytest.raises(UserError, match="not of the form"):
            matter.ask("What?", "nonsense")
    with Library(home).open("lease") as plain:
        alone = plain.ask("What is the monthly rent?", fresh=True)
        assert answer.sentences == alone.sentences
        assert answer.passages == alone.passages
        assert checked.sentences == plain.verify(draft).sentences
        assert understood == plain.understand("What is the rent in the Lease?")


@pytest.mark.slow
def test_reading_is_stopped(home: Path, record: Path) -> None:
    for number in range(40):
        (record / f"{number}.txt").write_text(f"{LEASE} Number {number}.")
    Library(home).create("Lease")
    stop = threading.Event()

    def halt(progress: Progress) -> None:
        if progress.files_done:
            stop.set()

    with Library(home, apart=True).open("lease") as matter, pytest.raises(Cancelled, match="stopped"):
        matter.index([record], on_progress=halt, stop=stop)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no nice values")
def test_reading_gives_way_to_the_window(home: Path, record: Path) -> None:
    Library(home).create("Lease")
    mine, theirs = os.getpriority(os.PRIO_PROCESS, 0), set[int]()
    with Library(home, apart=True).open("lease") as matter:
        assert isinstance(matter, Apart)

        def look(_progress: Progress) -> None:
            assert matter._reads.pid
            theirs.add(os.getpriority(os.PRIO_PROCESS, matter._reads.pid))

        matter.index([record], on_progress=look)
    assert theirs == {max(mine, 5)}
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine


def test_a_process_that_breaks_down_is_started_anew(home: Path) -> None:
    Library(home).create("Lease")
    with Library(home, apart=True).open("lease") as matter:
        assert isinstance(matter, Apart)

        def kill(_draft: Draft) -> None:
            assert matter._answers.pid
            os.kill(matter._answers.pid, signal.SIGKILL)

        with pytest.raises(BugError, match="broke down"):
            matter.ask("What is the rent?", on_draft=kill)
        assert matter.understand("What is the rent?").core == "What is the rent?"


def test_closing_does_not_wait_for_models_that_load(home: Path) -> None:
    """It waited five seconds, and then killed the process all the same."""
    Library(home).create("Lease")
    matter = Library(home, apart=True).open("lease")
    assert isinstance(matter, Apart)
    failed: list[BugError] = []

    def warm() -> None:
        try:
            matter.warm()
        except BugError as error:
            failed.append(error)

    loading = threading.Thread(target=warm)
    loading.start()
    while matter._answers.doing != "warm":
        time.sleep(0.01)
    began = time.monotonic()
    matter.close()
    loading.join(10)
    assert time.monotonic() - began < 4
    assert failed
    assert not loading.is_alive()


def test_what_is_left_out_reaches_the_other_process(home: Path) -> None:
    Library(home).create("Lease")
    left = (LeftOut("phrase", "time is money"),)
    with Library(home, apart=True).open("lease") as matter:
        question = 'Who said "time is money"?'
        assert matter.understand(question).phrases == ("time is money",)
        assert matter.understand(question, without=left).phrases == ()


def test_whoever_opens_it_loads_nothing_heavy(home: Path) -> None:
    Library(home).create("Lease")
    code = (
        "import sys; from pathlib import Path; from legalqa import Library\n"
        f"matter = Library(Path({str(home)!r}), apart=True).open('lease')\n"
        "matter.status(); matter.understand('What is the rent?'); matter.close()\n"
        "print([name for name in ('llama_index', 'onnxruntime', 'llama_cpp', 'qdrant_edge') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.strip() == "[]"
