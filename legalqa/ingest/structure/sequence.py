"""Whether a number can come next: the lists that are open, and what the rest of the text says about them.

Whether "(B)" at the beginning of a line is a sub-clause or the end of a wrapped citation is told by what came before:
a number opens a list only with its first value and goes on only from its predecessor. Where that leaves two meanings,
as for "(i)" after "(h)", the numbers that follow decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from legalqa.ingest.structure.numbering import BRACKET, LOWER, NUMBER, TOP, Numbered

_SKIPS = 2  # numbers that may be missing, since a heading may have been lost on a bad page
_STRONG_SKIPS = 6  # the same where the candidate looks like a heading in every other way
_AHEAD = 60  # numbers looked at to tell a list within a list from one that begins anew
_NEVER = 1 << 60
_EXHIBIT = ("exhibit", (0,))
_COUNTED = ("article", "section", "sectionI", "number", "bare", "ROMAN.")  # the 4 that 4.2 belongs to


class Candidate(NamedTuple):
    """A place where a heading may begin and what its number can mean.

    `strong` says that it also looks like a heading: a paragraph of its own with a title. `confirmed` says that the
    document's table of contents lists it. `inline` says that it stands in the middle of a line, `weak` that nothing but
    its number speaks for it there.
    """

    at: int
    readings: tuple[Numbered, ...]
    strong: bool = False
    confirmed: bool = False
    inline: bool = False
    weak: bool = False


class _Later:
    """Where each number stands in the rest of the text."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._places: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
        self._lists: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for candidate in candidates:
            for number in candidate.readings:
                self._places[number.style, number.values].append(candidate.at)
                if len(number.values) == 1:
                    self._lists[number.style].append((candidate.at, number.values[0]))

    def next(self, key: tuple[str, tuple[int, ...]], at: int) -> int:
        """The next place of a number after `at`."""
        places = self._places.get(key, [])
        index = bisect_right(places, at)
        return places[index] if index < len(places) else _NEVER

    def values(self, style: str, at: int) -> Iterator[int]:
        """The values of a list that follow, a few dozen of them."""
        entries = self._lists.get(style, [])
        index = bisect_left(entries, (at + 1, 0))
        for _, value in entries[index : index + _AHEAD]:
            yield value


class Sequence:
    """The lists that are open, outermost first, and what may come next in each."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self._later = _Later(candidates)
        self._open: list[Numbered] = []
        self._last: dict[str, Numbered] = {}  # of lists that may run through the parts above them
        self._under: dict[str, str] = {}  # in which kind of list a list was opened before

    def take(self, candidate: Candidate) -> tuple[Numbered, int] | None:
        """The reading that can come here and its level; None if none can."""
        found = self._continuing(candidate, 1)
        beginning = self._openings(candidate)
        if (
            found
            and beginning
            and found[0].style != beginning[0].style
            and not candidate.strong
            and self._opens(found, beginning[0], candidate.at)
        ):
            found = beginning
        most = _STRONG_SKIPS if candidate.strong or candidate.confirmed else _SKIPS
        step = 2
        while not found and not beginning and step <= most:
            found = self._continuing(candidate, step)
            step += 1
        found = found or beginning
        if not found:
            return None
        number, depth = found
        if number.rank < LOWER:
            self._last[number.style] = number
        if depth == len(self._open) or self._open[depth].style != number.style:
            self._under[number.style] = self._open[depth - 1].style if depth else ""
        self._open[depth:] = [number]
        return number, depth + 1

    def beside(self) -> Sequence:
        """No list that is open, and the same knowledge of what follows."""
        fresh = Sequence()
        fresh._later = self._later
        return fresh

    @property
    def depth(self) -> int:
        """How many lists are open."""
        return len(self._open)

    def goes_on(self, candidate: Candidate) -> bool:
        """Whether one of the candidate's readings is what comes next in an open list."""
        return self._continuing(candidate, 1) is not None

    def begin(self, candidate: Candidate) -> tuple[Numbered, int]:
        """Take a number whatever it is, as the first of a list in the outermost place."""
        number = candidate.readings[0]
        self._open[:] = [number]
        return number, 1

    def restart(self) -> None:
        """Close every list: an unnumbered main heading stands here."""
        self._open.clear()
        self._last.clear()

    def _continuing(self, candidate: Candidate, step: int) -> tuple[Numbered, int] | None:
        for number in candidate.readings:
            depth = self._going_on(number, step, candidate.strong)
            if depth is not None:
                return number, depth
        return None

    def _openings(self, candidate: Candidate) -> tuple[Numbered, int] | None:
        for number in candidate.readings:
            depth = self._beginning(number, candidate)
            if depth is not None:
                return number, depth
        return None

    def _opens(self, going_on: tuple[Numbered, int], beginning: Numbered, at: int) -> bool:
        """Whether "(i)" after "(h)" opens a list: "(ii)" comes before "(j)", and before what is around them goes on."""
        number, depth = going_on
        around = [self._later.next(last.following, at) for last in self._open[:depth]]
        return self._later.next(beginning.following, at) < min([self._later.next(number.following, at), *around])

    def _going_on(self, number: Numbered, step: int, strong: bool) -> int | None:
        """The depth at which the number is `step` after an open number of its list; "6. Rent" may follow Section 5."""
        if number.style == "exhibit":
            return 0 if step == 1 else None
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth]
            if last.style == number.style or (strong and {last.style, number.style} == {"section", "number"}):
                same_parent = last.values[:-1] == number.values[:-1]
                if same_parent and number.values[-1] == last.values[-1] + step:
                    return depth
                if len(number.values) > 1 and not same_parent:
                    return None
        last_seen = self._last.get(number.style)
        runs_through = (
            last_seen is not None and number.rank == NUMBER and last_seen.values[0] + step == number.values[0]
        )
        if runs_through and not any(n.style == number.style for n in self._open):
            return self._default(number)
        return None

    def _beginning(self, number: Numbered, candidate: Candidate) -> int | None:
        """The depth at which the number may open a list."""
        if len(number.values) > 1:
            return self._dotted(number, candidate)
        if number.style in ("article", "part"):  # says itself what it is; an excerpt need not begin with the first
            return self._part(number, candidate.at)
        if number.rank >= BRACKET and number.values == (2,) and not candidate.inline and not self._is_open(number):
            following = next(self._later.values(number.style, candidate.at), 0)
            return len(self._open) if following == 3 else None  # (a) was lost amid a line
        if number.style == "number" and number.values == (2,) and number.style not in self._last:
            goes_on = list(islice(self._later.values(number.style, candidate.at), 2)) == [3, 4]
            return self._default(number) if goes_on else None  # the first was lost amid a line
        if candidate.weak and not self._followed(number, candidate.at):
            return None
        if number.values[-1] != 1:
            worded = number.style == "section" and candidate.strong and number.style not in self._last
            return self._default(number) if (worded or candidate.confirmed) and not self._is_open(number) else None
        again = [depth for depth, last in enumerate(self._open) if last.style == number.style]
        if again and not self._within(number, again[-1], candidate.at):
            return again[0]
        return len(self._open) if again else self._default(number, candidate.at, candidate.strong)

    def _followed(self, number: Numbered, at: int) -> bool:
        """Whether the next number of the list comes before it begins anew."""
        return self._later.next(number.following, at) < self._later.next((number.style, number.values), at)

    def _is_open(self, number: Numbered) -> bool:
        return any(last.style == number.style and last.values >= number.values for last in self._open)

    def _part(self, number: Numbered, at: int) -> int | None:
        last = next((n for n in self._open if n.style == number.style), None)
        if last is not None and number.values <= last.values and number.values != (1,):
            return None
        return self._default(number, at)

    def _within(self, number: Numbered, depth: int, at: int) -> bool:
        """Whether a "1." inside "3." is a list of its own: (d) goes on after it, which was open between the two, or 4.
        follows where the inner list has not come so far."""
        ends = min(self._later.next((number.style, (1,)), at), self._later.next(_EXHIBIT, at))
        for last in self._open[depth + 1 :]:
            anew = self._later.next((last.style, (*last.values[:-1], 1)), at)
            if self._later.next(last.following, at) < min(ends, anew):
                return True
        outer = self._open[depth]
        inner, back = 2, outer.values[-1] + 1
        for value in self._later.values(outer.style, at):
            if value == inner:
                inner += 1
            elif value == back:
                return True
            elif value == 1:
                inner = 2
        return False

    def _default(self, number: Numbered, at: int | None = None, strong: bool = True) -> int:
        """Below what stands higher by its kind, and below lists of other kinds that go on after this one."""
        above = self._under.get(number.style)
        if TOP < number.rank < LOWER and above:
            place = next((d for d, last in enumerate(self._open) if last.style == above), None)
            if place is not None:
                return place + 1
        if number.rank >= LOWER:
            return len(self._open)
        depth, end = 0, _NEVER
        for index, last in enumerate(self._open):
            follows = self._later.next(last.following, at) if at is not None else _NEVER
            within = number.rank >= NUMBER or (number.style, last.style) == ("part", "article")
            lives = last.style != number.style and within and follows < end
            outline = last.rank < LOWER and last.values[0] > 1 and number.style not in self._last
            settled = outline and self._beneath(last, number, index, strong)
            if last.rank < number.rank or lives or settled:
                depth = index + 1
            end = min(end, follows)
        return depth

    @staticmethod
    def _beneath(last: Numbered, number: Numbered, depth: int, strong: bool) -> bool:
        """Whether a first list of its kind stands below another that has come past its first number: 1. below V."""
        if number.style == "number":
            return last.style in ("ROMAN.", "sectionI") or (depth > 0 and last.style == "LETTER.")
        return not strong and number.style == "ROMAN." and last.style in ("number", "1)", "section")

    def _dotted(self, number: Numbered, candidate: Candidate) -> int | None:
        """A number such as 4.2 belongs to the 4 that is open, or to the next one whose heading was lost."""
        values, sure = number.values, candidate.strong or candidate.confirmed
        if values[0] == 0 and not sure:
            return None
        near = values[-1] <= _SKIPS or sure
        for depth in range(len(self._open) - 1, -1, -1):
            last = self._open[depth]
            head = last.values == values[:-1] and last.style not in ("exhibit", "part") and last.rank < LOWER
            if head:
                return depth + 1 if near else None
        outer = next((d for d, n in enumerate(self._open) if n.rank >= min(number.rank, LOWER)), len(self._open))
        former = self._open[outer] if outer < len(self._open) else None
        if former is not None and former.style == number.style:
            later = former.values < values or values[0] == 1
            apart = values[0] - former.values[0] > 1 and not candidate.confirmed
            if not later or not near or apart or (candidate.inline and not candidate.confirmed):
                return None
        elif not near:
            return None
        while outer and self._open[outer - 1].style in _COUNTED and self._open[outer - 1].values != values[:1]:
            outer -= 1  # another part than the one that is open: its own heading was lost
        return outer if outer or len(values) == 2 or sure else None
