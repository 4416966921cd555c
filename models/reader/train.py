"""Train the reader: the reranker's network, taught to say that none of the passages shown answers.

    python -m models.reader.train --data DATA --passages FILE --vectors FOLDER --encoder FOLDER --initial FOLDER
                                  --out FOLDER [--minutes 40] [--seed 40]

DATA is the development data, FILE and FOLDER are what `models.training.passages` and `embed` wrote, the encoder is that
of the vectors in torch, `--initial` the weights of a cross-encoder (`cross.save`). See README.md beside this file.
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
from models.training.examples import SETS, Example, Material, epoch, general, material

SEED = 40
LISTS = 6  # a step
WRONG = 4  # passages in a list beside the right one
DEPTH = 10  # of the passages nearest to the question, so many may be the wrong ones: those that a question meets
RATE = 3e-5
HEAD_RATE = 1e-4
UNANSWERED = 0.8  # share of the questions without an answer that a round draws
GENERAL = 0.08  # self-supervised lists for each annotated one


def main() -> None:
    """Train, and keep the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "passages", "vectors", "encoder", "initial", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    drawn = material(given.data, given.passages, given.vectors, "train", given.sets)
    drawn.asked = questions_embedded(bert.load(given.encoder), bert.tokenizer(given.encoder, cross.LENGTH), drawn)
    model, words = cross.Cross(given.initial), bert.tokenizer(given.initial, cross.LENGTH, pairs=True)
    model.bert.embeddings.requires_grad_(False)  # the words are known; what is left trains a quarter faster
    learning = [[one for one in group["params"] if one.requires_grad] for part in (model.bert, model.relevance,
                model.evidence) for group in bert.groups(part)]  # fmt: skip
    optimizer = torch.optim.AdamW([{"params": one} for one in learning], weight_decay=0.01)
    rates = [given.rate] * 2 + [HEAD_RATE] * 4
    schedule = bert.Schedule(optimizer, rates, given.minutes, given.steps)
    model.train()
    began, losses, saved = time.monotonic(), [], time.monotonic()
    for examples in batches(drawn, given.seed):
        done = schedule.advance()
        if done >= 1:
            break
        losses.append(step(model, words, examples, optimizer))
        if schedule.step % 20 == 0:
            listwise, tokens = np.mean(losses[-60:], axis=0)
            spent = (time.monotonic() - began) / schedule.step
            print(f"step {schedule.step} {done:.3f} lists {listwise:.4f} tokens {tokens:.4f} {spent:.2f} s a step",
                  flush=True)  # fmt: skip
        if time.monotonic() - saved > 600:
            cross.save(model, given.initial, given.out)
            saved = time.monotonic()
    cross.save(model, given.initial, given.out)
    print(f"{schedule.step} steps of {LISTS} lists in {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


def batches(drawn: Material, seed: int) -> Iterator[list[Example]]:
    """Batches of lists without end."""
    chosen = random.Random(seed)
    for round_ in range(1_000):
        annotated = epoch(drawn, seed + round_, WRONG, 2, UNANSWERED, depth=DEPTH)
        extra = general(drawn, seed + round_, max(2, int(len(annotated) * GENERAL) // len(drawn.documents) + 1), WRONG)
        pool = annotated + extra[: int(len(annotated) * GENERAL)]
        chosen.shuffle(pool)
        unanswered = sum(one.right is None for one in annotated)
        print(f"round {round_}: {len(annotated)} annotated lists, {unanswered} of them without an answer, "
              f"{len(pool) - len(annotated)} self-supervised", flush=True)  # fmt: skip
        for at in range(0, len(pool) - LISTS + 1, LISTS):
            yield pool[at : at + LISTS]


def step(
    model: cross.Cross, words: Tokenizer, examples: Sequence[Example], optimizer: torch.optim.Optimizer
) -> tuple[float, float]:
    """One step; its losses.

    Of a list: softmax cross-entropy over its passages and *nothing*, whose logit is 0 (Clark and Gardner 2018), so that
    the logits of one question add up to the odds that something answers. Of the tokens of a right passage: binary
    cross-entropy.
    """
    pairs: list[tuple[str, str]] = []
    rows = []
    for one in examples:
        candidates = ([one.right] if one.right else []) + list(one.wrong)
        rows.append(range(len(pairs), len(pairs) + len(candidates)))
        pairs += [(one.question, candidate.text) for candidate in candidates]
    encodings = cross.encoded(words, pairs)
    scores, marks = cross.run(model, encodings)
    listwise, tokens = [], []
    for one, row in zip(examples, rows, strict=True):
        with_nothing = torch.cat([scores[row.start : row.stop], torch.zeros(1)])
        listwise.append(cross_entropy(with_nothing, torch.tensor(0 if one.right else len(row))))
        if one.right is not None and one.right.gold is not None:
            ours, gold = cross.gold_tokens(encodings[row[0]], one.right.gold)
            if ours.any():
                tokens.append(binary_cross_entropy_with_logits(marks[row[0]][ours], gold[ours]))
    of_lists = torch.stack(listwise).mean()
    of_tokens = torch.stack(tokens).mean() if tokens else scores.sum() * 0
    (of_lists + 0.5 * of_tokens).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return of_lists.item(), of_tokens.item()


if __name__ == "__main__":
    main()
