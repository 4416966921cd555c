"""What was done in a matter is taken back with Ctrl+Z and done again with Ctrl+Y or Ctrl+Shift+Z."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ask, button, choose, click_row, show_tab, words
from tests.ui.double import ABOUT_LEASE, TERM, FakeMatter
from tests.ui.test_window import chips
from ui.window import Window


def undo(window: Window) -> None:
    QTest.keySequence(window.focusWidget() or window, QKeySequence(QKeySequence.StandardKey.Undo))


def redo(window: Window) -> None:
    QTest.keySequence(window.focusWidget() or window, QKeySequence(QKeySequence.StandardKey.Redo))


def entry(window: Window, begins: str) -> QAction:
    return next(one for one in window.menus.all if one.text().replace("&", "").startswith(begins))


def reviewed(qtbot: QtBot, window: Window) -> None:
    show_tab(window, "Review")
    pane = window.workspace.review
    choose(qtbot, pane, "New", "Lease")
    qtbot.waitUntil(pane.form.isVisible)
    pane.form.where.clear()
    QTest.keyClicks(pane.form.where, "type=lease")
    QTest.keyClick(pane.form.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "2 of 2 asked · 1 needs a look" in words(pane))


def test_a_correction_gives_way_to_what_was_decided_before(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    reviewed(qtbot, opened)
    pane, id = opened.workspace.review, next(iter(matter.typesets))

    def decided() -> tuple[str, str]:
        cell = matter.review("Lease").grid().cells[id, TERM]
        return cell.decision, cell.correction

    QTest.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(pane.cell.isVisible)
    for words_ in ("December 2029", "December 31, 2029"):
        pane.cell.correction.setFocus()
        pane.cell.correction.clear()
        QTest.keyClicks(pane.cell.correction, words_)
        QTest.keyClick(pane.cell.correction, Qt.Key.Key_Return)
        qtbot.waitUntil(pane.table.hasFocus)
        assert decided() == ("corrected", words_)
    assert entry(opened, "Undo").text().endswith("correct a cell")
    undo(opened)
    qtbot.waitUntil(lambda: decided() == ("corrected", "December 2029"))
    undo(opened)
    qtbot.waitUntil(lambda: decided() == ("", ""))
    qtbot.waitUntil(lambda: "1 needs a look" in words(pane))
    redo(opened)
    qtbot.waitUntil(lambda: decided() == ("corrected", "December 2029"))


def test_a_question_that_was_added_goes_again(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    reviewed(qtbot, opened)
    pane = opened.workspace.review
    QTest.keyClicks(pane.question, "Who pays for insurance?")
    QTest.keyClick(pane.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "1 document × 3 questions · 3 of 3 asked" in words(pane))
    entry(opened, "Undo").trigger()
    qtbot.waitUntil(lambda: "1 document × 2 questions · 2 of 2 asked" in words(pane))
    entry(opened, "Redo").trigger()
    qtbot.waitUntil(lambda: "1 document × 3 questions" in words(pane))


def test_a_chip_that_was_taken_away_comes_back_with_its_answer(
    qtbot: QtBot, opened: Window, matter: FakeMatter
) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    scope = opened.workspace.ask.scope
    QTest.mouseClick(button(scope, "Leave out “Delmar Marine, Inc.”"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(matter.asked) == 2 and not opened.workspace.ask.answering)
    qtbot.waitUntil(lambda: "Left out: Delmar Marine, Inc." in words(scope))
    undo(opened)  # the keyboard is in the question, of which nothing was typed since
    qtbot.waitUntil(lambda: "Party: Delmar Marine, Inc." in [one.accessibleName() for one in chips_of(opened)])
    assert "Left out" not in words(scope)
    assert opened.workspace.ask.question.toPlainText() == ABOUT_LEASE
    assert len(matter.asked) == 2, "it need not be answered again"
    QTest.keyClicks(opened.workspace.ask.question, "!")
    undo(opened)
    assert opened.workspace.ask.question.toPlainText() == ABOUT_LEASE, "what is typed is taken back as everywhere"


def chips_of(window: Window) -> list[QToolButton]:
    return window.workspace.ask.scope.findChildren(QToolButton)


def test_another_matter_knows_nothing_of_it(qtbot: QtBot, opened: Window) -> None:
    reviewed(qtbot, opened)
    QTest.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: opened.workspace.review.cell.isVisible() and button(opened, "Accept").height() > 0)
    QTest.mouseClick(button(opened.workspace.review, "Accept"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(entry(opened, "Undo").isEnabled)
    opened.show_matters()
    qtbot.waitUntil(opened.start.list.isVisible)
    click_row(qtbot, opened, 0)
    qtbot.waitUntil(lambda: opened.workspace.matter is not None)
    assert not entry(opened, "Undo").isEnabled()
