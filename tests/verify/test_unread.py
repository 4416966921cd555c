"""What pages carry beside the text, and what cannot be seen on them, when words are held against the record."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from legalqa.values.answer import Citation, Claim
from legalqa.values.document import Document, Page, Region, RegionKind
from legalqa.values.reading import Reading
from legalqa.verify import Place, check, check_draft, places, quotes
from tests.verify.parts import Documents, answer, document, passage

BROKEN = (
    "4.2 Transfers. Tenant shall not assign this Lease without the prior writ-\n"
    "\fHARBOR POINT LEASE\nHARBOR000002\n"
    "ten consent of Landlord, which Landlord shall not unreasonably withhold.\n"
    "The settlement amount is four hundred thousand dollars."
)
QUOTE = "without the prior written consent of Landlord, which Landlord shall not unreasonably withhold"
BOX = "under an opaque box"


def region(text: str, kind: RegionKind, words: str, detail: str = "") -> Region:
    return Region(kind, text.index(words), text.index(words) + len(words), detail)


def lease(text: str = BROKEN) -> Document:
    regions = (
        region(text, "header", "HARBOR POINT LEASE"),
        region(text, "stamp", "HARBOR000002"),
        region(text, "hidden", "The settlement amount is four hundred thousand dollars.", BOX),
    )
    return replace(document(text), regions=regions)


def test_a_quote_over_a_page_break_is_verbatim_and_boxed_on_both_pages_but_not_on_the_head() -> None:
    one = lease()
    shown = passage(one, 1, "4.2", "withhold.")
    checked = check(answer([Claim(f"“{QUOTE}”", (Citation("1", QUOTE),), copied=True)], shown), Documents(one))
    (sentence,) = checked.sentences
    assert sentence.verdict == "verbatim"
    (cited,) = sentence.citations
    assert cited.start is not None
    assert one.text[cited.start : cited.end].startswith("without the prior writ-\n\fHARBOR")
    assert cited.pages == (1, 2)
    assert cited.pin == "pp. 1–2"
    heads = one.boxes_of(one.text.index("HARBOR POINT"), one.text.index("\nten"))
    assert not set(cited.boxes) & set(heads)
    assert {box.page for box in cited.boxes} == {1, 2}


def test_a_negation_before_the_page_break_is_named() -> None:
    text = "Tenant shall not, save as Landlord allows,\n\fHARBOR POINT LEASE\nassign this Lease to any other person."
    one = replace(document(text), regions=(region(text, "header", "HARBOR POINT LEASE"),))
    claim = Claim("“assign this Lease to any other person.”", (Citation("1"),))
    checked = check(answer([claim], passage(one, 1, "Tenant", "person.")), Documents(one))
    assert any("not" in reason and "follow" in reason for reason in checked.sentences[0].reasons)


def test_a_stamp_may_be_quoted_itself() -> None:
    one = lease()
    claim = Claim("“HARBOR000002”", (Citation("1", "HARBOR000002"),), copied=True)
    (sentence,) = check(answer([claim], passage(one, 1, "4.2", "withhold.")), Documents(one)).sentences
    assert sentence.citations[0].found
    assert sentence.citations[0].boxes


def test_words_under_a_black_box_are_reported_as_such_and_not_as_verbatim() -> None:
    one = lease()
    said = "settlement amount is four hundred thousand dollars"
    claim = Claim(f"“{said}”", (Citation("1", said),), copied=True)
    (sentence,) = check(answer([claim], passage(one, 1, "4.2", "dollars.")), Documents(one)).sentences
    assert sentence.verdict == "bad_reference"
    assert any("cannot be seen on the page" in reason and BOX in reason for reason in sentence.reasons)
    (cited,) = sentence.citations
    assert not cited.found
    assert cited.hidden == BOX


def test_a_draft_that_quotes_hidden_text_is_told_where_it_stands() -> None:
    one = lease()
    (sentence,) = check_draft(
        "The parties agreed that the “settlement amount is four hundred thousand dollars.”", Documents(one)
    ).sentences
    assert sentence.verdict == "bad_reference"
    assert any("only in text that cannot be seen on the page" in reason for reason in sentence.reasons)
    cited = check_draft(
        "The parties agreed that the “settlement amount is four hundred thousand dollars.” (Lease at 1)",
        Documents(one, references={"Lease at 1": [Place(one.id, 0, one.pages[0].end)]}),
    ).sentences[0]
    assert cited.verdict == "bad_reference"
    assert any("cannot be seen" in reason for reason in cited.reasons)


def test_a_draft_may_quote_over_a_page_break_without_citing() -> None:
    (sentence,) = check_draft(f"The Lease says “{QUOTE}.”", Documents(lease())).sentences
    assert sentence.verdict != "bad_reference"
    assert sentence.citations[0].found


def test_visible_places_come_before_hidden_ones() -> None:
    text = "The price is ten dollars.\nThe price is ten dollars."
    at = text.index("The", 3)
    one = replace(document(text), regions=(Region("hidden", at, len(text), "white"),))
    assert places.standing("price is ten dollars", one) == [Place(one.id, 4, 24)]
    two = replace(one, regions=(Region("hidden", 0, len(text), "white"),))
    assert [place.hidden for place in places.standing("price is ten dollars", two)] == ["white", "white"]
    assert places.elsewhere("price is ten dollars", Documents(two), None)[0].endswith(
        "(text that cannot be seen on the page: white)"
    )


WORDS = ["tenant", "shall", "pay", "rent", "not", "later", "than", "May"]


@given(st.lists(st.sampled_from(WORDS), min_size=4, max_size=16), st.data())
def test_taking_furniture_out_never_changes_which_characters_a_quote_maps_to(
    words: list[str], data: st.DataObject
) -> None:
    bare, broken, back, regions = "", "", {}, []
    for word in words:
        if data.draw(st.booleans()):
            head = data.draw(st.sampled_from(["HEAD 12", "pay rent", "tenant", "7", "shall-"]))
            kind: RegionKind = data.draw(st.sampled_from(["header", "footer", "stamp", "line_number", "hidden"]))
            broken += "\n"
            regions.append(Region(kind, len(broken), len(broken) + len(head), "white"))
            broken += head + "\n"
        for character in word:
            back[len(broken)] = len(bare)
            bare, broken = bare + character, broken + character
        bare, broken = bare + " ", broken + " "
    first = data.draw(st.integers(0, len(words) - 1))
    quote = " ".join(words[first : data.draw(st.integers(first + 1, len(words)))])
    masked = Reading(broken, regions).masked()
    there = [(back[match.start], back[match.end - 1] + 1) for match in quotes.find_all(quote, masked)]
    assert there == [(match.start, match.end) for match in quotes.find_all(quote, bare)]
    pages = (Page(1, "1", "text", 0, len(broken), 612, 792),)
    one = Document("id", "/a.pdf", "0", "pdf", "", "", None, (), True, broken, pages, regions=tuple(regions))
    found = [(back[place.start], back[place.end - 1] + 1) for place in places.standing(quote, one)]
    assert found == there
