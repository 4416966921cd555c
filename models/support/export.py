"""Turn the trained support checker into the int8 graph that is shipped, calibrated, and say what it is worth.

    python -m models.support.export --pairs FILE --weights FOLDER --encoder FOLDER --out FOLDER [--claims FILE]

Platt scaling (Platt 1999) of the int8 graph's logits on the development part; the threshold is the one that loses at
most `LOST` of that part's true claims. Balanced accuracy on the test part, set by set, beside the support score that it
joins (words and similarity, `legalqa.verify.support`), each at the threshold that is best for it on development.
`--claims` are claims written by hand, as tests/verify/sample_claims.json. Needs the project's environment, no torch.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa.engines import similarity
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.verify import facts
from legalqa.verify.support import score
from models.reranker.export import area, brier, error, fitted, scaled, write

ROWS = 600  # of a set, for measuring
LOST = 0.05
SEED = 20
Array = NDArray[np.float64]
Scorer = Callable[[str, str], float]


def main() -> None:
    """Calibrate, convert, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pairs", "weights", "encoder", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args()
    rows = [json.loads(line) for line in given.pairs.read_text(encoding="utf-8").splitlines()]
    development = drawn([row for row in rows if row["part"] == "development"], given.rows)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        write(given.weights, plain)
        values = scores(development, logit_of(CrossEncoder(plain, 1)))
        slope, offset = fitted(values, labels(development))
        print(f"slope {slope:.4f} offset {offset:.4f}; area under ROC {area(values, labels(development)):.4f}; Brier "
              f"{brier(values, labels(development)):.4f} -> {brier(slope * values + offset, labels(development)):.4f}; "
              f"calibration error {error(values, labels(development)):.4f} -> "
              f"{error(slope * values + offset, labels(development)):.4f}", flush=True)  # fmt: skip
        scaled(given.weights, plain, {"relevance": (slope, offset)})
        write(plain, given.out)
    report(given, rows, development)


def report(given: argparse.Namespace, rows: Sequence[dict[str, Any]], development: Sequence[dict[str, Any]]) -> None:
    """Print what the shipped graph and its rivals are worth."""
    encoder = Encoder(given.encoder, 1)
    ours = logit_of(CrossEncoder(given.out, 1))
    before: Scorer = functools.partial(score, support=functools.partial(similarity, encoder))
    groups = {
        name: drawn([row for row in rows if row["part"] == "test" and row["set"] == name], given.rows)
        for name in ("cuad", "maud", "contractnli", "privacy_qa")
    }
    if given.claims:
        groups["by hand"] = by_hand(given.claims)
    for name, scorer in (("checker", ours), ("words and similarity", before), ("both", both(ours, before))):
        fit = scores(development, scorer)
        least = best_threshold(fit, labels(development))
        lost = float(np.quantile(fit[labels(development) == 1], LOST))
        print(f"{name}: best threshold {least:.3f}, {LOST:.0%} of the true lost at {lost:.3f}", flush=True)
        for group, some in groups.items():
            values = scores(some, scorer)
            told = balanced(values >= least, labels(some))
            caught = float(np.mean(values[labels(some) == 0] < lost))
            kept = float(np.mean(values[labels(some) == 1] >= lost))
            print(f"  {group}, {len(some)}: balanced accuracy {told:.4f}, "
                  f"area under ROC {area(values, labels(some)):.4f}; "
                  f"at {lost:.3f} true kept {kept:.3f}, false caught {caught:.3f}", flush=True)  # fmt: skip
    for group, some in groups.items():
        told = balanced(np.array([not facts.findings(row["claim"], row["passage"]) for row in some]), labels(some))
        print(f"facts alone, {group}: balanced accuracy {told:.4f}", flush=True)


def by_hand(file: Path) -> list[dict[str, Any]]:
    """Rows of claims written by hand."""
    found = []
    for one in json.loads(file.read_text(encoding="utf-8")):
        found += [{"claim": claim, "passage": one["passage"], "supported": True} for claim in one["true"]]
        found += [{"claim": c["claim"], "passage": one["passage"], "supported": False} for c in one["false"]]
    return found


def drawn(rows: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many of the rows."""
    return random.Random(SEED).sample(list(rows), min(count, len(rows)))


def logit_of(cross: CrossEncoder) -> Scorer:
    """The logit that a passage says what a claim says."""
    return lambda claim, passage: float(cross.score(claim, [passage])[0])


def both(ours: Scorer, before: Scorer) -> Scorer:
    """The logit and the score together, the score's range as wide as the logit's usual one."""
    return lambda claim, passage: ours(claim, passage) + 6 * before(claim, passage)


def scores(rows: Sequence[dict[str, Any]], scorer: Scorer) -> Array:
    """A score for each row."""
    return np.array([scorer(row["claim"], row["passage"]) for row in rows])


def labels(rows: Sequence[dict[str, Any]]) -> Array:
    """1 for supported."""
    return np.array([float(row["supported"]) for row in rows])


def balanced(accepted: NDArray[np.bool_], truth: Array) -> float:
    """Mean of the shares of true and of false ones that are judged rightly."""
    return float((np.mean(accepted[truth == 1]) + np.mean(~accepted[truth == 0])) / 2)


def best_threshold(values: Array, truth: Array) -> float:
    """The threshold of the highest balanced accuracy."""
    return float(max(np.quantile(values, np.linspace(0.02, 0.98, 97)), key=lambda at: balanced(values >= at, truth)))


if __name__ == "__main__":
    main()
