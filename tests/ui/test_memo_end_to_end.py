"""A memo from the window over the real library: real files, real models; read back as Word and PDF would show it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

import legalqa
from tests.report.test_memo import pictures, read, yellow
from tests.ui.conftest import DOCUMENTS, LEASE, MAIL, ask, button, make_matter, read_in, spoken, words
from ui.memopane import MemoPane
from ui.window import Window

pytestmark = [pytest.mark.slow, pytest.mark.models]
DEPOSIT, VESSEL = "What is the security deposit under the lease?", "Who insures the vessel?"


@pytest.fixture
def lease(qtbot: QtBot, real: Window) -> Window:
    """A matter with two documents of the sample."""
    make_matter(qtbot, real, "Harborline v. Tidewell")
    read_in(qtbot, real, DOCUMENTS / LEASE, DOCUMENTS / MAIL)
    return real


def test_two_answers_are_exported_for_word_and_as_pdf(
    qtbot: QtBot, lease: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane, memo = lease.workspace.ask, lease.workspace.memo
    ask(qtbot, lease, DEPOSIT)
    qtbot.waitUntil(lambda: len(pane.answered) == 1, timeout=240_000)
    ask(qtbot, lease, VESSEL)
    qtbot.waitUntil(lambda: len(pane.answered) == 2, timeout=240_000)
    QTest.keyClick(lease, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(memo.isVisible)
    QTest.mouseClick(button(memo, "Choose all"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(memo.author, "Ada Quint")

    word, pdf = tmp_path / "memo.docx", tmp_path / "memo.pdf"
    save(qtbot, memo, word, monkeypatch)
    qtbot.waitUntil(lambda: "The memo was saved as memo.docx." in words(lease.notices), timeout=60_000)
    QTest.keyClick(lease, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(memo.isVisible)
    QTest.mouseClick(button(memo, "Choose all"), Qt.MouseButton.LeftButton)
    save(qtbot, memo, pdf, monkeypatch)
    qtbot.waitUntil(lambda: "The memo was saved as memo.pdf." in words(lease.notices), timeout=60_000)

    document = pypdfium2.PdfDocument(pdf)
    shown = bare("".join(page.get_textpage().get_text_bounded() for page in document))
    text = read(word)
    found = next(one.answer for one in pane.answered if one.answer.sentences)
    for sentence in found.sentences:
        for place in (text, shown):
            assert bare(sentence.text) in bare(place)
    embedding = legalqa.Library(tmp_path / "home").settings.embedding_model
    for words_of in (DEPOSIT, "$117,000.00", LEASE, embedding, "Ada Quint", "Appendix A. Cited pages"):
        assert words_of in text
        assert bare(words_of) in shown
    model = found.model
    assert model is not None
    assert model.sha256 in text
    boxed = pictures(word)
    assert boxed
    assert all(yellow(picture).any() for picture in boxed)
    entries = [json.loads(line)["entry"] for line in audit(tmp_path)]
    exports = [one["details"] for one in entries if one["event"] == "export"]
    assert [(one["what"], one["file"]) for one in exports] == [("memo", str(word)), ("memo", str(pdf))]
    index = next(one["details"]["index"]["sha256"] for one in entries if one["event"] == "ask")
    assert index in text, "the fingerprint of the index is that of the audit file"


def save(qtbot: QtBot, pane: MemoPane, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it has been looked at, click Save and name the file."""
    (saving,) = (one for one in pane.findChildren(QAbstractButton) if spoken(one).startswith("Save memo"))
    qtbot.waitUntil(saving.isEnabled, timeout=60_000)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    QTest.mouseClick(saving, Qt.MouseButton.LeftButton)


def bare(text: str) -> str:
    """Without white space: lines are broken anywhere; and without what stands at the head and foot of pages."""
    return re.sub(r"\s|PRIVILEGED AND CONFIDENTIAL — ATTORNEY WORK PRODUCT|Page \d+ of \d+", "", text)


def audit(folder: Path) -> list[str]:
    (file,) = folder.glob("home/matters/*/audit.jsonl")
    return file.read_text(encoding="utf-8").splitlines()
