"""A BERT of a few thousand random weights, in the files that the publishers of encoders use."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
HIDDEN, HEADS, LAYERS, WIDE, VOCABULARY, POSITIONS, EPS = 32, 4, 2, 64, 50, 40, 1e-12


def _shapes(heads: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
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
    linears += [(head, 1, HIDDEN) for head in heads]
    for norm in norms:
        shapes |= {norm + ".weight": (HIDDEN,), norm + ".bias": (HIDDEN,)}
    for name, rows, columns in linears:
        shapes |= {name + ".weight": (rows, columns), name + ".bias": (rows,)}
    return shapes


def random_weights(*heads: str) -> dict[str, Array]:
    """Weights by name; `heads` are linear layers from a state to one number."""
    random = np.random.default_rng(7)
    return {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in _shapes(heads).items()}


def write(folder: Path, weights: dict[str, Array], **changed: object) -> None:
    """``model.safetensors`` and ``config.json``, with some of its values changed."""
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
