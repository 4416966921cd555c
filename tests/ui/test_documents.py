"""The model of the documents, its filter and its order."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import groupby

import pytest
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from legalqa.values.document import FileState
from legalqa.values.matter import FileStatus
from tests.ui.conftest import choose, click_document
from ui.documents import DocumentDelegate, DocumentsFilter, DocumentsModel, Role, SortBy, described, trouble
from ui.widgets import file_name
from ui.window import Window


def file(name: str, state: FileState = "indexed", **known: object) -> FileStatus:
    values = {"pages": 1, "reason": "", "document_id": name if state == "indexed" else None} | known
    return FileStatus(path=f"folder/{name}", sha256=name, state=state, **values)  # type: ignore[arg-type]


FILES = (
    file("b lease.pdf", type="lease", date="2019-01-01", pages=48, bates=("H000001", "H000048")),
    file("A letter.pdf", type="letter", date="2024-03-03", pages=2, failed_pages=(2,)),
    file("c.dwg", "unsupported", pages=0, reason="cannot be read"),
    file("d minutes.pdf", "encrypted", pages=0, reason="a password is needed"),
    file("e copy.pdf", "duplicate", pages=0, document_id="b lease.pdf"),
)


@pytest.fixture
def model() -> DocumentsModel:
    made = DocumentsModel()
    made.show(FILES)
    return made


def shown_filter(model: DocumentsModel) -> DocumentsFilter:
    made = DocumentsFilter(model)
    made.setSourceModel(model)
    return made


def names(proxy: DocumentsFilter) -> list[str]:
    return [proxy.index(row, 0).data() for row in range(proxy.rowCount())]


def test_model_and_filter_keep_qts_rules(model: DocumentsModel, qtmodeltester: ModelTester) -> None:
    check: Callable[[object], None] = qtmodeltester.check
    check(model)
    proxy = shown_filter(model)
    check(proxy)
    proxy.find("lease")
    model.show((*FILES, file("z.txt")))
    model.show(())
    model.show(FILES[:2])
    assert names(proxy) == ["b lease.pdf"]


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("name", ["A letter.pdf", "b lease.pdf", "c.dwg", "d minutes.pdf", "e copy.pdf"]),
        ("date", ["b lease.pdf", "A letter.pdf", "c.dwg", "d minutes.pdf", "e copy.pdf"]),
        ("pages", ["b lease.pdf", "A letter.pdf", "c.dwg", "d minutes.pdf", "e copy.pdf"]),
        ("state", ["d minutes.pdf", "c.dwg", "e copy.pdf", "A letter.pdf", "b lease.pdf"]),
    ],
)
def test_order(model: DocumentsModel, by: SortBy, order: list[str]) -> None:
    proxy = shown_filter(model)
    proxy.sort_by(by)
    assert names(proxy) == order


@pytest.mark.parametrize(
    ("by", "headings"),
    [
        ("name", []),
        ("type", ["Lease", "Letter", "Of no known type"]),
        ("date", ["2019", "2024", "Without a date"]),
        ("pages", []),
        ("state", ["Encrypted", "Not supported", "Duplicate", "With something odd", "Indexed"]),
    ],
)
def test_what_is_alike_stands_under_one_heading(
    qtbot: QtBot, model: DocumentsModel, by: SortBy, headings: list[str]
) -> None:
    proxy, delegate, option = shown_filter(model), DocumentDelegate(), QStyleOptionViewItem()
    proxy.sort_by(by)
    rows = [proxy.index(row, 0) for row in range(proxy.rowCount())]
    plain = {row.data(): delegate.sizeHint(option, row).height() for row in rows}
    assert [words for words, _ in groupby(row.data(Role.GROUP) for row in rows) if words] == headings
    proxy.sort_by("name")
    for row in range(proxy.rowCount()):
        index = proxy.index(row, 0)
        plain[index.data()] -= delegate.sizeHint(option, index).height()
    assert sum(high > 0 for high in plain.values()) == len(headings), "it takes room over the first of each group"
    assert min(plain.values()) == 0 or len(headings) == len(plain)


def test_headings_take_room_and_a_click_below_one_opens_its_row(qtbot: QtBot, opened: Window) -> None:
    list_ = opened.workspace.documents.list

    def high(name: str) -> int:
        rows = (list_.model().index(row, 0) for row in range(list_.model().rowCount()))
        return next(list_.visualRect(row).height() for row in rows if row.data() == name)

    before = high("Harbor Point Lease.pdf")
    choose(qtbot, opened.workspace.documents, "Sort and filter the documents", "Sort by date")
    qtbot.waitUntil(lambda: high("Harbor Point Lease.pdf") > before)
    click_document(qtbot, opened, "Harbor Point Lease.pdf")
    qtbot.waitUntil(lambda: opened.workspace.reader.view.page_count == 3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("LETTER 2024", ["A letter.pdf"]),
        ("password", ["d minutes.pdf"]),
        ("duplicate", ["e copy.pdf"]),
        ("h000048", ["b lease.pdf"]),
        ("lease 2024", []),
    ],
)
def test_every_word_must_be_there(model: DocumentsModel, text: str, found: list[str]) -> None:
    proxy = shown_filter(model)
    proxy.find(text)
    assert names(proxy) == found


def test_what_needs_a_look(model: DocumentsModel) -> None:
    proxy = shown_filter(model)
    proxy.show_only("attention")
    assert names(proxy) == ["A letter.pdf", "c.dwg", "d minutes.pdf"]
    proxy.show_only("readable")
    assert names(proxy) == ["A letter.pdf", "b lease.pdf", "e copy.pdf"]


def test_what_was_there_keeps_its_place_while_files_come_and_go(model: DocumentsModel) -> None:
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    held = [QPersistentModelIndex(model.index(row)) for row in range(model.rowCount())]
    model.show((file("bb.txt"), *FILES[1:], file("0.txt")))
    assert [index.data() if index.isValid() else None for index in held] == [
        "A letter.pdf", None, "c.dwg", "d minutes.pdf", "e copy.pdf",
    ]  # fmt: skip
    assert [index.row() for index in held] == [1, -1, 3, 4, 5]
    model.sort_by("state")
    assert [index.data() for index in held if index.isValid()] == [
        "A letter.pdf", "c.dwg", "d minutes.pdf", "e copy.pdf",
    ]  # fmt: skip
    assert resets == []


def test_thousands_of_files_are_sorted_by_key_and_not_by_comparing(qtbot: QtBot) -> None:
    """A filter that sorts compares in Python, ten times a file: 3,000 files held the window up for a second."""
    files = [file(f"{number * 7919 % 3001:05d}.pdf", pages=number % 50, type="letter") for number in range(3000)]
    began = time.process_time()
    for one in files:
        file_name(one.path), described(one), trouble(one)
    once = time.process_time() - began
    model = DocumentsModel()
    proxy = shown_filter(model)
    began = time.process_time()
    model.show(files)
    proxy.sort_by("pages")
    model.show([*files, file("new.pdf")])
    assert proxy.rowCount() == 3001
    assert time.process_time() - began < 15 * once


def test_lines_of_a_row() -> None:
    assert described(FILES[0]) == "Lease · 2019-01-01 · 48 pages · H000001–H000048"
    assert trouble(FILES[0]) == ""
    assert trouble(FILES[1]) == "1 page could not be read: 2"
    assert trouble(FILES[3]) == "Encrypted: a password is needed"


def test_a_name_with_control_characters_is_shown_tame() -> None:
    model = DocumentsModel()
    model.show((file("in\u202evoice\x1b[31m.pdf"),))
    index = model.index(0)
    assert index.data() == "in voice [31m.pdf"
    assert index.data(Role.FILE).path == "folder/in\u202evoice\x1b[31m.pdf"
