"""The page viewer: only what is seen is drawn, zoom keeps its place, boxes lie on the words."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from legalqa.values.document import Box
from ui.pageview import CACHE_BYTES, PageView

LETTER = (612.0, 792.0)


@pytest.fixture
def view(qtbot: QtBot) -> PageView:
    made = PageView()
    qtbot.addWidget(made)
    made.resize(700, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made


def draw_all(view: PageView) -> list[int]:
    """Give the view every picture that it asks for; returns the pages."""
    drawn = []
    while (wanted := view.next_wanted()) is not None:
        page, scale = wanted
        picture = QImage(round(612 * scale), round(792 * scale), QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.white)
        view.set_picture(page, scale, picture)
        drawn.append(page)
        assert len(drawn) < 50
    return drawn


def test_only_what_is_seen_is_asked_for_visible_first(view: PageView) -> None:
    view.set_pages([LETTER] * 1000)
    assert draw_all(view) == [1, 2]
    view.go_to(500)
    drawn = draw_all(view)
    assert drawn[0] in (499, 500)
    assert set(drawn) <= {498, 499, 500, 501, 502}
    assert view.page == 500


def test_a_thousand_pages_open_jump_and_zoom_at_once(view: PageView) -> None:
    began = time.perf_counter()
    view.set_pages([LETTER] * 1000)
    for page in (1000, 1, 777, 250):
        view.go_to(page)
        view.viewport().grab()
    view.zoom_in()
    assert time.perf_counter() - began < 1.0
    assert view.page == 250


def test_a_page_without_a_picture_does_not_wait_until_all_is_at_rest(qtbot: QtBot, view: PageView) -> None:
    """It was asked for when nothing had moved for 90 ms."""
    order: list[str] = []
    view.wanted.connect(lambda: order.append("wanted"))
    view.set_pages([LETTER] * 100)
    QTimer.singleShot(40, lambda: order.append("later"))  # timers end in the order in which they are due
    qtbot.waitUntil(lambda: "later" in order)
    assert order[0] == "wanted"
    draw_all(view)
    order.clear()
    view.zoom_in()
    QTimer.singleShot(40, lambda: order.append("later"))
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["later", "wanted"], "a sharper picture is asked for when the zoom is chosen"


def test_pictures_are_kept_within_bounds(view: PageView) -> None:
    view.set_pages([LETTER] * 200)
    view.set_zoom(2.0)
    for page in range(1, 60):
        view.go_to(page)
        draw_all(view)
    view.go_to(1)
    assert draw_all(view), "early pages were let go"
    one = QImage(round(612 * 2 * 96 / 72), round(792 * 2 * 96 / 72), QImage.Format.Format_RGB32).sizeInBytes()
    assert 59 * one > CACHE_BYTES, "the test draws more than may be kept"


def test_zoom_keeps_the_place(view: PageView) -> None:
    view.set_pages([LETTER] * 20)
    view.go_to(9)
    for change in (
        view.zoom_in,
        view.zoom_in,
        view.zoom_out,
        lambda: view.set_fit("width"),
        lambda: view.set_fit("page"),
    ):
        change()
        assert view.page == 9


def test_fit_width_fills_the_view_and_follows_its_size(view: PageView) -> None:
    view.set_pages([LETTER] * 3)
    narrow = view.zoom
    view.resize(1000, 800)
    assert view.zoom > narrow * 1.3
    assert view.horizontalScrollBar().maximum() == 0
    view.set_zoom(1.0)
    view.resize(700, 800)
    assert view.zoom == 1.0


def test_boxes_lie_where_the_points_say(view: PageView) -> None:
    view.set_pages([LETTER] * 5)
    view.set_zoom(0.75)  # at 96 dots an inch one point is one pixel
    view.set_boxes([Box(3, 100, 700, 200, 712)])
    view.show_boxes()
    (rect,) = view.box_rects()
    assert view.viewport().rect().contains(rect)
    assert abs(rect.width() - 103.2) <= 2
    assert abs(rect.height() - 15.2) <= 2
    picture = view.viewport().grab().toImage()
    inside, beside = picture.pixelColor(rect.center()), picture.pixelColor(rect.center().x(), rect.bottom() + 20)
    assert inside.name() != beside.name()
    assert beside.name() == "#ffffff"


def test_the_page_of_the_boxes_is_the_one_that_is_read(view: PageView) -> None:
    """The last page cannot come to the top: the window named the one before it."""
    view.set_pages([LETTER] * 3)
    view.set_zoom(0.25)
    view.set_boxes([Box(3, 100, 60, 200, 72)])
    view.show_boxes()
    assert view.page == 3


def test_a_box_on_a_page_that_is_not_there_is_passed_over(view: PageView) -> None:
    view.set_pages([LETTER])
    view.set_boxes([Box(7, 1, 1, 2, 2)])
    view.show_boxes()
    assert view.box_rects() == []
    view.viewport().grab()


def test_a_page_that_cannot_be_drawn_is_not_asked_for_again(view: PageView) -> None:
    view.set_pages([LETTER])
    assert view.next_wanted() is not None
    view.set_fault(1, "Page 1 cannot be shown.")
    assert view.next_wanted() is None
    view.viewport().grab()


def test_keys_scroll(view: PageView) -> None:
    view.set_pages([LETTER] * 10)
    bar = view.verticalScrollBar()
    QTest.keyClick(view, Qt.Key.Key_Space)
    down = bar.value()
    assert down > 0
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert bar.value() > down
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.page == 10
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert (view.page, bar.value()) == (1, 0)


def test_without_pages_nothing_happens(view: PageView) -> None:
    view.set_pages([])
    view.go_to(3)
    view.zoom_in()
    view.show_boxes()
    view.viewport().grab()
    assert (view.page, view.next_wanted()) == (0, None)


def test_what_is_most_of_a_page_is_framed_and_not_coloured(view: PageView) -> None:
    view.set_pages([LETTER])
    draw_all(view)
    rows = [Box(1, 80, 60 + 15 * row, 500, 70 + 15 * row) for row in range(40)]
    view.set_boxes(rows)
    rects = view.box_rects()
    image = view.viewport().grab().toImage()
    assert image.pixelColor(rects[5].center()) == Qt.GlobalColor.white
    assert image.pixelColor(rects[5].left() + 1, rects[5].center().y()) != Qt.GlobalColor.white
    view.set_boxes(rows[:3])
    assert view.viewport().grab().toImage().pixelColor(rects[1].center()) != Qt.GlobalColor.white
