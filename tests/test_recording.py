"""What is done in a matter stands in its audit file: each act once, and what cannot stand there is not done."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa import Library, audit, replaying
from legalqa.audit import FILE
from legalqa.errors import Cancelled, EnvironmentFault, UserError
from legalqa.matter import Matter
from legalqa.values.audit import AuditEntry
from legalqa.values.matter import Progress
from legalqa.values.question import LeftOut
from legalqa.values.review import Grid
from tests.conftest import Run

LEASE = "LEASE\n\n1. Rent. The monthly rent is $4,800.\n\n2. Term. The term ends on May 31, 2029.\n"
RENT = "What is the monthly rent?"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    folder = tmp_path / "record"
    folder.mkdir()
    (folder / "Lease.txt").write_text(LEASE)
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Matter]:
    """A matter without documents, in a home without models."""
    library = Library(tmp_path / "home")
    library.create("m")
    with library.open("m") as matter:
        yield matter


def events(matter: Matter) -> list[str]:
    return [entry.event for entry in matter.audit.entries()]


def test_an_export_is_recorded_before_it_is_written(empty: Matter, tmp_path: Path) -> None:
    target = tmp_path / "coverage.json"
    empty.write_coverage(target)
    (entry,) = empty.audit.entries()
    assert (entry.event, entry.details) == ("export", {"what": "coverage", "file": str(target)})
    empty.write_review(Grid("Leases"), tmp_path / "grid.csv")
    with pytest.raises(UserError):
        empty.write_coverage(tmp_path / "nowhere" / "coverage.json")
    assert events(empty) == ["export", "export", "export", "failed"]
    *_, last, failed = empty.audit.entries()
    assert failed.details == {"entry": last.number, "error": "UserError"}
    assert empty.audit.verify().faults == ()


def test_what_cannot_be_recorded_is_not_exported(empty: Matter, tmp_path: Path) -> None:
    (empty.folder / FILE).mkdir()  # a file that nobody can write, whoever runs this
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        empty.write_coverage(tmp_path / "coverage.json")
    assert not (tmp_path / "coverage.json").exists()


def test_nothing_is_read_where_it_cannot_be_recorded(empty: Matter, record: Path) -> None:
    (empty.folder / FILE).mkdir()
    with pytest.raises(EnvironmentFault, match="cannot be written"):
        empty.index([record])
    assert empty.catalog.files() == []


def test_a_run_that_fails_is_recorded_with_what_ended_it(empty: Matter, record: Path) -> None:
    with pytest.raises(EnvironmentFault, match="not installed"):
        empty.index([record])  # without an encoder
    (entry,) = empty.audit.entries()
    assert entry.event == "index"
    assert entry.details["ended"] == "EnvironmentFault"
    assert entry.details["paths"] == [str(record)]


@pytest.mark.skipif(sys.platform == "win32", reason="other variables name the user there")
def test_who_it_was_is_not_for_a_variable_to_say(tmp_path: Path) -> None:
    import pwd

    code = "from legalqa import audit; print(audit.user())"
    said = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "mallory")
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **said}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == pwd.getpwuid(os.getuid()).pw_name


def test_several_processes_write_one_chain(empty: Matter, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from legalqa import Library\n"
        "with Library(Path(sys.argv[1])).open('m') as matter:\n"
        "    for number in range(20): matter.recording.event('ask', question=str(number))\n"
    )
    home = str(empty.settings.home)
    running = [subprocess.Popen([sys.executable, "-c", code, home]) for _ in range(3)]
    for number in range(20):
        empty.recording.event("ask", question=f"ours {number}")
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    report = empty.audit.verify()
    assert (report.entries, report.faults) == (80, ())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="ends processes with SIGKILL")
def test_whatever_was_told_to_be_recorded_survives_a_kill(empty: Matter) -> None:
    """Twenty processes, each killed at a random moment while it records: what had returned is there, in one chain."""
    code = (
        "import sys; from pathlib import Path; from legalqa import Library\n"
        "with Library(Path(sys.argv[1])).open('m') as matter:\n"
        "    while True: print(matter.recording.event('ask', question='Who?' * 50).number, flush=True)\n"
    )
    chance = random.Random(7)
    for _ in range(20):
        command = [sys.executable, "-c", code, str(empty.settings.home)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.15))
            process.kill()
            told = process.stdout.read().split()
        if told:
            assert any(entry.number == int(told[-1]) for entry in empty.audit.entries())
        empty.recording.event("ask", question="and after that?")
        assert empty.audit.verify().faults == ()


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("apart", [False, True])
def test_each_act_is_recorded_once(home: Path, record: Path, tmp_path: Path, apart: bool) -> None:
    library = Library(home, apart=apart)
    library.create("m")
    draft = tmp_path / "brief.txt"
    draft.write_text("The monthly rent is $5,800. (Lease § 1.)\n")
    with library.open("m") as matter:
        matter.index([record], workers=1)
        answer = matter.ask(RENT, history=["Who is the tenant?"])
        matter.ask(RENT, history=["Who is the tenant?"])
        checked = matter.verify(draft)
        matter.write_cite_check(checked, tmp_path / "report.docx")
        matter.write_coverage(tmp_path / "coverage.csv")
        assert events(matter) == ["index", "ask", "ask", "verify", "export", "export"]
        indexed, asked, again, verified, *_ = matter.audit.entries()
        assert matter.audit.verify().faults == ()
    assert indexed.details["added"] == 1
    assert indexed.details["index"]["documents"] == 1
    assert asked.details["question"] == RENT
    assert asked.details["history"] == ["Who is the tenant?"]
    assert (asked.details["cached"], again.details["cached"]) == (False, True)
    assert asked.details["models"]["generation"]
    assert asked.details["models"]["embedding"]
    assert [one["verdict"] for one in asked.details["sentences"]] == [one.verdict for one in answer.sentences]
    assert len(asked.details["passages"]) == len(answer.passages)
    assert verified.details["file"] == str(draft)
    assert "4,800" not in (home / "matters" / "m" / FILE).read_text(), "what the record says is not in the audit file"


@pytest.mark.models
@pytest.mark.slow
def test_an_answer_that_cannot_be_recorded_is_said_and_kept(home: Path, record: Path) -> None:
    library = Library(home)
    library.create("m")
    with library.open("m") as matter:
        matter.index([record], workers=1)
        file = matter.folder / FILE
        kept = file.read_bytes()
        file.unlink()
        file.mkdir()
        with pytest.raises(EnvironmentFault, match="not shown, because it could not be recorded") as caught:
            matter.ask(RENT)
        assert "asked again it comes at once" in caught.value.kept
        file.rmdir()
        file.write_bytes(kept)
        assert matter.ask(RENT).cached
        assert events(matter) == ["index", "ask"]


@pytest.mark.models
@pytest.mark.slow
def test_on_a_disk_that_is_really_full_nothing_is_shown_that_is_not_recorded(
    record: Path, tmp_path: Path, models_home: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    command = f"{sys.executable} -m legalqa.cli"
    script = f"""
        mount -t tmpfs -o size=160m full {small} && ln -s {models_home}/models {small}/models
        export LEGALQA_HOME={small} LEGALQA_FREE_SPACE_MB=0
        {command} index {record} -m m -q || exit 90
        {command} ask "{RENT}" -m m -q >{record}/first || exit 91
        cat /dev/zero >{small}/filler 2>/dev/null
        {command} ask "{RENT}" -m m -q; echo "code $?"
        {command} matter hold m --reason "{"a letter came " * 400}"; echo "code $?"
        rm {small}/filler
        {command} audit verify -m m || exit 92
        {command} ask "{RENT}" -m m -q | grep -q "4,800" || exit 93
        {command} audit verify -m m || exit 94
    """
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("code 4") == 2, done.stdout + done.stderr
    assert done.stdout.count("none changed, none missing") == 2
    assert "4,800" not in done.stdout
    assert "4,800" in (record / "first").read_text()
    assert "full" in done.stderr or "No space left" in done.stderr


@pytest.mark.models
@pytest.mark.slow
def test_a_stopped_run_is_recorded(home: Path, record: Path) -> None:
    for number in range(20):
        (record / f"{number}.txt").write_text(f"{LEASE} Number {number}.")
    library = Library(home)
    library.create("m")
    stop = threading.Event()

    def halt(progress: Progress) -> None:
        if progress.files_done:
            stop.set()

    with library.open("m") as matter:
        with pytest.raises(Cancelled):
            matter.index([record], workers=1, on_progress=halt, stop=stop)
        assert [entry.details["ended"] for entry in matter.audit.entries()] == ["stopped"]


@pytest.mark.models
@pytest.mark.slow
def test_the_command_line_verifies_and_replays(run: Run, home: Path, record: Path) -> None:
    assert run("index", record, "-m", "m").returncode == 0
    assert run("ask", RENT, "-m", "m").returncode == 0
    shown = json.loads(run("audit", "show", "-m", "m", "--json").stdout)["entries"]
    assert [entry["event"] for entry in shown] == ["index", "ask"]
    told = json.loads(run("audit", "verify", "-m", "m", "--json").stdout)
    assert told["ok"]
    assert told["entries"] == 2
    done = run("audit", "replay", "-m", "m", "2", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["questions"][0]["same"]
    assert run("audit", "replay", "-m", "m", "9").returncode == 2

    (record / "Amendment.txt").write_text("AMENDMENT\n\nThe monthly rent of the Lease is $5,200 from 2027 on.\n")
    assert run("index", record, "-m", "m").returncode == 0
    done = run("audit", "replay", "-m", "m", "--json")
    assert done.returncode == 3, done.stdout + done.stderr
    (one,) = json.loads(done.stdout)["questions"]
    assert any("passages" in words for words in one["differs"])
    assert one["why"] == ["another index: 1 documents then, 2 now"]

    file = home / "matters" / "m" / FILE
    file.write_bytes(file.read_bytes().replace(b"monthly", b"weekly!", 1))
    done = run("audit", "verify", "-m", "m")
    assert done.returncode == 4
    assert "line 2 was changed" in done.stdout
    assert run("audit", "verify", "-m", "m", "--head", told["head"], "--json").returncode == 4


@pytest.mark.models
@pytest.mark.slow
def test_what_was_left_out_of_a_question_is_left_out_again(home: Path, record: Path) -> None:
    library = Library(home)
    library.create("m")
    with library.open("m") as matter:
        matter.index([record], workers=1)
        answer = matter.ask(f'{RENT} Where is "of the essence"?', without=[LeftOut("phrase", "of the essence")])
        assert answer.understood is not None
        assert answer.understood.phrases == ()
        *_, asked = matter.audit.entries()
        assert asked.details["without"] == [["phrase", "of the essence"]]
        assert matter.replay(asked).same


def entry(**details: object) -> AuditEntry:
    return AuditEntry(7, "2026-01-01T00:00:00+00:00", "ann", "ask", {"question": "Rent?", **details})


def test_a_replay_says_what_differs_and_why() -> None:
    said = {"status": "answered", "sentences": [{"sha256": "a", "verdict": "verbatim", "cites": []}]}
    passages = [{"document": "d", "start": start, "end": start + 4, "sha256": str(start)} for start in (0, 5)]
    same = {"models": {"generation": "g" * 64}, "index": {"documents": 1, "sha256": "i"}, "program": "1"}
    then = entry(**said, passages=passages, **same)
    assert replaying.compared(then, then.details).same
    turned = replaying.compared(then, {**then.details, "passages": passages[::-1]})
    assert turned.differs == ("the passages are others: 2 of 2 are among those found now in another order",)
    assert turned.why == ()
    other = {"models": {"generation": "h" * 64}, "index": {"documents": 1, "sha256": "j"}, "program": "2"}
    found = replaying.compared(then, {**then.details, **other, "status": "not_found", "sentences": []})
    assert found.differs[0] == "it was “answered”, it is “not_found”"
    assert found.why == (
        "another file of the model: gggggggggggg… then, hhhhhhhhhhhh… now",
        "another index: other documents, or the same ones read otherwise",
        "another version of LegalQA: 1 then, 2 now",
    )


def test_what_is_no_whole_question_is_not_asked_again() -> None:
    def never(_details: object) -> dict[str, object]:
        raise AssertionError

    assert "stopped" in replaying.replayed(entry(stopped=True), never).skipped
    other = AuditEntry(1, "", "ann", "export", {})
    assert "no question" in replaying.replayed(other, never).skipped


def test_the_last_of_hold_and_release_counts() -> None:
    def one(number: int, event: str) -> AuditEntry:
        return AuditEntry(number, "", "ann", event, {})  # type: ignore[arg-type]

    assert audit.hold_of([]) is None
    held = audit.hold_of([one(1, "hold"), one(2, "release"), one(3, "hold"), one(4, "ask")])
    assert held is not None
    assert held.number == 3
    assert audit.hold_of([one(1, "hold"), one(2, "release")]) is None
