"""`make screenshots`: every screen of the window over the sample matter, in light and dark, as pictures.

No test of the suite: pytest-qt drives the window here as a person would, with the real library. The folder of the
pictures is LEGALQA_SCREENSHOTS; LEGALQA_SCREENSHOTS_HOME names a home that is kept and used again. QT_SCALE_FACTOR=2
shows what a screen of twice the density shows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import legalqa
from tests.ui.conftest import DOCUMENTS, LEASE, SCAN, ask, button, choose, click_document, drop, show_tab, start, words
from ui import theme
from ui.window import Window

LOOKS: tuple[theme.Choice, ...] = ("light", "dark")
ALL_LOOKS: tuple[theme.Choice, ...] = (*LOOKS, "contrast")
CITED = ("#FFEDAC", "#B45309")  # ground and line of boxed words on paper
COLOURS = 44  # of a picture: enough for the window, and a few megabytes less in the repository
FOLDER = Path(os.environ.get("LEGALQA_SCREENSHOTS", "docs/screenshots"))
PATIENCE = int(os.environ.get("LEGALQA_SCREENSHOTS_PATIENCE", "600")) * 1000  # milliseconds: OCR on a slow machine


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Path:
    """A home that holds the sample matter, read."""
    kept = os.environ.get("LEGALQA_SCREENSHOTS_HOME")
    made = Path(kept) if kept else tmp_path_factory.mktemp("home")
    made.mkdir(exist_ok=True, parents=True)
    if not (made / "models").exists():
        (made / "models").symlink_to(models_home / "models")
    library = legalqa.Library(made)
    if not library.matters():
        library.create("Harborline v. Tidewell", "Tidewell Provisions, Inc.")
        with library.open("harborline-v-tidewell") as matter:
            matter.index([DOCUMENTS])
    return made


@pytest.fixture(scope="session")
def qapp_args(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A screen like that on a desk; the one that Qt makes up is smaller than the window."""
    screen = {"name": "desk", "x": 0, "y": 0, "width": 1920, "height": 1200, "logicalDpi": 96, "logicalBaseDpi": 96}
    file = tmp_path_factory.mktemp("screen") / "screen.json"
    file.write_text(json.dumps({"screens": [screen | {"dpr": 1}]}))
    return ["screens", "-platform", f"offscreen:configfile={file}"]


@pytest.fixture
def shown(qtbot: QtBot, home: Path) -> Iterator[Window]:
    """The window over the sample matter, on its first page."""
    made = start(qtbot, home)
    made.resize(1440, 900)
    qtbot.waitUntil(made.start.list.isVisible, timeout=PATIENCE)
    yield made
    made.close()


def take(
    qtbot: QtBot,
    window: Window,
    name: str,
    until: Callable[[], bool] = lambda: True,
    looks: Sequence[theme.Choice] = LOOKS,
) -> None:
    """A picture of the window, or of the sheet over it, in each of the looks."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for look in looks:
        theme.current().apply(look)
        settle(qtbot, window, until)
        top = QApplication.activeModalWidget() or window
        colours = [*theme.current().tokens.values(), *CITED]
        save(top.grab().toImage(), FOLDER / f"{name}-{look}.png", colours)
    theme.current().apply("light")


def settle(qtbot: QtBot, window: Window, until: Callable[[], bool]) -> None:
    """Wait until all is there, the pages are drawn, and what was said has been laid out."""
    turns, view = iter(range(3)), window.workspace.reader.view  # turns of the event loop
    qtbot.waitUntil(lambda: next(turns, None) is None and until() and view.next_wanted() is None, timeout=PATIENCE)


def save(picture: QImage, file: Path, colours: Iterable[str]) -> None:
    """Write a picture in few colours, these among them: the greys of a scan would crowd them out."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGBX8888)
    size = (rgb.width(), rgb.height())
    image = Image.frombytes("RGBX", size, bytes(rgb.constBits())).convert("RGB")
    kept = [ImageColor.getrgb(colour) for colour in dict.fromkeys(colours)]
    room = COLOURS - len(kept)
    others = np.array(image.quantize(room).getpalette()[: 3 * room]).reshape(-1, 3)  # type: ignore[index]
    palette = np.vstack([np.array(kept), others]).astype(np.int32)
    there, place = np.unique(np.asarray(image).reshape(-1, 3), axis=0, return_inverse=True)
    nearest = [int(((palette - colour) ** 2).sum(1).argmin()) for colour in there.astype(np.int32)]
    made = Image.fromarray(np.array(nearest, np.uint8)[place].reshape(size[::-1]), "P")
    made.putpalette(palette.astype(np.uint8).tobytes())
    made.save(file, optimize=True)


def open_sample(qtbot: QtBot, window: Window) -> None:
    QTest.keyClick(window.start.list, Qt.Key.Key_Return)
    rows = window.workspace.documents.list.model()
    qtbot.waitUntil(lambda: rows.rowCount() > 5, timeout=PATIENCE)


def settled(window: Window) -> Callable[[], bool]:
    return lambda: not window.workspace.ask.answering


def test_first_run(qtbot: QtBot, tmp_path: Path, models_home: Path) -> None:
    (tmp_path / "models").symlink_to(models_home / "models")
    window = start(qtbot, tmp_path)
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: "No matters yet" in words(window.start), timeout=PATIENCE)
    take(qtbot, window, "first-run")
    QTest.mouseClick(button(window.start, "Open the sample"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: " of 14 files" in words(window.workspace.indexing), timeout=PATIENCE)
    take(qtbot, window, "reading")
    window.close()


def test_first_page(qtbot: QtBot, shown: Window) -> None:
    take(qtbot, shown, "matters")


def test_ask(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    take(qtbot, shown, "matter")
    choose(qtbot, shown.workspace.documents, "Sort and filter the documents", "Sort by type")
    take(qtbot, shown, "matter-grouped", looks=["light"])
    choose(qtbot, shown.workspace.documents, "Sort and filter the documents", "Sort by name")
    click_document(qtbot, shown, SCAN)
    QTest.keyClicks(shown.workspace.ask.where, "date>=2019-01-01")
    ask(qtbot, shown, "What is the security deposit under the Industrial Lease?")
    qtbot.waitUntil(settled(shown), timeout=PATIENCE)
    QTest.keyClick(shown, Qt.Key.Key_F8)
    take(qtbot, shown, "ask", lambda: bool(shown.workspace.reader.view.box_rects()), ALL_LOOKS)
    QTest.keyClick(shown, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(button(shown.workspace.memo, "Save memo").isEnabled, timeout=PATIENCE)
    take(qtbot, shown, "export")


def test_answers_of_other_shapes(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    pane = shown.workspace.ask
    ask(qtbot, shown, "How do the Industrial Lease and the First Amendment differ on rent?")
    qtbot.waitUntil(settled(shown), timeout=PATIENCE)
    QTest.keyClick(shown, Qt.Key.Key_F8)
    take(qtbot, shown, "ask-comparison", lambda: bool(shown.workspace.reader.view.box_rects()))
    ask(qtbot, shown, "What does the guarantor owe under the Industrial Lease?")
    qtbot.waitUntil(settled(shown), timeout=PATIENCE)
    take(qtbot, shown, "ask-not-found", lambda: "Is this answer right?" in words(pane))
    QTest.mouseClick(button(pane, "Something is missing"), Qt.MouseButton.LeftButton)
    take(qtbot, shown, "ask-feedback", lambda: pane.answer.verticalScrollBar().value() > 0)
    pane.focus_question()
    QTest.keyClicks(pane.question, "What is the Rent")
    QTest.keyClick(pane.question, Qt.Key.Key_Backspace)
    take(qtbot, shown, "ask-suggestions", pane.question.list.isVisible)


def test_coverage(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    tree = shown.workspace.coverage.tree
    show_tab(shown, "Coverage")
    click_document(qtbot, shown, SCAN)
    rows = [tree.model().index(row, 0) for row in range(tree.model().rowCount())]
    scan = next(index for index in rows if index.data() == SCAN)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(scan).center())
    QTest.keyClick(tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: tree.model().rowCount(scan) == 2, timeout=PATIENCE)
    tree.clearSelection()  # the path of the file is of no interest
    take(qtbot, shown, "coverage")


DRAFT = """STATEMENT OF FACTS

On signing the Lease, Tidewell deposited $117,000.00 with Harborline as security for its obligations. \
(Industrial Lease § 6.1.) The Lease provides that "Tenant shall deposit with Landlord $217,000.00 as security for \
its obligations." (Industrial Lease § 6.1.)

Northgate reported that "[v]ibration at the drive-end bearing of Compressor 2 measured 0.42 inches per second." \
(Northgate Letter at 1.) The maker's limit for continued service is 0.38 inches per second. (Northgate Letter at 1.) \
Harborline knew this and did nothing.
"""


def test_cite_check(qtbot: QtBot, shown: Window, tmp_path: Path) -> None:
    open_sample(qtbot, shown)
    show_tab(shown, "Cite-check")
    pane = shown.workspace.cite_check
    take(qtbot, shown, "cite-check-empty")
    draft = tmp_path / "Brief in opposition.txt"
    draft.write_text(DRAFT)
    drop(pane, draft)
    qtbot.waitUntil(lambda: pane.faults.count() > 0, timeout=PATIENCE)
    QTest.keyClick(shown, Qt.Key.Key_F8)
    take(qtbot, shown, "cite-check", lambda: bool(shown.workspace.reader.view.box_rects()))


def test_review(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    show_tab(shown, "Review")
    pane = shown.workspace.review
    shown.workspace.panes.setSizes([285, 595, 560])
    new = button(pane, "New")
    qtbot.waitUntil(lambda: bool(new.menu().actions()), timeout=PATIENCE)  # type: ignore[attr-defined]
    choose(qtbot, pane, "New", "Lease")
    qtbot.waitUntil(pane.form.isVisible)
    take(qtbot, shown, "review-new")
    if "Leases" in [pane.which.itemText(at) for at in range(pane.which.count())]:
        QTest.mouseClick(button(pane.form, "Cancel"), Qt.MouseButton.LeftButton)
    else:
        pane.form.where.clear()
        pane.form.name.selectAll()
        QTest.keyClicks(pane.form.where, "date<=2023-12-31")
        QTest.keyClicks(pane.form.name, "Leases")
        QTest.keyClick(pane.form.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.table.model().rowCount() > 0 and not pane.filling, timeout=PATIENCE)
    pane.table.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(pane.table, key)
    shown.notices.clear()
    take(qtbot, shown, "review", lambda: bool(shown.workspace.reader.view.box_rects()), ALL_LOOKS)


def test_document_view(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    click_document(qtbot, shown, LEASE)
    reader = shown.workspace.reader
    qtbot.waitUntil(lambda: reader.view.page_count == 27, timeout=PATIENCE)
    shown.workspace.panes.setSizes([290, 360, 790])
    QTest.mouseClick(button(reader, "Outline and pages"), Qt.MouseButton.LeftButton)
    QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(reader.finder.field, "security deposit")
    take(qtbot, shown, "document", lambda: bool(reader.view.box_rects()))
    QTest.mouseClick(reader.side.tabs, Qt.MouseButton.LeftButton, pos=reader.side.tabs.tabRect(1).center())
    take(qtbot, shown, "document-pages", lambda: reader.side.thumbnails.next_wanted() is None)


def test_keys(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    QTest.keyClick(shown, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    take(qtbot, shown, "keys")
    leave_sheet()


def test_sheets(qtbot: QtBot, shown: Window) -> None:
    open_sample(qtbot, shown)
    shown.delete_matter()
    take(qtbot, shown, "delete")
    leave_sheet()
    shown.report_problem()
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    qtbot.waitUntil(button(sheet, "Save as").isEnabled, timeout=PATIENCE)
    take(qtbot, shown, "report")
    leave_sheet()


def leave_sheet() -> None:
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
