"""The hand-built graph against BERT written out in numpy, on small random weights."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from legalqa.errors import EnvironmentFault
from legalqa.models.convert import Pooling, bert_to_onnx

Array = npt.NDArray[np.float32]
HIDDEN, HEADS, LAYERS, WIDE, VOCABULARY, POSITIONS, EPS = 32, 4, 2, 64, 50, 40, 1e-12


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (VOCABULARY, HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
    }
    norms, linears = ["embeddings.LayerNorm"], []
    for layer in range(LAYERS):
        p = f"encoder.layer.{layer}."
        norms += [p + "attention.output.LayerNorm", p + "output.LayerNorm"]
        linears += [(p + f"attention.self.{part}", HIDDEN, HIDDEN) for part in ("query", "key", "value")]
        linears += [(p + "attention.output.dense", HIDDEN, HIDDEN), (p + "intermediate.dense", WIDE, HIDDEN)]
        linears += [(p + "output.dense", HIDDEN, WIDE)]
    for norm in norms:
        shapes |= {norm + ".weight": (HIDDEN,), norm + ".bias": (HIDDEN,)}
    for name, rows, columns in linears:
        shapes |= {name + ".weight": (rows, columns), name + ".bias": (rows,)}
    return shapes


def _random_weights() -> dict[str, Array]:
    random = np.random.default_rng(7)
    return {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in _shapes().items()}


def _write(folder: Path, weights: dict[str, Array], **changed: object) -> None:
    from safetensors.numpy import save_file

    save_file({"bert." + name: array for name, array in weights.items()}, folder / "model.safetensors")
    config = {
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": HIDDEN,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "layer_norm_eps": EPS,
        "max_position_embeddings": POSITIONS,
    }
    (folder / "config.json").write_text(json.dumps(config | changed))


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


def _bert(ids: list[int], w: dict[str, Array], pooling: Pooling) -> Array:
    """Devlin et al. 2019, one text, no padding."""
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = _norm(x + w["embeddings.token_type_embeddings.weight"][0], w, "embeddings.LayerNorm")
    erf = np.vectorize(math.erf)
    for layer in range(LAYERS):
        p = f"encoder.layer.{layer}."
        attended = _linear(_attention(x, w, p + "attention.self."), w, p + "attention.output.dense")
        x = _norm(x + attended, w, p + "attention.output.LayerNorm")
        wide = _linear(x, w, p + "intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
        x = _norm(x + _linear(wide, w, p + "output.dense"), w, p + "output.LayerNorm")
    pooled = x.mean(0) if pooling == "mean" else x[0]
    return np.asarray(pooled / np.linalg.norm(pooled), np.float32)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_graph_computes_bert(tmp_path: Path, pooling: Pooling) -> None:
    import onnxruntime

    weights = _random_weights()
    _write(tmp_path, weights)
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


@pytest.mark.parametrize(
    ("key", "value"),
    [("model_type", "nomic_bert"), ("hidden_act", "silu"), ("position_embedding_type", "relative_key")],
)
def test_other_architectures_are_refused(tmp_path: Path, key: str, value: str) -> None:
    _write(tmp_path, _random_weights(), **{key: value})
    with pytest.raises(EnvironmentFault, match="not an encoder that can be converted"):
        bert_to_onnx(tmp_path, tmp_path / "encoder.onnx", "mean")
    assert not (tmp_path / "encoder.onnx").exists()


def test_an_int8_graph_that_strays_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from legalqa.models import convert

    _write(tmp_path, _random_weights())
    monkeypatch.setattr(convert, "_agreement", lambda exact, other: 0.6)
    with pytest.raises(EnvironmentFault, match=r"cosine 0\.600"):
        bert_to_onnx(tmp_path, tmp_path / "encoder.onnx", "mean")
