"""Readable in both looks, without colour, by keyboard and by a screen reader."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from legalqa.values.answer import CheckedCitation
from legalqa.values.matter import FileStatus
from tests.ui.conftest import ask, spoken, words
from tests.ui.double import RENT, FakeMatter, harbor, sentence
from ui import theme
from ui.answer import AnswerView
from ui.window import Window

_USED = (QAbstractButton, QLineEdit, QAbstractItemView, QAbstractScrollArea, QComboBox, QTabBar)
_TIP = Qt.ItemDataRole.ToolTipRole
GROUNDS = ("surface", "window")
PAIRS = [
    *itertools.product(("text", "muted", "accent", "good", "fair", "plain", "warn", "bad"), GROUNDS),
    *itertools.product(("text", "muted", "plain", "warn", "bad"), ("accent_soft", "hover")),
    *itertools.product(("text", "muted"), ("bad_soft", "warn_soft", "good_soft")),
    ("text", "plain_soft"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("surface", "bad"),
]


@pytest.mark.parametrize("choice", theme.LOOKS)
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast_of_text(choice: theme.Look, ink: str, ground: str) -> None:
    tokens = theme.LOOKS[choice]
    found = theme.contrast(QColor(tokens[ink]), QColor(tokens[ground]))
    assert found >= (7.0 if choice == "contrast" else 4.5)


@pytest.mark.parametrize("choice", theme.LOOKS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_contrast_of_frames_to_type_into(choice: theme.Look, ground: str) -> None:
    tokens = theme.LOOKS[choice]
    assert theme.contrast(QColor(tokens["field_line"]), QColor(tokens[ground])) >= 3.0


def test_contrast_is_the_published_measure() -> None:
    assert theme.contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert theme.contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_every_verdict_has_its_own_word_shape_and_colour() -> None:
    marks = theme.VERDICTS.values()
    for part in ("word", "icon", "colour"):
        assert len({getattr(mark, part) for mark in marks}) == len(marks)
    shapes = {alpha(mark.icon) for mark in marks}
    assert len(shapes) == len(marks), "the shapes differ even in one colour"


def alpha(icon: str) -> bytes:
    image = theme.pixmap(icon, "text", 20).toImage()
    return bytes(image.pixelColor(x, y).alpha() for y in range(20) for x in range(20))


@pytest.mark.parametrize("name", sorted(path.stem for path in (theme.resources() / "icons").glob("*.svg")))
def test_every_drawing_draws(look: theme.Theme, name: str) -> None:
    assert any(alpha(name))


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_everything_that_can_be_used_has_a_name(qtbot: QtBot, opened: Window, choice: theme.Choice) -> None:
    theme.current().apply(choice)
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "Bad reference" in words(opened.workspace.ask))
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in opened.findChildren(QWidget)
        if is_interactive(widget) and not spoken(widget)
    ]
    assert nameless == []


def is_interactive(widget: QWidget) -> bool:
    if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
        return False
    return isinstance(widget, _USED)


def test_focus_is_seen(qtbot: QtBot, opened: Window) -> None:
    for widget in opened.findChildren(QAbstractButton):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            opened.workspace.ask.question.setFocus()
            before = widget.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            assert widget.grab().toImage() != before, spoken(widget)


def test_both_looks_paint_differently_and_icons_follow(opened: Window) -> None:
    light = opened.grab().toImage()
    theme.current().apply("dark")
    dark = opened.grab().toImage()
    corner = (light.width() - 5, 5)
    assert light.pixelColor(*corner).lightness() > 200
    assert dark.pixelColor(*corner).lightness() < 60
    back = opened.workspace.findChildren(QAbstractButton)[0].icon().pixmap(18).toImage()
    inked = [back.pixelColor(x, y) for x in range(back.width()) for y in range(back.height())]
    assert max(colour.lightness() for colour in inked if colour.alpha() > 200) > 200


def test_document_text_is_never_taken_for_markup(qtbot: QtBot, opened: Window) -> None:
    answer = replace(harbor().answers[RENT], sentences=(sentence("uncited", "<b>5</b> & <img src=x> <= 6"),))
    view = AnswerView()
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    view.show_answer(answer)
    qtbot.waitUntil(lambda: "<b>5</b> & <img src=x> <= 6" in words(view))
    shown = [one for one in view.findChildren(QLabel) if one.textFormat() != Qt.TextFormat.PlainText and one.text()]
    assert not any("<img" in one.text() or "<b>" in one.text() for one in shown)
    assert any("&lt;img" in one.text() for one in shown)


def test_tool_tips_show_document_text_as_it_stands(qtbot: QtBot, opened: Window, matter: FakeMatter) -> None:
    hostile = "<img src='file:///x.png'><b>bold</b>"
    matter.faulty[0] = FileStatus(f"record/{hostile}.pdf", "a", "failed", 0, hostile)
    cited = CheckedCitation("1", False, "", quote=hostile, elsewhere=(hostile,))
    answer = replace(matter.answers[RENT], sentences=(sentence("bad_reference", hostile, cited, reasons=(hostile,)),))
    matter.answers[RENT] = answer
    opened.workspace.refresh()
    ask(qtbot, opened, RENT)
    qtbot.waitUntil(lambda: "Bad reference" in words(opened.workspace.ask))
    model = opened.workspace.documents.list.model()
    qtbot.waitUntil(lambda: any("&lt;b&gt;" in model.index(row, 0).data(_TIP) for row in range(model.rowCount())))
    tips = [model.index(row, 0).data(_TIP) for row in range(model.rowCount())]
    tips += [widget.toolTip() for widget in opened.findChildren(QWidget)]
    assert sum("&lt;b&gt;" in tip for tip in tips) >= 3
    assert not any("<b>" in tip or "<img" in tip for tip in tips)


def test_a_file_without_pages_is_cited_without_one() -> None:
    """The pages of a letter or an e-mail are ours: no citation names them."""
    from ui.widgets import place

    cited = CheckedCitation("1", True, document="letter.docx", pages=(2,), bates=("HP000007",))
    assert place(cited) == "letter.docx, p. 2 · HP000007"
    assert place(replace(cited, paged=False)) == "letter.docx · HP000007"


def test_a_long_session_does_not_use_up_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    for number in range(100_000):
        label.setText("a" if number % 2 else "b")
    assert label.text() == "a"
