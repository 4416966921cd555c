"""Pictures of pages, drawn in a process of their own: drawing a page parses the same hostile file as reading it."""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legalqa import errors
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.confining import Rights
from legalqa.ingest.limits import Refusal

if TYPE_CHECKING:
    from legalqa.values.document import Document, Page

MAX_PIXELS = 25_000_000  # about a letter page at 500 dpi
_Placed = tuple[str, float, float, float, float, bool]  # a word, its box in points, whether it is hidden
_FILL, _BASELINE = 0.9, 0.78  # of the height of a word's box: the size of type, and where its baseline lies
_INSTEAD = "Drawn from the words that were read of this page: the file itself could not be drawn."


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture: `width` and `height` in pixels, `rgb` its rows from the top, three bytes a pixel, unpadded.

    `instead` says why it shows the words that were read, and not the page of the file; "" where it shows the page.
    """

    width: int
    height: int
    rgb: bytes
    instead: str = ""


class PageImages:
    """Draws pages one after another. Calls from several threads wait for one another.

    `passwords` are tried on PDFs that need one. `folders` are what the drawing process may read without being started
    again; `scratch` is its folder for the copy of a file that must be repaired, "" for one of the system's, None for
    none: then no such file is drawn.
    """

    def __init__(
        self,
        memory: int | None = None,
        passwords: Sequence[str] = (),
        folders: Sequence[str] = (),
        scratch: str | None = "",
    ) -> None:
        self._scratch = contextlib.ExitStack()
        if scratch == "":
            scratch = self._scratch.enter_context(tempfile.TemporaryDirectory(prefix="legalqa-"))
        rights = Rights(tuple(folders), (scratch,) if scratch else ())
        self._child = Child("legalqa.ingest.images:Drawer", tuple(passwords), memory=memory, rights=rights)

    def render(
        self, document: Document, page: int, scale: float = 1.0, timeout: float = 30.0, *, file: Path | None = None
    ) -> PageImage:
        """Page `page` (from 1) of a document at `scale` (1.0 is 72 pixels an inch, less where it would get too big).

        PDFs and pictures are drawn from their `file` (`document.path` unless it is given: the copy of a document that
        came inside another, or a name that is not UTF-8), other kinds from the words of the page, hidden ones grey.
        Raises UserError if there is no such page or it cannot be drawn within `timeout` seconds.
        """
        try:
            if document.kind in ("pdf", "image"):
                file = file if file is not None else Path(document.path)
                self._child.may(file)
                name = os.fsencode(file)
                return self._child.call(document.kind, name, page, scale, type=PageImage, timeout=timeout)
            shown, words = _words(document, page)
            return self._child.call(
                "typeset", shown.width, shown.height, words, scale, type=PageImage, timeout=timeout
            )  # fmt: skip
        except ChildTimeout:
            raise errors.UserError(f"Page {page} could not be drawn within {timeout:g} seconds.") from None
        except ChildDied as fault:
            raise errors.UserError(f"Page {page} could not be drawn: its process {fault.reason}.") from None

    def from_words(
        self, document: Document, page: int, scale: float = 1.0, timeout: float = 30.0, *, instead: str
    ) -> PageImage:
        """Page `page` of a PDF or picture drawn from the words that were read of it, each in its box, on plain paper.

        `instead` says why; the picture says in its own head that it is none of the file. Raises UserError as `render`.
        """
        try:
            shown, words = _words(document, page)
            drawn = self._child.call(
                "reset", shown.width, shown.height, words, scale, type=PageImage, timeout=timeout
            )  # fmt: skip
            return replace(drawn, instead=instead)
        except (ChildTimeout, ChildDied):
            raise errors.UserError(f"Page {page} could not be drawn.") from None

    def warm(self) -> None:
        """Start the drawing process ahead of the first page; what is wrong with it shows then."""
        with contextlib.suppress(ChildTimeout, ChildDied):
            self._child.call("ready", type=PageImage, timeout=30.0)

    def kill(self) -> None:
        """End the drawing process at once, from any thread."""
        self._child.kill()

    def end(self) -> None:
        """As `kill`, for good: later pages are not drawn."""
        self._child.end()

    def close(self) -> None:
        """Let the drawing process go."""
        self._child.close()
        self._scratch.close()


class Drawer:
    """What the drawing process serves. Keeps the last PDF open while its pages are asked for."""

    def __init__(self, stop: threading.Event, passwords: Sequence[str] = ()) -> None:
        self._stop = stop
        self._passwords = tuple(passwords)
        self._file: tuple[bytes, int, Any] | None = None  # path, time of change, PdfFile or PictureFile

    def ready(self) -> PageImage:
        """A small empty page, when all that draws pages of PDFs and texts is loaded."""
        from legalqa.ingest.formats import portable  # noqa: F401

        return self.typeset(72, 72, [], 0.1)

    def pdf(self, path: bytes, page: int, scale: float) -> PageImage:
        """A page of a PDF."""
        from legalqa.ingest.pdf import PdfError

        try:
            with self._opened(path, self._pdf).page(page) as handle:
                pixels, _ = handle.render(scale, MAX_PIXELS)
        except Refusal as refusal:
            kept = "; passwords are not kept" if refusal.state == "encrypted" and not self._passwords else ""
            raise errors.UserError(f"Page {page} cannot be drawn: {refusal.reason}{kept}.") from None
        except (PdfError, OSError, MemoryError):
            raise _missing(page) from None
        return _image(pixels)

    def image(self, path: bytes, page: int, scale: float) -> PageImage:
        """A page of a picture file."""
        import cv2

        from legalqa.ingest.formats.pictures import PictureError, PictureFile

        try:
            picture = self._opened(path, PictureFile)
            if not 1 <= page <= picture.frames:
                raise errors.UserError(f"The document has no page {page}.")
            pixels, dpi = picture.frame(page)
        except (PictureError, OSError, MemoryError):
            raise _missing(page) from None
        height, width = pixels.shape[:2]
        factor = min(scale * 72 / dpi, math.sqrt(MAX_PIXELS / (width * height)))
        size = (max(round(width * factor), 1), max(round(height * factor), 1))
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        return _image(cv2.resize(pixels, size, interpolation=how))

    def typeset(self, width: float, height: float, words: list[_Placed], scale: float) -> PageImage:
        """A page of a text that we have set."""
        from legalqa.ingest.pdf import SetWord, drawn_text
        from legalqa.ingest.typeset import ASCENT, FONT_SIZE

        placed = [SetWord(text, x0, y0 + ASCENT, FONT_SIZE, hidden=hidden) for text, x0, y0, _, _, hidden in words]
        return _image(drawn_text(width, height, placed, scale, MAX_PIXELS))

    def reset(self, width: float, height: float, words: list[_Placed], scale: float) -> PageImage:
        """A page of a file that cannot be drawn, from its words: each is made to fill its box."""
        from legalqa.ingest.pdf import SetWord, drawn_text

        placed = [SetWord(_INSTEAD, 9, 10, 6, hidden=True)]
        for text, x0, y0, x1, y1, hidden in words:
            size = max(_FILL * (y1 - y0), 1.0)
            stretch = max((x1 - x0) / (0.6 * size * max(len(text), 1)), 0.01)
            placed.append(SetWord(text, x0, y0 + _BASELINE * (y1 - y0), size, stretch, hidden))
        return _image(drawn_text(width, height, placed, scale, MAX_PIXELS))

    def _pdf(self, file: Path) -> Any:
        from legalqa.ingest.formats import portable

        return portable.opened(file, self._passwords)[0]

    def _opened(self, path: bytes, opened: Callable[[Path], Any]) -> Any:
        file = Path(os.fsdecode(path))
        changed = file.stat().st_mtime_ns
        if self._file is None or self._file[:2] != (path, changed):
            if self._file is not None:
                self._file[2].close()
            self._file = None
            self._file = (path, changed, opened(file))
        return self._file[2]


def _words(document: Document, page: int) -> tuple[Page, list[_Placed]]:
    shown = next((candidate for candidate in document.pages if candidate.number == page), None)
    if shown is None:
        raise errors.UserError(f"The document has no page {page}.")
    unseen = document.regions_of(shown.start, shown.end, "hidden")
    return shown, [
        (document.text[word.start : word.end], word.x0, word.y0, word.x1, word.y1,
         any(region.start < word.end and word.start < region.end for region in unseen))
        for word in shown.words
    ]  # fmt: skip


def _missing(page: int) -> errors.UserError:
    return errors.UserError(f"Page {page} cannot be drawn: the file is missing, changed or damaged.")


def _image(pixels: Any) -> PageImage:
    height, width = pixels.shape[:2]
    return PageImage(width, height, pixels[:, :, ::-1].tobytes())
