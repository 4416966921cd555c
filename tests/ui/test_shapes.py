"""Every shape of an answer is shown in a form of its own: a value, a table, remarks, what is near to nothing found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from legalqa.values.form import Row
from tests.ui import shaped
from tests.ui.conftest import ask, button, spoken, words
from tests.ui.double import FakeMatter, harbor, sentence
from tests.ui.test_window import chips
from ui import shapes, theme
from ui.rows import RowsTable
from ui.sentence import SentenceCard
from ui.shapes import LeadingValue, NoteFrame
from ui.window import Window


@pytest.fixture
def matter() -> FakeMatter:
    made = harbor()
    shaped.shape(made)
    return made


def parts(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [one for one in root.findChildren(kind) if one.isVisible()]


def table_of(window: Window) -> RowsTable:
    (table,) = window.workspace.ask.findChildren(RowsTable)
    return table


def test_a_value_leads_large_with_its_place(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.HOW_MUCH)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    (leads,) = parts(opened.workspace.ask, LeadingValue)
    assert "Amount: $48,500.00" in words(leads)
    assert "Verbatim" in words(leads)
    figure = next(one for one in leads.findChildren(QWidget) if spoken(one).startswith("Amount:"))
    body = next(one for one in opened.workspace.ask.findChildren(QWidget) if one.objectName() == "sentence")
    assert figure.fontMetrics().height() > 1.4 * body.fontMetrics().height()
    chip = next(chip for chip in chips(opened) if leads.isAncestorOf(chip))
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Harbor Point Lease.pdf, page 1" in opened.workspace.reader.view.accessibleName())
    assert chip.current


def test_a_walk_passes_each_place_once(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.HOW_MUCH)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    walked = []
    for _ in range(3):
        QTest.keyClick(opened, Qt.Key.Key_F8)
        walked.append(next(chip.citation.key for chip in chips(opened) if chip.current))
    assert walked == ["1", "2", "1"]


def test_a_value_whose_sentence_fails_its_check_does_not_lead(matter: FakeMatter) -> None:
    answer = matter.answers[shaped.HOW_MUCH]
    failed = replace(answer, sentences=tuple(replace(one, verdict="unsupported") for one in answer.sentences))
    assert shapes.leading(answer)
    assert shapes.leading(failed) == []


def test_remarks_stand_in_the_sentences_that_they_concern(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.HOW_MUCH)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    cards = parts(opened.workspace.ask, SentenceCard)
    assert len(cards) == 2
    for card, word, see in zip(cards, ("Amended", "Amends"), ("[2]", "[1]"), strict=True):
        assert f"{word}: {shaped.AMENDS} See {see}." in words(card)
        assert f"Contradiction: {shaped.DIFFERS} See {see}." in words(card)


def test_what_the_question_takes_for_granted_and_how_often_its_words_stand(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.PRESUPPOSED)
    qtbot.waitUntil(lambda: "The record does not answer this." in words(opened.workspace.ask))
    said = words(opened.workspace.ask)
    assert "Taken for granted: The searched documents do not mention a guarantor." in said
    assert "“guarantor”: nowhere" in said
    assert "“rent”: 5 times in 2 documents" in said
    assert "“owe”: 1 time in 1 document" in said
    assert "In another document than you asked about." in said
    QTest.mouseClick(button(opened.workspace.ask, "Passage 2"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Notice of default" in opened.workspace.reader.view.accessibleName())


def test_a_comparison_has_a_row_for_each_document(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.COMPARED)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    table, model = table_of(opened), table_of(opened).model()
    role = Qt.ItemDataRole.AccessibleTextRole
    said = [[model.index(row, column).data(role) for column in range(2)] for row in range(model.rowCount())]
    assert [one for one, _ in said] == ["Harbor Point Lease.pdf", "2024-03-03 Notice of default.pdf", "Guaranty.pdf"]
    assert said[0][1].startswith("Verbatim: monthly Base Rent of $48,500.00")
    assert "Harbor Point Lease.pdf, p. 1 · HARBOR000101" in said[0][1]
    assert said[1][1].startswith("Unsupported: The March rent was paid.")
    assert said[2][1] == shapes.NOTHING
    assert "3 documents compared" in spoken(table)
    assert chips(opened)[0].text() == "p. 1 · HARBOR000101", "the row names the document"
    assert "Harbor Point Lease.pdf, p. 1" in spoken(chips(opened)[0])
    assert f"Contradiction: {shaped.DIFFERS} See [3]." in words(table)


def test_the_table_is_walked_and_opened_by_keyboard(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.COMPARED)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    table = table_of(opened)
    table.setFocus()  # the first row is the current one
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentRow() == 1
    QTest.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Notice of default.pdf, page 1" in opened.workspace.reader.view.accessibleName())
    assert chips(opened)[2].current
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert opened.focusWidget() is not table


def test_every_row_is_as_high_as_what_stands_in_it(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.COMPARED)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    table = table_of(opened)
    qtbot.waitUntil(lambda: fits(table))
    before = table.rowHeight(0)
    why = next(one for one in table.findChildren(QWidget) if "reasons for the verdict Verbatim" in spoken(one))
    QTest.mouseClick(why, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.rowHeight(0) > before and fits(table))
    narrow, before = table.width(), table.rowHeight(0)
    opened.workspace.panes.setSizes([220, 640, 380])
    qtbot.waitUntil(lambda: table.width() > narrow and table.rowHeight(0) < before and fits(table))


def fits(table: RowsTable) -> bool:
    """Whether no cell is lower than its content, and the table shows all its rows."""
    rows = range(table.rowCount())
    cells = [(row, table.cellWidget(row, column)) for row in rows for column in (0, 1)]
    whole = all(cell.heightForWidth(cell.width()) <= table.rowHeight(row) for row, cell in cells if cell)
    return whole and table.viewport().height() >= sum(table.rowHeight(row) for row in rows)


def test_a_listing_names_what_was_searched_without_a_finding(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, shaped.LISTED)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    said = words(opened.workspace.ask)
    assert table_of(opened).rowCount() == 2
    assert "Found in 2 of 3 documents" in said
    assert "Searched without a finding:\nGuaranty.pdf" in said
    assert "Not complete: 12 more documents were not read" in said


def test_a_long_listing_is_shown_in_parts(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    answer = matter.answers[shaped.LISTED]
    rows = tuple(Row(f"{at}", f"Lease {at}.pdf", f"record/Lease {at}.pdf", (0,)) for at in range(40))
    matter.answers[shaped.LISTED] = replace(answer, form=replace(answer.form, rows=rows))
    ask(qtbot, opened, shaped.LISTED)
    qtbot.waitUntil(lambda: "Found in 40 of 40 documents" in words(opened.workspace.ask))
    table = table_of(opened)
    qtbot.waitUntil(lambda: table.rowCount() == 25)
    QTest.mouseClick(button(opened.workspace.ask, "Show all 40 documents"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: table.rowCount() == 40 and fits(table))
    QTest.keyClick(opened, Qt.Key.Key_F8)
    QTest.keyClick(opened, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert table.chips[-1].current, "what was added is walked, too"


def test_a_listing_without_any_finding_says_so(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    answer = matter.answers[shaped.LISTED]
    rows = tuple(replace(row, sentences=()) for row in answer.form.rows)
    form = replace(answer.form, rows=rows, remarks=())
    matter.answers[shaped.LISTED] = replace(answer, status="not_found", sentences=(), form=form)
    ask(qtbot, opened, shaped.LISTED)
    qtbot.waitUntil(lambda: "The record does not answer this." in words(opened.workspace.ask))
    assert "Found in 0 of 3 documents" in words(opened.workspace.ask)
    assert "Harbor Point Lease.pdf\n2024-03-03 Notice of default.pdf\nGuaranty.pdf" in words(opened.workspace.ask)


@pytest.mark.parametrize("question", [shaped.HOW_MUCH, shaped.COMPARED, shaped.LISTED, shaped.PRESUPPOSED])
def test_no_document_text_is_markup(qtbot: QtBot, opened: Window, matter: FakeMatter, question: str) -> None:
    hostile = "<img src=x><b>bold</b>"
    answer = matter.answers[question]
    form = replace(
        answer.form,
        rows=tuple(replace(row, document=hostile) for row in answer.form.rows),
        remarks=tuple(replace(remark, text=hostile) for remark in answer.form.remarks),
        counts=tuple(replace(one, term=hostile) for one in answer.form.counts),
        values=tuple(replace(one, text=hostile) for one in answer.form.values),
    )
    sentences = tuple(sentence(one.verdict, one.text, *one.citations) for one in answer.sentences)
    matter.answers[question] = replace(answer, form=form, sentences=sentences)
    ask(qtbot, opened, question)
    qtbot.waitUntil(lambda: "Searched 2 documents" in words(opened.workspace.ask))
    assert hostile in words(opened.workspace.ask)
    for note in parts(opened.workspace.ask, NoteFrame):
        for one in note.findChildren(QLabel):
            assert not one.text() or one.textFormat() == Qt.TextFormat.PlainText


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_whatever_can_be_used_in_a_table_has_a_name(qtbot: QtBot, opened: Window, choice: theme.Choice) -> None:
    theme.current().apply(choice)
    ask(qtbot, opened, shaped.COMPARED)
    qtbot.waitUntil(lambda: len(chips(opened)) == 3)
    used = [one for one in table_of(opened).findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [one for one in used if one.isVisible() and not spoken(one) and not one.objectName().startswith("qt_")] == []
