"""What Word files hold besides paragraphs: notes, running heads, comments, changes, boxes, numbers, passwords."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from legalqa.ingest import typeset
from legalqa.ingest.formats.written import Written
from legalqa.ingest.items import Opened, PageRead
from tests.ingest.formats import found, kept

W = nsdecls("w")


def body_xml(document: Any, xml: str) -> None:
    """Append WordprocessingML to the body."""
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def saved(document: Any, path: Path) -> Path:
    document.save(str(path))
    return path


def with_notes(document: Any, kind: str, xml: str) -> None:
    """Add a part of notes or comments, which python-docx cannot write."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    part = Part(PackURI(f"/word/{kind}.xml"), content, xml.encode(), document.part.package)
    document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, kind.upper()))


def test_notes_running_heads_and_comments_stand_apart(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Harbor Point Lease"
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    body_xml(
        document,
        f'<w:p {W}><w:r><w:t xml:space="preserve">Rent is due</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r>'
        '<w:r><w:t xml:space="preserve"> monthly</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        "<w:r><w:t>.</w:t></w:r></w:p>",
    )
    with_notes(
        document,
        "footnotes",
        f'<w:footnotes {W}><w:footnote w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Second note.</w:t></w:r></w:p></w:footnote>'
        '<w:footnote w:id="7"><w:p><w:r><w:t>First note.</w:t></w:r></w:p></w:footnote></w:footnotes>',
    )
    with_notes(
        document,
        "comments",
        f'<w:comments {W}><w:comment w:id="1" w:author="Bob Ray"><w:p><w:r><w:t>Never agree.</w:t></w:r></w:p>'
        "</w:comment></w:comments>",
    )
    result = found(saved(document, tmp_path / "a.docx"))
    assert result.text == (
        "Harbor Point Lease\n\nRent is due monthly.\n\n1 First note.\n\n2 Second note.\n\nConfidential\n\n"
        "Never agree.\n\n"
    )
    assert result.regions("header") == [("Harbor Point Lease", "")]
    assert result.regions("footer") == [("Confidential", "")]
    assert result.regions("footnote") == [("1 First note.", "1"), ("2 Second note.", "2")]
    assert result.regions("hidden") == [("Never agree.", "comment by Bob Ray")]


def test_tracked_changes_are_read_as_accepted_and_counted(tmp_path: Path) -> None:
    document = docx.Document()
    body_xml(
        document,
        f'<w:p {W}><w:r><w:t xml:space="preserve">Within </w:t></w:r>'
        '<w:del w:id="1" w:author="A"><w:r><w:delText>thirty</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="A"><w:r><w:t>ten</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> days.</w:t></w:r></w:p>',
    )
    result = found(saved(document, tmp_path / "a.docx"))
    assert result.text == "Within ten days.\n\n"
    assert result.properties() == {"tracked_changes": "1 inserted, 1 deleted"}


def test_what_the_page_does_not_show_is_hidden(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Visible. ")
    paragraph.add_run("vanished").font.hidden = True
    paragraph.add_run("white").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run("tiny").font.size = Pt(1)
    cell = document.add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].add_run("white on a dark cell").font.color.rgb = RGBColor(255, 255, 255)
    result = found(saved(document, tmp_path / "a.docx"))
    assert result.text.startswith("Visible.")
    assert result.regions("hidden") == [("vanished", "hidden by its format"), ("white", "white"), ("tiny", "tiny")]
    assert result.regions("table") == [("white on a dark cell", "white on a dark cell")]


def test_text_boxes_come_once_after_their_paragraph(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>BOXED NOTICE</w:t></w:r></w:p></w:txbxContent>"
    document = docx.Document()
    body_xml(
        document,
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:t>Around.</w:t></w:r><w:r><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
    )
    assert found(saved(document, tmp_path / "a.docx")).text == "Around.\n\nBOXED NOTICE\n\n"


def numbered(document: Any, levels: str, extra: str = "") -> None:
    """A list definition 77 with these levels, and list 99 of it."""
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="77">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {W} w:numId="99"><w:abstractNumId w:val="77"/></w:num>'))
    if extra:
        root.append(parse_xml(f'<w:num {W} w:numId="100"><w:abstractNumId w:val="77"/>{extra}</w:num>'))


def item(document: Any, text: str, level: int = 0, number: int = 99) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = number


def level(number: int, kind: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lines(path: Path) -> list[str]:
    return [line for line in found(path).text.splitlines() if line]


def test_legal_numbers_under_an_article_in_roman(tmp_path: Path) -> None:
    document = docx.Document()
    numbered(document, level(0, "upperRoman", "ARTICLE %1") + level(1, "decimal", "%1.%2", "<w:isLgl/>"))
    for text, depth in (("RENT", 0), ("Base Rent", 1), ("Late Charges", 1), ("TERM", 0), ("Start", 1)):
        item(document, text, depth)
    assert lines(saved(document, tmp_path / "a.docx")) == [
        "ARTICLE I RENT", "1.1 Base Rent", "1.2 Late Charges", "ARTICLE II TERM", "2.1 Start",
    ]  # fmt: skip


def test_lists_of_one_definition_count_on_unless_they_begin_anew(tmp_path: Path) -> None:
    document = docx.Document()
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbered(document, level(0, "cardinalText", "Part %1:"), again)
    root = document.part.numbering_part.element
    root.append(parse_xml(f'<w:num {W} w:numId="101"><w:abstractNumId w:val="77"/></w:num>'))
    for text, number in (("a", 99), ("b", 101), ("c", 100), ("d", 100)):
        item(document, text, 0, number)
    assert lines(saved(document, tmp_path / "a.docx")) == ["Part One: a", "Part Two: b", "Part One: c", "Part Two: d"]


def test_a_heading_style_knows_its_level_by_the_list(tmp_path: Path) -> None:
    document = docx.Document()
    numbered(
        document,
        level(0, "decimal", "%1.", '<w:pStyle w:val="Heading1"/>')
        + level(1, "decimal", "%1.%2", '<w:pStyle w:val="Heading2"/>'),
    )
    for name in ("Heading1", "Heading2"):
        style = next(s for s in document.styles.element.findall(qn("w:style")) if s.get(qn("w:styleId")) == name)
        style.find(qn("w:pPr")).append(parse_xml(f'<w:numPr {W}><w:numId w:val="99"/></w:numPr>'))
    document.add_heading("Rent", 1)
    document.add_heading("Base Rent", 2)
    document.add_heading("Late Charges", 2)
    assert lines(saved(document, tmp_path / "a.docx")) == ["1. Rent", "1.1 Base Rent", "1.2 Late Charges"]


def test_merged_cells_and_tables_in_tables(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    inner = table.cell(2, 2).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
    result = found(saved(document, tmp_path / "a.docx"))
    assert result.text.splitlines()[:3] == ["wide | 02", "10 | 11 | 12", "20 | 21 | 22 in | side"]
    assert result.regions("table")[0][1] == "wide | 02"


def encrypted(path: Path, password: str) -> Path:
    """A Word document under a password."""
    from msoffcrypto.format.ooxml import OOXMLFile

    document = docx.Document()
    document.add_paragraph("Base Rent is $12,500.")
    plain = io.BytesIO()
    document.save(plain)
    plain.seek(0)
    with path.open("wb") as file:
        OOXMLFile(plain).encrypt(password, file)
    return path


def test_passwords_are_tried_in_turn_and_never_told(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "locked.docx", "Harbor-77")
    assert found(path, passwords=("wrong", "Harbor-77")).text == "Base Rent is $12,500.\n\n"
    for passwords in ((), ("wrong-word",)):
        refused = found(path, passwords=passwords).refused
        assert refused is not None
        assert refused.state == "encrypted"
        assert "wrong-word" not in refused.reason
        assert ("none of the passwords" in refused.reason) == bool(passwords)


def test_boxes_in_boxes_without_end_are_refused(tmp_path: Path) -> None:
    document = docx.Document()
    open_, close = "<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"
    body_xml(document, f"<w:p {W}><w:r><w:t>x</w:t></w:r></w:p>")
    inner = open_.replace("<w:p>", f"<w:p {W}>", 1) + open_ * 50 + close * 51
    body_xml(document, inner)
    refused = found(saved(document, tmp_path / "a.docx")).refused
    assert refused is not None
    assert refused.state == "failed"
    assert "too deep" in refused.reason


PARTS = st.lists(
    st.tuples(
        st.sampled_from(["", "table", "footnote", "hidden"]),
        st.text(st.characters(codec="utf-8"), max_size=60)
        | st.sampled_from(["word " * 400, "a\n" * 80, "\ud800", "\f"]),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(PARTS)
def test_regions_cover_what_was_written_also_over_the_end_of_a_page(parts: list[tuple[str, str]]) -> None:
    written = Written()
    for kind, text in parts:
        with written.region(kind) if kind else contextlib.nullcontext():  # type: ignore[arg-type]
            written.paragraph(text)
    opened, *pages = typeset.reads(written.text, Opened(0, paged=False), written.regions)
    assert isinstance(opened, Opened)
    assert not opened.paged
    assert opened.pages == len(pages)
    for page in pages:
        assert isinstance(page, PageRead)
        for region in page.regions:
            assert 0 <= region.start < region.end <= len(page.text)
    assert "".join(page.text for page in pages if isinstance(page, PageRead)) == written.text
    joined = sum(r.end - r.start for p in pages if isinstance(p, PageRead) for r in p.regions)
    assert joined == sum(region.end - region.start for region in written.regions)
    for region in written.regions:
        assert written.text[region.start : region.end].strip() == written.text[region.start : region.end] != ""


def test_pasted_scans_and_embedded_documents_are_files(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("See the scan.")
    scan, logo = io.BytesIO(), io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (300, 200), np.uint8)
    Image.fromarray(noise).save(scan, "png")
    Image.new("L", (20, 20)).save(logo, "png")
    document.add_picture(scan)
    document.add_picture(logo)
    path = saved(document, tmp_path / "a.docx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/embeddings/sheet.xlsx", b"PK")
        archive.writestr("word/embeddings/oleObject1.bin", b"x")
    result = found(path, spool=tmp_path)
    assert [(item.name, bool(item.reason)) for item in result.attached] == [
        ("image1.png", False), ("sheet.xlsx", False), ("oleObject1.bin", True),
    ]  # fmt: skip
    assert kept(tmp_path, result.attached[0]) == scan.getvalue()


def test_parts_that_word_merges_when_it_opens_a_file_are_files(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Before.")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    html = b"<html><p>Tenant waives notice.</p></html>"
    part = Part(PackURI("/word/afchunk1.html"), "text/html", html, document.part.package)
    merged = document.part.relate_to(part, kind)
    document.part.relate_to("https://example.com/afchunk2.html", kind, is_external=True)
    relations = nsdecls("r")
    body_xml(document, f'<w:altChunk {W} {relations} r:id="{merged}"/>')
    result = found(saved(document, tmp_path / "a.docx"), spool=tmp_path)
    assert [(item.name, item.reason) for item in result.attached] == [("afchunk1.html", "")]
    assert kept(tmp_path, result.attached[0]) == html


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx"])
def test_an_office_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 no archive")
    refused = found(path).refused
    assert refused is not None
    assert refused.state == "failed"
