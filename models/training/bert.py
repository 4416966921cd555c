"""The starter encoder in torch: weights in and out as published (safetensors), batches that waste little padding."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer
from transformers import BertConfig, BertModel


def load(folder: Path, *, drop: float = 0.1) -> BertModel:
    """The encoder of a folder with ``config.json`` and ``model.safetensors``; `drop` is the dropout."""
    table = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    table |= {"hidden_dropout_prob": drop, "attention_probs_dropout_prob": drop, "attn_implementation": "sdpa"}
    model = BertModel(BertConfig(**table), add_pooling_layer=False)
    stored = {name.removeprefix("bert."): one for name, one in load_file(folder / "model.safetensors").items()}
    missing, _ = model.load_state_dict(stored, strict=False)
    if missing:
        raise ValueError(f"{folder} lacks {missing[:3]}")
    return model


def save(model: torch.nn.Module, source: Path, target: Path) -> None:
    """The weights as ``model.safetensors``, with the configuration and tokenizer of `source`."""
    target.mkdir(parents=True, exist_ok=True)
    save_file({name: one.detach().contiguous().clone() for name, one in model.state_dict().items()},
              target / "model.safetensors")  # fmt: skip
    for name in ("config.json", "tokenizer.json"):
        if source != target:
            shutil.copyfile(source / name, target / name)


def tokenizer(folder: Path, length: int, *, pairs: bool = False) -> Tokenizer:
    """The tokenizer as the product uses it: no padding, special tokens are text; of `pairs` the second is cut."""
    made = Tokenizer.from_file(str(folder / "tokenizer.json"))
    made.no_padding()
    made.enable_truncation(length, strategy="only_second" if pairs else "longest_first")
    made.encode_special_tokens = True
    return made


def buckets(encodings: Sequence[Encoding], tokens: int) -> Iterator[list[int]]:
    """Indices of texts of like length, at most `tokens` with padding in each bucket."""
    order = sorted(range(len(encodings)), key=lambda index: len(encodings[index].ids))
    bucket: list[int] = []
    for index in order:
        if bucket and len(encodings[index].ids) * (len(bucket) + 1) > tokens:
            yield bucket
            bucket = []
        bucket.append(index)
    if bucket:
        yield bucket


def padded(encodings: Sequence[Encoding]) -> dict[str, torch.Tensor]:
    """`input_ids`, `token_type_ids` and `attention_mask`, int64 [batch, tokens]."""
    length = max(len(one.ids) for one in encodings)
    shape = (len(encodings), length)
    ids, kinds, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    for row, one in enumerate(encodings):
        count = len(one.ids)
        ids[row, :count] = torch.tensor(one.ids)
        kinds[row, :count] = torch.tensor(one.type_ids)
        mask[row, :count] = 1
    return {"input_ids": ids, "token_type_ids": kinds, "attention_mask": mask}


@dataclass
class Schedule:
    """How far a training is, by steps or by minutes, and the learning rate there: warm-up, then linear to nothing."""

    optimizer: torch.optim.Optimizer
    rates: list[float]
    minutes: float
    steps: int
    warm: float = 0.06
    step: int = 0
    began: float = 0.0

    def advance(self) -> float:
        """One step on; the share of the training that is done, 1 or more at its end."""
        self.began = self.began or time.monotonic()
        done = self.step / self.steps if self.steps else (time.monotonic() - self.began) / 60 / self.minutes
        scale = min(done / self.warm, (1 - done) / (1 - self.warm)) if self.step > 4 else 0.05
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * max(scale, 0.0)
        self.step += 1
        return done


def groups(model: torch.nn.Module, decay: float = 0.01) -> list[dict[str, Any]]:
    """Weights that decay, and biases and norms that do not."""
    named = list(model.named_parameters())
    plain = [one for name, one in named if one.ndim == 1]
    return [{"params": [one for name, one in named if one.ndim > 1], "weight_decay": decay},
            {"params": plain, "weight_decay": 0.0}]  # fmt: skip
