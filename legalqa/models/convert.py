"""A BERT encoder (safetensors) as an ONNX graph in int8, without torch: sentence encoders and cross-encoders.

The graph is written node by node over the published weights (Devlin et al. 2019; pooling as in Reimers and Gurevych
2019), with ONNX Runtime's fused `Attention` and `Gelu`. For all-MiniLM-L6-v2 the float32 graph equals a torch export
(cosine 1.0000) at 1.25 times its speed. int8 weights with one scale a channel keep a cosine of 0.987 at 2.3 times the
speed; one scale a tensor falls to 0.92, which is why `per_channel` is not an option here.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from legalqa import offline
from legalqa.errors import EnvironmentFault

Pooling = Literal["mean", "cls"]
_AGREEMENT = 0.95  # least mean cosine between the int8 and the float32 graph; a broken conversion is far below
_HEADS = ("relevance_product", "evidence_product")
_OPSET = 17


def bert_to_onnx(folder: Path, target: Path, pooling: Pooling, *, int8: bool = True) -> None:
    """Convert ``model.safetensors`` and ``config.json`` of `folder` into the ONNX file `target`.

    Inputs of the graph: `input_ids` and `attention_mask`, int64 [batch, tokens]. Output: `embedding`, float32
    [batch, hidden], of unit length. Raises EnvironmentFault if the model is not a BERT that this graph computes, or if
    int8 strays too far from float32.
    """
    _written(_Graph(folder).sentence_encoder(pooling), folder.name, target, int8)


def cross_to_onnx(folder: Path, target: Path, *, int8: bool = True) -> None:
    """Convert a BERT with the linear heads `relevance` (on the first token) and `evidence` (on every token).

    Inputs: `input_ids`, `attention_mask` and `token_type_ids`, int64 [batch, tokens]. Outputs, logits in float32:
    `relevance` [batch] and `evidence` [batch, tokens]. Raises as `bert_to_onnx`.
    """
    _written(_Graph(folder, typed=True).cross_encoder(), folder.name, target, int8)


def _written(model: Any, name: str, target: Path, int8: bool) -> None:
    import onnx

    if not int8:
        onnx.save(model, target)
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        exact = Path(scratch) / "exact.onnx"
        onnx.save(model, exact)
        _quantize(exact, target)
        if (cosine := _agreement(exact, target)) < _AGREEMENT:
            raise EnvironmentFault(
                f"The int8 form of {name} differs from the original (cosine {cosine:.3f}).",
                hint="This encoder cannot be used; choose another.",
            )


def _quantize(exact: Path, target: Path) -> None:
    offline.silence()
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    root.addFilter(_not_preprocessing)
    try:
        quantize_dynamic(
            exact,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_exclude=list(_HEADS),  # a few hundred weights that decide everything
            extra_options={"DefaultTensorType": TensorProto.FLOAT},  # contrib ops have no type inference
        )
    finally:
        root.removeFilter(_not_preprocessing)


def _not_preprocessing(record: logging.LogRecord) -> bool:
    """Drops the runtime's advice to pre-process first: shape inference fails on contrib ops and gains nothing."""
    return "pre-processing before quantization" not in record.getMessage()


def _agreement(exact: Path, other: Path) -> float:
    """Mean cosine of the last output of two graphs over fixed pseudo-random token sequences of 8 to 64 tokens."""
    offline.silence()
    import onnxruntime

    sessions = [onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]) for path in (exact, other)]
    random = np.random.default_rng(0)
    cosines = []
    for length in (8, 16, 32, 64):
        ids = random.integers(1000, 20000, (1, length), dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        wanted = {one.name: inputs[one.name] for one in sessions[0].get_inputs()}
        one, two = (session.run(None, wanted)[-1][0] for session in sessions)
        cosines.append(float(one @ two / (np.linalg.norm(one) * np.linalg.norm(two))))
    return float(np.mean(cosines))


class _Graph:
    """The nodes and weights of one encoder, added in the order of computation. `typed`: it reads pairs of texts."""

    def __init__(self, folder: Path, *, typed: bool = False) -> None:
        from safetensors.numpy import load_file

        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._refuse_other_architectures(folder.name)
        self.weights = {
            name.removeprefix("bert."): np.asarray(array, np.float32)
            for name, array in load_file(folder / "model.safetensors").items()
            if np.issubdtype(array.dtype, np.floating)
        }
        self.typed = typed
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def _refuse_other_architectures(self, name: str) -> None:
        config = self.config
        expected = {"model_type": "bert", "hidden_act": "gelu"}
        wrong = [f"{key} is {config.get(key)!r}" for key, value in expected.items() if config.get(key) != value]
        if config.get("position_embedding_type", "absolute") != "absolute":
            wrong.append("positions are not absolute")
        if wrong:
            raise EnvironmentFault(
                f"{name} is not an encoder that can be converted: {', '.join(wrong)}.",
                hint="Encoders of the BERT family can be added.",
            )

    def sentence_encoder(self, pooling: Pooling) -> Any:
        """The finished ONNX model of a sentence encoder."""
        from onnx import helper

        hidden = self._transformer()
        pooled = self._mean(hidden) if pooling == "mean" else self._first(hidden)
        # nameless as it always was: the hash of the graph names the encoder of every index that was ever made
        self.nodes.append(helper.make_node("LpNormalization", [pooled], ["embedding"], axis=1, p=2))
        return self._model({"embedding": ["batch", self.config["hidden_size"]]})

    def cross_encoder(self) -> Any:
        """The finished ONNX model of a cross-encoder with two heads."""
        hidden = self._transformer()
        first = self._head("relevance", self._first(hidden))
        self._name("relevance", "Squeeze", first, self._index(1))
        self._name("evidence", "Squeeze", self._head("evidence", hidden), self._index(2))
        return self._model({"relevance": ["batch"], "evidence": ["batch", "tokens"]})

    def _model(self, outputs: dict[str, list[Any]]) -> Any:
        from onnx import TensorProto, helper

        names = ["input_ids", "attention_mask", *(["token_type_ids"] if self.typed else [])]
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in names]
        found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
        graph = helper.make_graph(self.nodes, "bert", inputs, found, self.initializers)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)

    def _transformer(self) -> str:
        from onnx import TensorProto

        x = self._embeddings()
        mask = self._op("Cast", "attention_mask", to=TensorProto.INT32)
        for layer in range(self.config["num_hidden_layers"]):
            x = self._layer(x, mask, f"encoder.layer.{layer}.")
        return x

    def _embeddings(self) -> str:
        tables = {kind: self.weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position")}
        length = self._op("Gather", self._op("Shape", "input_ids"), self._index(1))
        positions = self._op("Slice", self._const(tables["position"]), self._index(0), length, self._index(0))
        words = self._op("Gather", self._const(tables["word"]), "input_ids")
        types = self.weights["embeddings.token_type_embeddings.weight"]
        # one text: always type 0
        kind = self._op("Gather", self._const(types), "token_type_ids") if self.typed else self._const(types[0])
        return self._norm(self._op("Add", self._op("Add", words, kind), positions), "embeddings.LayerNorm")

    def _layer(self, x: str, mask: str, prefix: str) -> str:
        parts = [f"{prefix}attention.self.{kind}" for kind in ("query", "key", "value")]
        weight = self._const(np.concatenate([self.weights[part + ".weight"].T for part in parts], axis=1))
        bias = self._const(np.concatenate([self.weights[part + ".bias"] for part in parts]))
        heads = self.config["num_attention_heads"]
        attended = self._op("Attention", x, weight, bias, mask, domain="com.microsoft", num_heads=heads)
        attended = self._linear(attended, prefix + "attention.output.dense")
        x = self._norm(self._op("Add", attended, x), prefix + "attention.output.LayerNorm")
        wide = self._op("Gelu", self._linear(x, prefix + "intermediate.dense"), domain="com.microsoft")
        return self._norm(self._op("Add", self._linear(wide, prefix + "output.dense"), x), prefix + "output.LayerNorm")

    def _mean(self, x: str) -> str:
        from onnx import TensorProto

        mask = self._op("Cast", "attention_mask", to=TensorProto.FLOAT)
        keep = self._op("Unsqueeze", mask, self._index(2))
        total = self._op("ReduceSum", self._op("Mul", x, keep), self._index(1), keepdims=0)
        return self._op("Div", total, self._op("ReduceSum", keep, self._index(1), keepdims=0))

    def _first(self, x: str) -> str:
        first = self._const(np.array(0, np.int64))
        return self._op("Gather", x, first, axis=1)

    def _head(self, name: str, x: str) -> str:
        """A linear head whose multiplication stays in float32."""
        self._name(f"{name}_product", "MatMul", x, self._const(self.weights[name + ".weight"].T))
        return self._op("Add", f"{name}_product", self._const(self.weights[name + ".bias"]))

    def _norm(self, x: str, prefix: str) -> str:
        scale, bias = (self._const(self.weights[f"{prefix}.{part}"]) for part in ("weight", "bias"))
        return self._op("LayerNormalization", x, scale, bias, axis=-1, epsilon=self.config["layer_norm_eps"])

    def _linear(self, x: str, prefix: str) -> str:
        weight, bias = self._const(self.weights[prefix + ".weight"].T), self._const(self.weights[prefix + ".bias"])
        return self._op("Add", self._op("MatMul", x, weight), bias)

    def _index(self, value: int) -> str:
        return self._const(np.array([value], np.int64))

    def _const(self, array: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def _op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        return self._name(f"{kind}_{len(self.nodes)}", kind, *inputs, domain=domain, **attributes)

    def _name(self, name: str, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node whose name is also that of its output."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, domain=domain, **attributes))
        return name
