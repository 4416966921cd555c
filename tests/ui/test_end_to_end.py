"""The window over the real library: real files, real OCR, real models; driven as a person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.conftest import (
    DOCUMENTS,
    LEASE,
    MAIL,
    SCAN,
    ask,
    button,
    choose,
    click_document,
    drop,
    make_matter,
    read_in,
    show_tab,
    words,
)
from tests.ui.test_window import chips, ink, share_changed
from ui import theme
from ui.citation import Chip
from ui.pageview import PageView
from ui.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.models]


def test_from_an_empty_library_to_the_boxed_words(qtbot: QtBot, real: Window) -> None:
    make_matter(qtbot, real, "Harborline v. Tidewell")

    drop(real, DOCUMENTS / LEASE, DOCUMENTS / SCAN, DOCUMENTS / MAIL, theme.resources() / "icons" / "matter.svg")
    qtbot.waitUntil(lambda: "Files: 3 added, 1 could not be read." in words(real.notices), timeout=120_000)
    rows = real.workspace.documents.list.model()
    qtbot.waitUntil(lambda: rows.rowCount() == 4)
    svg = next(rows.index(row, 0) for row in range(4) if rows.index(row, 0).data() == "matter.svg")
    assert "Not supported" in svg.data(Qt.ItemDataRole.AccessibleTextRole)

    view = real.workspace.reader.view
    click_document(qtbot, real, SCAN)
    qtbot.waitUntil(lambda: view.page_count == 2 and view.next_wanted() is None, timeout=30_000)

    real.workspace.ask.where.setFocus()
    QTest.keyClicks(real.workspace.ask.where, f'document="{SCAN}"')
    ask(qtbot, real, "Which gaskets were found worn, and what did Northgate recommend?")
    qtbot.waitUntil(lambda: "Searched 1 document, 2 pages." in words(real.workspace.ask), timeout=120_000)
    said = words(real.workspace.ask)
    assert any(mark.word in said for mark in theme.VERDICTS.values()) or "The record does not answer this." in said
    assert "Draft, not verified" not in said

    ask_pane = real.workspace.ask
    QTest.keyClick(real, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: bool(view.box_rects()), timeout=30_000)
    qtbot.waitUntil(lambda: view.next_wanted() is None, timeout=30_000)
    focused = real.focusWidget()
    assert focused is not None
    assert ask_pane.isAncestorOf(focused)
    current = next(chip for chip in real.findChildren(Chip) if chip.current)
    assert_boxed(view, current)


def test_stop_and_go_on_by_dropping_again(qtbot: QtBot, real: Window) -> None:
    make_matter(qtbot, real, "Stopped")
    drop(real, DOCUMENTS)
    qtbot.waitUntil(lambda: " files" in words(real.workspace.indexing), timeout=60_000)
    QTest.mouseClick(button(real.workspace.indexing, "Stop reading"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Reading was stopped." in words(real.notices), timeout=60_000)
    files = len(list(DOCUMENTS.iterdir()))
    assert real.workspace.documents.list.model().rowCount() < files
    drop(real, DOCUMENTS / MAIL)
    qtbot.waitUntil(lambda: MAIL in names(real), timeout=60_000)


def names(window: Window) -> list[str]:
    model = window.workspace.documents.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_question_in_the_whole_record_cites_the_lease(qtbot: QtBot, real: Window) -> None:
    make_matter(qtbot, real, "Lease")
    read_in(qtbot, real, DOCUMENTS / LEASE, DOCUMENTS / MAIL)
    ask(qtbot, real, "What does Base Rent mean in the lease?")
    qtbot.waitUntil(lambda: bool(chips(real)), timeout=120_000)
    QTest.mouseClick(chips(real)[0], Qt.MouseButton.LeftButton)
    view = real.workspace.reader.view
    qtbot.waitUntil(lambda: bool(view.box_rects()) and view.next_wanted() is None, timeout=30_000)
    assert LEASE in view.accessibleName()
    assert_boxed(view, chips(real)[0])


FAULTY = """STATEMENT OF FACTS

On signing the Lease, the tenant deposited $117,000.00 as security for its obligations. (Industrial Lease § 6.1.)
The Lease provides that "Tenant shall deposit with Landlord $217,000.00 as security for its obligations."
(Industrial Lease § 6.1.) The tenant may cure within ninety (90) years. (Industrial Lease § 99.9.)
The landlord knew all of this and did nothing about it.
"""


def test_a_draft_is_cite_checked_and_a_grid_is_corrected(
    qtbot: QtBot, real: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_matter(qtbot, real, "Brief")
    read_in(qtbot, real, DOCUMENTS / LEASE, DOCUMENTS / MAIL)

    draft = tmp_path / "brief.txt"
    draft.write_text(FAULTY)
    show_tab(real, "Cite-check")
    pane = real.workspace.cite_check
    drop(pane, draft)
    qtbot.waitUntil(lambda: pane.faults.count() == 3, timeout=120_000)
    said = [pane.faults.item(at).text() for at in range(3)]
    assert said[0].startswith("Bad reference: The Lease provides")
    assert "99.9" in said[1]
    assert said[2].startswith("Uncited: The landlord knew")
    view = real.workspace.reader.view
    qtbot.waitUntil(lambda: LEASE in view.accessibleName() and bool(view.box_rects()), timeout=30_000)

    show_tab(real, "Review")
    review = real.workspace.review
    file = tmp_path / "questions.csv"
    file.write_text("label,question\nDeposit,What is the security deposit?\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    choose(qtbot, review, "New", "Questions from a file …")
    qtbot.waitUntil(review.form.isVisible)
    QTest.keyClicks(review.form.where, "type=lease")
    QTest.keyClick(review.form.where, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "1 of 1 asked" in words(review), timeout=120_000)
    rows = review.table.model()  # a filter: an index of it dies with the next change of a cell
    assert "$117,000.00" in rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    place = review.table.visualRect(rows.index(0, 0)).center()
    QTest.mouseClick(review.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: view.page == 11 and bool(view.box_rects()), timeout=30_000)
    QTest.keyClicks(review.cell.correction, "$136,500.00, as amended")
    QTest.keyClick(review.cell.correction, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Corrected. $136,500.00" in rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def assert_boxed(view: PageView, chip: Chip) -> None:
    """What is boxed on screen are words, and the box is seen."""
    boxed = view.viewport().grab().toImage()
    rects = [rect for rect in view.box_rects() if view.viewport().rect().contains(rect)]
    assert rects, chip.accessibleName()
    view.set_boxes(())
    plain = view.viewport().grab().toImage()
    for rect in rects:
        assert ink(plain, rect) > 0.1, "the box lies on words"
        assert share_changed(plain, boxed, rect) > 0.8
