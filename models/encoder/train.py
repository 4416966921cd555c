"""Train the embedding: InfoNCE over in-batch and hard negatives (van den Oord et al. 2018; Henderson et al. 2017).

    python -m models.encoder.train --data DATA --passages FILE --vectors FOLDER --starter FOLDER --out FOLDER
                                   [--minutes 16 | --steps N]

See README.md beside this file for the whole recipe. A passage that answers another question of the batch too, of the
same kind or known to, is masked: it is no negative.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from models.training import bert
from models.training.examples import Example, Material, epoch, general, material
from models.training.pairs import wordings

SEED = 20
LENGTH = 160  # tokens
BATCH = 48
RATE = 2e-5
SCALE = 20.0
TOKENS = 6_000  # with padding, in one forward pass


def main() -> None:
    """Train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "passages", "vectors", "starter", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=16.0)
    parser.add_argument("--steps", type=int, default=0)
    given = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    model, words = bert.load(given.starter), bert.tokenizer(given.starter, LENGTH)
    drawn = material(given.data, given.passages, given.vectors, "train")
    drawn.asked = questions_embedded(model, words, drawn)
    optimizer = torch.optim.AdamW(bert.groups(model))
    schedule = bert.Schedule(optimizer, [RATE, RATE], given.minutes, given.steps)
    model.train()
    began, losses = time.monotonic(), []
    for examples in batches(drawn):
        done = schedule.advance()
        if done >= 1:
            break
        losses.append(step(model, words, examples, optimizer))
        if schedule.step % 10 == 0:
            spent = time.monotonic() - began
            loss, pace = np.mean(losses[-20:]), spent / schedule.step
            print(f"step {schedule.step} {done:.3f} loss {loss:.4f} {pace:.2f} s a step", flush=True)
        if schedule.step % 100 == 0:
            bert.save(model, given.starter, given.out)
    bert.save(model, given.starter, given.out)
    print(f"{schedule.step} steps of {BATCH} in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def batches(drawn: Material) -> Iterator[list[Example]]:
    """Batches of examples without end: four of five annotated, the fifth self-supervised."""
    chosen = random.Random(SEED)
    for round_ in range(1_000):
        annotated = [one for one in epoch(drawn, SEED + round_, 1, 3, 0.0) if one.wrong]
        extra = general(drawn, SEED + round_, max(2, len(annotated) // 4 // len(drawn.documents)), 1)
        pool = annotated + extra[: len(annotated) // 4]
        chosen.shuffle(pool)
        print(f"round {round_}: {len(annotated)} annotated, {len(pool) - len(annotated)} self-supervised", flush=True)
        for at in range(0, len(pool) - BATCH + 1, BATCH):
            yield pool[at : at + BATCH]


def step(
    model: torch.nn.Module, words: Tokenizer, examples: Sequence[Example], optimizer: torch.optim.Optimizer
) -> float:
    """One step of InfoNCE; the loss."""
    asked = [one.question for one in examples]
    texts = [one.right.text for one in examples if one.right] + [one.wrong[0].text for one in examples]
    vectors = embedded(model, words, asked + texts)
    scores = SCALE * vectors[: len(asked)] @ vectors[len(asked) :].T
    scores = scores.masked_fill(not_negatives(examples), float("-inf"))
    loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(asked)))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss)


def not_negatives(examples: Sequence[Example]) -> torch.Tensor:
    """Bool [questions, 2 x questions]: passages that answer a question which they are not paired with."""
    labels = [one.right_kinds | {one.kind} for one in examples] + [one.wrong_kinds[0] for one in examples]
    texts = [one.right.text if one.right else "" for one in examples] + [one.wrong[0].text for one in examples]
    mask = torch.zeros(len(examples), len(labels), dtype=torch.bool)
    for row, one in enumerate(examples):
        own = texts[row]
        for column, known in enumerate(labels):
            mask[row, column] = column != row and (one.kind in known or texts[column] == own)
    return mask


def embedded(model: torch.nn.Module, words: Tokenizer, texts: Sequence[str]) -> torch.Tensor:
    """Unit vectors of the texts, by the mean of their tokens' states, float32 [texts, size]."""
    encodings = words.encode_batch(list(texts))
    pieces, order = [], []
    for bucket in bert.buckets(encodings, TOKENS):
        inputs = bert.padded([encodings[index] for index in bucket])
        with torch.autocast("cpu", torch.bfloat16):
            states = model(**inputs).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(2).float()
        pieces.append((states.float() * mask).sum(1) / mask.sum(1))
        order += bucket
    placed = torch.cat(pieces)[torch.argsort(torch.tensor(order))]
    return torch.nn.functional.normalize(placed, dim=1)


def questions_embedded(model: torch.nn.Module, words: Tokenizer, drawn: Material) -> dict[str, np.ndarray]:
    """The vector of every wording, to mine with."""
    model.eval()
    ways = sorted({way for one in drawn.labelled for way in wordings(one.question, drawn.by_match)})
    with torch.no_grad():
        return dict(zip(ways, embedded(model, words, ways).numpy(), strict=True))


if __name__ == "__main__":
    main()
