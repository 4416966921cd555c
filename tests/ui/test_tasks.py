"""The threading module: results and errors come back on the main thread, once; nothing comes of what was abandoned."""

from __future__ import annotations

import logging
import threading

import pytest
from pytestqt.qtbot import QtBot

from legalqa.errors import Cancelled, UserError
from ui.tasks import Problem, Task, Tasks


@pytest.fixture(params=[False, True], ids=["threads", "inline"])
def tasks(request: pytest.FixtureRequest, qapp: object) -> Tasks:
    return Tasks(inline=request.param)


def test_progress_then_result_in_order_on_the_main_thread(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[str, object, threading.Thread]] = []

    def work(task: Task) -> str:
        for number in range(3):
            task.report(number)
        return "done"

    tasks.run(
        "ask",
        work,
        lambda value: seen.append(("result", value, threading.current_thread())),
        on_progress=lambda value: seen.append(("progress", value, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: len(seen) == 4)
    assert [entry[:2] for entry in seen] == [("progress", 0), ("progress", 1), ("progress", 2), ("result", "done")]
    assert {entry[2] for entry in seen} == {threading.main_thread()}
    assert tasks.close()


def test_errors_become_problems(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[Problem] = []
    tasks.failed.connect(told.append)

    def refuse(_task: Task) -> None:
        raise UserError("No such matter.", kept="Nothing changed.", hint="Make one.")

    tasks.run("library", refuse)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [Problem("No such matter.", "Nothing changed.", "Make one.")]
    handled: list[Problem] = []
    tasks.run("library", refuse, on_error=handled.append)
    qtbot.waitUntil(lambda: bool(handled))
    assert len(told) == 1
    assert tasks.close()


def test_a_cancelled_call_is_not_a_problem(qtbot: QtBot, tasks: Tasks) -> None:
    told: list[Problem] = []
    ended: list[Problem] = []
    tasks.failed.connect(told.append)

    def stopped(_task: Task) -> None:
        raise Cancelled("Stopped.")

    tasks.run("index", stopped)
    tasks.run("index", stopped, on_error=ended.append)
    qtbot.waitUntil(lambda: bool(ended))
    assert ended[0].cancelled
    assert told == []
    assert tasks.close()


def test_our_own_faults_are_logged_and_told_without_their_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        problem = Problem.of(ValueError("words of a document"))
    assert "words of a document" not in f"{problem.message} {problem.kept} {problem.hint}"
    assert len(caplog.records) == 1
    caplog.clear()


def test_nothing_comes_of_an_abandoned_call(qtbot: QtBot) -> None:
    tasks = Tasks()
    began = threading.Event()
    arrived: list[str] = []

    def work(task: Task) -> str:
        began.set()
        assert task.stop.wait(5)
        return "late"

    task = tasks.run("ask", work, arrived.append)
    qtbot.waitUntil(began.is_set)
    task.abandon()
    again: list[str] = []
    tasks.run("ask", lambda _task: "next", again.append)
    qtbot.waitUntil(lambda: again == ["next"])
    assert arrived == []
    assert tasks.close()


def test_a_pool_keeps_order_and_pools_do_not_wait_for_each_other(qtbot: QtBot) -> None:
    tasks = Tasks()
    gate, order = threading.Event(), []
    tasks.run("index", lambda _task: gate.wait(5), lambda _ok: order.append("first"))
    tasks.run("index", lambda _task: None, lambda _none: order.append("second"))
    tasks.run("ask", lambda _task: None, lambda _none: order.append("ask"))
    qtbot.waitUntil(lambda: order == ["ask"])
    gate.set()
    qtbot.waitUntil(lambda: order == ["ask", "first", "second"])
    assert tasks.close()


def test_close_stops_what_runs_and_drops_what_waits(qtbot: QtBot) -> None:
    tasks = Tasks()
    began = threading.Event()
    ran: list[object] = []

    def work(task: Task) -> None:
        began.set()
        task.stop.wait(5)

    tasks.run("index", work, ran.append)
    tasks.run("index", lambda _task: ran.append("never"))
    qtbot.waitUntil(began.is_set)
    assert tasks.close(seconds=4)
    assert ran == []
