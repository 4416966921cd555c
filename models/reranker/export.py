"""Turn the trained cross-encoder into the int8 graph that is shipped, with probabilities that mean what they say.

    python -m models.reranker.export --data DATA --passages FILE --vectors FOLDER --encoder FOLDER --weights FOLDER
                                     --out FOLDER

Platt scaling (Platt 1999) on the development part: slope and offset of each head's logits, of the int8 graph itself,
over the first passages of the encoder, for questions with and without an answer; folded into the heads, which stay
float32. Needs the project's environment, no torch.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.models.convert import cross_to_onnx
from legalqa.values.relevance import Relevance
from models.training.examples import Material, material, shown
from models.training.pairs import Labelled, wordings

DEPTH = 12  # passages of a question
QUESTIONS = 450
LENGTH = 224  # tokens of question and passage together, as trained
SEED = 20
Array = NDArray[np.float64]


def main() -> None:
    """Calibrate, convert, say what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "passages", "vectors", "encoder", "weights", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--cosine", type=float, default=0.0, help="as `models.training.measure` found it")
    given = parser.parse_args()
    drawn = material(given.data, given.passages, given.vectors, "development")
    asked = [one for one in drawn.labelled if one.right or not one.question.gold]
    asked = random.Random(SEED).sample(asked, min(given.questions, len(asked)))
    encoder = Encoder(given.encoder, 2)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        write(given.weights, plain)
        relevance, evidence = logits(CrossEncoder(plain, 2), encoder, drawn, asked)
    scales = {"relevance": fitted(*relevance), "evidence": fitted(*evidence)}
    for name, (values, labels) in (("relevance", relevance), ("evidence", evidence)):
        slope, offset = scales[name]
        print(f"{name}: {len(labels)} cases, {labels.mean():.4f} of them right; slope {slope:.4f} offset {offset:.4f}; "
              f"Brier {brier(values, labels):.4f} -> {brier(slope * values + offset, labels):.4f}; "
              f"calibration error {error(values, labels):.4f} -> {error(slope * values + offset, labels):.4f}; "
              f"area under ROC {area(values, labels):.4f}", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        scaled(given.weights, Path(scratch), scales)
        write(Path(scratch), given.out, given.cosine)


def write(weights: Path, target: Path, cosine: float = 0.0) -> None:
    """``model.onnx``, ``tokenizer.json`` and ``recipe.json``."""
    target.mkdir(parents=True, exist_ok=True)
    cross_to_onnx(weights, target / "model.onnx")
    shutil.copyfile(weights / "tokenizer.json", target / "tokenizer.json")
    recipe = {"max_tokens": LENGTH, "cosine": cosine}
    (target / "recipe.json").write_text(json.dumps(recipe) + "\n", encoding="utf-8")


def scaled(weights: Path, target: Path, scales: dict[str, tuple[float, float]]) -> None:
    """The weights with each head's logits multiplied and shifted."""
    state = load_file(weights / "model.safetensors")
    for name, (slope, offset) in scales.items():
        state[f"{name}.weight"] = state[f"{name}.weight"] * np.float32(slope)
        state[f"{name}.bias"] = state[f"{name}.bias"] * np.float32(slope) + np.float32(offset)
    save_file(state, target / "model.safetensors")
    for file in ("config.json", "tokenizer.json"):
        shutil.copyfile(weights / file, target / file)


def logits(
    cross: CrossEncoder, encoder: Encoder, drawn: Material, asked: Sequence[Labelled]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Logits and labels: of passages, and of the tokens of right passages."""
    chosen = random.Random(SEED)
    relevance: list[tuple[float, bool]] = []
    evidence: list[tuple[float, bool]] = []
    for labelled in asked:
        question, source = labelled.question, drawn.documents[labelled.question.document]
        wording = chosen.choice(wordings(question, drawn.by_match))
        near = np.argsort(-(drawn.children[source.id] @ encoder.embed([wording], query=True)[0]))[:DEPTH]
        places = [int(index) for index in near if int(index) in labelled.wrong or int(index) in labelled.right]
        candidates = [shown(source.children[index], question.gold) for index in places]
        for index, candidate, read in zip(
            places, candidates, cross.read(wording, [one.text for one in candidates]), strict=True
        ):
            right = index in labelled.right
            relevance.append((logit(read.probability), right))
            if right and candidate.gold is not None:
                evidence += marked(read, candidate.gold)
    return _arrays(relevance), _arrays(evidence)


def marked(read: Relevance, gold: Sequence[tuple[int, int]]) -> list[tuple[float, bool]]:
    """The logit of every token, and whether it is gold."""
    return [
        (logit(probability), any(start < token.end and token.start < end for start, end in gold))
        for token, probability in zip(read.tokens, read.evidence, strict=True)
    ]


def logit(probability: float) -> float:
    """The inverse of the logistic function, finite at both ends."""
    inside = min(max(probability, 1e-12), 1 - 1e-12)
    return float(np.log(inside / (1 - inside)))


def _arrays(pairs: Sequence[tuple[float, bool]]) -> tuple[Array, Array]:
    return np.array([value for value, _ in pairs]), np.array([float(right) for _, right in pairs])


def fitted(values: Array, labels: Array) -> tuple[float, float]:
    """Slope and offset of the logits with the least cross-entropy."""
    slope, offset = regression(values[:, None], labels)
    return float(slope), float(offset)


def regression(features: Array, labels: Array) -> Array:
    """Logistic regression by Newton's method: a weight for each feature [cases, features], and the offset."""
    design = np.hstack([features, np.ones((len(features), 1))])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        likely = logistic(design @ weights)
        hessian = design.T @ (design * (likely * (1 - likely))[:, None]) + 1e-9 * np.eye(len(weights))
        weights = weights - np.linalg.solve(hessian, design.T @ (likely - labels))
    return weights


def brier(values: Array, labels: Array) -> float:
    """Mean squared error of the probabilities."""
    return float(np.mean((logistic(values) - labels) ** 2))


def error(values: Array, labels: Array, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    likely = logistic(values)
    place = np.minimum((likely * bins).astype(int), bins - 1)
    parts = [(place == index) for index in range(bins)]
    return float(sum(part.mean() * abs(likely[part].mean() - labels[part].mean()) for part in parts if part.any()))


def area(values: Array, labels: Array) -> float:
    """Area under the ROC curve: how often a right one is above a wrong one."""
    order = np.argsort(np.argsort(values)) + 1
    right = labels.sum()
    return float((order[labels == 1].sum() - right * (right + 1) / 2) / (right * (len(labels) - right)))


def logistic(values: Array) -> Array:
    """Logits as probabilities."""
    made: Array = 1 / (1 + np.exp(-np.clip(values, -60, 60)))
    return made


if __name__ == "__main__":
    main()
