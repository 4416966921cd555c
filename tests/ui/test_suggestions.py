"""While a question is typed, words of the matter are offered; they never get in the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from legalqa.values.question import Suggestion
from tests.ui.conftest import ask
from tests.ui.double import RENT, FakeMatter
from tests.ui.test_window import chips
from ui.question import QuestionBox
from ui.suggest import matching
from ui.window import Window

KNOWN = (
    Suggestion("Base Rent", "term"), Suggestion("Basement Premises", "term"), Suggestion("Premises", "term"),
    Suggestion("Delmar Marine, Inc.", "party"), Suggestion("Late Charges", "heading"),
)  # fmt: skip


@pytest.fixture
def box(qtbot: QtBot, opened: Window) -> QuestionBox:
    """The question box with the keyboard in it, once the matter's words are known."""
    made = opened.workspace.ask.question
    qtbot.waitUntil(made.hasFocus)

    def known() -> bool:
        made.selectAll()
        QTest.keyClicks(made, "Bas")
        return made.list.isVisible()

    qtbot.waitUntil(known)
    made.selectAll()
    QTest.keyClick(made, Qt.Key.Key_Delete)
    assert not made.list.isVisible()
    return made


def shown(box: QuestionBox) -> list[str]:
    return [box.list.item(at).text() for at in range(box.list.count())] if box.list.isVisible() else []


def test_words_of_the_matter_are_offered_while_typing(box: QuestionBox) -> None:
    QTest.keyClicks(box, "What is the Ba")
    assert shown(box) == []
    QTest.keyClicks(box, "s")
    assert shown(box) == ["Base Rent  ·  defined term", "Basement Premises  ·  defined term"]
    QTest.keyClicks(box, "em")
    assert shown(box) == ["Basement Premises  ·  defined term"]
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert shown(box) == []


def test_an_entry_is_chosen_by_keyboard(box: QuestionBox, matter: FakeMatter) -> None:
    QTest.keyClicks(box, "What does delm")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "What does Delmar Marine, Inc."
    assert shown(box) == []
    assert matter.asked == []
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert box.toPlainText() == "What does delm"
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(box, " owe?")
    assert box.toPlainText() == "What does Delmar Marine, Inc. owe?"


def test_enter_asks_unless_an_entry_was_chosen(qtbot: QtBot, box: QuestionBox, matter: FakeMatter) -> None:
    QTest.keyClicks(box, "What is the Base")
    assert shown(box)
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: matter.asked == [("What is the Base", "")])
    assert shown(box) == []


def test_up_leaves_the_list_again(qtbot: QtBot, box: QuestionBox, matter: FakeMatter) -> None:
    QTest.keyClicks(box, "What is the Base")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: matter.asked == [("What is the Base", "")])


def test_escape_closes_the_list_and_stops_nothing(qtbot: QtBot, box: QuestionBox, matter: FakeMatter) -> None:
    QTest.keyClicks(box, "What is the Base")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert shown(box) == []
    assert box.toPlainText() == "What is the Base"
    assert box.hasFocus()


def test_an_entry_is_chosen_with_the_mouse(box: QuestionBox) -> None:
    QTest.keyClicks(box, "Compare the late")
    entry = box.list.visualItemRect(box.list.item(0)).center()
    QTest.mouseClick(box.list.viewport(), Qt.MouseButton.LeftButton, pos=entry)
    assert box.toPlainText() == "Compare the Late Charges"
    assert box.hasFocus()


def test_the_list_lies_under_the_box_and_goes_with_the_keyboard(box: QuestionBox, opened: Window) -> None:
    QTest.keyClicks(box, "What is the Base")
    top = box.list.mapTo(opened, box.list.rect().topLeft())
    assert top.y() >= box.mapTo(opened, box.rect().bottomLeft()).y()
    assert all(
        box.list.viewport().rect().contains(box.list.visualItemRect(box.list.item(at)))
        for at in range(box.list.count())
    )
    opened.workspace.ask.where.setFocus()
    assert shown(box) == []


def test_tab_goes_on_unless_an_entry_was_chosen(box: QuestionBox) -> None:
    QTest.keyClicks(box, "What is the Base")
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert not box.hasFocus()
    assert box.toPlainText() == "What is the Base"


def test_nothing_is_offered_in_the_middle_of_a_word(box: QuestionBox) -> None:
    QTest.keyClicks(box, "ement")
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClicks(box, "Bas")
    assert shown(box) == []


def test_characters_outside_the_first_plane_count_once(box: QuestionBox) -> None:
    box.setPlainText("\U0001f4c4 what is the ")
    QTest.keyClick(box, Qt.Key.Key_End)
    QTest.keyClicks(box, "Base")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "\U0001f4c4 what is the Base Rent"


def test_another_matter_offers_nothing_of_the_first(qtbot: QtBot, box: QuestionBox, opened: Window) -> None:
    QTest.keyClick(opened, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(opened.start.name.hasFocus)
    QTest.keyClicks(opened.start.name, "Estate of Whitlock")
    QTest.keyClick(opened.start.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Whitlock" in opened.windowTitle() and box.hasFocus())
    QTest.keyClicks(box, "What is the Base")
    assert shown(box) == []


def test_history_is_walked_as_before(qtbot: QtBot, box: QuestionBox, opened: Window) -> None:
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.toPlainText() == RENT
    assert shown(box) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("What is the base", ["Base Rent", "Basement Premises"]),
        ("What is the base r", ["Base Rent"]),
        ("What are the prem", ["Premises", "Basement Premises"]),
        ('Where is "base r', ["Base Rent"]),
        ("What is it (bas", ["Base Rent", "Basement Premises"]),
        ("Who is Delmar Mar", ["Delmar Marine, Inc."]),
        ("the premises", []),
        ("What is ba", []),
        ("What", []),
        ("What is the base ", []),
        ("", []),
    ],
)
def test_what_fits(typed: str, words: list[str]) -> None:
    start, found = matching(typed, KNOWN)
    assert [one.text for one in found] == words
    assert typed[start:].strip() == typed[start:]


def test_a_document_cannot_write_more_than_words(box: QuestionBox) -> None:
    box.suggest([Suggestion("Bas\u202e<b>\nevil</b>", "heading")])
    QTest.keyClicks(box, "bas")
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.toPlainText() == "Bas <b> evil</b>"
