"""PDF pages of the layouts that law firms meet, made with reportlab: every string is put where a test wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas

from legalqa.ingest.layout import textlayer
from legalqa.ingest.layout.textlayer import TextLayer
from legalqa.ingest.pdf import PdfFile

WIDTH, HEIGHT = 612, 792
Draw = Callable[[Canvas], None]


def pdf(path: Path, *pages: Draw) -> Path:
    """A file with a page for each drawing function."""
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for draw in pages:
        canvas.setFont("Times-Roman", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def layer(path: Path, number: int = 1) -> TextLayer:
    """The text layer of a page, its spans checked."""
    file = PdfFile(str(path))
    try:
        with file.page(number) as page:
            found = textlayer.read(page)
    finally:
        file.close()
    sound(found)
    return found


def sound(found: TextLayer) -> None:
    """Spans are exact: words in order and without white space, lines and regions inside the text."""
    end = 0
    for word in found.words:
        shown = found.text[word.start : word.end]
        assert shown
        assert not any(character.isspace() for character in shown)
        assert word.start >= end
        assert not found.text[end : word.start].replace("|", "").strip()
        end = word.end
    assert end == len(found.text)
    for line in found.lines:
        shown = found.text[line.start : line.end]
        assert shown == shown.strip() != ""
        assert "\n" not in shown
    for region in found.regions:
        shown = found.text[region.start : region.end]
        assert shown == shown.strip() != ""


def at(canvas: Canvas, x: float, top: float, text: str, font: str = "Times-Roman", size: float = 11) -> None:
    """Text whose baseline lies `top` points below the page's upper edge."""
    canvas.setFont(font, size)
    canvas.drawString(x, HEIGHT - top, text)


def column(canvas: Canvas, x: float, top: float, lines: Iterable[str], pitch: float = 14, size: float = 11) -> None:
    """Lines under one another."""
    for number, line in enumerate(lines):
        at(canvas, x, top + number * pitch, line, size=size)


def box(canvas: Canvas, x0: float, top: float, x1: float, bottom: float, fill: Color = black) -> None:
    """A filled rectangle without an edge."""
    canvas.setFillColor(fill)
    canvas.rect(x0, HEIGHT - bottom, x1 - x0, bottom - top, stroke=0, fill=1)
    canvas.setFillColor(black)


def grid(canvas: Canvas, xs: Sequence[float], tops: Sequence[float]) -> None:
    """The rules of a table."""
    for x in xs:
        canvas.line(x, HEIGHT - tops[0], x, HEIGHT - tops[-1])
    for top in tops:
        canvas.line(xs[0], HEIGHT - top, xs[-1], HEIGHT - top)


def numbered(canvas: Canvas, last: int, x: float = 60, top: float = 80, pitch: float = 24) -> None:
    """Margin numbers 1 to `last`, flush right, as pleading paper has them."""
    canvas.setFont("Times-Roman", 11)
    for number in range(1, last + 1):
        canvas.drawRightString(x, HEIGHT - top - (number - 1) * pitch, str(number))


def regions(found: TextLayer, kind: str) -> list[tuple[str, str]]:
    """Detail and text of the regions of a kind."""
    return [(r.detail, found.text[r.start : r.end]) for r in found.regions if r.kind == kind]


__all__ = ["Canvas", "Draw", "at", "box", "column", "grid", "layer", "numbered", "pdf", "regions", "sound", "white"]
