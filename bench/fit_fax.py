"""Fits the network that gives faxes their rows back. `python -m bench.fit_fax [--epochs N] [data]`.

Pages of contracts that `cuad_scanned` was not made from are drawn at 200 dpi, slanted a little, half of their rows
thrown away or averaged, made black and white at a threshold that varies, and speckled; the network learns to tell the
two rows of the drawing from the dots around. Adam on cross-entropy, float16 weights into `resources/ocr/fax.npz`.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from legalqa import shipped
from legalqa.ingest.pdf import PdfFile
from legalqa.ingest.scans.fax import HEIGHT, WIDTH, Pixels, predicted

PAGES, TWICE, DOTS = 6, 2, 14_000  # of each file; drawings of each page; dots learned of each drawing
HIDDEN = (96, 48)
BATCH, RATE = 2048, 2e-3
Floats = NDArray[np.float32]


def main() -> None:
    """Print the squared error on dots that were not learned after each epoch; write the weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=Path("..") / "shared" / "data")
    parser.add_argument("--epochs", type=int, default=8)
    arguments = parser.parse_args()
    chance = np.random.default_rng(3)
    seen, told = (np.concatenate(parts) for parts in zip(*_drawings(arguments.data, chance), strict=True))
    dark = np.asarray(1 - told.astype(np.float32) / 255, np.float32)
    layers = _fitted(seen, dark, arguments.epochs, chance)
    np.savez(shipped.folder("resources") / "ocr" / "fax.npz", *(layer.astype(np.float16) for layer in layers))


def _drawings(data: Path, chance: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    """Windows of dots, packed to bits, and the grey of the two rows in their middle."""
    rows = (data / "cuad_scanned" / "manifest.jsonl").read_text().splitlines()
    tested = {Path(json.loads(row)["source_pdf"]).name for row in rows}
    for file in sorted((data / "cuad_pdf").rglob("*.pdf")):
        if file.name in tested:
            continue
        pdf = PdfFile(str(file))
        for number in chance.choice(pdf.pages, min(PAGES, pdf.pages), replace=False):
            with pdf.page(int(number) + 1) as page:
                grey, _ = page.render(200 / 72, 10_000_000, "grey")
            for _ in range(TWICE):
                yield _samples(grey[: len(grey) // 2 * 2], chance)
        pdf.close()


def _samples(grey: Pixels, chance: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    height, width = grey.shape
    angle = chance.uniform(-1.2, 1.2) if chance.random() < 0.7 else 0.0
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, chance.uniform(0.85, 1.2))
    matrix = np.asarray(matrix, np.float64) + np.array([[0, 0, 1], [0, 0, 1]]) * chance.uniform(-1, 1, (2, 1))
    turned = np.asarray(cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255), np.uint8)
    dots = _faxed(turned, chance)
    half = cv2.resize(turned, (width, height // 2), interpolation=cv2.INTER_AREA)
    near = cv2.dilate(dots | (half < 200).astype(np.uint8), np.ones((3, 5), np.uint8))
    near[:WIDTH], near[-WIDTH:], near[:, :WIDTH], near[:, -WIDTH:] = 0, 0, 0, 0
    ys, xs = np.nonzero(near)
    chosen = chance.choice(len(ys), min(DOTS, len(ys)), replace=False)
    ys, xs = ys[chosen], xs[chosen]
    windows = np.lib.stride_tricks.sliding_window_view(dots, (HEIGHT, WIDTH))[ys - HEIGHT // 2, xs - WIDTH // 2]
    return np.packbits(windows.reshape(len(ys), -1), axis=1), np.stack([turned[2 * ys, xs], turned[2 * ys + 1, xs]], 1)


def _faxed(grey: Pixels, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Half of the rows, 1 where black."""
    page = grey.astype(np.float32)
    blur = chance.uniform(0, 0.7)
    if blur > 0.35:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), blur), np.float32)
    height, width = page.shape
    averaged = chance.random() < 1 / 3
    half = cv2.resize(page, (width, height // 2), interpolation=cv2.INTER_AREA) if averaged else page[::2]
    half = half + chance.normal(0, chance.uniform(5, 32), half.shape)
    dots = (half < chance.uniform(115, 170)).astype(np.uint8)
    return np.asarray(dots ^ (chance.random(dots.shape) < chance.uniform(0, 0.003)), np.uint8)


def _fitted(seen: NDArray[np.uint8], told: Floats, epochs: int, chance: np.random.Generator) -> list[Floats]:
    sizes = (WIDTH * HEIGHT, *HIDDEN, 2)
    layers: list[Floats] = []
    for inner, outer in itertools.pairwise(sizes):
        layers += [chance.normal(0, np.sqrt(2 / inner), (inner, outer)).astype(np.float32), np.zeros(outer, np.float32)]
    means, squares = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    order = chance.permutation(len(seen))
    kept, order = order[:40_000], order[40_000:]
    steps, total = 0, max(epochs * (len(order) // BATCH), 1)
    for epoch in range(epochs):
        chance.shuffle(order)
        for begin in range(0, len(order) - BATCH, BATCH):
            chosen = order[begin : begin + BATCH]
            steps += 1
            rate = RATE * (0.02 + 0.49 * (1 + np.cos(np.pi * steps / total)))
            for index, slope in enumerate(_slopes(_windows(seen[chosen]), told[chosen], layers)):
                means[index] += 0.1 * (slope - means[index])
                squares[index] += 0.001 * (slope * slope - squares[index])
                step = means[index] / (1 - 0.9**steps) / (np.sqrt(squares[index] / (1 - 0.999**steps)) + 1e-8)
                layers[index] -= (rate * step).astype(np.float32)
        error = np.square(predicted(_windows(seen[kept]), tuple(layers)) - told[kept]).mean()
        print(f"epoch {epoch + 1}: squared error {error:.5f}", flush=True)
    return layers


def _windows(bits: NDArray[np.uint8]) -> Floats:
    return np.unpackbits(bits, axis=1)[:, : WIDTH * HEIGHT].astype(np.float32)


def _slopes(seen: Floats, told: Floats, layers: list[Floats]) -> list[Floats]:
    """Of the error by each layer, in their order (cross-entropy, whose slope at the output is the plain difference)."""
    first = np.maximum(seen @ layers[0] + layers[1], 0)
    second = np.maximum(first @ layers[2] + layers[3], 0)
    wrong = (1 / (1 + np.exp(-(second @ layers[4] + layers[5]))) - told) / len(told)
    behind = (wrong @ layers[4].T) * (second > 0)
    front = (behind @ layers[2].T) * (first > 0)
    return [seen.T @ front, front.sum(0), first.T @ behind, behind.sum(0), second.T @ wrong, wrong.sum(0)]


if __name__ == "__main__":
    main()
