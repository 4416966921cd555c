"""The appendix of a memo: which pages are cited, what they are called, their pictures with the cited words boxed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from legalqa.report.memo_words import Pages, pages_of, printable
from legalqa.report.page_image import highlight
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.document import Box, Document
from legalqa.values.memo import Exhibit
from legalqa.values.pin import page_range

SCALE: Final = 150 / 72  # pixels a point: 150 dots an inch, at which small print of a scan can be read
_LARGEST: Final = 400_000  # bytes of a PNG; what is larger, as scans are, is kept as JPEG
_QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class CitedPage:
    """A page of document `document_id`, the file `document`, that citations stand on, with the boxes of their words;
    `name` is "A3".
    """

    name: str
    document: str
    document_id: str
    page: int
    boxes: tuple[Box, ...]


def cited(answers: Sequence[VerifiedAnswer]) -> tuple[CitedPage, ...]:
    """The pages on which sound citations stand: documents in the order in which they are first cited, their pages in
    their own. Where a citation does not hold there is nothing to box.
    """
    boxes: dict[str, dict[int, list[Box]]] = {}
    files: dict[str, str] = {}
    for answer in answers:
        for sentence in answer.sentences:
            for one in sentence.citations:
                files.setdefault(one.document_id, one.document)
                for page in pages_of(one) if one.found and one.document_id and not one.hidden else ():
                    on_page = boxes.setdefault(one.document_id, {}).setdefault(page, [])
                    on_page += [box for box in one.boxes if box.page == page and box not in on_page]
    ordered = [(files[id], id, page, tuple(on[page])) for id, on in boxes.items() for page in sorted(on)]
    return tuple(CitedPage(f"A{number}", *one) for number, one in enumerate(ordered, 1))


def names(pages: Sequence[CitedPage]) -> Pages:
    """The name of each page's picture."""
    return {(one.document_id, one.page): one.name for one in pages}


def exhibit(one: CitedPage, document: Document, width: int, height: int, rgb: bytes, instead: str = "") -> Exhibit:
    """The picture of a page; `rgb` holds its rows from the top, three bytes a pixel. `instead` says why it was drawn
    from the words that were read.
    """
    scale = width / document.pages[one.page - 1].width  # a huge page is drawn smaller than asked
    data = highlight(width, height, rgb, one.boxes, scale)
    caption = _caption(one, document) + (f". Drawn from the words that were read: {printable(instead)}" * bool(instead))
    return Exhibit(one.name, caption, data if len(data) <= _LARGEST else _jpeg(data), width, height)


def undrawn(one: CitedPage, document: Document | None, why: str) -> Exhibit:
    """In place of a page that cannot be drawn."""
    known = document is not None and one.page <= len(document.pages)
    caption = (
        _caption(one, document) if document and known else f"{printable(one.document)}, page {one.page} of the file"
    )
    return Exhibit(one.name, caption, why=printable(why))


def _caption(one: CitedPage, document: Document) -> str:
    """ "Industrial Lease.pdf, p. 11, HARBOR000111"; of a file without pages of its own, that the page is ours."""
    page = document.pages[one.page - 1]
    ours = f"sheet {page.number} of its text as LegalQA sets it"
    where = page_range((page,), document.kind) if document.paged else ours
    name = document.path.replace("\\", "/").rpartition("/")[2]
    return ", ".join(printable(part) for part in (name, where, page.bates or "") if part)


def _jpeg(png: bytes) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(png)).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
