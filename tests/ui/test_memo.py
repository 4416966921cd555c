"""Answers are exported as a memo, as a person does it: what to look at first, the file, Stop, and what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import docx
import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QListWidget
from pytestqt.qtbot import QtBot

from legalqa.errors import Denied, EnvironmentFault
from legalqa.values.memo import PRIVILEGED, Answered, Finding, MemoForm
from tests.ui.conftest import ask, button, spoken, words
from tests.ui.double import RENT, TERM, UNANSWERED, FakeMatter
from ui.memopane import MemoPane
from ui.window import Window

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def asked(qtbot: QtBot, window: Window, question: str) -> None:
    """Ask and wait for the answer."""
    pane = window.workspace.ask
    ask(qtbot, window, question)
    qtbot.waitUntil(lambda: not pane.answering and question in words(pane))


@pytest.fixture
def pane(qtbot: QtBot, opened: Window) -> MemoPane:
    """The page of the export, open over one answer."""
    asked(qtbot, opened, RENT)
    return export(qtbot, opened)


def export(qtbot: QtBot, window: Window) -> MemoPane:
    """By its key, to where it can be saved."""
    made = window.workspace.memo
    QTest.keyClick(window, Qt.Key.Key_M, CONTROL_SHIFT)
    qtbot.waitUntil(made.isVisible)
    qtbot.waitUntil(lambda: "Looking for" not in words(made))
    return made


def save(pane: MemoPane, target: Path, monkeypatch: pytest.MonkeyPatch, kind: str = "Word (*.docx)") -> None:
    """Click Save and name the file."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), kind))
    (saving,) = (one for one in pane.findChildren(QAbstractButton) if spoken(one).startswith("Save memo"))
    QTest.mouseClick(saving, Qt.MouseButton.LeftButton)


def text_of(file: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(file)).paragraphs)


def test_the_answer_shown_is_saved_for_word_and_opened(
    qtbot: QtBot, opened: Window, pane: MemoPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No personal number and no mark of privilege was found" in words(pane)
    pane.author.setFocus()
    QTest.keyClicks(pane.author, "Ada Quint")
    save(pane, tmp_path / "memo", monkeypatch)
    qtbot.waitUntil(lambda: "The memo was saved as memo.docx." in words(opened.notices))
    assert pane.isHidden() or not pane.isVisible()
    assert opened.workspace.ask.isVisible()
    text = text_of(tmp_path / "memo.docx")
    assert "Ada Quint" in text
    assert "After the term, holdover rent is 200% of the Base Rent." in text
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    QTest.mouseClick(button(opened.notices, "Open"), Qt.MouseButton.LeftButton)
    assert [one.toLocalFile() for one in shown] == [str(tmp_path / "memo.docx")]


def test_all_answers_of_the_session_go_into_a_pdf(
    qtbot: QtBot, opened: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(qtbot, opened, RENT)
    asked(qtbot, opened, UNANSWERED)
    pane = export(qtbot, opened)
    checked = [pane.answers.item(at).checkState() == Qt.CheckState.Checked for at in range(pane.answers.count())]
    assert checked == [False, True], "the one that is shown"
    QTest.mouseClick(button(pane, "Choose all"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Looking for" not in words(pane))
    save(pane, tmp_path / "memo.pdf", monkeypatch, "PDF (*.pdf)")
    qtbot.waitUntil(lambda: "The memo was saved as memo.pdf." in words(opened.notices), timeout=20_000)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(tmp_path / "memo.pdf"))
    assert f"1. {RENT}" in " ".join(text.split())
    assert f"2. {UNANSWERED}" in " ".join(text.split())
    assert PRIVILEGED.upper() in text


def test_answers_are_chosen_by_key(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    asked(qtbot, opened, RENT)
    matter.answers[TERM] = replace(matter.answers[RENT], question=TERM)
    asked(qtbot, opened, TERM)
    pane = export(qtbot, opened)
    assert pane.answers.hasFocus()
    assert pane.answers.currentRow() == 1
    QTest.keyClick(pane.answers, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "Choose at least one answer." in words(pane))
    assert not button(pane, "Save memo").isEnabled()
    QTest.keyClick(pane.answers, Qt.Key.Key_Up)
    QTest.keyClick(pane.answers, Qt.Key.Key_Space)
    qtbot.waitUntil(button(pane, "Save memo").isEnabled)


def test_what_should_be_seen_is_named_and_shown_on_its_page(
    qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = next(iter(matter.typesets.values()))
    at, number = lease.document.pages[1].start, "SSN 219-09-9999 ATTORNEY WORK PRODUCT "
    text = lease.document.text
    lease.document = replace(lease.document, text=text[:at] + number + text[at + len(number) :])
    asked(qtbot, opened, RENT)
    pane = export(qtbot, opened)
    qtbot.waitUntil(lambda: pane.findings.count() == 2)
    said = [pane.findings.item(at).text() for at in range(2)]
    assert "A mark of privilege (ATTORNEY WORK PRODUCT): Harbor Point Lease.pdf p. 2 (HARBOR000102)" in said
    assert "A social security number (…9999): Harbor Point Lease.pdf p. 2 (HARBOR000102)" in said
    assert "2 things to look at." in words(pane)
    view = opened.workspace.reader.view
    click(pane.findings, 1)
    qtbot.waitUntil(lambda: view.page_count == 3 and view.page == 2)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.page == 1
    QTest.keyClick(pane.findings, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.page == 2)
    QTest.mouseClick(button(pane, "Back to the answer"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(opened.workspace.ask.isVisible)
    assert list(tmp_path.iterdir()) == []
    pane = export(qtbot, opened)
    qtbot.waitUntil(lambda: pane.findings.count() == 2)
    assert button(pane, "Save memo all the same").isEnabled()
    QTest.mouseClick(pane.pages, Qt.MouseButton.LeftButton, pos=QPoint(12, pane.pages.height() // 2))
    qtbot.waitUntil(lambda: pane.findings.count() == 1)  # without pictures nobody sees the number
    save(pane, tmp_path / "memo.docx", monkeypatch)
    qtbot.waitUntil(lambda: (tmp_path / "memo.docx").exists())


def click(entries: QListWidget, row: int) -> None:
    place = entries.visualItemRect(entries.item(row)).center()
    QTest.mouseClick(entries.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_stop_writes_nothing(
    qtbot: QtBot, opened: Window, pane: MemoPane, matter: FakeMatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter.gate = threading.Event()
    save(pane, tmp_path / "memo.docx", monkeypatch)
    qtbot.waitUntil(lambda: "Drawing the cited pages" in words(pane))
    assert not pane.author.isEnabled()
    QTest.mouseClick(button(pane, "Stop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The export was stopped." in words(opened.notices))
    assert list(tmp_path.iterdir()) == []
    assert pane.author.isEnabled()
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(opened.workspace.ask.isVisible)


def test_the_export_goes_on_behind_other_pages(
    qtbot: QtBot, opened: Window, pane: MemoPane, matter: FakeMatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter.gate = threading.Event()
    save(pane, tmp_path / "memo.docx", monkeypatch)
    qtbot.waitUntil(lambda: "Drawing the cited pages" in words(pane))
    QTest.keyClick(opened, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(opened.workspace.ask.question.hasFocus)
    QTest.keyClick(opened, Qt.Key.Key_M, CONTROL_SHIFT)
    qtbot.waitUntil(pane.isVisible)
    assert "Drawing the cited pages" in words(pane)
    matter.gate.set()
    qtbot.waitUntil(lambda: "The memo was saved" in words(opened.notices))


def test_a_fault_is_told_and_the_page_stays(
    qtbot: QtBot, opened: Window, pane: MemoPane, matter: FakeMatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter.fault = EnvironmentFault("The disk is full.", kept="The answers are kept.")
    save(pane, tmp_path / "memo.docx", monkeypatch)
    qtbot.waitUntil(lambda: "The disk is full." in words(opened.notices))
    assert pane.isVisible()
    matter.fault = None
    save(pane, tmp_path / "memo.docx", monkeypatch)
    qtbot.waitUntil(lambda: "The memo was saved" in words(opened.notices))


def test_what_may_not_leave_cannot_be_saved(
    qtbot: QtBot, opened: Window, matter: FakeMatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        raise Denied("The policy does not allow exports (memo).", kept="Nothing was written.", hint="Ask IT.")

    asked(qtbot, opened, RENT)
    monkeypatch.setattr(matter, "findings", refused)
    pane = export(qtbot, opened)
    assert "The policy does not allow exports (memo). Ask IT." in words(pane)
    assert "The policy does not allow exports (memo)." in words(opened.notices)
    assert not button(pane, "Save memo").isEnabled()


def test_a_file_that_is_there_is_not_replaced_unasked(
    qtbot: QtBot, opened: Window, pane: MemoPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memo.docx").write_bytes(b"mine")
    save(pane, tmp_path / "memo", monkeypatch)  # the dialogue saw no file of that name
    qtbot.waitUntil(lambda: "There is a file memo.docx already." in words(opened.notices))
    assert (tmp_path / "memo.docx").read_bytes() == b"mine"
    QTest.mouseClick(button(opened.notices, "Replace it"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The memo was saved" in words(opened.notices))
    assert RENT in text_of(tmp_path / "memo.docx")


def test_without_an_answer_it_says_what_to_do(qtbot: QtBot, opened: Window) -> None:
    QTest.keyClick(opened, Qt.Key.Key_M, CONTROL_SHIFT)
    qtbot.waitUntil(lambda: "There is no answer to export yet." in words(opened.notices))
    assert opened.workspace.ask.isVisible()


def test_another_matter_sees_nothing_of_it(qtbot: QtBot, opened: Window, pane: MemoPane) -> None:
    QTest.keyClick(opened, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(opened.start.isVisible)
    assert pane.answers.count() == 0
    assert pane.findings.count() == 0


def test_every_control_has_a_name(pane: MemoPane) -> None:
    controls = [*pane.findChildren(QAbstractButton), pane.answers, pane.findings, pane.author]
    assert all(spoken(one).strip() for one in controls)
