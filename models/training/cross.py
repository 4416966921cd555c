"""The cross-encoder in torch: one model, a relevance for the pair and an evidence for every token of the passage."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Encoding, Tokenizer

from models.training import bert

LENGTH = 224  # tokens of question and passage together
TOKENS = 6_000  # with padding, in one forward pass


class Cross(torch.nn.Module):  # type: ignore[misc]  # torch is not in the project's environment
    """An encoder under two linear heads: on the first state the relevance, on every state the evidence; logits.

    The heads are those of the folder if it holds a cross-encoder, otherwise new.
    """

    def __init__(self, folder: Path, *, drop: float = 0.1) -> None:
        super().__init__()
        self.bert = bert.load(folder, drop=drop)
        size = self.bert.config.hidden_size
        self.relevance, self.evidence = torch.nn.Linear(size, 1), torch.nn.Linear(size, 1)
        for head in (self.relevance, self.evidence):
            torch.nn.init.normal_(head.weight, std=0.02)
            torch.nn.init.zeros_(head.bias)
        if "relevance.weight" in (weights := load_file(folder / "model.safetensors")):
            self.load_state_dict(weights)

    def forward(self, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: relevance [batch], evidence [batch, tokens], float32."""
        with torch.autocast("cpu", torch.bfloat16):
            states = self.bert(**inputs).last_hidden_state
        states = states.float()
        return self.relevance(states[:, 0]).squeeze(1), self.evidence(states).squeeze(2)


def stored(folder: Path) -> Cross:
    """A cross-encoder that `save` wrote."""
    model = Cross(folder, drop=0.0)
    model.eval()
    return model


def save(model: Cross, source: Path, target: Path) -> None:
    """The weights, with the configuration and tokenizer of `source`."""
    target.mkdir(parents=True, exist_ok=True)
    state = {name: one.detach().contiguous().clone() for name, one in model.state_dict().items()}
    save_file(state, target / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(source / name, target / name)


def encoded(words: Tokenizer, pairs: Sequence[tuple[str, str]]) -> list[Encoding]:
    """Question and passage as one sequence: types 0 and 1."""
    found: list[Encoding] = words.encode_batch(list(pairs))
    return found


def run(model: Cross, encodings: Sequence[Encoding]) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Relevance [pairs] and, for each pair, the evidence of its tokens, in the order of the pairs."""
    relevance: list[torch.Tensor] = [torch.empty(0)] * len(encodings)
    evidence: list[torch.Tensor] = [torch.empty(0)] * len(encodings)
    for bucket in bert.buckets(encodings, TOKENS):
        scores, marks = model(bert.padded([encodings[index] for index in bucket]))
        for row, index in enumerate(bucket):
            relevance[index], evidence[index] = scores[row], marks[row, : len(encodings[index].ids)]
    return torch.stack(relevance), evidence


def gold_tokens(encoding: Encoding, gold: Sequence[tuple[int, int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Which tokens belong to the passage, bool, and which of them lie in a gold span, float; both [tokens]."""
    ours = torch.tensor([one == 1 for one in encoding.sequence_ids])
    inside = [any(start < high and low < end for start, end in gold) for low, high in encoding.offsets]
    return ours, torch.tensor(inside, dtype=torch.float32) * ours
