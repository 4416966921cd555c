"""What a ranking is worth: gold characters that a reader of so many characters would have seen.

"@k" is the room that k chunks of 500 characters take up, whatever the size of the passages shown: the last one is cut
where the room ends. Recall and precision in characters follow LegalBench-RAG (Pipitone and Alami 2024).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from legalqa.evaluate.suite import Span

Place = tuple[str, int, int]  # document id, start, end
Answer = tuple[str, tuple[Span, ...]]  # document id, the places of which any one is the answer
UNIT = 500  # characters of a chunk
AT = (1, 4, 8, 16, 64)
METRICS = (
    *(f"{name}@{k}" for name in ("recall", "precision", "hit", "document") for k in AT),
    "mrr",
)  # in the order of a run's rows


def score(ranked: Sequence[Place], answers: Sequence[Answer]) -> dict[str, float]:
    """Every figure of `METRICS` for one question, 0 to 1; `answers` must not be empty.

    - recall@k: share of the gold characters that are shown; of an answer that stands in several places, the one shown
      best counts
    - precision@k: share of the characters shown that are gold
    - hit@k: 1 if any gold character is shown
    - document@k: 1 if anything of a document with an answer is shown
    - mrr: 1 / r, r being the 500 characters, counted from 1, in which the first gold character is shown; 0 beyond 64
    """
    figures: dict[str, float] = {}
    right = {document for document, _ in answers}
    for k in AT:
        shown = cut(ranked, k * UNIT)
        gold = best(answers, shown)
        size, seen = length(gold), length(common(gold, shown))
        figures[f"recall@{k}"] = seen / size if size else 0.0
        figures[f"precision@{k}"] = seen / length(shown) if shown else 0.0
        figures[f"hit@{k}"] = float(seen > 0)
        figures[f"document@{k}"] = float(any(document in right for document, *_ in shown))
    figures["mrr"] = _reciprocal(cut(ranked, AT[-1] * UNIT), answers)
    return {name: figures[name] for name in METRICS}


def cut(ranked: Iterable[Place], budget: int) -> list[Place]:
    """The first places, in order, that fill `budget` characters; the last one is cut."""
    kept: list[Place] = []
    for document, start, end in ranked:
        if budget <= 0:
            break
        kept.append((document, start, min(end, start + budget)))
        budget -= end - start
    return kept


def best(answers: Sequence[Answer], shown: Sequence[Place]) -> list[Place]:
    """Each answer at the place that is shown best, the first of its places if none is."""
    chosen = []
    for document, spans in answers:
        places = [(document, start, end) for start, end in spans]
        chosen.append(max(places, key=lambda place: length(common([place], shown))) if len(places) > 1 else places[0])
    return chosen


def merged(places: Iterable[Place]) -> list[Place]:
    """The same characters without overlaps, sorted."""
    whole: list[Place] = []
    for document, start, end in sorted(places):
        if whole and whole[-1][0] == document and start <= whole[-1][2]:
            whole[-1] = (document, whole[-1][1], max(whole[-1][2], end))
        else:
            whole.append((document, start, end))
    return whole


def length(places: Iterable[Place]) -> int:
    """Characters of the places; what overlaps counts once."""
    return sum(end - start for _, start, end in merged(places))


def common(one: Iterable[Place], other: Iterable[Place]) -> list[Place]:
    """The characters that are in both."""
    others: dict[str, list[Span]] = {}
    for document, start, end in merged(other):
        others.setdefault(document, []).append((start, end))
    return [
        (document, max(start, low), min(end, high))
        for document, start, end in merged(one)
        for low, high in others.get(document, ())
        if start < high and low < end
    ]


def _reciprocal(ranked: Sequence[Place], answers: Sequence[Answer]) -> float:
    gold = [(document, start, end) for document, spans in answers for start, end in spans]
    before = 0
    for place in ranked:
        if found := common(gold, [place]):
            first = min(start for _, start, _ in found)
            return 1 / (1 + (before + first - place[1]) // UNIT)
        before += place[2] - place[1]
    return 0.0
