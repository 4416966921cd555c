"""The tab Review: a grid from a template fills in the background, is gone on with, decided and exported."""

from __future__ import annotations

import threading
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.conftest import button, choose, click_row, show_tab, words
from tests.ui.double import RENT, TERM, FakeMatter
from ui.review import ReviewFilter, ReviewModel
from ui.reviewpane import ReviewPane
from ui.window import Window

LEASE = "Harbor Point Lease.pdf"


@pytest.fixture
def pane(opened: Window) -> ReviewPane:
    """The tab."""
    show_tab(opened, "Review")
    assert opened.workspace.review.isVisible()
    return opened.workspace.review


def make(qtbot: QtBot, pane: ReviewPane, where: str = "") -> None:
    """A review from the template, of all documents or of those that a filter leaves."""
    choose(qtbot, pane, "New", "Lease")
    qtbot.waitUntil(pane.form.name.hasFocus)
    pane.form.where.selectAll()
    QTest.keyClick(pane.form.where, Qt.Key.Key_Delete)
    QTest.keyClicks(pane.form.where, where)
    QTest.keyClick(pane.form.where, Qt.Key.Key_Return)


def cell(pane: ReviewPane, document: str, heading: str) -> QModelIndex:
    model = pane.table.model()
    column = next(
        at for at in range(model.columnCount()) if model.headerData(at, Qt.Orientation.Horizontal) == heading
    )  # fmt: skip
    row = next(at for at in range(model.rowCount()) if model.headerData(at, Qt.Orientation.Vertical) == document)
    return model.index(row, column)


def click(pane: ReviewPane, index: QModelIndex) -> None:
    pane.table.scrollTo(index)
    QTest.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=pane.table.visualRect(index).center())


def said(index: QModelIndex) -> str:
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_a_template_fills_and_a_click_shows_the_page(qtbot: QtBot, opened: Window, pane: ReviewPane) -> None:
    assert "Ask many documents the same questions" in words(pane)
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "2 documents × 2 questions · 4 of 4 asked · 3 need a look" in words(pane))
    assert "Verbatim" in said(cell(pane, LEASE, "Rent"))
    assert "p. 1" in said(cell(pane, LEASE, "Rent"))
    click(pane, cell(pane, LEASE, "Term"))
    view = opened.workspace.reader.view
    qtbot.waitUntil(lambda: f"{LEASE}, page 2" in view.accessibleName() and bool(view.box_rects()))
    qtbot.waitUntil(lambda: "the record says 2029" in words(pane))


def test_the_head_of_a_row_opens_the_document(qtbot: QtBot, opened: Window, pane: ReviewPane) -> None:
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))
    head = pane.table.verticalHeader()
    row = cell(pane, "2024-03-03 Notice of default.pdf", "Rent").row()
    place = QPoint(20, head.sectionViewportPosition(row) + 10)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: "Notice of default.pdf, page 1" in opened.workspace.reader.view.accessibleName())


def test_only_the_documents_of_the_filter_are_asked(qtbot: QtBot, opened: Window, pane: ReviewPane) -> None:
    make(qtbot, pane, "type=lease")
    qtbot.waitUntil(lambda: "1 document × 2 questions · 2 of 2 asked" in words(pane))


def test_filling_is_stopped_and_gone_on_with_after_a_restart(
    qtbot: QtBot, window: Window, opened: Window, pane: ReviewPane, matter: FakeMatter
) -> None:
    matter.gate = threading.Event()
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "0 of 4 asked" in words(pane))
    QTest.mouseClick(button(pane, "Stop filling"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(button(pane, "Fill").isVisible)
    QTest.keyClick(opened, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: matter.closed)
    qtbot.waitUntil(window.start.list.isVisible)
    matter.gate.set()
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: "Harbor" in window.windowTitle())
    show_tab(window, "Review")
    qtbot.waitUntil(lambda: "0 of 4 asked" in words(pane))
    QTest.mouseClick(button(pane, "Fill"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))


def test_a_cell_is_corrected_accepted_and_taken_back(
    qtbot: QtBot, opened: Window, pane: ReviewPane, matter: FakeMatter
) -> None:
    make(qtbot, pane, "type=lease")
    qtbot.waitUntil(lambda: "2 of 2 asked · 1 needs a look" in words(pane))
    QTest.keyClick(opened, Qt.Key.Key_F8)  # to the cell that needs a look
    assert pane.table.currentIndex() == cell(pane, LEASE, "Term")
    qtbot.waitUntil(pane.cell.isVisible)
    QTest.keyClicks(pane.cell.comment, "see section 5.1")
    QTest.keyClicks(pane.cell.correction, "December 31, 2029")
    QTest.keyClick(pane.cell.correction, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "0 need a look" in words(pane))
    assert "Corrected. December 31, 2029" in said(cell(pane, LEASE, "Term"))
    assert "Comment: see section 5.1" in said(cell(pane, LEASE, "Term"))
    QTest.mouseClick(button(pane, "Undo"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 needs a look" in words(pane))
    QTest.mouseClick(button(pane, "Accept"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Accepted. It ends in 2030." in said(cell(pane, LEASE, "Term")))
    assert matter.review("Lease").grid().cells[next(iter(matter.typesets)), TERM].comment == "see section 5.1"


def test_only_what_needs_a_look(qtbot: QtBot, opened: Window, pane: ReviewPane, matter: FakeMatter) -> None:
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))
    for id in list(matter.typesets)[1:]:
        for question in (RENT, TERM):
            matter.review("Lease").decide(id, question, "accepted")
    pane.needing.setFocus()
    QTest.keyClick(pane.needing, Qt.Key.Key_Space)
    assert pane.table.model().rowCount() == 2, "the window has not been told of another window's decisions"
    show = pane.which.view()
    pane.which.showPopup()
    qtbot.waitUntil(show.isVisible)
    QTest.keyClick(show, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.table.model().rowCount() == 1)
    assert pane.table.model().headerData(0, Qt.Orientation.Vertical) == LEASE


def test_a_question_is_added_for_every_document(qtbot: QtBot, opened: Window, pane: ReviewPane) -> None:
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))
    QTest.keyClicks(pane.question, "Who pays for insurance?")
    QTest.keyClick(pane.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "2 documents × 3 questions · 6 of 6 asked" in words(pane))


def test_it_is_exported(
    qtbot: QtBot, opened: Window, pane: ReviewPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(qtbot, pane)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "grid"), ""))
    choose(qtbot, pane, "Export", "As an Excel sheet …")
    qtbot.waitUntil(lambda: "The review was saved as grid.xlsx." in words(opened.notices))
    sheet = openpyxl.load_workbook(tmp_path / "grid.xlsx")["Review"]
    assert [one.value for one in sheet[1]] == ["Document", "Rent", "Term"]


def test_questions_from_a_file(
    qtbot: QtBot, opened: Window, pane: ReviewPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "Insurance.csv"
    file.write_text("Who pays for insurance?\nHow much?\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    choose(qtbot, pane, "New", "Questions from a file …")
    qtbot.waitUntil(pane.form.isVisible)
    assert pane.form.name.text() == "Insurance"
    QTest.mouseClick(button(pane, "Create and fill"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "4 of 4 asked" in words(pane))


def test_the_models_keep_the_rules_of_qt(qtbot: QtBot, matter: FakeMatter) -> None:
    model, proxy = ReviewModel(), ReviewFilter()
    proxy.setSourceModel(model)
    testers = [
        QAbstractItemModelTester(one, QAbstractItemModelTester.FailureReportingMode.Fatal) for one in (model, proxy)
    ]
    review = matter.review("Lease")
    model.show(review.set(matter.review_templates()["Lease"], matter.documents_in()))
    review.fill(model.put)
    proxy.show_needing(True)
    assert (proxy.rowCount(), proxy.columnCount()) == (2, 2)
    assert testers
