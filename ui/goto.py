"""Where to go in a document: page number, Bates number, printed label, or page:line of a transcript."""

from __future__ import annotations

import re
from collections.abc import Sequence

from legalqa.values import bates
from legalqa.values.document import Box, Document, Page
from legalqa.values.reading import boxes_of

_PAGE_LINE = re.compile(r"\s*([^:\s]+)\s*:\s*(\d{1,3})\s*")


def place(document: Document, typed: str) -> tuple[int, Sequence[Box]] | None:
    """Page (from 1) and boxes of what was typed; None if the document has no such place, or more than one.

    Digits alone are physical pages. Before a colon a printed label goes before the number of the page, as in a cite.
    """
    typed = typed.strip().casefold()
    pages = document.pages
    if not typed:
        return None
    stamped = [page.number for page in pages if page.bates and bates.key(page.bates) == bates.key(typed)]
    if stamped:
        return stamped[0], ()
    if typed.isdecimal():
        return int(typed), ()
    if found := _PAGE_LINE.fullmatch(typed):
        return _line(document, found.group(1), found.group(2))
    labelled = _labelled(pages, typed)
    return (labelled[0].number, ()) if len(labelled) == 1 else None


def _line(document: Document, page: str, line: str) -> tuple[int, Sequence[Box]] | None:
    labelled = _labelled(document.pages, page)
    if not labelled and page.isdecimal():
        labelled = [one for one in document.pages if one.number == int(page)]
    for one in labelled if len(labelled) == 1 else ():
        for region in document.regions_of(one.start, one.end, "line"):
            if region.detail == line:
                return one.number, boxes_of(document, region.start, region.end)
    return None


def _labelled(pages: Sequence[Page], label: str) -> list[Page]:
    return [page for page in pages if page.label.casefold() == label]
