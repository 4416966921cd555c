"""What the command line prints for a person: verdict marks readable without colour, pin cites, quotes."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from legalqa.values import pin
from legalqa.values.answer import CheckedCitation, Passage, SearchResult, Sentence, Verdict, VerifiedAnswer
from legalqa.values.document import Document, Page
from legalqa.values.form import Remark, Value
from legalqa.values.matter import Coverage, FileStatus, IndexReport
from legalqa.values.pin import line_range, lines_of
from legalqa.values.question import SURE, Understood
from legalqa.values.reading import parted, shown

WIDTH = 100
_SCOPES, _ALTERNATIVES = 3, 4  # documents that are named of those meant, and of those perhaps meant
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
    bates, section = cited.bates, cited.section
    cite = ", ".join(part for part in (clean(cited.document), clean(pin.words(cited))) if part)
    if bates:
        cite += f" ({bates[0]})" if len(bates) == 1 else f" ({bates[0]}–{bates[-1]})"
    if section:
        cite += ", " + clean(" > ".join(section))
    if cited.amended_by:
        cite += f" (document amended by {clean('; '.join(cited.amended_by))})"
    return cite


def unseen(why: str) -> str:
    """What is said of text that a reader of the page cannot see; `why` is the region's detail."""
    return f"text that cannot be seen on the page: {clean(why)}"


def answer(value: VerifiedAnswer) -> str:
    """A verified answer, sentence by sentence, with what is said about it and what was searched."""
    lines: list[str] = []
    if value.status == "not_found":
        lines += _not_found(value)
    lines += [_wrapped(one.text, "", "  ") for one in value.form.remarks if one.kind == "elsewhere"]
    lines += [_leading(one, value) for one in value.form.values]
    if value.form.shape in ("listing", "comparison") and value.form.rows:
        lines += _table(value)
    else:
        for sentence in value.sentences:
            lines += _sentence(sentence)
    said_before = ("premise", "elsewhere")
    lines += [
        _wrapped(_remark(one, value), "Note: ", "  ") for one in value.form.remarks if one.kind not in said_before
    ]
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
    if searched.partly_read:
        lines.append(_wrapped("Only partly read: " + _some(searched.partly_read), "", "  "))
    if value.cached:
        lines.append("Answered before from the same record; ask with --fresh to answer anew.")
    return "\n".join(lines)


def _not_found(value: VerifiedAnswer) -> list[str]:
    lines = ["Not found in the searched documents."]
    lines += [_wrapped(one.text, "", "  ") for one in value.form.remarks if one.kind == "premise"]
    if value.form.counts:
        said = [
            f"“{clean(one.term)}” {_count(one.count, 'time')} in {_count(one.documents, 'document')}"
            if one.count
            else f"“{clean(one.term)}” nowhere"
            for one in value.form.counts
        ]
        lines.append(_wrapped(f"The question's words stand there: {'; '.join(said)}.", "", "  "))
    if value.passages:
        lines.append("Nearest passages:")
        lines += [_nearest(passage) for passage in value.passages[:3]]
    return lines


def _leading(one: Value, value: VerifiedAnswer) -> str:
    """The value that answers, before the sentence that it is read from."""
    citation = next((cited for cited in value.sentences[one.sentence].citations if cited.found), None)
    where = f" — {place(citation)}" if citation else ""
    return _wrapped(f"{clean(one.text)}{where}", "", "  ")


def _table(value: VerifiedAnswer) -> list[str]:
    """A row for each document, those without a finding named together at the end."""
    having = [row for row in value.form.rows if row.sentences]
    without = [row for row in value.form.rows if not row.sentences]
    lines = [f"{len(having)} of {_count(len(value.form.rows), 'document')}:"] if value.form.shape == "listing" else []
    for row in having:
        lines.append(clean(row.document))
        for index in row.sentences:
            lines += [f"  {line}" for line in "\n".join(_sentence(value.sentences[index])).splitlines()]
    if without:
        names = tuple(clean(row.document) for row in without)
        lines.append(_wrapped(f"Searched without a finding: {'; '.join(names)}.", "", "  "))
    return lines


def _remark(one: Remark, value: VerifiedAnswer) -> str:
    """A remark with the numbers of the places that it speaks of."""
    keys = [cited.key for index in one.sentences for cited in value.sentences[index].citations if cited.key]
    at = "".join(f" [{key}]" for key in dict.fromkeys(keys)) if one.kind in ("amended", "differs") else ""
    return f"{clean(one.text)}{at}"


def understood(value: Understood) -> str:
    """One line: what is asked, in which documents and why, what else may be meant."""
    sure = [scope for scope in value.scopes if scope.score >= SURE]
    first = sure or list(value.scopes[:1])
    said = f"Understood as: {clean(value.core)}"
    where = [f"{clean(scope.document)} ({scope.reason})" for scope in first[:_SCOPES]]
    said += (
        f" — in {' and '.join(where)}" if sure else f" — perhaps in {where[0]}" if where else " — in the whole matter"
    )
    others = [clean(scope.document) for scope in value.scopes if scope not in first[:_SCOPES]]
    others += [clean(name) for one in value.mentions if one.kind == "document" for name in one.alternatives]
    shown = {clean(scope.document) for scope in first[:_SCOPES]}
    others = [name for name in dict.fromkeys(others) if name not in shown]
    return said + (f"; or {', '.join(others[:_ALTERNATIVES])} (choose with --scope)" if others else "")


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
    if citation.header:
        cite += f"; under the table's header: {textwrap.shorten(clean(citation.header), 160)}"
    return cite + (f" [{unseen(citation.hidden)}]" if citation.hidden else "")


def _nearest(passage: Passage) -> str:
    cite = place(passage) + (f" [{unseen(passage.hidden)}]" if passage.hidden else "")
    cite += f" [{said}]" if (said := orders(passage)) else ""
    return _wrapped(f"[{passage.key}] {cite}: {textwrap.shorten(clean(shown(passage)), 160)}", "  ", "      ")


def orders(passage: Passage) -> str | None:
    """What is said of a passage that gives orders to a machine, None of any other."""
    why = [region.detail for region in passage.regions if region.kind == "instruction"]
    return f"gives orders to a machine, which were not followed: {clean('; '.join(why))}" if why else None


def search(result: SearchResult) -> str:
    """Hits, best first."""
    if not result.hits:
        return "Nothing found."
    lines = []
    for rank, hit in enumerate(result.hits, 1):
        lines.append(f"{rank:>3}. {place(hit)}  [{hit.start}:{hit.end}]")
        if hit.hidden:
            lines.append(f"     [{unseen(hit.hidden)}]")
        if said := orders(hit):
            lines.append(_wrapped(f"[{said}]", "     ", "     "))
        if hit.header:
            lines.append(_wrapped(f"Header: {textwrap.shorten(clean(hit.header), 200)}", "     ", "     "))
        lines.append(_wrapped(textwrap.shorten(clean(shown(hit)), 300), "     ", "     "))
    return "\n".join(lines)


def coverage(value: Coverage) -> str:
    """Every file with its state; what failed comes first."""
    order = {"failed": 0, "encrypted": 1, "unsupported": 2, "missing": 3, "changed": 4, "duplicate": 5, "indexed": 6}
    pages = ", ".join(f"{count} {source}" for source, count in value.pages.items() if count)
    lines = [f"{_count(value.documents, 'document')}; pages: {pages or 'none'}; {_count(len(value.files), 'file')}:"]
    for file in sorted(value.files, key=lambda file: (order[file.state], file.path)):
        count = _count(file.pages, "page") if file.pages else ""
        said = "; ".join(_said(file))
        lines.append(f"  {file.state:<12}{count:>10}  {clean(file.path)}{f'  ({said})' if said else ''}")
    lines += [
        f"  Not produced: {gap.first} to {gap.last} ({_count(gap.missing, 'number')})"
        if gap.missing > 1
        else f"  Not produced: {gap.first}"
        for gap in value.gaps
    ]
    return "\n".join(lines)


def _said(file: FileStatus) -> Iterator[str]:
    """What is remarkable about a file."""
    if file.reason:
        yield clean(file.reason)
    if file.failed_pages:
        yield f"not readable: p. {', '.join(map(str, file.failed_pages[:8]))}{', …' if file.failed_pages[8:] else ''}"
    if file.confidence is not None:
        yield f"{file.sources.get('ocr', 0)} scanned, OCR {file.confidence:.0f}%"
    if file.bates:
        yield file.bates[0] if len(file.bates) == 1 else f"{file.bates[0]}–{file.bates[-1]}"
    if file.hidden_text:
        yield "holds text that cannot be seen"
    if file.repaired:
        yield "damaged, read after a repair"


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
    if value.skipped:
        said.append(f"{len(value.skipped)} no documents")
    lines = [", ".join(said) + f"; {_count(value.chunks, 'passage')} indexed in {value.seconds:.1f} s."]
    lines += [f"  {file.state}: {clean(file.path)} ({clean(file.reason)})" for file in value.failed]
    lines += [f"  missing: {clean(path)} (what was read of it stays in the record)" for path in value.removed]
    return "\n".join(lines)


def document(value: Document, only: int | None = None) -> str:
    """Extracted text page by page, what cannot be seen marked; of one page also what was told apart on it."""
    lines = [f"{clean(value.title)}  [{value.type}{', ' + value.date if value.date else ''}]  {clean(value.path)}"]
    for page in value.pages:
        if only is not None and page.number != only:
            continue
        sure = f", confidence {page.confidence:.0f}" if page.confidence is not None else ""
        bates = f", {page.bates}" if page.bates else ""
        label = f", labelled {clean(page.label)}" if page.label not in ("", str(page.number)) else ""
        head = f"--- page {page.number} ({page.source}{label}{sure}{bates})"
        lines.append(f"{head}: {page.reason}" if page.reason else head)
        for span, why in parted(value, page.start, page.end):
            marked = f"[{unseen(why)}]\n" if why else ""
            lines.append(marked + _CONTROL.sub(" ", value.text[span.start : span.end]))
        if only is not None:
            lines += _regions(value, page)
    return "\n".join(lines)


def _regions(value: Document, page: Page) -> list[str]:
    """What was told apart on a page: running heads, tables with their headers, notes; numbered lines by the number."""
    lines = []
    if numbered := lines_of(value, page.start, page.end) or [
        region.detail for region in value.regions_of(page.start, page.end, "line")
    ]:
        lines.append(f"    lines        {clean(line_range(numbered))}")
    for region in value.regions_of(page.start, page.end):
        if region.kind not in ("line", "line_number"):
            detail = f" ({clean(region.detail)})" if region.detail else ""
            said = textwrap.shorten(clean(value.text[region.start : region.end]), 70)
            lines.append(f"    {region.kind:<12} [{region.start}:{region.end}]{detail} {said}")
    return ["--- told apart on this page:", *lines] if lines else []


def _some(names: tuple[str, ...], most: int = 8) -> str:
    more = f"; and {len(names) - most} more, see legalqa status" if len(names) > most else ""
    return "; ".join(names[:most]) + more


def _wrapped(text: str, first: str, then: str) -> str:
    return textwrap.fill(clean(text), WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
