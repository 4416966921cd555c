"""Answers are taken along with their citations."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ask, choose
from tests.ui.double import RENT, UNANSWERED, harbor, sentence
from tests.ui.test_window import chips
from ui import copying
from ui.window import Window

CITE = "(Harbor Point Lease.pdf, p. 1 · HARBOR000101"


def test_the_answer_goes_to_the_clipboard(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    QTest.keyClick(opened, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    held = QGuiApplication.clipboard().mimeData()
    assert RENT in held.html()
    assert "<b>[UNSUPPORTED: the date December 31, 2030" in held.html()
    assert f"{CITE}.) [Verbatim]" in held.text()
    choose(qtbot, opened.workspace.ask, "Copy the answer with its citations", "Copy as Markdown")
    held = QGuiApplication.clipboard().mimeData()
    assert held.text().startswith(f"## {RENT}")
    assert not held.hasHtml()


def test_every_form_says_what_does_not_hold_and_what_was_not_read() -> None:
    answer = harbor().answers[RENT]
    for text in (copying.plain(answer), copying.markdown(answer), copying.rich(answer)):
        assert "does not stand there" in text
        assert "BAD REFERENCE: the quoted words do not stand there: the record says 150%" in text
        assert "UNCITED" in text
        assert "site-survey.dwg" in text
    assert "The record does not answer this." in copying.plain(harbor().answers[UNANSWERED])


def test_a_documents_words_are_no_markup() -> None:
    hostile = "<img src=x> **bold** [link](http://x) `code`"
    answer = replace(harbor().answers[RENT], question=hostile, sentences=(sentence("uncited", hostile),))
    assert "<img" not in copying.rich(answer)
    assert "**bold**" not in copying.markdown(answer)
    assert "\\[link\\](http" in copying.markdown(answer)
    assert hostile in copying.plain(answer)
