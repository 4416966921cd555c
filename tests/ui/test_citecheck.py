"""The tab Cite-check: a draft is dropped, its faults are walked through by key, and the copies are saved."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from legalqa.errors import UserError
from tests.ui.conftest import choose, drop, show_tab, words
from tests.ui.double import DRAFT, DRAFT_SENTENCES, FakeMatter, sentence
from ui.citecheck import CiteCheckPane
from ui.draft import DraftView, spans_of
from ui.window import Window


@pytest.fixture
def pane(opened: Window) -> CiteCheckPane:
    """The tab."""
    show_tab(opened, "Cite-check")
    assert opened.workspace.cite_check.isVisible()
    return opened.workspace.cite_check


def brief(folder: Path) -> Path:
    """The draft as a Word file."""
    made = docx.Document()
    for line in DRAFT.splitlines():
        made.add_paragraph(line)
    file = folder / "Brief.docx"
    made.save(str(file))
    return file


def test_faults_are_walked_by_key_and_the_record_follows(
    qtbot: QtBot, opened: Window, pane: CiteCheckPane, tmp_path: Path
) -> None:
    file = tmp_path / "brief.txt"
    file.write_text(DRAFT)
    drop(pane, file)
    qtbot.waitUntil(lambda: pane.faults.count() == 3)
    assert "4 sentences against 2 documents, 4 pages" in words(pane)
    assert "1 bad reference, 1 unsupported, 1 uncited, 1 supported" in words(pane)
    view = opened.workspace.reader.view
    qtbot.waitUntil(lambda: "Harbor Point Lease.pdf, page 2" in view.accessibleName())
    qtbot.waitUntil(lambda: "the cited passage says December 31, 2029" in words(pane))
    assert pane.draft.extraSelections()[0].cursor.selectedText().startswith(DRAFT_SENTENCES[1])
    QTest.keyClick(opened, Qt.Key.Key_F8)
    assert "2 of 3" in words(pane)
    qtbot.waitUntil(lambda: "Found instead: Harbor Point Lease.pdf, p. 2 (says 150%)" in words(pane))
    QTest.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "cites no place in the record" in words(pane) or "Verdict: Uncited" in names(pane))
    QTest.keyClick(opened, Qt.Key.Key_F8)
    assert "1 of 3" in words(pane), "around the end"
    QTest.keyClick(opened, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert "3 of 3" in words(pane)


def test_a_click_on_a_sentence_shows_what_was_found(
    qtbot: QtBot, opened: Window, pane: CiteCheckPane, tmp_path: Path
) -> None:
    file = tmp_path / "brief.txt"
    file.write_text(DRAFT)
    drop(pane, file)
    qtbot.waitUntil(lambda: pane.faults.count() == 3)
    cursor = pane.draft.document().find("Tenant shall pay")
    QTest.mouseClick(pane.draft.viewport(), Qt.MouseButton.LeftButton, pos=pane.draft.cursorRect(cursor).center())
    qtbot.waitUntil(lambda: "Verdict: Supported" in names(pane))
    assert pane.faults.currentRow() == -1
    assert pane.draft.toPlainText().replace("\u202f\ufffc", "") == DRAFT, "the draft's own text, and nothing else"


def names(pane: CiteCheckPane) -> list[str]:
    return [one.accessibleName() for one in pane.findChildren(QWidget) if one.isVisible()]


def test_the_copies_are_saved(
    qtbot: QtBot, opened: Window, pane: CiteCheckPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(pane, brief(tmp_path))
    qtbot.waitUntil(lambda: pane.faults.count() == 3)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "copy"), ""))
    choose(qtbot, pane, "Save", "Commented copy of the draft …")
    qtbot.waitUntil(lambda: "The commented copy was saved as copy.docx." in words(opened.notices), timeout=30_000)
    comments = [one.text for one in docx.Document(str(tmp_path / "copy.docx")).comments]
    assert len(comments) == 3
    assert any("the record says 150%" in one for one in comments)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "report.docx"), ""))
    choose(qtbot, pane, "Save", "Report …")
    qtbot.waitUntil(lambda: "The report was saved as report.docx." in words(opened.notices), timeout=30_000)
    report = docx.Document(str(tmp_path / "report.docx"))
    assert any("Harbor Point v. Delmar" in one.text for one in report.paragraphs)


def test_the_draft_itself_is_never_written_over(
    qtbot: QtBot, opened: Window, pane: CiteCheckPane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = brief(tmp_path)
    before = file.read_bytes()
    drop(pane, file)
    qtbot.waitUntil(lambda: pane.faults.count() == 3)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    choose(qtbot, pane, "Save", "Commented copy of the draft …")
    qtbot.waitUntil(lambda: "needs another name than the draft" in words(opened.notices))
    assert file.read_bytes() == before


def test_what_cannot_be_checked_is_refused_in_words(
    qtbot: QtBot, opened: Window, pane: CiteCheckPane, matter: FakeMatter, tmp_path: Path
) -> None:
    (tmp_path / "site.dwg").write_text("x")
    drop(pane, tmp_path / "site.dwg")
    qtbot.waitUntil(lambda: "site.dwg cannot be cite-checked." in words(opened.notices))
    matter.fault = UserError("brief.txt cannot be checked: it is empty.")
    (tmp_path / "brief.txt").write_text("")
    drop(pane, tmp_path / "brief.txt")
    qtbot.waitUntil(lambda: "it is empty" in words(opened.notices))
    assert "Cite-check a draft" in words(pane)
    assert matter.indexed == [], "a draft is not read into the matter"


def test_sentences_are_found_in_order_whatever_the_white_space() -> None:
    text = "One  two.\nThree\nfour. One two."
    found = spans_of(text, [sentence("uncited", one) for one in ("One two.", "Three four.", "missing", "One two.")])
    assert [text[slice(*span)] if span else None for span in found] == ["One  two.", "Three\nfour.", None, "One two."]


def test_no_line_break_parts_a_mark_from_its_sentence(qtbot: QtBot) -> None:
    view = DraftView()
    qtbot.addWidget(view)
    sentences = [sentence("uncited", text) for text in DRAFT_SENTENCES]
    view.show_draft(DRAFT, sentences)
    view.show()
    shown = view.toPlainText()
    marks = [at for at, letter in enumerate(shown) if letter == "\ufffc"]
    assert len(marks) == 4
    for wide in range(200, 700, 7):
        view.resize(wide, 400)
        for at in marks:
            block = view.document().findBlock(at)
            line = block.layout().lineForTextPosition(at - block.position())
            assert line.textStart() + block.position() < at - 2, f"a mark begins a line at a width of {wide}"
