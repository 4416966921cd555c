"""The document view: find, select and copy, outline, small pictures, rotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from legalqa.values.document import Box, Document, Section
from legalqa.values.words import Words
from tests.ui.conftest import button, click_document, words
from tests.ui.double import FakeMatter, harbor
from tests.ui.test_window import ink, share_changed
from ui import find
from ui.find import FindBar
from ui.marking import Marking
from ui.pageview import PageView
from ui.reader import Reader
from ui.sidepanel import SidePanel, Thumbnails
from ui.tasks import Tasks
from ui.window import Window

LEASE = "Harbor Point Lease.pdf"


@pytest.fixture
def matter() -> FakeMatter:
    made = harbor()
    lease = next(iter(made.typesets.values()))
    text = lease.document.text
    starts = [text.index(head) for head in ("ARTICLE 4", "4.1 Base", "ARTICLE 5", "ARTICLE 6")]
    names = [("ARTICLE 4", "RENT", 1), ("4.1", "Base Rent", 2), ("ARTICLE 5", "TERM", 1), ("ARTICLE 6", "USE", 1)]
    sections = [Section(*name, start, start + 9, ("",)) for name, start in zip(names, starts, strict=True)]
    lease.document = replace(lease.document, sections=tuple(sections))
    return made


@pytest.fixture
def reader(qtbot: QtBot, opened: Window) -> Reader:
    """The lease, open and drawn."""
    made = opened.workspace.reader
    click_document(qtbot, opened, LEASE)
    qtbot.waitUntil(lambda: made.view.page_count == 3 and made.view.next_wanted() is None)
    return made


def box_of(reader: Reader, matter: FakeMatter, text: str) -> QRect:
    """Where words of the lease lie in the viewport."""
    document = next(iter(matter.typesets.values())).document
    start = document.text.index(text)
    reader.view.set_boxes(document.boxes_of(start, start + len(text)))
    rect = reader.view.box_rects()[0]
    reader.view.set_boxes(())
    return rect


def test_words_are_found_and_walked(qtbot: QtBot, opened: Window, reader: Reader) -> None:
    QTest.keyClick(opened, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(reader.finder.field.hasFocus)
    QTest.keyClicks(reader.finder.field, "base  rent")
    qtbot.waitUntil(lambda: "1 of 3" in words(reader))
    assert len(reader.view.box_rects()) == 1
    QTest.keyClick(reader.finder.field, Qt.Key.Key_Return)
    QTest.keyClick(reader.finder.field, Qt.Key.Key_Return)
    assert "3 of 3" in words(reader)
    assert reader.view.page == 2
    QTest.keyClick(opened, Qt.Key.Key_F3)
    assert "1 of 3" in words(reader), "around the end"
    QTest.keyClicks(reader.finder.field, "zzz")
    qtbot.waitUntil(lambda: "Not found" in words(reader))
    QTest.keyClick(reader.finder.field, Qt.Key.Key_Escape)
    assert not reader.finder.isVisible()
    assert reader.view.hasFocus()


def test_enter_right_after_the_last_letter_counts(qtbot: QtBot, opened: Window, reader: Reader) -> None:
    """What was typed is looked for in a thread; a step asked for meanwhile is gone when it is known where to."""
    QTest.keyClick(opened, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(reader.finder.field.hasFocus)
    QTest.keyClicks(reader.finder.field, "base rent")
    QTest.keyClick(reader.finder.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "2 of 3" in words(reader))


@pytest.mark.parametrize("part", [7, 50, 32_768])
def test_a_text_looked_through_in_parts_is_looked_through_whole(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places over the edges of the parts are found, none is found twice, and whoever stops it waits for one part."""
    text = "Base Rent; " * 40 + "Base\n\n" + " " * 200 + "Rent. " + "x" * 100 + " base rent" * 3
    monkeypatch.setattr(find, "_AT_ONCE", part)
    whole = [match.span() for match in re.finditer(r"base\s+rent", text, re.IGNORECASE)]
    assert len(whole) == 44
    assert find.places(text, "base rent") == whole
    assert find.places(text, "base rent", most=5) == whole[:5]
    looks = iter([False, False, True])
    assert len(find.places(text, "base rent", stopped=lambda: next(looks))) <= 2


def test_text_is_found_whatever_the_line_breaks() -> None:
    text = "Base\nRent, and base rent; Base Ren-\nt. A+B"
    assert [text[slice(*span)] for span in find.places(text, "base rent")] == [
        "Base\nRent",
        "base rent",
        "Base Ren-\nt",
    ]
    assert find.places(text, "a+b") == [(len(text) - 3, len(text))]
    assert find.places(text, "  ") == []


def long_document(matter: FakeMatter, pages: int) -> Document:
    """The lease over and over, with a heading on every page."""
    lease = next(iter(matter.typesets.values())).document
    text = lease.pages[0].start, lease.pages[0].end
    one = lease.text[slice(*text)]
    made = [replace(lease.pages[0], number=at + 1, start=at * len(one), end=(at + 1) * len(one),
                    words=Words.of(lease.pages[0].words).moved(at * len(one))) for at in range(pages)]  # fmt: skip
    sections = [Section(f"{at + 1}.", "Rent", 1, at * len(one), (at + 1) * len(one), ("",)) for at in range(pages)]
    return replace(lease, text=one * pages, pages=tuple(made), sections=tuple(sections))


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    assert made.close()


def test_in_a_long_document_only_what_is_found_nearby_is_marked(qtbot: QtBot, matter: FakeMatter, tasks: Tasks) -> None:
    """A thousand places boxed at once held the window up for a fifth of a second."""
    document = long_document(matter, 1000)
    view, bar = PageView(), FindBar()
    marking = Marking(view, bar, tasks)
    for widget in (view, bar):
        qtbot.addWidget(widget)
        widget.show()
    view.set_pages([(page.width, page.height) for page in document.pages])
    marking.show(document)
    QTest.keyClicks(bar.field, "base rent")
    qtbot.waitUntil(lambda: "1 of 2,000" in words(bar))
    qtbot.waitUntil(lambda: len(view.box_rects("found")) == 2 * 7)  # the page that is read and six more
    view.go_to(700)
    there = [rect for rect in view.box_rects("found") if view.viewport().rect().contains(rect)]
    assert len(there) >= 2, "what is seen is marked wherever one scrolls, and at once"
    qtbot.waitUntil(lambda: len(view.box_rects("found")) == 2 * 13)


def test_the_outline_of_a_long_document_is_made_when_it_is_seen(qtbot: QtBot, matter: FakeMatter) -> None:
    document = long_document(matter, 3000)
    panel = SidePanel()
    qtbot.addWidget(panel)
    panel.show_document(document)
    assert panel.outline.topLevelItemCount() == 0
    panel.show()
    qtbot.waitUntil(lambda: panel.outline.topLevelItemCount() == 3000)
    went: list[tuple[int, int]] = []
    panel.chosen.connect(lambda page, offset: went.append((page, offset)))
    item = panel.outline.topLevelItem(2)
    assert item is not None
    panel.outline.itemActivated.emit(item, 0)
    assert went == [(3, document.sections[2].start)]
    panel.show_document(None)
    assert panel.outline.topLevelItemCount() == 0


def test_text_is_selected_and_copied(qtbot: QtBot, opened: Window, reader: Reader, matter: FakeMatter) -> None:
    view = reader.view
    first, last = box_of(reader, matter, "Tenant shall pay"), box_of(reader, matter, "in advance on")
    plain = view.viewport().grab().toImage()
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=first.topLeft() + QPoint(6, 6))
    drag(view, last.bottomRight() - QPoint(6, 6))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=last.bottomRight() - QPoint(6, 6))
    assert share_changed(plain, view.viewport().grab().toImage(), first.adjusted(4, 4, -4, -4)) > 0.8
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = "Tenant shall pay to Landlord monthly Base Rent of $48,500.00 in advance on"
    assert QGuiApplication.clipboard().text() == copied
    cite = next(action for action in view.actions() if "citation" in action.text().replace("&", ""))
    cite.trigger()
    assert QGuiApplication.clipboard().text() == f"“{copied}” ({LEASE}, p. 1.)"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not cite.isEnabled(), "a click takes the selection away"


def drag(view: PageView, to: QPoint) -> None:
    """Move the mouse with the button held."""

    left = Qt.MouseButton.LeftButton
    place = QPointF(to)
    where = QPointF(view.viewport().mapToGlobal(to))
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, where, Qt.MouseButton.NoButton, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view.viewport(), event)


def test_a_double_click_selects_a_word(qtbot: QtBot, reader: Reader, matter: FakeMatter) -> None:
    place = box_of(reader, matter, "Landlord").center()
    QTest.mouseDClick(reader.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(reader.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Landlord"


def test_pages_are_turned_with_their_boxes(qtbot: QtBot, opened: Window, reader: Reader, matter: FakeMatter) -> None:
    view = reader.view
    upright = box_of(reader, matter, "Tenant shall pay")
    assert upright.width() > upright.height()
    for quarter in range(1, 4):
        QTest.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: view.next_wanted() is None)
        turned = box_of(reader, matter, "Tenant shall pay")
        assert (turned.width() > turned.height()) == (quarter == 2)
        shown = view.viewport().grab().toImage()
        if view.viewport().rect().contains(turned):
            assert ink(shown, turned.adjusted(2, 2, -2, -2)) > 0.15, "the box lies on the words still"
        place = turned.center()
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        if view.viewport().rect().contains(place):
            assert reader.marking.text == "shall"
    QTest.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert box_of(reader, matter, "Tenant shall pay").size() == upright.size()


def test_the_pages_that_are_seen_go_before_the_headings(
    qtbot: QtBot, opened: Window, matter: FakeMatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_before: list[int] = []
    real = matter.sections

    def noted(id: str) -> Sequence[Section]:
        drawn_before.append(len(matter.drawn))
        return real(id)

    monkeypatch.setattr(matter, "sections", noted)
    click_document(qtbot, opened, LEASE)
    qtbot.waitUntil(lambda: bool(drawn_before))
    assert opened.workspace.reader.view.is_drawn(1)
    assert drawn_before[0] >= 2, "the page and the one after it"


def test_the_outline_leads_to_its_sections(qtbot: QtBot, opened: Window, reader: Reader) -> None:
    QTest.mouseClick(button(reader, "Outline and pages"), Qt.MouseButton.LeftButton)
    tree = reader.side.outline
    qtbot.waitUntil(lambda: tree.isVisible() and tree.topLevelItemCount() == 3)
    top = [item for at in range(3) if (item := tree.topLevelItem(at)) is not None]
    assert [item.text(0) for item in top] == ["ARTICLE 4 RENT", "ARTICLE 5 TERM", "ARTICLE 6 USE"]
    below = top[0].child(0)
    assert below is not None
    assert below.text(0) == "4.1 Base Rent"
    place = tree.visualItemRect(top[2]).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: reader.view.page == 3)


def test_small_pictures_of_the_pages(qtbot: QtBot, opened: Window, reader: Reader, matter: FakeMatter) -> None:
    QTest.mouseClick(button(reader, "Outline and pages"), Qt.MouseButton.LeftButton)
    tabs = reader.side.tabs
    qtbot.waitUntil(tabs.isVisible)
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    pages = reader.side.pages
    qtbot.waitUntil(lambda: reader.side.thumbnails.next_wanted() is None and any(s < 0.5 for _, _, s in matter.drawn))
    index = pages.model().index(2, 0)
    pages.scrollTo(index)
    QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=pages.visualRect(index).center())
    qtbot.waitUntil(lambda: reader.view.page == 3)


def test_the_model_of_the_small_pictures_keeps_the_rules_of_qt(matter: FakeMatter) -> None:
    model = Thumbnails()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(next(iter(matter.typesets.values())).document)
    assert model.rowCount(QModelIndex()) == 3
    assert model.data(model.index(1), Qt.ItemDataRole.DecorationRole) is not None
    model.put(2, None)
    model.show(None)
    assert model.next_wanted() is None
    assert tester


def test_a_box_on_a_turned_page_lies_where_it_should(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(700, 900)
    view.show()
    view.set_pages([(612, 792)])
    view.set_zoom(0.5)
    view.set_boxes([Box(1, 0, 0, 100, 20)])
    corners = []
    for _ in range(4):
        corners.append(view.box_rects()[0].center())
        view.rotate()
    upper_left, upper_right, lower_right, lower_left = corners
    assert upper_right.x() > upper_left.x() + 100
    assert lower_right.y() > upper_left.y() + 100
    assert lower_left.y() > upper_left.y() + 100
    assert view.box_rects()[0].center() == upper_left
