"""Reading past furniture: offsets stay, words stay, and what is skipped is nowhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from legalqa.values import reading
from legalqa.values.document import Document, Page, Region, RegionKind, Word
from legalqa.values.pin import page_name, pin

_SKIPPED: tuple[RegionKind, ...] = ("header", "footer", "stamp", "line_number", "hidden")


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, tuple[Region, ...], str]:
    """A text with furniture put between its words, its regions, and the words alone."""
    text, plain, regions = "", "", []
    for word in draw(st.lists(st.text("abcé-", min_size=1, max_size=5), min_size=1, max_size=12)):
        if draw(st.booleans()):
            head = draw(st.text("XYZ 9\n", min_size=1, max_size=6))
            regions.append(Region(draw(st.sampled_from(_SKIPPED)), len(text), len(text) + len(head)))
            text += head + "\n"
        text += word + draw(st.sampled_from([" ", "\n", "\n\n"]))
        plain += word + " "
    return text, tuple(draw(st.permutations(regions))), plain


@given(texts())
def test_masking_moves_nothing_and_leaves_the_words(made: tuple[str, tuple[Region, ...], str]) -> None:
    text, regions, plain = made
    read = reading.Reading(text, regions)
    masked = read.masked()
    assert len(masked) == len(text)
    assert masked.split() == plain.split() == read.text(0, len(text)).split()
    for piece in read.pieces(0, len(text)):
        assert masked[piece.start : piece.end] == text[piece.start : piece.end]


@given(texts(), st.data())
def test_any_span_reads_as_its_pieces(made: tuple[str, tuple[Region, ...], str], data: st.DataObject) -> None:
    text, regions, _ = made
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    read = reading.Reading(text, regions)
    assert read.masked(start, end) == read.masked()[start:end]
    pieces = read.pieces(start, end)
    assert all(start <= piece.start < piece.end <= end for piece in pieces)
    covered = set().union(*(range(piece.start, piece.end) for piece in pieces)) if pieces else set()
    for region in regions:
        assert not covered & set(range(region.start, region.end))
    part = reading.Reading(text[start:end], regions, offset=start)
    assert part.pieces(start, end) == pieces


def document(text: str, *regions: Region, labels: tuple[str, ...] = ("1",), paged: bool = True) -> Document:
    """Pages parted by form feeds, a word a box, one word under another."""
    pages, at = [], 0
    for number, (part, label) in enumerate(zip(text.split("\f"), labels, strict=True), 1):
        words, found = [], at
        for row, token in enumerate(part.split()):
            found = text.index(token, found)
            words.append(Word(found, found + len(token), 10, 20 * row, 60, 20 * row + 10))
            found += len(token)
        pages.append(Page(number, label, "text", at, at + len(part), 612, 792, tuple(words)))
        at += len(part) + 1
    return Document(
        "id", "/files/Tr.pdf", "0" * 64, "pdf", "Tr", "transcript", None, (), paged, text, tuple(pages), regions=regions
    )


def region(text: str, kind: RegionKind, words: str, detail: str = "") -> Region:
    return Region(kind, text.index(words), text.index(words) + len(words), detail)


def test_boxes_of_a_sentence_over_a_page_break_are_not_on_the_running_head() -> None:
    text = "Tenant shall pay\n\fLEASE\nthe rent."
    one = document(text, region(text, "header", "LEASE"), labels=("1", "2"))
    assert len(one.boxes_of(0, len(text))) == 6
    boxes = reading.boxes_of(one, 0, len(text))
    assert [(box.page, box.y0) for box in boxes] == [(1, 0), (1, 20), (1, 40), (2, 20), (2, 40)]
    assert len(reading.boxes_of(one, text.index("LEASE"), text.index("LEASE") + 5)) == 1


def test_lines_are_cited_by_page_and_line() -> None:
    text = "Q. Did you sign it?\nA. I did.\n\fQ. When?\nA. In May."
    lines = [("Q. Did you sign it?", "24"), ("A. I did.", "25"), ("Q. When?", "1"), ("A. In May.", "2")]
    one = document(text, *(region(text, "line", words, n) for words, n in lines), labels=("45", "46"))
    assert pin(one, 0, text.index("\nA.")).text == "45:24"
    assert pin(one, 3, text.index("I did") + 6).text == "45:24–25"
    whole = pin(one, 0, len(text))
    assert whole.lines == ("45:24", "45:25", "46:1", "46:2")
    assert whole.text == "45:24–46:2"


def test_lines_that_name_their_page_themselves() -> None:
    text = "12 Q. When?\n13 A. In May."
    regions = [
        region(text, "line_number", "12"), region(text, "line_number", "13"),
        region(text, "line", "Q. When?", "45:12"), region(text, "line", "A. In May.", "45:13"),
    ]  # fmt: skip
    assert pin(document(text, *regions, paged=False), 0, len(text)).text == "45:12–13"


def test_a_span_that_is_partly_on_no_line_is_cited_by_page() -> None:
    text = "A heading\nQ. When?"
    one = document(text, region(text, "line", "Q. When?", "1"), labels=("45",))
    assert pin(one, 0, len(text)).text == "p. 45 (page 1 of the file)"


def test_a_sheet_with_several_pages_on_it_names_no_line() -> None:
    text = "Q. When?\nA. In May.\nQ. Where?"
    lines = [("Q. When?", "1"), ("A. In May.", "2"), ("Q. Where?", "1")]
    one = document(text, *(region(text, "line", words, n) for words, n in lines))
    assert pin(one, 0, 8).lines == ()
    assert pin(one, 0, 8).text == "p. 1"


def test_labels_notes_and_files_without_pages() -> None:
    text = "The rent.\n3 See Roe."
    note = region(text, "footnote", "3 See Roe.", "3")
    assert pin(document(text, note), 0, 9).text == "p. 1"
    assert pin(document(text, note, labels=("iv",)), 0, 9).text == "p. iv (page 1 of the file)"
    assert pin(document(text, note), note.start, note.end).text == "p. 1 n.3"
    assert pin(document(text, note), 0, note.end).note == ""
    assert pin(document(text, paged=False), 0, 9).text == ""
    two = document("a\fb", labels=("iv", "v"))
    assert pin(two, 0, 3).text == "pp. iv–v (pages 1–2 of the file)"


def test_parts_that_cannot_be_seen_are_told_apart() -> None:
    text = "Seen here.\nSECRET\nSeen again."
    one = document(text, region(text, "hidden", "SECRET", "under a black box"))
    assert [(text[span.start : span.end], why) for span, why in reading.parted(one, 0, len(text))] == [
        ("Seen here.", ""), ("SECRET", "under a black box"), ("Seen again.", ""),
    ]  # fmt: skip
    assert reading.hidden_in(one, 11, 17) == "under a black box"
    assert reading.hidden_in(one, 5, 17) == ""


def test_the_header_of_a_table_row() -> None:
    text = "Item | Amount\nRent | $5\nTax | $6"
    table = Region("table", 0, len(text), "Item | Amount")
    at = text.index("Tax")
    assert reading.header_of([table], text[at:], at, len(text)) == "Item | Amount"
    assert reading.header_of([table], text, 0, len(text)) == ""
    assert reading.header_of([], text[at:], at, len(text)) == ""


def test_sheets_and_slides_are_called_so() -> None:
    roll = replace(document("a\fb\fc", labels=("Rent Roll", "Rent Roll", "Taxes")), kind="xlsx")
    assert pin(roll, 0, 1).text == "sheet Rent Roll"
    assert pin(roll, 0, 3).text == "sheet Rent Roll"
    assert pin(roll, 0, 5).text == "sheets Rent Roll–Taxes"
    deck = replace(document("a\fb", labels=("1", "2")), kind="pptx")
    assert pin(deck, 2, 3).text == "slide 2"
    assert pin(deck, 0, 3).text == "slides 1–2"
    assert [page_name(one.pages[0], one.kind) for one in (roll, deck, document("a"))] == [
        "sheet Rent Roll", "slide 1", "p. 1",
    ]  # fmt: skip


def test_a_comment_on_a_cell_is_on_no_sheet() -> None:
    text = "5 | 6\fToo low. Ask."
    comment = region(text, "hidden", "Too low.", "comment on cell B1")
    other = region(text, "hidden", "Ask.", "comment on cell B2")
    roll = replace(document(text, comment, other, labels=("Rent Roll", "comments")), kind="xlsx")
    assert pin(roll, comment.start, comment.end).text == "comment on cell B1"
    assert pin(roll, comment.start, other.end).text == "comments on cells"
    assert pin(roll, 0, 5).text == "sheet Rent Roll"
