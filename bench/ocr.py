"""OCR of scans: pages a second beside its peers, accuracy by kind of defect. `python -m bench.ocr [--every N] [data]`.

Speed: the whole way from the PDF to words in reading order in two processes, beside Tesseract's program on the same
page pictures (two at once, one thread each) and beside `ocrmypdf --force-ocr --jobs 2` if that is on the PATH. File by
file in turns, so that what else the machine does weighs on all of them alike; beside seconds on the clock stand seconds
of the processor, which hardly change with the load.

Accuracy: share of the ground truth's words that were read (each as often as it stands there; words are runs of letters
and digits, case ignored), and character errors after white space, rules and quotation marks are made equal, beside the
same page drawn clean from the original PDF. Two things of the ground truth are on no picture and left out: the line
"Source: …" of the clean scans, which were binarised without it, and letter-spaced lines, whose words nobody can tell.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from legalqa.ingest.pages import PageReader
from legalqa.ingest.pdf import PdfFile
from legalqa.ingest.scans import scan
from legalqa.ingest.scans.ocr import OcrEngine, OcrWord, Pixels, engine

_SPACED = re.compile(r"(?<!\S)(?:\S ){6,}\S(?!\S)")
_SOURCE = re.compile(r"^\s*Source: .*$", re.M)
_SAME = str.maketrans("’‘“”–—", "''\"\"--")
EXCUSED = ("02_license_datacall_scan", 5)  # the form and signature page that came by fax


@dataclass(frozen=True, slots=True)
class Scan:
    """One page of the scans; `truth` is its text, `original` the PDF that it was made from."""

    pdf: Path
    page: int
    kind: str
    truth: str
    original: Path


@dataclass(slots=True)
class Tally:
    """Sums over the pages of one kind."""

    pages: int = 0
    words: int = 0
    found: int = 0
    characters: int = 0
    errors: float = 0.0
    errors_clean: float = 0.0


def main() -> None:
    """Print a table for accuracy and a line for each measurement of speed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=Path("..") / "shared" / "data")
    parser.add_argument("--every", type=int, default=1, help="every so-many-eth file only")
    parser.add_argument("--only", choices=("speed", "accuracy", "cleaning"))
    arguments = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as in the product's reading processes, which start afresh like these
    scans = list(_scans(arguments.data))
    files = sorted({one.pdf for one in scans})[:: max(arguments.every, 1)]
    scans = [one for one in scans if one.pdf in files]
    if arguments.only in (None, "accuracy"):
        _accuracy(scans)
    if arguments.only in (None, "cleaning"):
        _cleaning(scans[::4])
    if arguments.only in (None, "speed"):
        _speed(scans)


def _scans(data: Path) -> Iterator[Scan]:
    for row in (data / "cuad_scanned" / "manifest.jsonl").read_text().splitlines():
        file = json.loads(row)
        for page in file["pages"]:
            kind = f"turned {page['rotated_deg']}" if page["kind"] == "rotated" else page["kind"]
            truth = (data / "cuad_scanned" / page["gt"]).read_text()
            truth = _SPACED.sub(" ", _SOURCE.sub("", truth) if kind == "clean300" else truth)
            yield Scan(data / "cuad_scanned" / file["pdf"], page["page"], kind, truth, data / file["source_pdf"])


_READER: PageReader | None = None


def _read(pdf: Path, page: int) -> str:
    """The text of a page, by OCR; the engine stays loaded in its process."""
    global _READER
    _READER = _READER or PageReader("always", "eng")
    file = PdfFile(str(pdf))
    try:
        return _READER.read(file, page).text
    finally:
        file.close()


def _read_timed(pdf: Path, page: int) -> float:
    """Seconds of the processor that reading a page takes."""
    begun = time.process_time()
    _read(pdf, page)
    return time.process_time() - begun


def _children() -> float:
    """Seconds of the processor of all programs that this one started and saw end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def _errors(text: str, truth: str) -> int:
    return int(Levenshtein.distance(_plain(text), _plain(truth)))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"_{2,}|\.{3,}", " ", text.translate(_SAME)).split())


def _accuracy(scans: list[Scan]) -> None:
    tallies: dict[str, Tally] = defaultdict(Tally)
    misses: list[tuple[float, Scan]] = []
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        read = pool.map(_read, [s.pdf for s in scans], [s.page for s in scans])
        clean = pool.map(_read, [s.original for s in scans], [s.page for s in scans])
        for one, text, drawn in zip(scans, read, clean, strict=True):
            known, found = _words(one.truth), _words(text)
            excused = (one.pdf.stem, one.page) == EXCUSED
            for kind in (one.kind, f"{one.kind} without {EXCUSED[0]} p. {EXCUSED[1]}"):
                if (excused and kind != one.kind) or (kind != one.kind and not one.kind.startswith("fax")):
                    continue
                tally = tallies[kind]
                tally.pages += 1
                tally.words += known.total()
                tally.found += (known & found).total()
                tally.characters += len(_plain(one.truth))
                tally.errors += _errors(text, one.truth)
                tally.errors_clean += _errors(drawn, one.truth)
            misses.append(((known & found).total() / max(known.total(), 1), one))
    print(f"{'kind':58} pages  word recall   CER   CER of the same pages drawn clean")
    for kind, t in sorted(tallies.items()):
        recall, errors, clean_errors = t.found / t.words, t.errors / t.characters, t.errors_clean / t.characters
        print(f"{kind:58} {t.pages:5} {recall:12.4f} {100 * errors:6.2f} {100 * clean_errors:6.2f}")
    for recall, one in sorted(misses, key=lambda miss: miss[0])[:5]:
        print(f"  least: {recall:.3f} {one.kind} {one.pdf.stem} p. {one.page}")


class _Timed:
    """An engine that adds up how long it works."""

    def __init__(self, inner: OcrEngine) -> None:
        self._inner, self.name, self.seconds = inner, inner.name, 0.0

    def lines(self, grey: Pixels, dpi: float, seconds: float = 60, column: bool = False) -> list[list[OcrWord]]:
        """As the engine within."""
        begun = time.process_time()
        found = self._inner.lines(grey, dpi, seconds, column)
        self.seconds += time.process_time() - begun
        return found

    def row(self, grey: Pixels, dpi: float, seconds: float = 60) -> list[OcrWord]:
        """As the engine within."""
        begun = time.process_time()
        found = self._inner.row(grey, dpi, seconds)
        self.seconds += time.process_time() - begun
        return found

    def quarters(self, grey: Pixels) -> int | None:
        """As the engine within."""
        begun = time.process_time()
        found = self._inner.quarters(grey)
        self.seconds += time.process_time() - begun
        return found

    def close(self) -> None:
        """As the engine within."""
        self._inner.close()


def _cleaning(scans: list[Scan]) -> None:
    timed = _Timed(engine("eng"))
    parts: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for one in scans:
        picture, dpi = _picture(one)
        before, begun = timed.seconds, time.process_time()
        scan.read(timed, picture, dpi / 72, scan.Clock(120))
        whole = time.process_time() - begun
        for kind in ("fax" if one.kind.startswith("fax") else "all but fax", "all"):
            parts[kind][0] += timed.seconds - before
            parts[kind][1] += whole - (timed.seconds - before)
    for kind, (ocr, rest) in sorted(parts.items()):
        print(f"cleaning, measuring and looking again, {kind}: {100 * rest / max(ocr, 0.001):.1f}% of the time of OCR")


def _picture(one: Scan) -> tuple[Pixels, float]:
    """The picture that the page consists of, and its resolution."""
    file = PdfFile(str(one.pdf))
    with file.page(one.page) as page:
        dpi = page.picture_dpi() or 300.0
        picture, _ = page.render(dpi / 72, 40_000_000, "bgr")
    file.close()
    return picture, dpi


def _speed(scans: list[Scan]) -> None:
    from PIL import Image

    os.environ["OMP_THREAD_LIMIT"] = "1"
    files: dict[Path, list[Scan]] = defaultdict(list)
    for one in scans:
        files[one.pdf].append(one)
    seconds: dict[str, float] = defaultdict(float)
    processor: dict[str, float] = defaultdict(float)
    ocrmypdf = shutil.which("ocrmypdf")
    fresh = get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as name,
        ProcessPoolExecutor(2, fresh) as ours,
        ThreadPoolExecutor(2) as theirs,
    ):
        folder = Path(name)
        list(ours.map(_read, [scans[0].pdf] * 2, [scans[0].page] * 2))  # the engines are loaded
        for pdf, pages in files.items():
            pictures = []
            for one in pages:
                picture, dpi = _picture(one)
                path = folder / f"{pdf.stem}-{one.page}.png"
                Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).convert("L").save(path, compress_level=1)
                pictures.append((path, dpi))
            begun = time.perf_counter()
            processor["ours"] += sum(ours.map(_read_timed, [pdf] * len(pages), [one.page for one in pages]))
            seconds["ours"] += time.perf_counter() - begun
            begun, before = time.perf_counter(), _children()
            list(theirs.map(_tesseract, pictures))
            seconds["tesseract"] += time.perf_counter() - begun
            processor["tesseract"] += _children() - before
            if ocrmypdf:
                begun, before = time.perf_counter(), _children()
                command = [ocrmypdf, "--force-ocr", "--jobs", "2", "-q", str(pdf), str(folder / "out.pdf")]
                subprocess.run(command, check=True, capture_output=True)
                seconds["ocrmypdf"] += time.perf_counter() - begun
                processor["ocrmypdf"] += _children() - before
    for peer, taken in seconds.items():
        used = processor[peer]
        print(
            f"{peer:10} {len(scans) / taken:6.2f} pages/s   ours {taken / seconds['ours']:5.2f} x   "
            f"processor {used / len(scans):5.2f} s/page   ours {used / processor['ours']:5.2f} x"
        )
    if not ocrmypdf:
        print("ocrmypdf is not on the PATH: no comparison with it")


def _tesseract(picture: tuple[Path, float]) -> int:
    command = ["tesseract", str(picture[0]), "-", "--dpi", str(round(picture[1])), "-l", "eng", "tsv"]
    return len(subprocess.run(command, check=True, capture_output=True).stdout)


if __name__ == "__main__":
    main()
