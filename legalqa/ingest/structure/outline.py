"""The numbered headings of a text, in the outline that their numbers make.

A number is a heading where it can come next; what the document's table of contents knows elsewhere is none, nor what
only names an exhibit, nor an item of a list inside a sentence. Clauses of another agreement that an amendment sets out
count by themselves, below the clause that sets them out.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from legalqa.ingest.structure import headings, numbering, quoted, unnumbered
from legalqa.ingest.structure.quoted import Passage
from legalqa.ingest.structure.sequence import Candidate
from legalqa.ingest.structure.sequence import Sequence as Lists
from legalqa.values.document import Region

_FRONT = 400  # characters of a document in which "Exhibit 10.1" is its own label, not a part of it
_LISTED = 200  # characters of an exhibit that is only named in a list
_APART = re.compile(
    r"\f|<PAGE>|(?:[ \t]*\r?\n){4}|[\r\n][ \t]*\[|\[[^\[\]]{0,60}\]\s"
)  # of a placeholder from the next


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading before its section has an end. `style` is its kind of number, "" for a main heading without one."""

    start: int
    number: str
    title: str
    level: int
    style: str = ""
    first: bool = False  # in its list


def numbered(text: str, closed: Sequence[Region], titles: dict[headings.Key, str]) -> list[Heading]:
    """The numbered headings in order of the text, outside the `closed` regions. `titles` are those that the table of
    contents lists.
    """
    passages = quoted.passages(text)
    candidates = list(headings.places(text, closed, titles, [passage.start for passage in passages]))
    mains = unnumbered.closing(text, closed)
    found = _Outline(text, candidates, titles, passages, mains).headings()
    lone = _lone(found, {candidate.at for candidate in candidates if candidate.inline})
    if lone:
        candidates = [candidate for candidate in candidates if candidate.at not in lone]
        found = _Outline(text, candidates, titles, passages, mains).headings()
    return _without_lists(text, found)


class _Outline:
    """The candidates of a text that can come one after the other. `passages` are clauses of other agreements, whose
    numbers count by themselves, below the clause that sets them out; at `mains` every list begins anew.
    """

    def __init__(
        self,
        text: str,
        candidates: list[Candidate],
        titles: dict[headings.Key, str],
        passages: Sequence[Passage],
        mains: Sequence[int],
    ) -> None:
        self._text, self._candidates, self._titles = text, candidates, titles
        self._ahead = _ahead(candidates)
        self._lists, self._above = Lists(candidates), 0
        self._outer: Lists | None = None  # the lists around a passage that is set out
        self._end: int | None = None  # of the passage, None if only its numbers tell
        self._passages, self._mains = deque(passages), deque(mains)
        self._exhibits: set[str] = set()
        self._found: list[Heading] = []

    def headings(self) -> list[Heading]:
        """All of them, in order. To be called once."""
        part = ""
        for index, candidate in enumerate(self._candidates):
            self._restart(candidate.at)
            if self._comes_later(candidate):
                continue
            self._quote(candidate)
            if candidate.readings[0].style == "exhibit":
                if candidate.at < _FRONT and not self._found:
                    continue
                part, former = candidate.readings[0].text.casefold(), part
                if part == former or (part in self._exhibits and self._goes_on_after(index)):
                    continue  # the head of the exhibit's next page
                self._exhibits.add(part)
            quotes = self._outer is not None and not self._lists.depth  # another agreement, from whatever number on
            taken = self._lists.begin(candidate) if quotes else self._lists.take(candidate)
            if taken:
                number, level = taken
                listed = self._titles.get((number.style, number.values))
                title = headings.titled(self._text, candidate.at, number, listed)
                first, level = number.values[-1] == 1, level + self._above
                self._found.append(Heading(candidate.at, number.text, title, level, number.style, first))
        return self._found

    def _restart(self, at: int) -> None:
        while self._mains and self._mains[0] < at:
            self._leave()
            self._lists.restart()
            self._mains.popleft()

    def _comes_later(self, candidate: Candidate) -> bool:
        """Whether the table of contents knows another place, still to come, by this number."""
        likely = candidate.confirmed + (candidate.confirmed and candidate.strong)
        return any(self._ahead[(n.style, n.values)][likely] > candidate.at for n in candidate.readings)

    def _goes_on_after(self, index: int) -> bool:
        """Whether the next candidate goes on in the lists that are open, as if nothing stood between."""
        after = self._candidates[index + 1] if index + 1 < len(self._candidates) else None
        return after is not None and after.readings[0].style != "exhibit" and self._lists.goes_on(after)

    def _quote(self, candidate: Candidate) -> None:
        """Enter the passage that begins at the candidate, leave the one that has ended before it."""
        if self._outer is not None and self._ended(candidate, self._outer):
            self._leave()
        while self._passages and self._passages[0].start < candidate.at:
            self._passages.popleft()
        if self._outer is None and self._lists.depth and self._passages and self._passages[0].start == candidate.at:
            self._outer, self._above, self._end = self._lists, self._lists.depth, self._passages[0].end
            self._lists = self._lists.beside()

    def _ended(self, candidate: Candidate, outer: Lists) -> bool:
        if self._end is not None:
            return candidate.at >= self._end
        if candidate.readings[0].style == "exhibit":
            return True
        changes = quoted.changes(self._text, candidate.at)
        return outer.goes_on(candidate) and (changes or not self._lists.goes_on(candidate))

    def _leave(self) -> None:
        if self._outer is not None:
            self._lists, self._above, self._outer = self._outer, 0, None


def _lone(found: Sequence[Heading], inline: set[int]) -> set[int]:
    """Items amid a line that open a list which does not go on: "the seller shall: (i) deliver; (ii) insure"."""
    lone = set()
    for index, heading in enumerate(found):
        if heading.first and heading.start in inline and not heading.title and numbering.is_item(heading.number):
            level = heading.level
            after = next((other for other in found[index + 1 :] if other.level <= level), None)
            if after is None or after.level < level:
                lone.add(heading.start)
    return lone


def _ahead(candidates: Sequence[Candidate]) -> dict[headings.Key, tuple[int, int, int]]:
    """The last place of a number that is likelier than an unlisted one, than a listed one, than one listed and set
    as a heading (none is)."""
    found: dict[headings.Key, tuple[int, int, int]] = defaultdict(lambda: (-1, -1, -1))
    for candidate in candidates:
        for number in candidate.readings if candidate.confirmed else ():
            key = (number.style, number.values)
            found[key] = (candidate.at, candidate.at if candidate.strong else found[key][1], -1)
    return found


def _without_lists(text: str, found: list[Heading]) -> list[Heading]:
    """Exhibits and schedules that are only named, one after the other in a list, left out. Those that have a page of
    their own, or something in brackets in the place of their text, are none of these.
    """
    kept = []
    for index, heading in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        before = found[index - 1] if index else None
        short = after is not None and after.start - heading.start < _LISTED
        in_list = heading.style == "exhibit" and any(
            other is not None
            and other.style == "exhibit"
            and abs(other.start - heading.start) < _LISTED
            and not _APART.search(text, min(other.start, heading.start), max(other.start, heading.start))
            for other in (before, after)
        )
        ends = after is None and len(text) - heading.start < _LISTED
        if not (in_list and (short or ends or (before and before.style == "exhibit"))):
            kept.append(heading)
    return kept
