"""Chunks tile the text at both levels, stay within their limits and keep to sections."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest.chunks import CHILD_MAX, PARENT_MAX, PIECES_MAX, chunked, pieces
from legalqa.ingest.sections import sections_of
from legalqa.values.document import Chunk

ID = "0123456789abcdef0123456789abcdef"
SENTENCES = (
    "Tenant shall pay to Landlord the Base Rent. ", "The Term ends on May 1, 2024; ", "\n\nARTICLE I\nRENT\n\n",
    "\n\nARTICLE II\nTERM\n\n", "\n\nSection 1.1 Use. ", "\n\nSection 1.2 Care. ", "\n(a) one; ", "\n(b) two. ",
    "x" * 1500, "\n\n", "word " * 300, "1,234,567.89 " * 60, "漢字" * 300, "\x0c", "   ",
    "See Smith v. Jones, 5 F.3d 7. ",
)  # fmt: skip


def assert_tiles(text: str, chunks: list[Chunk], start: int, end: int) -> None:
    """Chunks follow one another and leave out nothing but white space."""
    position = start
    for chunk in chunks:
        assert chunk.start >= position
        assert not text[position : chunk.start].strip()
        assert chunk.end > chunk.start
        assert text[chunk.start : chunk.end] == text[chunk.start : chunk.end].strip()
        position = chunk.end
    assert position <= end
    assert not text[position:end].strip()


def check(text: str) -> None:
    sections = sections_of(text)
    chunks = chunked(text, sections, ID)
    parents = [chunk for chunk in chunks if chunk.parent_id is None]
    assert_tiles(text, parents, 0, len(text))
    hard = {section.start for section in sections if not section.number.startswith("(")}
    for parent in parents:
        assert parent.end - parent.start <= PARENT_MAX
        children = [chunk for chunk in chunks if chunk.parent_id == parent.id]
        assert_tiles(text, children, parent.start, parent.end)
        assert children
        for child in children:
            assert child.end - child.start <= CHILD_MAX
            assert pieces(text[child.start : child.end]) <= PIECES_MAX
            crossed = [start for start in hard if child.start < start < child.end]
            assert all(start - child.start <= 130 for start in crossed), "only a heading may precede its first part"
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert chunks == chunked(text, sections, ID)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(SENTENCES), max_size=40))
def test_chunks_tile_legal_text(parts: list[str]) -> None:
    check("".join(parts))


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=3000))
def test_chunks_tile_any_text(text: str) -> None:
    check(text)


def test_a_sentence_stays_whole() -> None:
    sentence = "Tenant shall pay to Landlord as Base Rent the sum of $12,500.00 on the first day of each month. "
    chunks = chunked(sentence * 30, (), ID)
    for chunk in chunks:
        assert (sentence * 30)[chunk.start : chunk.end].endswith(".")
        assert (sentence * 30)[chunk.start : chunk.end].startswith("Tenant")
    lengths = [chunk.end - chunk.start for chunk in chunks if chunk.parent_id]
    assert 250 <= sum(lengths) / len(lengths) <= 550


def test_a_chunk_knows_its_section() -> None:
    text = "ARTICLE I\nRENT\n\nSection 1.1 Base Rent. " + "Tenant pays rent on time. " * 40
    chunks = chunked(text, sections_of(text), ID)
    assert {chunk.section for chunk in chunks} == {("ARTICLE I RENT", "Section 1.1 Base Rent")}


def test_a_megabyte_takes_seconds() -> None:
    text = (
        "Section 1.1 Use. Tenant shall use the Premises for offices and for no other purpose, as it agreed.\n" * 11_000
    )
    begun = time.perf_counter()
    chunked(text, sections_of(text), ID)
    assert time.perf_counter() - begun < 15
