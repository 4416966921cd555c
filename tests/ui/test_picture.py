"""The window that draws itself into a file and closes: how IT and the smoke test see an installation work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from legalqa.errors import EXIT_DONE, EXIT_ENVIRONMENT
from ui import picture


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The codes that the application was ended with, which it is not."""
    given: list[int] = []
    monkeypatch.setattr(QApplication, "exit", given.append)
    monkeypatch.setattr(picture, "_BETWEEN", 1)
    return given


def test_it_waits_until_the_window_shows_all(qtbot: QtBot, tmp_path: Path, codes: list[int]) -> None:
    window, looks = QLabel("drawn"), iter([False, False, True, True])
    qtbot.addWidget(window)
    window.resize(200, 100)
    window.show()
    picture.Picture(window, tmp_path / "window.png", lambda: next(looks))
    qtbot.waitUntil(lambda: codes == [EXIT_DONE])
    assert QImage(str(tmp_path / "window.png")).width() >= 200
    assert not window.isVisible()


@pytest.mark.parametrize(("ready", "name"), [(False, "window.png"), (True, "nowhere/window.png")])
def test_it_gives_up_with_an_exit_code_that_scripts_see(
    qtbot: QtBot, tmp_path: Path, codes: list[int], monkeypatch: pytest.MonkeyPatch, ready: bool, name: str
) -> None:
    monkeypatch.setattr(picture, "PATIENCE", 3)
    window = QLabel("never ready")
    qtbot.addWidget(window)
    picture.Picture(window, tmp_path / name, lambda: ready)
    qtbot.waitUntil(lambda: codes == [EXIT_ENVIRONMENT])
    assert not (tmp_path / name).exists()
