"""A text that has been read → its metadata, Bates numbers, sections and chunks."""

from __future__ import annotations

from legalqa.ingest import typeset
from legalqa.ingest.items import Outline, Structure
from legalqa.ingest.structure import (
    bates,
    chunks,
    contents,
    definitions,
    instructions,
    metadata,
    running,
    sections,
    transcript,
)

_NO_HEADINGS = ("hidden", "table", "line_number", "footnote")

_FLATTENED = ("txt", "md")  # kinds that papers with running heads are turned into


def structured(outline: Outline) -> Structure:
    """Everything that depends on the text alone."""
    paged = bool(outline.lines) or outline.kind == "pdf" or typeset.has_pages(outline.text)
    furniture = running.running_of(
        outline.text, outline.pages, paged, outline.lines, outline.heights, outline.kind in _FLATTENED
    )
    listed = contents.contents_of(outline.text)
    apart = [region for region in outline.regions if region.kind in _NO_HEADINGS]
    text = metadata.visible(outline)
    stamps = bates.bates_of(text, outline.pages)
    closed = (*furniture.regions, *stamps.regions, *apart)
    marked = sections.marked_sections(outline.text) if outline.kind == "md" else ()
    found = marked or sections.sections_of(outline.text, closed, outline.lines, listed)
    about = metadata.about(outline)
    printed = () if outline.kind == "pdf" else transcript.line_regions(text)
    filed = {region.start for region in furniture.regions if region.kind == "stamp"}
    regions = (
        *outline.regions,
        *furniture.regions,
        *listed.regions,
        *(stamp for stamp in stamps.regions if stamp.start not in filed),
        *about.signed,
        *printed,
        *instructions.instruction_regions(outline.text),
    )
    return Structure(
        title=about.title,
        type=about.type,
        date=about.date,
        parties=about.parties,
        bates=stamps.numbers,
        labels=running.labels_of(outline.labels, furniture.printed),
        sections=found,
        chunks=chunks.chunked(outline.text, found, outline.document_id, regions),
        regions=regions,
        definitions=definitions.definitions_of(text, regions),
        metadata=(*about.metadata, *stamps.metadata),
    )
