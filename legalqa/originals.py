"""The originals behind a matter's documents: found again or kept as copies, and their pages drawn."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from legalqa import aside
from legalqa.errors import EnvironmentFault, UserError
from legalqa.finding import sha256_of
from legalqa.index.catalog import Catalog
from legalqa.index.files import on_disk
from legalqa.ingest import PageImage, PageImages
from legalqa.values.document import Document

_DRAWN = frozenset(("pdf", "image"))  # kinds whose pages are drawn from the file itself, not from its text
_FOLDERS = 5000  # that the drawing process is told of when it starts (10 µs each); of more, those that are needed
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class Originals:
    """`folder` is the matter's; `memory` the address space of the drawing process, in bytes."""

    def __init__(self, folder: Path, catalog: Catalog, memory: int) -> None:
        self._folder, self._catalog, self._memory = folder, catalog, memory
        self._closing = contextlib.ExitStack()

    @cached_property
    def _images(self) -> PageImages:
        scratch: str | None = None
        with contextlib.suppress(OSError):  # of a matter that may only be read, files that need a repair are not drawn
            scratch = str(self._closing.enter_context(aside.folder(self._folder, "drawing")))
        folders = {str(on_disk(record.fact.path).parent) for record in self._catalog.files()}
        known = (str(self._folder / "originals"), *(sorted(folders) if len(folders) <= _FOLDERS else ()))
        return PageImages(memory=self._memory, folders=known, scratch=scratch)

    def page_image(self, document: Document, page: int, scale: float) -> PageImage:
        """A page drawn in the drawing process; from the matter's own copy if the original is gone.

        Where the file cannot be drawn, from the words that were read of the page: `PageImage.instead` then says why.
        Raises UserError or EnvironmentFault if there are none.
        """
        try:
            return self._images.render(self.at_hand(document), page, scale)
        except (UserError, EnvironmentFault) as fault:
            if document.kind not in _DRAWN or not any(one.number == page and one.words for one in document.pages):
                raise
            return self._images.from_words(document, page, scale, instead=str(fault))

    def warm(self) -> None:
        """Start the drawing process."""
        self._images.warm()

    def at_hand(self, document: Document) -> Document:
        """The document with the path of the file to draw: the original as it was read, or the copy kept of it.

        Raises EnvironmentFault if the original of a PDF or picture has gone or changed and there is no copy.
        """
        if document.kind not in _DRAWN:
            return document
        copy = self.copy_of(document.sha256, document.path)
        if copy.exists():
            return replace(document, path=str(copy))
        fact, original = self._catalog.file(document.path), on_disk(document.path)
        with contextlib.suppress(OSError):
            now = original.stat()
            if fact and (now.st_size, now.st_mtime_ns) == (fact.fact.size, fact.fact.mtime_ns):
                return replace(document, path=str(original))
            if sha256_of(original) == document.sha256:
                return replace(document, path=str(original))
        raise EnvironmentFault(
            f"{document.path} has changed or gone since it was indexed.",
            kept="Its text is still in the matter.",
            hint="Index it again, or put the file back.",
        )

    def copy_of(self, sha256: str, path: str) -> Path:
        """Where the matter keeps its copy of an original (``--copy``), or a file that was found inside another one."""
        suffix = Path(path).suffix.lower()
        return self._folder / "originals" / (sha256 + (suffix if _SUFFIX.fullmatch(suffix) else ".bin"))

    def break_off(self) -> None:
        """End the drawing process, whatever page it is at, from any thread; none is started again."""
        if "_images" in vars(self):
            self._images.end()

    def close(self) -> None:
        """Let the drawing process go."""
        if "_images" in vars(self):
            self._images.close()
        self._closing.close()
