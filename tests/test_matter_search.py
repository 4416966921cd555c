"""Searching a whole matter: what is hidden stays out, a sentence runs over a page break, filters find folders."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from legalqa.errors import UserError
from legalqa.index.writer import Writer
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.values.document import Chunk, Document, Metadatum, Page, Region, Word
from tests.index.synthetic import fact

FIRST = "SETTLEMENT AGREEMENT\nThe parties agree that the Plaintiff shall receive the payment described in"
SECRET = "The settlement payment is four hundred thousand dollars to Jane Roe."
SECOND = (
    "Schedule 3 within thirty days. Each party bears its own costs.\nINVOICE\nItem | Amount\nBerth hire | $4,800.00"
)
BOX = "under an opaque box"
HEAD = "CONFIDENTIAL – HARBOR"


def settlement() -> Document:
    """Two pages: hidden text at the end of the first, a running head on the second, a table."""
    one, two = f"{FIRST}\n\n{SECRET}", f"{HEAD}\n{SECOND}"
    text = f"{one}\n\f{two}"
    at = len(one) + 2
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, "settlement"))
    pages = tuple(
        Page(number, label, "text", start, end, 612, 792, tuple(words(text, start, end)),
             bates=f"HARBOR{100 + number:06}", reason="part of the page is a picture" if number == 2 else None)
        for number, label, start, end in ((1, "i", 0, len(one)), (2, "ii", at, len(text)))
    )  # fmt: skip
    secret = text.index(SECRET)
    spans = [(0, len(FIRST), False), (secret, secret + len(SECRET), True), (at, len(text), False)]
    parent = Chunk(str(uuid.uuid5(uuid.NAMESPACE_URL, "parent")), 0, len(text), None)
    chunks = [
        Chunk(str(uuid.uuid5(uuid.NAMESPACE_URL, str(a))), a, b, parent.id, hidden=hidden) for a, b, hidden in spans
    ]
    table = text.index("Item |")
    return Document(
        id, "/m/Discovery/Settlement.pdf", "1" * 64, "pdf", "Settlement Agreement", "settlement", "2024-03-01", (),
        True, text, pages, (), (parent, *chunks),
        regions=(
            Region("hidden", secret, secret + len(SECRET), BOX), Region("header", at, at + len(HEAD)),
            Region("table", table, len(text), "Item | Amount"),
        ),
        metadata=(Metadatum("governing_law", "State of New York"),),
    )  # fmt: skip


def words(text: str, start: int, end: int) -> Iterator[Word]:
    at = start
    for row, token in enumerate(text[start:end].split()):
        at = text.index(token, at)
        yield Word(at, at + len(token), 10.0, 10.0 * row, 80.0, 10.0 * row + 9)
        at += len(token)


def letter() -> Document:
    """An attachment of an e-mail, of another law."""
    text = "The berth fees were settled in the letter of May 5. The amount was small."
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, "letter"))
    page = Page(1, "1", "text", 0, len(text), 612, 792, tuple(words(text, 0, len(text))))
    chunk = Chunk(str(uuid.uuid5(uuid.NAMESPACE_URL, "letter chunk")), 0, len(text), None)
    return Document(
        id, "/m/mail/thread.eml/letter.txt", "2" * 64, "txt", "Letter", "letter", None, (), False, text, (page,), (),
        (chunk,),
    )  # fmt: skip


@pytest.fixture(scope="module")
def matter(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Iterator[Matter]:
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(models_home / "models")
    library = Library(home)
    library.create("hidden")
    with library.open("hidden") as made:
        engines = made._engines
        mail = replace(letter(), id=str(uuid.uuid4()), path="/m/mail/thread.eml", sha256="3" * 64, chunks=())
        mail = replace(mail, text=mail.text.replace("e", "x"))
        with Writer(
            made.folder, made.catalog, engines.shard, engines.encoder.embed, ingest_version="1", free_space_mb=1
        ) as writer:
            for document in (settlement(), mail, letter()):
                writer.add(document, fact(document))
        yield made


def texts(matter: Matter, query: str, **options: object) -> list[str]:
    return [hit.text for hit in matter.search(query, **options).hits]  # type: ignore[arg-type]  # passed on as given


def test_hidden_text_is_found_only_when_asked_for(matter: Matter) -> None:
    query = "settlement payment four hundred thousand dollars Jane Roe"
    for found in (texts(matter, query), texts(matter, "four hundred thousand", exact=True)):
        assert not any("Roe" in text or "thousand" in text for text in found)
    hits = matter.search(query, hidden=True).hits
    assert [hit.text for hit in hits if hit.hidden] == [SECRET]
    assert {hit.hidden for hit in hits if "Roe" in hit.text} == {BOX}
    (only,) = matter.search(query, where="hidden=yes").hits
    assert (only.text, only.hidden) == (SECRET, BOX)
    (exact,) = matter.search("four hundred thousand", exact=True, hidden=True).hits
    assert exact.hidden == BOX
    assert texts(matter, "four hundred thousand", exact=True, where="hidden=no") == []


def test_an_exact_phrase_runs_over_a_page_break_past_head_and_hidden_text(matter: Matter) -> None:
    (hit,) = matter.search("payment described in Schedule 3 within thirty days", exact=True).hits
    assert hit.pages == (1, 2)
    assert hit.pin == "pp. i–ii (pages 1–2 of the file)"
    document = matter.document(hit.document_id)
    head, secret = document.text.index(HEAD), document.text.index(SECRET)
    unread = {*document.boxes_of(head, head + len(HEAD)), *document.boxes_of(secret, secret + len(SECRET))}
    assert not unread & set(hit.boxes)
    assert {box.page for box in hit.boxes} == {1, 2}


def test_a_bates_number_finds_its_page(matter: Matter) -> None:
    for query in ("HARBOR000102", " harbor 000102 "):
        (hit,) = matter.search(query).hits
        assert hit.pages == (2,)
        assert hit.text.startswith(HEAD)
    (visible,) = matter.search("HARBOR000101").hits
    assert visible.text == FIRST
    assert texts(matter, "HARBOR000101", where="type=letter") == []
    assert texts(matter, "HARBOR000199") == []  # a number that no page bears finds nothing, not something like it
    assert texts(matter, "Harbor invoice 000101") != []  # no prefix that the matter knows: words like any others


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("path=Discovery", {"Settlement.pdf"}),
        ("path=/m/mail", {"letter.txt"}),
        ("path=m/discovery/Settlement.pdf", {"Settlement.pdf"}),
        ("path!=Discovery", {"letter.txt"}),
        ("parent=thread.eml", {"letter.txt"}),
        ("kind=pdf", {"Settlement.pdf"}),
        ('governing_law="New York"', {"Settlement.pdf"}),
        ('governing_law="State of New York"', {"Settlement.pdf"}),
        ("governing_law=Delaware", set()),
        ("bates=HARBOR000102-000140", {"Settlement.pdf"}),
        ("bates=HARBOR000103-140", set()),
        ("bates>=HARBOR000101 bates<HARBOR000102", {"Settlement.pdf"}),
    ],
)
def test_filters(matter: Matter, where: str, names: set[str]) -> None:
    found = matter.search("parties payment letter amount", where=where)
    assert {hit.document for hit in found.hits} == names
    assert {hit.document for hit in matter.search("the", where=where, exact=True).hits} <= names


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("path=Discovry", "did you mean Discovery"),
        ("parent=Settlement.pdf", "no e-mail or archive"),
        ("hidden=perhaps", "hidden is yes or no"),
        ("bates!=HARBOR000101-102", "with = only"),
        ("bates=HARBOR000102-101", "not a range"),
    ],
)
def test_wrong_filters_are_refused_in_words(matter: Matter, where: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        matter.search("payment", where=where)


def test_rows_come_with_their_header_and_partly_read_pages_are_named(matter: Matter) -> None:
    (hit,) = matter.search("Berth hire", exact=True).hits
    assert hit.header == "Item | Amount"
    assert matter._passages.searched(None).partly_read == ("Settlement.pdf p. 2 (part of the page is a picture)",)


def test_the_record_finds_a_quote_past_the_page_break_and_marks_hidden_ones(matter: Matter) -> None:
    record = matter._engines.record(matter.document)
    (seen,) = record.find("payment described in Schedule 3 within thirty days")
    assert not seen.hidden
    found = record.find("settlement payment is four hundred thousand dollars")
    assert [place.hidden for place in found] == [BOX]


def test_a_search_says_what_it_understood(matter: Matter) -> None:
    understood = matter.search("In the Settlement Agreement, who bears the costs?").understood
    assert understood is not None
    assert understood.core == "who bears the costs?"
    assert [scope.document for scope in understood.scopes] == ["Settlement.pdf"]
    chosen = matter.understand("who bears the costs?", scope="letter.txt")
    assert [(scope.document, scope.score) for scope in chosen.scopes] == [("letter.txt", 1.0)]
    assert matter.understand("In the Settlement Agreement, who pays?", scope="all").scopes == ()
    follow = matter.understand("and the amount?", ["In the Settlement Agreement, what is the payment?"])
    assert follow.scopes[0].document == "Settlement.pdf"
    assert matter.search("payment", exact=True).understood is None
    with pytest.raises(UserError, match=r"no document 'nothing\.pdf'"):
        matter.search("payment", scope="nothing.pdf")
