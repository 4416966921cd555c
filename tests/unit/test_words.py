"""The words of a page as columns: the same words as a tuple of them, whatever is asked."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.values.document import Page
from legalqa.values.words import Word, Words

numbers = st.floats(-1e6, 1e6)
words = st.builds(
    Word, *[st.integers(0, 1 << 30)] * 2, *[numbers] * 4, confidence=st.none() | st.floats(0, 100)
)  # fmt: skip


def page(*found: Word, start: int = 0) -> Page:
    return Page(1, "1", "text", start, start + 100, 612, 792, found)


@given(st.lists(words, max_size=8), st.integers(0, 1000))
def test_packed_words_are_the_words(found: list[Word], base: int) -> None:
    packed = Words.of(found, base)
    assert list(packed) == found
    assert [packed[number] for number in range(len(packed))] == found
    assert packed[-2:] == tuple(found[-2:])
    assert list(reversed(packed)) == found[::-1]


@given(st.lists(words, max_size=8), st.integers(0, 100), st.integers(0, 100))
def test_words_within_a_span(found: list[Word], start: int, length: int) -> None:
    end = start + length
    expected = [word for word in found if word.start < end and word.end > start]
    assert list(Words.of(found, 7).within(start, end)) == expected


@given(st.lists(words, max_size=8), st.integers(0, 1000))
def test_moved_words_keep_their_places_on_the_page(found: list[Word], by: int) -> None:
    moved = [dataclasses.replace(word, start=word.start + by, end=word.end + by) for word in found]
    assert list(Words.of(found).moved(by)) == moved
    assert Words.of(found).moved(by) == Words.of(moved, by)


def test_a_page_packs_its_words_and_crosses_a_pipe() -> None:
    sent = page(Word(40, 44, 1.0, 2.0, 3.0, 4.0), Word(45, 50, 5.0, 6.0, 7.0, 8.0, 91.5), start=40)
    assert isinstance(sent.words, Words)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=Page) == sent
    assert not page(start=40).words
    assert page(start=40).words == Words()


def test_columns_that_a_reading_process_made_up_are_refused() -> None:
    for columns in ((b"1234567", b""), (b"12345678", b"too short"), (b"", b"", b"12345678")):
        with pytest.raises(ValueError, match="one length"):
            Words(*columns)
    data = msgspec.msgpack.encode(msgspec.to_builtins(page(Word(0, 4, 1, 2, 3, 4)), builtin_types=(bytes,)))
    lying = data.replace(msgspec.msgpack.encode(bytes(Words.of([Word(0, 4, 1, 2, 3, 4)]).boxes)), b"\xc4\x01x")
    assert lying != data
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(lying, type=Page)


def test_there_is_no_word_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        Words.of([Word(0, 4, 1, 2, 3, 4)])[1]
