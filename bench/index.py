"""How fast a whole folder is indexed (read, chunk, embed, write), and how much memory all processes take together.

    python -m bench.index [--pages 100 1000] [--workers 2] [--first NAME …] [PDF …]

Indexes folders of so many pages made of the contracts of ``cuad_pdf`` (0: each once), each file with a word of its own
in its metadata so that none is a duplicate. `--first` names contracts that come first in every folder: one with a
scanned page takes more memory than all others, and a hundred pages should hold it as a thousand do. Every folder is
indexed by a process of its own, since what one run has loaded or left would count in the next. Memory is the sum of
the resident sizes of that process and all its children, sampled ten times a second; shared pages count in each, so the
sum is an upper bound. Of it, what is no mapped file is the processes' own: the rest (programs, the index on disk) the
system may take back at any time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from legalqa import settings
from legalqa.index.writer import Writer
from legalqa.library import Library
from legalqa.readers import Readers

DATA = Path(__file__).parents[1].parent / "shared" / "data"
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory(threading.Thread):
    """Samples the resident memory of this process and its children, in bytes; `own` is what is no mapped file."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.everything = self.own = self.main = 0
        self.each: list[int] = []  # sizes of the processes when they were largest together
        self._done = threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(0.1):
            found = {pid: size for pid in _family(os.getpid()) if (size := _resident(pid))}
            sizes = [resident for resident, _ in found.values()]
            if sum(sizes) > self.everything:
                self.everything, self.each = sum(sizes), sizes
            self.own = max(self.own, sum(own for _, own in found.values()))
            self.main = max(self.main, found.get(os.getpid(), (0, 0))[0])

    def stop(self) -> None:
        """No more samples."""
        self._done.set()
        self.join()


class Stages:
    """Seconds that threads of the main process spend in each stage. They overlap: the sum exceeds the wall clock."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def measure(self, owner: type, method: str, stage: str) -> None:
        """Count the time of a method."""
        real: Callable[..., object] = getattr(owner, method)

        def timed(*arguments: object, **named: object) -> object:
            began = time.perf_counter()
            try:
                return real(*arguments, **named)
            finally:
                with self._lock:
                    self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - began

        setattr(owner, method, timed)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ocr", default="auto")
    parser.add_argument("--first", nargs="*", default=[], help="words in the names of the files that come first")
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    pdfs = arguments.files or sorted((DATA / "cuad_pdf").rglob("*.pdf"))
    pdfs.sort(key=lambda path: not any(word in path.name for word in arguments.first))
    with tempfile.TemporaryDirectory(prefix="legalqa-index-") as scratch:
        folder = Path(scratch)
        (folder / "models").symlink_to(settings.default_home() / "models")
        peaks = []
        for pages in arguments.pages or [0]:
            place = folder / f"{pages}-pages"
            place.mkdir()
            _fill(place, pdfs, pages)
            with multiprocessing.get_context("spawn").Pool(1) as alone:
                peaks.append(alone.apply(_measure, (place, arguments.workers, arguments.ocr)))
        if len(peaks) > 1:
            everything, own = (100 * (last / first - 1) for first, last in zip(peaks[0], peaks[-1], strict=True))
            print(f"memory from the first to the last: {everything:+.1f}%, the processes' own {own:+.1f}%")


def _fill(folder: Path, pdfs: list[Path], pages: int) -> None:
    """Copies of the PDFs, cut to the number of pages in all (0: each once); each is another file to the matter."""
    import pikepdf

    held, number = 0, 0
    while held < pages or number < (len(pdfs) if not pages else 0):
        with pikepdf.open(pdfs[number % len(pdfs)]) as pdf:
            if pages:
                del pdf.pages[pages - held :]
            pdf.docinfo["/Keywords"] = f"copy {number}"
            held += len(pdf.pages)
            pdf.save(folder / f"{number:04}.pdf", deterministic_id=True)
        number += 1


def _measure(folder: Path, workers: int, ocr: Literal["auto", "always", "never"]) -> tuple[int, int]:
    """Index the folder into a matter beside it, and tell; the largest memory of all processes, and what is theirs."""
    stages = Stages()
    stages.measure(Writer, "_embeddings", "embedding")
    stages.measure(Writer, "_write", "writing, with waiting for embeddings")
    stages.measure(Readers, "_leave", "structure")
    library = Library(folder.parent)
    library.create(folder.name)
    memory = Memory()
    memory.start()
    used = _processor_seconds()
    with library.open(folder.name) as matter:
        began = time.perf_counter()
        report = matter.index([folder], workers=workers, ocr=ocr)
        seconds = time.perf_counter() - began
        pages = sum(matter.status().pages.values())
    memory.stop()
    busy = _processor_seconds() - used
    print(
        f"{folder.name}: {len(report.added)} files, {pages} pages, {report.chunks} chunks in {seconds:.1f} s: "
        f"{pages / seconds:.1f} pages/s, {busy:.1f} processor seconds ({pages / busy:.1f} pages for each); "
        f"memory at most {memory.everything >> 20} MB in all processes ({memory.own >> 20} MB their own), "
        f"{memory.main >> 20} MB in the main one"
    )
    print("  processes at the peak: " + ", ".join(f"{size >> 20} MB" for size in memory.each))
    print("  " + ", ".join(f"{stage} {spent:.1f} s" for stage, spent in stages.seconds.items()), flush=True)
    return memory.everything, memory.own


def _processor_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [one for child in task.read_text().split() for one in _family(int(child))]
        except OSError:  # it has ended meanwhile
            continue
    return found


def _resident(pid: int) -> tuple[int, int] | None:
    """Bytes in memory, and those of them that are no mapped file; None for a process that has ended."""
    try:
        resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    except OSError:
        return None
    return resident * _PAGE, (resident - shared) * _PAGE


if __name__ == "__main__":
    main()
