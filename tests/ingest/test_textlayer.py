"""The text layer of a page: footnotes, margin numbers, tables, form fields, how lines are set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from legalqa.ingest.layout.lines import Piece, Row, composed
from tests.ingest import layouts
from tests.ingest.layouts import HEIGHT, Canvas, at, column, grid, numbered

BODY = [f"Body line {number} of the opinion, which goes on for quite a while here." for number in range(20)]


def test_footnotes_follow_the_body_and_stand_before_the_foot(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 300, 760, "12")
        canvas.line(72, HEIGHT - 640, 216, HEIGHT - 640)
        at(canvas, 72, 649, "1", size=6)
        at(canvas, 77, 652, "See Smith v. Jones, 12 U.S. 34 (1990), which holds", size=9)
        at(canvas, 72, 664, "the contrary.", size=9)
        at(canvas, 72, 673, "2", size=6)
        at(canvas, 77, 676, "Id. at 36.", size=9)
        column(canvas, 72, 80, BODY)
        at(canvas, 72, 374, "The rule is settled.")
        at(canvas, 72 + canvas.stringWidth("The rule is settled.", "Times-Roman", 11), 370, "1", size=7)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    notes = [
        ("1", "1 See Smith v. Jones, 12 U.S. 34 (1990), which holds\nthe contrary."),
        ("2", "2 Id. at 36."),
    ]
    assert layouts.regions(found, "footnote") == notes
    assert found.text.endswith("The rule is settled. 1\n\n" + notes[0][1] + "\n" + notes[1][1] + "\n\n12")


def test_footnotes_of_two_columns(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for x, name, mark in ((72, "left", "1"), (320, "right", "2")):
            column(canvas, x, 80, [f"the {name} body in line {n} of it" for n in range(30)])
            canvas.line(x, HEIGHT - 520, x + 68, HEIGHT - 520)
            at(canvas, x, 530, mark, size=6)
            at(canvas, x + 4, 533, f"The {name} note.", size=9)
        at(canvas, 300, 760, "7")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "footnote") == [("1", "1 The left note."), ("2", "2 The right note.")]
    assert found.text.endswith("the right body in line 29 of it\n\n1 The left note.\n2 The right note.\n\n7")


def test_small_type_and_rules_alone_are_no_footnotes(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 72, 80, BODY)
        canvas.line(72, HEIGHT - 600, 216, HEIGHT - 600)
        at(canvas, 72, 612, "Ann Poe, President")
        at(canvas, 72, 740, "Form 12-B, revised", size=7)

    assert layouts.regions(layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)), "footnote") == []


def test_numbers_of_pleading_paper_leave_the_text(tmp_path: Path) -> None:
    said = {row: f"The allegation in row {row} stands here." for row in range(1, 29) if row % 5}

    def draw(canvas: Canvas) -> None:
        numbered(canvas, 28)
        canvas.line(66, 20, 66, 780)
        canvas.line(69, 20, 69, 780)
        for row, text in said.items():
            at(canvas, 80, 80 + 24 * (row - 1), text)
        at(canvas, 300, 770, "COMPLAINT - 3", size=9)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "line") == [(str(row), text) for row, text in said.items()]
    assert [line for line in found.text.split("\n") if line] == [*said.values(), "COMPLAINT - 3"]


def test_numbers_of_a_transcript(tmp_path: Path) -> None:
    said = [f"Q.   Did you sign exhibit {row} on May 1?" for row in range(1, 26)]

    def draw(canvas: Canvas) -> None:
        at(canvas, 500, 50, "47", font="Courier")
        for row, text in enumerate(said, 1):
            at(canvas, 60 if row > 9 else 67, 43 + 27 * row, f"{row}     {text}", font="Courier")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "line") == [(str(n), " ".join(text.split())) for n, text in enumerate(said, 1)]
    assert found.text.startswith("47\n")


def test_footnotes_and_tables_of_a_pleading(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        numbered(canvas, 28)
        canvas.line(66, 20, 66, 780)
        for row in range(1, 15):
            at(canvas, 80, 80 + 24 * (row - 1), f"The allegation in row {row} stands here.")
        grid(canvas, [80, 200, 330], [400, 424, 448])
        for x, top, text in ((84, 416, "Claim"), (204, 416, "Sum"), (84, 440, "Rent"), (204, 440, "$10,000")):
            at(canvas, x, top, text)
        canvas.line(80, HEIGHT - 690, 224, HEIGHT - 690)
        at(canvas, 80, 699, "1", size=6)
        at(canvas, 85, 702, "See the lease, which says so.", size=9)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "footnote") == [("1", "1 See the lease, which says so.")]
    assert layouts.regions(found, "table") == [("Claim | Sum", "Claim | Sum\nRent | $10,000")]
    lines = layouts.regions(found, "line")
    assert lines[:2] == [("1", "The allegation in row 1 stands here."), ("2", "The allegation in row 2 stands here.")]
    assert lines[14:] == [("15", "Claim | Sum"), ("16", "Rent | $10,000"), ("27", "1 See the lease, which says so.")]


def test_a_condensed_transcript_is_four_pages(tmp_path: Path) -> None:
    quarters = [(60, 60), (60, 420), (330, 60), (330, 420)]

    def draw(canvas: Canvas) -> None:
        for page, (x, top) in enumerate(quarters, 5):
            at(canvas, x + 180, top - 10, f"Page {page}", size=7)
            for row in range(1, 26):
                at(canvas, x if row > 9 else x + 4.2, top + 12 * row, str(row), font="Courier", size=7)
                at(canvas, x + 20, top + 12 * row, f"words of page {page} in line {row}", font="Courier", size=7)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    lines = [(str(row), f"words of page {page} in line {row}") for page in range(5, 9) for row in range(1, 26)]
    assert [region for region in layouts.regions(found, "line") if region[1].startswith("words")] == lines
    assert [line for line in found.text.split("\n") if line.startswith("Page")] == [f"Page {n}" for n in range(5, 9)]


def paragraphs(canvas: Canvas) -> None:
    for number in range(1, 26):
        at(canvas, 72, 60 + 20 * number, f"{number}.")
        at(canvas, 110, 60 + 20 * number, f"The defendant denies paragraph {number}")


def inventory(canvas: Canvas) -> None:
    at(canvas, 68, 58, "No.")
    for number in range(1, 26):
        at(canvas, 72, 60 + 20 * number, str(number))
        at(canvas, 110, 60 + 20 * number, f"Item of the inventory {number}")


def years_in_a_list(canvas: Canvas) -> None:
    for number in range(1, 8):
        at(canvas, 72, 60 + 20 * number, str(number))
        at(canvas, 110, 60 + 20 * number, "is how many there were")


@pytest.mark.parametrize("draw", [paragraphs, inventory, years_in_a_list])
def test_other_numbers_at_the_left_stay_in_the_text(tmp_path: Path, draw: layouts.Draw) -> None:
    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "line") == []
    assert "\n7" in found.text


def test_a_ruled_table_keeps_its_rows_and_head(tmp_path: Path) -> None:
    xs, tops = [72, 200, 330, 460], [100, 120, 150, 170]

    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 80, "The fees are set out below.")
        grid(canvas, xs, tops)
        for x, head in zip(xs, ("Milestone", "Date due", "Fee"), strict=False):
            at(canvas, x + 4, 114, head, "Times-Bold")
        at(canvas, 334, 164, "$20,000")
        at(canvas, 76, 134, "Signing of the agree-")
        at(canvas, 76, 146, "ment")
        at(canvas, 204, 134, "1 May 2024")
        at(canvas, 334, 134, "$10,000")
        at(canvas, 76, 164, "Completion")
        at(canvas, 72, 190, "All fees are net of tax.")

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    table = "Milestone | Date due | Fee\nSigning of the agreement | 1 May 2024 | $10,000\nCompletion | | $20,000"
    assert layouts.regions(found, "table") == [("Milestone | Date due | Fee", table)]
    assert found.text == f"The fees are set out below.\n\n{table}\n\nAll fees are net of tax."
    fee = next(word for word in found.words if found.text[word.start : word.end] == "$20,000")
    assert (round(fee.x0), round(fee.y1)) == (334, 167)


def test_a_table_without_a_head_names_none(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, [72, 200, 330], [100, 120, 140])
        for x, top, text in ((76, 114, "Territory"), (204, 114, "USA"), (76, 134, "Product"), (204, 134, "Walabot")):
            at(canvas, x, top, text)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert layouts.regions(found, "table") == [("", "Territory | USA\nProduct | Walabot")]


def test_an_empty_first_cell_keeps_its_column(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, [72, 200, 330, 460], [100, 120, 140])
        for x, top, text in (
            (204, 114, "2023"),
            (334, 114, "2024"),
            (76, 134, "Rent"),
            (204, 134, "1"),
            (334, 134, "2"),
        ):
            at(canvas, x, top, text)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert found.text == "| 2023 | 2024\nRent | 1 | 2"


def test_columns_of_an_invoice_without_rules(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for x, head in ((72, "Date"), (160, "Description"), (350, "Hours"), (430, "Amount")):
            at(canvas, x, 110, head)
        for row in range(4):
            cells = ((72, f"0{row + 1}/05/2024"), (160, "Review"), (350, f"{row}.5"), (430, f"${row * 100 + 50}.00"))
            for x, text in cells:
                at(canvas, x, 126 + 16 * row, text)

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    ((head, text),) = layouts.regions(found, "table")
    assert head == "Date | Description | Hours | Amount"
    assert text.split("\n")[2] == "02/05/2024 | Review | 1.5 | $150.00"


def frame(canvas: Canvas) -> None:
    canvas.rect(36, 36, 540, 720)
    canvas.rect(40, 40, 532, 712)
    column(canvas, 72, 90, BODY)


def signatures(canvas: Canvas) -> None:
    grid(canvas, [60, 300, 540], [100, 130, 160, 190])
    for row, label in enumerate(("By:", "Name:", "Title:")):
        at(canvas, 70, 120 + 30 * row, f"{label} Ann Poe")
        at(canvas, 310, 120 + 30 * row, f"{label} Roy Orr")


def contents(canvas: Canvas) -> None:
    for row in range(6):
        at(canvas, 72, 100 + 16 * row, f"4.{row}")
        at(canvas, 120, 100 + 16 * row, "Late charges")
        at(canvas, 480, 100 + 16 * row, str(row + 10))


@pytest.mark.parametrize("draw", [frame, signatures, contents])
def test_frames_signatures_and_contents_are_no_tables(tmp_path: Path, draw: layouts.Draw) -> None:
    assert layouts.regions(layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)), "table") == []


def test_form_fields_and_text_boxes_are_read_where_they_stand(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 100, "Name of tenant: ____________________")
        at(canvas, 72, 130, "Rent per month:")
        form = canvas.acroForm
        form.textfield(name="n", x=150, y=HEIGHT - 104, width=150, height=16, value="Ann Poe", fontSize=11)
        form.textfield(name="r", x=150, y=HEIGHT - 134, width=150, height=16, value="1,250 dollars", fontSize=11)
        canvas.freeTextAnnotation("APPROVED BY COUNSEL", DA="/Helv 10 Tf 0 g", Rect=[350, 600, 500, 620])
        canvas.textAnnotation("a sticky comment", Rect=[500, 700, 520, 720])

    found = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw))
    assert "Rent per month: 1,250 dollars" in found.text
    assert "Ann Poe" in found.text.split("\n")[0]
    assert "APPROVED BY COUNSEL" in found.text
    assert "sticky" not in found.text
    approved = next(word for word in found.words if found.text[word.start : word.end] == "APPROVED")
    assert 350 <= approved.x0 < approved.x1 <= 500
    assert 172 <= approved.y0 < approved.y1 <= 192


def test_lines_say_how_they_are_set(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        at(canvas, 72, 90, "ARTICLE 4 RENT", "Times-Bold", 14)
        canvas.saveState()
        canvas.translate(72, HEIGHT - 120)
        canvas.scale(10, 10)
        canvas.setFont("Times-Roman", 1.2)
        canvas.drawString(0, 0, "Tenant shall pay.")
        canvas.restoreState()

    head, text = layouts.layer(layouts.pdf(tmp_path / "a.pdf", draw)).lines
    assert (head.size, head.bold) == (14, 1)
    assert (text.size, text.bold) == (12, 0)
    assert (round(head.x0), round(text.x0)) == (72, 72)
    assert head.y1 <= text.y0


def test_ligatures_soft_hyphens_and_characters_of_no_width() -> None:
    rows = [
        Row([Piece("ef\ufb01\u200bcient", 0, 0, 50, 12), Piece("on\u00adgoing", 55, 0, 90, 12)]),
        Row([Piece("agree\u00ad", 0, 14, 50, 26)]),
        Row([Piece("ment\u037e", 0, 28, 50, 40)]),
    ]
    found = composed(rows)
    assert found.text == "efficient on-going\nagreement;"
    assert [found.text[word.start : word.end] for word in found.words] == ["efficient", "on-going", "agree", "ment;"]


def test_rules_that_make_no_cells_do_not_load_pdfplumber(tmp_path: Path) -> None:
    def draw(canvas: layouts.Canvas) -> None:
        layouts.grid(canvas, (72, 300), (100, 120))
        layouts.at(canvas, 80, 115, "A framed line of text")

    path = layouts.pdf(tmp_path / "a.pdf", draw)
    code = (
        "import sys\nfrom tests.ingest import layouts\nfrom pathlib import Path\n"
        "found = layouts.layer(Path(sys.argv[1]))\n"
        "assert found.text == 'A framed line of text', found.text\n"
        "assert 'pdfplumber' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
