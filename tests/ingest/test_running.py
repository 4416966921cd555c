"""Running heads, page numbers and filing stamps are told from the text, and printed numbers become labels."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from legalqa.ingest.structure.running import labels_of, running_of

BODY = "Tenant shall pay the Base Rent on the first day of each month.\nLandlord shall keep the roof in repair."


def paged(pages: list[str]) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for page in pages:
        spans.append((len(text), len(text) + len(page)))
        text += page + "\n\n"
    return text, spans


def furniture(pages: list[str]) -> list[tuple[str, str]]:
    text, spans = paged(pages)
    return [(region.kind, text[region.start : region.end]) for region in running_of(text, spans, True).regions]


def test_heads_numbers_and_stamps() -> None:
    pages = [
        f"Case 1:20-cv-00417 Document 12 Filed 03/01/21 Page {n} of 3\nHARBOR v. TIDE\n{BODY}\n{n}" for n in (1, 2, 3)
    ]
    found = furniture(pages)
    assert [kind for kind, _ in found] == ["stamp", "header", "footer"] * 3
    assert found[1] == ("header", "HARBOR v. TIDE")
    assert found[5] == ("footer", "2")


def test_a_clause_that_every_page_of_a_form_repeats_is_text() -> None:
    clause = "The signer agrees that this form is binding on the heirs."
    assert furniture([f"{BODY} {n}.\n{clause}" for n in "abcd"]) == []


def test_a_line_below_text_that_differs_is_not_reached() -> None:
    assert furniture([f"Part {n} begins here and goes on\nHARBOR LEASE\n{BODY}" for n in "abcd"]) == []


def test_heads_of_even_and_odd_pages() -> None:
    pages = [f"{'HARBOR LEASE' if n % 2 else 'Execution Version'}\n{BODY}" for n in range(8)]
    assert len(furniture(pages)) == 8


def test_numbers_amid_a_text_without_pages() -> None:
    text = "\n\n\n\n\n".join(f"{BODY}\n\n-{n}-" for n in range(1, 6))
    found = [text[region.start : region.end] for region in running_of(text, [(0, len(text))], False).regions]
    assert found == ["-1-", "-2-", "-3-", "-4-", "-5-"]


def test_a_number_left_at_the_end_of_a_paragraph() -> None:
    text = "\n\n\n\n\n\n________________\n\n".join(f"{BODY} {n}" for n in range(7, 12))
    found = [text[region.start : region.end] for region in running_of(text, [(0, len(text))], False).regions]
    assert found == ["7", "8", "9", "10", "11"]


def test_printed_numbers_become_labels() -> None:
    text, spans = paged(
        [f"LEASE {x}"[:5] + f"\n{BODY}\n{n}" for x, n in zip("abcdefg", ["", "i", "ii", "iii", 1, 2, 3], strict=True)]
    )
    printed = running_of(text, spans, True).printed
    assert printed == (None, "i", "ii", "iii", "1", "2", "3")
    assert labels_of([str(n) for n in range(1, 8)], printed) == ("[1]", "i", "ii", "iii", "1", "2", "3")
    assert labels_of(["a", "b", "c", "d", "e", "f", "g"], printed) == ("a", "b", "c", "d", "e", "f", "g")


def test_a_few_numbers_are_no_count() -> None:
    assert labels_of(["1", "2", "3", "4", "5"], (None, "7", None, None, None)) == ("1", "2", "3", "4", "5")


@given(
    st.lists(
        st.sampled_from(["HEAD", BODY, "Page 1", "2", "", "\f", "12.", "A-3\n"]).flatmap(lambda s: st.just(s)),
        max_size=12,
    )
)
def test_regions_are_exact_and_apart(pages: list[str]) -> None:
    text, spans = paged(pages)
    for owned in (True, False):
        found = running_of(text, spans, owned)
        assert len(found.printed) == len(spans)
        end = 0
        for region in found.regions:
            assert end <= region.start < region.end <= len(text)
            assert text[region.start : region.end].strip() == text[region.start : region.end]
            end = region.end


def test_the_second_line_of_a_filing_stamp() -> None:
    stamp = "Case 2:85-cv-04544-DMG-AGR Document 1204 Filed 12/16/21 Page {} of 9 Page ID\n#:4520{}"
    found = furniture([f"{stamp.format(n, n)}\n{BODY} {n}." for n in (1, 2, 3)])
    assert found == [("stamp", stamp.format(n, n)) for n in (1, 2, 3)]


def test_what_an_e_mail_repeats_is_no_running_head() -> None:
    text = "\n\n\n\n\n".join(
        f"From: Marisol Quint <quint@tidewell.example>\nTidewell writes\n{BODY} {n}" for n in "abc"
    )
    assert running_of(text, [(0, len(text))], False, flattened=False).regions == ()
    heads = running_of(text, [(0, len(text))], False).regions
    assert not any("From:" in text[region.start : region.end] for region in heads)


def test_page_numbers_that_a_web_page_kept_of_a_filing() -> None:
    text = "\n\n\n\n\n".join(f"{BODY}\n\n-{n}-" for n in range(1, 6))
    assert len(running_of(text, [(0, len(text))], False, flattened=False).regions) == 5
