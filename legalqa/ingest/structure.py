"""A text that has been read → its metadata, Bates numbers, sections and chunks."""

from __future__ import annotations

from legalqa.ingest import chunks, metadata, sections
from legalqa.ingest.items import Outline, Structure


def structured(outline: Outline) -> Structure:
    """Everything that depends on the text alone."""
    running = sections.running_lines(outline.text, outline.pages)
    found = sections.sections_of(outline.text, running)
    about = metadata.about(outline)
    return Structure(
        title=about.title,
        type=about.type,
        date=about.date,
        parties=about.parties,
        bates=metadata.bates_of(outline.text, outline.pages),
        labels=outline.labels,
        sections=found,
        chunks=chunks.chunked(outline.text, found, outline.document_id),
        regions=outline.regions,
    )
