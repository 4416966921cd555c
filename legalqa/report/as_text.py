"""What the command line prints for a person: verdict marks readable without colour, pin cites, quotes."""

from __future__ import annotations

import re
import textwrap

from legalqa.values.answer import CheckedCitation, Passage, SearchResult, Sentence, Verdict, VerifiedAnswer
from legalqa.values.document import Document
from legalqa.values.matter import Coverage, IndexReport

WIDTH = 100
MARKS: dict[Verdict, str] = {
    "verbatim": "[=] verbatim",
    "supported": "[+] supported",
    "uncited": "[?] uncited",
    "unsupported": "[!] UNSUPPORTED",
    "bad_reference": "[X] BAD REFERENCE",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Document text made safe for a terminal: no escape sequences, no direction overrides, single spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def place(cited: Passage | CheckedCitation) -> str:
    """A pin cite: "Lease.pdf, p. 12 (HARBOR000112), ARTICLE 4 RENT > 4.2 Late Charges"."""
    pages, bates, section = cited.pages, cited.bates, cited.section
    parts = [clean(cited.document)]
    if pages and cited.paged:
        parts.append(f"p. {pages[0]}" if len(pages) == 1 else f"pp. {pages[0]}–{pages[-1]}")
    cite = ", ".join(parts)
    if bates:
        cite += f" ({bates[0]})" if len(bates) == 1 else f" ({bates[0]}–{bates[-1]})"
    if section:
        cite += ", " + clean(" > ".join(section))
    return cite


def answer(value: VerifiedAnswer) -> str:
    """A verified answer, sentence by sentence, with what was searched."""
    lines: list[str] = []
    if value.status == "not_found":
        lines.append("Not found in the searched documents.")
        if value.passages:
            lines.append("Nearest passages:")
            lines += [_nearest(passage) for passage in value.passages[:3]]
    for sentence in value.sentences:
        lines += _sentence(sentence)
    if value.authorities:
        lines.append("Authorities (whether the record knows them; never whether they are good law):")
        for authority in value.authorities:
            where = f": {clean(', '.join(authority.where))}" if authority.where else ""
            lines.append(f"  {authority.status}: {clean(authority.text)}{where}")
    if value.stopped:
        lines.append("Stopped before the answer was complete.")
    searched = value.searched
    lines.append(f"Searched {_count(searched.documents, 'document')}, {_count(searched.pages, 'page')}.")
    if searched.unreadable_pages:
        lines.append(
            _wrapped("Could not be read, and so was not searched: " + _some(searched.unreadable_pages), "", "  ")
        )
    return "\n".join(lines)


def _sentence(sentence: Sentence) -> list[str]:
    lines = [_wrapped(sentence.text, f"{MARKS[sentence.verdict]:<18}", " " * 18)]
    lines += [_wrapped(reason, " " * 18 + "- ", " " * 20) for reason in sentence.reasons]
    lines += [_wrapped(_cited(citation), " " * 18 + "> ", " " * 20) for citation in sentence.citations]
    return lines


def _cited(citation: CheckedCitation) -> str:
    key = f"[{citation.key}] " if citation.key else ""
    if not citation.found:
        missed = f"does not stand there: “{clean(citation.quote)}”." if citation.quote else "no such place."
        return f"{key}{missed}" + (f" Found instead: {'; '.join(citation.elsewhere)}." if citation.elsewhere else "")
    cite = key + place(citation)
    if citation.ocr_confidence is not None:
        cite += f" (scan; least certain word {citation.ocr_confidence:.0f}%)"
    return cite


def _nearest(passage: Passage) -> str:
    cite = place(passage)
    return _wrapped(f"[{passage.key}] {cite}: {textwrap.shorten(clean(passage.text), 160)}", "  ", "      ")


def search(result: SearchResult) -> str:
    """Hits, best first."""
    if not result.hits:
        return "Nothing found."
    lines = []
    for rank, hit in enumerate(result.hits, 1):
        lines.append(f"{rank:>3}. {place(hit)}  [{hit.start}:{hit.end}]")
        lines.append(_wrapped(textwrap.shorten(clean(hit.text), 300), "     ", "     "))
    return "\n".join(lines)


def coverage(value: Coverage) -> str:
    """Every file with its state; what failed comes first."""
    order = {"failed": 0, "encrypted": 1, "unsupported": 2, "missing": 3, "changed": 4, "duplicate": 5, "indexed": 6}
    pages = ", ".join(f"{count} {source}" for source, count in value.pages.items() if count)
    lines = [f"{_count(value.documents, 'document')}; pages: {pages or 'none'}; {_count(len(value.files), 'file')}:"]
    for file in sorted(value.files, key=lambda file: (order[file.state], file.path)):
        count = _count(file.pages, "page") if file.pages else ""
        reason = f"  ({clean(file.reason)})" if file.reason else ""
        lines.append(f"  {file.state:<12}{count:>10}  {clean(file.path)}{reason}")
    return "\n".join(lines)


def index(value: IndexReport) -> str:
    """What an indexing run did."""
    said = [
        f"{_count(len(value.added), 'file')} added",
        f"{len(value.replaced)} replaced",
        f"{value.unchanged} unchanged",
        f"{len(value.duplicates)} duplicates",
        f"{len(value.removed)} missing since the last run",
        f"{len(value.failed)} not readable",
    ]
    lines = [", ".join(said) + f"; {_count(value.chunks, 'passage')} indexed in {value.seconds:.1f} s."]
    lines += [f"  {file.state}: {clean(file.path)} ({clean(file.reason)})" for file in value.failed]
    lines += [f"  missing: {clean(path)} (what was read of it stays in the record)" for path in value.removed]
    return "\n".join(lines)


def document(value: Document, only: int | None = None) -> str:
    """Extracted text page by page."""
    lines = [f"{clean(value.title)}  [{value.type}{', ' + value.date if value.date else ''}]  {clean(value.path)}"]
    for page in value.pages:
        if only is not None and page.number != only:
            continue
        sure = f", confidence {page.confidence:.0f}" if page.confidence is not None else ""
        bates = f", {page.bates}" if page.bates else ""
        lines.append(f"--- page {page.number} ({page.source}{sure}{bates}){': ' + page.reason if page.reason else ''}")
        lines.append(_CONTROL.sub(" ", value.text[page.start : page.end]))
    return "\n".join(lines)


def _some(names: tuple[str, ...], most: int = 8) -> str:
    more = f"; and {len(names) - most} more, see legalqa status" if len(names) > most else ""
    return "; ".join(names[:most]) + more


def _wrapped(text: str, first: str, then: str) -> str:
    return textwrap.fill(clean(text), WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
