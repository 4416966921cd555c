"""Fits the weights in ``legalqa/answer/evidence.py`` that decide whether passages answer a question, and says how well.

    python -m bench.fit_evidence [--documents 45] [--cuad ../shared/data/cuad]

For each question of a document: its six nearest 700-character pieces, the one with the answer among them if there is
one. Figures are from five folds grouped by document: no document is in both parts. Beside them the figures of a single
threshold on the best cosine, which is the usual way.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa import settings
from legalqa.answer import evidence
from legalqa.index.encoder import Encoder
from legalqa.values.answer import Passage

PIECE, PASSAGES, FOLDS, RIDGE = 700, 6, 5, 1.0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One question: the signals of its passages, whether they answer, and whether the best sentence is a gold one."""

    document: str
    category: str
    signals: Floats
    answered: bool
    first: bool
    near: bool


class Cached:
    """An encoder that embeds a text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._known = encoder, dict[str, NDArray[np.float32]]()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._encoder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def pieces(text: str) -> list[tuple[int, int]]:
    """Spans of about PIECE characters that end at a line or a sentence where there is one."""
    found, start = [], 0
    while start < len(text):
        end = min(start + PIECE, len(text))
        if end < len(text):
            stop = max(text.rfind("\n", start + PIECE // 2, end), text.rfind(". ", start + PIECE // 2, end))
            end = stop + 1 if stop > 0 else end
        found.append((start, end))
        start = end
    return found


def passages_for(
    document: str, text: str, question: str, gold: Sequence[tuple[int, int]], embed: Cached
) -> list[Passage]:
    """The nearest pieces of the document; if none of them holds an answer, the last makes room for one that does."""
    spans = pieces(text)
    near = embed([text[a:b] for a, b in spans]) @ embed([question])[0]
    chosen = [int(i) for i in np.argsort(-near)[:PASSAGES]]
    holding = [i for i, (a, b) in enumerate(spans) if any(a < end and start < b for start, end in gold)]
    if holding and not set(holding) & set(chosen):
        chosen[-1] = holding[0]
    return [
        Passage(key, document, document, document, (), (), (), *spans[i], float(near[i]), text[slice(*spans[i])])
        for key, i in enumerate(chosen, 1)
    ]


def row(document: str, text: str, entry: dict[str, Any], gold: list[tuple[int, int]], embed: Cached) -> Row | None:
    """None where there is nothing to rank."""
    passages = passages_for(document, text, entry["question"], gold, embed)
    ranked, signals = evidence.rank(entry["question"], passages, embed, embed)
    if not ranked:
        return None
    hits = [any(e.start < end and start < e.end for start, end in gold) for e in ranked]
    return Row(document, entry.get("category", ""), signals, bool(gold), hits[0], any(hits[:3]))


def cuad(folder: Path, documents: int, embed: Cached) -> Iterator[Row]:
    """Rows of the shortest documents: every other one of those under 60,000 characters."""
    entries = [json.loads(line) for line in (folder / "qa.jsonl").open(encoding="utf-8")]
    texts: dict[str, str] = {}
    for name in sorted({entry["doc_id"] for entry in entries}):
        with (folder / "docs" / f"{name}.txt").open(encoding="utf-8", newline="") as file:
            texts[name] = file.read()
    chosen = [name for name, text in texts.items() if len(text) < 60_000][::2][:documents]
    for entry in entries:
        if (name := entry["doc_id"]) in chosen:
            gold = [(answer["start"], answer["end"]) for answer in entry["answers"]]
            if found := row(name, texts[name], entry, gold, embed):
                yield found


def fit(signals: Floats, labels: Floats) -> tuple[Floats, float]:
    """Logistic regression with a ridge, classes weighing the same, by Newton's method: weights and bias."""
    x = np.hstack([signals, np.ones((len(signals), 1))])
    share = labels.mean()
    weight = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    ridge = np.diag([RIDGE] * signals.shape[1] + [0.0])
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (labels - p)) - ridge @ beta
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        beta = beta + np.linalg.solve(hessian, gradient)
    return beta[:-1], float(beta[-1])


def auroc(scores: Floats, labels: Floats) -> float:
    """The chance that an answered question scores above an unanswered one."""
    ranks = np.argsort(np.argsort(scores)) + 1
    positives = labels.sum()
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives)))


def cross_validated(rows: Sequence[Row], groups: Sequence[str]) -> Floats:
    """Probabilities for every row from a model that has not seen a row of its group."""
    fold = {name: number % FOLDS for number, name in enumerate(sorted(set(groups)))}
    signals = np.array([row.signals for row in rows])
    labels = np.array([row.answered for row in rows], float)
    folds = np.array([fold[group] for group in groups])
    out = np.zeros(len(rows))
    for held in range(FOLDS):
        weights, bias = fit(signals[folds != held], labels[folds != held])
        out[folds == held] = 1 / (1 + np.exp(-(signals[folds == held] @ weights + bias)))
    return out


def report(name: str, probabilities: Floats, labels: Floats) -> None:
    """Print how well probabilities tell the answerable from the others."""
    print(f"{name}: AUROC {auroc(probabilities, labels):.3f}")
    for threshold in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        kept, refused = (
            (probabilities[labels == 1] >= threshold).mean(),
            (probabilities[labels == 0] < threshold).mean(),
        )
        print(f"  from {threshold:.2f}: answers {kept:.2f} of the answerable, refuses {refused:.2f} of the others")


def main() -> None:
    """Fit, and print weights and figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=45)
    parser.add_argument("--cuad", type=Path, default=Path("../shared/data/cuad"))
    options = parser.parse_args()
    chosen = settings.load()
    embed = Cached(Encoder(chosen.models / chosen.embedding_model))
    rows = list(cuad(options.cuad, options.documents, embed))
    labels = np.array([row.answered for row in rows], float)
    signals = np.array([row.signals for row in rows])
    answered = [row for row in rows if row.answered]
    print(f"{len(rows)} questions, {len(answered)} answered by their passages")
    first, near = np.mean([r.first for r in answered]), np.mean([r.near for r in answered])
    print(f"best sentence is gold {first:.3f}, one of the best three {near:.3f}")
    single = auroc(signals[:, evidence.SIGNALS.index("top_cosine")], labels)
    print(f"best cosine alone: AUROC {single:.3f}")
    report("unseen documents", cross_validated(rows, [row.document for row in rows]), labels)
    report("unseen kinds of question", cross_validated(rows, [row.category for row in rows]), labels)
    weights, bias = fit(signals, labels)
    print("SIGNALS", evidence.SIGNALS)
    print("_WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), " _BIAS =", round(bias, 2))


if __name__ == "__main__":
    main()
