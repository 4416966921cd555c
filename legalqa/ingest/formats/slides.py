"""Presentations (.pptx) through python-pptx, the only module that knows it: each slide a page, its notes after it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from legalqa.ingest import limits, typeset
from legalqa.ingest.context import Context
from legalqa.ingest.formats import embedded, locked, office
from legalqa.ingest.formats.written import Written, one_line
from legalqa.ingest.items import Item, Opened


def read(file: Path, context: Context) -> Iterator[Item]:
    """A presentation. Raises Refusal, OSError."""
    with locked.opened(file, context, "presentation") as stream:
        yield from of_stream(stream, context)


def of_stream(stream: BinaryIO, context: Context) -> Iterator[Item]:
    """As `read`, from an open file without a password."""
    office.refuse_bomb(stream, "presentation")
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    try:
        presentation = Presentation(stream)
        slides = list(presentation.slides)
        title = one_line(presentation.core_properties.title or "")[:200]
    except (PythonPptxError, KeyError, ValueError, AttributeError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        raise limits.Refusal("failed", f"the presentation is damaged ({type(error).__name__})") from None
    if not slides:
        raise limits.Refusal("failed", "the presentation has no slides")
    if len(slides) > limits.PAGES:
        raise limits.Refusal("failed", f"the presentation has more than {limits.PAGES:,} slides and was not read")
    yield Opened(len(slides), paged=True, separator="\n\n", title=title)
    for number, slide in enumerate(slides, 1):
        if context.stop.is_set():
            return
        if number not in context.skip:
            yield typeset.sheet(number, str(number), _slide(slide))
    yield from embedded.parts(stream, context)


def _slide(slide: Any) -> Written:
    written = Written()
    shown = slide._element.get("show", "1") not in ("0", "false")
    for shape in slide.shapes:
        _shape(shape, written, 0)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        written.paragraph(f"Notes: {notes.text}")
    if not shown:
        whole = Written()
        with whole.region("hidden", "hidden slide"):
            whole.append(written)
        written = whole
    for said in _comments(slide):
        with written.region("hidden", "comment"):
            written.paragraph(said)
    return written


def _comments(slide: Any) -> Iterator[str]:
    """What reviewers noted on a slide, answers after what they answer: of PowerPoint before 2021, and since."""
    from pptx.oxml import parse_xml

    for relation in slide.part.rels.values():
        if relation.reltype.endswith("/comments") and not relation.is_external:
            try:
                noted = parse_xml(relation.target_part.blob)
            except SyntaxError:  # the slide itself is sound
                continue
            for comment in noted.iter("{*}cm"):
                said = list(comment.iter("{*}text", "{*}txBody"))
                said.sort(key=lambda element: element.getparent() is not comment)  # answers stand before it in the file
                for element in said:
                    own = (element.text or "").strip()
                    yield one_line(own or " ".join(run.text or "" for run in element.iter("{*}t")))


def _shape(shape: Any, written: Written, depth: int) -> None:
    if depth > limits.DEPTH:
        raise RecursionError
    if hasattr(shape, "shapes"):  # a group
        for inner in shape.shapes:
            _shape(inner, written, depth + 1)
    elif getattr(shape, "has_table", False):
        written.table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_text_frame", False):
        written.paragraph(shape.text_frame.text)
