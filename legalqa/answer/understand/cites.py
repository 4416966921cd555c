"""What a question points at directly: Bates numbers, sections, exhibits, paragraphs, pages, lines; words in quotation
marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from legalqa.answer.understand.facts import Facts
from legalqa.answer.understand.words import keys
from legalqa.values import bates
from legalqa.values.question import Mention

_BATES = re.compile(
    r"(?<![\w-])[A-Za-z][A-Za-z_.&]{0,30}(?:[ _-]?)\d{4,15}(?:\s?[-–—]\s?(?:[A-Za-z_.]{1,30}[ _-]?)?\d{1,15})?(?!\w)"
)
_CITE = re.compile(
    r"(?:\bsections?|\bsec\.|\bclause|§§?)\s*(?P<section>\d+(?:\.\d+)*(?:\([A-Za-z0-9]{1,4}\))*)"
    r"|\b(?:article|art\.)\s+(?P<article>[IVXLC]+|\d+)\b"
    r"|(?:\bparagraph|\bpara\.|¶¶?)\s*(?P<paragraph>\d+)\b"
    r"|\b(?P<part>exhibit|schedule|ex\.|exh\.)\s+(?P<name>[A-Z](?:-?\d{1,3})?|\d{1,3}(?:\.\d+)?)\b"
    r"|\b(?P<lines>\d{1,4}:\d{1,2}(?:\s*[-–]\s*(?:\d{1,4}:)?\d{1,2})?)(?!\s*[ap]\.?m|\w)"
    r"|\b(?:pages?|pp?\.)\s*(?P<page>\d{1,4})\b",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"[\"“]([^\"“”\n]{2,300})[\"”]|(?<!\w)'([^'\n]{2,300})'(?!\w)|‘([^‘’\n]{2,300})’(?!\w)")


def cites_of(question: str) -> list[Mention]:
    """Pin cites as the record resolves them ("§ 4.2", "¶ 12", "45:3-17", "Exhibit B", "at 12"), in order."""
    found = []
    for match in _CITE.finditer(question):
        parts = match.groupdict()
        if parts["section"] or parts["article"]:
            value = f"§ {parts['section'] or parts['article']}"
        elif parts["paragraph"]:
            value = f"¶ {parts['paragraph']}"
        elif parts["name"]:
            kind = "Schedule" if (parts["part"] or "").lower() == "schedule" else "Exhibit"
            value = f"{kind} {parts['name']}"
        elif parts["lines"]:
            value = re.sub(r"\s*[-–]\s*", "-", parts["lines"])
        else:
            value = f"at {parts['page']}"
        found.append(Mention(match.start(), match.end(), "cite", value))
    return found


def bates_of(question: str, ranges: Sequence[tuple[str, tuple[str, str]]]) -> list[Mention]:
    """Bates numbers under a prefix that the matter knows; `ranges` are first and last number by document id."""
    known = {bates.parts(first)[0] for _, (first, _) in ranges}
    found = []
    for match in _BATES.finditer(question):
        value = match.group()
        first = _first(value)
        if first is None or bates.parts(first)[0] not in known:
            continue
        holders = tuple(id for id, ends in ranges if bates.spanned(first, ends))
        found.append(Mention(match.start(), match.end(), "bates", value, holders))
    return found


def _first(value: str) -> str | None:
    """The first number of a range, the number itself if it is none; None for a range that runs backwards."""
    try:
        ends = bates.span(value)
    except ValueError:
        return None
    return f"{ends[0]}{ends[1]}" if ends else value


def phrases_of(question: str, taken: Iterable[tuple[int, int]], facts: Facts) -> list[Mention]:
    """Exact words in quotation marks, but not those in `taken` spans and no name of the matter."""
    spans = list(taken)
    found = []
    for match in _QUOTE.finditer(question):
        words = next(group for group in match.groups() if group)
        inside = any(start < match.end() and match.start() < end for start, end in spans)
        if not inside and keys(words) and " ".join(keys(words)) not in facts.names:
            found.append(Mention(match.start(), match.end(), "phrase", words.strip(" ,.;")))
    return found
