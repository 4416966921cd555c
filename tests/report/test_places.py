"""How places are named in terminal text and JSON."""

from __future__ import annotations

from dataclasses import replace

from legalqa.report import as_json, as_text
from legalqa.values.answer import CheckedCitation, Passage, Searched, SearchResult, Sentence, VerifiedAnswer
from legalqa.values.document import Definition, Document, Metadatum, Page, Region

TEXT = "HARBOR LEASE\nItem | Amount\nRent | $5\n“Rent” means the Base Rent.\nSECRET TERMS"


def region(kind: str, words: str, detail: str = "") -> Region:
    at = TEXT.index(words)
    return Region(kind, at, at + len(words), detail)  # type: ignore[arg-type]  # kinds are spelt out below


DOCUMENT = Document(
    "id", "/m/Lease.pdf", "0" * 64, "pdf", "Lease", "lease", None, (), True, TEXT,
    (Page(1, "iv", "ocr", 0, len(TEXT), 612, 792, reason="part of the page is a picture"),),
    regions=(
        region("header", "HARBOR LEASE"), region("table", "Item | Amount\nRent | $5", "Item | Amount"),
        region("hidden", "SECRET TERMS", "under an opaque box"),
    ),
    definitions=(Definition("Rent", TEXT.index("“Rent”"), TEXT.index("\nSECRET")),),
    metadata=(Metadatum("governing_law", "New York"),),
)  # fmt: skip
CITED = CheckedCitation(
    "1", True, "Lease.pdf", "id", "/m/Lease.pdf", ("4.1 Rent",), (1,), ("HARBOR000101",),
    pin="p. iv (page 1 of the file)", labels=("iv",), header="Item | Amount", amended_by=("First Amendment",),
)  # fmt: skip
HIT = Passage(
    0, "Lease.pdf", "id", "/m/Lease.pdf", (), (1,), (), 0, len(TEXT), 0.5, TEXT, regions=DOCUMENT.regions,
    pin="p. iv (page 1 of the file)",
)  # fmt: skip


def test_a_place_is_named_by_pin_stamp_section_and_what_amends_it() -> None:
    assert as_text.place(CITED) == (
        "Lease.pdf, p. iv (page 1 of the file) (HARBOR000101), 4.1 Rent (document amended by First Amendment)"
    )
    assert as_text.place(replace(CITED, pin="", bates=(), amended_by=())) == "Lease.pdf, p. 1, 4.1 Rent"
    assert as_text.place(replace(CITED, pin="", paged=False, bates=(), amended_by=())) == "Lease.pdf, 4.1 Rent"


def test_hits_are_shown_without_heads_and_hidden_text_is_flagged() -> None:
    printed = as_text.search(SearchResult("rent", (), (HIT,), 1.0))
    assert "means the Base Rent." in printed
    assert "HARBOR LEASE" not in printed
    assert "SECRET" not in printed
    at = TEXT.index("SECRET")
    unseen = replace(HIT, start=at, end=len(TEXT), text=TEXT[at:], hidden="under an opaque box")
    printed = as_text.search(SearchResult("rent", (), (unseen,), 1.0))
    assert "[text that cannot be seen on the page: under an opaque box]" in printed
    assert "SECRET TERMS" in printed
    (hit,) = as_json.search(SearchResult("rent", (), (unseen,), 1.0))["hits"]
    assert hit["hidden"] == "under an opaque box"
    assert as_json.passage(HIT)["hidden"] is None


def test_citations_tell_lines_labels_and_header() -> None:
    told = as_json.citation(replace(CITED, lines=("45:12", "45:13"), pin="45:12–13"))
    assert told["pin"] == "45:12–13"
    assert told["lines"] == ["45:12", "45:13"]
    assert told["labels"] == ["iv"]
    assert told["header"] == "Item | Amount"
    assert told["amended_by"] == ["First Amendment"]


def test_what_was_partly_read_is_said() -> None:
    searched = Searched(1, 1, (), ("Lease.pdf p. 1 (part of the page is a picture)",))
    value = VerifiedAnswer("answered", (Sentence("It is.", "verbatim", ("x",), (CITED,)),), (), (), searched, None, {})
    printed = as_text.answer(value)
    assert "Only partly read: Lease.pdf p. 1 (part of the page is a picture)" in printed
    assert "under the table's header: Item | Amount" in " ".join(printed.split())
    assert as_json.answer(value)["searched"]["partly_read"] == list(searched.partly_read)


def test_show_prints_what_was_told_apart() -> None:
    printed = as_text.document(DOCUMENT, 1)
    assert "--- page 1 (ocr, labelled iv): part of the page is a picture" in printed
    assert "[text that cannot be seen on the page: under an opaque box]\nSECRET TERMS" in printed
    assert "table        [13:36] (Item | Amount)" in printed
    told = as_json.document(DOCUMENT, 1)
    assert told["regions"][0] == {"kind": "header", "start": 0, "end": 12, "detail": ""}
    assert told["definitions"][0]["term"] == "Rent"
    assert told["metadata"] == []
    assert as_json.document(DOCUMENT)["metadata"][0]["value"] == "New York"
