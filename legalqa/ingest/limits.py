"""How much of a file is read, and the refusal that says so. Sizes are bytes unless it says otherwise.

Time and memory of the whole process are the Reader's (`ReadOptions.page_seconds`, `ReadOptions.memory`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence

from legalqa.values.document import FileState

PAGES = 20_000  # of one file; the longest record that a court files as one is a few thousand
TEXT = 40_000_000  # characters of one file that is not read page by page: about 15,000 pages
PARTS = 2_000  # of an e-mail
DEPTH = 40  # parts within parts: groups of shapes, tables in tables, lists in lists
CELLS = 500_000  # of a workbook
PIXELS = 120_000_000  # of a picture: a drawing of 36 by 24 inches at 350 dpi
FRAMES = 5_000  # of a picture file of many pages
UNPACKED = 400 << 20  # of the parts of one Office file
RATIO = 300  # unpacked to packed; real documents reach about 40
RATIO_FROM = 20 << 20  # what is smaller than this may be packed as tightly as it likes
MEMBERS = 20_000  # of an archive
MEMBER = 1 << 30  # of one file taken out of another
CONTAINER = 8 << 30  # of all files taken out of one
MAIL = 200 << 20  # of a message held in memory
SMALL_PICTURE = 10 << 10  # a picture inside a message that is smaller is a logo, not a document
PASTED_PICTURE = 20 << 10  # a picture pasted into an Office file that is smaller is an ornament
CONVERT_SECONDS = 45.0  # that LibreOffice may take; below the Reader's patience with one page


class Refusal(Exception):
    """The file gives no document. `reason` is for the user and quotes nothing of the file."""

    def __init__(self, state: FileState, reason: str) -> None:
        super().__init__(reason)
        self.state: FileState = state
        self.reason = reason


def locked(passwords: Sequence[str]) -> Refusal:
    """What to say of a file that no password opens."""
    tried = "; none of the passwords given opens it" if passwords else ""
    return Refusal("encrypted", f"the file is protected by a password{tried}")


def explained(error: Exception) -> str:
    """Why a page could not be read, of an error that nobody foresaw; OpenCV has its own for too little memory."""
    if "Insufficient memory" in str(error):
        return "reading the page takes more memory than is allowed"
    return f"it broke the reader ({type(error).__name__})"


def too_long(length: int) -> None:
    """Raises Refusal if a text has more characters than are read."""
    if length > TEXT:
        raise Refusal("failed", f"the file holds more than {TEXT // 1_000_000} million characters and was not read")


def refuse_bomb(entries: Iterable[zipfile.ZipInfo], what: str) -> None:
    """Raises Refusal if an archive unpacks to far more than a document can hold."""
    packed = unpacked = 0
    for entry in entries:
        packed, unpacked = packed + entry.compress_size, unpacked + entry.file_size
    if unpacked > UNPACKED or (unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1)):
        raise Refusal("failed", f"the {what} unpacks to far more than a document can hold and was not opened")
