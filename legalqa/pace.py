"""How long an indexing run will still take: bytes of each kind of file cost what they have cost so far."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict, deque
from pathlib import PurePath

_TELLING = 0.03  # share of the work that must be done before the time left can be told
_WINDOW = 30.0  # seconds over which pages a second are counted


class Pace:
    """Measures a run. Safe from several threads.

    A scan costs a hundred times what a born-digital page costs, and scans are large: so seconds are counted for each
    byte, by kind of file, and a kind that has not been seen yet counts like the average of the others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._ahead: Counter[str] = Counter()  # bytes to be looked at, by suffix
        self._spent: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])  # bytes read, seconds they took
        self._open: dict[str, tuple[float, float]] = {}  # files being read: share done, bytes
        self._pages: deque[float] = deque()

    def expect(self, path: str, size: int) -> None:
        """A file is to be looked at."""
        with self._lock:
            self._ahead[_suffix(path)] += size

    def settled(self, path: str, size: int, seconds: float = 0.0) -> None:
        """A file is done with; `seconds` that readers spent on it, 0 if it needed none."""
        with self._lock:
            self._ahead[_suffix(path)] -= size
            self._open.pop(path, None)
            if seconds:
                spent = self._spent[_suffix(path)]
                spent[0] += max(size, 1)
                spent[1] += seconds

    def page(self, path: str, share: float, size: int) -> None:
        """A page was read: `share` of its file is done."""
        now = time.monotonic()
        with self._lock:
            self._open[path] = (share, size)
            self._pages.append(now)
            while self._pages[0] < now - _WINDOW:
                self._pages.popleft()

    def rate(self) -> float | None:
        """Pages a second of late, None until some were read."""
        now = time.monotonic()
        with self._lock:
            recent = [moment for moment in self._pages if moment > now - _WINDOW]
        return len(recent) / max(min(now - self._began, _WINDOW), 0.001) if recent else None

    def seconds_left(self) -> float | None:
        """The time left, None until it can be told."""
        with self._lock:
            read = sum(size for size, _ in self._spent.values())
            seconds = sum(seconds for _, seconds in self._spent.values())
            if not seconds:
                return None
            mean = seconds / read
            each = {suffix: spent[1] / spent[0] for suffix, spent in self._spent.items() if spent[0]}
            left = sum(each.get(suffix, mean) * max(size, 0) for suffix, size in self._ahead.items())
            under_way = sum(each.get(_suffix(path), mean) * share * size for path, (share, size) in self._open.items())
        done = seconds + under_way
        left = max(left - under_way, 0.0)
        if done < _TELLING * (done + left):
            return None
        return (time.monotonic() - self._began) * left / done


def _suffix(path: str) -> str:
    return PurePath(path).suffix.lower()
