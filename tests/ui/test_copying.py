"""Answers are taken along with their citations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui import shaped
from tests.ui.conftest import ask, choose
from tests.ui.double import RENT, UNANSWERED, harbor, sentence
from tests.ui.test_window import chips
from ui import copying
from ui.window import Window

CITE = "(Harbor Point Lease.pdf, p. 1 · HARBOR000101"


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """The offscreen platform frees what lies on its clipboard when Python is gone, and ends in a crash."""
    yield
    qapp.clipboard().clear()


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


def test_the_shape_goes_along() -> None:
    matter = harbor()
    shaped.shape(matter)
    value, table = matter.answers[shaped.HOW_MUCH], matter.answers[shaped.LISTED]
    for text in (copying.plain(value), copying.markdown(value), copying.rich(value)):
        assert "Amount: $48,500.00 (Harbor Point Lease.pdf, p. 1" in text
        assert text.index("Amount:") < text.index("monthly Base Rent")
        assert f"Amended: {shaped.AMENDS}" in text
        assert f"Amends: {shaped.AMENDS}" in text
        assert f"Contradiction: {shaped.DIFFERS}" in text
        assert "See [" not in text, "the numbers of the window are not in the copy"
    for text in (copying.plain(table), copying.markdown(table), copying.rich(table)):
        assert "Found in 2 of 3 documents." in text
        assert text.index("Harbor Point Lease.pdf") < text.index("monthly Base Rent")
        assert text.index("Notice of default.pdf") < text.index("The March rent was paid.")
        assert "Searched without a finding: Guaranty.pdf." in text
        assert "Not complete: 12 more documents" in text


def test_rows_are_a_table_for_word() -> None:
    matter = harbor()
    shaped.shape(matter)
    text = copying.rich(matter.answers[shaped.COMPARED])
    assert text.count("<table") == text.count("</table>") == 1
    assert text.count("<tr>") == text.count("</tr>") == 4
    assert text.count("<td>") == text.count("</td>") == 6
    assert "<td>Guaranty.pdf</td><td><p><i>Nothing found in it.</i></p></td>" in text
    assert text.index("</table>") < text.index("Searched 2 documents")


def test_what_is_not_found_goes_along_with_its_counts() -> None:
    matter = harbor()
    shaped.shape(matter)
    text = copying.plain(matter.answers[shaped.PRESUPPOSED])
    assert "Taken for granted: The searched documents do not mention a guarantor." in text
    assert "“guarantor”: nowhere; “rent”: 5 times in 2 documents" in text
    assert "The record does not answer this." in text
