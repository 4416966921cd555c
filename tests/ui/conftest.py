"""The window over a library in memory. A stray message of Qt, or a logged error, fails the test."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

import legalqa
from tests.ui.double import FakeLibrary, FakeMatter, harbor
from ui import theme
from ui.window import Window

DOCUMENTS = theme.resources() / "sample" / "documents"  # the sample matter, and some of its files
LEASE = "Industrial Lease 2019-03-15.pdf"
SCAN = "Northgate letter 2024-06-11 (scan).pdf"
MAIL = "Email thread Quint-Renner 2024-08-01.eml"
# The offscreen platform says this of every window; it says nothing of ours.
_OF_THE_PLATFORM = ("propagateSizeHints", "does not support raise", "does not support grabbing the keyboard")


@pytest.fixture(autouse=True)
def _no_stray_messages(qtlog: object, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    records = [record.message for record in qtlog.records]  # type: ignore[attr-defined]  # pytest-qt ships no types
    assert [message for message in records if not any(known in message for known in _OF_THE_PLATFORM)] == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture(scope="session")
def _style(qapp: QApplication) -> None:
    """Once, as in the application: Qt crashes now and then if the style is exchanged under widgets that are dying."""
    qapp.setStyle("Fusion")


@pytest.fixture(autouse=True)
def look(qapp: QApplication, _style: None) -> theme.Theme:
    """The light look, as at the start of every test."""
    made = theme.install(qapp)
    made.percent = 100
    made.apply("light")
    return made


@pytest.fixture
def matter() -> FakeMatter:
    return harbor()


@pytest.fixture
def library(matter: FakeMatter) -> FakeLibrary:
    return FakeLibrary({matter.info.slug: matter})


@pytest.fixture
def window(qtbot: QtBot, library: FakeLibrary) -> Iterator[Window]:
    """The window on its first page, with the matters listed."""
    made = Window(lambda: library)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.start.list.model().rowCount() == len(library.known))
    yield made
    made.close()


@pytest.fixture
def opened(qtbot: QtBot, window: Window, matter: FakeMatter) -> Window:
    """The window with the matter open and its documents listed."""
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 4)
    return window


@pytest.fixture
def real(qtbot: QtBot, tmp_path: Path, models_home: Path) -> Iterator[Window]:
    """The window over a new home that holds the starter models: the real library, in processes of its own."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(models_home / "models")
    made = start(qtbot, home)
    qtbot.waitUntil(lambda: "No matters yet" in words(made.start), timeout=60_000)
    yield made
    made.close()


def start(qtbot: QtBot, home: Path) -> Window:
    """The window over the library of a home, on the screen."""
    made = Window(lambda: legalqa.Library(home, apart=True))
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


def make_matter(qtbot: QtBot, window: Window, name: str) -> None:
    """Type the name of a new matter and press Enter."""
    QTest.keyClicks(window.start.name, name)
    QTest.keyClick(window.start.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: name in window.windowTitle(), timeout=60_000)


def read_in(qtbot: QtBot, window: Window, *files: Path) -> None:
    """Drop files of which each can be read, and wait until they are."""
    drop(window, *files)
    qtbot.waitUntil(lambda: f"Files: {len(files)} added." in words(window.notices), timeout=240_000)


def click_row(qtbot: QtBot, window: Window, row: int) -> None:
    """Click a matter on the first page."""
    view = window.start.list
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_document(qtbot: QtBot, window: Window, name: str) -> None:
    """Click a document in the list on the left."""
    view = window.workspace.documents.list
    rows = (view.model().index(row, 0) for row in range(view.model().rowCount()))
    index = next(index for index in rows if index.data() == name)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def ask(qtbot: QtBot, window: Window, question: str) -> None:
    """Type a question and press Enter."""
    box = window.workspace.ask.question
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, question)
    QTest.keyClick(box, Qt.Key.Key_Return)


def show_tab(window: Window, name: str) -> None:
    """Click a tab in the middle."""
    tabs = window.workspace.middle.tabs
    at = next(at for at in range(tabs.count()) if tabs.tabText(at).replace("&", "") == name)
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(at).center())


def button(root: QWidget, name: str) -> QAbstractButton:
    """The visible button that a screen reader would call `name`."""
    found = [one for one in root.findChildren(QAbstractButton) if one.isVisible() and name in spoken(one)]
    assert len(found) == 1, f"{len(found)} buttons are called {name!r}"
    return found[0]


def choose(qtbot: QtBot, root: QWidget, name: str, entry: str) -> None:
    """Open the menu of a button and click an entry."""
    opener = button(root, name)
    assert isinstance(opener, QToolButton | QPushButton)
    menu = opener.menu()

    def shown() -> bool:  # the platform may close it at once, with a window that was active before
        if not menu.isVisible():
            menu.popup(opener.mapToGlobal(opener.rect().bottomLeft()))  # a click would wait inside for it to close
        return menu.isVisible()

    qtbot.waitUntil(shown)
    action = next(one for one in menu.actions() if one.text().replace("&", "") == entry)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    root.window().activateWindow()  # as every desktop does when a menu closes; the offscreen platform does not
    qtbot.waitUntil(root.window().isActiveWindow)


def spoken(widget: QWidget) -> str:
    """The name that a screen reader says."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text.replace("&", "")


def words(root: QWidget) -> str:
    """All that can be read in a part of the window."""
    return "\n".join(
        one.accessibleName() or one.text() for one in root.findChildren(QLabel) if one.isVisible()
    )  # fmt: skip


def drag(window: QWidget, *paths: Path) -> QMimeData:
    """Drag files from a file manager over the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    with warnings.catch_warnings():  # Qt offers no other constructor than the one it calls deprecated
        warnings.simplefilter("ignore", DeprecationWarning)
        entered = QDragEnterEvent(QPoint(window.rect().center()), *_held(mime))
    QApplication.sendEvent(window, entered)
    assert entered.isAccepted()
    return mime


def drop(window: QWidget, *paths: Path) -> None:
    """Drag files from a file manager into the window and let them go."""
    mime = drag(window, *paths)
    QApplication.sendEvent(window, QDropEvent(QPointF(window.rect().center()), *_held(mime)))


def _held(mime: QMimeData) -> tuple[Qt.DropAction, QMimeData, Qt.MouseButton, Qt.KeyboardModifier]:
    return Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
