"""Pages from a fax machine of standard resolution: half of their rows are missing, and hairlines with them.

Such a page has 204 × 98 black and white dots an inch; stored as a picture, each of its rows stands twice. Blurring
smooths the steps but brings no stroke back. A small network (15 × 9 dots → 96 → 48 → grey of the two rows that were
one) has learned from pages of contracts what the neighbourhood says about the ink that was lost. `bench/fit_fax.py`
fits it on contracts that are in no test and writes its weights.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from legalqa import shipped

Pixels = NDArray[np.uint8]
Layers = tuple[NDArray[np.float32], ...]
WIDTH, HEIGHT = 15, 9  # dots that the network sees
_TWICE = 0.98  # share of rows that equal their neighbour
_BATCH = 4096  # dots at once: what the layers say of them stays in the processor's cache


def restored(grey: Pixels) -> Pixels | None:
    """The page in grey with all its rows, of the same size; None if its rows do not stand twice."""
    first = _first_pair(grey)
    if first is None:
        return None
    import cv2

    rows = grey[first : first + (len(grey) - first) // 2 * 2]
    ink = (rows[::2] < 128).astype(np.uint8)
    near = cv2.dilate(ink, np.ones((3, 5), np.uint8))
    ys, xs = np.nonzero(near)
    frame = np.pad(ink, ((HEIGHT // 2, HEIGHT // 2), (WIDTH // 2, WIDTH // 2)))
    windows = np.lib.stride_tricks.sliding_window_view(frame, (HEIGHT, WIDTH))
    found = np.full(grey.shape, 255, np.uint8)
    layers = weights()
    for begin in range(0, len(ys), _BATCH):
        y, x = ys[begin : begin + _BATCH], xs[begin : begin + _BATCH]
        seen = windows[y, x].reshape(len(y), -1).astype(np.float32)
        dark = predicted(seen, layers)
        found[first + 2 * y, x], found[first + 2 * y + 1, x] = (255 - 255 * dark).astype(np.uint8).T
    return found


def predicted(seen: NDArray[np.float32], layers: Layers) -> NDArray[np.float32]:
    """How dark (0 to 1) the upper and the lower half of the middle dot of each window were."""
    for index in range(0, len(layers) - 2, 2):
        seen = np.maximum(_times(seen, layers[index]) + layers[index + 1], 0)
    return np.asarray(1 / (1 + np.exp(-(_times(seen, layers[-2]) + layers[-1]))), np.float32)


def _times(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """The product of two matrices, by OpenCV: where several threads are allowed, it wastes far less than NumPy."""
    import cv2

    return np.asarray(cv2.gemm(left, right, 1, left, 0), np.float32)  # the third matrix counts 0 times


@cache
def weights() -> Layers:
    """Matrices and offsets of the layers, in their order."""
    with np.load(shipped.folder("resources") / "ocr" / "fax.npz", allow_pickle=False) as stored:
        return tuple(np.asarray(stored[name], np.float32) for name in sorted(stored.files))


def _first_pair(grey: Pixels) -> int | None:
    """The row at which pairs of equal rows begin, 0 or 1; None if rows do not come in pairs."""
    middle = grey[len(grey) // 8 : len(grey) // 8 * 7]
    for first in (0, 1):
        upper, lower = middle[first:-1:2], middle[first + 1 :: 2]
        count = min(len(upper), len(lower))
        inked = (upper[:count] < 128).any(axis=1)
        if inked.sum() >= 8 and (upper[:count] == lower[:count]).all(axis=1)[inked].mean() > _TWICE:
            return (first + len(grey) // 8) % 2
    return None
