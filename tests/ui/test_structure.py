"""What the window makes of what ingestion told: files in files, kinds, hidden text, labels, lines, headers."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from legalqa.values.answer import Searched, VerifiedAnswer
from legalqa.values.document import Region
from legalqa.values.matter import Coverage, FileStatus
from legalqa.values.pin import pin
from tests.ui.conftest import ask, click_document, words
from tests.ui.double import FakeMatter, Picture, Typeset, info, sentence
from ui import theme
from ui.citation import CitationChip
from ui.documents import DocumentsFilter, DocumentsModel, described, trouble
from ui.window import Window

SECRET = "The settlement was four hundred thousand dollars."
ASKED = "What did the witness say?"
PAGES = [
    f"Q. Did you sign the agreement? A. I signed it on May 3. {SECRET}",
    "Item | Quantity | Amount Berth hire | 12 | $4,800.00",
]


class Structured(FakeMatter):
    """A transcript whose pages are labelled, with hidden text; an e-mail with an attachment in an archive."""

    def status(self) -> Coverage:
        known = super().status()
        files = [replace(file, hidden_text=True, kind="pdf") for file in known.files if file.document_id]
        mail = FileStatus(
            "m/box.zip/thread.eml", "1", "indexed", 1, "", None, type="email", kind="eml", parent="m/box.zip"
        )
        more = [
            FileStatus("m/box.zip", "2", "indexed", 0, "", None, kind="zip"),
            mail,
            FileStatus("m/box.zip/thread.eml/fees.xlsx", "3", "indexed", 2, "", None, kind="xlsx", parent=mail.path),
            FileStatus("m/box.zip/thread.eml/scan.tif", "4", "failed", 0, "it is damaged", None, parent=mail.path),
            FileStatus("m/a photo.heic", "5", "indexed", 1, "", None, kind="image", repaired=True),
            FileStatus("m/slides.pptx", "6", "indexed", 9, "", None, kind="pptx"),
        ]
        return replace(known, files=(*files, *more))


def transcript() -> FakeMatter:
    one = Typeset("m/Okafor transcript.pdf", PAGES, type="transcript", date="2025-03-18")
    text = one.document.text
    spoken = ["Q. Did you sign the agreement?", "A. I signed it on May 3."]
    regions = [
        Region("line", text.index(line), text.index(line) + len(line), str(n)) for n, line in enumerate(spoken, 12)
    ]
    at = text.index(SECRET)
    regions += [Region("hidden", at, at + len(SECRET), "under an opaque box")]
    pages = [replace(page, label=label) for page, label in zip(one.document.pages, ("45", "xlvi"), strict=True)]
    pages[1] = replace(pages[1], reason="part of the page is a picture")
    one.document = replace(one.document, regions=tuple(regions), pages=tuple(pages))
    row = one.cite("2", "Berth hire | 12 | $4,800.00")
    said = one.cite("1", "I signed it on May 3.")
    cites = [
        replace(cited, pin=pin(one.document, cited.start or 0, cited.end or 0).text)
        for cited in (said, row, one.cite("3", SECRET))
    ]
    cites[1] = replace(cites[1], header="Item | Quantity | Amount", amended_by=("First Amendment, see § 2",))
    cites[2] = replace(cites[2], found=False, hidden="under an opaque box")
    matter = Structured(info("Harbor Point"), [one])
    searched = Searched(1, 2, (), ("Okafor transcript.pdf p. 2 (part of the page is a picture)",))
    matter.answers[ASKED] = VerifiedAnswer(
        "answered",
        (
            sentence("verbatim", "“I signed it on May 3.”", cites[0], cites[1], reasons=("it stands there",)),
            sentence("bad_reference", f"“{SECRET}”", cites[2], reasons=("it cannot be seen on the page",)),
        ),
        (), (), searched, None, {}, ASKED,
    )  # fmt: skip
    return matter


@pytest.fixture
def matter() -> FakeMatter:
    return transcript()


@pytest.fixture
def shown(qtbot: QtBot, window: Window) -> Window:
    """The window with the matter open and all its rows listed."""
    from tests.ui.conftest import click_row

    click_row(qtbot, window, 0)
    qtbot.waitUntil(lambda: window.workspace.documents.list.model().rowCount() == 7)
    return window


def test_attachments_stand_under_what_they_came_in(matter: FakeMatter) -> None:
    model = DocumentsModel()
    proxy = DocumentsFilter(model)
    model.show(matter.status().files)
    proxy.setSourceModel(model)

    def names() -> list[str]:
        return [proxy.index(row, 0).data() for row in range(proxy.rowCount())]

    family = ["box.zip", "thread.eml", "fees.xlsx", "scan.tif"]
    assert names() == ["a photo.heic", *family, "Okafor transcript.pdf", "slides.pptx"]
    proxy.sort_by("pages")
    assert names() == ["slides.pptx", "Okafor transcript.pdf", "a photo.heic", *family]
    proxy.show_only("attention")
    assert names() == ["Okafor transcript.pdf", "scan.tif"]


def test_rows_tell_kind_and_what_is_odd(matter: FakeMatter) -> None:
    by_name = {Path(file.path).name: file for file in matter.status().files}
    assert described(by_name["thread.eml"]) == "E-mail · 1 page"
    assert described(by_name["fees.xlsx"]) == "Spreadsheet · 2 pages"
    assert described(replace(by_name["fees.xlsx"], kind="dwg")) == "DWG · 2 pages"
    assert trouble(by_name["Okafor transcript.pdf"]) == "Holds text that cannot be seen on its pages"
    assert trouble(by_name["a photo.heic"]) == "Was damaged, and read after a repair"
    for word, icon in theme.KINDS.values():
        assert (theme.resources() / "icons" / f"{icon}.svg").is_file(), word


def test_a_page_drawn_from_its_words_is_said_to_be(
    qtbot: QtBot, shown: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = Typeset.draw
    why = "Page 1 cannot be drawn: the file is protected by a password."

    def draw(self: Typeset, page: int, scale: float) -> Picture:
        return replace(drawn(self, page, scale), instead=why if page == 1 else "")

    monkeypatch.setattr(Typeset, "draw", draw)
    reader = shown.workspace.reader
    click_document(qtbot, shown, "Okafor transcript.pdf")
    qtbot.waitUntil(lambda: "drawn from the words" in words(reader))
    assert why in words(reader)
    assert "It is drawn in grey here." in words(reader)
    reader.next_page()
    qtbot.waitUntil(lambda: reader.view.page == 2)
    assert "drawn from the words" not in words(reader)


def test_the_page_says_what_cannot_be_seen_on_it_and_how_it_is_labelled(qtbot: QtBot, shown: Window) -> None:
    reader = shown.workspace.reader
    click_document(qtbot, shown, "Okafor transcript.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 2)
    said = words(reader)
    assert "Text that cannot be seen on the page: under an opaque box." in said
    assert "p. 45" in said
    reader.next_page()
    qtbot.waitUntil(lambda: reader.view.page == 2)
    said = words(reader)
    assert "cannot be seen" not in said
    assert "part of the page is a picture" in said
    go_to(shown, "45")
    assert reader.view.page == 2  # digits are physical pages, and there is no page 45
    reader.previous_page()
    go_to(shown, "XLVI")
    qtbot.waitUntil(lambda: reader.view.page == 2)


def go_to(window: Window, place: str) -> None:
    """Type a place over the page number and press Enter."""
    window.workspace.reader.ask_page()
    field = window.focusWidget()
    assert field is not None
    QTest.keyClicks(field, place)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_line_of_a_transcript_is_gone_to(qtbot: QtBot, shown: Window) -> None:
    reader = shown.workspace.reader
    click_document(qtbot, shown, "Okafor transcript.pdf")
    qtbot.waitUntil(lambda: reader.view.page_count == 2)
    reader.next_page()
    go_to(shown, "45:13")
    qtbot.waitUntil(lambda: reader.view.page == 1 and bool(reader.view.box_rects()))
    go_to(shown, "45:99")
    assert words(reader), "a line that is not there is put back"
    assert reader.view.page == 1


def test_chips_cite_lines_and_labels_and_flag_hidden_text(qtbot: QtBot, shown: Window) -> None:
    ask(qtbot, shown, ASKED)
    view = shown.workspace.ask
    qtbot.waitUntil(lambda: len(view.findChildren(CitationChip)) == 3)
    said = [chip.text() for chip in view.findChildren(CitationChip)]
    assert said[0] == "Okafor transcript.pdf, 45:13"
    assert said[1] == "Okafor transcript.pdf, p. xlvi (page 2 of the file)"
    qtbot.waitUntil(lambda: "Only partly read" in words(view))
    read = words(view)
    assert "Under the table's header: Item | Quantity | Amount" in read
    assert "Document amended by First Amendment, see § 2" in read
    assert "Text that cannot be seen on the page: under an opaque box." in read
    assert "Only partly read:\nOkafor transcript.pdf p. 2" in read


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_is_drawn_in_both_looks(qtbot: QtBot, shown: Window, look: theme.Theme, choice: theme.Choice) -> None:
    look.apply(choice)
    ask(qtbot, shown, ASKED)
    click_document(qtbot, shown, "Okafor transcript.pdf")
    qtbot.waitUntil(lambda: bool(shown.workspace.reader.view._pictures))
    QApplication.processEvents()
    picture = shown.grab()
    assert picture.width() >= 1280
    if folder := os.environ.get("LEGALQA_TEST_PICTURES"):
        picture.save(str(Path(folder) / f"structure-{choice}.png"))
