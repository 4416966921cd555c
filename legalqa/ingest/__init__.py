"""file → Document, in a killable process: `Reader.read` reads, `PageImages.render` draws."""

from legalqa.ingest.images import PageImage, PageImages
from legalqa.ingest.journal import Journal
from legalqa.ingest.kinds import kind_of
from legalqa.ingest.reader import INGEST_VERSION, Book, Reader, ReadOptions, Unreadable

__all__ = [
    "INGEST_VERSION",
    "Book",
    "Journal",
    "PageImage",
    "PageImages",
    "ReadOptions",
    "Reader",
    "Unreadable",
    "kind_of",
]
