"""The child process: calls, streams, Stop, death, timeouts, and no document text in an error."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa import errors
from legalqa.child import Child, ChildDied, ChildTimeout


class Served:
    """What the tests' child serves."""

    def __init__(self, stop: threading.Event, name: str) -> None:
        self.stop, self.name = stop, name

    def add(self, a: int, b: int) -> int:
        return a + b

    def count(self, n: int) -> Iterator[int]:
        for i in range(n):
            if self.stop.is_set():
                return
            time.sleep(0.01)
            yield i

    def wait(self) -> bool:
        return self.stop.wait(30)

    def toil(self, seconds: float, share: float) -> float:
        """Works for a share of the time, as on a machine that is busy with other things; returns what it worked."""
        began, end = time.process_time(), time.monotonic() + seconds
        while time.monotonic() < end:
            burst = time.process_time() + 0.1 * share
            while time.process_time() < burst:
                pass
            time.sleep(0.1 * (1 - share))
        return time.process_time() - began

    def refuse(self) -> None:
        raise errors.EnvironmentFault("no disk", kept="nothing lost", hint="buy one")

    def leak(self) -> None:
        raise ValueError("secret document text")

    def environment(self, name: str) -> str:
        return os.environ.get(name, "")

    def die(self) -> None:
        os.abort()

    def swell(self) -> int:
        return len(bytearray(8 << 30))


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child("tests.unit.test_child:Served", "x", memory=4 << 30)
    yield child
    child.kill()


def test_calls_and_streams(child: Child) -> None:
    assert child.call("add", 2, 3, type=int) == 5
    assert list(child.stream("count", 5, type=int)) == [0, 1, 2, 3, 4]


def test_an_answer_of_another_type_is_refused(child: Child) -> None:
    import msgspec

    with pytest.raises(msgspec.ValidationError):
        child.call("add", 2, 3, type=str)


def test_leaving_a_stream_stops_it_and_keeps_the_process(child: Child) -> None:
    for item in child.stream("count", 100_000, type=int):
        if item == 2:
            break
    pid = child.pid
    assert child.call("add", 1, 1, type=int) == 2
    assert child.pid == pid


def test_stop_from_another_thread(child: Child) -> None:
    child.call("add", 1, 1, type=int)
    timer = threading.Timer(0.2, child.stop)
    timer.start()
    began = time.monotonic()
    assert child.call("wait", type=bool) is True
    assert time.monotonic() - began < 5


def test_errors_keep_their_kind_and_unknown_ones_lose_their_text(child: Child) -> None:
    with pytest.raises(errors.EnvironmentFault) as told:
        child.call("refuse", type=bool)
    assert (told.value.message, told.value.kept, told.value.hint) == ("no disk", "nothing lost", "buy one")
    with pytest.raises(errors.BugError) as bug:
        child.call("leak", type=bool)
    assert "secret" not in str(bug.value)
    assert "ValueError at test_child.py" in str(bug.value)


def test_matrices_are_multiplied_in_one_thread(child: Child) -> None:
    """Threads of several children wait for one another: twice the processor's seconds for a fax."""
    assert child.call("environment", "OPENBLAS_NUM_THREADS", type=str) == "1"


def test_a_death_costs_one_call(child: Child) -> None:
    with pytest.raises(ChildDied, match="SIGABRT"):
        child.call("die", type=bool)
    assert child.call("add", 1, 1, type=int) == 2


def test_one_that_is_ended_frees_those_who_wait_and_is_not_started_again(child: Child) -> None:
    assert child.doing == ""
    failed: list[str] = []

    def wait() -> None:
        try:
            child.call("wait", type=bool)
        except ChildDied as death:
            failed.append(death.reason)

    waiting = [threading.Thread(target=wait) for _ in range(3)]  # one is served, the others wait for their turn
    for thread in waiting:
        thread.start()
    while child.doing != "wait" or child.pid is None:
        time.sleep(0.01)
    began = time.monotonic()
    child.end()
    for thread in waiting:
        thread.join(10)
    assert len(failed) == 3
    assert time.monotonic() - began < 5, "`wait` lasts 30 s"
    with pytest.raises(ChildDied):
        child.call("add", 2, 3, type=int)
    assert child.pid is None


def test_a_silent_call_is_killed(child: Child) -> None:
    with pytest.raises(ChildTimeout):
        child.call("wait", type=bool, timeout=0.3)
    assert child.call("add", 1, 1, type=int) == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says how long a process has worked")
def test_a_call_that_others_keep_from_working_is_waited_for(child: Child) -> None:
    child.call("add", 1, 1, type=int)
    assert child.call("toil", 2.6, 0.3, type=float, timeout=2.0) < 1.6


def test_a_call_that_works_all_the_time_is_not(child: Child) -> None:
    child.call("add", 1, 1, type=int)
    with pytest.raises(ChildTimeout):
        child.call("toil", 60, 1.0, type=float, timeout=0.4)
    assert child.pid is None


def test_memory_is_limited(child: Child) -> None:
    with pytest.raises(errors.BugError, match="MemoryError"):
        child.call("swell", type=int)
    assert child.call("add", 1, 1, type=int) == 2


def test_a_script_without_a_main_guard_may_embed_us(tmp_path: Path) -> None:
    """The embedder's main module is not run again in the child; its folder is on the child's path all the same."""
    (tmp_path / "served.py").write_text(
        "class Served:\n    def __init__(self, stop): pass\n    def say(self): return 'hi'\n"
    )
    script = tmp_path / "script.py"
    script.write_text(
        "print('ran')\nfrom legalqa.child import Child\nprint(Child('served:Served').call('say', type=str))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["ran", "hi"]


def test_the_current_folder_is_not_on_a_childs_path(
    tmp_path: Path, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('taken over')\n")
    monkeypatch.chdir(tmp_path)
    assert child.call("add", 1, 1, type=int) == 2


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\nfrom legalqa.child import Child\n"
        "child = Child('tests.unit.test_child:Served', 'x')\nchild.call('add', 1, 1, type=int)\n"
        "print(child.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    pid = int(done.stdout)
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
