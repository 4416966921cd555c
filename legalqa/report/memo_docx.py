"""A memo as a Word file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from legalqa.errors import UserError
from legalqa.values.memo import BOLD, COLOURS, Block, BlockKind, Exhibit, Memo, Piece

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

_FONT: Final = "Times New Roman"
_SIZE, _TABLE, _SMALL = 11.5, 9.5, 9.0  # points
_LONGEST: Final = 255  # characters of a property
_WIDTH, _HEIGHT = 6.5, 7.9  # inches: what a picture may take of a letter page with inch margins under its caption
_STYLES: Final[dict[BlockKind, str]] = {"heading": "Heading 1", "subheading": "Heading 2", "bullet": "List Bullet"}
_INDENTED: Final[dict[BlockKind, float]] = {"quote": 0.5, "remark": 0.25}  # inches
_EDGE: Final = (
    '<a:ln xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="6350"><a:solidFill>'
    '<a:srgbClr val="8C93A0"/></a:solidFill></a:ln>'
)


def write(memo: Memo, target: Path) -> None:
    """Write the memo; what stood there is replaced when it is whole. Raises UserError if it cannot be written."""
    import docx

    document = docx.Document()
    _set_up(document, memo)
    _heading(document, memo)
    _blocks(document, memo.body)
    if memo.exhibits:
        for number, exhibit in enumerate(memo.exhibits):
            _exhibit(document, exhibit, memo.appendix if number == 0 else "")
    first = len(document.paragraphs)
    _blocks(document, memo.closing)
    document.paragraphs[first].paragraph_format.page_break_before = True
    partial = target.with_name(f"{target.name}.part")
    try:
        document.save(str(partial))
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(
            f"The memo could not be written to {target} ({error.strerror}).", kept="The answers are kept."
        ) from None


def _set_up(document: Document, memo: Memo) -> None:
    """Properties, margins, type, the mark at the head of every page and its number at the foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Inches, Pt

    properties = document.core_properties
    properties.author = memo.author[:_LONGEST] or "LegalQA"
    properties.last_modified_by = "LegalQA"
    properties.title, properties.comments = memo.title, ""
    properties.created = properties.modified = datetime.fromisoformat(memo.at).astimezone(UTC).replace(tzinfo=None)
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(1)
    for name, size, before, after in (
        ("Normal", _SIZE, 0, 6),
        ("Heading 1", 13.0, 14, 4),
        ("Heading 2", _SIZE, 10, 3),
        ("List Bullet", _SIZE, 0, 3),
    ):
        style = document.styles[name]
        _font(style.element.get_or_add_rPr(), style.font, size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if memo.mark:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(head, Piece(memo.mark.upper(), "strong"), _SMALL)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        _run(foot, Piece(words), _SMALL)
        _field(foot, field)


def _font(properties: Any, font: Any, size: float) -> None:
    """Our face for every script, in black."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    font.name, font.size, font.color.rgb = _FONT, Pt(size), RGBColor(0, 0, 0)
    faces = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("eastAsia", "cs"):
        faces.set(qn(f"w:{script}"), _FONT)


def _heading(document: Document, memo: Memo) -> None:
    """The title, and the lines of the heading over a rule."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Inches, Pt

    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(14)
    _run(title, Piece(memo.title.upper(), "strong"), 15.0)
    for number, (name, words) in enumerate(memo.heading):
        line = document.add_paragraph()
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Inches(1), Inches(-1)
        line.paragraph_format.tab_stops.add_tab_stop(Inches(1))
        _run(line, Piece(f"{name.upper()}:", "strong"))
        line.add_run().add_tab()
        _run(line, Piece(words))
        if number == len(memo.heading) - 1:
            _rule(line)


def _blocks(document: Document, blocks: Sequence[Block]) -> None:
    from docx.shared import Inches

    for block in blocks:
        if block.kind == "table":
            _table(document, block)
            continue
        paragraph = document.add_paragraph(style=_STYLES.get(block.kind))
        paragraph.paragraph_format.left_indent = (
            Inches(_INDENTED[block.kind]) if block.kind in _INDENTED else paragraph.paragraph_format.left_indent
        )
        for piece in block.pieces:
            _run(paragraph, piece, _TABLE + 0.5 if block.kind == "remark" else None)


def _table(document: Document, block: Block) -> None:
    """A grid whose head is repeated on every page, and whose rows are not torn apart."""
    from docx.oxml import OxmlElement
    from docx.shared import Inches

    table = document.add_table(rows=len(block.rows), cols=len(block.shares), style="Table Grid")
    table.autofit = False
    for column, share in zip(table.columns, block.shares, strict=True):
        column.width = Inches(_WIDTH * share / 100)
    for number, (row, cells) in enumerate(zip(table.rows, block.rows, strict=True)):
        properties = row._tr.get_or_add_trPr()  # python-docx offers neither of these two
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, pieces, share in zip(row.cells, cells, block.shares, strict=True):
            cell.width = Inches(_WIDTH * share / 100)
            _cell(cell, pieces)


def _cell(cell: _Cell, pieces: Sequence[Piece]) -> None:
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    for piece in pieces:
        _run(paragraph, piece, _TABLE)


def _exhibit(document: Document, exhibit: Exhibit, appendix: str) -> None:
    """A page of its own: its name and caption, and the picture as large as it fits."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Inches

    if appendix:
        document.add_paragraph(appendix, style="Heading 1").paragraph_format.page_break_before = True
    caption = document.add_paragraph()
    caption.paragraph_format.page_break_before = not appendix
    caption.paragraph_format.keep_with_next = True
    _bookmark(caption, exhibit.name)
    _run(caption, Piece(exhibit.name, "strong"))
    _run(caption, Piece(f"  {exhibit.caption}"))
    if not exhibit.data:
        _run(document.add_paragraph(), Piece(f"This page could not be drawn: {exhibit.why}", "bad"))
        return
    fits = min(_WIDTH / exhibit.width, _HEIGHT / exhibit.height)
    place = document.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture = place.add_run().add_picture(
        io.BytesIO(exhibit.data), Inches(exhibit.width * fits), Inches(exhibit.height * fits)
    )
    picture._inline.docPr.set("descr", f"{exhibit.name}: {exhibit.caption}, the cited words boxed")
    picture._inline.graphic.graphicData.pic.spPr.append(parse_xml(_EDGE))


def _run(paragraph: Paragraph, piece: Piece, size: float | None = None) -> None:
    """Words in their tone; those that point at a picture lead to it."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(piece.text)
    run.bold = piece.tone in BOLD or None
    run.font.strike = piece.tone == "struck" or None
    if colour := COLOURS.get(piece.tone):
        run.font.color.rgb = RGBColor.from_string(colour)
    if size is not None:
        run.font.size = Pt(size)
    if piece.exhibit:
        _link(run, piece.exhibit)


def _link(run: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), _anchor(name))
    run._r.addprevious(link)
    link.append(run._r)


def _bookmark(paragraph: Paragraph, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("bookmarkStart", "bookmarkEnd"):
        mark = OxmlElement(f"w:{kind}")
        mark.set(qn("w:id"), name.lstrip("A"))
        if kind == "bookmarkStart":
            mark.set(qn("w:name"), _anchor(name))
        paragraph._p.append(mark)


def _anchor(name: str) -> str:
    """The bookmark at a picture."""
    return f"page_{name}"


def _field(paragraph: Paragraph, code: str) -> None:
    """A number that Word fills in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size = Pt(_SMALL)
    run._r.addprevious(field)
    field.append(run._r)
    paragraph._p.append(field)


def _rule(paragraph: Paragraph) -> None:
    """A line under the paragraph."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    edges: Any = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "8"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    edges.append(bottom)
    after = ("shd", "tabs", "spacing", "ind", "jc", "rPr")  # Word wants the parts of a paragraph in their order
    paragraph._p.get_or_add_pPr().insert_element_before(edges, *(f"w:{name}" for name in after))
