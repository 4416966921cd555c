"""The reading process: serves `Worker` behind a `Child`. Nothing of a document leaves it but the values of `items`.

Every format is a module of this package with ``read(file, context) -> Iterator[Item]``: `Opened`, then `PageRead` for
every page whose number is not in ``context.skip``, then `Attached` for every file found inside; or it raises `Refusal`.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from legalqa import errors
from legalqa.ingest.context import Context
from legalqa.ingest.items import Item, Outline, Refused, Structure
from legalqa.ingest.limits import Refusal

if TYPE_CHECKING:
    from legalqa.ingest.pages import PageReader

FORMATS = {  # kind → module of `formats`
    "pdf": "portable",
    "docx": "office",
    "doc": "word97",
    "rtf": "rtf",
    "xlsx": "sheets",
    "csv": "sheets",
    "pptx": "slides",
    "eml": "mail",
    "mbox": "archive",
    "msg": "outlook",
    "html": "web",
    "txt": "text",
    "md": "text",
    "image": "pictures",
    "zip": "archive",
    **dict.fromkeys(("odt", "ods", "odp", "wpd", "xls", "ppt"), "libreoffice"),
}


class Worker:
    """Reads files page by page. `stop` is heeded between pages.

    `spool` is the folder where files found inside files are put, "" to take none out; it must exist.
    """

    def __init__(
        self,
        stop: threading.Event,
        ocr: Literal["auto", "always", "never"],
        languages: str,
        spool: str = "",
        passwords: tuple[str, ...] | list[str] = (),
    ) -> None:
        self._stop = stop
        self._ocr, self._languages = ocr, languages
        self._spool = Path(spool) if spool else None
        self._passwords = tuple(passwords)
        self._pages: PageReader | None = None

    def ready(self) -> bool:
        """Answers once the process runs and has loaded what reading takes, so that no page is charged with it.

        From now on nothing reaches the terminal: libraries complain about hostile files, and may quote them.
        """
        from legalqa.ingest import heap, pages

        heap.give_back_large_blocks()
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        with Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), 2)
        return pages.PageReader is not None

    def read(self, path: bytes, kind: str, skip: list[int]) -> Iterator[Item]:
        """Opened, then PageRead for every page whose number is not in `skip`, then Attached; or Refused."""
        file = Path(os.fsdecode(path))
        context = Context(self._stop, self._page_reader, frozenset(skip), self._spool, self._passwords)
        try:
            if file.stat().st_size == 0 and kind not in ("txt", "md"):
                yield Refused("failed", "the file is empty")
                return
            module = importlib.import_module(f"legalqa.ingest.formats.{FORMATS[kind]}")
            yield from module.read(file, context)
        except Refusal as refusal:
            yield Refused(refusal.state, refusal.reason)
        except MemoryError:
            yield Refused("failed", "reading the file takes more memory than is allowed")
        except RecursionError:
            yield Refused("failed", "the parts of the file lie too deep inside each other")
        except OSError as error:
            yield Refused("failed", f"the file could not be read ({error.strerror or type(error).__name__})")
        except errors.LegalQAError:
            raise
        except Exception as error:  # whatever breaks a parser is the file's fault: a reason, not a crash
            yield Refused("failed", f"the file is damaged: it broke the reader ({type(error).__name__})")

    def structure(self, outline: dict[str, Any]) -> Structure:
        """Metadata, sections and chunks of a text that has been read."""
        from legalqa.ingest.structure import structured

        return structured(msgspec.convert(outline, Outline))

    def _page_reader(self) -> PageReader:
        if self._pages is None:
            from legalqa.ingest.pages import PageReader

            self._pages = PageReader(self._ocr, self._languages)
        return self._pages
