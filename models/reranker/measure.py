"""How well the shipped cross-encoder refuses and points, on documents that it has not seen.

    python -m models.reranker.measure DATA PASSAGES --encoder FOLDER VECTORS --reranker FOLDER [--part test]

For CUAD questions with and without an answer: the highest probability among the encoder's first 30 passages, as a sign
that there is an answer (area under ROC; answered and wrongly answered at a few thresholds), and whether the best
passage then holds gold. For passages that hold gold: precision and recall in characters of the words marked above one
half.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np

from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from models.reranker.export import area, error, logit
from models.training.examples import material, shown
from models.training.pairs import touches

DEPTH = 30


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--encoder", nargs=2, type=Path, required=True)
    parser.add_argument("--reranker", type=Path, required=True)
    parser.add_argument("--part", default="test")
    parser.add_argument("--questions", type=int, default=400)
    given = parser.parse_args()
    folder, vectors = given.encoder
    encoder, cross = Encoder(folder, 2), CrossEncoder(given.reranker, 2)
    drawn = material(given.data, given.passages, vectors, given.part)
    rows = [one for one in drawn.labelled if one.question.document.startswith("cuad_")]
    chosen = random.Random(1)
    asked = [one for group in ([r for r in rows if r.right], [r for r in rows if not r.question.gold])
             for one in chosen.sample(group, min(given.questions // 2, len(group)))]  # fmt: skip
    best, answered, right, common, marked, gold_length = [], [], [], 0, 0, 0
    for labelled in asked:
        question, source = labelled.question, drawn.documents[labelled.question.document]
        near = np.argsort(-(drawn.children[source.id] @ encoder.embed([question.text], query=True)[0]))[:DEPTH]
        passages = [source.children[int(index)] for index in near]
        read = cross.read(question.text, [one.head + one.text for one in passages])
        top = max(range(len(read)), key=lambda index: read[index].probability)
        best.append(read[top].probability)
        answered.append(float(bool(question.gold)))
        right.append(touches(passages[top], question.gold))
        gold = shown(passages[top], question.gold).gold
        if right[-1] and gold is not None:
            words = {at for token, likely in zip(read[top].tokens, read[top].evidence, strict=True) if likely > 0.5
                     for at in range(token.start, token.end)}  # fmt: skip
            inside = {at for start, end in gold for at in range(start, end)
                      if not (passages[top].head + passages[top].text)[at].isspace()}  # fmt: skip
            common, marked, gold_length = common + len(words & inside), marked + len(words), gold_length + len(inside)
    likely, has = np.array(best), np.array(answered)
    values = np.array([logit(one) for one in best])
    print(f"{len(asked)} questions, {int(has.sum())} with an answer; area under ROC {area(values, has):.4f}; "
          f"calibration error {error(values, has):.4f}")  # fmt: skip
    hit = np.array(right)[has == 1]
    print(f"the best passage touches gold for {hit.mean():.4f} of those with an answer")
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        shown_ = likely >= threshold
        print(f"from {threshold}: answered with gold {(np.array(right) & shown_)[has == 1].mean():.4f}, "
              f"refused rightly {(~shown_)[has == 0].mean():.4f}")  # fmt: skip
    print(f"evidence in characters: precision {common / max(marked, 1):.4f} recall {common / max(gold_length, 1):.4f}")


if __name__ == "__main__":
    main()
