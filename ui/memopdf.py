"""A memo as a PDF, page by page: Qt sets the text, with the fonts that are on the machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTableCellFormat,
    QTextTableFormat,
)  # fmt: skip

from legalqa.errors import UserError
from legalqa.values.memo import BOLD, COLOURS, Block, BlockKind, Cell, Exhibit, Memo, Piece

_DPI = 1200
_PAGE = QSizeF(8.5 * _DPI, 11 * _DPI)
_TEXT = QRectF(_DPI, _DPI, 6.5 * _DPI, 9 * _DPI)  # where the text stands on a letter page with inch margins
_SIZE, _TABLE, _SMALL = 11.0, 9.0, 8.5  # points
_SIZES: dict[BlockKind, float] = {"heading": 13.0, "remark": 9.5}
_SPACES: dict[BlockKind, tuple[float, float, float]] = {  # points: before, after, from the left
    "heading": (16, 5, 0),
    "subheading": (12, 3, 0),
    "text": (0, 6, 0),
    "quote": (0, 6, 32),
    "remark": (0, 5, 18),
    "bullet": (0, 3, 18),
}
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere


def write(memo: Memo, target: Path) -> None:
    """Write the memo; what stood there is replaced when it is whole. Raises UserError if it cannot be written."""
    partial = target.with_name(target.name + ".part")
    writer = QPdfWriter(str(partial))
    writer.setTitle(memo.title)
    writer.setCreator("LegalQA")
    writer.setResolution(_DPI)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.Letter), QPageLayout.Orientation.Portrait, QMarginsF())
    )
    body, closing = _body(memo, writer), _text(memo.closing, writer)
    painter = QPainter()
    if painter.begin(writer):
        pages = _Pages(memo, writer, painter, body.pageCount() + len(memo.exhibits) + closing.pageCount())
        pages.text(body)
        for number, exhibit in enumerate(memo.exhibits):
            pages.exhibit(exhibit, memo.appendix if number == 0 else "")
        pages.text(closing)
        painter.end()
    del writer  # closes the file
    try:
        if not partial.exists() or not partial.stat().st_size:
            raise OSError(0, "nothing was written")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(
            f"The memo could not be written to {target} ({error.strerror}).", kept="The answers are kept."
        ) from None


class Printer:
    """Writes memos at the other end of a `legalqa.child.Child`, without a screen."""

    def __init__(self, _stop: threading.Event) -> None:
        if sys.platform == "linux":  # elsewhere only the system's own platform knows its fonts
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        self._application = QGuiApplication([])

    def write(self, memo: dict[str, Any], target: str) -> None:
        """As `write`; the memo comes as plain values."""
        write(msgspec.convert(memo, Memo), Path(target))


class _Pages:
    """Draws page after page, each under the mark and over its number."""

    def __init__(self, memo: Memo, writer: QPdfWriter, painter: QPainter, total: int) -> None:
        self._memo, self._writer, self._painter, self._total = memo, writer, painter, total
        self._number = 0

    def text(self, document: QTextDocument) -> None:
        """All pages of a text."""
        for page in range(document.pageCount()):
            self._begin()
            self._painter.save()
            self._painter.translate(_TEXT.x(), _TEXT.y() - page * _TEXT.height())
            document.drawContents(self._painter, QRectF(0, page * _TEXT.height(), _TEXT.width(), _TEXT.height() - 1))
            self._painter.restore()

    def exhibit(self, exhibit: Exhibit, heading: str) -> None:
        """A page of its own: name, caption, and the picture as large as it fits."""
        self._begin()
        top = _TEXT.top()
        if heading:
            top = self._words(heading, _font(13.0, bold=True), top) + _DPI / 8
        top = self._words(f"{exhibit.name}  {exhibit.caption}", _font(_SIZE, bold=True), top) + _DPI / 8
        if not exhibit.data:
            self._words(f"This page could not be drawn: {exhibit.why}", _font(_SIZE, bold=True), top)
            return
        image = QImage.fromData(exhibit.data)
        fits = min(_TEXT.width() / image.width(), (_TEXT.bottom() - top) / image.height())
        place = QRectF(_TEXT.left(), top, image.width() * fits, image.height() * fits)
        self._painter.drawImage(place, image)
        self._painter.setPen(QPen(QColor("#8C93A0"), _DPI / 144))
        self._painter.drawRect(place)
        self._painter.setPen(QColor("black"))

    def _begin(self) -> None:
        if self._number:
            self._writer.newPage()
        self._number += 1
        head = QRectF(_TEXT.left(), 0.45 * _DPI, _TEXT.width(), 0.3 * _DPI)
        foot = head.translated(0, 9.8 * _DPI)
        for place, words, bold in (
            (head, self._memo.mark.upper(), True),
            (foot, f"Page {self._number} of {self._total}", False),
        ):
            self._painter.setFont(_font(_SMALL, bold=bold))
            self._painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _words(self, words: str, font: QFont, top: float) -> float:
        """Draw a paragraph; returns where it ends. What would leave no room for a picture is cut off."""
        self._painter.setFont(font)
        room = QRectF(_TEXT.left(), top, _TEXT.width(), 2.0 * _DPI)
        taken = self._painter.boundingRect(room, _WRAPPED, words)
        self._painter.drawText(room, _WRAPPED, words)
        return min(taken.bottom(), room.bottom())


def _body(memo: Memo, writer: QPdfWriter) -> QTextDocument:
    """Title, heading and body."""
    document = _empty(writer)
    cursor = QTextCursor(document)
    title = QTextBlockFormat()
    title.setAlignment(Qt.AlignmentFlag.AlignCenter)
    title.setBottomMargin(_scaled(12))
    cursor.setBlockFormat(title)
    cursor.insertText(memo.title.upper(), _format(Piece("", "strong"), 15.0))
    rows = tuple(((Piece(f"{name.upper()}:", "strong"),), (Piece(words),)) for name, words in memo.heading)
    _table(cursor, Block("table", rows=rows, shares=(14, 86)), lines=False)
    _blocks(cursor, memo.body)
    _keep_headings(document)
    return document


def _text(blocks: Sequence[Block], writer: QPdfWriter) -> QTextDocument:
    document = _empty(writer)
    _blocks(QTextCursor(document), blocks)
    _keep_headings(document)
    return document


def _empty(writer: QPdfWriter) -> QTextDocument:
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(_font(_SIZE))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(_TEXT.size())
    return document


def _blocks(cursor: QTextCursor, blocks: Sequence[Block]) -> None:
    for block in blocks:
        if block.kind == "table":
            _table(cursor, block)
            continue
        if cursor.block().length() > 1:
            cursor.insertBlock()
        cursor.setBlockFormat(_paragraph(block.kind))
        if block.kind == "bullet":
            cursor.insertText("•  ", _format(Piece(""), _SIZE))
        for piece in block.pieces:
            strong = block.kind in ("heading", "subheading")
            cursor.insertText(_lines(piece.text), _format(piece, _SIZES.get(block.kind, _SIZE), strong=strong))


def _paragraph(kind: BlockKind) -> QTextBlockFormat:
    before, after, left = _SPACES[kind]
    paragraph = QTextBlockFormat()
    paragraph.setTopMargin(_scaled(before))
    paragraph.setBottomMargin(_scaled(after))
    paragraph.setLeftMargin(left * _DPI / 72)  # other than those above and below, in the unit of the page
    if kind == "bullet":
        paragraph.setTextIndent(-10 * _DPI / 72)
    if kind in ("heading", "subheading"):
        paragraph.setHeadingLevel(1 if kind == "heading" else 2)
    return paragraph


def _table(cursor: QTextCursor, block: Block, *, lines: bool = True) -> None:
    """A grid whose head is repeated on every page; without `lines` bare columns, none of them a head."""
    shape = QTextTableFormat()
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    shape.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, share) for share in block.shares])
    shape.setCellSpacing(0)
    shape.setCellPadding(_scaled(3 if lines else 1))
    shape.setBorderCollapse(True)
    shape.setBorder(0)
    shape.setTopMargin(_scaled(4))
    shape.setBottomMargin(_scaled(8))
    shape.setHeaderRowCount(1 if lines else 0)
    table = cursor.insertTable(len(block.rows), len(block.shares), shape)
    for row, cells in enumerate(block.rows):
        for column, cell in enumerate(cells):
            place = table.cellAt(row, column)
            place.setFormat(_edges(every=lines, foot=row == len(block.rows) - 1))
            _cell(place.firstCursorPosition(), cell, _TABLE if lines else _SIZE)
    cursor.movePosition(QTextCursor.MoveOperation.End)


def _edges(*, every: bool, foot: bool) -> QTextTableCellFormat:
    """Thin lines around a cell, or a strong one at its foot, or none."""
    made = QTextTableCellFormat()
    if every:
        made.setBorder(_scaled(0.5))
        made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        made.setBorderBrush(QColor("#8C93A0"))
    elif foot:
        made.setBottomBorder(_scaled(1))
        made.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        made.setBottomBorderBrush(QColor("black"))
        made.setBottomPadding(_scaled(8))
    return made


def _cell(cursor: QTextCursor, pieces: Cell, size: float) -> None:
    for piece in pieces:
        cursor.insertText(_lines(piece.text), _format(piece, size))


def _keep_headings(document: QTextDocument) -> None:
    """No heading stands alone at the foot of a page."""
    for block in _blocks_of(document):
        following = block.next()
        if block.blockFormat().headingLevel() and following.isValid() and _page(block) != _page(following):
            moved = block.blockFormat()
            moved.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
            QTextCursor(block).setBlockFormat(moved)


def _blocks_of(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def _page(block: QTextBlock) -> int:
    """The page, from 0, on which the first line of a block stands."""
    document = block.document()
    top = document.documentLayout().blockBoundingRect(block).top()
    line = block.layout().lineAt(0) if block.layout().lineCount() else None
    return int((top + (line.y() if line else 0)) // document.pageSize().height())


def _format(piece: Piece, size: float, *, strong: bool = False) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFontPointSize(size)
    made.setFontWeight(QFont.Weight.Bold if strong or piece.tone in BOLD else QFont.Weight.Normal)
    made.setFontStrikeOut(piece.tone == "struck")
    made.setForeground(QColor(f"#{COLOURS.get(piece.tone, '000000')}"))
    return made


def _lines(text: str) -> str:
    """Line breaks as Qt's text knows them: no new paragraphs."""
    return text.replace("\n", "\u2028")


def _font(points: float, *, bold: bool = False) -> QFont:
    """Set evenly, so that words copied out of the PDF are words."""
    font = QFont()
    font.setFamilies(["Times New Roman", "Liberation Serif", "Times", "DejaVu Serif"])
    font.setPointSizeF(points)
    font.setBold(bold)
    font.setKerning(False)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _scaled(points: float) -> float:
    """Points in the unit of Qt's margins, which is the screen's."""
    screen = QGuiApplication.primaryScreen()
    return points * (screen.logicalDotsPerInch() if screen else 96.0) / 72
