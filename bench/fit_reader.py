"""Fits the weights of ``legalqa/answer/reader.py``, and says how well they do on documents they have not seen.

    python -m bench.fit_reader DATA --matter FOLDER [--questions 600] [--reader FOLDER] [--encoder FOLDER]
                               [--cache FILE]

The questions of CUAD's and ContractNLI's development part, as many of CUAD's without an answer as with one; passages as
in `bench.reader`. One softmax over the units of a question and *nothing* (a conditional logit, McFadden 1974, with a
ridge over standardised signs), by Newton's method. Questions whose answer is not among the passages teach nothing.
The figures are from five folds grouped by document; the weights printed at the end are from all.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.reader import Asked, Bench, auroc, hits, questions
from legalqa.answer import evidence, reader
from legalqa.answer.evidence import Candidate, Floats

FOLDS, RIDGE = 5, 3.0
SETS = {"cuad": 1.0, "contractnli": 2.0}  # and what a question of each weighs
NEAR = (0.5, 0.7, 1.0, 1.4)


@dataclass(frozen=True)
class Row:
    """One question: the signs of its units, which of them are gold, and what it weighs."""

    document: str
    set: str
    answerable: bool
    signs: Floats
    gold: NDArray[np.bool_]
    weight: float


def row(asked: Asked, set_name: str, found: Sequence[Candidate], signs: Floats) -> Row:
    """A question with what is known of its units."""
    gold = [hits(one.passage.start + one.unit.start, one.passage.start + one.unit.end, asked.gold) for one in found]
    return Row(asked.document, set_name, bool(asked.gold), signs, np.array(gold, bool), SETS[set_name])


def fit(rows: Sequence[Row]) -> tuple[Floats, float]:
    """Weights and bias; nothing has the score 0."""
    every = np.concatenate([one.signs for one in rows])
    mean, spread = every.mean(axis=0), every.std(axis=0) + 1e-9
    used = [one for one in rows if one.gold.any() or not one.answerable]
    balance = sum(one.answerable for one in used if one.set == "cuad") / sum(not one.answerable for one in used)
    size = every.shape[1]
    ridge, beta = RIDGE * np.diag([1.0] * size + [1e-6]), np.zeros(size + 1)
    for _ in range(25):
        gradient, hessian = -ridge @ beta, ridge.copy()
        for one in used:
            design = np.hstack([(one.signs - mean) / spread, np.ones((len(one.gold), 1))])
            design = np.vstack([design, np.zeros(size + 1)])
            gold = np.append(one.gold, not one.answerable)
            chances = _softmax(design @ beta)
            right = chances * gold / (chances * gold).sum()
            weight = one.weight * (1.0 if one.answerable else balance)
            expected = chances @ design
            gradient += weight * (right @ design - expected)
            centred = design - expected
            hessian += weight * (centred * chances[:, None]).T @ centred
        beta = beta + np.linalg.solve(hessian, gradient)
    weights = beta[:-1] / spread
    return weights, float(beta[-1] - weights @ mean)


def _softmax(scores: Floats) -> Floats:
    chances = np.exp(scores - scores.max())
    told: Floats = chances / chances.sum()
    return told


def cross_validated(rows: Sequence[Row]) -> list[Floats]:
    """The scores of each question's units by weights that have not seen its document."""
    fold = {name: number % FOLDS for number, name in enumerate(sorted({one.document for one in rows}))}
    fitted = [fit([one for one in rows if fold[one.document] != held]) for held in range(FOLDS)]
    return [one.signs @ fitted[fold[one.document]][0] + fitted[fold[one.document]][1] for one in rows]


def report(name: str, rows: Sequence[Row], scores: Sequence[Floats]) -> None:
    """Print how often the best units are gold, how the chances tell, and what quoting more of them brings."""
    pairs = list(zip(rows, scores, strict=True))
    answered = [(one, each) for one, each in pairs if one.answerable]
    orders = [(one, each, np.argsort(-each, kind="stable")) for one, each in answered]
    first, two = (float(np.mean([one.gold[order[:k]].any() for one, _, order in orders])) for k in (1, 2))
    print(f"{name}: {len(answered)} of {len(rows)} answerable, best unit gold {first:.3f}, one of two {two:.3f}")
    for near in NEAR:
        quoted = [one.gold[[i for i in order[:3] if each[i] >= each[order[0]] - near]] for one, each, order in orders]
        told = np.concatenate(quoted)
        print(f"  quoted within {near}: one gold {np.mean([one.any() for one in quoted]):.3f}, "
              f"{len(told) / len(quoted):.2f} units, {told.mean():.3f} of them gold")  # fmt: skip
    if len(answered) == len(rows):
        return
    chances = np.array([reader.probability(each) for each in scores])
    said = np.array([one.answerable for one in rows])
    print(f"  AUROC {auroc(chances, said):.3f}; from 0.5 on answered {(chances[said] >= 0.5).mean():.3f}, "
          f"refused of the others {(chances[~said] < 0.5).mean():.3f}")  # fmt: skip


def rows_of(bench: Bench, set_name: str, some: Sequence[Asked]) -> list[Row]:
    """The questions of a set, as far as there are units to choose from."""
    made = []
    for asked in some:
        passages = bench.passages(asked)
        if found := list(evidence.candidates(passages)):
            embed = bench.encoder.embed
            made.append(row(asked, set_name, found, reader.signs(asked.text, found, embed, embed, bench.trained.read)))
    return made


def main() -> None:
    """Fit, and print weights and figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--matter", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=600, help="of a set, half of them without an answer")
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--reranker", type=Path)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    bench = Bench(given.matter, given.encoder, given.reader, given.reranker, given.cache)
    drawn = {name: questions(given.data / name, ["development"], given.questions) for name in SETS}
    bench.hold(given.data, drawn)
    rows = [one for name, some in drawn.items() for one in rows_of(bench, name, some)]
    bench.close()
    scores = cross_validated(rows)
    for name in SETS:
        own = [index for index, one in enumerate(rows) if one.set == name]
        report(name, [rows[index] for index in own], [scores[index] for index in own])
    weights, bias = fit(rows)
    print("SIGNS", reader.SIGNS)
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), " BIAS =", round(bias, 2))


if __name__ == "__main__":
    main()
