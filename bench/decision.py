"""The decision whether a page needs OCR, beside labels given by eye. `python -m bench.decision [data]`.

`decision.json` names pages of the development data and says whether a reader sees text on them that the text layer
does not hold, or holds as garble. The pages of its part "tuned" were looked at while the test for pages without any
text was written (88.1% right before, 95.2% after); no threshold has seen those "held out". Half-scans and scans under
a stamped header are composed here from contracts, labels by construction.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from legalqa.ingest.layout import textlayer
from legalqa.ingest.pdf import PdfError, PdfFile
from legalqa.ingest.scans import decide

COMPOSED = 16


def main() -> None:
    """Print accuracy, recall and precision of each part, and the pages that were decided wrongly."""
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("..") / "shared" / "data"
    labelled = json.loads((Path(__file__).parent / "decision.json").read_text())
    for part in ("tuned", "held out"):
        rows = [row for row in labelled if row["part"] == part]
        _print(
            part, [(row["file"], row["page"], row["ocr"], _decided(data / row["file"], row["page"])) for row in rows]
        )
    with tempfile.TemporaryDirectory() as folder:
        made = list(_composed(data, Path(folder)))
        _print("composed", [(path.name, 1, need, _decided(path, 1)) for path, need in made])


def _decided(file: Path, number: int) -> bool:
    pdf = PdfFile(str(file))
    try:
        with pdf.page(number) as page:
            return decide.need(page, textlayer.read(page), "auto", "eng").need != "none"
    except PdfError:
        return False
    finally:
        pdf.close()


def _print(part: str, rows: list[tuple[str, int, bool, bool]]) -> None:
    right = sum(label == decided for _, _, label, decided in rows)
    needed = sum(label for _, _, label, _ in rows)
    read = sum(decided for _, _, _, decided in rows)
    both = sum(label and decided for _, _, label, decided in rows)
    share = 100 * right / len(rows)
    print(f"{part}: {len(rows)} pages, {share:.1f}% right, recall {both}/{needed}, precision {both}/{read}")
    for file, number, label, decided in rows:
        if label != decided:
            print(f"  {file} p. {number}: {'was not read' if label else 'was read for nothing'}")


def _composed(data: Path, folder: Path) -> Iterator[tuple[Path, bool]]:
    """Files of one page and whether it needs OCR: half scanned, stamped over a scan, and typed throughout."""
    for index, file in enumerate(sorted((data / "cuad_pdf").rglob("*.pdf"))[:COMPOSED]):
        kind = ("half", "stamped", "half", "typed")[index % 4]
        path = folder / f"{kind}-{file.name}"
        _compose(file, 2, kind, path)
        yield path, kind != "typed"


def _compose(file: Path, number: int, kind: str, path: Path) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    pdf = PdfFile(str(file))
    with pdf.page(number) as page:
        layer = textlayer.read(page)
        picture, scale = page.render(150 / 72, 10_000_000, "grey")
        width, height = page.width, page.height
    pdf.close()
    body = [word for word in layer.words if word.y1 < 0.9 * height]
    middle = sorted(word.y0 for word in body)[len(body) // 2] if body else height / 2
    cut = {"half": middle, "stamped": 0.0, "typed": height}[kind]
    canvas = Canvas(str(path), pagesize=(width, height))
    if cut < height:
        buffer = io.BytesIO()
        Image.fromarray(picture[round(cut * scale) :]).save(buffer, "png")
        canvas.drawImage(ImageReader(buffer), 0, 0, width, height - cut)
    for word in layer.words:
        if word.y1 <= cut:
            canvas.setFont("Helvetica", max(0.8 * (word.y1 - word.y0), 4))
            canvas.drawString(word.x0, height - word.y1 + 2, layer.text[word.start : word.end])
    if kind == "stamped":
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, height - 14, "Case 1:23-cv-00456 Document 12 Filed 05/01/24 Page 1 of 9")
    canvas.save()


if __name__ == "__main__":
    main()
