"""What stands in a person's way, over the real library: a lock, a model that is missing, a window closed too soon."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

import legalqa
from tests.ui.conftest import DOCUMENTS, MAIL, button, click_row, drop, make_matter, start, words
from ui.window import SAMPLE, Window

pytestmark = [pytest.mark.slow, pytest.mark.models]
_HOLD = """
import sys
from pathlib import Path
from legalqa.index.lock import WriterLock
with WriterLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def names(list_: QListView) -> list[str]:
    return [list_.model().index(row, 0).data() for row in range(list_.model().rowCount())]


@pytest.fixture
def written(real: Window, tmp_path: Path) -> Iterator[None]:
    """Another process writes the matter "Lease", as the command line does while it reads files."""
    folder = legalqa.Library(tmp_path / "home").create("Lease").folder
    command = [sys.executable, "-c", _HOLD, folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate()


def test_a_matter_that_the_command_line_writes_is_explained_and_can_be_read(
    qtbot: QtBot, real: Window, written: None
) -> None:
    real.show_matters()
    qtbot.waitUntil(real.start.list.isVisible, timeout=30_000)
    click_row(qtbot, real, 0)
    qtbot.waitUntil(lambda: "Lease" in real.windowTitle(), timeout=30_000)
    drop(real, DOCUMENTS / MAIL)
    qtbot.waitUntil(lambda: "is being written" in words(real.notices), timeout=60_000)
    assert real.workspace.documents.list.model().rowCount() == 0
    assert "Traceback" not in words(real.notices)


def test_a_window_closed_while_files_are_read_goes_on_later(qtbot: QtBot, real: Window, tmp_path: Path) -> None:
    QTest.mouseClick(button(real.start, "Open the sample"), Qt.MouseButton.LeftButton)
    said = re.compile(r"^[1-9]\d* of 14 files", re.MULTILINE)
    qtbot.waitUntil(lambda: bool(said.search(words(real.workspace.indexing))), timeout=120_000)
    real.close()
    with legalqa.Library(tmp_path / "home").open(legalqa.Library(tmp_path / "home").matters()[0].slug) as matter:
        kept = {Path(file.path).name for file in matter.status().files}
    assert len(kept) < len(list(DOCUMENTS.iterdir())), "it was closed before all was read"
    again = start(qtbot, tmp_path / "home")
    qtbot.waitUntil(again.start.list.isVisible, timeout=60_000)
    assert names(again.start.list) == [SAMPLE]
    QTest.mouseClick(button(again.start, "Open the sample"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Files: " in words(again.notices), timeout=300_000)
    found = set(names(again.workspace.documents.list))
    assert found == {file.name for file in DOCUMENTS.iterdir()}
    assert kept <= found
    again.close()


def test_a_model_that_is_missing_is_named_with_the_way_to_get_it(qtbot: QtBot, tmp_path: Path) -> None:
    window = start(qtbot, tmp_path / "home")
    qtbot.waitUntil(lambda: "No matters yet" in words(window.start), timeout=60_000)
    make_matter(qtbot, window, "Lease")
    qtbot.waitUntil(lambda: "legalqa models" in words(window.notices), timeout=60_000)
    drop(window, DOCUMENTS / MAIL)
    qtbot.waitUntil(lambda: "legalqa models" in words(window.notices), timeout=60_000)
    assert "Traceback" not in words(window.notices)
    window.close()
