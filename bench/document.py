"""A PDF of a thousand pages in the window: opening, jumping, searching, the longest gap of the loop, and memory.

    python -m bench.document [--pages 1000] [--home FOLDER]

The file is made of the pages of the sample lease, over and over, each with a number of its own. The times run from
what a person does to when the page is drawn; the first opening reads the document from the disk. With `--home` the
matter is kept and used again; reading it takes minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bench.loop import Step, Watchdog
from ui import theme
from ui.window import Window

MATTER = "Thousand"
LEASE = "Industrial Lease 2019-03-15.pdf"
SETTLED = 5000  # milliseconds after the matter was opened
JUMPS = (0.5, 1.0, 0.03)  # shares of the document
WORDS = ("security deposit", "landlord", "no such words")


def made(folder: Path, pages: int) -> Path:
    """The file, from the sample."""
    target = folder / f"{pages} pages.pdf"
    if not target.exists():
        sample = pypdfium2.PdfDocument(theme.resources() / "sample" / "documents" / LEASE)
        whole = pypdfium2.PdfDocument.new()
        while len(whole) < pages:
            whole.import_pages(sample, list(range(min(len(sample), pages - len(whole)))))
        whole.save(target)
    return target


def read(home: Path, pages: int) -> None:
    """A matter that holds the file."""
    from legalqa import Library, settings

    home.mkdir(parents=True, exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(settings.default_home() / "models")
    library = Library(home)
    library.ensure(MATTER)
    with library.open(MATTER) as matter:
        matter.index([made(home, pages)])


class Stopwatch:
    """Takes times under names, and tells them."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}
        self._since = 0.0

    def start(self) -> None:
        """From now."""
        self._since = time.perf_counter()

    @property
    def passed(self) -> float:
        """Milliseconds since `start`."""
        return (time.perf_counter() - self._since) * 1000

    def stop(self, name: str) -> None:
        """Until now."""
        self.taken.setdefault(name, []).append(self.passed)


def scenes(window: Window, watchdog: Watchdog, clock: Stopwatch) -> Iterator[Step]:
    """What a person does, as conditions to wait for."""
    work, reader = window.workspace, window.workspace.reader
    yield lambda: window.start.list.isVisible()
    window.open_matter(MATTER)
    yield lambda: work.documents.list.model().rowCount() == 1
    clock.start()
    yield lambda: clock.passed > SETTLED  # nobody clicks sooner; the models and the drawing process are started
    watchdog.phase = "opening"
    for _ in range(3):
        reader.set_source(work.matter)
        clock.start()
        work.documents.list.setCurrentIndex(work.documents.list.model().index(0, 0))
        QTest.keyClick(work.documents.list, Qt.Key.Key_Return)
        yield lambda: reader.view.is_drawn(1)
        clock.stop("opening")
    watchdog.phase = "jumping"
    for share in JUMPS:
        page = max(round(share * reader.view.page_count), 1)
        clock.start()
        reader.ask_page()
        field = window.focusWidget()
        assert field is not None
        QTest.keyClicks(field, str(page))
        QTest.keyClick(field, Qt.Key.Key_Return)
        yield lambda page=page: reader.view.is_drawn(page)  # type: ignore[misc]  # mypy knows no default here
        clock.stop("jumping")
    watchdog.phase = "searching"
    for words in WORDS:
        reader.find_text()
        clock.start()
        reader.finder.field.setText(words)
        yield lambda: reader.view.is_drawn(reader.view.page)
        clock.stop(f"searching “{words}”")
    watchdog.phase = "pages in small"
    reader.tools.side.click()
    reader.side.tabs.setCurrentIndex(1)
    yield lambda: reader.side.thumbnails.next_wanted() is None
    watchdog.phase = ""


def drive(window: Window, scenes: Iterator[Step], done: Callable[[], object]) -> QTimer:
    """Go on to the next scene as soon as what is waited for is so."""
    waiting: list[Step] = [next(scenes)]
    timer = QTimer(window, interval=1)

    def advance() -> None:
        if not waiting[0]():
            return
        following = next(scenes, None)
        if following is None:
            timer.stop()
            done()
        else:
            waiting[0] = following

    timer.timeout.connect(advance)
    timer.start()
    return timer


def memory() -> dict[str, int]:
    """MiB of this process, as the kernel counts them: the most there ever was, and now."""
    lines = Path("/proc/self/status").read_text().splitlines() if sys.platform == "linux" else ()
    known = dict(line.split(":", 1) for line in lines)
    return {
        name: int(known[key].split()[0]) >> 10 for name, key in (("most", "VmHWM"), ("now", "VmRSS")) if key in known
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--home", type=Path, help="a home that is kept")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="legalqa-document-") as scratch:
        home = options.home or Path(scratch)
        read(home, options.pages)
        measure(home)


def measure(home: Path) -> None:
    """Drive the window over the matter in `home`, and print."""
    application = QApplication(sys.argv[:1])
    theme.install(application)

    def library() -> object:
        from legalqa import Library

        return Library(home, apart=True)

    window = Window(library)  # type: ignore[arg-type]  # as ui.app does
    window.resize(1280, 800)
    window.show()
    watchdog, clock = Watchdog(20), Stopwatch()
    timer = drive(window, scenes(window, watchdog, clock), application.quit)
    application.exec()
    timer.stop()
    for name, taken in clock.taken.items():
        print(f"{name}: {', '.join(f'{one:.0f}' for one in taken)} ms")
    for phase in dict.fromkeys(gap.phase for gap in watchdog.gaps):
        worst = max((gap for gap in watchdog.gaps if gap.phase == phase), key=lambda gap: gap.ms)
        print(f"{phase}: longest gap {worst.ms:.0f} ms, of which {worst.own:.0f} ms own work")
    print(", ".join(f"memory {name}: {size} MiB" for name, size in memory().items()))
    window.close()


if __name__ == "__main__":
    main()
