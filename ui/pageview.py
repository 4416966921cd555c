"""Pages one under another, drawn only where they are seen, with the cited words boxed.

The view knows sizes and boxes in points and asks for pictures one by one (`next_wanted`), visible pages first; what has
scrolled away is never drawn. A file of a thousand pages costs no more than one of three.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from legalqa.values.document import Box
from ui import theme
from ui.pagelayout import GAP, MARGIN, ZOOMS, Fit, PageLayout
from ui.pagemarks import Point, paint_boxes

Layer = theme.Layer
CACHE_BYTES = 160 << 20
_SETTLE_MS = 90  # after the last change of size or place before pictures are asked for again at another scale


class PageView(QAbstractScrollArea):
    """`wanted` says that pictures are missing; `moved` carries the page now read (from 1), `zoomed` the zoom. `dragged`
    carries two `Point`s, from where to where the mouse was drawn, or None twice for a mere click; `double_clicked` one.
    """

    wanted = Signal()
    moved = Signal(int)
    zoomed = Signal(float)
    dragged = Signal(object, object)
    double_clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pages")
        self._layout = PageLayout()
        self._marked: dict[Layer, dict[int, list[Box]]] = {"found": {}, "cited": {}, "selected": {}}
        self._pressed: Point | None = None
        self._faults: dict[int, str] = {}
        self._pictures: OrderedDict[int, tuple[float, QImage]] = OrderedDict()
        self._fit: Fit = "width"
        self._zoom, self._page = 1.0, 0
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._bare = QTimer(self, singleShot=True, interval=0)
        for wanting in (self._settled, self._bare):
            wanting.timeout.connect(self.wanted)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.current().changed.connect(self.viewport().update)

    # What is shown

    def set_pages(self, sizes: Sequence[tuple[float, float]]) -> None:
        """Show pages of these sizes (width, height in points), the first one at the top. () shows nothing."""
        self._layout.set_pages(sizes)
        self._pictures.clear()
        self._faults.clear()
        for layer in self._marked:
            self._marked[layer] = {}
        self._page = 0
        self._lay_out(keep=False)
        self.verticalScrollBar().setValue(0)
        self._scrolled()

    def set_boxes(self, boxes: Sequence[Box], layer: Layer = "cited") -> None:
        """Mark these places; the earlier ones of the layer are forgotten."""
        marked: dict[int, list[Box]] = {}
        for box in boxes:
            marked.setdefault(box.page, []).append(box)
        self._marked[layer] = marked
        self.viewport().update()

    def rotate(self) -> None:
        """Turn the pages a quarter clockwise."""
        self._layout.rotate()
        self._lay_out()

    def set_picture(self, page: int, scale: float, picture: QImage) -> None:
        """A picture of `page` (from 1) at `scale` device pixels a point, as asked for by `next_wanted`."""
        self._faults.pop(page, None)
        self._pictures[page] = (scale, picture)
        self._pictures.move_to_end(page)
        visible = self._visible()
        held = sum(image.sizeInBytes() for _, image in self._pictures.values())
        for old in list(self._pictures):
            if held <= CACHE_BYTES:
                break
            if old - 1 not in visible:
                held -= self._pictures.pop(old)[1].sizeInBytes()
        self.viewport().update()

    def set_fault(self, page: int, reason: str) -> None:
        """Say on `page` (from 1) why it cannot be drawn, instead of asking for it again."""
        self._faults[page] = reason
        self.viewport().update()

    def next_wanted(self) -> tuple[int, float] | None:
        """The page (from 1) most needed and the scale to draw it at, in device pixels a point; None if all is there."""
        if not self._layout.sizes:
            return None
        scale = round(self._layout.scale * self.devicePixelRatioF(), 2)
        visible = self._visible()
        near = [*visible, visible.stop, visible.start - 1]
        for index in near:
            page = index + 1
            if not 0 <= index < len(self._layout.sizes) or page in self._faults:
                continue
            held = self._pictures.get(page)
            if held is None or abs(held[0] - scale) > 0.01:
                return page, scale
        return None

    def is_drawn(self, page: int) -> bool:
        """Whether there is a picture of `page` (from 1) to be seen."""
        return page in self._pictures

    # Where it stands

    @property
    def page(self) -> int:
        """The page being read, from 1; 0 without a document."""
        return self._page

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return len(self._layout.sizes)

    def go_to(self, page: int) -> None:
        """Bring the top of `page` (from 1) to the top of the view."""
        if self._layout.sizes:
            index = min(max(page, 1), len(self._layout.sizes)) - 1
            self.verticalScrollBar().setValue(round(self._layout.top(index) - GAP / 2) if index else 0)
            self._reached(index)

    def show_boxes(self) -> None:
        """Bring the first cited box into the upper third of the view."""
        boxes = self._marked["cited"]
        page = min(boxes, default=0)
        if not 1 <= page <= len(self._layout.sizes):
            return
        rect = self._placed(boxes[page][0], page - 1)
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setValue(round(rect.top() + vertical.value() - self.viewport().height() / 3))
        if rect.right() > self.viewport().width() or rect.left() < 0:
            horizontal.setValue(round(rect.left() + horizontal.value() - MARGIN))
        self._reached(page - 1)

    def box_rects(self, layer: Layer = "cited") -> list[QRect]:
        """Where the boxes lie in the viewport now, in logical pixels."""
        return [
            self._placed(box, page - 1).toAlignedRect()
            for page, boxes in self._marked[layer].items()
            if 1 <= page <= len(self._layout.sizes)
            for box in boxes
        ]

    # Zoom

    @property
    def zoom(self) -> float:
        """1.0 shows the page at its printed size."""
        return self._zoom

    def set_fit(self, fit: Fit) -> None:
        """Keep the page as wide as the view, whole in the view, or at its zoom."""
        self._fit = fit
        self._lay_out()

    def set_zoom(self, zoom: float) -> None:
        """Show at this zoom from now on."""
        self._fit = "free"
        self._zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        self._lay_out()

    def zoom_in(self) -> None:
        """The next larger step."""
        self.set_zoom(next((step for step in ZOOMS if step > self._zoom * 1.01), ZOOMS[-1]))

    def zoom_out(self) -> None:
        """The next smaller step."""
        self.set_zoom(next((step for step in reversed(ZOOMS) if step < self._zoom * 0.99), ZOOMS[0]))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(640, 800)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        vertical = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                vertical.setValue(0)
            case Qt.Key.Key_End:
                vertical.setValue(vertical.maximum())
            case Qt.Key.Key_Space:
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                vertical.setValue(vertical.value() + (-1 if back else 1) * vertical.pageStep())
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._point(event.position())
            self.dragged.emit(None, None)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = self._point(event.position())
        if self._pressed is not None and here is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(self._pressed, here)
            beyond = int(event.position().y()) - min(max(int(event.position().y()), 0), self.viewport().height())
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + beyond // 2)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        here = self._point(event.position())
        if here is not None and event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(here)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            (self.zoom_in if event.angleDelta().y() > 0 else self.zoom_out)()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._lay_out()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), theme.current().colour("desk"))
        for index in self._visible():
            self._paint_page(painter, index)
        if self.hasFocus():
            painter.setPen(QPen(theme.current().colour("accent"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    # Geometry

    def _dots(self) -> float:
        """Logical pixels a point at zoom 1."""
        return self.logicalDpiX() / 72

    def _lay_out(self, *, keep: bool = True) -> None:
        """Place the pages anew; the point at the top of the view stays there."""
        pages, vertical, horizontal = self._layout, self.verticalScrollBar(), self.horizontalScrollBar()
        anchor = pages.anchor(vertical.value()) if keep else (0, 0.0)
        if self._fit != "free" and pages.sizes:
            # The scroll bar's width is taken off always, lest it comes and goes with the zoom that it causes.
            room = self.maximumViewportSize() - QSize(vertical.sizeHint().width(), 0)
            self._zoom = pages.fitted(self._fit, room, self._dots())
        taken, room = pages.place(self._zoom * self._dots()), self.viewport().size()
        for bar, length, size in (
            (vertical, taken.height(), room.height()),
            (horizontal, taken.width(), room.width()),
        ):
            bar.setRange(0, max(length - size, 0))
            bar.setPageStep(size)
            bar.setSingleStep(40)
        if keep and pages.sizes:
            vertical.setValue(round(pages.anchored(anchor)))
        self.zoomed.emit(self._zoom)
        self._scrolled()

    def _reached(self, index: int) -> None:
        """What was gone to is what is read, though the last pages cannot come to the top."""
        if self._page != index + 1 and index in self._visible():
            self._page = index + 1
            self.moved.emit(index + 1)

    def _visible(self) -> range:
        """Indices of the pages of which anything is seen."""
        return self._layout.visible(self.verticalScrollBar().value(), self.viewport().height())

    def _rect(self, index: int) -> QRectF:
        """Where a page lies in the viewport, in logical pixels."""
        horizontal = self.horizontalScrollBar()
        wide = self.viewport().width() + horizontal.maximum()
        return self._layout.rect(index, wide, horizontal.value(), self.verticalScrollBar().value())

    def _placed(self, box: Box, index: int) -> QRectF:
        return self._layout.placed(box, index, self._rect(index))

    def _point(self, place: QPointF) -> Point | None:
        """The place of a page under, or nearest to, a place of the viewport."""
        if not self._layout.sizes:
            return None
        index = self._layout.at(place.y() + self.verticalScrollBar().value())
        return self._layout.point(index, self._rect(index), place)

    def _scrolled(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() * 0.4
        page = self._layout.at(middle) + 1 if self._layout.sizes else 0
        if page != self._page:
            self._page = page
            self.moved.emit(page)
        self.viewport().update()
        self._settled.start()
        if any(index + 1 not in self._pictures for index in self._visible()):
            self._bare.start()  # a page without any picture is not made to wait until all is at rest

    # Paint

    def _paint_page(self, painter: QPainter, index: int) -> None:
        rect = self._rect(index)
        painter.fillRect(rect, Qt.GlobalColor.white)
        held = self._pictures.get(index + 1)
        if held:
            self._pictures.move_to_end(index + 1)
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(self._layout.matrix(index, rect), True)
            painter.drawImage(self._layout.sheet(index), held[1])
            painter.restore()
        else:
            painter.setPen(theme.LIGHT["muted"])
            words = self._faults.get(index + 1) or f"Page {index + 1}"
            inner = rect.adjusted(24, 24, -24, -24)
            painter.drawText(inner, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)
        for layer, (fill, line) in theme.LAYERS.items():
            if index + 1 in self._marked[layer]:
                rects = [self._placed(box, index) for box in self._marked[layer][index + 1]]
                paint_boxes(painter, rects, fill, line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().colour("line"), 1))
        painter.drawRect(rect)
