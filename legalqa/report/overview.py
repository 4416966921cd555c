"""An overview for a person and as JSON: every line with the place that it was read from."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from legalqa.report.as_json import passage as passage_json
from legalqa.report.as_text import WIDTH, clean
from legalqa.values import pin
from legalqa.values.answer import Passage
from legalqa.values.overview import Fact, Overview, Part
from legalqa.values.reading import shown

_LABELS = {
    "opening": "Opening",
    "date": "Date",
    "party": "Parties",
    "governing_law": "Governing law",
    "term": "Term",
    "signatory": "Signatories",
    "amends": "Amends",
    "replaces": "Changes there",
    "exhibit": "Attached",
}
_NAMED = re.compile(r"[^\W\d_]{3}")  # a section that has a title, or is called one
_COLUMN = 16
_QUOTED = ("opening", "term", "governing_law")  # shown with their words
_SOME = 12  # values of one label that are listed
_LONG = 420  # characters of a sentence that are printed; --json has all of them


def as_json(value: Overview) -> dict[str, Any]:
    """`show --overview --json`."""
    return {
        "document_id": value.document_id,
        "path": value.path,
        "title": value.title,
        "type": value.type,
        "pages": value.pages,
        "paged": value.paged,
        "characters": value.characters,
        "defined_terms": value.terms,
        "facts": [
            {"label": fact.label, "value": fact.value, "passage": fact.passage and passage_json(fact.passage)}
            for fact in value.facts
        ],
        "parts": [
            {
                "number": part.number,
                "title": part.title,
                "start": part.start,
                "end": part.end,
                "sections": part.sections,
                "summary": [passage_json(passage) for passage in part.summary],
            }
            for part in value.parts
        ],
        "amended_by": list(value.amended_by),
    }


def as_text(value: Overview) -> str:
    """The overview for a terminal."""
    size = f"{value.pages:,} pages" if value.paged and value.pages != 1 else f"{value.characters:,} characters"
    lines = [f"{clean(value.title)}  [{clean(value.type)}]", f"{clean(PurePath(value.path).name)}, {size}", ""]
    for label in _LABELS:
        lines += _said(label, value.said(label))
    if value.terms:
        lines.append(_line("Defined terms", f"{value.terms:,}"))
    if value.amended_by:
        lines.append(_line("Amended by", "; ".join(value.amended_by)))
    if value.parts:
        lines += ["", "What stands in it (its own words):"]
        for part in value.parts:
            lines += _part(part)
    return "\n".join(lines)


def _said(label: str, facts: tuple[Fact, ...]) -> Iterator[str]:
    if label in _QUOTED:
        for fact in facts:
            said = f"“{_short(fact.passage)}”{_where(fact.passage)}" if fact.passage else ""
            yield _line(_LABELS[label], " — ".join(part for part in (fact.value, said) if part))
    elif facts:
        named = dict.fromkeys(fact.value + (_where(fact.passage) if label == "date" else "") for fact in facts)
        more = [f"and {len(named) - _SOME} more"] if len(named) > _SOME else []
        yield _line(_LABELS[label], "; ".join([*named][:_SOME] + more))


def _part(part: Part) -> Iterator[str]:
    name = " ".join(word for word in (clean(part.number), clean(part.title)) if word) or "(without a heading)"
    yield f"  {name}" + (f"  ({part.sections} sections)" if part.sections > 1 else "")
    for passage in part.summary[:1]:
        said = f"“{_short(passage)}”{_where(passage)}"
        yield textwrap.fill(said, WIDTH, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False)


def _short(passage: Passage) -> str:
    return textwrap.shorten(clean(shown(passage)), _LONG, placeholder=" …")


def _where(passage: Passage | None) -> str:
    """ " (p. 12, Section 4.2 Late Charges)"."""
    if passage is None:
        return ""
    named = [at for at, part in enumerate(passage.section) if _NAMED.search(part)]
    section = " ".join(passage.section[named[-1] if named else 0 :])  # "Section 5.4 Non-Solicitation (a)"
    parts = (clean(pin.words(passage)), clean(section))
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _line(label: str, text: str) -> str:
    return textwrap.fill(
        clean(text),
        WIDTH,
        initial_indent=f"{label:<{_COLUMN}}",
        subsequent_indent=" " * _COLUMN,
        break_on_hyphens=False,
    )
