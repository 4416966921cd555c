"""A report of a problem: what is in it, and that nothing of the record is unless the user adds it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

import legalqa
from tests.ui.conftest import ask, button, click_document, words
from tests.ui.double import RENT, FakeMatter
from ui import faults
from ui.bugreport import BugReport
from ui.window import Window

SECRET = "XYLOPHONE"  # stands in a document, a question, a file name and an error


@pytest.fixture
def troubled(qtbot: QtBot, opened: Window, matter: FakeMatter, caplog: pytest.LogCaptureFixture) -> Iterator[Window]:
    """A window in which a question about something secret ended in an error of ours that quotes it."""
    remembered = faults.remember()
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    matter.fault = RuntimeError(f"{SECRET} stands in {SECRET}.pdf")
    ask(qtbot, opened, f"Where is the {SECRET}?")
    qtbot.waitUntil(lambda: "Something went wrong" in words(opened.notices))
    logging.getLogger("legalqa.test").warning("the file %s is damaged", f"/matters/{SECRET}.pdf")
    caplog.clear()
    yield opened
    logging.getLogger().removeHandler(remembered)


def opened_report(qtbot: QtBot, window: Window) -> BugReport:
    entry = next(one for one in window.menus.all if one.text().replace("&", "") == "Report a problem …")
    entry.trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, BugReport)
    qtbot.waitUntil(button(sheet, "Save as").isEnabled)
    return sheet


def test_nothing_of_the_record_is_in_it(
    qtbot: QtBot, troubled: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = opened_report(qtbot, troubled)
    assert not sheet.add.isChecked()
    QTest.keyClicks(sheet.own, "It broke when I asked.")
    shown = sheet.preview.toPlainText()
    assert f"LegalQA {legalqa.__version__}" in shown
    assert "It broke when I asked." in shown
    assert "in order: OCR (Tesseract), 5.5" in shown
    assert "NOT IN ORDER: Reader model, reader is missing in (a path), Run legalqa models pull." in shown
    assert "RuntimeError" in shown
    assert "in tests.ui.double, line" in shown
    assert "legalqa.test, line" in shown
    for never in (SECRET, "Secret Client", "Harbor", "Lease", RENT):
        assert never not in shown
    save(qtbot, sheet, tmp_path / "report", monkeypatch)
    qtbot.waitUntil(lambda: "The report was saved as report.txt." in words(troubled.notices))
    assert (tmp_path / "report.txt").read_text(encoding="utf-8") == shown, "what was shown is what is saved"


def test_the_user_may_add_what_is_open(qtbot: QtBot, troubled: Window) -> None:
    sheet = opened_report(qtbot, troubled)
    QTest.keyClick(sheet.add, Qt.Key.Key_Space)
    shown = sheet.preview.toPlainText()
    assert f"RuntimeError: {SECRET} stands in {SECRET}.pdf" in shown
    assert "Matter: Harbor Point v. Delmar" in shown
    assert "Document: Harbor Point Lease.pdf" in shown
    assert f"Question: Where is the {SECRET}?" in shown
    QTest.keyClick(sheet.add, Qt.Key.Key_Space)
    assert SECRET not in sheet.preview.toPlainText()
    sheet.reject()


def test_a_report_that_cannot_be_saved_is_told(
    qtbot: QtBot, troubled: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(qtbot, opened_report(qtbot, troubled), tmp_path / "no such folder" / "report.txt", monkeypatch)
    qtbot.waitUntil(lambda: "report.txt could not be saved" in words(troubled.notices))


def save(qtbot: QtBot, sheet: QWidget, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    QTest.mouseClick(button(sheet, "Save as"), Qt.MouseButton.LeftButton)
