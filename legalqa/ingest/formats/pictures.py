"""Pictures: .tiff of many pages, .png, .jpg, .heic, .bmp, .gif, .webp, through Pillow and pi-heif.

The only module that opens picture files. Every frame is a page, as large as its resolution says.
"""

from __future__ import annotations

import contextlib
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa.ingest import limits
from legalqa.ingest.context import Context
from legalqa.ingest.formats import guarded
from legalqa.ingest.items import Item, Opened, PageRead

Pixels = NDArray[np.uint8]
_LONGEST_SIDE = 11.0  # inches, of a picture that does not say how large it is: it is taken to show a letter page
_DPI_LEAST, _DPI_MOST = 50.0, 1200.0
_FORMATS = ("TIFF", "PNG", "JPEG", "HEIF", "BMP", "DIB", "GIF", "WEBP")
_FAULTS = (OSError, ValueError, TypeError, SyntaxError, KeyError, IndexError, EOFError, OverflowError, AttributeError,
           ZeroDivisionError, RuntimeError, struct.error)  # fmt: skip


class PictureError(Exception):
    """The picture, or a frame of it, cannot be shown. The message is for the user."""


class PictureFile:
    """An open picture file. Raises PictureError."""

    def __init__(self, file: Path) -> None:
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and it is checked before anything is unpacked
        Image.init()
        import pi_heif

        pi_heif.register_heif_opener()
        try:
            self._image: Any = Image.open(file, formats=_FORMATS)
            self.frames = int(getattr(self._image, "n_frames", 1))
        except _FAULTS:
            raise PictureError("the picture is damaged or of an unknown kind") from None
        if self._image.format == "MPO":
            self.frames = 1  # a photograph with previews of itself
        elif self._image.format in ("GIF", "WEBP", "PNG"):
            self.frames = 1  # an animation
        if self.frames > limits.FRAMES:
            raise PictureError(f"the file has more than {limits.FRAMES:,} pictures and was not read")

    def frame(self, number: int) -> tuple[Pixels, float]:
        """Picture `number` (from 1) as it is shown: blue, green, red, rows from the top; and its pixels an inch.

        Raises PictureError.
        """
        from PIL import ImageOps

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._image.seek(number - 1)
                width, height = self._image.size
                if width * height > limits.PIXELS:
                    raise PictureError(f"the picture has more than {limits.PIXELS // 1_000_000} million pixels")
                dpi = _dpi(self._image)
                image = _on_white(ImageOps.exif_transpose(self._image))
                pixels = np.asarray(image)[:, :, ::-1]
        except _FAULTS:
            raise PictureError("the picture is damaged") from None
        return np.ascontiguousarray(_evened(pixels, dpi)), min(dpi)

    def close(self) -> None:
        """Let the file go."""
        self._image.close()


def read(file: Path, context: Context) -> Iterator[Item]:
    """The pages of a picture file. Raises Refusal, OSError, EnvironmentFault."""
    try:
        picture = PictureFile(file)
    except PictureError as error:
        raise limits.Refusal("failed", str(error)) from None
    with contextlib.closing(picture):
        yield Opened(picture.frames, paged=True, separator="\n\n")
        for number in range(1, picture.frames + 1):
            if context.stop.is_set():
                return
            if number not in context.skip:
                yield _page(picture, number, context)


def _page(picture: PictureFile, number: int, context: Context) -> PageRead:
    def read() -> PageRead:
        pixels, dpi = picture.frame(number)
        return context.pages().read_picture(pixels, dpi, number)

    return guarded.page(number, "picture", PictureError, read)


def _dpi(image: Any) -> tuple[float, float]:
    """Pixels an inch across and down. Where a file says nothing likely, its longer side is a letter page's."""
    stated = image.info.get("dpi")
    try:
        across, down = float(stated[0]), float(stated[1])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        across = down = 0.0
    screen = across == down and round(across) in (72, 96)  # what programs write that do not know
    sound = all(_DPI_LEAST <= value <= _DPI_MOST for value in (across, down)) and max(across, down) < 3 * min(
        across, down
    )
    if sound and not (screen and max(image.size) > across * 2 * _LONGEST_SIDE):
        return across, down
    supposed = min(max(max(image.size) / _LONGEST_SIDE, _DPI_LEAST), _DPI_MOST)
    return supposed, supposed


def _on_white(image: Any) -> Any:
    """In red, green, blue; what is transparent becomes white, 16 bits a pixel become 8."""
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, np.float64)
        most = 65535.0 if values.max(initial=0) > 255 else 255.0
        image = Image.fromarray(np.clip(values / most * 255, 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    return image.convert("RGB")


def _evened(pixels: Pixels, dpi: tuple[float, float]) -> Pixels:
    """Square pixels: a fax may have twice as many across as down."""
    across, down = dpi
    if max(across, down) < 1.05 * min(across, down):
        return pixels
    import cv2

    least = min(across, down)
    height, width = pixels.shape[:2]
    size = (max(round(width * least / across), 1), max(round(height * least / down), 1))
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA), np.uint8)
