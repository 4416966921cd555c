"""Sections of a legal text, with exact, nested spans.

Three kinds of headings make them: numbered ones (`outline`); main headings without a number (RECITALS, COUNT I,
ARGUMENT), under which the numbers of a pleading run on; and, where the pages tell how their lines are set, headings
that only their type shows (`unnumbered`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from legalqa.ingest.items import Line
from legalqa.ingest.structure import contents, markdown, outline, unnumbered
from legalqa.ingest.structure.outline import Heading
from legalqa.ingest.structure.unnumbered import Main
from legalqa.values.document import Region, Section


def sections_of(
    text: str, skipped: Sequence[Region] = (), lines: Sequence[Line] = (), listed: contents.Contents | None = None
) -> tuple[Section, ...]:
    """All sections in the order of the text.

    `skipped` are regions without headings (running heads, hidden text); `listed` is the document's own table of
    contents, looked for if it is not given.
    """
    listed = contents.contents_of(text) if listed is None else listed
    closed = _union((*skipped, *listed.regions))
    found = outline.numbered(text, closed, listed.titles())
    return _nested(text, _joined(found, unnumbered.headings(text, closed, lines)))


def marked_sections(text: str) -> tuple[Section, ...]:
    """The sections of a Markdown text as its headings are marked, () where none is."""
    marked = markdown.headings(text)
    return _nested(text, [Heading(one.start, one.number, one.title, one.level) for one in marked])


def _joined(numbered: list[Heading], mains: Sequence[Main]) -> list[Heading]:
    """Numbered and main headings in one outline.

    Under a main heading stand the lettered items of recitals and the paragraphs of a list that runs on through
    several main headings, as a pleading's does; an article or a list of its own closes it. A lettered heading amid
    such a list ("A. The Lease") stands between the two.
    """
    taken = {heading.start for heading in numbered}
    titles = {heading.title.casefold() for heading in numbered if heading.title}
    mains = [m for m in mains if m.start not in taken and (m.number or m.holds or m.title.casefold() not in titles)]
    running = _running(numbered, [m.start for m in mains if not unnumbered.closes(m.title) and not m.holds])
    found: list[Heading] = []
    under: Main | None = None
    between = 0
    waiting = list(reversed(mains))
    for index, heading in enumerate(numbered):
        while waiting and waiting[-1].start < heading.start:
            under, between = waiting.pop(), 0
            found.append(Heading(under.start, under.number, under.title, 1))
        after = numbered[index + 1] if index + 1 < len(numbered) else None
        runs_on = after is not None and after.style == running and after.level == 1
        if under is not None and runs_on and heading.title and heading.style in ("LETTER.", "ROMAN."):
            between = 1
            found.append(replace(heading, level=2))
            continue
        if heading.level == 1 and under is not None and not _stays(under, heading, running):
            under, between = None, 0
        found.append(replace(heading, level=heading.level + (under is not None) + between))
    found.extend(Heading(main.start, main.number, main.title, 1) for main in reversed(waiting))
    return found


def _stays(under: Main, heading: Heading, running: str) -> bool:
    return under.holds or heading.style.startswith("LETTER") or (bool(running) and heading.style == running)


def _running(numbered: Sequence[Heading], mains: Sequence[int]) -> str:
    """The style of the outermost list that goes on through main headings, "" if none does."""
    top = [heading for heading in numbered if heading.level == 1]
    for former, later in pairwise(top):
        goes_on = former.style == later.style and later.style in ("number", "section", "1)")
        if goes_on and not later.number.startswith("1.") and any(former.start < at < later.start for at in mains):
            return later.style
    return ""


def _nested(text: str, found: Sequence[Heading]) -> tuple[Section, ...]:
    ends = [len(text)] * len(found)
    waiting: list[int] = []
    for index, heading in enumerate(found):
        while waiting and found[waiting[-1]].level >= heading.level:
            ends[waiting.pop()] = heading.start
        waiting.append(index)
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    for heading, stop in zip(found, ends, strict=True):
        end = stop
        while end > heading.start and text[end - 1].isspace():
            end -= 1
        while path and path[-1][0] >= heading.level:
            path.pop()
        path.append((heading.level, f"{heading.number} {heading.title}".strip()))
        names = tuple(name for _, name in path)
        sections.append(Section(heading.number, heading.title, heading.level, heading.start, end, names))
    return tuple(sections)


def _union(regions: Sequence[Region]) -> list[Region]:
    """Regions in order, those that touch or overlap made one."""
    whole: list[Region] = []
    for region in sorted(regions, key=lambda region: region.start):
        if whole and region.start <= whole[-1].end:
            whole[-1] = replace(whole[-1], end=max(whole[-1].end, region.end))
        else:
            whole.append(region)
    return whole
