"""Scores become probabilities that mean what they say, and the shipped heads carry them. No model is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from legalqa.models.convert import cross_to_onnx
from models.reranker.export import area, brier, error, fitted, logistic, logit, regression, scaled
from tests.models import tiny


def test_the_slope_and_offset_behind_labels_are_found_again() -> None:
    random = np.random.default_rng(3)
    values = random.normal(0, 3, 40_000)
    labels = (random.random(40_000) < logistic(0.5 * values - 1.2)).astype(float)
    slope, offset = fitted(values, labels)
    assert slope == pytest.approx(0.5, abs=0.02)
    assert offset == pytest.approx(-1.2, abs=0.05)
    assert error(slope * values + offset, labels) < 0.01 < 0.1 < error(values, labels)
    assert brier(slope * values + offset, labels) < brier(values, labels)
    pair = regression(np.stack([values, random.normal(size=40_000)], axis=1), labels)
    assert pair == pytest.approx([0.5, 0.0, -1.2], abs=0.05)


def test_area_is_how_often_a_right_one_is_above_a_wrong_one() -> None:
    assert area(np.array([3.0, 2.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])) == 1.0
    assert area(np.array([3.0, 2.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0, 1.0])) == 0.25


def test_a_logit_is_finite_at_both_ends() -> None:
    assert np.isfinite([logit(0.0), logit(1.0)]).all()
    assert logistic(np.array([logit(0.3)])) == pytest.approx(0.3)


def test_scales_are_folded_into_the_heads(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    tiny.write(first, tiny.random_weights("relevance", "evidence"))
    weights = (first / "model.safetensors").read_bytes()
    (first / "tokenizer.json").write_text("{}")
    _without_prefix(first)
    scaled(first, second, {"relevance": (0.5, -1.0), "evidence": (2.0, 0.25)})
    assert (first / "model.safetensors").read_bytes() != weights
    outputs = []
    for folder in (first, second):
        cross_to_onnx(folder, folder / "model.onnx", int8=False)
        session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
        ids = np.array([[1, 7, 9, 2]], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.array([[0, 0, 1, 1]])}
        outputs.append(session.run(["relevance", "evidence"], inputs))
    (relevance, evidence), (other, marks) = outputs
    assert other == pytest.approx(0.5 * relevance - 1.0, abs=1e-5)
    assert marks == pytest.approx(2.0 * evidence + 0.25, abs=1e-5)


def _without_prefix(folder: Path) -> None:
    """Heads named as training names them: beside the encoder, not under it."""
    from safetensors.numpy import load_file, save_file

    state = load_file(folder / "model.safetensors")
    heads = ("bert.relevance.", "bert.evidence.")
    named = {name.removeprefix("bert.") if name.startswith(heads) else name: one for name, one in state.items()}
    save_file(named, folder / "model.safetensors")
