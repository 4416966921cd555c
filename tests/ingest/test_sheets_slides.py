"""Workbooks, .csv files and presentations."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from legalqa.ingest import limits
from legalqa.ingest.formats import cells
from legalqa.ingest.formats.cellformat import shown
from tests.ingest.formats import found


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12500, "General", "12500"),
        (12500.5, "General", "12500.5"),
        (12500, '"$"#,##0.00', "$12,500.00"),
        (12500, "[$$-409]#,##0.00", "$12,500.00"),
        (-12500, '"$"#,##0.00_);("$"#,##0.00)', "($12,500.00)"),
        (-3, "#,##0;[Red]-#,##0", "-3"),
        (-3, "0", "-3"),
        (0, '#,##0;(#,##0);"-"', "-"),
        (0.05, "0%", "5%"),
        (0.0525, "0.00%", "5.25%"),
        (1234567, '#,##0.0,,"M"', "1.2M"),
        (7, "000", "007"),
        (1.5, "0.##", "1.5"),
        (2, "0.##", "2"),
        (100, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_)', "$100.00"),
        (5551234, "000-0000", "5551234"),  # several groups of digits: not understood
        (dt.datetime(2024, 3, 5), "m/d/yyyy", "3/5/2024"),
        (dt.datetime(2024, 3, 5), "mmmm d, yyyy", "March 5, 2024"),
        (dt.datetime(2024, 3, 5), "[$-409]d-mmm-yy;@", "5-Mar-24"),
        (dt.datetime(2024, 3, 5, 14, 7), "m/d/yy h:mm AM/PM", "3/5/24 2:07 PM"),
        (dt.datetime(2024, 3, 5), "General", "2024-03-05"),
        (dt.datetime(2024, 3, 5), "[$-F800]dddd, mmmm dd, yyyy", "Tuesday, March 05, 2024"),
        (dt.time(9, 5), "h:mm", "9:05"),
        (dt.timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
        (True, "General", "TRUE"),
        ("as it is", "@", "as it is"),
        (None, "General", ""),
    ],
)
def test_a_cell_shows_what_the_spreadsheet_shows(value: Any, code: str, text: str) -> None:
    assert shown(value, code) == text


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.datetimes(), st.text(max_size=40))
def test_no_format_breaks_a_cell(value: Any, code: str) -> None:
    assert isinstance(shown(value, code), str)


@given(st.integers(-(10**12), 10**12))
def test_no_format_of_money_changes_the_amount(cents: int) -> None:
    said = shown(cents / 100, '"$"#,##0.00_);("$"#,##0.00)')
    digits = int("".join(c for c in said if c.isdigit()))
    assert digits == abs(cents)
    assert (cents < 0) == said.startswith("(")


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Rent Roll"
    sheet.append(["Rent roll of March 2024"])
    sheet.append([])
    sheet.append(["Tenant", "Suite", "Rent", "From"])
    sheet.append(["Harbor Foods", 400, 12500, dt.datetime(2024, 3, 5)])
    sheet["C4"].number_format, sheet["D4"].number_format = '"$"#,##0.00', "m/d/yyyy"
    other: Any = book.create_sheet("Private")
    other.append(["Reserve", 5])
    other.sheet_state = "hidden"
    book.save(path)
    return path


def test_sheets_are_pages_and_rows_are_lines(tmp_path: Path) -> None:
    result = found(workbook(tmp_path / "roll.xlsx"))
    assert result.opened is not None
    assert result.opened.paged
    assert [(page.page.number, page.page.label) for page in result.pages] == [(1, "Rent Roll"), (2, "Private")]
    assert result.pages[0].text == (
        "Rent roll of March 2024\n\nTenant | Suite | Rent | From\nHarbor Foods | 400 | $12,500.00 | 3/5/2024\n\n"
    )
    assert result.regions("table")[0][1] == "Tenant | Suite | Rent | From"
    assert result.regions("hidden") == [("Reserve | 5", "hidden sheet")]


def test_a_formula_that_nobody_computed_stands_there_itself(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (
        ["Tenant", "Rent"],
        ["Harbor Foods", 5],
        ["Roe", 7],
        ["Total", "=SUM(B2:B3)"],
        ["", '=_xlfn.CONCAT("a")'],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    text = found(tmp_path / "a.xlsx").text
    assert text == 'Tenant | Rent\nHarbor Foods | 5\nRoe | 7\nTotal | =SUM(B2:B3)\n | =CONCAT("a")\n\n'


def rewritten(path: Path, member: str, *changes: tuple[str, str]) -> Path:
    """The archive with parts of a member changed."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    for old, new in changes:
        assert old.encode() in members[member]
        members[member] = members[member].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def test_computed_and_shared_formulas(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["rows"])
    book.save(tmp_path / "a.xlsx")
    cells_b = (
        '<c r="B1"><f t="shared" ref="B1:B2" si="0">A1+1</f></c>',
        '<c r="B2"><f t="shared" si="0"/></c>',
        '<c r="B3"><f>A3+1</f><v>9</v></c>',
        '<c r="B4" t="str"><f>A4+1</f><v></v></c>',  # computed, and empty
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c>{cell}</row>' for n, cell in enumerate(cells_b, 1))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    old = xml[xml.index("<sheetData>") : xml.index("</sheetData>")]
    rewritten(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", (old, f"<sheetData>{rows}"))
    assert found(tmp_path / "a.xlsx").text == "1 | =A1+1\n2 | =A2+1\n3 | 9\n4\n\n"


def test_hidden_rows_and_columns_come_after_what_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Tenant", "Margin", "Rent"], ["Foods", "12%", 5], ["Roe", "9%", 7], ["Doe", "", 8], ["Poe", "8%", 9]):
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
    book.save(tmp_path / "a.xlsx")
    result = found(tmp_path / "a.xlsx")
    assert result.regions("table") == [("Tenant | Rent\nFoods | 5\nPoe | 9", "Tenant | Rent")]
    assert result.regions("hidden") == [
        ("Roe | 9% | 7\nDoe |  | 8", "hidden row"),
        ("B1 | Margin\nB2 | 12%\nB5 | 8%", "hidden column"),
    ]


def test_a_row_without_height_is_hidden_and_one_of_some_height_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["a", "b"], ["c", "d"], ["e", "f"]):
        sheet.append(row)
    sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 9, 0.5
    sheet.column_dimensions["B"].width = 0.5
    book.save(tmp_path / "a.xlsx")
    rewritten(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", ('ht="9"', 'ht="0"'))
    assert found(tmp_path / "a.xlsx").regions("hidden") == [("c | d", "hidden row")]


def test_the_hint_of_a_hidden_row_is_found_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    xml = b"<worksheet>" + b" " * 900 + b'<sheetData><row r="7" hidden="1"><c/></row></sheetData></worksheet>'
    monkeypatch.setattr(cells, "_BLOCK", 64)
    monkeypatch.setattr(cells, "_OVERLAP", 63)
    assert cells.aside(lambda: io.BytesIO(xml)).rows == {7}


@given(st.integers(1, 16_384))
def test_columns_are_named_as_spreadsheets_do(column: int) -> None:
    assert cells.letters(column) == openpyxl.utils.get_column_letter(column)


def test_comments_on_cells_are_hidden_words_after_the_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Rent", 5])
    sheet["B1"].comment = Comment("Client says this is too low.", "Bob Ray")
    book.save(tmp_path / "a.xlsx")
    result = found(tmp_path / "a.xlsx")
    assert [page.page.label for page in result.pages] == ["Sheet", "comments"]
    assert result.regions("hidden") == [("Client says this is too low.", "comment on cell B1")]


def test_a_long_sheet_takes_several_pages_under_its_name_and_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Date", "Amount"])
    for number in range(900):
        sheet.append([f"day {number}", number])
    book.save(tmp_path / "long.xlsx")
    result = found(tmp_path / "long.xlsx")
    assert [page.page.label for page in result.pages] == ["Sheet"] * 3
    assert {detail for _, detail in result.regions("table")} == {"Date | Amount"}
    assert result.text.count("day ") == 900


def test_what_is_beyond_the_limit_of_cells_is_a_failed_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CELLS", 5)
    result = found(workbook(tmp_path / "roll.xlsx"))
    assert result.pages[0].text == "Rent roll of March 2024\n\nTenant | Suite | Rent | From\n\n"
    last = result.pages[-1].page
    assert (last.label, last.source) == ("Rent Roll", "failed")
    assert "no more than 5 cells" in (last.reason or "")


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50_000_000)
    refused = found(tmp_path / "bomb.xlsx").refused
    assert refused is not None
    assert "unpacks" in refused.reason


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('Name,Amount\n"Foods, Inc.",5\n', ["Name | Amount", "Foods, Inc. | 5"]),
        ("Name;Amount\nFoods;5,00\n", ["Name | Amount", "Foods | 5,00"]),
        ("Name\tAmount\r\nFoods\t5\r\n", ["Name | Amount", "Foods | 5"]),
        ("one column\nof words\n", ["one column", "of words"]),
    ],
)
def test_csv_files_are_rows(tmp_path: Path, content: str, lines: list[str]) -> None:
    (tmp_path / "a.csv").write_bytes(content.encode())
    result = found(tmp_path / "a.csv")
    assert result.text.split("\n")[:2] == lines
    assert bool(result.regions("table")) == (" | " in lines[0])


def presentation(path: Path) -> Path:
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "Closing", "Conditions\nTitle insurance"
    first.notes_slide.notes_text_frame.text = "Ask about the escrow."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    table = second.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(3), Inches(1)).table
    for row, values in enumerate((("Year", "Rent"), ("1", "$5"))):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(3), Inches(3), Inches(1)).text_frame.text = "In a group"
    third = deck.slides.add_slide(deck.slide_layouts[6])
    third._element.set("show", "0")
    third.shapes.add_textbox(Inches(1), Inches(3), Inches(3), Inches(1)).text_frame.text = "Not shown"
    deck.save(str(path))
    return path


def test_slides_are_pages_with_their_notes(tmp_path: Path) -> None:
    result = found(presentation(tmp_path / "deck.pptx"))
    assert result.opened is not None
    assert result.opened.paged
    assert [page.page.label for page in result.pages] == ["1", "2", "3"]
    assert result.pages[0].text == "Closing\n\nConditions\nTitle insurance\n\nNotes: Ask about the escrow.\n\n"
    assert result.pages[1].text == "Year | Rent\n1 | $5\n\nIn a group\n\n"
    assert result.regions("table") == [("Year | Rent\n1 | $5", "Year | Rent")]
    assert result.regions("hidden") == [("Not shown", "hidden slide")]


OLD_COMMENTS = """<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">
<p:cm authorId="0" idx="1"><p:pos x="10" y="10"/><p:text>Client never agreed.</p:text></p:cm></p:cmLst>"""
NEW_COMMENTS = """<p188:cmLst xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p188:cm id="{1}"><p188:replyLst><p188:reply id="{2}">
<p188:txBody><a:p><a:r><a:t>It is</a:t></a:r><a:r><a:t>gone.</a:t></a:r></a:p></p188:txBody></p188:reply>
</p188:replyLst><p188:txBody>
<a:p><a:r><a:t>Where is the escrow?</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>"""


@pytest.mark.parametrize(
    ("xml", "kind", "said"),
    [
        (OLD_COMMENTS, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
         ["Client never agreed."]),
        (NEW_COMMENTS, "http://schemas.microsoft.com/office/2018/10/relationships/comments",
         ["Where is the escrow?", "It is gone."]),
        ("<broken", "http://schemas.microsoft.com/office/2018/10/relationships/comments", []),
    ],
)  # fmt: skip
def test_comments_on_slides_are_hidden_words(tmp_path: Path, xml: str, kind: str, said: list[str]) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Closing"
    part = Part(PackURI("/ppt/comments/comment1.xml"), "application/xml", deck.part.package, xml.encode())
    slide.part.relate_to(part, kind)
    deck.save(str(tmp_path / "a.pptx"))
    result = found(tmp_path / "a.pptx")
    assert result.text.startswith("Closing")
    assert result.regions("hidden") == [(words, "comment") for words in said]
