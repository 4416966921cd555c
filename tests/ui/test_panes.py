"""Panes are hidden, detached to a window of their own, and come back as they were."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import click_document, click_row
from tests.ui.double import FakeLibrary
from ui.detached import Detached
from ui.window import Window


def apart() -> Detached | None:
    """The window that a pane was detached into."""
    return next((one for one in QApplication.topLevelWidgets() if isinstance(one, Detached) and one.isVisible()), None)


def test_panes_are_hidden_and_shown_by_key(qtbot: QtBot, opened: Window) -> None:
    work = opened.workspace
    for key, pane in ((Qt.Key.Key_F9, work.documents), (Qt.Key.Key_F10, work.reader)):
        QTest.keyClick(opened, key)
        assert not pane.isVisible()
        QTest.keyClick(opened, key)
        assert pane.isVisible()


def test_the_document_view_is_detached_and_works_on(qtbot: QtBot, opened: Window) -> None:
    QTest.keyClick(opened, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: apart() is not None)
    window = apart()
    assert window is not None
    reader = opened.workspace.reader
    assert window.isAncestorOf(reader)
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 3 and reader.view.next_wanted() is None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: reader.view.page == 2)
    window.close()
    qtbot.waitUntil(lambda: opened.isAncestorOf(reader) and reader.isVisible())
    assert reader.view.page == 2


def test_panes_come_back_as_they_were(qtbot: QtBot, library: FakeLibrary, tmp_path: Path) -> None:
    def start() -> Window:
        made = Window(lambda: library, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
        qtbot.addWidget(made)
        made.show()
        qtbot.waitUntil(lambda: made.start.list.model().rowCount() == 1)
        click_row(qtbot, made, 0)
        qtbot.waitUntil(lambda: "Harbor" in made.windowTitle())
        return made

    first = start()
    QTest.keyClick(first, Qt.Key.Key_F9)
    QTest.keyClick(first, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: apart() is not None)
    first.close()
    assert apart() is None, "closing the window closes what was detached from it"
    second = start()
    qtbot.waitUntil(lambda: apart() is not None)
    assert not second.workspace.documents.isVisible()
    second.close()
