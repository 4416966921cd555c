"""Train the support checker: does the passage say what the claim says?

    python -m models.support.train --pairs FILE --starter FOLDER --initial FOLDER --out FOLDER [--minutes 25]
                                   [--sets cuad,maud,distractors] [--threads 1]

A cross-encoder over claim and passage, in this order, binary cross-entropy of the `relevance` head alone; the head for
evidence stays as it was. `--sets` are the sources that it may learn from: what is left out is unseen. See README.md.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from models.training import bert, cross

SEED = 20
LENGTH = 256  # tokens of claim and passage together
PAIRS = 32  # a step
RATE = 8e-5
HEAD_RATE = 5e-4


def main() -> None:
    """Train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pairs", "starter", "initial", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--sets", default="cuad,maud,distractors")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--longest", type=int, default=10_000, help="characters of claim and passage together")
    parser.add_argument("--frozen", type=int, default=0, help="layers from the bottom that stay as they are")
    parser.add_argument("--rate", type=float, default=RATE)
    given = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(given.threads)
    rows = [row for row in read(given.pairs, "train") if row["set"] in given.sets.split(",")]
    rows = [row for row in rows if len(row["claim"]) + len(row["passage"]) <= given.longest]
    print(f"{len(rows)} pairs", flush=True)
    model, words = cross.Cross(given.initial), bert.tokenizer(given.starter, LENGTH, pairs=True)
    freeze(model, given.frozen)
    optimizer = torch.optim.AdamW([*bert.groups(model.bert), *bert.groups(model.relevance)])
    schedule = bert.Schedule(optimizer, [given.rate] * 2 + [HEAD_RATE] * 2, given.minutes, given.steps)
    model.train()
    losses: list[float] = []
    saved = began = time.monotonic()
    for batch in batches(rows):
        done = schedule.advance()
        if done >= 1:
            break
        scores, _ = cross.run(model, cross.encoded(words, [(row["claim"], row["passage"]) for row in batch]))
        right = torch.tensor([float(row["supported"]) for row in batch])
        loss = binary_cross_entropy_with_logits(scores, right)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if schedule.step % 10 == 0:
            spent = (time.monotonic() - began) / schedule.step
            print(f"step {schedule.step} {done:.3f} loss {np.mean(losses[-60:]):.4f} {spent:.2f} s a step", flush=True)
        if time.monotonic() - saved > 300:
            cross.save(model, given.starter, given.out)
            saved = time.monotonic()
    cross.save(model, given.starter, given.out)
    print(f"{schedule.step} steps of {PAIRS} pairs in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def freeze(model: cross.Cross, layers: int) -> None:
    """Leave the embeddings and that many layers as they are: most of the time goes into the backward pass."""
    still = ("bert.embeddings.", *(f"bert.encoder.layer.{layer}." for layer in range(layers)))
    for name, one in model.named_parameters():
        one.requires_grad = not (layers and name.startswith(still))


def read(file: Path, part: str) -> list[dict[str, Any]]:
    """The rows of one part."""
    with file.open(encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["part"] == part]


def batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Batches without end, the rows in another order each round."""
    chosen = random.Random(SEED)
    while True:
        chosen.shuffle(rows)
        for at in range(0, len(rows) - PAIRS + 1, PAIRS):
            yield rows[at : at + PAIRS]


if __name__ == "__main__":
    main()
