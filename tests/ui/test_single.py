"""One window a user and home: a second start hands over its matter, and what a crash left is no obstacle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from tests.ui.double import FakeLibrary, FakeMatter, info
from ui.single import Single, address
from ui.window import Window

LISTENS = "import os, sys; from ui.single import Single; from pathlib import Path; " \
    "from PySide6.QtCore import QCoreApplication; QCoreApplication([]); one = Single(Path(sys.argv[1])); " \
    "assert one.claim(); os._exit(9)"  # fmt: skip


@pytest.fixture
def first(qapp: object, tmp_path: Path) -> Iterator[Single]:
    """The start that was there before."""
    made = Single(tmp_path)
    assert made.claim()
    yield made
    made.close()


def second(home: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start the program once more."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen([sys.executable, "-m", "ui.app", "--home", str(home), *more], env=environment)


def test_a_second_start_ends_at_once_and_hands_over_its_matter(qtbot: QtBot, first: Single, tmp_path: Path) -> None:
    with qtbot.waitSignal(first.asked, timeout=30_000) as told:
        started = second(tmp_path, "--matter", "Estate of “Whitlock”")
    assert told.args == ["Estate of “Whitlock”"]
    assert started.wait(30) == 0


def test_another_home_has_a_window_of_its_own(first: Single, tmp_path: Path) -> None:
    assert address(tmp_path) != address(tmp_path / "other")
    other = Single(tmp_path / "other")
    assert other.claim()
    other.close()


def test_what_a_crash_left_is_taken_over(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", LISTENS, str(tmp_path)], check=False)
    assert died.returncode == 9
    if sys.platform != "win32":
        assert Path(address(tmp_path)).exists(), "the test leaves a socket behind"
    after = Single(tmp_path)
    assert after.claim()
    with qtbot.waitSignal(after.asked, timeout=30_000):
        started = second(tmp_path)
    assert started.wait(30) == 0
    after.close()


def test_only_the_user_may_speak_to_it(first: Single, tmp_path: Path) -> None:
    if sys.platform != "win32":
        assert Path(address(tmp_path)).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("said", [b"not json\n", b"[" * 3000 + b"\n", b"x" * 10_000])
def test_nonsense_is_not_listened_to(qtbot: QtBot, first: Single, tmp_path: Path, said: bytes) -> None:
    socket = QLocalSocket()
    with qtbot.assertNotEmitted(first.asked), qtbot.waitSignal(socket.disconnected):
        socket.connectToServer(address(tmp_path))
        socket.write(said)


def test_the_window_comes_forward_with_the_matter(qtbot: QtBot, opened: Window, library: FakeLibrary) -> None:
    library.known["estate-of-whitlock"] = FakeMatter(info("Estate of Whitlock"))
    opened.showMinimized()
    opened.come_forward("harbor-point-v.-delmar")
    assert not opened.windowState() & Qt.WindowState.WindowMinimized
    assert opened.isVisible()
    assert "Harbor Point" in opened.windowTitle(), "the matter that is open stays as it is"
    opened.come_forward("estate-of-whitlock")
    qtbot.waitUntil(lambda: "Estate of Whitlock" in opened.windowTitle())
