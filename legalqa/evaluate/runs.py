"""A run on disk, question by question, and what got better and worse since another one.

A run is a file of JSON lines: first what was run, then a line for each question and system. It holds ids and figures
and no text of a document or question.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from legalqa.errors import UserError
from legalqa.evaluate import statistics
from legalqa.evaluate.statistics import Change

OURS = "legalqa"
COMPARED = ("recall@8", "mrr", "document@1")  # tested between two runs of retrieval
LEVEL = 0.05  # of the paired test: what is less sure is called noise


class Row(msgspec.Struct, frozen=True):
    """One question under one system: its figures, and the milliseconds it took."""

    id: str
    task: str
    set: str
    part: str
    document: str
    scores: dict[str, float]
    system: str = OURS
    ms: dict[str, float] = {}


class Head(msgspec.Struct, frozen=True):
    """What was run: program, suite, models, when (ISO 8601, UTC)."""

    legalqa: str
    suite: str
    digest: str
    encoder: str
    at: str
    documents: int
    generation: str = ""


@dataclass(frozen=True)
class Run:
    """A run: its head and rows."""

    head: Head
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose figure changed."""

    id: str
    task: str
    metric: str
    before: float
    after: float


@dataclass(frozen=True)
class Comparison:
    """Two runs over the questions that both have. `changes` is by task and metric; `moved` is ordered worst first."""

    before: Head
    changes: dict[tuple[str, str], Change]
    moved: tuple[Moved, ...]
    left_out: int

    @property
    def fell(self) -> list[tuple[str, str]]:
        """Tasks and metrics that are surely worse."""
        return [key for key, change in self.changes.items() if change.p < LEVEL and change.difference < 0]


def save(run: Run, file: Path) -> None:
    """Write a run. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in (run.head, *run.rows)))
    part.replace(file)


def load(file: Path) -> Run:
    """Read a run. Raises UserError if it is none."""
    try:
        first, *others = file.read_bytes().splitlines()
        head = msgspec.json.decode(first, type=Head)
        rows = tuple(msgspec.json.decode(line, type=Row) for line in others)
    except (OSError, ValueError, msgspec.MsgspecError):
        raise UserError(f"{file} is no run of legalqa eval.", hint="Runs are written by legalqa eval.") from None
    return Run(head, rows)


def last(folder: Path, run: Run) -> Run | None:
    """The latest run in a folder over the same documents that shares a question with `run`; None without one.

    Names are times, so that the order of names is that of time. Files that are no runs are passed over.
    """
    asked = set(map(_key, run.rows))
    for file in sorted(folder.glob("*.jsonl"), reverse=True):
        with contextlib.suppress(UserError):
            found = load(file)
            if found.head.digest == run.head.digest and not asked.isdisjoint(map(_key, found.rows)):
                return found
    return None


def compare(before: Run, after: Run, metrics: Mapping[str, Sequence[str]]) -> Comparison:
    """What changed of our own system from one run to the other, by task; `metrics` are those tested of each task.

    Raises UserError if the runs have no question in common.
    """
    old = {_key(row): row for row in _own(before.rows)}
    new = {_key(row): row for row in _own(after.rows)}
    both = [key for key in new if key in old]
    if not both:
        raise UserError(
            "The two runs have no question in common.", hint="Compare runs of the same suite and the same tasks."
        )
    changes: dict[tuple[str, str], Change] = {}
    moved: list[Moved] = []
    for task, names in metrics.items():
        for metric in names:
            pairs = [
                (new[key], old[key].scores[metric], new[key].scores[metric])
                for key in both
                if key[0] == task and metric in old[key].scores and metric in new[key].scores
            ]
            if pairs:
                documents = [row.document for row, *_ in pairs]
                changes[task, metric] = statistics.change([b for _, b, _ in pairs], [a for *_, a in pairs], documents)
                moved += [Moved(row.id, task, metric, b, a) for row, b, a in pairs if abs(a - b) > 1e-6]
    moved.sort(key=lambda one: (one.after - one.before, one.task, one.id))
    return Comparison(before.head, changes, tuple(moved), len({*old, *new}) - len(both))


def _key(row: Row) -> tuple[str, str]:
    return row.task, row.id


def _own(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if row.system == OURS)
