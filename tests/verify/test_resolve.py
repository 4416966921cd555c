"""References in briefs: one match or unresolved."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from legalqa.values.document import Document, Page, Region, Section
from legalqa.verify.record import Place
from legalqa.verify.resolve import Named, resolve

LEASE_TEXT = "INDUSTRIAL LEASE\n\n4.1 Base Rent is due.\n\n4.2 Late charges apply.\n\nEND"
COMPLAINT_TEXT = "COMPLAINT\n\n1. Plaintiff sues.\n\n2. Rent was due.\n\n3. It was not paid.\n"
TRANSCRIPT_TEXT = " 1 Q. When?\n 2 A. Monday.\n 3 Q. Sure?\n 4 A. Yes.\n"


def document(id: str, path: str, title: str, type: str, text: str, sections: tuple[Section, ...] = ()) -> Document:
    half = text.index("\n\n", 5) if "\n\n" in text else len(text)
    pages = (
        Page(1, "1", "text", 0, half, 612, 792, bates="HARBOR000101"),
        Page(2, "2", "text", half, len(text), 612, 792, bates="HARBOR000102"),
    )
    return Document(id, path, "0" * 64, "pdf", title, type, None, (), True, text, pages, sections)


_FOUR = LEASE_TEXT.index("4.1")
_FIVE = LEASE_TEXT.index("4.2")
DOCUMENTS = {
    d.id: d
    for d in (
        document(
            "lease",
            "/m/Industrial Lease 2019.pdf",
            "INDUSTRIAL LEASE",
            "lease",
            LEASE_TEXT,
            (
                Section("Section 4.1", "Base Rent", 1, _FOUR, _FIVE, ("4.1 Base Rent",)),
                Section("4.2", "Late", 1, _FIVE, 60, ("4.2 Late",)),
            ),
        ),
        document("first", "/m/First Amendment.pdf", "FIRST AMENDMENT TO INDUSTRIAL LEASE", "amendment", LEASE_TEXT),
        document("complaint", "/m/Complaint.pdf", "COMPLAINT FOR BREACH", "complaint", COMPLAINT_TEXT),
        document("dep", "/m/Deposition of Dana Okafor.pdf", "DEPOSITION", "transcript", TRANSCRIPT_TEXT),
    )
}


def places(reference: str) -> list[Place]:
    named = [Named(d.id, d.path, d.title, d.type) for d in DOCUMENTS.values()]

    def bates(label: str) -> Iterable[Place]:
        return [Place("lease", p.start, p.end) for p in DOCUMENTS["lease"].pages if p.bates == label]

    return resolve(reference, named, DOCUMENTS.__getitem__, bates)


@pytest.mark.parametrize("reference", ["Lease § 4.1", "Industrial Lease § 4.1", "Industrial Lease 2019.pdf § 4.1."])
def test_a_section_of_the_lease_and_not_of_its_amendment(reference: str) -> None:
    assert places(reference) == [Place("lease", _FOUR, _FIVE)]


def test_pages_by_label() -> None:
    lease = DOCUMENTS["lease"]
    assert places("Lease at 2") == [Place("lease", lease.pages[1].start, lease.pages[1].end)]
    assert places("Lease pp. 1-2") == [Place("lease", 0, len(lease.text))]
    assert places("Lease at 7") == []


def test_paragraphs_and_transcript_lines() -> None:
    (paragraph,) = places("Compl. ¶ 2")
    assert COMPLAINT_TEXT[paragraph.start : paragraph.end].strip() == "2. Rent was due."
    (lines,) = places("Okafor Dep. 1:2-4")
    assert TRANSCRIPT_TEXT[lines.start : lines.end].split() == [
        "2",
        "A.",
        "Monday.",
        "3",
        "Q.",
        "Sure?",
        "4",
        "A.",
        "Yes.",
    ]


def test_bates_numbers_and_ranges() -> None:
    lease = DOCUMENTS["lease"]
    pages = [Place("lease", page.start, page.end) for page in lease.pages]
    assert places("HARBOR000101") == pages[:1]
    assert places("HARBOR000101-102") == [Place("lease", pages[0].start, pages[-1].end)]
    assert places("HARBOR000999") == []


@pytest.mark.parametrize("reference", ["Guaranty § 3", "Lease § 9.9", "the", "Compl. ¶ 99"])
def test_what_cannot_be_told_is_unresolved(reference: str) -> None:
    assert places(reference) == []


def test_a_name_that_fits_two_documents_means_neither() -> None:
    assert places("Industrial at 2") == []


def numbered(id: str, path: str, labels: tuple[str, str], details: tuple[str, ...]) -> Document:
    """Two pages of two lines each, whose numbers are told by regions and stand nowhere in the text."""
    text = "Q. When?\nA. Monday.\n\fQ. Sure?\nA. Yes.\n"
    half = text.index("\f")
    pages = (
        Page(1, labels[0], "text", 0, half, 612, 792),
        Page(2, labels[1], "text", half + 1, len(text), 612, 792),
    )
    lines = ("Q. When?", "A. Monday.", "Q. Sure?", "A. Yes.")
    regions = tuple(
        Region("line", text.index(line), text.index(line) + len(line), detail)
        for line, detail in zip(lines, details, strict=True)
    )
    return Document(id, path, "0" * 64, "pdf", "TRIAL", "transcript", None, (), True, text, pages, regions=regions)


@pytest.mark.parametrize(
    ("labels", "details"),
    [(("45", "46"), ("24", "25", "1", "2")), (("1", "2"), ("45:24", "45:25", "46:1", "46:2"))],
)
def test_lines_told_by_ingestion(labels: tuple[str, str], details: tuple[str, ...]) -> None:
    one = numbered("tr", "/m/Trial Tr.pdf", labels, details)

    def said(reference: str) -> list[str]:
        found = resolve(reference, [Named("tr", one.path, "TRIAL", "transcript")], lambda _: one, lambda _: [])
        return [one.text[place.start : place.end] for place in found]

    assert said("Trial Tr. 45:25") == ["A. Monday."]
    assert said("Trial Tr. 45:25-46:1") == ["A. Monday.\n\fQ. Sure?"]
    assert said("Trial Tr. 46:1-2") == ["Q. Sure?\nA. Yes."]
    assert said("Trial Tr. 46:7") == []
    assert said("Trial Tr. 46:2-1") == []


def test_exhibits_are_files_or_parts_of_files() -> None:
    text = LEASE_TEXT + "\n\nEXHIBIT B\n\nThe berth."
    at = text.index("EXHIBIT B")
    lease = document("l", "/m/Lease.pdf", "LEASE", "lease", text, (Section("EXHIBIT B", "", 1, at, len(text), ("B",)),))
    photo = document("p", "/m/Exhibit A - Photo.pdf", "PHOTO", "other", LEASE_TEXT)
    both = [Named(d.id, d.path, d.title, d.type, d.sections) for d in (lease, photo)]

    def found(reference: str, among: list[Named]) -> list[Place]:
        return resolve(reference, among, {"l": lease, "p": photo}.__getitem__, lambda _: [])

    assert found("Ex. A", both) == [Place("p", 0, len(LEASE_TEXT))]
    assert found("Ex. A at 2", both) == [Place("p", photo.pages[1].start, photo.pages[1].end)]
    assert found("Exhibit B", both) == [Place("l", at, len(text))]
    assert found("Lease Ex. B", both) == [Place("l", at, len(text))]
    assert found("Lease Ex. C", both) == []
    second = Named("q", "/m/Ex. B to Complaint.pdf", "", "other")
    assert found("Ex. B", [*both, second]) == []
