"""What a process that reads documents may still do, below Python too; and what happens where the kernel offers less."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa import confining, doctor, kernel
from legalqa.child import Child
from legalqa.confining import Rights
from legalqa.settings import load
from tests.conftest import Run

HERE = str(Path(__file__).parents[1])
confined = pytest.mark.skipif(bool(confining.missing()), reason="this kernel confines nobody")


class Guest:
    """What a parser that was taken over would try: each method says by which error it was stopped, "" if it was not."""

    def __init__(self, _stop: threading.Event) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)

    def reads(self, path: str) -> str:
        return _stopped(lambda: Path(path).read_bytes())

    def lists(self, path: str) -> str:
        return _stopped(lambda: list(Path(path).iterdir()))

    def writes(self, path: str) -> str:
        return _stopped(lambda: Path(path).write_text("x"))

    def links(self, path: str, to: str) -> str:
        return _stopped(lambda: os.link(path, to))

    def removes(self, path: str) -> str:
        return _stopped(lambda: Path(path).unlink())

    def runs(self, *command: str) -> str:
        import subprocess

        return _stopped(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))

    def calls(self, name: str, *arguments: int) -> str:
        """A function of the C library, so that no hook of Python's stands before it."""
        if getattr(self.libc, name)(*arguments) >= 0:
            return ""
        return type(OSError(ctypes.get_errno(), "")).__name__

    def kills(self, pid: int) -> str:
        return _stopped(lambda: os.kill(pid, 0))

    def temporary(self) -> str:
        import tempfile

        with tempfile.NamedTemporaryFile() as file:
            return str(Path(file.name).parent)

    def thread(self) -> bool:
        import numpy

        worked: list[float] = []
        one = threading.Thread(target=lambda: worked.append(float(numpy.ones(3).sum())))
        one.start()
        one.join()
        return worked == [3.0]


def _stopped(attempt: object) -> str:
    try:
        attempt()  # type: ignore[operator]
    except OSError as error:
        return type(error).__name__
    return ""


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / name for name in ("files", "others", "scratch")}
    for folder in found.values():
        folder.mkdir()
        (folder / "file").write_text("text")
    return found


@pytest.fixture
def guest(places: dict[str, Path]) -> Iterator[Child]:
    rights = Rights((str(places["files"]), HERE), (str(places["scratch"]),))
    child = Child("tests.test_confining:Guest", rights=rights)
    yield child
    child.close()


def ask(child: Child, method: str, *arguments: object) -> str:
    return child.call(method, *arguments, type=str, timeout=60)


@confined
def test_it_reads_what_it_was_given_and_nothing_else(guest: Child, places: dict[str, Path]) -> None:
    assert ask(guest, "reads", str(places["files"] / "file")) == ""
    assert ask(guest, "reads", str(places["others"] / "file")) == "PermissionError"
    assert ask(guest, "lists", str(places["others"])) == "PermissionError"
    assert ask(guest, "reads", str(Path.home() / ".bashrc")) in ("PermissionError", "FileNotFoundError")
    (places["files"] / "link").symlink_to(places["others"] / "file")
    assert ask(guest, "reads", str(places["files"] / "link")) == "PermissionError", "a link does not lead out"


@confined
def test_it_writes_to_its_scratch_folder_alone(guest: Child, places: dict[str, Path]) -> None:
    assert ask(guest, "writes", str(places["scratch"] / "new")) == ""
    for name in ("files", "others"):
        assert ask(guest, "writes", str(places[name] / "file")) == "PermissionError"
        assert ask(guest, "writes", str(places[name] / "new")) == "PermissionError"
        assert ask(guest, "removes", str(places[name] / "file")) == "PermissionError"
    assert ask(guest, "links", str(places["files"] / "file"), str(places["scratch"] / "linked")) != ""
    assert ask(guest, "temporary") == str(places["scratch"])
    assert (places["files"] / "file").read_text() == "text"


@confined
def test_it_starts_no_program_unless_it_may(guest: Child, places: dict[str, Path]) -> None:
    assert ask(guest, "runs", "/bin/true") == "PermissionError"
    guest.may(places["files"] / "file", run=True)
    assert ask(guest, "runs", "/bin/true") == ""


@confined
def test_what_it_starts_has_no_more_rights(guest: Child, places: dict[str, Path]) -> None:
    guest.may(places["files"] / "file", run=True)
    with pytest.raises(Exception, match="CalledProcessError"):
        ask(guest, "runs", "/bin/cat", str(places["others"] / "file"))


@confined
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("socket", (2, 1, 0)),  # AF_INET, SOCK_STREAM
        ("socket", (10, 2, 0)),  # AF_INET6, SOCK_DGRAM
        ("socket", (16, 3, 0)),  # AF_NETLINK
        ("socket", (1, 2, 0)),  # AF_UNIX, SOCK_DGRAM: the system's log would take it
        ("unshare", (0x10000000,)),  # CLONE_NEWUSER
        ("ptrace", (0, 0, 0, 0)),  # PTRACE_TRACEME
        ("connect", (0, 0, 0)),
        ("setns", (0, 0)),
    ],
)
def test_calls_that_reading_never_needs_are_refused(guest: Child, name: str, arguments: tuple[int, ...]) -> None:
    assert ask(guest, "calls", name, *arguments) == "PermissionError"


@confined
def test_processes_outside_are_out_of_its_reach(guest: Child) -> None:
    if kernel.landlock_version() < 6:
        pytest.skip("this Landlock does not hold signals back")
    assert ask(guest, "kills", os.getpid()) == "PermissionError"


@confined
def test_what_reading_needs_works(guest: Child) -> None:
    assert guest.call("thread", type=bool, timeout=60)
    assert ask(guest, "calls", "socket", 1, 1, 0) == "", "LibreOffice listens at one"


@confined
def test_a_file_elsewhere_starts_a_process_that_may_read_it(guest: Child, places: dict[str, Path]) -> None:
    assert ask(guest, "reads", str(places["files"] / "file")) == ""
    before = guest.pid
    guest.may(places["files"] / "file")
    assert guest.pid == before
    guest.may(places["others"] / "file")
    assert ask(guest, "reads", str(places["others"] / "file")) == ""
    assert ask(guest, "reads", str(places["files"] / "file")) == ""
    assert guest.pid != before


@confined
def test_a_folder_that_was_made_or_came_back_later_is_read(guest: Child, places: dict[str, Path]) -> None:
    assert ask(guest, "reads", str(places["files"] / "file")) == ""
    shutil.move(places["files"], places["others"] / "away")
    places["files"].mkdir()
    (places["files"] / "file").write_text("another")
    assert ask(guest, "reads", str(places["files"] / "file")) == "PermissionError", "rights are to what was there"
    guest.may(places["files"] / "file")
    assert ask(guest, "reads", str(places["files"] / "file")) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="a thing of Linux")
def test_no_child_can_be_read_or_leaves_a_core_file(guest: Child) -> None:
    ask(guest, "temporary")
    limits = Path(f"/proc/{guest.pid}/limits").read_text()
    assert [line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core")] == [["0", "0"]]
    assert Path(f"/proc/{guest.pid}/environ").stat().st_uid == 0, "the system's, not the user's"


def test_the_doctor_proves_it_by_trying(run: Run) -> None:
    checks = {check["name"]: check for check in json.loads(run("doctor", "--json").stdout)["checks"]}
    said = checks["Rights of reading processes"]
    assert said["ok"], said
    told = "not available here" if confining.missing() else "refused: to read, to write, to run, to open a socket"
    assert said["found"].startswith(told)


def test_the_doctor_sees_a_process_that_is_not_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "Rights", lambda: None)
    _, well, found, hint = doctor._rights()
    if not confining.missing():
        assert not well
        assert found == "not refused: to read, to write, to run, to open a socket"
        assert hint


def test_where_the_kernel_offers_nothing_it_is_said_and_files_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kernel, "landlock_version", lambda: 0)
    monkeypatch.setattr(kernel, "has_filter", lambda: False)
    assert "Landlock" in confining.missing() or sys.platform != "linux"
    monkeypatch.setattr(kernel, "restrict", _never)
    monkeypatch.setattr(kernel, "filter_calls", _never)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", "")
    confining.confine(Rights(changes=(str(tmp_path),)))
    (row,) = [row for row in doctor.checks(load(tmp_path)) if row[0] == "Rights of reading processes"]
    assert row[1]
    assert row[2].startswith("not available here: ")


def test_rights_that_cannot_be_taken_are_no_reason_to_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(_rules: object) -> None:
        raise OSError("landlock_restrict_self")

    monkeypatch.setattr(kernel, "landlock_version", lambda: 7)
    monkeypatch.setattr(kernel, "restrict", refused)
    with pytest.raises(OSError, match="restrict"):
        confining.confine(Rights())


def test_the_filter_is_one_for_both_kinds_of_machine() -> None:
    for machine in ("x86_64", "aarch64"):
        steps = kernel._program(machine)
        for at, (operation, yes, no, _) in enumerate(steps):
            if operation & 7 == 5:  # a jump leads to a step of the program
                assert at + 1 + max(yes, no) < len(steps)
        assert steps[-1][0] == 6


def _never(*_: object) -> None:
    raise AssertionError("not to be called")
