"""The window as a person uses it, over a library in memory: matters, files, questions, answers, pages."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from legalqa.errors import Denied, EnvironmentFault, UserError
from legalqa.values.matter import FileStatus, MatterInfo
from tests.ui.conftest import ask, button, click_document, click_row, drag, drop, spoken, words
from tests.ui.double import RENT, UNANSWERED, FakeLibrary, FakeMatter
from ui import theme
from ui.citation import CitationChip
from ui.window import SAMPLE, Window


def chips(window: Window) -> list[CitationChip]:
    """The citations that are on screen and have found their place."""
    found = window.workspace.ask.findChildren(CitationChip)
    return [chip for chip in found if chip.isVisible() and chip.height() == chip.sizeHint().height()]


def test_a_matter_is_made_and_opened(qtbot: QtBot, window: Window, library: FakeLibrary) -> None:
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.start.name.hasFocus)
    QTest.keyClicks(window.start.name, "Estate of Whitlock")
    QTest.keyClick(window.start.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Estate of Whitlock" in window.windowTitle())
    assert "estate-of-whitlock" in library.known
    assert "No documents yet" in words(window.workspace.documents)


def test_a_matter_that_exists_is_refused_in_words(qtbot: QtBot, window: Window) -> None:
    QTest.keyClicks(window.start.name, "Harbor Point v. Delmar")
    QTest.mouseClick(button(window.start, "Create matter"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "already" in words(window.notices))
    assert "It was left as it is." in words(window.notices)
    QTest.mouseClick(button(window.notices, "Close this message"), Qt.MouseButton.LeftButton)
    assert window.notices.shown() == []


def test_the_sample_is_made_once_and_read(qtbot: QtBot, window: Window, library: FakeLibrary) -> None:
    documents = theme.resources() / "sample" / "documents"
    QTest.mouseClick(button(window.start, "Open the sample"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: SAMPLE in window.windowTitle())
    made = next(one for one in library.known.values() if one.info.name == SAMPLE)
    qtbot.waitUntil(lambda: made.indexed == [documents])
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.start.list.isVisible)
    QTest.mouseClick(button(window.start, "Open the sample"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: made.indexed == [documents, documents])
    assert [one.info.name for one in library.known.values()].count(SAMPLE) == 1


def test_a_sample_that_cannot_be_made_is_added_to_no_other_matter(
    qtbot: QtBot, window: Window, library: FakeLibrary, matter: FakeMatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str, _client: str = "") -> MatterInfo:
        raise Denied("No matter may be made here.")

    monkeypatch.setattr(library, "create", refuse)
    QTest.mouseClick(button(window.start, "Open the sample"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "No matter may be made here." in words(window.notices))
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 4)
    assert matter.indexed == []


def test_a_list_that_comes_late_leaves_who_is_typing_alone(qtbot: QtBot, opened: Window, library: FakeLibrary) -> None:
    QTest.keyClick(opened, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(opened.start.name.hasFocus)
    QTest.keyClicks(opened.start.name, "Estate")
    opened.start.show_matters(library.matters())
    assert opened.start.name.hasFocus()
    QTest.keyClick(opened.start.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.workspace.ask.question.hasFocus())
    opened.start.show_matters(library.matters())
    assert opened.workspace.ask.question.hasFocus()


def test_a_double_click_opens_a_matter_once(
    qtbot: QtBot, window: Window, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, names = threading.Event(), []
    open_now = library.open

    def open_slowly(name: str) -> FakeMatter:
        names.append(name)
        gate.wait(5)
        return open_now(name)

    monkeypatch.setattr(library, "open", open_slowly)
    view = window.start.list
    place = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    gate.set()
    qtbot.waitUntil(lambda: "Harbor Point" in window.windowTitle())
    assert len(names) == 1


def test_documents_show_state_and_reason(opened: Window) -> None:
    model = opened.workspace.documents.list.model()
    said = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert any("Encrypted: a password is needed to open it" in one for one in said)
    assert any("Not supported: .dwg files cannot be read" in one for one in said)
    assert any("Lease · 2019-12-01 · 3 pages · HARBOR000101–HARBOR000103" in one for one in said)


def test_find_and_filter_documents(qtbot: QtBot, opened: Window) -> None:
    pane = opened.workspace.documents
    QTest.keyClick(opened, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert pane.finder.hasFocus()
    QTest.keyClicks(pane.finder, "harbor000102")
    assert pane.list.model().rowCount() == 0  # only the ends of the range are named
    assert "No file matches" in words(pane)
    pane.finder.selectAll()
    QTest.keyClicks(pane.finder, "lease 2019")
    assert [pane.list.model().index(0, 0).data()] == ["Harbor Point Lease.pdf"]


def test_look_into_a_document_without_asking(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    reader = opened.workspace.reader
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 3)
    qtbot.waitUntil(lambda: reader.view.next_wanted() is None)
    assert reader.view.page == 1
    QTest.keyClick(opened, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert reader.view.page == 2
    assert "HARBOR000102" in words(reader)
    QTest.keyClick(opened, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    number = opened.focusWidget()
    assert number is not None
    assert "Page number" in spoken(number)
    QTest.keyClicks(number, "3")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert reader.view.page == 3
    assert reader.view.hasFocus()
    QTest.keyClick(reader.view, Qt.Key.Key_Home)
    assert reader.view.page == 1
    assert "page 1 of 3" in reader.view.accessibleName()
    assert "Tenant shall pay to Landlord" in reader.view.accessibleDescription()


def test_go_to_a_bates_number(qtbot: QtBot, opened: Window) -> None:
    reader = opened.workspace.reader
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 3)
    reader.ask_page()
    number = opened.focusWidget()
    assert number is not None
    QTest.keyClicks(number, "harbor000103")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert reader.view.page == 3


def test_a_file_without_pages_says_why(qtbot: QtBot, opened: Window) -> None:
    click_document(qtbot, opened, "Board minutes (sealed).pdf")
    assert "cannot be shown" in words(opened.workspace.reader)
    assert "a password is needed" in words(opened.workspace.reader)


def test_draft_streams_and_becomes_the_verified_answer(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    pane = opened.workspace.ask
    matter.gate = threading.Event()
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "Draft, not verified: Tenant shall pay" in words(pane))
    assert chips(opened) == []
    assert "Verbatim" not in words(pane)
    matter.gate.set()
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    said = words(pane)
    for verdict in ("Verbatim", "Supported", "Unsupported", "Bad reference", "Uncited"):
        assert verdict in said
    assert "Draft" not in said
    assert "Found instead: Harbor Point Lease.pdf, p. 2 (says 150%)" in said
    assert "it says December 31, 2029" in said  # the reason of a fault is open without asking
    assert "carries 87%" not in said  # that of a sound sentence is not
    assert "Searched 2 documents, 4 pages." in said
    assert "site-survey.dwg" in said
    assert matter.asked == [(RENT, "")]


def test_reasons_open_by_key(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    why = button(opened.workspace.ask, "reasons for the verdict Supported")
    why.setFocus()
    QTest.keyClick(why, Qt.Key.Key_Space)
    assert "carries 87% of the sentence" in words(opened.workspace.ask)


def test_a_citation_shows_its_page_with_the_words_boxed(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    view = opened.workspace.reader.view
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: view.page_count == 3 and view.next_wanted() is None)
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    plain = view.viewport().grab().toImage()
    QTest.mouseClick(chips(opened)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(view.box_rects()))
    qtbot.waitUntil(lambda: view.next_wanted() is None)
    boxed = view.viewport().grab().toImage()
    assert len(view.box_rects()) == 2  # the quote runs over two lines
    for rect in view.box_rects():
        assert view.viewport().rect().contains(rect)
        assert ink(plain, rect.adjusted(2, 2, -2, -2)) > 0.2, "there are words in the box"
        assert share_changed(plain, boxed, rect) > 0.9
    outside = view.box_rects()[0].translated(0, 120)
    assert ink(plain, outside) == 0
    assert share_changed(plain, boxed, outside) == 0


def ink(image: QImage, rect: QRect) -> float:
    """Share of the pixels of the rectangle that are not paper."""
    part = image.copy(rect)
    pixels = [(x, y) for x in range(part.width()) for y in range(part.height())]
    return sum(part.pixelColor(x, y).lightness() < 230 for x, y in pixels) / len(pixels)


def share_changed(one: QImage, other: QImage, rect: QRect) -> float:
    """Share of the pixels of the rectangle that differ."""
    first, second = one.copy(rect), other.copy(rect)
    pixels = [(x, y) for x in range(first.width()) for y in range(first.height())]
    return sum(first.pixel(x, y) != second.pixel(x, y) for x, y in pixels) / len(pixels)


def test_citations_are_walked_by_key(qtbot: QtBot, opened: Window) -> None:
    reader, ask_pane = opened.workspace.reader, opened.workspace.ask
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    QTest.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "Harbor Point Lease.pdf, page 1" in reader.view.accessibleName())
    assert chips(opened)[0].hasFocus()
    QTest.keyClick(opened, Qt.Key.Key_F8)
    QTest.keyClick(opened, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "Notice of default.pdf, page 1 of 1" in reader.view.accessibleName())
    assert chips(opened)[2].current
    QTest.keyClick(opened, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "Harbor Point Lease.pdf" in reader.view.accessibleName())
    assert chips(opened)[1].current
    assert ask_pane.isAncestorOf(opened.focusWidget())


def test_a_bad_reference_is_struck_through(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    names = [spoken(chip) for chip in chips(opened)]
    assert ["does not hold" in name for name in names] == [False, False, False, False, True]


def test_not_found_says_what_was_searched(qtbot: QtBot, opened: Window) -> None:
    ask(qtbot, opened, UNANSWERED)
    qtbot.waitUntil(lambda: "The record does not answer this." in words(opened.workspace.ask))
    said = words(opened.workspace.ask)
    assert "Searched 2 documents, 4 pages." in said
    assert "Board minutes (sealed).pdf (a password is needed to open it)" in said
    QTest.mouseClick(button(opened.workspace.ask, "Passage 2"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Notice of default" in opened.workspace.reader.view.accessibleName())


def test_stop_while_answering(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    matter.gate = threading.Event()
    ask(qtbot, opened, RENT)
    stop = opened.workspace.ask
    qtbot.waitUntil(lambda: "Draft, not verified: Tenant" in words(stop))
    QTest.keyClick(opened, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Stopped before the answer was complete" in words(stop))
    assert len(chips(opened)) == 1
    assert button(stop, "Ask").isVisible()


def test_filter_goes_with_the_question_and_history_brings_both_back(
    qtbot: QtBot, opened: Window, matter: FakeMatter
) -> None:
    pane = opened.workspace.ask
    QTest.keyClicks(pane.where, "type=lease")
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: len(chips(opened)) == 5)
    assert matter.asked == [(RENT, "type=lease")]
    assert pane.where.text() == ""
    QTest.mouseClick(button(pane, "Remove the filter type: lease"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: matter.asked == [(RENT, "type=lease"), (RENT, "")])
    qtbot.waitUntil(lambda: not pane.answering)
    pane.question.selectAll()
    QTest.keyClick(pane.question, Qt.Key.Key_Delete)
    for _ in range(3):  # to the last question, to its first line, to the question before it
        QTest.keyClick(pane.question, Qt.Key.Key_Up)
    assert pane.question.toPlainText() == RENT
    qtbot.waitUntil(lambda: "Only type: lease" in words(pane))
    for _ in range(2):
        QTest.keyClick(pane.question, Qt.Key.Key_Down)
    assert pane.question.toPlainText() == ""


def test_a_failed_question_is_explained(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    matter.fault = EnvironmentFault("The model file is missing.", hint="Run legalqa models verify.")
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "The model file is missing." in words(opened.notices))
    assert "Run legalqa models verify." in words(opened.notices)
    assert button(opened.workspace.ask, "Ask").isVisible()


def test_our_own_fault_is_told_without_a_traceback(
    qtbot: QtBot, opened: Window, matter: FakeMatter, caplog: pytest.LogCaptureFixture
) -> None:
    matter.fault = RuntimeError("secret words of a document")
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "Something went wrong inside LegalQA" in words(opened.notices))
    assert "secret" not in words(opened.notices)
    caplog.clear()  # it was logged, as it should be


def test_drop_a_folder_reads_it_with_progress(qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The tenant paid nothing in March.")
    (tmp_path / "b.dwg").write_text("x")
    matter.gate = threading.Event()
    drag(opened, tmp_path)
    assert "Drop to add to the matter" in words(opened)
    drop(opened, tmp_path)
    assert "Drop to add to the matter" not in words(opened)
    bar = opened.workspace.indexing
    qtbot.waitUntil(lambda: "of 2 files" in words(bar))
    assert "about 2 min left" in words(bar)
    assert opened.windowTitle().startswith("0 % · Harbor Point"), "the task bar tells it, too"
    assert bar.isVisible()
    matter.gate.set()
    qtbot.waitUntil(lambda: "1 added, 1 could not be read" in words(opened.notices))
    assert matter.indexed == [tmp_path]
    qtbot.waitUntil(lambda: opened.workspace.documents.list.model().rowCount() == 6)
    assert not bar.isVisible()
    assert opened.windowTitle().startswith("Harbor Point")
    QTest.mouseClick(button(opened.notices, "Show them"), Qt.MouseButton.LeftButton)
    assert opened.workspace.documents.list.model().rowCount() == 3


def test_stop_reading(qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    matter.gate = threading.Event()
    drop(opened, tmp_path)
    qtbot.waitUntil(lambda: "of 1 file" in words(opened.workspace.indexing))
    QTest.mouseClick(button(opened.workspace.indexing, "Stop reading"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Reading was stopped." in words(opened.notices))
    assert "What was finished is kept" in words(opened.notices)
    assert not opened.workspace.indexing.isVisible()


def test_files_dropped_during_a_run_are_read_after_it(
    qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    matter.gate = threading.Event()
    drop(opened, tmp_path / "a.txt")
    qtbot.waitUntil(lambda: "of 1 file" in words(opened.workspace.indexing))
    drop(opened, tmp_path / "b.txt")
    matter.gate.set()
    qtbot.waitUntil(lambda: matter.indexed == [tmp_path / "a.txt", tmp_path / "b.txt"])


def test_a_locked_matter_is_explained(qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path) -> None:
    matter.fault = Denied("The matter is being written by another process.", kept="Nothing was changed.")
    drop(opened, tmp_path)
    qtbot.waitUntil(lambda: "being written by another process" in words(opened.notices))
    assert "Nothing was changed." in words(opened.notices)


def test_a_folder_dropped_on_the_first_page_waits_for_its_matter(
    qtbot: QtBot, window: Window, library: FakeLibrary, tmp_path: Path
) -> None:
    folder = tmp_path / "Whitlock"
    folder.mkdir()
    (folder / "will.txt").write_text("I leave the house to my sister.")
    drop(window, folder)
    assert window.start.name.text() == "Whitlock"
    QTest.mouseClick(button(window.start, "Create matter"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 1)
    assert library.known["whitlock"].indexed == [folder]


def test_leaving_a_matter_stops_its_work_and_lets_it_go(
    qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("one")
    matter.gate = threading.Event()
    drop(opened, tmp_path)
    qtbot.waitUntil(lambda: bool(matter.indexed))
    QTest.keyClick(opened, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: matter.closed)
    assert opened.start.isVisible()
    assert opened.notices.shown() == []


def test_closing_while_busy_ends_cleanly(qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    matter.gate = threading.Event()
    drop(opened, tmp_path)
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: bool(matter.indexed) and bool(matter.asked))
    assert opened.close()
    assert matter.closed
    assert len(matter.typesets) == 2


def test_closing_does_not_wait_for_models_that_load(qtbot: QtBot, window: Window, matter: FakeMatter) -> None:
    """Whoever closed the window right after opening a matter waited until its models were there, or ten seconds."""
    matter.loading = 60.0
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 4)
    began = time.monotonic()
    assert window.close()
    assert matter.closed
    assert time.monotonic() - began < 5


def test_leaving_a_matter_whose_models_load_says_nothing(
    qtbot: QtBot, window: Window, library: FakeLibrary, matter: FakeMatter
) -> None:
    matter.loading = 60.0
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 4)
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: matter.closed and matter.broken_off.is_set())
    assert window.notices.shown() == []


def test_size_and_look_are_remembered(qtbot: QtBot, library: FakeLibrary, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = Window(lambda: library, settings)
    qtbot.addWidget(first)
    first.show()
    first.resize(1000, 700)
    dark = next(action for action in first.menus.all if action.text().replace("&", "") == "Dark")
    dark.trigger()
    qtbot.waitUntil(lambda: first.height() == 700)
    first.workspace.panes.setSizes([300, 340, 400])
    panes = first.workspace.panes.sizes()
    first.close()
    second = Window(lambda: library, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(second)
    second.show()
    qtbot.waitUntil(lambda: second.start.list.model().rowCount() == 1)
    assert second.height() == 700  # the width of the test's screen is less than the window's
    assert second.workspace.panes.sizes()[0] == pytest.approx(panes[0], abs=30)
    assert second.palette().window().color().lightness() < 60
    second.close()


def test_the_sheet_of_keys_names_every_key(qtbot: QtBot, opened: Window) -> None:
    QTest.keyClick(opened, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    for key in ("F8", "Shift+F8", "Ctrl+G", "Esc", "Ctrl+O"):
        assert key in words(sheet)
    assert "Stop reading files" not in words(sheet), "it has no key"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_the_whole_way_by_keyboard(qtbot: QtBot, window: Window) -> None:
    """Open the matter, reach the documents, open one, ask, look at the citation: no mouse."""
    QTest.keyClick(window.start.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 4)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    documents = window.workspace.documents.list
    assert documents.hasFocus()
    QTest.keyClick(documents, Qt.Key.Key_Home)
    QTest.keyClick(documents, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.reader.view.page_count == 1)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.ask.question.hasFocus()
    QTest.keyClicks(window.workspace.ask.question, RENT)
    QTest.keyClick(window.workspace.ask.question, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(chips(window)) == 5)
    first = chips(window)[0]
    for _ in range(30):
        if first.hasFocus():
            break
        focused = window.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert first.hasFocus(), "Tab reaches the citations from the question"
    QTest.keyClick(first, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.workspace.reader.view.box_rects()))


def test_a_changed_file_keeps_the_selection(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    click_document(qtbot, opened, "site-survey.dwg")
    matter.faulty[1] = FileStatus("record/site-survey.dwg", "b", "failed", 0, "the file is damaged")
    opened.workspace.refresh()
    model = opened.workspace.documents.list.model()
    qtbot.waitUntil(lambda: any("damaged" in model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(4)))
    assert opened.workspace.documents.list.currentIndex().data() == "site-survey.dwg"


def test_an_unknown_matter_asked_for_at_start_is_explained(qtbot: QtBot, library: FakeLibrary) -> None:
    window = Window(lambda: library, matter="nowhere")
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: "There is no matter called 'nowhere'." in words(window.notices))
    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: "Harbor Point" in window.windowTitle())
    window.close()


def test_files_are_chosen_by_menu_key(
    qtbot: QtBot, opened: Window, matter: FakeMatter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "a.txt"
    chosen.write_text("one")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(chosen)], ""))
    QTest.keyClick(opened, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: matter.indexed == [chosen])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.waitUntil(lambda: not opened.workspace.indexing.running)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(opened, Qt.Key.Key_O, both)
    qtbot.waitUntil(lambda: matter.indexed == [chosen, tmp_path])


def test_a_library_that_does_not_open_can_be_tried_again(qtbot: QtBot, library: FakeLibrary) -> None:
    faults = [UserError("unknown setting 'hom', did you mean 'home'?", hint="Correct settings.toml.")]

    def make() -> FakeLibrary:
        if faults:
            raise faults.pop()
        return library

    window = Window(make)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: "did you mean 'home'?" in words(window.notices))
    assert "The library could not be opened" in words(window.start)
    QTest.mouseClick(button(window.notices, "Try again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.start.list.isVisible())
    assert window.notices.shown() == []
    window.close()


def test_good_news_goes_away_by_itself_and_bad_news_stays(
    qtbot: QtBot, opened: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.notices._READ_MS", 50)
    opened.notices.say("problem", "The disk is full.")
    opened.notices.say("done", "Files: 3 added.")
    assert [notice.text for notice in opened.notices.shown()] == ["Files: 3 added.", "The disk is full."]
    qtbot.waitUntil(lambda: [notice.text for notice in opened.notices.shown()] == ["The disk is full."])
