"""A page as a picture with the cited words boxed."""

from __future__ import annotations

import io
from collections.abc import Sequence

from legalqa.values.document import Box

_FILL, _EDGE = (255, 214, 10, 70), (196, 120, 0, 255)


def highlight(width: int, height: int, rgb: bytes, boxes: Sequence[Box], scale: float) -> bytes:
    """Draw `boxes` (points, top-left origin) on a page drawn at `scale` pixels a point; returns PNG.

    `rgb` holds the page's rows from the top, three bytes a pixel.
    """
    from PIL import Image, ImageDraw

    page = Image.frombytes("RGB", (width, height), rgb).convert("RGBA")
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        corners = [value * scale for value in (box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1)]
        draw.rectangle(corners, fill=_FILL, outline=_EDGE, width=max(1, round(scale / 2)))
    out = io.BytesIO()
    Image.alpha_composite(page, layer).convert("RGB").save(out, "PNG")
    return out.getvalue()
