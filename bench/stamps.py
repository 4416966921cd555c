"""Black stamps over contracts: words read under and around them. `python -m bench.stamps [--pages N] [data]`.

Solid black stamps ("RECEIVED", "FILED" …, framed or not, slanting) are laid over clean pages drawn at 300 dpi; the text
layer is the truth. "as it is" reads the picture as Tesseract would, "erased" is what `legalqa` does.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from legalqa.ingest.layout import textlayer
from legalqa.ingest.pdf import PdfFile
from legalqa.ingest.scans import compose, scan
from legalqa.ingest.scans.ocr import Pixels, engine

SCALE = 300 / 72
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Stamped:
    """A page under a stamp: its picture, its words with boxes in points, and where the stamp lies."""

    picture: Pixels
    words: tuple[tuple[str, Rectangle], ...]
    stamp: Rectangle


def main() -> None:
    """Print the share of words read, on the whole page and where the stamp lies, and words that are not there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=Path("..") / "shared" / "data")
    parser.add_argument("--pages", type=int, default=10)
    arguments = parser.parse_args()
    found = engine("eng")
    sums: dict[str, Counter[str]] = {"as it is": Counter(), "erased": Counter()}
    for page in _pages(arguments.data, arguments.pages):
        plain = [
            (w.text, (w.x0 / SCALE, w.y0 / SCALE, w.x1 / SCALE, w.y1 / SCALE))
            for line in found.lines(page.picture, 300)
            for w in line
        ]
        bgr = np.repeat(page.picture[:, :, None], 3, axis=2)
        read = compose.composed(scan.read(found, bgr, SCALE, scan.Clock(120)))
        ours = [(read.text[w.start : w.end], (w.x0, w.y0, w.x1, w.y1)) for w in read.words]
        for name, words in (("as it is", plain), ("erased", ours)):
            _count(sums[name], page, words)
    for name, s in sums.items():
        print(
            f"{name:10} page {s['found'] / s['all']:.4f}   under the stamp {s['under found'] / s['under']:.3f}   "
            f"words that are not there {s['extra']}"
        )


def _count(sums: Counter[str], page: Stamped, words: Sequence[tuple[str, Rectangle]]) -> None:
    for prefix, truth, read in (
        ("", page.words, words),
        ("under ", _inside(page.words, page.stamp), _inside(words, page.stamp)),
    ):
        known, found = _tally(truth), _tally(read)
        sums[prefix.strip() or "all"] += known.total()
        sums[f"{prefix}found"] += (known & found).total()
        if not prefix:
            sums["extra"] += (found - known).total()


def _inside(words: Sequence[tuple[str, Rectangle]], place: Rectangle) -> list[tuple[str, Rectangle]]:
    x0, y0, x1, y1 = place
    return [(text, box) for text, box in words if box[0] < x1 and box[2] > x0 and box[1] < y1 and box[3] > y0]


def _tally(words: Sequence[tuple[str, Rectangle]]) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", " ".join(text for text, _ in words).lower()))


def _pages(data: Path, most: int) -> Iterator[Stamped]:
    chosen = random.Random(5)
    for file in sorted((data / "cuad_pdf").rglob("*.pdf")):
        pdf = PdfFile(str(file))
        with pdf.page(min(3, pdf.pages)) as page:
            layer = textlayer.read(page)
            grey, _ = page.render(SCALE, 100_000_000, "grey")
        pdf.close()
        if len(layer.words) < 250 or most == 0:
            continue
        most -= 1
        text, size = chosen.choice(("RECEIVED", "FILED", "CONFIDENTIAL", "COPY")), chosen.choice((90, 120, 150))
        stamp = _stamp(text, size, chosen.random() < 0.7, chosen.choice((-25, -12, 8, 15, 30)))
        left = chosen.randint(300, max(301, grey.shape[1] - stamp.shape[1] - 200))
        top = chosen.randint(300, max(301, int(0.6 * grey.shape[0]) - stamp.shape[0]))
        area = grey[top : top + stamp.shape[0], left : left + stamp.shape[1]]
        np.minimum(area, stamp[: area.shape[0], : area.shape[1]], out=area)
        place = (left / SCALE, top / SCALE, (left + area.shape[1]) / SCALE, (top + area.shape[0]) / SCALE)
        words = tuple((layer.text[w.start : w.end], (w.x0, w.y0, w.x1, w.y1)) for w in layer.words)
        yield Stamped(grey, words, place)


def _stamp(text: str, size: int, framed: bool, angle: float) -> Pixels:
    font = ImageFont.truetype("DejaVuSans-Bold.ttf", size)
    x0, y0, x1, y1 = font.getbbox(text)
    picture = Image.new("L", (round(x1 - x0) + 80, round(y1 - y0) + 70), 255)
    draw = ImageDraw.Draw(picture)
    draw.text((40 - x0, 35 - y0), text, fill=0, font=font)
    if framed:
        draw.rectangle((5, 5, picture.width - 6, picture.height - 6), outline=0, width=9)
    turned = picture.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    return np.asarray(turned, np.uint8)


if __name__ == "__main__":
    main()
