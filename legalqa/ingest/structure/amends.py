"""What a document does to another: what it amends, which sections it replaces, which exhibits it carries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from legalqa.ingest.structure import dates, opening
from legalqa.ingest.structure.names import Name
from legalqa.values.document import Metadatum

_MOST = 200  # of a kind
_INSTRUMENT = (
    r"(?:(?:[A-Z][\w&'’/-]*|and|of|for|to|the|&)[ \t\r\n]+){0,9}?"
    r"(?:Agreement|AGREEMENT|Lease|LEASE|Sublease|SUBLEASE|Contract|CONTRACT|Guaranty|Indenture|Note|Plan|NDA|License)"
    r"(?!\s{1,30}(?:Agreement|AGREEMENT|Lease|LEASE|Contract|CONTRACT|Note)\b)"
)
_DAY = (
    r"(?:[A-Z][a-z]{2,8}\.?|[A-Z]{3,9})\s{1,30}\d{1,2}(?:\s?(?:st|nd|rd|th))?\s?,?\s{1,30}\d{4}"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\s{1,30}[A-Z][a-z]{2,8},?\s{1,30}\d{4}"
)
_DATED = (
    r"[\s,]+(?:which\s{1,30}was\s{1,30})?(?:dated|made|entered\s{1,30}into|executed|effective)"
    rf"(?:\s{{1,30}}(?:as|of|and|effective|entered|into|on))*\s{{1,30}}(?:{_DAY})"
)
_BASE = re.compile(
    r"\b(?:parties\s{1,30}to|entered\s{1,30}into|to|amends?|to\s{1,30}amend|under|executed"
    r"|reference\s{1,30}is\s{1,30}(?:hereby\s{1,30})?made\s{1,30}to)\s{1,30}"
    rf"(?:that\s{{1,30}}certain|the|a\s{{1,30}}certain|an?|those\s{{1,30}}certain)\s{{1,30}}(?P<base>{_INSTRUMENT}"
    r"(?:[\s,]+(?:No\.|Number|\#)\s{0,30}[\w-]+)?"
    r"(?:\s{0,30},?\s{0,30}\([^()]{0,120}\))?"
    rf"(?:{_DATED})?)"
)
_IN_TITLE = re.compile(
    r"\b(?:AMENDMENT|ADDENDUM|SUPPLEMENT|Amendment|Addendum|Supplement)\b[^\n]{0,30}?\s(?:TO|to|OF|of)\s{1,30}(?:(?:THE"
    r"|the)\s{1,30})?(?P<base>.+)",
    re.S,
)
_SECTION = (
    r"(?:Sections?|Articles?|Paragraphs?|Clauses?|Subsections?|Exhibits?|Schedules?|SECTION|ARTICLE|PARAGRAPH)"
    r"\s{1,30}(?:\d|[A-Z]\b)[\w.]*(?:\([\w]{1,4}\))*"
)
_OTHER = r"(?:(?!\b(?:Section|SECTION|Article)\b)(?:[^;.“”\"]|\.(?=\w)|“[^“”]{0,80}”|\"[^\"]{0,80}\"))"
_REPLACES = re.compile(
    rf"\b(?P<what>{_SECTION}(?:(?:,\s{{1,30}}"
    rf"|,?\s{{1,30}}and\s{{1,30}})\d[\w.]*(?:\([\w]{{1,4}}\))*)*)(?P<between>{_OTHER}{{0,200}}?)"
    r"\b(?:is|are|shall\s{1,30}be|be)\s{1,30}(?:hereby\s{1,30})?(?:further\s{1,30})?"
    r"(?:amended|deleted|replaced|restated|superseded|modified|revised)\b"
)
_WORDS = re.compile(  # "In Section 17.1(b) of the Lease, the words “…” are replaced"
    rf"\b[Ii]n\s{{1,30}}(?P<what>{_SECTION})(?P<between>[^.;“”\"]{{0,80}}?),?\s{{1,30}}(?:the\s{{1,30}})?(?:words?"
    rf"|phrase|reference"
    rf"|sentence|figure|term|date)"
    r"\b[^;]{0,160}?\b(?:is|are|shall\s{1,30}be)\s{1,30}(?:hereby\s{1,30})?(?:deleted|replaced|changed|amended)"
)
_DELETES = re.compile(
    r"\b(?:delet(?:es?|ing)|replac(?:es?|ing)|amend(?:s|ing)?(?:\s{1,30}and\s{1,30}restat(?:es?"
    r"|ing))?)\s{1,30}(?:the\s{1,30}text\s{1,30}of\s{1,30})?"
    r"(?P<what>(?:Sections?|Articles?|Paragraphs?)\s{1,30}\d[\w.]*(?:\([\w]{1,4}\))*)"
)
_EXHIBIT = re.compile(
    r"^[ \t]*(?P<name>(?:EXHIBIT|Exhibit|SCHEDULE|Schedule|APPENDIX|Appendix|ANNEX|Annex|ATTACHMENT|Attachment)"
    r"[ \t]+[“\"]?(?P<mark>[A-Z](?:-\d{1,2})?|[A-Z]?\d{1,2}(?:[.-]\d{1,3})?(?:\([a-z]\))?|[IVX]{1,4})[”\"]?)"
    r"(?P<rest>[^\r\n]{0,100})\r?$",
    re.M,
)
_LEADERS = re.compile(r"\.{3,}|(?:\.\s){3,}|\s\d{1,4}\s{0,30}$")


def relations(text: str, kind: str, title: Name | None) -> tuple[Metadatum, ...]:
    """ "amends", "replaces" and "exhibit" with their spans."""
    found: list[Metadatum] = []
    if kind == "amendment":
        found += _amended(text, title)
        found += _replaced(text)
    return (*found, *_exhibits(text))


def _amended(text: str, title: Name | None) -> list[Metadatum]:
    """The instrument that is amended: as the recitals describe it with its date, else as the title names it."""
    begin = opening.preamble(text)
    fallback: Metadatum | None = None
    for match in _BASE.finditer(text, begin, begin + 6_000):
        span = match.span("base")
        if title and span[0] < title.end:
            continue
        if "mendment" in match["base"] or re.match(r"(?i)(?:this|each)\b", match["base"]):
            continue
        end = span[0] + len(match["base"].rstrip(" \t\r\n,"))
        if " " not in match["base"].strip():  # "the Agreement" says nothing of which
            continue
        datum = Metadatum("amends", " ".join(text[span[0] : end].split()), span[0], end)
        if next(dates.days(text, *span), None):
            return [datum]
        fallback = fallback or datum
    if title and (named := _IN_TITLE.search(text, title.start, title.end)):
        start, end = named.span("base")
        end = min(end, title.end)
        if within := re.match(r"(?i)(?:section|article|part)\b.*\bof\s{1,30}(?:the\s{1,30})?", text[start:end], re.S):
            start += within.end()
        return [Metadatum("amends", " ".join(text[start:end].split()), start, end)] if end > start else []
    return [fallback] if fallback else []


def _replaced(text: str) -> Iterator[Metadatum]:
    """Each section of the other instrument that is deleted, replaced or amended."""
    seen: set[str] = set()
    for pattern in (_REPLACES, _WORDS, _DELETES):
        for match in pattern.finditer(text):
            value = " ".join(match["what"].split()).rstrip(".")
            start = match.start("what")
            end = start + len(match["what"].rstrip("."))
            if re.search(r"\bthis\s{1,30}(?:Amendment|Addendum)\b", match.groupdict().get("between") or ""):
                continue
            if value not in seen and len(seen) < _MOST:
                seen.add(value)
                yield Metadatum("replaces", value, start, end)


def _exhibits(text: str) -> Iterator[Metadatum]:
    """Each exhibit, schedule, appendix or annex that begins with a heading of its own after the body has begun."""
    last: dict[str, Metadatum] = {}
    for match in _EXHIBIT.finditer(text):
        rest = match["rest"].strip(" :–—-*_")
        if "." in match["mark"] and match["mark"][0].isdigit():  # "EXHIBIT 10.12" over all: how the whole was filed
            continue
        if _LEADERS.search(match["rest"]) or (rest and not _heads(rest)):
            continue
        value = f"{match['name'].split()[0].capitalize()} {match['mark']}"
        if value not in last and len(last) >= _MOST:
            continue
        last.setdefault(value, Metadatum("exhibit", value, *match.span("name")))
    yield from last.values()


def _heads(rest: str) -> bool:
    """Whether what follows the name on its line is a heading and no sentence."""
    words = re.findall(r"[^\W\d_]{3,}", rest)
    return (
        bool(words)
        and not rest.endswith((".", ",", ";"))
        and sum(word[0].isupper() for word in words) >= 0.6 * len(words)
    )
