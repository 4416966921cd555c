"""Tables of contents: where they stand and what they list.

A table is found by its heading and is as long as one numbered entry follows the other: it ends where running text
begins or where its first entry comes again, now as the heading of its part. Lists with dot leaders or a column of page
numbers need no heading, and with leaders (tables of authorities) no numbers. Figures under the word "Contents" are
none: their last column does not rise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from legalqa.ingest.structure import numbering, terms
from legalqa.values.document import Region

_HEAD = re.compile(
    r"(?:^|[\r\n\f]|(?<!\s)\s{3,}+)[ \t]*(?:TABLE\s+OF\s+(?:CONTENTS|AUTHORITIES|EXHIBITS)"
    r"|Table\s+[Oo]f\s+(?:Contents|Authorities)"
    r"|CONTENTS|Contents|INDEX(?:\s+OF\s+EXHIBITS)?)\b[ \t]*(?:\(cont(?:inued|['’]?d)\.?\))?(?=\s|:|$)"
)
_ENTRY = re.compile(
    r"(?<![\w(“\"§.-])(?:(?:ARTICLE|Article|PART|Part|SECTION|Section|Sec\.|§|EXHIBIT|Exhibit|SCHEDULE|Schedule|APPENDIX"
    r"|Appendix|ANNEX|Annex|ATTACHMENT|Attachment|ADDENDUM|Addendum)\s+[\"“]?[A-Z0-9][\w.()-]{0,11}|\d{1,2}\.\d{1,2}(?:\.\d{1,2})?\.?(?=\s|[A-Z])|\d{1,2}[.)](?=\s+\D)|[IVX]{1,5}\.(?=\s))"
)
_PAGE = re.compile(r"(?:\s|\.|_|…)(?P<page>\d{1,3}|[ivxl]{1,6}|[A-Z]{1,2}-\d{1,3})\s*$")
_PAGE_THEN_LEAF = re.compile(r"\s(?P<page>\d{1,3})\s+-?[ivxl]{1,5}-?$")  # the contents' own page number follows
_PAGE_THEN_TEXT = re.compile(r"\s(?:\d{1,3}|[ivxl]{1,5})[ \t]*(?:\r?\n[ \t]*){2,}\S")
_LEADERS = re.compile(r"\.{4}|(?:\. ){3}|…{2}|_{5}")
_COLUMN = re.compile(r"[ \t]*\d{1,2}\.?[ \t]+[A-Z].*\S[ \t]{6,}\d{1,3}[ \t]*$")  # a number, a title, the page far right
_COLUMNS = re.compile(r"[ \t]{6,}")
_LINE = re.compile(r"[^\r\n\f]+")
_ENTRY_MOST = 260  # characters from one entry to the next
_FOOT = 600  # characters at the foot of a table's page, and at the head of the next
_TRIED = 4  # numbers at the head of the next page: some are of its running head
_LEAST = 3  # entries that make a table
_SPAN_MOST = 60_000  # characters of one table
_TITLE = re.compile(r"^[\s.:–—-]*(?P<title>.*?)[\s._…]*$", re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a table of contents: what its number means, and its title as printed there."""

    key: tuple[str, tuple[int, ...]]
    title: str
    page: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The tables of a text, and their numbered entries."""

    regions: tuple[Region, ...] = ()
    entries: tuple[Entry, ...] = ()

    def titles(self) -> dict[tuple[str, tuple[int, ...]], str]:
        """Title of each number that is listed once; a number listed twice says nothing about which is meant."""
        found: dict[tuple[str, tuple[int, ...]], str] = {}
        twice = set()
        for entry in self.entries:
            if entry.key in found and found[entry.key] != entry.title:
                twice.add(entry.key)
            found[entry.key] = entry.title
        return {key: title for key, title in found.items() if key not in twice and title}


def contents_of(text: str) -> Contents:
    """The tables of contents and of authorities in a text, and its indexes of defined terms."""
    regions: list[Region] = []
    entries: list[Entry] = []
    end = 0
    for head in _HEAD.finditer(text):
        if head.end() < end:
            continue
        found = _table(text, head.end())
        if found is None:
            continue
        end, listed = found
        while (more := _continued(text, end, listed)) is not None:
            end, listed = more
        start = head.start() + len(head.group()) - len(head.group().lstrip())
        regions.append(Region("contents", start, end))
        entries.extend(listed)
    for lines in _with_leaders(text, regions):
        regions.append(Region("contents", lines[0].start(), lines[-1].end()))
        entries.extend(_bare(lines))
    regions.extend(index for index in terms.indexes(text) if not any(_meet(index, region) for region in regions))
    return Contents(tuple(sorted(regions, key=lambda region: region.start)), tuple(entries))


def _meet(one: Region, other: Region) -> bool:
    return one.start < other.end and other.start < one.end


def _table(text: str, start: int, before: Sequence[Entry] = ()) -> tuple[int, list[Entry]] | None:
    """The end of the table whose heading ends at `start`, and its entries; None if it is no table of contents.

    `before` are entries of its earlier pages.
    """
    marks = _marks(text, start)
    entries: list[Entry] = []
    seen = {entry.key for entry in before}
    end = start
    for index, mark in enumerate(marks):
        stop = marks[index + 1].start() if index + 1 < len(marks) else min(len(text), mark.end() + _ENTRY_MOST)
        body = text[mark.end() : stop]
        reading = next(numbering.readings(text[mark.start() : mark.end() + 3]), None)
        key = (reading.style, reading.values) if reading else ("", ())
        if (
            reading
            and reading.style != "exhibit"
            and key in seen
            and (entries or before)
            and (key == (*before, *entries)[0].key or not _listed(body))
        ):
            break  # the part itself begins here
        last = index + 1 == len(marks) or (
            not _listed(body) and (len(body.split()) > 30 or bool(_PAGE_THEN_TEXT.search(body)))
        )
        tail = _tail(body) if last else body
        if tail is None:
            break
        page = _PAGE_THEN_LEAF.search(tail.rstrip(" \t\r\n\f_")) or _PAGE.search(tail.rstrip())
        title = tail[: page.start()] if page else tail
        shown = _TITLE.match(" ".join(title.split()))
        end = mark.end() + len(tail.rstrip())
        if reading:
            seen.add(key)
            entries.append(Entry(key, shown["title"] if shown else "", page["page"] if page else ""))
        if last:
            break
    if len(entries) < _LEAST or not _rising(entries):
        return None
    return end, entries


def _marks(text: str, start: int) -> list[re.Match[str]]:
    """The numbers after a heading that may be those of entries, one near the other."""
    marks: list[re.Match[str]] = []
    for match in _ENTRY.finditer(text, start, min(len(text), start + _SPAN_MOST)):
        if match.start() - (marks[-1].end() if marks else start) > _ENTRY_MOST:
            break
        if not (marks and _in_title(text, marks[-1], match)):
            marks.append(match)
    return marks


def _continued(text: str, end: int, listed: Sequence[Entry]) -> tuple[int, list[Entry]] | None:
    """The table with what goes on after the foot of its page; None if the text begins at `end`.

    Every entry on the next page has a page number, from the last one on; what follows the last entry may hide its own.
    """
    known = {entry.key for entry in listed}
    last = max((int(entry.page) for entry in listed if entry.page.isdigit()), default=0)
    for mark in islice(_ENTRY.finditer(text, end, end + _FOOT), _TRIED):
        reading = next(numbering.readings(text[mark.start() : mark.end() + 3]), None)
        if reading is None or (reading.style, reading.values) in known:
            continue
        found = _table(text, mark.start(), listed)
        if found is None:
            continue
        stop, more = found
        pages = [int(entry.page) for entry in more if entry.page.isdigit()]
        if len(pages) >= len(more) - 1 and 0 < last <= min(pages) and known.isdisjoint(entry.key for entry in more):
            return stop, [*listed, *more]
    return None


def _in_title(text: str, former: re.Match[str], mark: re.Match[str]) -> bool:
    """Whether a number stands in the title of the entry before: "6.14 Section 16 Matters"."""
    between = text[former.end() : mark.start()]
    single = re.match(r"(?:Section|SECTION) \d+$", mark.group()) and re.search(r"\d\.\d", former.group())
    return bool(single) and not _PAGE.search(between.rstrip()) and not re.search(r"[\r\n]", between)


def _listed(body: str) -> bool:
    """Whether an entry's text looks like one: a page number at its end, or few words without a full stop."""
    stripped = body.rstrip(" \t\r\n\f_")  # a page of the table may end below the entry
    return bool(_PAGE.search(stripped)) or (len(stripped) < 120 and not stripped.endswith((".", ";")))


def _tail(body: str) -> str | None:
    """The last entry's text, as far as it goes: to its page number or the end of its line."""
    paged = re.match(r"[^\r\n\f]{0,200}?(?:\s|\.|_)(?:\d{1,3}|[ivxl]{1,6})(?=\s{2}|\s*[\r\n\f]|\s+[A-Z“]|\s*$)", body)
    if paged:
        return paged.group()
    line = re.match(r"\s*[^\r\n\f]{0,120}(?=[\r\n\f]|$)", body)
    return line.group() if line else None


def _rising(entries: Sequence[Entry]) -> bool:
    """Whether the page numbers, where there are any, rise through the table, as those of a financial table do not."""
    pages = [int(entry.page) for entry in entries if entry.page.isdigit()]
    steps = list(pairwise(pages))
    falling = sum(later < former for former, later in steps)
    return falling <= max(1, len(steps) // 8)


def _with_leaders(text: str, known: Sequence[Region]) -> list[list[re.Match[str]]]:
    """Runs of lines with dot leaders, or numbered ones in a column, and a page number outside the known tables."""
    runs: list[list[re.Match[str]]] = []
    for line in _LINE.finditer(text):
        if line.end() - line.start() > 2 * _ENTRY_MOST:
            continue
        if not (_LEADERS.search(text, line.start(), line.end()) or _COLUMN.match(line.group())):
            continue
        if not _PAGE.search(line.group()) or any(region.start <= line.start() < region.end for region in known):
            continue
        if runs and line.start() - runs[-1][-1].end() < _ENTRY_MOST:
            runs[-1].append(line)
        else:
            runs.append([line])
    found = []
    for run in runs:
        pages = [int(page["page"]) for line in run if (page := _PAGE.search(line.group())) and page["page"].isdigit()]
        falling = sum(later < former for former, later in pairwise(pages))
        if len(run) >= _LEAST and falling <= len(run) // 4 and (_LEADERS.search(run[0].group()) or _recur(text, run)):
            found.append(run)
    return found


def _recur(text: str, run: Sequence[re.Match[str]]) -> bool:
    """Whether most titles of a run come again in the text after it: those of a price list do not."""
    titles = [_COLUMNS.split(line.group().strip())[0].split()[1:] for line in run]
    again = [re.compile(r"\s+".join(map(re.escape, words)), re.I).search(text, run[-1].end()) for words in titles]
    return 2 * sum(match is not None for match in again) > len(run)


def _bare(lines: Sequence[re.Match[str]]) -> list[Entry]:
    """What a table lists whose numbers have no stop behind them: "2 Rent ..... 7". They count from 1 or are none:
    "42 U.S.C." begins with a number as well."""
    entries: list[Entry] = []
    for line in lines:
        entry = line.group().strip()
        number = next(numbering.readings(entry), None)
        page = _PAGE.search(entry)
        if number is None or number.style != "bare" or page is None:
            continue
        if number.values != (len(entries) + 1,):
            return []
        title = _TITLE.match(entry[number.length : page.start()])
        entries.append(Entry((number.style, number.values), title["title"] if title else "", page["page"]))
    return entries if len(entries) >= _LEAST else []
