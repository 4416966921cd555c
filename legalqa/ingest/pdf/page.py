"""A page of an open PDF: its words with boxes and type, what else is drawn on it, its picture."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from legalqa.ingest.layout.lines import Piece, Setting
from legalqa.ingest.layout.pieces import Box
from legalqa.ingest.pdf import objects
from legalqa.ingest.pdf.calls import Text
from legalqa.ingest.pdf.objects import Drawn

Pixels = NDArray[np.uint8]
_WORD = re.compile(r"[^\s\x00\x02\ufffe]+")
_UNPRINTABLE = re.compile(r"[\x01\x03-\x08\x0e-\x1f\x7f-\x9f\uffff\ud800-\udfff]")
_LARGEST_CODE = 0x10FFFF  # broken fonts map characters beyond Unicode
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_MARK = frozenset("0123456789*†‡§¶")  # what footnotes are marked with
_LIGHT = 200.0  # grey level
_RAISED = 0.87  # of the word's type size: a smaller mark at its end is a note's
_DRAWN_ON_TOP = frozenset(  # annotations whose own appearance is part of what a reader of the page sees
    (
        pdfium.FPDF_ANNOT_WIDGET,
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_STAMP,
        pdfium.FPDF_ANNOT_SQUARE,
        pdfium.FPDF_ANNOT_CIRCLE,
        pdfium.FPDF_ANNOT_POLYGON,
        pdfium.FPDF_ANNOT_INK,
        pdfium.FPDF_ANNOT_LINE,
        pdfium.FPDF_ANNOT_REDACT,
    )
)
_ANNOTATIONS_MOST = 2000
_ASLANT = 0.2  # of its run that text may climb and still count as level
_SHOWN_PIXELS = 4_000_000
_OPTIONAL = "OC"  # the mark of content that a viewer can switch off


class PdfError(Exception):
    """The file, or a page of it, is not readable PDF."""


class PdfEncrypted(PdfError):
    """The file cannot be opened without a password."""


class PdfPage:
    """A loaded page. `width` and `height` are those of the displayed page, in points. Raises PdfError."""

    def __init__(self, document: Any, index: int, form: Any = None) -> None:
        self._document, self._index, self._form = document, index, form
        self._handle: Any = None
        self._fonts: dict[int, bool] = {}
        self._typed_in: list[list[Piece]] = []  # what text boxes say
        self._load()

    def _load(self) -> None:
        self._handle = pdfium.FPDF_LoadPage(self._document, self._index)
        if not self._handle:
            raise PdfError("the page is damaged")
        if self._form:
            pdfium.FORM_OnAfterLoadPage(self._handle, self._form)
        self.width: float = pdfium.FPDF_GetPageWidthF(self._handle)
        self.height: float = pdfium.FPDF_GetPageHeightF(self._handle)
        box = pdfium.FS_RECTF()
        sized = 0 < self.width < 1e6 and 0 < self.height < 1e6
        if not sized or not pdfium.FPDF_GetPageBoundingBox(self._handle, box):
            self.close()
            raise PdfError("the page has no usable size")
        self._turn: int = pdfium.FPDFPage_GetRotation(self._handle) % 4
        self._left, self._bottom, self._right, self._top = box.left, box.bottom, box.right, box.top

    def close(self) -> None:
        """Free the page."""
        if self._handle:
            if self._form:
                pdfium.FORM_OnBeforeClosePage(self._handle, self._form)
            pdfium.FPDF_ClosePage(self._handle)
        self._handle = None

    def settle(self) -> None:
        """Make values of form fields, text boxes, stamps and drawn boxes part of the page, as if it were printed.

        Only the loaded page changes, never the file. Markup (highlights, notes) is left out: drawn as part of the
        page, a highlight would lie over the words. Call it before anything else.
        """
        count = min(pdfium.FPDFPage_GetAnnotCount(self._handle), _ANNOTATIONS_MOST)
        if not count:
            return
        unwanted = []
        for index in range(count):
            annotation = pdfium.FPDFPage_GetAnnot(self._handle, index)
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            if kind not in _DRAWN_ON_TOP:
                unwanted.append(index)
            elif kind == pdfium.FPDF_ANNOT_FREETEXT:
                self._typed_in.append(self._typed(annotation))
            pdfium.FPDFPage_CloseAnnot(annotation)
        if len(unwanted) == count:
            return
        for index in reversed(unwanted):
            pdfium.FPDFPage_RemoveAnnot(self._handle, index)
        self.render(8 / max(self.width, self.height), 100)  # makes pdfium set those that do not say how they look
        if pdfium.FPDFPage_Flatten(self._handle, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
            self.close()
            self._load()

    def _typed(self, annotation: Any) -> list[Piece]:
        """The words of a text box, spread over its rectangle: some boxes do not say how they are drawn."""
        box = pdfium.FS_RECTF()
        size = pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", None, 0)
        if not 2 < size <= 200_000 or not pdfium.FPDFAnnot_GetRect(annotation, box):
            return []
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
        content = bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
        lines = [line.split() for line in re.split(r"[\r\n]+", content) if line.strip()]
        sides = (min(box.left, box.right), min(box.bottom, box.top), max(box.left, box.right), max(box.bottom, box.top))
        x0, y0, x1, y1 = self._displayed(*sides)
        found = []
        for number, words in enumerate(lines):
            top = y0 + (y1 - y0) * number / len(lines)
            share = (x1 - x0) / max(sum(len(word) + 1 for word in words), 1)  # of the width for a character
            x = x0
            for word in words:
                end = x + share * len(word)
                found.append(Piece(_UNPRINTABLE.sub("\ufffd", word), x, top, end, top + (y1 - y0) / len(lines)))
                x = end + share
        return found

    def pieces(self) -> list[Piece]:
        """The words of the text layer in the order of the file, those off the displayed page among them."""
        text = pdfium.FPDFText_LoadPage(self._handle)
        if not text:
            return [piece for box in self._typed_in for piece in box]
        try:
            found = list(self._pieces(Text(text)))
            return found + [piece for box in self._typed_in if not _drawn(box, found) for piece in box]
        finally:
            pdfium.FPDFText_ClosePage(text)

    def character_boxes(self, pieces: Iterable[Piece]) -> list[list[Box | None]]:
        """For each piece the box of every character's ink; None where pdfium knows none. For few pieces: it is slow."""
        text = pdfium.FPDFText_LoadPage(self._handle)
        if not text:
            return [[None] * len(piece.text) for piece in pieces]
        try:
            return [
                [self._ink(text, piece.at + n) if piece.at >= 0 else None for n in range(len(piece.text))]
                for piece in pieces
            ]
        finally:
            pdfium.FPDFText_ClosePage(text)

    def _ink(self, text: Any, index: int) -> Box | None:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top):
            return None
        return self._displayed(left.value, bottom.value, right.value, top.value)

    def _pieces(self, text: Text) -> Iterator[Piece]:
        characters = _characters(text.handle)
        count = len(characters)
        settings: dict[int, Setting] = {}
        setting: Setting | None = None
        spans = [match.span() for match in _WORD.finditer(characters)]
        firsts = [self._setting(text, start, settings) for start, _ in spans]
        for number, (start, end) in enumerate(spans):
            setting = firsts[number] or setting
            runs = None
            if end - start > 1 and (number + 1 == len(spans) or firsts[number + 1] is not setting):
                last = self._setting(text, end - 1, settings)  # the next word is of another text: is this one's end?
                if last is not setting and last is not None and setting is not None:
                    runs = self._runs(text, characters, start, end, setting, settings)
                    setting = last
            hyphen = end < count and characters[end] in "\x02\ufffe"
            for first, after, one in runs or ((start, end, setting),):
                box = text.box(first, after - 1)
                if box is not None:
                    word = characters[first:after]
                    if not word.isprintable():
                        word = _UNPRINTABLE.sub("\ufffd", word)
                    turn = one.turn if one is not None else 0
                    yield Piece(word, *self._displayed(*box), None, hyphen and after == end, one, turn, first)

    def _runs(
        self, text: Text, characters: str, start: int, end: int, setting: Setting, settings: dict[int, Setting]
    ) -> list[tuple[int, int, Setting | None]]:
        """A word cut where white text begins or ends, and before or after a footnote's mark that touches it."""
        runs: list[tuple[int, int, Setting | None]] = []
        begun, current = start, setting
        for index in range(start + 1, end):
            following = self._setting(text, index, settings) or current
            if following is current:
                continue
            small, large = sorted((following.size, current.size))
            mark = small < _RAISED * large and _MARK.issuperset(
                characters[begun:index] if current.size == small else characters[index:end]
            )
            if mark or (following.level >= _LIGHT) != (current.level >= _LIGHT):
                runs.append((begun, index, current))
                begun = index
            current = following
        return [*runs, (begun, end, current)]

    def _setting(self, text: Text, index: int, settings: dict[int, Setting]) -> Setting | None:
        """How the character is set; None for one that pdfium made up."""
        item = text.item(index)
        known = settings.get(item)
        if known is None and item:
            pointer = ctypes.cast(item, pdfium.FPDF_PAGEOBJECT)
            known = settings[item] = self._new_setting(text.handle, index, pointer, item)
        return known

    def _new_setting(self, text: Any, index: int, item: Any, address: int) -> Setting:
        size, matrix = ctypes.c_float(), pdfium.FS_MATRIX()
        pdfium.FPDFTextObj_GetFontSize(item, size)
        pdfium.FPDFText_GetMatrix(text, index, matrix)  # with the matrices of the forms that it lies in
        mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
        stroked = mode in (pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP)
        colour = pdfium.FPDFPageObj_GetStrokeColor if stroked else pdfium.FPDFPageObj_GetFillColor
        level, alpha = objects.level_of(item, colour)
        return Setting(
            size=abs(size.value) * math.hypot(matrix.c, matrix.d),
            bold=self._bold(pdfium.FPDFTextObj_GetFont(item)),
            level=level if level is not None else 0.0,
            alpha=alpha,
            mode=mode,
            order=self.drawn.order.get(address, -1),
            id=address,
            optional=_optional(item),
            turn=_quarters(matrix, self._turn),
        )

    def _bold(self, font: Any) -> bool:
        if not font:
            return False
        address = ctypes.addressof(font.contents)
        known = self._fonts.get(address)
        if known is None:
            buffer = ctypes.create_string_buffer(200)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 200)
            heavy = pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            known = self._fonts[address] = heavy or bool(_BOLD.search(buffer.value.decode("latin-1")))
        return known

    @cached_property
    def drawn(self) -> Drawn:
        """Rules, boxes, pictures and the order in which everything is drawn."""
        return objects.drawn(self._handle, self.width * self.height, self._displayed)

    def _displayed(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle of the page's own space as x0, y0, x1, y1 on the displayed page."""
        if self._turn == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self._turn == 1:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._turn == 2:
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        return self._top - top, self._right - right, self._top - bottom, self._right - left

    def inventory(self) -> tuple[int, int, float]:
        """Numbers of images and paths (of the first objects), and the share of text objects that are invisible."""
        found = self.drawn
        return found.images, found.paths, found.invisible / found.texts if found.texts else 0.0

    def picture_dpi(self) -> float | None:
        """Resolution of the largest image if it covers half of the page, in its own pixels an inch of the page."""
        return self.drawn.picture_dpi

    def render(self, scale: float, max_pixels: int, colours: Literal["grey", "bgr"] = "bgr") -> tuple[Pixels, float]:
        """A picture of the displayed page on white, and its true scale in pixels a point (less if it got too big)."""
        scale = min(scale, math.sqrt(max_pixels / (self.width * self.height)))
        width, height = max(round(self.width * scale), 1), max(round(self.height * scale), 1)
        width, height = min(width, max_pixels), min(height, max_pixels)
        kind, depth = (pdfium.FPDFBitmap_Gray, 1) if colours == "grey" else (pdfium.FPDFBitmap_BGR, 3)
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, kind, None, 0)
        if not bitmap:
            raise PdfError("the page is too large to be drawn")
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            flags = pdfium.FPDF_ANNOT | (pdfium.FPDF_GRAYSCALE if depth == 1 else 0)
            pdfium.FPDF_RenderPageBitmap(bitmap, self._handle, 0, 0, width, height, 0, flags)
            if self._form:
                pdfium.FPDF_FFLDraw(self._form, bitmap, self._handle, 0, 0, width, height, 0, flags)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            address = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte))
            rows = np.ctypeslib.as_array(address, (height, stride))[:, : width * depth].copy()
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return (rows if depth == 1 else rows.reshape(height, width, 3)), scale

    def render_without(self, pieces: Sequence[Piece], scale: float) -> tuple[Pixels, float]:
        """A grey picture of the page without the text objects of some words; the page itself stays as it is."""
        items = self._objects_of(pieces)
        for item in items:
            pdfium.FPDFPageObj_SetIsActive(item, False)
        try:
            return self.render(scale, _SHOWN_PIXELS, "grey")
        finally:
            for item in items:
                pdfium.FPDFPageObj_SetIsActive(item, True)

    def _objects_of(self, pieces: Sequence[Piece]) -> list[Any]:
        """The text objects of all characters: one word may be drawn in several."""
        text = pdfium.FPDFText_LoadPage(self._handle) if pieces else None
        if not text:
            return []
        found: dict[int, Any] = {}
        try:
            for piece in pieces:
                for index in range(piece.at, piece.at + len(piece.text)) if piece.at >= 0 else ():
                    item = pdfium.FPDFText_GetTextObject(text, index)
                    if item:
                        found[ctypes.addressof(item.contents)] = item
        finally:
            pdfium.FPDFText_ClosePage(text)
        return list(found.values())


def _quarters(matrix: Any, turn: int) -> int:
    """The quarter turns clockwise at which text stands on a page displayed with `turn`; 0 where it runs aslant."""
    if abs(min(matrix.a, matrix.b, key=abs)) > _ASLANT * max(abs(matrix.a), abs(matrix.b)):
        return 0
    if abs(matrix.a) >= abs(matrix.b):
        return (turn + (0 if matrix.a >= 0 else 2)) % 4
    return (turn + (3 if matrix.b > 0 else 1)) % 4


def _drawn(box: list[Piece], pieces: list[Piece]) -> bool:
    """Whether the words of a text box are on the page already, by its own appearance."""
    if not box:
        return True
    x0, y0, x1, y1 = box[0].x0, box[0].y0, max(p.x1 for p in box), max(p.y1 for p in box)
    words = {piece.text for piece in box}
    inside = [p for p in pieces if x0 - 5 < p.x0 < x1 + 5 and y0 - 5 < (p.y0 + p.y1) / 2 < y1 + 5]
    return any(piece.text in words for piece in inside)


def _optional(item: Any) -> bool:
    """Whether the object belongs to content that can be switched off."""
    for index in range(min(pdfium.FPDFPageObj_CountMarks(item), 10)):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        buffer, length = (ctypes.c_ushort * 8)(), ctypes.c_ulong()
        if mark and pdfium.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), length):
            name = bytes(buffer)[: max(length.value - 2, 0)].decode("utf-16-le", "replace")
            if name == _OPTIONAL:
                return True
    return False


def _characters(text: Any) -> str:
    """The page's characters, one for each character index of pdfium."""
    count = pdfium.FPDFText_CountChars(text)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(text, 0, count, buffer)
    characters = bytes(memoryview(buffer))[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
    if len(characters) == count:
        return characters
    codes = (pdfium.FPDFText_GetUnicode(text, index) for index in range(count))
    return "".join(chr(code) if 0 < code <= _LARGEST_CODE else "\ufffd" for code in codes)
