from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.verify import quotes

TEXT = (
    "Tenant shall not assign this Lease without the prior written con-\nsent of Landlord. The non-exclusive licence, "
    "“as is”, costs $45,000.50 – not  more. Rent is due on the ﬁrst day—always. It is Landlord’s duty; AT&T agrees."
)


@pytest.mark.parametrize(
    "quote",
    [
        "prior written consent of Landlord",
        "the prior\nwritten   consent",
        'The non-exclusive licence, "as is", costs',
        "on the first day — always",
        "on the first day -- always",
        "on the first day—always",
        "Landlord's duty",
        "without the prior written con\u00adsent",
        "costs $45,000.50 - not more",
        "costs $45,000.50,",  # American usage puts the comma inside the quotation mark
        "ﬁrst day",
    ],
)
def test_typography_does_not_matter(quote: str) -> None:
    match = quotes.find(quote, TEXT)
    assert match is not None
    assert match.literal


@pytest.mark.parametrize(
    "quote",
    [
        "Tenant shall assign this Lease",
        "shall not assign this lease",  # case is kept
        "The nonexclusive licence",
        "exclusive licence",  # cut out of "non-exclusive"
        "costs $45,000",  # cut out of "$45,000.50"
        "costs $45,00",
        "5,000.50 – not more",
        "sign this Lease without the prior written consent",  # cut out of "assign"
        "ot assign this Lease without the prior written consent of Landlord",
        "written con-sents of Landlord",
        "",
        "   ",
        "...",
        "[]",
    ],
)
def test_no_word_may_differ(quote: str) -> None:
    assert quotes.find(quote, TEXT) is None


def test_negation_cannot_be_cut_off() -> None:
    assert (
        quotes.find("able to pay its debts as they become due", "is unable to pay its debts as they become due") is None
    )
    assert quotes.find("either party may assign this Agreement at will", "Neither party may") is None
    assert quotes.find("or shall it pay any of the fees due", "nor shall it pay any of the fees due") is None


@pytest.mark.parametrize(
    ("quote", "omitted", "altered"),
    [
        ("Tenant shall not assign ... without the prior", ("this Lease",), ()),
        ("Tenant shall not assign . . . without the prior", ("this Lease",), ()),
        ("Tenant shall not assign […] without the prior", ("this Lease",), ()),
        ("[t]enant shall not assign this Lease", (), (("t", "T"),)),
        ("[Lessee] shall not assign this Lease", (), ()),
        ("shall not assign [the] Lease without", (), (("the", "this"),)),
        ("shall not assign this Lease [sic] without", (), ()),
    ],
)
def test_omissions_and_alterations(quote: str, omitted: tuple[str, ...], altered: tuple[tuple[str, str], ...]) -> None:
    match = quotes.find(quote, TEXT)
    assert match is not None
    assert match.omitted == omitted
    assert match.altered == altered


def test_pieces_must_stand_in_order_and_close_together() -> None:
    assert quotes.find("of Landlord ... Tenant shall not", TEXT) is None
    far = "Tenant shall pay " + "x " * 2000 + "on demand"
    assert quotes.find("Tenant shall pay ... on demand", far) is None


def test_brackets_of_the_record_itself_stand_for_themselves() -> None:
    match = quotes.find("at least [***] percent", "a royalty of at least [***] percent is due")
    assert match is not None
    assert match.literal


def test_nearest_explains_and_names_the_true_words() -> None:
    near = quotes.nearest("costs $54,000.50 – not more", TEXT)
    assert near is not None
    assert TEXT[near.start : near.end].strip() == near.text
    assert quotes.difference("costs $54,000.50 – not more", near.text) == (
        "costs $54,000.50—not more",
        "costs $45,000.50—not more.",
    )


def test_a_letter_in_brackets_is_not_the_difference_that_is_shown() -> None:
    there = "what we found. Vibration at the bearing measured 0.42 inches per - second."
    shown = quotes.difference("[v]ibration at the bearing measured 0.42 inches per second.", there)
    assert shown == ("0.42 inches per second.", "0.42 inches per—second.")
    assert quotes.difference("[t]he rent", "The rent is due.") is None


words = st.text(alphabet="abcXYZ019 -–—“”\"'’.,\n\t\u00adﬁé\u0301\u00a0()$%[]…", max_size=120)


@given(words)
def test_folding_knows_where_every_character_comes_from(text: str) -> None:
    folded = quotes.fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))


@given(words, st.data())
def test_what_is_found_reads_as_the_quotation(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    for match in quotes.find_all(quote, text):
        assert 0 <= match.start < match.end <= len(text)
        if not any(mark in quote for mark in ("…", "..", "[")):
            there, wanted = quotes.fold(text[match.start : match.end]).text, quotes.fold(quote.strip()).text
            assert there.strip().rstrip(".,;: ") == wanted.strip().rstrip(".,;: ")


def test_an_accent_without_its_letter_is_no_quotation() -> None:
    assert quotes.find("\u0301", "b\u0301") is None
    assert quotes.find("b\u0301", "b\u0301") is not None


plain_words = st.lists(
    st.sampled_from(["rent", "lease", "tenant", "shall", "not", "pay", "the", "sum", "$500", "thirty"]), min_size=2
)


@given(plain_words, plain_words, plain_words, st.sampled_from([" ", "\n", "  ", "\r\n", "\u00a0", "\t"]))
def test_a_copied_quotation_is_found_whatever_the_spacing(
    before: list[str], quote: list[str], after: list[str], space: str
) -> None:
    text = space.join([*before, *quote, *after])
    match = quotes.find(" ".join(quote), text)
    assert match is not None
    assert text[match.start : match.end].split() == quote


@given(plain_words, st.data())
def test_one_changed_word_is_never_found(quote: list[str], data: st.DataObject) -> None:
    altered = list(quote)
    altered[data.draw(st.integers(0, len(quote) - 1))] = "never"
    assert quotes.find(" ".join(altered), " ".join(quote)) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said “rent is due” and “pay up”.", ["rent is due", "pay up"]),
        ("“The “Security Deposit” is $85,000.”", ["The “Security Deposit” is $85,000."]),
        ('“The (the "Term") ends.”', ['The (the "Term") ends.']),
        ('The "rent" is due.', ["rent"]),
        ("An “unclosed quotation and a “closed one” here", ["closed one"]),
        ("no quotation", []),
        ("”“", []),
    ],
)
def test_quotations_are_read_outermost(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in quotes.quotations(text)] == found
