"""The tab Coverage: every file and page, what can be done about those that were not read, and the certificate."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QTreeView
from pytestqt.qtbot import QtBot

from legalqa.values.matter import Coverage, FileStatus, Gap, PageStatus
from tests.ui.conftest import button, choose, show_tab, words
from tests.ui.double import FakeMatter, harbor, info
from ui import certificate
from ui.coverage import COLUMNS, CoverageFilter, CoverageModel
from ui.coveragepane import CoveragePane
from ui.window import Window

SEALED = "Board minutes (sealed).pdf"


@pytest.fixture
def pane(qtbot: QtBot, opened: Window) -> CoveragePane:
    show_tab(opened, "Coverage")
    made = opened.workspace.coverage
    qtbot.waitUntil(lambda: made.isVisible() and made.tree.model().rowCount() == 4)
    return made


def index_of(tree: QTreeView, name: str, parent: QModelIndex | None = None) -> QModelIndex:
    model, above = tree.model(), parent or QModelIndex()
    rows = (model.index(row, 0, above) for row in range(model.rowCount(above)))
    return next(index for index in rows if index.data() == name)


def click(tree: QTreeView, index: QModelIndex) -> None:
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())


def test_every_page_is_accounted_for_and_opens(qtbot: QtBot, opened: Window, pane: CoveragePane) -> None:
    assert "4 files · 4 pages · 4 with text" in words(pane)
    lease = index_of(pane.tree, "Harbor Point Lease.pdf")
    click(pane.tree, lease)
    QTest.keyClick(pane.tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: pane.tree.model().rowCount(lease) == 3)
    click(pane.tree, index_of(pane.tree, "Page 3 · HARBOR000103", lease))
    view = opened.workspace.reader.view
    qtbot.waitUntil(lambda: view.page_count == 3 and view.page == 3)


def test_what_was_not_read_says_why_and_can_be_found(qtbot: QtBot, pane: CoveragePane) -> None:
    click(pane.tree, index_of(pane.tree, SEALED))
    assert f"{SEALED}: a password is needed to open it" in words(pane)
    QTest.keyClicks(pane.show_choice, "What could not")
    assert pane.tree.model().rowCount() == 2
    pane.finder.setFocus()
    QTest.keyClicks(pane.finder, "dwg")
    assert [pane.tree.model().index(0, 1).data()] == ["Not supported"]
    QTest.keyClicks(pane.finder, "nothing")
    assert "Nothing of this kind" in words(pane)


def test_a_password_opens_a_file(qtbot: QtBot, opened: Window, pane: CoveragePane, matter: FakeMatter) -> None:
    click(pane.tree, index_of(pane.tree, SEALED))
    QTest.mouseClick(button(pane, "Password …"), Qt.MouseButton.LeftButton)
    field = opened.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    QTest.keyClicks(field, "open sesame")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: matter.how == [{"ocr": "auto", "passwords": ("open sesame",), "retry": False}])
    assert matter.indexed == [Path("record") / SEALED]
    qtbot.waitUntil(lambda: index_of(pane.tree, SEALED).siblingAtColumn(1).data() == "Indexed")
    assert field.text() == ""


def test_files_are_read_again_or_by_ocr(qtbot: QtBot, opened: Window, pane: CoveragePane, matter: FakeMatter) -> None:
    QTest.mouseClick(button(pane, "Try again"), Qt.MouseButton.LeftButton)  # nothing is selected: all that failed
    qtbot.waitUntil(lambda: len(matter.how) == 1)
    assert matter.how[0]["retry"] is True
    assert matter.indexed == [Path("record") / SEALED]
    qtbot.waitUntil(lambda: not opened.workspace.indexing.running)
    click(pane.tree, index_of(pane.tree, "Harbor Point Lease.pdf"))
    QTest.mouseClick(button(pane, "Read by OCR"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(matter.how) == 2)
    assert matter.how[1]["ocr"] == "always"
    assert matter.indexed[1] == Path("record/Harbor Point Lease.pdf")


@pytest.mark.parametrize("kind", ["PDF", "CSV"])
def test_the_certificate_is_saved(
    qtbot: QtBot,
    opened: Window,
    pane: CoveragePane,
    matter: FakeMatter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    target = tmp_path / "coverage"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    choose(qtbot, pane, "Certificate", f"As {kind} …")
    qtbot.waitUntil(lambda: "The certificate was saved" in words(opened.notices))
    written = target.with_suffix(f".{kind.lower()}")
    if kind == "CSV":
        with written.open(encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["path"] for row in rows].count("record/Harbor Point Lease.pdf") == 3
        assert "a password is needed to open it" in [row["file_reason"] for row in rows]
    else:
        text = pypdfium2.PdfDocument(written)[0].get_textpage().get_text_bounded()
        for said in ("Certificate of coverage", "Harbor Point v. Delmar", "1–3 text", "a password is needed"):
            assert said in text
    assert matter.exported == [written], "through the matter, which records it"
    assert [file.name for file in tmp_path.iterdir()] == [written.name], "nothing half-written stays behind"


def test_the_certificate_shows_text_of_files_as_it_stands() -> None:
    hostile = FileStatus("m/<img src=x>.pdf", "ab", "failed", 0, "<b>bold</b>")
    coverage = Coverage(0, {"failed": 1}, (hostile,), (Gap("HP000003", "HP000005", 3),))
    source = certificate.page_source(info("M"), coverage, lambda _id: [])
    assert "<img" not in source
    assert "&lt;b&gt;bold" in source
    assert "HP000003 to HP000005 (3)" in source


def test_pages_alike_are_named_together() -> None:
    def page(number: int, source: str, confidence: float | None = None, reason: str = "") -> PageStatus:
        return PageStatus(number, str(number), source, confidence, None, reason)  # type: ignore[arg-type]

    pages = [
        page(1, "text"),
        page(2, "text"),
        page(3, "ocr", 91.2),
        page(4, "ocr", 83.0),
        page(5, "failed", reason="x"),
    ]
    assert certificate.runs(pages) == ["1–2 text", "3–4 OCR 83%", "5 not readable (x)"]


def test_rows_are_sorted_with_their_pages_and_what_holds_them_follows(qtbot: QtBot) -> None:
    matter = harbor()
    model, proxy = CoverageModel(), CoverageFilter()
    proxy.setSourceModel(model)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    coverage = matter.status()
    model.show(coverage)
    file = next(file for file in coverage.files if file.pages == 3)
    assert file.document_id
    sheets = zip(matter.page_statuses(file.document_id), (80.0, 60.0, 90.0), strict=True)
    pages = [replace(page, source="ocr", confidence=confidence) for page, confidence in sheets]
    model.show_pages(file.path, pages)
    lease = next(at for at in range(4) if model.index(at, 0).data() == "Harbor Point Lease.pdf")
    held_file = QPersistentModelIndex(model.index(lease, 0))
    held_page = QPersistentModelIndex(model.index(0, 0, model.index(lease, 0)))
    first = held_page.data()
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    for column, order in ((0, down), (3, up), (2, down)):
        proxy.sort(column, order)
        assert held_file.data() == "Harbor Point Lease.pdf"
        assert (held_page.data(), held_page.parent().data()) == (first, "Harbor Point Lease.pdf")
        assert proxy.mapToSource(proxy.index(0, 0)) == model.index(0, 0), "the filter keeps the order"
    names = [model.index(at, 0).data() for at in range(4)]
    assert names[0] == "Harbor Point Lease.pdf", "the longest first"
    proxy.sort(3, up)
    above = model.index([model.index(at, 0).data() for at in range(4)].index("Harbor Point Lease.pdf"), 0)
    assert [model.index(at, 3, above).data() for at in range(3)] == ["60%", "80%", "90%"]
    assert tester


def test_the_models_keep_the_rules_of_qt(qtbot: QtBot) -> None:
    matter = harbor()
    model, proxy = CoverageModel(), CoverageFilter()
    proxy.setSourceModel(model)
    testers = [
        QAbstractItemModelTester(one, QAbstractItemModelTester.FailureReportingMode.Fatal) for one in (model, proxy)
    ]
    coverage = matter.status()
    model.show(coverage)
    file = coverage.files[0]
    assert file.document_id
    model.show_pages(file.path, matter.page_statuses(file.document_id))
    at = next(at for at in range(4) if model.index(at, 0).data() == "Harbor Point Lease.pdf")
    assert model.rowCount(model.index(at, 0)) == 3
    changed = replace(coverage, files=(replace(file, state="changed"), *coverage.files[1:]))
    model.show(changed)
    assert model.rowCount(model.index(at, 0)) == 0, "its pages may have changed with it"
    proxy.show_only("unread")
    assert proxy.rowCount() == 2
    assert testers


def test_columns_without_a_word_leave_their_room_to_the_names(pane: CoveragePane, matter: FakeMatter) -> None:
    reason, ocr = COLUMNS.index("Reason"), COLUMNS.index("OCR")
    assert not pane.tree.isColumnHidden(reason)
    coverage = matter.status()
    pane.show_coverage(replace(coverage, files=tuple(one for one in coverage.files if one.state == "indexed")))
    assert pane.tree.isColumnHidden(reason)
    assert pane.tree.isColumnHidden(ocr)
