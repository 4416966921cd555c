"""GGUF files written for tests: models and LoRA adapters as small as they get, and broken ones."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

Value = str | int | float
Array = npt.NDArray[np.float32]
ALIGNMENT = 32


def text(value: str) -> bytes:
    """A text as the format writes it."""
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _encoded(value: Value) -> tuple[int, bytes]:
    if isinstance(value, str):
        return 8, text(value)
    return (4, struct.pack("<I", value)) if isinstance(value, int) else (6, struct.pack("<f", value))


def encoded(keys: Mapping[str, Value], tensors: Mapping[str, Array], version: int = 3) -> bytes:
    """A file of these keys and tensors (float32; numpy's shape, slowest first)."""
    header = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys))
    for key, value in keys.items():
        kind, raw = _encoded(value)
        header += text(key) + struct.pack("<I", kind) + raw
    data = b""
    for name, array in tensors.items():
        shape = array.shape[::-1]
        header += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += array.astype("<f4").tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    return header + bytes(-len(header) % ALIGNMENT) + data


def adapter(
    path: Path, *, architecture: str = "llama", inside: int = 576, outside: int = 576, strength: float = 0.0
) -> Path:
    """A LoRA adapter of rank 4 for the attention's output of the starter model's first ten blocks (576 wide)."""
    random = np.random.default_rng(3)
    tensors = {}
    for block in range(10):
        name = f"blk.{block}.attn_output.weight"
        tensors[f"{name}.lora_a"] = random.normal(0, 1, (4, inside)).astype(np.float32)
        tensors[f"{name}.lora_b"] = (strength * random.normal(0, 1, (outside, 4))).astype(np.float32)
    keys: dict[str, Value] = {
        "general.architecture": architecture,
        "general.type": "adapter",
        "general.license": "Apache-2.0",
        "adapter.type": "lora",
        "adapter.lora.alpha": 4.0,
    }
    path.write_bytes(encoded(keys, tensors))
    return path
