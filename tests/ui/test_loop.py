"""What holds the window's event loop up: a watchdog ticks in the main thread, and tells the gaps between two ticks.

What is bounded is the main thread's own work in a gap, in milliseconds of processor time: how long it waits for a
processor is up to the machine. `bench.loop` and `bench.document` print both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bench.window import ASKED, Watchdog
from legalqa.values.matter import FileStatus
from tests.ui.conftest import ask, click_row, drop, show_tab, words
from tests.ui.double import FakeMatter
from ui import app, theme
from ui.window import Window

FILES = 10_000
MOST = 400.0  # of a list of ten thousand made or sorted anew; it was 2,800


def file(number: int) -> FileStatus:
    """One of many: each twentieth could not be read."""
    read = number % 20 > 0
    return FileStatus(
        f"/firm/box {number % 100:03}/Document {number:05} re lease.pdf", f"{number:064x}",
        "indexed" if read else "failed", 12, "" if read else "damaged", document_id=f"{number:032x}",
        title=f"Lease {number}", type="lease", date="2020-01-01", bates=(f"HP{number:06}",), kind="pdf",
        sources={"text": 12},
    )  # fmt: skip


@pytest.fixture
def watchdog(qapp: object) -> Iterator[Watchdog]:
    made = Watchdog(5.0)
    yield made
    made.phase = ""


def longest(watchdog: Watchdog, phase: str) -> float:
    """The most that the main thread worked without letting the loop go on, in milliseconds."""
    return max((gap.own for gap in watchdog.gaps if gap.phase == phase), default=0.0)


def test_a_matter_of_ten_thousand_files(
    qtbot: QtBot, window: Window, matter: FakeMatter, watchdog: Watchdog
) -> None:  # fmt: skip
    """Opening it took the window three seconds, and so did every file that was added."""
    matter.faulty = [file(number) for number in range(FILES)]
    rows, tree = window.workspace.documents.list.model(), window.workspace.coverage.tree.model()

    def phase(name: str, act: Callable[[], object], done: Callable[[], bool]) -> None:
        watchdog.phase = name
        act()
        qtbot.waitUntil(done, timeout=60_000)
        ticked = len(watchdog.gaps)
        qtbot.waitUntil(lambda: len(watchdog.gaps) > ticked or watchdog.late < 50, timeout=60_000)
        watchdog.phase = ""
        assert longest(watchdog, name) < MOST, name

    phase("opening", lambda: click_row(qtbot, window, 0), lambda: rows.rowCount() == FILES + 2)
    assert tree.rowCount() == 0, "nobody looks at the coverage"
    more = [replace(file(FILES + number), path=f"/firm/new {number}.pdf") for number in range(10)]
    matter.faulty = [*matter.faulty, *more]
    phase("ten more", window.workspace.refresh, lambda: rows.rowCount() == FILES + 12)
    phase("coverage", lambda: show_tab(window, "Coverage"), lambda: tree.rowCount() == FILES + 12)


@pytest.mark.slow
@pytest.mark.models
def test_reading_a_folder_while_an_answer_streams(
    qtbot: QtBot, tmp_path: Path, models_home: Path, watchdog: Watchdog
) -> None:  # fmt: skip
    (tmp_path / "models").symlink_to(models_home / "models")
    window = Window(lambda: app.library(tmp_path))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: "No matters yet" in words(window.start), timeout=60_000)
    work = window.workspace
    QTest.keyClicks(window.start.name, "Loop")
    QTest.keyClick(window.start.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: work.matter is not None, timeout=60_000)
    watchdog.phase = "busy"
    drop(window, theme.resources() / "sample" / "documents")
    qtbot.waitUntil(lambda: work.documents.list.model().rowCount() >= 1, timeout=240_000)
    ask(qtbot, window, "What is the security deposit under the Industrial Lease?")
    qtbot.waitUntil(lambda: not work.ask.answering, timeout=240_000)
    watchdog.phase = ""
    gaps = sorted(watchdog.gaps, key=lambda gap: -gap.own)[:5]
    assert longest(watchdog, "busy") < ASKED, gaps
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 30
