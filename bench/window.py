"""The window as `ui.app` starts it, driven scene by scene, and what holds up its event loop.

A timer in the main thread ticks every 2 ms; the time between two ticks, less those 2 ms, is a gap. Of a gap the main
thread has worked a share itself; the rest it waited, for the interpreter's lock or for a processor. Beside it stands
what a process of its own that only sleeps lost at the same time: on a busy machine nobody does better than that.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui import app, theme
from ui.window import Window

TICK = 2  # milliseconds
ASKED = 50  # milliseconds that nothing may hold the loop up for
_SAMPLE = 4  # milliseconds between two looks at a late main thread
_CONTROL = """
import sys, time
last = time.perf_counter()
while True:
    time.sleep(0.002)
    now = time.perf_counter()
    if now - last > 0.007:
        print(f"{time.time():.4f} {(now - last - 0.002) * 1000:.1f}", flush=True)
    last = now
"""
Step = Callable[[], bool]


@dataclass(frozen=True)
class Gap:
    """A time in which the event loop did nothing, in milliseconds; `own` is what the main thread worked in it."""

    phase: str
    ms: float
    own: float
    at: float
    seen: tuple[str, ...] = ()  # what the main thread was at, sample after sample


class Watchdog:
    """Ticks in the main thread and keeps the gaps that are longer than `least` milliseconds, while it has a `phase`."""

    def __init__(self, least: float) -> None:
        self.gaps: list[Gap] = []
        self.phase = ""
        self.seen: list[str] = []
        self._least = least
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        gap = (now - self._last) * 1000 - TICK
        if gap > self._least and self.phase:
            own = (worked - self._worked) * 1000
            self.gaps.append(Gap(self.phase, gap, own, time.time(), tuple(self.seen)))
        self.seen.clear()
        self._last, self._worked = now, worked

    @property
    def late(self) -> float:
        """Milliseconds since the last tick."""
        return (time.perf_counter() - self._last) * 1000


@dataclass(frozen=True)
class Seen:
    """What `watched` measured: the gaps, (time, milliseconds) that a sleeping process lost, and how many milliseconds
    it took to close the window and let everything go.
    """

    gaps: list[Gap]
    lost: list[tuple[float, float]]
    closing: float

    def report(self, most: int = 6) -> None:
        """Print the longest gaps of each phase."""
        for phase in dict.fromkeys(gap.phase for gap in self.gaps):
            of_phase = sorted((gap for gap in self.gaps if gap.phase == phase), key=lambda gap: -gap.ms)
            longest, own = of_phase[0].ms, max(gap.own for gap in of_phase)
            over = sum(gap.ms > ASKED for gap in of_phase)
            print(f"{phase}: longest {longest:.0f} ms, {over} over {ASKED} ms; most own work {own:.0f} ms")
            for gap in of_phase[:most]:
                others = max((ms for at, ms in self.lost if abs(at - gap.at) < gap.ms / 1000), default=0.0)
                print(f"    {gap.ms:6.0f} ms, own work {gap.own:4.0f} ms, a sleeping process lost {others:4.0f} ms")
                for place, times in Counter(gap.seen).most_common(3):
                    print(f"               {times:3} x {place}")


def watched(
    home: Path, scenes: Callable[[Window, Watchdog], Iterator[Step]], *, least: float = 20.0, stacks: bool = False
) -> Seen:
    """Open the window over `home`, go through the scenes (conditions to wait for, one after another) and close it.

    Gaps shorter than `least` milliseconds are not kept; with `stacks` a thread looks what the main one is at in them.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = app.prepared()
    theme.install(application)
    window = Window(lambda: app.library(home))
    window.resize(1280, 800)
    window.show()
    control = subprocess.Popen([sys.executable, "-c", _CONTROL], stdout=subprocess.PIPE, text=True)
    watchdog, over = Watchdog(least), threading.Event()
    if stacks:
        threading.Thread(target=_sample, args=(watchdog, threading.get_ident(), over), daemon=True).start()
    driver = _drive(window, scenes(window, watchdog), application)
    application.exec()
    driver.stop()
    over.set()
    began = time.perf_counter()
    window.close()
    closing = (time.perf_counter() - began) * 1000
    control.kill()
    lost = [tuple(map(float, line.split())) for line in (control.stdout or ())]
    return Seen(watchdog.gaps, [(at, ms) for at, ms in lost], closing)


def _drive(window: Window, scenes: Iterator[Step], application: QApplication) -> QTimer:
    """Go on to the next scene as soon as what is waited for is so."""
    waiting: list[Step] = [next(scenes)]
    timer = QTimer(window, interval=1)

    def advance() -> None:
        if not waiting[0]():
            return
        following = next(scenes, None)
        if following is None:
            timer.stop()
            application.exit()  # `quit` would close the window, too
        else:
            waiting[0] = following

    timer.timeout.connect(advance)
    timer.start()
    return timer


def _sample(watchdog: Watchdog, main: int, over: threading.Event) -> None:
    """Look every few milliseconds what the threads are at while the main one lets the loop wait."""
    while not over.wait(_SAMPLE / 1000):
        if watchdog.late > 5 * TICK:
            frames = {known: frame for known, frame in sys._current_frames().items() if known != threading.get_ident()}
            here = (_place(frames.pop(main)) if main in frames else "") or "Qt itself"
            others = sorted(filter(None, map(_place, frames.values())))
            watchdog.seen.append("; beside ".join((here, *others)))
            frames.clear()  # lest a painter outlives its event


def _place(frame: FrameType) -> str:
    """The innermost calls of our own code."""
    ours = [one for one in traceback.extract_stack(frame) if re.search(r"/(ui|legalqa)/", one.filename)]
    return " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(ours[-4:]))
