"""The hand-built graph against BERT written out in numpy, on small random weights."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from legalqa.errors import EnvironmentFault
from legalqa.models.convert import Pooling, bert_to_onnx, cross_to_onnx
from tests.models.tiny import EPS, HEADS, HIDDEN, LAYERS, Array, random_weights, write


def _norm(x: Array, w: dict[str, Array], name: str) -> Array:
    scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + EPS)
    return np.asarray(scaled * w[name + ".weight"] + w[name + ".bias"], np.float32)


def _linear(x: Array, w: dict[str, Array], name: str) -> Array:
    return np.asarray(x @ w[name + ".weight"].T + w[name + ".bias"], np.float32)


def _attention(x: Array, w: dict[str, Array], prefix: str) -> Array:
    size = HIDDEN // HEADS
    heads = []
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        query, key, value = (_linear(x, w, prefix + kind)[:, part] for kind in ("query", "key", "value"))
        scores = np.exp(query @ key.T / math.sqrt(size))
        heads.append(scores / scores.sum(-1, keepdims=True) @ value)
    return np.concatenate(heads, axis=1)


def _states(ids: list[int], w: dict[str, Array], types: list[int]) -> Array:
    """Devlin et al. 2019, one text or pair, no padding: [tokens, hidden]."""
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = _norm(x + w["embeddings.token_type_embeddings.weight"][types], w, "embeddings.LayerNorm")
    erf = np.vectorize(math.erf)
    for layer in range(LAYERS):
        p = f"encoder.layer.{layer}."
        attended = _linear(_attention(x, w, p + "attention.self."), w, p + "attention.output.dense")
        x = _norm(x + attended, w, p + "attention.output.LayerNorm")
        wide = _linear(x, w, p + "intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
        x = _norm(x + _linear(wide, w, p + "output.dense"), w, p + "output.LayerNorm")
    return x


def _bert(ids: list[int], w: dict[str, Array], pooling: Pooling) -> Array:
    x = _states(ids, w, [0] * len(ids))
    pooled = x.mean(0) if pooling == "mean" else x[0]
    return np.asarray(pooled / np.linalg.norm(pooled), np.float32)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_graph_computes_bert(tmp_path: Path, pooling: Pooling) -> None:
    import onnxruntime

    weights = random_weights()
    write(tmp_path, weights)
    bert_to_onnx(tmp_path, tmp_path / "exact.onnx", pooling, int8=False)
    session = onnxruntime.InferenceSession(tmp_path / "exact.onnx", providers=["CPUExecutionProvider"])
    texts = [[1, 5, 9, 2], [1, 30, 31, 32, 33, 8, 2]]
    for ids in texts:
        row = np.asarray([ids], np.int64)
        found = session.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0][0]
        assert np.abs(found - _bert(ids, weights, pooling)).max() < 1e-5
    padded = np.asarray([texts[0] + [0, 0, 0], texts[1]], np.int64)
    both = session.run(None, {"input_ids": padded, "attention_mask": np.asarray(padded != 0, np.int64)})[0]
    assert np.abs(both[0] - _bert(texts[0], weights, pooling)).max() < 1e-5


def test_the_cross_encoder_reads_pairs_and_has_two_heads(tmp_path: Path) -> None:
    import onnxruntime

    weights = random_weights("relevance", "evidence")
    write(tmp_path, weights)
    cross_to_onnx(tmp_path, tmp_path / "exact.onnx", int8=False)
    session = onnxruntime.InferenceSession(tmp_path / "exact.onnx", providers=["CPUExecutionProvider"])
    pairs = [([1, 5, 9, 2], [0, 0, 1, 1]), ([1, 30, 31, 2, 33, 8, 2], [0, 0, 0, 0, 1, 1, 1])]
    ids = np.asarray([pairs[0][0] + [0, 0, 0], pairs[1][0]], np.int64)
    types = np.asarray([pairs[0][1] + [0, 0, 0], pairs[1][1]], np.int64)
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": np.asarray(ids != 0, np.int64)}
    relevance, evidence = session.run(["relevance", "evidence"], inputs)
    assert relevance.shape == (2,)
    for row, (tokens, kinds) in enumerate(pairs):
        states = _states(tokens, weights, kinds)
        assert relevance[row] == pytest.approx(_linear(states, weights, "relevance")[0, 0], abs=1e-4)
        wanted = _linear(states, weights, "evidence")[:, 0]
        assert evidence[row, : len(tokens)] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize(
    ("key", "value"),
    [("model_type", "nomic_bert"), ("hidden_act", "silu"), ("position_embedding_type", "relative_key")],
)
def test_other_architectures_are_refused(tmp_path: Path, key: str, value: str) -> None:
    write(tmp_path, random_weights(), **{key: value})
    with pytest.raises(EnvironmentFault, match="not an encoder that can be converted"):
        bert_to_onnx(tmp_path, tmp_path / "encoder.onnx", "mean")
    assert not (tmp_path / "encoder.onnx").exists()


def test_an_int8_graph_that_strays_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from legalqa.models import convert

    write(tmp_path, random_weights())
    monkeypatch.setattr(convert, "_agreement", lambda exact, other: 0.6)
    with pytest.raises(EnvironmentFault, match=r"cosine 0\.600"):
        bert_to_onnx(tmp_path, tmp_path / "encoder.onnx", "mean")
