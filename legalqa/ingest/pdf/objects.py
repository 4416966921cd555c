"""What is drawn on a page besides its words: rules, filled boxes, pictures, and in which order."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

_MOST, _LAST = 20_000, 5_000  # objects looked at; of a longer list its beginning and its last ones, which lie on top
_DEEPEST = 5  # forms within forms
_SEGMENTS_MOST = 400  # of one path
_RULES_MOST = 3_000
_THIN = 3.0  # points; a filled box that is thinner is a rule
_SHORTEST = 6.0  # points of a rule
_COVERING = 4.0  # points; a box that is narrower covers no word
_OPAQUE = 230  # of 255
_INVISIBLE = 3  # text render mode of hidden OCR layers

Matrix = tuple[float, float, float, float, float, float]
Rectangle = tuple[float, float, float, float]
_COLOUR = tuple(ctypes.c_uint() for _ in range(4))  # one place for all answers: a process reads in one thread
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Cover:
    """Something opaque that fills a rectangle (points from the displayed page's top-left corner).

    `order` counts the page's objects as they are drawn; `level` is the grey it is filled with (0 black, 255 white),
    None for a picture or a pattern.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    order: int
    picture: bool
    level: float | None


@dataclass(slots=True)
class Drawn:
    """The objects of a page. `rules` are x0, y0, x1, y1 of straight lines and edges, level or upright.

    `order` says when each text object (by its address) is drawn. `picture_dpi` is the resolution of the largest
    picture that covers half of the page.
    """

    images: int = 0
    paths: int = 0
    texts: int = 0
    invisible: int = 0
    covers: list[Cover] = field(default_factory=list)
    rules: list[Rectangle] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)
    picture_dpi: float | None = None
    _largest: float = 0.0


def drawn(page: Any, area: float, displayed: Callable[[float, float, float, float], Rectangle]) -> Drawn:
    """What is drawn on a loaded page of `area` square points; `displayed` turns its own rectangles into shown ones."""
    found = Drawn()
    for order, (item, kind, matrix) in enumerate(_objects(page)):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            found.texts += 1
            found.invisible += pdfium.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
            found.order[ctypes.addressof(item.contents)] = order
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            found.paths += 1
            _path(found, item, matrix, order, displayed)
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            bounds = _bounds(item, matrix)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                found.images += 1
                _resolution(found, item, page, bounds, area)
            if bounds is not None and _large(bounds):
                found.covers.append(Cover(*displayed(*bounds), order, kind == pdfium.FPDF_PAGEOBJ_IMAGE, None))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM:
            found.images += matrix is IDENTITY
    return found


def _objects(page: Any) -> Iterator[tuple[Any, int, Matrix]]:
    """Every object in the order of drawing with its kind and the matrix of the form it lies in."""
    left = _MOST

    def within(
        count: int, get: Callable[[Any, int], Any], holder: Any, matrix: Matrix, depth: int
    ) -> Iterator[tuple[Any, int, Matrix]]:
        nonlocal left
        indices = range(count) if count <= _MOST else [*range(_MOST - _LAST), *range(count - _LAST, count)]
        for index in indices:
            if left <= 0:
                return
            left -= 1
            item = get(holder, index)
            if not item:
                continue
            kind = pdfium.FPDFPageObj_GetType(item)
            yield item, kind, matrix
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inner = times(matrix_of(item), matrix)
                yield from within(
                    pdfium.FPDFFormObj_CountObjects(item), pdfium.FPDFFormObj_GetObject, item, inner, depth + 1
                )  # fmt: skip

    yield from within(pdfium.FPDFPage_CountObjects(page), pdfium.FPDFPage_GetObject, page, IDENTITY, 0)


def matrix_of(item: Any) -> Matrix:
    """An object's own matrix."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, matrix):
        return IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def times(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _bounds(item: Any, matrix: Matrix) -> Rectangle | None:
    """left, bottom, right, top in the page's own space."""
    values = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *values):
        return None
    left, bottom, right, top = (value.value for value in values)
    if matrix is IDENTITY:
        return left, bottom, right, top
    corners = [_moved(x, y, matrix) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _moved(x: float, y: float, m: Matrix) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _large(bounds: Rectangle) -> bool:
    left, bottom, right, top = bounds
    return right - left >= _COVERING and top - bottom >= _COVERING


def _resolution(found: Drawn, item: Any, page: Any, bounds: Rectangle | None, area: float) -> None:
    data = pdfium.FPDF_IMAGEOBJ_METADATA()
    if bounds is None or not pdfium.FPDFImageObj_GetImageMetadata(item, page, data):
        return
    covered = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    if covered > 0.5 * area and covered > found._largest:
        found._largest = covered
        found.picture_dpi = math.sqrt(data.width * data.height / covered) * 72


def _path(found: Drawn, item: Any, matrix: Matrix, order: int, displayed: Callable[..., Rectangle]) -> None:
    """Count a path among rules and covers."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(item, fill, stroke) or not (fill.value or stroke.value):
        return  # a path that only clips
    bounds = _bounds(item, matrix)
    if bounds is None:
        return
    x0, y0, x1, y1 = displayed(*bounds)
    if x1 - x0 <= _THIN or y1 - y0 <= _THIN:
        _rule(found, x0, y0, x1, y1)
        return
    if fill.value and _large(bounds):
        level, alpha = level_of(item, pdfium.FPDFPageObj_GetFillColor)
        if alpha >= _OPAQUE:
            found.covers.append(Cover(x0, y0, x1, y1, order, False, level))
    for a, b in _segments(item, times(matrix_of(item), matrix)):
        edge = displayed(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        if edge[2] - edge[0] <= 0.5 or edge[3] - edge[1] <= 0.5:
            _rule(found, *edge)


def _rule(found: Drawn, x0: float, y0: float, x1: float, y1: float) -> None:
    if max(x1 - x0, y1 - y0) >= _SHORTEST and len(found.rules) < _RULES_MOST:
        found.rules.append((x0, y0, x1, y1))


def _segments(item: Any, matrix: Matrix) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight lines of a path, in the page's own space."""
    count = pdfium.FPDFPath_CountSegments(item)
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    for index in range(min(count, _SEGMENTS_MOST)):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        if not segment or not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            return
        point = _moved(x.value, y.value, matrix)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
            yield last, point
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            yield point, start
        last = point


def level_of(item: Any, colour: Callable[..., int]) -> tuple[float | None, int]:
    """Grey level (0 black to 255 white; None for a pattern) and opacity of an object's colour."""
    red, green, blue, alpha = _COLOUR
    if not colour(item, red, green, blue, alpha):
        return None, 255
    return 0.299 * red.value + 0.587 * green.value + 0.114 * blue.value, int(alpha.value)
