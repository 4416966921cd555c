"""Every screen of the window: each control has a name and is reached by Tab, each text can be read, none is clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ask, button, choose, click_document, drop, show_tab, spoken, words
from tests.ui.double import DRAFT, RENT, FakeMatter
from ui import theme
from ui.citation import Chip
from ui.detached import Detached
from ui.widgets import ElidedLabel
from ui.window import Window

USED = (QAbstractButton, QLineEdit, QAbstractScrollArea, QComboBox, QTabBar)
SHARP = 3  # device pixels a logical one, at which the stems of letters have their full colour
LEAST = {"light": 4.5, "dark": 4.5, "contrast": 7.0}
Screen = Callable[[QtBot, Window, Path], QWidget]


def start(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.start.list.isVisible)
    window.start.offer("Whitlock", "1 item will be added once the matter is created.")
    return window


def answered(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    ask(qtbot, window, RENT)
    qtbot.waitUntil(lambda: "Bad reference" in words(window.workspace.ask))
    window.notices.say("warning", "The reranker is missing.", "Answers are found less well.", ("Show them", lambda: 0))
    return window


def exported(qtbot: QtBot, window: Window, folder: Path) -> QWidget:
    answered(qtbot, window, folder)
    matter = window.workspace.matter
    assert isinstance(matter, FakeMatter)
    lease = next(iter(matter.typesets.values()))
    mark, text = "ATTORNEY WORK PRODUCT ", lease.document.text
    lease.document = replace(lease.document, text=mark + text[len(mark) :])
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.workspace.memo.findings.count() == 1)
    return window


def reviewed(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    show_tab(window, "Review")
    pane = window.workspace.review
    choose(qtbot, pane, "New", "Lease")
    qtbot.waitUntil(pane.form.name.hasFocus)
    pane.form.where.clear()
    QTest.keyClick(pane.form.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))
    QTest.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(pane.cell.isVisible)
    return window


def new_review(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    show_tab(window, "Review")
    choose(qtbot, window.workspace.review, "New", "Lease")
    qtbot.waitUntil(window.workspace.review.form.name.hasFocus)
    return window


def cite_checked(qtbot: QtBot, window: Window, folder: Path) -> QWidget:
    show_tab(window, "Cite-check")
    (folder / "brief.txt").write_text(DRAFT)
    drop(window.workspace.cite_check, folder / "brief.txt")
    qtbot.waitUntil(lambda: window.workspace.cite_check.faults.count() == 3)
    return window


def uncovered(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    show_tab(window, "Coverage")
    tree = window.workspace.coverage.tree
    tree.setFocus()
    tree.setCurrentIndex(tree.model().index(0, 0))
    QTest.mouseClick(button(window.workspace.coverage, "Password"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Password for" in words(window.workspace.coverage))
    return window


def document(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    reader = window.workspace.reader
    click_document(qtbot, window, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 3)
    QTest.mouseClick(button(reader, "Outline and pages"), Qt.MouseButton.LeftButton)
    QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(reader.finder.field, "rent")
    qtbot.waitUntil(lambda: reader.view.next_wanted() is None)
    return window


def detached(qtbot: QtBot, window: Window, folder: Path) -> QWidget:
    document(qtbot, window, folder)
    QTest.keyClick(window, Qt.Key.Key_F11)
    apart = next(one for one in QApplication.topLevelWidgets() if isinstance(one, Detached) and one.isVisible())
    apart.activateWindow()
    qtbot.waitUntil(apart.isActiveWindow)
    return apart


def keys(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    QTest.keyClick(window, Qt.Key.Key_F1)
    return modal(qtbot)


def report(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    window.report_problem()
    sheet = modal(qtbot)
    qtbot.waitUntil(lambda: button(sheet, "Save as").isEnabled())
    return sheet


def deletion(qtbot: QtBot, window: Window, _folder: Path) -> QWidget:
    window.delete_matter()
    return modal(qtbot)


def modal(qtbot: QtBot) -> QWidget:
    """The dialog that is open."""
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    found = QApplication.activeModalWidget()
    assert found is not None
    return found


SCREENS = (
    *(start, answered, exported, reviewed, new_review, cite_checked, uncovered),
    *(document, detached, keys, report, deletion),
)


@pytest.fixture(params=SCREENS, ids=lambda screen: screen.__name__)
def screen(request: pytest.FixtureRequest, qtbot: QtBot, opened: Window, tmp_path: Path) -> Iterator[QWidget]:
    """Each screen in turn, as a person brings it about."""
    made: Screen = request.param
    found = made(qtbot, opened, tmp_path)
    yield found
    if isinstance(found, QDialog):
        found.reject()


def test_everything_that_can_be_used_has_a_name(screen: QWidget) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in screen.findChildren(QWidget)
        if isinstance(widget, USED)
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and not spoken(widget)
    ]
    assert nameless == []


def test_tab_reaches_every_control_and_is_caught_by_none(screen: QWidget) -> None:
    wanted = {
        widget
        for widget in screen.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    }
    assert wanted
    reached = set()
    for _ in range(2 * len(wanted) + 5):
        now = screen.focusWidget()
        if now is not None:
            reached.add(now)
        QTest.keyClick(now or screen, Qt.Key.Key_Tab)
    assert sorted(map(called, wanted - reached)) == []


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} {spoken(widget)}"


@pytest.mark.parametrize("choice", ["light", "dark", "contrast"])
def test_every_text_can_be_read(screen: QWidget, look: theme.Theme, choice: theme.Look) -> None:
    look.apply(choice)
    faint = [
        f"{found:.1f} {said}" for said, found in measured(screen) if found < LEAST[choice]
    ]  # fmt: skip
    assert faint == []


def measured(root: QWidget) -> Iterator[tuple[str, float]]:
    """Each text in sight with its contrast, taken from the pixels: the commonest colour, and the next most common."""
    pixmap = QPixmap(root.size() * SHARP)
    pixmap.setDevicePixelRatio(SHARP)
    root.render(pixmap)
    image = pixmap.toImage()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    for widget, inset in texts(root):
        seen = widget.visibleRegion().boundingRect().intersected(widget.rect().adjusted(inset, inset, -inset, -inset))
        area = QRect(widget.mapTo(root, QPoint(0, 0)) + seen.topLeft(), seen.size())
        part = pixels[
            area.top() * SHARP : (area.bottom() + 1) * SHARP, area.left() * SHARP : (area.right() + 1) * SHARP
        ]
        colours, counts = np.unique(part & 0xFFFFFF, return_counts=True)
        if len(colours) < 2:
            continue
        ground, ink = colours[np.argsort(counts)[::-1][:2]]
        yield called(widget), theme.contrast(QColor(int(ground)), QColor(int(ink)))


def texts(root: QWidget) -> Iterator[tuple[QWidget, int]]:
    """Widgets that show words, enabled and in sight, with the width of the frame around the words."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not widget.isEnabled() or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, QLabel) and widget.text():
            yield widget, 0
        elif isinstance(widget, QPushButton | QCheckBox | QLineEdit | QComboBox):
            yield widget, 3


def test_text_is_measured_as_it_is_drawn(qtbot: QtBot, look: theme.Theme) -> None:
    board = QWidget()
    board.resize(200, 40)
    faint = QLabel("Words that nobody sees", board)
    faint.setStyleSheet("background: #ffffff; color: #bbbbbb;")
    qtbot.addWidget(board)
    board.show()
    ((_, found),) = measured(board)
    assert found == pytest.approx(theme.contrast(QColor("#bbbbbb"), QColor("white")), abs=0.1)


@pytest.fixture(params=[100, 200])
def percent(request: pytest.FixtureRequest, look: theme.Theme) -> int:
    """The size of the text, set before the screen is brought about."""
    look.enlarge(request.param)
    return int(request.param)


def test_no_text_is_clipped(qtbot: QtBot, percent: int, screen: QWidget, look: theme.Theme) -> None:
    if isinstance(screen, Window):
        look.enlarge(100)
        look.enlarge(percent)  # while everything is there
        screen.resize(1280 * percent // 100, 800 * percent // 100)

    def all_there() -> None:
        assert clipped(screen) == []

    qtbot.waitUntil(all_there)


def clipped(root: QWidget) -> list[str]:
    """What has less room than its words take."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel | Chip) or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget, QLabel) and widget.text():
            needs = widget.sizeHint() if not widget.wordWrap() else None
            high = widget.heightForWidth(widget.width()) if needs is None else needs.height()
            wide = 0 if needs is None else needs.width()
        elif isinstance(widget, QAbstractButton) and not isinstance(widget.parent(), QTabBar | QLineEdit):
            wide, high = widget.sizeHint().width(), widget.sizeHint().height()
        elif isinstance(widget, QLineEdit):
            hint = widget.fontMetrics().horizontalAdvance(widget.placeholderText())
            wide, high = hint + 20 if hint else 0, widget.sizeHint().height()  # frame and padding
        elif isinstance(widget, QComboBox):
            wide, high = 0, widget.sizeHint().height()
        elif isinstance(widget, QTabBar):
            wide, high = 0, widget.minimumSizeHint().height()
        elif isinstance(widget, QPlainTextEdit):
            wide, high = 0, 2 * widget.fontMetrics().lineSpacing() + 16
        else:
            continue
        if widget.width() < wide - 1 or widget.height() < high - 1:
            found.append(f"{called(widget)}: {widget.width()}×{widget.height()} of {wide}×{high}")
        elif not scrolled(widget) and not covers(widget):
            found.append(f"{called(widget)}: cut off by what it stands in")
    return found


def scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            return True
        above = above.parentWidget()
    return False


def covers(widget: QWidget) -> bool:
    return widget.visibleRegion().boundingRect().contains(widget.rect())


def test_high_contrast_follows_the_system() -> None:
    plain, high = Qt.ContrastPreference.NoPreference, Qt.ContrastPreference.HighContrast
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        assert theme.wanted(high, scheme) == "contrast"
    assert theme.wanted(plain, Qt.ColorScheme.Dark) == "dark"
    assert theme.wanted(plain, Qt.ColorScheme.Unknown) == "light"


def test_the_look_and_the_size_of_text_are_chosen_from_the_menu(
    qtbot: QtBot, opened: Window, matter: FakeMatter
) -> None:
    before = opened.workspace.ask.question.fontMetrics().height()
    for entry in ("High contrast", "200 %"):
        action = next(one for one in opened.findChildren(type(opened.menus.all[0])) if plain(one.text()) == entry)
        action.trigger()
    corner = opened.grab().toImage().pixelColor(opened.width() - 5, 5)
    assert corner.lightness() == 0
    assert opened.workspace.ask.question.fontMetrics().height() == pytest.approx(2 * before, abs=3)


def plain(text: str) -> str:
    return text.replace("&", "")
