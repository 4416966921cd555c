"""How well the shipped cross-encoder refuses and points, on documents that it has not seen.

    python -m models.reranker.measure DATA PASSAGES --encoder FOLDER VECTORS --reranker FOLDER

CUAD questions, half of them without an answer. The best of the encoder's first 30 passages is that with the highest
logit and cosine together, as the product orders them. Whether it answers at all is a logistic regression over its
logit and its cosine, fitted on the development part and measured on the test part: area under ROC, and at a few
thresholds the share answered with a passage that touches gold and the share refused rightly. Of the words of a best
passage that holds gold: precision and recall in characters of those marked above one half.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from legalqa.evaluate.split import Part
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from models.reranker.export import area, error, logistic, logit, regression
from models.training.examples import material, shown
from models.training.pairs import Passage, Span, touches

DEPTH = 30


@dataclass(frozen=True)
class Outcome:
    """The best passage for one question. Characters count without white space."""

    answerable: bool
    logit: float
    cosine: float
    touches: bool
    marked: frozenset[int]
    gold: frozenset[int]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--encoder", nargs=2, type=Path, required=True)
    parser.add_argument("--reranker", type=Path, required=True)
    parser.add_argument("--fit", type=int, default=300, help="questions of the development part")
    parser.add_argument("--questions", type=int, default=240, help="questions of the test part")
    given = parser.parse_args()
    development = outcomes(given, "development", given.fit)
    weights = regression(_features(development), _answerable(development))
    print(f"weights of logit and cosine of the best passage, offset: {np.round(weights, 3).tolist()}")
    report(outcomes(given, "test", given.questions), weights)


def outcomes(given: argparse.Namespace, part: Part, count: int) -> list[Outcome]:
    """The best passage for `count` questions of a part."""
    folder, vectors = given.encoder
    encoder, cross = Encoder(folder, 2), CrossEncoder(given.reranker, 2)
    drawn = material(given.data, given.passages, vectors, part)
    rows = [one for one in drawn.labelled if one.question.document.startswith("cuad_")]
    groups = [one for one in rows if one.right], [one for one in rows if not one.question.gold]
    chosen = random.Random(1)
    found = []
    for labelled in (one for group in groups for one in chosen.sample(group, min(count // 2, len(group)))):
        question, source = labelled.question, drawn.documents[labelled.question.document]
        near = drawn.children[source.id] @ encoder.embed([question.text], query=True)[0]
        first = np.argsort(-near)[:DEPTH]
        passages = [source.children[int(index)] for index in first]
        read = cross.read(question.text, [one.head + one.text for one in passages])
        logits = np.array([logit(one.probability) for one in read])
        best = int(np.argmax(logits + cross.cosine * near[first]))
        passage, words = passages[best], zip(read[best].tokens, read[best].evidence, strict=True)
        marked = [(token.start, token.end) for token, likely in words if likely > 0.5]
        found.append(
            Outcome(
                answerable=bool(question.gold),
                logit=float(logits[best]),
                cosine=float(near[first[best]]),
                touches=touches(passage, question.gold),
                marked=_characters(passage, marked),
                gold=_characters(passage, shown(passage, question.gold).gold or ()),
            )
        )
    return found


def report(found: Sequence[Outcome], weights: np.ndarray) -> None:
    """Print what the outcomes are worth under the weights."""
    values, has = _features(found) @ weights[:-1] + weights[-1], _answerable(found)
    print(f"{len(found)} questions, {int(has.sum())} with an answer; area under ROC {area(values, has):.4f}; "
          f"calibration error {error(values, has):.4f}")  # fmt: skip
    right = np.array([one.touches for one in found])
    print(f"the best passage touches gold for {right[has == 1].mean():.4f} of those with an answer")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        given = logistic(values) >= threshold
        print(f"from {threshold}: answered with gold {(right & given)[has == 1].mean():.4f}, "
              f"refused rightly {(~given)[has == 0].mean():.4f}")  # fmt: skip
    pointed = [one for one in found if one.touches and one.gold]
    common = sum(len(one.marked & one.gold) for one in pointed)
    print(f"evidence in characters: precision {common / sum(len(one.marked) for one in pointed):.4f} "
          f"recall {common / sum(len(one.gold) for one in pointed):.4f}")  # fmt: skip


def _features(found: Sequence[Outcome]) -> np.ndarray:
    return np.array([[one.logit, one.cosine] for one in found])


def _answerable(found: Sequence[Outcome]) -> np.ndarray:
    return np.array([float(one.answerable) for one in found])


def _characters(passage: Passage, spans: Sequence[Span]) -> frozenset[int]:
    text = passage.head + passage.text
    return frozenset(at for start, end in spans for at in range(start, end) if not text[at].isspace())


if __name__ == "__main__":
    main()
