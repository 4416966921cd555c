"""A PDF of a thousand pages in the window: opening, jumping, searching, the longest gap of the loop, and memory.

    python -m bench.document [--pages 1000] [--home FOLDER] [--stacks]

The file is made of the pages of the sample lease, over and over, each with a number of its own. The times run from
what a person does to when the page is drawn; the first opening reads the document from the disk. With `--home` the
matter is kept and used again; reading it takes minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bench.window import Step, Watchdog, watched
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
        yield lambda: not reader.marking.seeking and reader.view.is_drawn(reader.view.page)
        clock.stop(f"searching “{words}”")
    watchdog.phase = "pages in small"
    reader.tools.side.click()
    reader.side.tabs.setCurrentIndex(1)
    yield lambda: reader.side.thumbnails.next_wanted() is None
    watchdog.phase = ""


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
    parser.add_argument("--stacks", action="store_true", help="say what the main thread was at in the longest gaps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="legalqa-document-") as scratch:
        home = options.home or Path(scratch)
        read(home, options.pages)
        measure(home, options.stacks)


def measure(home: Path, stacks: bool) -> None:
    """Drive the window over the matter in `home`, and print."""
    clock = Stopwatch()
    seen = watched(home, lambda window, watchdog: scenes(window, watchdog, clock), stacks=stacks)
    for name, taken in clock.taken.items():
        print(f"{name}: {', '.join(f'{one:.0f}' for one in taken)} ms")
    seen.report(most=2 if stacks else 1)
    print(f"closing: {seen.closing:.0f} ms")
    print(", ".join(f"memory {name}: {size} MiB" for name, size in memory().items()))


if __name__ == "__main__":
    main()
