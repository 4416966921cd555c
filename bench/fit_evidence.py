"""Fits the weights in ``legalqa/answer/evidence.py`` and says how well they do on documents they have not seen.

    python -m bench.fit_evidence [--documents 20] [--data ../shared/data]

For each question of a document (CUAD, ContractNLI, PrivacyQA): its six nearest 700-character pieces, the one with the
answer among them if there is one. The units are ranked by a conditional logit (McFadden 1974): the chance that a unit
is the gold one among all units of its question. Whether the best one answers is a logistic regression, fitted on
CUAD, the only one of the three with questions that a document does not answer. All figures are from five folds
grouped by document: no document is in both parts. Beside them stand the figures of the cosine alone, the usual way.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legalqa import settings
from legalqa.answer import evidence
from legalqa.engines import load_encoder
from legalqa.index.encoder import Encoder
from legalqa.values.answer import Passage

PIECE, PASSAGES, FOLDS, RIDGE = 700, 6, 5, 1.0
SHARE = 0.5  # of unit or answer that must be in the other for the unit to be a gold one
_CONSIDER = re.compile(r"^Consider [^;]*;\s*")  # names the document: here there is only one
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One question: the signals of its passages, whether they answer, and whether the best sentence is a gold one."""

    document: str
    category: str
    signals: Floats
    answered: bool
    features: Floats  # one row for each unit, unranked
    gold: NDArray[np.bool_]  # of each unit, whether it holds a piece of the answer
    corpus: str


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


def row(text: str, entry: dict[str, Any], gold: list[tuple[int, int]], corpus: str, embed: Cached) -> Row | None:
    """None where there is nothing to rank."""
    question = _CONSIDER.sub("", entry["question"])
    passages = passages_for(entry["doc_id"], text, question, gold, embed)
    found = list(evidence.candidates(passages))
    if not found:
        return None
    known = evidence.features(question, found, embed, embed)
    _, signals = evidence.rank(question, passages, embed, embed)
    spans = [(each.passage.start + each.unit.start, each.passage.start + each.unit.end) for each in found]
    hits = np.array([any(_shared(span, answer) >= SHARE for answer in gold) for span in spans])
    return Row(entry["doc_id"], entry.get("category", ""), signals, bool(gold), known, hits, corpus)


def _shared(unit: tuple[int, int], answer: tuple[int, int]) -> float:
    """Which share of the shorter one both have."""
    both = min(unit[1], answer[1]) - max(unit[0], answer[0])
    return both / max(1, min(unit[1] - unit[0], answer[1] - answer[0]))


def rows_of(folder: Path, documents: int, embed: Cached) -> Iterator[Row]:
    """Rows of the shorter documents: every other one of those under 60,000 characters."""
    entries = [json.loads(line) for line in (folder / "qa.jsonl").open(encoding="utf-8")]
    texts: dict[str, str] = {}
    for name in sorted({entry["doc_id"] for entry in entries}):
        with (folder / "docs" / f"{name}.txt").open(encoding="utf-8", newline="") as file:
            texts[name] = file.read()
    chosen = [name for name, text in texts.items() if len(text) < 60_000][::2][:documents]
    for entry in entries:
        if (name := entry["doc_id"]) in chosen:
            gold = [(answer["start"], answer["end"]) for answer in entry["answers"]]
            if found := row(texts[name], entry, gold, folder.name, embed):
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


def fit_ranking(rows: Sequence[Row]) -> Floats:
    """Weights of a conditional logit with a ridge, by Newton's method; a question's gold units share its label."""
    beta = np.zeros(len(evidence.FEATURES))
    for _ in range(15):
        gradient, hessian = -RIDGE * beta, RIDGE * np.eye(len(beta))
        for each in rows:
            scores = each.features @ beta
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            gold = chances * each.gold / (chances * each.gold).sum()
            mean = chances @ each.features
            gradient += gold @ each.features - mean
            centred = each.features - mean
            hessian += (centred * chances[:, None]).T @ centred
        beta = beta + np.linalg.solve(hessian, gradient)
    return beta


def rankable(rows: Sequence[Row]) -> list[Row]:
    """The rows with a gold unit and another."""
    return [each for each in rows if each.gold.any() and not each.gold.all()]


def first_and_near(scores: Sequence[Floats], rows: Sequence[Row]) -> tuple[float, float]:
    """Shares of questions whose best unit is a gold one, and that have one among the best three."""
    orders = [np.argsort(-each, kind="stable") for each in scores]
    first = np.mean([row.gold[order[0]] for row, order in zip(rows, orders, strict=True)])
    return float(first), float(np.mean([row.gold[order[:3]].any() for row, order in zip(rows, orders, strict=True)]))


def report_ranking(rows: Sequence[Row]) -> None:
    """Print how often the best unit is a gold one, by corpus: cosine alone, weights in the code, fitted elsewhere."""
    fold = {name: number % FOLDS for number, name in enumerate(sorted({row.document for row in rows}))}
    fitted = [fit_ranking([row for row in rows if fold[row.document] != held]) for held in range(FOLDS)]
    present = np.array(evidence.SCORE)
    for corpus in sorted({row.corpus for row in rows}):
        own = [row for row in rows if row.corpus == corpus]
        ways = {
            "cosine alone": [row.features[:, 0] for row in own],
            "weights in the code": [row.features @ present for row in own],
            "fitted on other documents": [row.features @ fitted[fold[row.document]] for row in own],
        }
        for name, scores in ways.items():
            first, near = first_and_near(scores, own)
            print(f"{corpus}, {len(own)} questions, {name}: best unit gold {first:.3f}, one of best three {near:.3f}")


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
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    chosen = settings.load()
    embed = Cached(load_encoder(chosen))
    everything = [
        row
        for corpus in ("cuad", "contractnli", "privacy_qa")
        for row in rows_of(options.data / corpus, options.documents, embed)
    ]
    report_ranking(rankable(everything))
    weights = fit_ranking(rankable(everything))
    print("FEATURES", evidence.FEATURES)
    print("SCORE =", tuple(round(float(weight / weights[:3].sum()), 3) for weight in weights))
    rows = [row for row in everything if row.corpus == "cuad"]
    labels = np.array([row.answered for row in rows], float)
    signals = np.array([row.signals for row in rows])
    print(f"{len(rows)} questions, {int(labels.sum())} answered by their passages")
    single = auroc(signals[:, evidence.SIGNALS.index("top_cosine")], labels)
    print(f"best cosine alone: AUROC {single:.3f}")
    report("unseen documents", cross_validated(rows, [row.document for row in rows]), labels)
    report("unseen kinds of question", cross_validated(rows, [row.category for row in rows]), labels)
    weights, bias = fit(signals, labels)
    print("SIGNALS", evidence.SIGNALS)
    print("_WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), " _BIAS =", round(bias, 2))


if __name__ == "__main__":
    main()
