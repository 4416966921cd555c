"""A part of a suite, drawn with a seed: the same part every time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from legalqa.evaluate.suite import Question, Suite

SEED = 1


def documents(suite: Suite, count: int) -> Suite:
    """The suite with `count` of the documents that are asked about, each set in proportion and none without; no filler.

    Documents that only hold a part of an answer to a question of another are kept with it.
    """
    asked = {name: sorted({q.path for q in suite.questions if q.set == name and q.path}) for name in suite.files}
    asked = {name: paths for name, paths in asked.items() if paths}
    whole = sum(map(len, asked.values()))
    kept: set[str] = set()
    for name, paths in asked.items():
        some = min(len(paths), max(1, round(count * len(paths) / whole)))
        kept.update(random.Random(f"{SEED} {name}").sample(paths, some))
    questions = tuple(question for question in suite.questions if question.path in kept)
    kept.update(gold.path for question in questions for gold in question.golds)
    files = {name: tuple(file for file in suite.files[name] if str(file) in kept) for name in asked}
    return replace(suite, files=files, questions=questions, filler=())


def questions(asked: Sequence[Question], count: int) -> list[Question]:
    """`count` of the questions, in their order; of each set in proportion and none without."""
    if count >= len(asked):
        return list(asked)
    sets = dict.fromkeys(question.set for question in asked)
    kept: set[str] = set()
    for name in sets:
        own = [question.id for question in asked if question.set == name]
        some = min(len(own), max(1, round(count * len(own) / len(asked))))
        kept.update(random.Random(f"{SEED} {name}").sample(own, some))
    return [question for question in asked if question.id in kept]


def balanced(asked: Sequence[Question], count: int) -> list[Question]:
    """`count` of the questions, half of them without an answer as far as there are enough of both."""
    without = [question for question in asked if not question.golds]
    answered = [question for question in asked if question.golds]
    refused = min(len(without), max(count // 2, count - len(answered)))
    kept = {q.id for q in questions(answered, count - refused)} if answered else set()
    kept |= {q.id for q in questions(without, refused)} if refused else set()
    return [question for question in asked if question.id in kept]
