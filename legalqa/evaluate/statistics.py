"""Means with confidence intervals, and whether two runs differ by more than chance.

Questions about one document are not independent of one another, so documents are what is resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]
RESAMPLES = 2_000
SHUFFLES = 10_000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions, with the middle 95% of what resampling documents gives."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of after - before over the same questions, the probability `p` of so large a one by chance, and how many
    questions got better and worse.
    """

    before: float
    after: float
    p: float
    better: int
    worse: int

    @property
    def difference(self) -> float:
        """after - before."""
        return self.after - self.before


def means(rows: Sequence[Sequence[float]], documents: Sequence[str]) -> list[Mean]:
    """The mean of each column over the rows (questions); `documents` names the document of each row. [] without rows.

    Cluster bootstrap: as many documents as there are, drawn with replacement, `RESAMPLES` times (percentile interval).
    """
    if not rows:
        return []
    sums, counts = _by_document(np.asarray(rows, np.float64), documents)
    drawn = np.random.default_rng(_SEED).multinomial(len(counts), [1 / len(counts)] * len(counts), RESAMPLES)
    resampled = (drawn @ sums) / (drawn @ counts)[:, None]
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    value = sums.sum(axis=0) / counts.sum()
    return [Mean(float(v), float(a), float(b)) for v, a, b in zip(value, low, high, strict=True)]


def change(before: Sequence[float], after: Sequence[float], documents: Sequence[str]) -> Change:
    """Paired permutation test: which run is which is exchanged for whole documents, `SHUFFLES` times; two-sided.

    Raises ValueError without rows.
    """
    if not before:
        raise ValueError("nothing to compare")
    one, two = np.asarray(before, np.float64), np.asarray(after, np.float64)
    apart = two - one
    sums, _ = _by_document(apart[:, None], documents)
    found = abs(float(sums.sum()))
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], (SHUFFLES, len(sums)))
    as_large = int((np.abs(signs @ sums[:, 0]) >= found - 1e-12).sum())
    return Change(
        before=float(one.mean()),
        after=float(two.mean()),
        p=(as_large + 1) / (SHUFFLES + 1),
        better=int((apart > 1e-9).sum()),
        worse=int((apart < -1e-9).sum()),
    )


def percentiles(values: Sequence[float], shares: Sequence[int] = (50, 95, 99)) -> dict[str, float]:
    """{"p50": …}; {} without values."""
    if not values:
        return {}
    return {f"p{share}": float(value) for share, value in zip(shares, np.percentile(values, shares), strict=True)}


def _by_document(rows: Figures, documents: Sequence[str]) -> tuple[Figures, Figures]:
    """Sums of the rows of each document [documents, columns], and how many rows each has [documents]."""
    _, places = np.unique(np.asarray(documents), return_inverse=True)
    sums = np.zeros((places.max() + 1, rows.shape[1]))
    np.add.at(sums, places, rows)
    return sums, np.bincount(places).astype(np.float64)
