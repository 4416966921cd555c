"""What a question was taken to be about is shown as chips, and changing one asks again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from legalqa.values.answer import Condition
from legalqa.values.question import LeftOut, Mention, Scope, Understood
from tests.ui.conftest import ask, button, choose, click_document, words
from tests.ui.double import ABOUT_LEASE, RENT, FakeMatter
from tests.ui.test_window import chips
from ui.scope import written
from ui.window import Window

LEASE, LETTER = "Harbor Point Lease.pdf", "2024-03-03 Notice of default.pdf"


def about(window: Window) -> str:
    return words(window.workspace.ask.scope) + "\n".join(
        one.accessibleName() for one in window.workspace.ask.scope.findChildren(QWidget) if one.isVisible()
    )


def test_the_scope_is_shown_before_the_answer_and_removing_it_searches_everything(
    qtbot: QtBot, opened: Window, matter: FakeMatter
) -> None:
    matter.gate = threading.Event()
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: f"About: {LEASE}" in about(opened))
    assert opened.workspace.ask.answering
    assert "Party: Delmar Marine, Inc." in about(opened)
    QTest.mouseClick(button(opened.workspace.ask.scope, f"Not about {LEASE}"), Qt.MouseButton.LeftButton)
    matter.gate.set()
    qtbot.waitUntil(lambda: matter.scopes == ["", "all"])
    qtbot.waitUntil(lambda: "Searching everything" in about(opened))
    qtbot.waitUntil(lambda: bool(chips(opened)))
    QTest.mouseClick(button(opened.workspace.ask.scope, "Leave it to the question"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: matter.scopes == ["", "all", ""])
    qtbot.waitUntil(lambda: f"About: {LEASE}" in about(opened))


def test_an_alternative_is_chosen_from_the_menu(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    choose(qtbot, opened.workspace.ask.scope, f"About: {LEASE}", f"About {LETTER}")
    qtbot.waitUntil(lambda: matter.scopes == ["", LETTER])
    qtbot.waitUntil(lambda: f"About: {LETTER}" in about(opened))
    assert matter.histories == [(), ()], "the same question again is no follow-up of itself"


def test_the_open_document_is_offered(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    click_document(qtbot, opened, LETTER)
    qtbot.waitUntil(lambda: opened.workspace.reader.view.page_count == 1)
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    choose(qtbot, opened.workspace.ask.scope, "About: the whole matter", f"About {LETTER} (open beside)")
    qtbot.waitUntil(lambda: len(matter.scopes) == 2)
    assert matter.typesets[matter.scopes[1]].document.path.endswith(LETTER)


def test_a_party_becomes_a_filter(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    entry = "Search only where party: Delmar Marine, Inc."
    choose(qtbot, opened.workspace.ask.scope, "Party: Delmar Marine, Inc.", entry)
    qtbot.waitUntil(lambda: matter.asked[1:] == [(ABOUT_LEASE, 'party="Delmar Marine, Inc."')])
    qtbot.waitUntil(lambda: "Only party: Delmar Marine, Inc." in about(opened))


def test_another_question_is_not_about_the_last_one(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(matter.asked) == 2 and not opened.workspace.ask.answering)
    assert matter.histories == [(), ()]
    assert "About: the whole matter" in about(opened)
    choose(qtbot, opened.workspace.ask.scope, "About: the whole matter", f"About {LEASE} (as before)")
    qtbot.waitUntil(lambda: len(matter.scopes) == 3)
    assert matter.typesets[matter.scopes[2]].document.path.endswith(LEASE)


def test_a_question_that_needs_the_last_one_follows_it(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    ask(qtbot, opened, "And when does it end?")
    qtbot.waitUntil(lambda: matter.histories == [(), (ABOUT_LEASE,)])
    qtbot.waitUntil(lambda: f"About: {LEASE}" in about(opened))


def test_a_filter_alone_is_kept_as_a_chip(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    pane = opened.workspace.ask
    pane.where.setFocus()
    QTest.keyClicks(pane.where, 'type=lease party="A \\"B\\" C"')
    QTest.keyClick(pane.where, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Only type: lease" in about(opened))
    QTest.keyClicks(pane.where, "typ=lease")
    QTest.keyClick(pane.where, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(opened.notices.shown()))
    assert pane.where.text() == "typ=lease", "what is wrong stays to be corrected"
    pane.where.clear()
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: matter.asked == [(RENT, 'type=lease party="A \\"B\\" C"')])


EVERY = (
    ("party", "Delmar Marine, Inc.", "Party: Delmar Marine, Inc."), ("type", "lease", "Type: lease"),
    ("date", "2019-12-01", "Date: 2019-12-01"), ("bates", "HARBOR000101", "Bates: HARBOR000101"),
    ("cite", "4.1", "Cited: 4.1"), ("phrase", "marine terminal", "Exact words: marine terminal"),
    ("term", "Base Rent", "Defined term: Base Rent"),
)  # fmt: skip


@pytest.fixture
def full(matter: FakeMatter) -> FakeMatter:
    """A matter that understands something of every kind in one question, and two documents for sure."""
    mentions = tuple(Mention(at, at + 1, kind, value) for at, (kind, value, _) in enumerate(EVERY))  # type: ignore[arg-type]
    ids = [(id, Path(one.document.path).name) for id, one in matter.typesets.items()]
    scopes = tuple(Scope(id, 0.9, "named in the question", name) for id, name in ids)
    matter.meanings[ABOUT_LEASE] = Understood(ABOUT_LEASE, ABOUT_LEASE, mentions, scopes)
    return matter


@pytest.mark.parametrize(("kind", "value", "chip"), EVERY)
def test_whatever_is_understood_can_be_taken_away(
    qtbot: QtBot, full: FakeMatter, opened: Window, kind: str, value: str, chip: str
) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    assert chip in about(opened)
    QTest.mouseClick(button(opened.workspace.ask.scope, f"Leave out “{value}”"), Qt.MouseButton.LeftButton)
    left = LeftOut(kind, value)  # type: ignore[arg-type]  # one of the kinds
    qtbot.waitUntil(lambda: full.without == [(), (left,)])
    qtbot.waitUntil(lambda: f"Left out: {value}" in about(opened))
    assert chip not in words(opened.workspace.ask.scope)
    qtbot.waitUntil(lambda: not opened.workspace.ask.answering)
    QTest.mouseClick(button(opened.workspace.ask.scope, "Take into account again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: full.without == [(), (left,), ()])
    qtbot.waitUntil(lambda: chip in about(opened))


def test_of_two_documents_one_is_taken_away(qtbot: QtBot, full: FakeMatter, opened: Window) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    QTest.mouseClick(button(opened.workspace.ask.scope, f"Not about {LETTER}"), Qt.MouseButton.LeftButton)
    letter = next(id for id, one in full.typesets.items() if one.document.path.endswith(LETTER))
    qtbot.waitUntil(lambda: full.without == [(), (LeftOut("document", letter),)])
    qtbot.waitUntil(lambda: f"Left out: {LETTER}" in about(opened))
    assert f"About: {LEASE}" in about(opened)
    assert full.scopes == ["", ""]


def test_chips_are_taken_away_with_the_delete_key(qtbot: QtBot, full: FakeMatter, opened: Window) -> None:
    QTest.keyClicks(opened.workspace.ask.where, "type=lease")
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    row = opened.workspace.ask.scope
    party = button(row, "Leave out “Delmar Marine, Inc.”")
    party.setFocus()
    QTest.keyClick(party, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: full.without[1:] == [(LeftOut("party", "Delmar Marine, Inc."),)])
    qtbot.waitUntil(lambda: not opened.workspace.ask.answering and "Only type: lease" in about(opened))
    cross = button(row, "Remove the filter type: lease")
    cross.setFocus()
    QTest.keyClick(cross, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: [where for _, where in full.asked] == ["type=lease", "type=lease", ""])
    qtbot.waitUntil(lambda: "Only type: lease" not in about(opened))
    assert full.without[-1] == (LeftOut("party", "Delmar Marine, Inc."),), "what was taken away stays away"


def test_another_question_begins_with_nothing_left_out(qtbot: QtBot, full: FakeMatter, opened: Window) -> None:
    ask(qtbot, opened, ABOUT_LEASE)
    qtbot.waitUntil(lambda: bool(chips(opened)))
    QTest.mouseClick(button(opened.workspace.ask.scope, "Leave out “2019-12-01”"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(full.without) == 2 and not opened.workspace.ask.answering)
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(full.without) == 3)
    assert full.without[-1] == ()


def test_terms_are_written_as_they_are_typed() -> None:
    assert written(Condition("date", ">=", "2019-01-01")) == "date>=2019-01-01"
    assert written(Condition("party", "=", 'A "B"')) == 'party="A \\"B\\""'
