"""What an open PDF holds besides its pages, and pages made to wear a reader out."""

from __future__ import annotations

import zlib
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from legalqa.ingest.layout import textlayer
from legalqa.ingest.pdf import PdfEncrypted, PdfFile, file
from tests.ingest import layouts, pdfs
from tests.ingest.conftest import LEASE


@pytest.mark.parametrize("password", ["secret", "Schlüssel"])
def test_a_password_opens_the_file_and_is_never_told(tmp_path: Path, password: str) -> None:
    path = pdfs.text_pdf(tmp_path / "locked.pdf", [LEASE], password=password)
    found = PdfFile(str(path), password)
    with found.page(1) as page:
        assert textlayer.read(page).text.startswith("ARTICLE 4 RENT")
    found.close()
    for wrong in (None, "sesame"):
        with pytest.raises(PdfEncrypted) as caught:
            PdfFile(str(path), wrong)
        assert "sesame" not in str(caught.value)
        assert password not in str(caught.value)


def test_attached_files_come_out_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pdfs.text_pdf(tmp_path / "portfolio.pdf", [LEASE])
    contents = {"exhibit a.txt": b"The exhibit.", "b/c\x07.bin": bytes(range(256)) * 40, "empty": b""}
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for name, content in contents.items():
            pdf.attachments[name] = content
        pdf.save(path)
    found = PdfFile(str(path))
    assert dict(found.attachments()) == {name.replace("\x07", ""): content for name, content in contents.items()}
    monkeypatch.setattr(file, "_ATTACHMENT_LARGEST", 100)
    assert dict(found.attachments())["b/c.bin"] is None
    found.close()


def test_bookmarks_in_their_order(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number, (title, level) in enumerate((("Article I", 0), ("1.1 Rent", 1), ("Article II", 0)), 1):
        canvas.bookmarkPage(title)
        canvas.addOutlineEntry(title, title, level)
        canvas.drawString(72, 700, f"Page {number}")
        canvas.showPage()
    canvas.save()
    found = PdfFile(str(tmp_path / "a.pdf"))
    assert found.outline() == (("Article I", 1, 1), ("1.1 Rent", 2, 2), ("Article II", 3, 1))
    found.close()


def test_bookmarks_that_run_in_a_circle_end(tmp_path: Path) -> None:
    path = pdfs.text_pdf(tmp_path / "a.pdf", [LEASE])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        mark = pdf.make_indirect(pikepdf.Dictionary(Title="again"))
        mark.Next = mark
        mark.First = mark
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=mark, Last=mark, Count=1))
        pdf.save(path)
    found = PdfFile(str(path))
    assert 0 < len(found.outline()) <= 5000
    found.close()


def test_a_page_of_countless_boxes_is_read(tmp_path: Path) -> None:
    boxes = b"".join(b"%d %d 5 5 re f " % (x % 600, x // 600) for x in range(120_000))
    content = boxes + b"BT /F1 12 Tf 72 700 Td (The words remain.) Tj ET"
    path = pdfs.text_pdf(tmp_path / "a.pdf", [("The words remain.",)])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(zlib.compress(content), Filter=pikepdf.Name.FlateDecode)
        pdf.save(path)
    assert layouts.layer(path).text == "The words remain."


def test_a_highlight_of_a_viewer_hides_nothing(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        layouts.at(canvas, 72, 120, "words to be seen")
        canvas.highlightAnnotation("read this", Rect=[70, 667, 260, 684], Color=[1, 1, 0])
        canvas.acroForm.textfield(name="n", x=300, y=600, width=100, height=16, value="a value", fontSize=11)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "hidden") == []
    assert "words to be seen" in found.text
    assert "a value" in found.text


def test_values_of_form_fields_are_drawn(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="n", x=100, y=600, width=200, height=30, value="WWWWWWWW", fontSize=20)

    found = PdfFile(str(layouts.pdf(tmp_path / "a.pdf", draw)))
    with found.page(1) as page:
        picture = page.render(1, 1_000_000, "grey")[0]
    found.close()
    assert int((picture[162:192, 105:200] < 100).sum()) > 100


def test_a_page_of_nothing_but_hidden_words_has_only_those(tmp_path: Path) -> None:
    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", lambda canvas: layouts.at(canvas, -500, 90, "all of it")))
    assert layouts.regions(found, "hidden") == [("off the page", "all of it")]
    assert found.text == "all of it"
