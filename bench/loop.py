"""How long the window's event loop is held up while a folder is being indexed and a question is answered.

    python -m bench.loop [--least MS] [--stacks]

Of each phase the longest gaps are printed (see `bench.window`), with the share of each that the main thread worked
itself. With `--stacks` a second thread looks what the main thread is at while a gap lasts, and the places that were
seen most often stand below it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QElapsedTimer

from bench.window import Step, Watchdog, watched
from ui import theme
from ui.window import Window

QUESTIONS = ("What is the security deposit under the Industrial Lease?", "What did Northgate recommend?")


def scenes(window: Window, watchdog: Watchdog) -> Iterator[Step]:
    """What a person does, as conditions to wait for."""
    work = window.workspace
    yield window.start.isVisible
    clock = QElapsedTimer()
    clock.start()
    yield lambda: clock.elapsed() > 4000
    window.start.created.emit("Bench", "")
    yield lambda: work.matter is not None
    watchdog.phase = "indexing"
    work.add([theme.resources() / "sample" / "documents"])
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
    watchdog.phase = ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=20.0, help="milliseconds from which on a gap is kept")
    parser.add_argument("--stacks", action="store_true", help="say what the main thread was at")
    options = parser.parse_args()
    from legalqa import settings

    with tempfile.TemporaryDirectory(prefix="legalqa-loop-", ignore_cleanup_errors=True) as home:
        (Path(home) / "models").symlink_to(settings.default_home() / "models")
        watched(Path(home), scenes, least=options.least, stacks=options.stacks).report()


if __name__ == "__main__":
    main()
