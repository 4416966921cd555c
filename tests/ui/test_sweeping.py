"""Garbage is collected by the main thread alone."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.sweeping import Sweeper


class Ring:
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def sweeper(qapp: object) -> Iterator[Sweeper]:
    made = Sweeper()
    yield made
    made.stop()
    assert gc.isenabled()


def test_a_thread_that_makes_garbage_leaves_it_to_the_main_one(qtbot: QtBot, sweeper: Sweeper) -> None:
    where, kept = list[threading.Thread](), list[list[int]]()

    def work() -> None:
        weakref.finalize(Ring(), lambda: where.append(threading.current_thread()))
        kept.extend([number] for number in range(100_000))  # a hundred times as many as Python collects after

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread()]
    assert sweeper
