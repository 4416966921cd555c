"""The two calls of pdfium that are made for every word, with plain addresses for arguments: that is twice as fast."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

import pypdfium2.raw as pdfium

_ADDRESS = ctypes.c_void_p


def address(handle: Any) -> int:
    """Where the object lies that pypdfium2 has a pointer to."""
    return ctypes.cast(handle, _ADDRESS).value or 0


_text_object = ctypes.CFUNCTYPE(_ADDRESS, _ADDRESS, ctypes.c_int)(address(pdfium.FPDFText_GetTextObject))
_loose_box = ctypes.CFUNCTYPE(ctypes.c_int, _ADDRESS, ctypes.c_int, _ADDRESS)(address(pdfium.FPDFText_GetLooseCharBox))
_sides = struct.Struct("8f").unpack_from  # FS_RECTF twice: left, top, right, bottom
_RECTANGLE = 16  # bytes


class Text:
    """The text of a loaded page. `handle` is pypdfium2's pointer to it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self._text = address(handle)
        self._buffer = (ctypes.c_float * 8)()
        self._first = ctypes.addressof(self._buffer)
        self._last = self._first + _RECTANGLE

    def item(self, index: int) -> int:
        """The address of the text object of a character, 0 for one that pdfium made up."""
        return _text_object(self._text, index) or 0

    def box(self, first: int, last: int) -> tuple[float, float, float, float] | None:
        """left, bottom, right, top of a word in the page's own space, by its first and last characters.

        Those between are not asked: that would cost most of the time.
        """
        if not _loose_box(self._text, first, self._first) or not _loose_box(self._text, last, self._last):
            return None
        left, top, right, bottom, last_left, last_top, last_right, last_bottom = _sides(self._buffer)
        if last_left < left or right > last_right:  # runs from right to left, or up the page
            left, last_right = min(left, last_left), max(right, last_right)
        if last_bottom < bottom or top > last_top:
            bottom, last_top = min(bottom, last_bottom), max(top, last_top)
        return left, bottom, last_right, last_top
