"""Word files. Their dates and the times inside the archive are fixed, so that the bytes are the same every time."""

from __future__ import annotations

import datetime
import io
import zipfile

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Inches, Pt
from docx.text.paragraph import Paragraph

from typeset.markup import Block, parse, runs

EPOCH = (1980, 1, 1, 0, 0, 0)


def build(source: str, title: str, written: datetime.datetime, footer: str) -> bytes:
    """A Word file of the source."""
    document = Document()
    _sheet(document, footer)
    for block in parse(source):
        _add(document, block)
    _lighten(document)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, "", "", ""
    core.created = core.modified = written
    core.revision = 1
    buffer = io.BytesIO()
    document.save(buffer)
    return _stored(buffer.getvalue())


def _sheet(document: WordDocument, footer: str) -> None:
    """Font, margins and foot."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.paragraph_format.space_after = Pt(8)
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1.1)
    section.footer.paragraphs[0].text = footer
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _lighten(document: WordDocument) -> None:
    """Drop what python-docx's template brings and nothing here uses: it is forty times the text."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()
    for rels in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(("stylesWithEffects", "thumbnail"))]:
            del rels[key]


def _add(document: WordDocument, block: Block) -> None:
    """One block, as paragraphs or a table."""
    match block.kind:
        case "break":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case "table":
            table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
            for cells, texts in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(cells.cells, texts, strict=True):
                    _write(cell.paragraphs[0], text)
        case "lines":
            for (line,) in block.rows:
                paragraph = document.add_paragraph()
                _write(paragraph, line)
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.paragraph_format.keep_with_next = True
            document.add_paragraph()
        case "section":
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{block.number} ").bold = True
            paragraph.add_run(block.heading).underline = True
            _write(paragraph, f". {block.text}")
        case _:
            paragraph = document.add_paragraph()
            _write(paragraph, f"**{block.text}**" if block.kind == "title" else block.text)
            paragraph.paragraph_format.left_indent = Inches(0.4 * block.level)
            if block.kind in ("title", "centred"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write(paragraph: Paragraph, text: str) -> None:
    """Text with its faces."""
    for run in runs(text):
        written = paragraph.add_run(run.text)
        written.bold, written.italic, written.underline = run.bold or None, run.italic or None, run.underlined or None


def _stored(archive: bytes) -> bytes:
    """The archive without times and without compression, whose bytes differ between zlib versions."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
