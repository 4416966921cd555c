"""Chunks tile the text at both levels, stay within their limits and keep to sections."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from legalqa.ingest.structure.chunks import CHILD_MAX, OVERLAP, PARENT_MAX, PIECES_MAX, chunked, pieces
from legalqa.ingest.structure.sections import sections_of
from legalqa.values.document import Chunk, Region, RegionKind

ID = "0123456789abcdef0123456789abcdef"
SENTENCES = (
    "Tenant shall pay to Landlord the Base Rent. ", "The Term ends on May 1, 2024; ", "\n\nARTICLE I\nRENT\n\n",
    "\n\nARTICLE II\nTERM\n\n", "\n\nSection 1.1 Use. ", "\n\nSection 1.2 Care. ", "\n(a) one; ", "\n(b) two. ",
    "x" * 1500, "\n\n", "word " * 300, "1,234,567.89 " * 60, "漢字" * 300, "\x0c", "   ",
    "See Smith v. Jones, 5 F.3d 7. ",
)  # fmt: skip


def assert_tiles(text: str, spans: list[tuple[int, int]], start: int, end: int, shared: int = 0) -> None:
    """Spans follow one another, leave out nothing but white space, and share at most so many characters."""
    position = start
    for low, high in spans:
        assert low >= position - shared
        assert not text[position:low].strip()
        assert position < high <= end
        assert text[low:high] == text[low:high].strip() != ""
        position = high
    assert not text[position:end].strip()


def check(text: str, regions: Sequence[Region] = ()) -> None:
    sections = sections_of(text, [region for region in regions if region.kind in ("hidden", "table")])
    chunks = chunked(text, sections, ID, regions)
    parents = [chunk for chunk in chunks if chunk.parent_id is None]
    assert_tiles(text, spans_of(parents), 0, len(text))
    hard = {section.start for section in sections if not section.number.startswith("(")}
    rows = [region for region in regions if region.kind == "table"]
    for parent in parents:
        children = [chunk for chunk in chunks if chunk.parent_id == parent.id]
        assert_tiles(text, spans_of(children), parent.start, parent.end, OVERLAP)
        assert children
        assert {child.hidden for child in children} == {parent.hidden}
        in_table = any(region.start < parent.end and region.end > parent.start for region in rows)
        assert in_table or parent.end - parent.start <= PARENT_MAX
        for child in children:
            in_row = any(region.start <= child.start < region.end for region in rows)
            assert in_row or child.end - child.start <= CHILD_MAX
            assert in_row or pieces(text[child.start : child.end]) <= PIECES_MAX
            crossed = [start for start in hard if child.start < start < child.end]
            assert all(start - child.start <= 130 for start in crossed), "only a heading may precede its first part"
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    assert chunks == chunked(text, sections, ID, regions)


def spans_of(chunks: Sequence[Chunk]) -> list[tuple[int, int]]:
    return [(chunk.start, chunk.end) for chunk in chunks]


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


KINDS: tuple[RegionKind | None, ...] = (None, None, "hidden", "table", "footnote", "signature", "contents", "header")
ROWS = "Item | Amount | Due\nRent | 12,500.00 | May 1\n" + "Deposit | " + "a long remark " * 90 + "| 25,000.00"


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.sampled_from((*SENTENCES, ROWS)), st.sampled_from(KINDS)), max_size=30))
def test_regions_are_cut_apart(parts: list[tuple[str, RegionKind | None]]) -> None:
    text, regions = "", []
    for part, kind in parts:
        text += "\n\n"
        if kind is not None and part.strip():
            regions.append(Region(kind, len(text), len(text) + len(part)))
        text += part
    check(text, regions)
    hidden = [region for region in regions if region.kind == "hidden"]
    edges = {place for line in lines_of(text, [r for r in regions if r.kind == "table"]) for place in line}
    for chunk in chunked(text, (), ID, regions):
        for region in hidden:
            shares = region.start < chunk.end and region.end > chunk.start and bool(
                text[max(region.start, chunk.start) : min(region.end, chunk.end)].strip()
            )  # fmt: skip
            assert chunk.hidden or not shares
        if chunk.hidden:
            seen = list(text[chunk.start : chunk.end])
            for region in hidden:
                low, high = max(region.start - chunk.start, 0), max(region.end - chunk.start, 0)
                seen[low:high] = " " * len(seen[low:high])
            assert not "".join(seen).strip()
        for region in regions:
            if region.kind == "table" and chunk.parent_id and region.start <= chunk.start < region.end:
                assert {chunk.start, chunk.end} <= edges, "a chunk begins and ends with a row"


def lines_of(text: str, tables: Sequence[Region]) -> list[tuple[int, int]]:
    """The rows of the tables without the white space at their ends."""
    found = []
    for table in tables:
        at = table.start
        for line in text[table.start : table.end].splitlines(keepends=True):
            found.append((at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
            at += len(line)
    return found


def test_only_a_sentence_that_had_to_be_cut_overlaps() -> None:
    long = "Tenant shall pay " + ", ".join(f"the charge numbered {n} of the schedule" for n in range(60)) + "."
    text = f"{SENTENCES[0] * 12}\n\n{long}\n\n{SENTENCES[0] * 12}"
    place = text.index(long)
    children = [chunk for chunk in chunked(text, (), ID) if chunk.parent_id]
    shared = [former.end - later.start for former, later in pairwise(children) if former.parent_id == later.parent_id]
    assert max(shared) > 20
    for former, later in pairwise(children):
        if later.start < former.end:
            assert place <= later.start < former.end <= place + len(long)


def test_a_running_head_ends_no_sentence() -> None:
    head = "\n\nHARBOR LEASE\n\n"
    text = "Tenant shall pay the Base Rent on the first" + head + "day of every month. " + SENTENCES[0] * 3
    at = text.index("HARBOR LEASE")
    children = [c for c in chunked(text, (), ID, [Region("header", at, at + 12)]) if c.parent_id]
    assert text[children[0].start : children[0].end].startswith("Tenant shall pay the Base Rent on the first")
    assert "day of every month." in text[children[0].start : children[0].end]


def test_a_signature_block_is_a_leaf() -> None:
    block = "IN WITNESS WHEREOF, the parties have signed.\nBy: ______\nName: Dana Okafor"
    text = f"{SENTENCES[0]}\n\n{block}\n\nThe exhibits follow. {SENTENCES[0]}"
    at = text.index(block)
    chunks = chunked(text, (), ID, [Region("signature", at, at + len(block))])
    assert (at, at + len(block)) in spans_of([chunk for chunk in chunks if chunk.parent_id])


def test_a_megabyte_is_divided() -> None:
    text = "Section 1.1 Use. Tenant shall use the Premises for offices, as it agreed.\n" * 13_000
    chunks = chunked(text, sections_of(text), ID)
    assert_tiles(text, spans_of([chunk for chunk in chunks if chunk.parent_id is None]), 0, len(text))
