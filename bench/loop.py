"""How long the window's event loop is held up while a folder is being indexed and a question is answered.

    python -m bench.loop [--least MS] [--stacks]

A timer in the main thread ticks every 2 ms; the time between two ticks, less those 2 ms, is a gap. Of each phase the
longest gaps are printed, with the share of each that the main thread worked itself: the rest it waited, for the
interpreter's lock or for a processor. Beside it stands what a process of its own that only sleeps lost at the same
time: on a busy machine nobody does better than that. With `--stacks` a second thread looks what the main thread is at
while a gap lasts, and the places that were seen most often stand below it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.window import Window

TICK = 2  # milliseconds
SAMPLE = 4  # milliseconds between two looks at a late main thread
CONTROL = """
import sys, time
last = time.perf_counter()
while True:
    time.sleep(0.002)
    now = time.perf_counter()
    if now - last > 0.007:
        print(f"{time.time():.4f} {(now - last - 0.002) * 1000:.1f}", flush=True)
    last = now
"""
QUESTIONS = ("What is the security deposit under the Industrial Lease?", "What did Northgate recommend?")
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
    """Ticks in the main thread and keeps what is longer than `least` milliseconds."""

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


def sample(watchdog: Watchdog, main: int, over: threading.Event) -> None:
    """Look every few milliseconds what the threads are at while the main one lets the loop wait."""
    while not over.wait(SAMPLE / 1000):
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


def scenes(window: Window, watchdog: Watchdog, documents: Path) -> Iterator[Step]:
    """What a person does, as conditions to wait for."""
    work = window.workspace
    yield window.start.isVisible
    clock = QElapsedTimer()
    clock.start()
    yield lambda: clock.elapsed() > 4000
    window.start.created.emit("Bench", "")
    yield lambda: work.matter is not None
    watchdog.phase = "indexing"
    work.add([documents])
    yield lambda: work.documents.list.model().rowCount() >= 1
    for number, question in enumerate(QUESTIONS, 1):
        watchdog.phase = f"question {number}, while indexing" if work.indexing.running else f"question {number}"
        work.ask.question.setPlainText(question)
        work.ask.ask()
        yield lambda: not work.ask.answering
    watchdog.phase = "indexing"
    yield lambda: not work.indexing.running
    watchdog.phase = "question after indexing"
    work.ask.question.setPlainText("When does the lease end?")
    work.ask.ask()
    yield lambda: not work.ask.answering
    watchdog.phase = "walking citations"
    for _ in range(4):
        work.step(1)
        clock.restart()
        yield lambda: clock.elapsed() > 700


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=20.0, help="milliseconds from which on a gap is kept")
    parser.add_argument("--stacks", action="store_true", help="say what the main thread was at")
    options = parser.parse_args()
    least = options.least
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = Path(tempfile.mkdtemp(prefix="legalqa-loop-"))
    from legalqa import settings

    (home / "models").symlink_to(settings.default_home() / "models")
    application = QApplication(sys.argv[:1])
    theme.install(application)

    def library() -> object:
        from legalqa import Library

        return Library(home, apart=True)

    window = Window(library)  # type: ignore[arg-type]  # as ui.app does
    window.resize(1280, 800)
    window.show()
    control = subprocess.Popen([sys.executable, "-c", CONTROL], stdout=subprocess.PIPE, text=True)
    watchdog, over = Watchdog(least), threading.Event()
    if options.stacks:
        threading.Thread(target=sample, args=(watchdog, threading.get_ident(), over), daemon=True).start()
    steps = scenes(window, watchdog, theme.resources() / "sample" / "documents")
    waiting: list[Step] = [next(steps)]

    def advance() -> None:
        if waiting[0]():
            following = next(steps, None)
            if following is None:
                watchdog.phase = ""
                application.quit()
            else:
                waiting[0] = following

    driver = QTimer(interval=25)
    driver.timeout.connect(advance)
    driver.start()
    application.exec()
    driver.stop()
    over.set()
    window.close()
    control.kill()
    lost = [tuple(map(float, line.split())) for line in (control.stdout or ())]
    report(watchdog.gaps, [(at, ms) for at, ms in lost])
    shutil.rmtree(home, ignore_errors=True)


def report(gaps: list[Gap], lost: list[tuple[float, float]]) -> None:
    """Print the longest gaps of each phase."""
    for phase in dict.fromkeys(gap.phase for gap in gaps):
        of_phase = sorted((gap for gap in gaps if gap.phase == phase), key=lambda gap: -gap.ms)
        over = sum(gap.ms > 50 for gap in of_phase)
        print(f"{phase}: longest {of_phase[0].ms:.0f} ms; {over} over 50 ms")
        for gap in of_phase[:6]:
            others = max((ms for at, ms in lost if abs(at - gap.at) < gap.ms / 1000), default=0.0)
            print(f"    {gap.ms:6.0f} ms, own work {gap.own:4.0f} ms, a sleeping process lost {others:4.0f} ms")
            for place, times in Counter(gap.seen).most_common(3):
                print(f"               {times:3} x {place}")


if __name__ == "__main__":
    main()
