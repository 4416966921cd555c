"""What the reader says of an answer is kept in the matter, shown again, and can be said differently."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import legalqa
from legalqa import feedback
from legalqa.apart import Apart
from legalqa.errors import Denied
from legalqa.index.vectors import searchable
from legalqa.values.answer import CheckedCitation, Draft, Searched, VerifiedAnswer
from legalqa.values.document import Document, Page
from legalqa.values.feedback import Feedback
from legalqa.values.question import LeftOut
from tests.index.synthetic import fact
from tests.ui.conftest import ask, button, click_document, words
from tests.ui.double import RENT, UNANSWERED, FakeMatter, sentence
from tests.ui.test_window import chips
from ui.judging import Judging
from ui.window import Window

ALT = Qt.KeyboardModifier.AltModifier
LEASE = "Harbor Point Lease.pdf"


def bar(window: Window) -> Judging:
    judging = window.workspace.ask.answer.judging
    assert judging is not None
    return judging


def answered(qtbot: QtBot, window: Window) -> None:
    ask(qtbot, window, RENT)
    qtbot.waitUntil(lambda: len(chips(window)) == 5)


def judge(qtbot: QtBot, window: Window, key: Qt.Key) -> None:
    """Press Alt and the key; a button that is reached so clicks after a moment."""
    QTest.keyClick(window, key, ALT)
    qtbot.waitUntil(bar(window).note.hasFocus)


def offered(window: Window) -> list[str]:
    return [bar(window).of.itemText(at) for at in range(bar(window).of.count())]


def test_right_is_said_by_mouse_with_a_note(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    QTest.keyClicks(opened.workspace.ask.where, "type=lease")
    answered(qtbot, opened)
    QTest.mouseClick(button(opened, "The answer is right"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(bar(opened).note.hasFocus)
    QTest.keyClicks(bar(opened).note, "§ 4.1 governs")
    QTest.mouseClick(button(bar(opened), "Keep"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "You said: Right" in words(bar(opened)))
    assert "“§ 4.1 governs”" in words(bar(opened))
    said = matter.feedback.list()
    assert {(one.judgement, one.question, one.note, one.where) for one in said} == {
        ("right", RENT, "§ 4.1 governs", "type=lease")
    }
    assert [(Path(one.path).name, one.page) for one in said] == [
        (LEASE, 1), (LEASE, 1), ("2024-03-03 Notice of default.pdf", 1),
    ]  # fmt: skip
    assert not any("December 31, 2029" in one.quote for one in said), (
        "the place of an unsupported sentence is not right"
    )
    assert not bar(opened).note.isVisible()


def test_wrong_is_said_by_key_of_the_citation_that_is_looked_at(
    qtbot: QtBot, opened: Window, matter: FakeMatter
) -> None:
    answered(qtbot, opened)
    QTest.keyClick(opened, Qt.Key.Key_F8)
    QTest.keyClick(opened, Qt.Key.Key_F8)
    judge(qtbot, opened, Qt.Key.Key_O)
    assert bar(opened).of.currentText().startswith(f"{LEASE}, p. 1")
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "You said: Wrong (Harbor Point Lease.pdf, p. 1)." in words(bar(opened)))
    (said,) = matter.feedback.list()
    assert (said.judgement, said.note) == ("wrong", "")
    assert "late charge of four percent" in said.quote
    assert button(opened, "The answer is wrong").hasFocus()


def test_what_was_said_can_be_said_differently(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    answered(qtbot, opened)
    for key, word in ((Qt.Key.Key_T, "Right"), (Qt.Key.Key_O, "Wrong")):
        QTest.mouseClick(chips(opened)[0], Qt.MouseButton.LeftButton)
        judge(qtbot, opened, key)
        QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
        wanted = f"You said: {word}"
        qtbot.waitUntil(partial(lambda wanted: wanted in words(bar(opened)), wanted))
    assert "You said: Right" not in words(bar(opened))
    assert [one.judgement for one in matter.feedback.list()] == ["right", "wrong"], "the book forgets nothing"


def test_what_was_said_before_is_shown_with_the_answer(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    matter.feedback.add("missing", RENT, note="the side letter")
    matter.feedback.add("missing", "Another question?", note="no")
    answered(qtbot, opened)
    qtbot.waitUntil(lambda: "You said: Missing. “the side letter”" in words(bar(opened)))
    assert "“no”" not in words(bar(opened))


def test_missing_names_the_selected_words(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    view = opened.workspace.reader.view
    click_document(qtbot, opened, LEASE)
    qtbot.waitUntil(lambda: view.page_count == 3 and view.next_wanted() is None)
    answered(qtbot, opened)
    QTest.mouseClick(chips(opened)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(view.box_rects()))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.box_rects()[0].center())
    qtbot.waitUntil(lambda: bool(opened.workspace.reader.marking.text))
    selected = opened.workspace.reader.marking.text
    judge(qtbot, opened, Qt.Key.Key_M)
    assert f"The selected words: “{selected}” ({LEASE}, p. 1)" == bar(opened).of.currentText()
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: f"You said: Missing ({LEASE}, p. 1)." in words(bar(opened)))
    (said,) = matter.feedback.list()
    assert (said.judgement, said.quote) == ("missing", selected)


def test_missing_needs_no_place_but_may_name_the_open_page(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, UNANSWERED)
    qtbot.waitUntil(lambda: "The record does not answer this." in words(opened.workspace.ask))
    assert not button(opened, "The answer is wrong").isEnabled(), "no place was shown"
    judge(qtbot, opened, Qt.Key.Key_M)
    assert offered(opened) == ["No place in particular"]
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Escape)
    click_document(qtbot, opened, LEASE)
    qtbot.waitUntil(lambda: opened.workspace.reader.view.page_count == 3)
    opened.workspace.reader.view.go_to(3)
    judge(qtbot, opened, Qt.Key.Key_M)
    assert offered(opened) == ["No place in particular", f"The open page: {LEASE}, p. 3"]
    QTest.keyClick(bar(opened).of, Qt.Key.Key_Down)
    QTest.keyClicks(bar(opened).note, "marine terminal")
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "You said: Missing" in words(bar(opened)))
    (said,) = matter.feedback.list()
    assert (said.page, said.note) == (3, "marine terminal")
    assert "Permitted Use" in said.quote


def test_that_the_record_does_not_answer_can_be_right(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    ask(qtbot, opened, UNANSWERED)
    qtbot.waitUntil(lambda: "The record does not answer this." in words(opened.workspace.ask))
    judge(qtbot, opened, Qt.Key.Key_T)
    assert offered(opened) == ["The record does not answer this"]
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "You said: Right." in words(bar(opened)))
    (said,) = matter.feedback.list()
    assert (said.judgement, said.document_id) == ("right", "")


def test_escape_puts_the_form_away_and_stops_nothing(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    answered(qtbot, opened)
    judge(qtbot, opened, Qt.Key.Key_T)
    QTest.keyClicks(bar(opened).note, "not this")
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Escape)
    assert not bar(opened).note.isVisible()
    assert button(opened, "The answer is right").hasFocus()
    judge(qtbot, opened, Qt.Key.Key_T)
    assert bar(opened).note.text() == ""
    assert matter.feedback.list() == ()


def test_the_form_comes_into_view_from_wherever_it_is_opened(qtbot: QtBot, opened: Window) -> None:
    answered(qtbot, opened)
    view = opened.workspace.ask.answer
    assert view.verticalScrollBar().value() == 0

    def in_view() -> bool:
        note = bar(opened).note
        return view.viewport().rect().contains(note.mapTo(view.viewport(), note.rect().center()))

    assert not in_view()
    judge(qtbot, opened, Qt.Key.Key_T)
    qtbot.waitUntil(in_view)


def test_what_cannot_be_kept_stays_to_be_said_again(
    qtbot: QtBot, opened: Window, matter: FakeMatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> Feedback:
        raise Denied("The feedback of this matter is being written by another window.", hint="Try again.")

    answered(qtbot, opened)
    judge(qtbot, opened, Qt.Key.Key_T)
    QTest.keyClicks(bar(opened).note, "kept")
    with monkeypatch.context() as patch:
        patch.setattr(matter.feedback, "add", locked)
        QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "is being written by another window" in words(opened.notices))
    qtbot.waitUntil(bar(opened).note.hasFocus)
    assert bar(opened).note.text() == "kept"
    QTest.keyClick(bar(opened).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "“kept”" in words(bar(opened)))


def test_an_answer_without_a_place_is_neither_right_nor_wrong(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    matter.answers[RENT] = replace(matter.answers[RENT], sentences=(sentence("uncited", "Such charges are usual."),))
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "Uncited" in words(opened.workspace.ask))
    assert not button(opened, "The answer is right").isEnabled()
    assert not button(opened, "The answer is wrong").isEnabled()
    assert "no place was shown" in button(opened, "The answer is wrong").toolTip()
    assert button(opened, "Something is missing").isEnabled()


def test_a_document_cannot_write_markup_into_the_form(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    matter.feedback.add("missing", RENT, note="<b>bold</b>")
    answered(qtbot, opened)
    qtbot.waitUntil(lambda: "“<b>bold</b>”" in words(bar(opened)))
    shown = [one for one in bar(opened).findChildren(QLabel) if "<b>" in one.text()]
    assert shown
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in shown)


def test_the_keys_are_on_the_sheet(qtbot: QtBot, opened: Window) -> None:
    QTest.keyClick(opened, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    assert "Alt+T, Alt+O, Alt+M" in words(sheet)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)


# Over the real library: what is said arrives in the matter's own book, and no process is started for it.

TEXT = "LEASE. The monthly rent is $4,800, due on the first day. The term ends on May 31, 2029."
START, END = TEXT.index("The monthly"), TEXT.index(" The term")
QUESTION = "What is the monthly rent?"


def put(matter: legalqa.Matter) -> Document:
    """A document that was read without models: its embeddings are empty."""
    name = "/m/Lease.txt"
    document = Document(
        str(uuid.uuid5(uuid.NAMESPACE_URL, name)), name, "a" * 64, "pdf", "Lease", "lease", None, (), True, TEXT,
        (Page(1, "1", "text", 0, len(TEXT), 612, 792),),
    )  # fmt: skip
    vectors = np.zeros((len(list(searchable(document))), 4), np.float16)
    matter.catalog.put(document, vectors, fact(document), ingest_version="1", options="")
    matter.catalog.publish(document.id)
    return document


class Told(Apart):
    """A matter apart whose answers need no model."""

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        without: Collection[LeftOut] = (),
        model: str | None = None,
        mode: str = "auto",
        fresh: bool = False,
        on_draft: Callable[[Draft], None] | None = None,
        stop: Event | None = None,
    ) -> VerifiedAnswer:
        (id,) = self.catalog.documents()
        cited = CheckedCitation("1", True, "Lease.txt", id, pages=(1,), quote=TEXT[START:END], start=START, end=END)
        said = sentence("verbatim", TEXT[START:END], cited)
        return VerifiedAnswer("answered", (said,), (), (), Searched(1, 1), None, {}, question)

    def warm(self) -> None:
        """Nothing to load."""


@pytest.fixture
def real(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    library = legalqa.Library(tmp_path / "home")
    library.create("Lease")
    with library.open("lease") as matter:
        put(matter)

    class Tellers(legalqa.Library):
        def open(self, name: str) -> Told:
            return Told(super().open(name).info, self.settings)

    made = Window(lambda: Tellers(tmp_path / "home"), matter="lease")
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: "Lease" in made.windowTitle())
    yield made
    made.close()


def test_it_arrives_in_the_matters_own_book(qtbot: QtBot, real: Window, tmp_path: Path) -> None:
    real.workspace.ask.question.setFocus()
    QTest.keyClicks(real.workspace.ask.question, QUESTION)
    QTest.keyClick(real.workspace.ask.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(chips(real)) == 1, timeout=20_000)
    judge(qtbot, real, Qt.Key.Key_T)
    QTest.keyClicks(bar(real).note, "yes")
    QTest.keyClick(bar(real).note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "You said: Right (Lease.txt, p. 1). “yes”" in words(bar(real)), timeout=20_000)
    with legalqa.Library(tmp_path / "home").open("lease") as matter:
        (said,) = matter.feedback.list()
        assert (said.judgement, said.question, said.note) == ("right", QUESTION, "yes")
        assert (said.quote, said.page) == (TEXT[START:END], 1)
        made = feedback.as_suite(matter.feedback.list(), [matter.document(said.document_id)], tmp_path / "suite")
        assert (made.questions, made.left_out) == (1, 0)


def test_a_matter_apart_keeps_it_without_a_process(tmp_path: Path) -> None:
    library = legalqa.Library(tmp_path / "home", apart=True)
    library.create("Lease")
    with library.open("lease") as matter:
        assert isinstance(matter, Apart)
        id = put(matter).id
        matter.feedback.add("wrong", QUESTION, place=(id, START, END))
        assert [one.judgement for one in matter.feedback.list()] == ["wrong"]
        assert [one.text for one in matter.suggestions()] == []
        assert matter._answers.pid is None
        assert matter._reads.pid is None
