"""Pages a second: born-digital words beside pdfplumber, OCR beside the tesseract program. `python -m bench.pages`.

Both sides see the same pages in the same run, one process and one thread each. Development data is looked for in
``../shared/data`` or in the folder given as the first argument.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

TEXT_PAGES = 60  # of each file
OCR_PAGES = 12


def main() -> None:
    """Print one line for each measurement, with the ratio of ours to the peer's."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("..") / "shared" / "data"
    born_digital = sorted((data / "cuad_pdf").rglob("*.pdf"))[:8]
    scans = sorted((data / "cuad_scanned").rglob("*.pdf"))
    if not born_digital or not scans:
        sys.exit(f"no development data in {data}")
    _text(born_digital)
    _ocr(scans)


def _text(files: Iterable[Path]) -> None:
    from legalqa.ingest.pages import PageReader
    from legalqa.ingest.pdf import PdfFile

    files = list(files)
    ours_all, words = _rate(lambda: sum(_ours(PageReader("auto", "eng"), PdfFile(str(file))) for file in files))
    ours, _ = _rate(lambda: sum(_pieces(PdfFile(str(file))) for file in files))
    pages = sum(min(PdfFile(str(file)).pages, TEXT_PAGES) for file in files)
    theirs, _ = _rate(lambda: sum(_plumbed(file) for file in files))
    print(f"text: {pages} pages, {words} words")
    print(f"  pdfplumber words              {pages / theirs:8.1f} pages/s")
    print(f"  legalqa words and boxes       {pages / ours:8.1f} pages/s  {theirs / ours:5.1f} x")
    print(f"  legalqa with the OCR decision {pages / ours_all:8.1f} pages/s  {theirs / ours_all:5.1f} x")


def _ours(reader: object, pdf: object) -> int:
    from legalqa.ingest.pages import PageReader
    from legalqa.ingest.pdf import PdfFile

    assert isinstance(reader, PageReader)
    assert isinstance(pdf, PdfFile)
    return sum(len(reader.read(pdf, number).page.words) for number in range(1, min(pdf.pages, TEXT_PAGES) + 1))


def _pieces(pdf: object) -> int:
    from legalqa.ingest.layout.lines import compose, lines_of
    from legalqa.ingest.pdf import PdfFile

    assert isinstance(pdf, PdfFile)
    found = 0
    for number in range(1, min(pdf.pages, TEXT_PAGES) + 1):
        with pdf.page(number) as page:
            found += len(compose(lines_of(page.pieces()))[1])
    return found


def _plumbed(file: Path) -> int:
    import pdfplumber

    found = 0
    with pdfplumber.open(file) as pdf:
        for page in pdf.pages[:TEXT_PAGES]:
            found += len(page.extract_words())
            page.close()
    return found


def _ocr(files: Iterable[Path]) -> None:
    from legalqa.ingest.pages import PageReader
    from legalqa.ingest.pdf import PdfFile

    places = [(file, number) for file in files for number in range(1, PdfFile(str(file)).pages + 1)]
    places = places[:: max(len(places) // OCR_PAGES, 1)][:OCR_PAGES]
    reader = PageReader("always", "eng")
    reader.read(PdfFile(str(places[0][0])), places[0][1])  # loads the models, as the program does for each page
    ours, words = _rate(lambda: sum(len(reader.read(PdfFile(str(f)), n).page.words) for f, n in places))
    print(f"OCR: {len(places)} scanned pages (clean, skewed, noisy, fax, turned), {words} words, one thread")
    print(f"  legalqa, cleaned and turned   {len(places) / ours:8.2f} pages/s")
    if not shutil.which("tesseract"):
        print("  the tesseract program is not installed: no comparison")
        return
    with tempfile.TemporaryDirectory() as folder:
        pictures = [
            _picture(file, number, Path(folder) / f"{index}.png") for index, (file, number) in enumerate(places)
        ]
        theirs, _ = _rate(lambda: sum(_tesseract(picture) for picture in pictures))
    print(f"  tesseract program at 300 dpi  {len(places) / theirs:8.2f} pages/s  ours {theirs / ours:5.2f} x")


def _picture(file: Path, number: int, path: Path) -> Path:
    from PIL import Image

    from legalqa.ingest.pdf import PdfFile

    with PdfFile(str(file)).page(number) as page:
        Image.fromarray(page.render(300 / 72, 40_000_000, "grey")[0]).save(path, compress_level=1)
    return path


def _tesseract(picture: Path) -> int:
    command = ["tesseract", str(picture), "-", "--dpi", "300", "-l", "eng", "tsv"]
    return len(subprocess.run(command, check=True, capture_output=True).stdout.splitlines())


def _rate(work: Callable[[], int]) -> tuple[float, int]:
    """Seconds and result of one run."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    main()
