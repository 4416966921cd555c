"""A small record made of real documents, for tests of the verifier."""

from __future__ import annotations

from collections.abc import Sequence

from legalqa.values.answer import Answer, Claim, Passage
from legalqa.values.document import Document, Page, Section, Word
from legalqa.verify import Place, places

LEASE = """ARTICLE 4 RENT

4.1 Base Rent. Tenant shall pay Landlord base rent of $42,500 per month, in advance, on the first day of each month, \
beginning March 1, 2019. Rent not paid within ten (10) days after it is due bears interest at five percent (5%) per \
annum.

4.2 Assignment. Tenant shall not assign this Lease without the prior written consent of Landlord. Landlord may \
terminate this Lease upon not less than sixty (60) days' written notice to Tenant.
\f4.3 Indemnity. Tenant shall indemnify Landlord against all claims arising from Tenant's use of the Premises. \
Landlord shall maintain the roof and is not required to maintain the parking area. The “Security Deposit” is $85,000.

4.4 Governing Law. This Lease is governed by the laws of the State of New York. See Roe v. Wade, 410 U.S. 113 (1973).
"""
NOTICE = (
    "The tenant is hereby notified that the sum of $12,750.00 is past due as of June 3, 2021 and must be paid at once."
)


def document(
    text: str, *, id: str = "lease", path: str = "/files/Lease.pdf", title: str = "Office Lease", source: str = "text"
) -> Document:
    """A document whose pages are split at form feeds; every word has a box, ten points a line."""
    pages, start = [], 0
    for number, part in enumerate(text.split("\f"), 1):
        at, words = start, []
        for row, token in enumerate(part.split()):
            at = text.index(token, at)
            confidence = 71.0 if source == "ocr" else None
            words.append(Word(at, at + len(token), 10.0, 10.0 * row, 10.0 + len(token), 10.0 * row + 9, confidence))
            at += len(token)
        end = start + len(part)
        pages.append(
            Page(number, str(number), "ocr" if source == "ocr" else "text", start, end, 612, 792, tuple(words),
                 71.0 if source == "ocr" else None, f"HARBOR{number:06}")
        )  # fmt: skip
        start = end + 1
    sections: tuple[Section, ...] = ()
    if "4.2 Assignment" in text:
        first, last = text.index("4.2 Assignment"), text.index("4.3 Indemnity")
        sections = (Section("4.2", "Assignment", 2, first, last, ("ARTICLE 4 RENT", "4.2 Assignment")),)
    return Document(
        id, path, "0" * 64, "pdf", title, "lease", None, ("Harbor Point LLC", "Acme Corp."), True, text,
        tuple(pages), sections,
    )  # fmt: skip


class Documents:
    """A record over documents in memory."""

    def __init__(self, *documents: Document, references: dict[str, Sequence[Place]] | None = None) -> None:
        self.by_id = {one.id: one for one in documents}
        self.references = references or {}

    def document(self, document_id: str) -> Document | None:
        return self.by_id.get(document_id)

    def find(self, quote: str) -> Sequence[Place]:
        found = [place for one in self.by_id.values() for place in places.standing(quote, one)]
        return sorted(found, key=lambda place: bool(place.hidden))

    def resolve(self, reference: str) -> Sequence[Place]:
        return self.references.get(reference, [])


def passage(one: Document, key: int, first: str, last: str) -> Passage:
    """The passage from the words `first` to the words `last`."""
    start = one.text.index(first)
    end = one.text.index(last, start) + len(last)
    return Passage(
        key, one.title, one.id, one.path, (), tuple(page.number for page in one.pages_of(start, end)), (), start, end,
        1.0, one.text[start:end],
    )  # fmt: skip


def answer(claims: Sequence[Claim], *passages: Passage) -> Answer:
    return Answer("?", tuple(claims), passages)
