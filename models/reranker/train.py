"""Train the cross-encoder that reranks passages and marks the evidence in them.

    python -m models.reranker.train --data DATA --passages FILE --vectors FOLDER --starter FOLDER --initial FOLDER
                                    --out FOLDER [--minutes 60 | --steps N]

Loss of a list of one right and some wrong passages: softmax cross-entropy over the list, binary cross-entropy of every
passage (so that a relevance means the same in every list, and lists without an answer teach to refuse), and binary
cross-entropy of the tokens of the right one. See README.md beside this file.
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
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from models.encoder.train import questions_embedded
from models.training import bert, cross
from models.training.examples import Example, Material, epoch, general, material

SEED = 20
LISTS = 4  # a step
WRONG = 6  # passages in a list
RATE = 5e-5
HEAD_RATE = 5e-4  # the heads start from nothing
UNANSWERED = 0.45  # share of the questions without an answer that a round draws
GENERAL = 0.2  # self-supervised lists for each annotated one


def main() -> None:
    """Train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "passages", "vectors", "starter", "initial", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--lists", type=int, default=LISTS)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--head-rate", type=float, default=HEAD_RATE)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(2)
    drawn = material(given.data, given.passages, given.vectors, "train")
    drawn.asked = questions_embedded(bert.load(given.starter), bert.tokenizer(given.starter, cross.LENGTH), drawn)
    model, words = cross.Cross(given.initial), bert.tokenizer(given.starter, cross.LENGTH, pairs=True)
    optimizer = torch.optim.AdamW(
        [*bert.groups(model.bert), *bert.groups(model.relevance), *bert.groups(model.evidence)]
    )
    rates = [given.rate] * 2 + [given.head_rate] * 4
    schedule = bert.Schedule(optimizer, rates, given.minutes, given.steps)
    model.train()
    began, losses, saved = time.monotonic(), [], time.monotonic()
    for examples in batches(drawn, given.seed, given.lists):
        done = schedule.advance()
        if done >= 1:
            break
        losses.append(step(model, words, examples, optimizer))
        if schedule.step % 10 == 0:
            listwise, single, tokens = np.mean(losses[-30:], axis=0)
            spent = (time.monotonic() - began) / schedule.step
            print(f"step {schedule.step} {done:.3f} lists {listwise:.4f} single {single:.4f} tokens {tokens:.4f} "
                  f"{spent:.2f} s a step", flush=True)  # fmt: skip
        if time.monotonic() - saved > 600:
            cross.save(model, given.starter, given.out)
            saved = time.monotonic()
    cross.save(model, given.starter, given.out)
    print(f"{schedule.step} steps of {given.lists} lists in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def batches(drawn: Material, seed: int, lists: int) -> Iterator[list[Example]]:
    """Batches of lists without end."""
    chosen = random.Random(seed)
    for round_ in range(1_000):
        annotated = epoch(drawn, seed + round_, WRONG, 3, UNANSWERED)
        extra = general(drawn, seed + round_, max(2, int(len(annotated) * GENERAL) // len(drawn.documents) + 1), WRONG)
        pool = annotated + extra[: int(len(annotated) * GENERAL)]
        chosen.shuffle(pool)
        unanswered = sum(one.right is None for one in annotated)
        print(f"round {round_}: {len(annotated)} annotated lists, {unanswered} of them without an answer, "
              f"{len(pool) - len(annotated)} self-supervised", flush=True)  # fmt: skip
        for at in range(0, len(pool) - lists + 1, lists):
            yield pool[at : at + lists]


def step(
    model: cross.Cross, words: Tokenizer, examples: Sequence[Example], optimizer: torch.optim.Optimizer
) -> tuple[float, float, float]:
    """One step; the three losses."""
    pairs: list[tuple[str, str]] = []
    rows = []
    for one in examples:
        candidates = ([one.right] if one.right else []) + list(one.wrong)
        rows.append(range(len(pairs), len(pairs) + len(candidates)))
        pairs += [(one.question, candidate.text) for candidate in candidates]
    encodings = cross.encoded(words, pairs)
    scores, marks = cross.run(model, encodings)
    right = torch.zeros(len(pairs))
    listwise, tokens = [], []
    for one, row in zip(examples, rows, strict=True):
        if one.right is None:
            continue
        right[row[0]] = 1.0
        listwise.append(cross_entropy(scores[row.start : row.stop], torch.tensor(0)))
        if one.right.gold is not None:
            ours, gold = cross.gold_tokens(encodings[row[0]], one.right.gold)
            if ours.any():
                tokens.append(binary_cross_entropy_with_logits(marks[row[0]][ours], gold[ours]))
    single = binary_cross_entropy_with_logits(scores, right)
    zero = scores.sum() * 0
    of_lists = torch.stack(listwise).mean() if listwise else zero
    of_tokens = torch.stack(tokens).mean() if tokens else zero
    (of_lists + single + 0.5 * of_tokens).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return of_lists.item(), single.item(), of_tokens.item()


if __name__ == "__main__":
    main()
