"""A matter is deleted only after its consequence was read, and never by a key pressed in passing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from legalqa.errors import Denied
from tests.ui.conftest import button, words
from tests.ui.double import FakeLibrary, FakeMatter
from ui.window import Window


def asked(qtbot: QtBot, window: Window) -> QDialog:
    entry = next(one for one in window.menus.all if one.text().replace("&", "") == "Delete the matter …")
    entry.trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, QDialog)
    return sheet


def test_the_matter_goes_and_the_window_shows_the_others(
    qtbot: QtBot, opened: Window, library: FakeLibrary, matter: FakeMatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = asked(qtbot, opened)
    assert "Delete “Harbor Point v. Delmar”?" in words(sheet)
    assert "This cannot be undone." in words(sheet)
    assert "The original files stay where they are." in words(sheet)
    QTest.mouseClick(button(sheet, "Delete the matter"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: library.known == {})
    assert matter.closed, "nothing is read or answered any more"
    qtbot.waitUntil(lambda: "No matters yet" in words(opened.start))
    qtbot.waitUntil(lambda: "was deleted" in words(opened.notices))
    assert "certificate of the deletion is 2026-11-22T010000Z" in words(opened.notices)
    addresses: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", addresses.append)
    QTest.mouseClick(button(opened.notices, "Open its folder"), Qt.MouseButton.LeftButton)
    assert [Path(one.toLocalFile()).name for one in addresses] == ["destroyed"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_a_key_in_passing_keeps_it(qtbot: QtBot, opened: Window, library: FakeLibrary, key: Qt.Key) -> None:
    sheet = asked(qtbot, opened)
    QTest.keyClick(sheet.focusWidget() or sheet, key)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert len(library.known) == 1
    assert opened.workspace.isVisible()


def test_one_that_is_being_written_is_kept_and_why_is_said(qtbot: QtBot, opened: Window, library: FakeLibrary) -> None:
    library.fault = Denied("The matter is being written by another process.", kept="Nothing was deleted.")
    QTest.mouseClick(button(asked(qtbot, opened), "Delete the matter"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Nothing was deleted." in words(opened.notices))
    assert opened.start.list.model().rowCount() == 1
