"""The JSON contract of the command line (DESIGN: "Command line"): one plain object for each command's result."""

from __future__ import annotations

from typing import Any

from legalqa.values import pin
from legalqa.values.answer import Authority, CheckedCitation, Passage, SearchResult, Sentence, VerifiedAnswer
from legalqa.values.document import Box, Definition, Document, Metadatum, Region
from legalqa.values.form import Form
from legalqa.values.matter import Coverage, FileStatus, IndexReport, MatterInfo, PageStatus
from legalqa.values.question import Understood


def box(value: Box) -> dict[str, Any]:
    """Points from the displayed page's top-left corner, rounded to a hundredth."""
    corners = {name: round(getattr(value, name), 2) for name in ("x0", "y0", "x1", "y1")}
    return {"page": value.page, **corners}


def _place(value: Passage | CheckedCitation) -> dict[str, Any]:
    """Where something stands, as hits and citations alike say it."""
    return {
        "document": value.document,
        "document_id": value.document_id,
        "path": value.path,
        "section": list(value.section),
        "pages": list(value.pages),
        "bates": list(value.bates),
        "start": value.start,
        "end": value.end,
        "boxes": [box(b) for b in value.boxes],
        "pin": pin.words(value),
        "lines": list(value.lines),
        "labels": list(value.labels),
        "header": value.header,
        "hidden": value.hidden or None,
        "amended_by": list(value.amended_by),
    }


def passage(value: Passage) -> dict[str, Any]:
    """A hit of a search, or a passage shown to the model (then with its `key`)."""
    shown = {
        **_place(value),
        "score": round(value.score, 6),
        "text": value.text,
        "instructions": [
            {"start": region.start, "end": region.end, "why": region.detail}
            for region in value.regions
            if region.kind == "instruction"
        ],
    }
    return {"key": value.key, "elsewhere": value.elsewhere, **shown} if value.key else shown


def search(result: SearchResult) -> dict[str, Any]:
    """`search --json`."""
    return {
        "query": result.query,
        "filters": [{"field": c.field, "operator": c.operator, "value": c.value} for c in result.filters],
        "hits": [passage(hit) for hit in result.hits],
        "understood": understood(result.understood) if result.understood else None,
        "ms": round(result.ms, 1),
    }


def understood(value: Understood) -> dict[str, Any]:
    """What a question was taken to mean; offsets of mentions are into the question as it was asked."""
    return {
        "text": value.text,
        "core": value.core,
        "scopes": [
            {"document_id": s.document_id, "document": s.document, "score": round(s.score, 3), "reason": s.reason}
            for s in value.scopes
        ],
        "mentions": [
            {
                "start": m.start,
                "end": m.end,
                "kind": m.kind,
                "value": m.value,
                "document_ids": list(m.document_ids),
                "alternatives": list(m.alternatives),
            }
            for m in value.mentions
        ],
        "expansions": list(value.expansions),
        "phrases": list(value.phrases),
    }


def citation(value: CheckedCitation) -> dict[str, Any]:
    """A checked citation; a bad one has `found` false and says what was found instead in `elsewhere`."""
    return {
        "key": value.key,
        "found": value.found,
        **_place(value),
        "quote": value.quote,
        "ocr_confidence": value.ocr_confidence,
        "elsewhere": list(value.elsewhere),
        "paged": value.paged,
    }


def sentence(value: Sentence) -> dict[str, Any]:
    """A sentence with its verdict."""
    return {
        "text": value.text,
        "verdict": value.verdict,
        "reasons": list(value.reasons),
        "score": None if value.score is None else round(value.score, 4),
        "citations": [citation(c) for c in value.citations],
    }


def authority(value: Authority) -> dict[str, Any]:
    """A case or statute and whether the record knows it."""
    return {"text": value.text, "status": value.status, "where": list(value.where)}


def answer(value: VerifiedAnswer) -> dict[str, Any]:
    """`ask --json` and `verify --json`."""
    return {
        "status": value.status,
        "sentences": [sentence(s) for s in value.sentences],
        "authorities": [authority(a) for a in value.authorities],
        "passages": [passage(p) for p in value.passages],
        "searched": {
            "documents": value.searched.documents,
            "pages": value.searched.pages,
            "unreadable_pages": list(value.searched.unreadable_pages),
            "partly_read": list(value.searched.partly_read),
        },
        "model": {"id": value.model.id, "sha256": value.model.sha256} if value.model else None,
        "understood": understood(value.understood) if value.understood else None,
        "stopped": value.stopped,
        "cached": value.cached,
        **form(value.form),
        "ms": {name: round(ms, 1) for name, ms in value.ms.items()},
    }


def form(value: Form) -> dict[str, Any]:
    """What an answer is besides its sentences; "sentence" and "sentences" are indices into the answer's."""
    return {
        "shape": value.shape,
        "mode": value.mode,
        "values": [
            {
                **{name: getattr(one, name) for name in ("kind", "text", "value", "unit", "sentence")},
                **{name: getattr(one, name) for name in ("document_id", "start", "end")},
            }
            for one in value.values
        ],
        "rows": [
            {
                "document": one.document,
                "document_id": one.document_id,
                "path": one.path,
                "sentences": list(one.sentences),
            }
            for one in value.rows
        ],
        "remarks": [{"kind": one.kind, "text": one.text, "sentences": list(one.sentences)} for one in value.remarks],
        "counts": [{"term": one.term, "count": one.count, "documents": one.documents} for one in value.counts],
    }


def file(value: FileStatus) -> dict[str, Any]:
    """One file of `status --json`."""
    return {
        "path": value.path,
        "sha256": value.sha256,
        "state": value.state,
        "pages": value.pages,
        "reason": value.reason,
        "failed_pages": list(value.failed_pages),
        "document_id": value.document_id,
        "parent": value.parent,
        "kind": value.kind,
        "sources": value.sources,
        "confidence": None if value.confidence is None else round(value.confidence, 1),
        "bates": {"first": value.bates[0], "last": value.bates[-1]} if value.bates else None,
        "hidden_text": value.hidden_text,
        "repaired": value.repaired,
    }


def page_status(value: PageStatus) -> dict[str, Any]:
    """One page of a report."""
    return {
        "page": value.number,
        "label": value.label,
        "source": value.source,
        "confidence": None if value.confidence is None else round(value.confidence, 1),
        "bates": value.bates,
        "reason": value.reason,
    }


def coverage(value: Coverage) -> dict[str, Any]:
    """`status --json`."""
    return {
        "documents": value.documents,
        "pages": value.pages,
        "files": [file(f) for f in value.files],
        "gaps": [{"first": gap.first, "last": gap.last, "missing": gap.missing} for gap in value.gaps],
    }


def index(value: IndexReport) -> dict[str, Any]:
    """`index --json`."""
    return {
        "added": list(value.added),
        "replaced": list(value.replaced),
        "unchanged": value.unchanged,
        "removed": list(value.removed),
        "duplicates": list(value.duplicates),
        "failed": [file(f) for f in value.failed],
        "skipped": [file(f) for f in value.skipped],
        "chunks": value.chunks,
        "seconds": round(value.seconds, 2),
    }


def matter(value: MatterInfo) -> dict[str, Any]:
    """One matter of `matter list --json`."""
    return {
        "id": value.id,
        "slug": value.slug,
        "name": value.name,
        "client": value.client,
        "created": value.created,
        "schema": value.schema,
        "folder": value.folder,
    }


def document(value: Document, only: int | None = None) -> dict[str, Any]:
    """`show --json`; `only` keeps one page."""
    pages = [
        {
            "page": page.number,
            "label": page.label,
            "source": page.source,
            "start": page.start,
            "end": page.end,
            "text": value.text[page.start : page.end],
            "confidence": page.confidence,
            "bates": page.bates,
            "reason": page.reason,
            "width": page.width,
            "height": page.height,
            "words": [
                {
                    "text": value.text[word.start : word.end],
                    "start": word.start,
                    "end": word.end,
                    **{name: round(getattr(word, name), 2) for name in ("x0", "y0", "x1", "y1")},
                }
                for word in page.words
            ],
        }
        for page in value.pages
        if only is None or page.number == only
    ]
    return {
        "document_id": value.id,
        "parent_id": value.parent_id,
        "path": value.path,
        "kind": value.kind,
        "title": value.title,
        "type": value.type,
        "date": value.date,
        "parties": list(value.parties),
        "pages": pages,
        **_structure(value, only),
        "sections": [
            {
                "number": s.number,
                "title": s.title,
                "level": s.level,
                "start": s.start,
                "end": s.end,
                "path": list(s.path),
            }
            for s in value.sections
        ],
        "chunks": [
            {
                "id": c.id,
                "start": c.start,
                "end": c.end,
                "parent_id": c.parent_id,
                "section": list(c.section),
                "hidden": c.hidden,
            }
            for c in value.chunks
        ],
    }


def _structure(value: Document, only: int | None) -> dict[str, Any]:
    """Regions, definitions and metadata with their spans; `only` keeps those that reach onto one page."""
    start, end = 0, len(value.text)
    if only is not None:
        start, end = value.pages[only - 1].start, value.pages[only - 1].end

    def here(one: Region | Definition | Metadatum) -> bool:
        return only is None or (one.start < end and one.end > start)

    regions = [
        {"kind": r.kind, "start": r.start, "end": r.end, "detail": r.detail} for r in filter(here, value.regions)
    ]
    definitions = [{"term": d.term, "start": d.start, "end": d.end} for d in filter(here, value.definitions)]
    metadata = [
        {"field": m.field, "value": m.value, "start": m.start, "end": m.end} for m in filter(here, value.metadata)
    ]
    return {"regions": regions, "definitions": definitions, "metadata": metadata}
