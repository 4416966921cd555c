"""What of a text may be quoted alone: sentences, list items, table rows, a question of a transcript with its answers.

What a page carries beside its text is never one: running heads, page numbers, production numbers, lines of a table of
contents, headings. What ingestion has told of these is taken from its regions; in a text without them it is guessed
from the lines. Every unit is one span of the text. Its `reading` is the same text without the furniture and the
transcript's line numbers inside it: that is compared and worded, never quoted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from legalqa.values.document import Region, Span
from legalqa.values.reading import Reading

MAX_SENTENCE: Final = 600  # characters; a longer one is cut at a semicolon, colon or line break
MAX_EXCHANGE: Final = 900  # characters of a question with its answers
_SHORT: Final = 3  # words; a shorter piece ("(a)") belongs to the one that follows
_LONGEST_HEADING: Final = 10  # words
_LONGEST_LEAD: Final = 80  # characters of column heads
_WRAPPED: Final = 55  # characters; a shorter line in the middle of a paragraph was not broken by the margin
_LONGEST_RUNNING_HEAD: Final = 12  # words
_NUMBERED: Final = re.compile(
    r"\W*(?:(?:article|section|part|exhibit)\s+)?(?:\d+|[ivxlc]+\b)?[\d.()]*\s*", re.IGNORECASE
)
_SMALL: Final = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_CUT: Final = re.compile(r"(?<=[;:])\s+|\n\s*")
_LINE: Final = re.compile(r"[^\n]+")
_PAGE_NUMBER: Final = re.compile(r"(?:[-–—]\s*)?(?:page\s+)?\d{1,4}(?:\s+of\s+\d{1,4})?(?:\s*[-–—])?", re.IGNORECASE)
_FURNITURE: Final = re.compile(
    r"case\s+\d+:\d+-\S+.*"  # a court's filing stamp
    r"|.*\bpageid\b.*"
    r"|(?:(?:highly\s+)?confidential\W*)?[A-Z][A-Z_-]+[-_ ]?\d{5,}(?:\W*confidential)?"  # a production number
    r"|.*(?:\.\s?){5,}\s*\d*"  # a line of contents
    r"|.*\bpage\s+\d+\s+of\s+\d+"
    r"|[-_=*\s]{4,}",
    re.IGNORECASE,
)
_RUNNING: Final = re.compile(r"\s[-–—/|]\s|\d$")  # what tells a running head from a heading or a sentence
_LINE_NUMBER: Final = re.compile(r"\s*(\d{1,2})\s+(?=\S)")
_TURN: Final = re.compile(
    r"(?:\d{1,2}\s+)?(?:(?P<qa>[QA])(?:[.:]\s|\s{2,})|(?P<other>[A-Z][A-Z.’' ]{3,40}:\s|\(.*\)$))"
)
_ROW: Final = re.compile(
    r"\d{1,2}/\d{1,2}/\d{2,4}\b|\d{1,3}\s+\S|\$|[A-Z][\w ./()&’'-]{0,40}:\s|\S.*\s{3,}\S"
    r"|.*(?:[$€£]\s?|\b)\d[\d,]*\.\d\d$"
)
_ITEM: Final = re.compile(r"\(\w{1,5}\)|.*;(?: and| or)?\Z", re.DOTALL)
_PROSE: Final = re.compile(r"[a-z]{2}[.;,]?\s[a-z]+\s[a-z]+\s")
_ENDS: Final = re.compile(r"[.!?;:][”\"’')\]]*$")

Kind = Literal["sentence", "row", "exchange"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable part of a text at ``[start, end)``.

    `heading` is what it stands under, "" for none; `lead` the words without which it says little: a list's
    introduction, a table's column heads; `header` these last alone, where ingestion has told them.
    """

    start: int
    end: int
    heading: str
    lead: str = ""
    kind: Kind = "sentence"
    reading: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without what is skipped in it. `told` says that a region makes it furniture, `numbered` that one tells
    its printed number; `header` is that of the table it is a row of, `table` where that begins, perhaps before the
    text; None outside one.
    """

    start: int
    end: int
    text: str
    furniture: bool = False
    told: bool = False
    numbered: bool = False
    table: int | None = None
    header: str = ""


def units(text: str, heading: str = "", regions: Sequence[Region] = (), offset: int = 0) -> list[Unit]:
    """The units of a text in order, without the white space around them. `heading` is the one it stands under.

    `regions` are those that reach into the text, which begins at `offset` of what they count in; the units count in
    the text itself. A text of nothing but headings is its own units; one of nothing but furniture has none.
    """
    regions = [replace(region, start=region.start - offset, end=region.end - offset) for region in regions]
    reading = Reading(text, regions)
    lines = _lines(text, reading.masked(), regions)
    transcript = _is_transcript(lines)
    beside = Reading(text, [region for region in regions if region.kind != "line_number"]).skipped
    flat = _without_breaks(reading.masked(), beside)
    found = list(_exchanges(lines, heading) if transcript else _flowing(flat, lines, heading))
    return [replace(unit, reading=_reading(lines, unit, transcript)) for unit in found]


def is_heading(text: str) -> bool:
    """Whether a line or sentence is a title: few words, with capitals, neither amount nor label."""
    title = unnumbered(text).strip().rstrip(".:")
    words = title.split()
    if len(words) > _LONGEST_HEADING or re.search(r"[\d:]", title):
        return False
    return all(word in _SMALL or not word[:1].islower() for word in words)


def unnumbered(heading: str) -> str:
    """A heading without the number that it begins with."""
    match = _NUMBERED.match(heading)
    return heading[match.end() :] if match else heading


def _without_breaks(masked: str, skipped: Sequence[Span]) -> str:
    """The text with spaces for the line breaks around what is skipped: a sentence runs on over them."""
    parts, at = [], 0
    for span in skipped:
        low = max(min(max(span.start, 0), len(masked)), at)
        while low > at and masked[low - 1].isspace():
            low -= 1
        high = min(max(span.end, low), len(masked))
        while high < len(masked) and masked[high].isspace():
            high += 1
        parts += [masked[at:low], " " * (high - low)]
        at = high
    return "".join((*parts, masked[at:]))


def _lines(text: str, masked: str, regions: Sequence[Region]) -> list[_Line]:
    """The lines that are not blank, without the space around them, furniture marked."""
    found = []
    for match in _LINE.finditer(text):
        seen = masked[match.start() : match.end()]
        if stripped := seen.strip():
            start = match.start() + seen.index(stripped)
            found.append(_Line(start, start + len(stripped), stripped))
        elif match[0].strip():
            found.append(_Line(match.start(), match.end(), match[0].strip(), furniture=True, told=True))
    if regions:
        found = _known(found, regions)
    numbers = [not line.told and _PAGE_NUMBER.fullmatch(line.text) is not None for line in found]
    marked = []
    for i, line in enumerate(found):
        beside = (i > 0 and numbers[i - 1]) or (i + 1 < len(found) and numbers[i + 1])
        head = beside and len(line.text.split()) <= _LONGEST_RUNNING_HEAD and not line.text[0].islower()
        running = head and not _TURN.match(line.text) and _RUNNING.search(line.text)
        guessed = numbers[i] or bool(running) or _FURNITURE.fullmatch(line.text) is not None
        row = line.table is not None and not numbers[i]
        marked.append(replace(line, furniture=line.furniture or (guessed and not row and len(line.text) < 200)))
    return marked


def _known(lines: Sequence[_Line], regions: Sequence[Region]) -> list[_Line]:
    """The lines with what regions tell of them."""
    telling = sorted((r for r in regions if r.kind in ("line", "table", "contents")), key=lambda region: region.start)
    starts = [region.start for region in telling]
    longest = max((region.end - region.start for region in telling), default=0)
    known = []
    for line in lines:
        near = telling[bisect_left(starts, line.start - longest) : bisect_left(starts, line.end)]
        for region in near:
            if region.end <= line.start:
                continue
            if region.kind == "line":
                line = replace(line, numbered=True)
            elif region.kind == "table":
                line = replace(line, table=region.start, header=" ".join(region.detail.split()))
            else:
                line = replace(line, furniture=True, told=True)
        known.append(line)
    return known


def _is_transcript(lines: Sequence[_Line]) -> bool:
    """Whether there are turns of question and answer on lines of which most bear their number."""
    spoken = [line for line in lines if not line.furniture]
    turns = sum(match["qa"] is not None for line in spoken if (match := _TURN.match(line.text)))
    numbered = sum(line.numbered or _LINE_NUMBER.match(line.text) is not None for line in spoken)
    return turns >= 2 and (numbered >= 0.7 * len(spoken) or turns >= 0.4 * len(spoken))


def _exchanges(lines: Sequence[_Line], heading: str) -> Iterator[Unit]:
    """Each question with all that is said until the next one; what comes before the first is a unit of its own."""
    group: list[_Line] = []
    answered = False
    for line in lines:
        if line.furniture:
            continue
        turn = _TURN.match(line.text)
        asks = turn is not None and turn["qa"] == "Q"
        long = bool(group) and line.end - group[0].start > MAX_EXCHANGE
        if group and (asks or (turn is not None and turn["other"] and answered) or long):
            yield _exchange(group, heading)
            group, answered = [], False
        answered = answered or (turn is not None and turn["qa"] == "A")
        group.append(line)
    if group:
        yield _exchange(group, heading)


def _exchange(lines: Sequence[_Line], heading: str) -> Unit:
    number = None if lines[0].numbered else _LINE_NUMBER.match(lines[0].text)
    start = lines[0].start + (number.end() if number else 0)
    return Unit(start, lines[-1].end, heading, kind="exchange")


def _flowing(text: str, lines: Sequence[_Line], heading: str) -> Iterator[Unit]:
    """Sentences and rows of a text that is not a transcript."""
    under, lead, headed = heading, "", False
    found: list[Unit] = []
    headings: list[tuple[int, int]] = []
    for block in _blocks(text, lines):
        spans = _row_spans(block)
        kind: Kind = "row" if spans else "sentence"
        for start, end in spans or _of_paragraph(text, block[0].start, block[-1].end):
            piece = text[start:end]
            if block[0].table is not None:
                header = block[0].header
                if " ".join(piece.split()) != header and re.search(r"\w", piece):
                    found.append(Unit(start, end, under, header, kind, header=header))
                continue
            last = found[-1] if found else None
            if kind == "row" and not re.search(r"[\d:]", piece):
                lead = f"{lead} {piece}" if headed and len(lead) < _LONGEST_LEAD else piece
                headed = True
                if is_heading(piece):
                    headings.append((start, end))
                else:
                    found.append(Unit(start, end, under, "", kind))
                continue
            headed = False
            if is_heading(piece):
                under, lead = piece, ""
                headings.append((start, end))
            elif last and text[last.end - 1] == ":" and end - last.start <= MAX_SENTENCE:
                lead = text[last.start : last.end]  # what a list or a form begins with says nothing alone
                found[-1] = replace(last, end=end)
            else:
                if kind == "sentence" and not _ITEM.match(piece):
                    lead = ""
                found.append(Unit(start, end, under, lead, kind))
    yield from found or [Unit(start, end, heading) for start, end in headings]


def _blocks(text: str, lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Paragraphs: lines without a blank one or furniture between them, joined where a sentence runs over a page."""
    block: list[_Line] = []
    broken = told = False
    for line in lines:
        if line.furniture:
            broken, told = True, told or line.told
            continue
        if block:
            gap = text[block[-1].end : line.start].count("\n") > 1
            over = (
                broken
                and not _ENDS.search(block[-1].text)
                and (line.text[0].islower() or (told and _wraps(block, line)))
            )
            if ((gap or broken) and not over) or line.table != block[-1].table:
                yield block
                block = []
        block.append(line)
        broken = told = False
    if block:
        yield block


def _wraps(block: Sequence[_Line], line: _Line) -> bool:
    """Whether a line that begins with a capital may go on with a sentence after a page break."""
    last = block[-1].text
    starts_anew = re.match(r"\(?\w{1,4}[.)]\s", line.text) or is_heading(line.text)
    return len(last) >= _WRAPPED and not is_heading(last) and not starts_anew


def _row_spans(block: Sequence[_Line]) -> list[tuple[int, int]]:
    """The rows of a block of lines that is a table, a form or an address; none if it is running text."""
    if block[0].table is not None:
        return [(line.start, line.end) for line in block]
    if len(block) == 1:
        line = block[0]
        told = _ENDS.search(line.text) or line.text.endswith(":") or _is_prose(line)
        return [] if told or is_heading(line.text) else [(line.start, line.end)]
    broken = sum(len(line.text) < _WRAPPED for line in block[:-1])
    rows = sum(_ROW.match(line.text) is not None for line in block)
    prose = sum(_is_prose(line) for line in block)
    if not (broken >= 0.5 * (len(block) - 1) or rows >= 0.6 * len(block)) or prose > 0.5 * len(block):
        return []
    return [(group[0].start, group[-1].end) for group in _rows(block)]


def _is_prose(line: _Line) -> bool:
    return _PROSE.search(line.text) is not None and _ROW.match(line.text) is None


def _rows(block: Sequence[_Line]) -> Iterator[list[_Line]]:
    """A row begins at a date, a number, a label or a capital, unless the lines before it cannot be one alone."""
    if len(block) <= 3 and not any(_ROW.match(line.text) for line in block[1:]):
        yield list(block)
        return
    group: list[_Line] = []
    for line in block:
        goes_on = line.text[0].islower() or re.match(r"[$€£(]", line.text)
        if group and not goes_on:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _of_paragraph(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    from nupunkt import sent_spans

    pending: int | None = None
    spans = [(start + a, start + b) for a, b in sent_spans(text[start:end])] or [(start, end)]
    for number, (a, b) in enumerate(spans):
        a = pending if pending is not None else a
        pending = None
        short = len(text[a:b].split()) < _SHORT and not is_heading(text[a:b])
        if short and number + 1 < len(spans):
            pending = a
            continue
        for c, d in _cut(text, a, b):
            stripped = text[c:d].strip()
            if stripped:
                c = text.index(stripped, c)
                yield c, c + len(stripped)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of at most MAX_SENTENCE characters where there are places to cut."""
    places = [match.end() for match in _CUT.finditer(text, start, end)]
    while end - start > MAX_SENTENCE and places:
        fitting = [place for place in places if start < place <= start + MAX_SENTENCE] or places[:1]
        yield start, fitting[-1]
        start = fitting[-1]
        places = [place for place in places if place > start]
    yield start, end


def _reading(lines: Sequence[_Line], unit: Unit, transcript: bool) -> str:
    parts = []
    for line in lines:
        if line.furniture or line.end <= unit.start or line.start >= unit.end:
            continue
        part = line.text[max(0, unit.start - line.start) : unit.end - line.start]
        if transcript and line.start >= unit.start and not line.numbered:
            part = _LINE_NUMBER.sub("", part, count=1)
        parts.append(part)
    return " ".join(" ".join(parts).split())
