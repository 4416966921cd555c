"""The figures of a run as the JSON contract and as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from legalqa.evaluate import statistics
from legalqa.evaluate.metrics import AT, METRICS
from legalqa.evaluate.naive import SYSTEMS
from legalqa.evaluate.runs import LEVEL, OURS, Comparison, Row

PARTS = ("train", "development", "test")
_TITLES = {
    "scoped": "Over the whole corpus (questions that name their document)",
    "open": "With the document open",
}
_SHOWN = (*(f"recall@{k}" for k in AT), "precision@8", "hit@8", "mrr", "document@1")
_BOUNDED = ("recall@8",)
_FEW = 5  # documents, below which resampling them says nothing
_MOVED = 20  # questions listed of each direction


def figures(rows: Sequence[Row], metrics: Sequence[str] = METRICS) -> dict[str, Any]:
    """{"all" | SET: {"n", metric: mean, …, "ci": {metric: [low, high]}, "parts": {PART: …}}} of one task and system.

    "all" is the mean over questions; its "mean_over_sets" weighs every set alike. Intervals are 95%, by document.
    """
    sets = list(dict.fromkeys(row.set for row in rows))
    told: dict[str, Any] = {"all": _group(rows, metrics)} if rows else {}
    for name in sets:
        told[name] = _group([row for row in rows if row.set == name], metrics)
    if len(sets) > 1:
        told["all"]["mean_over_sets"] = {
            metric: sum(told[name][metric] for name in sets) / len(sets) for metric in metrics
        }
    return told


def _group(rows: Sequence[Row], metrics: Sequence[str]) -> dict[str, Any]:
    group = _means(rows, metrics)
    parts = {part: [row for row in rows if row.part == part] for part in PARTS}
    if any(parts.values()):
        group["parts"] = {part: _means(some, metrics) for part, some in parts.items() if some}
    return group


def _means(rows: Sequence[Row], metrics: Sequence[str]) -> dict[str, Any]:
    found = statistics.means([[row.scores[m] for m in metrics] for row in rows], [row.document for row in rows])
    named = list(zip(metrics, found, strict=True))
    return (
        {"n": len(rows), "documents": len({row.document for row in rows})}
        | {metric: mean.value for metric, mean in named}
        | {"ci": {metric: [mean.low, mean.high] for metric, mean in named}}
    )


def heading(told: dict[str, Any]) -> str:
    """What was measured, and what was not asked and why; "" where no suite was."""
    if "about" not in told:
        return ""
    about = told["about"]
    lines = [f"{about['suite']}: {about['questions']:,} questions, {about['documents']:,} documents, {about['at']}"]
    left_out = about.get("left_out", {})
    return "\n".join(
        [*lines, *(f"not searched: {left_out[key]:,} {why}" for key, why in _WHY.items() if left_out.get(key))]
    )


_WHY = {
    "no_answer": "without an answer",
    "answer_in_several_places": "with an answer that stands in several places",
    "quotation_not_found": "with a quotation that does not stand in what was read",
}


def retrieval(rows: Sequence[Row]) -> dict[str, Any]:
    """The parts of ``eval --json`` that are about retrieval: "retrieval" (whole corpus), "retrieval_open", "baselines",
    "ms".
    """
    told: dict[str, Any] = {}
    for task, key in (("scoped", "retrieval"), ("open", "retrieval_open")):
        if own := [row for row in rows if row.task == task and row.system == OURS]:
            told[key] = figures(own)
            told.setdefault("ms", {})[key] = statistics.percentiles([row.ms["search"] for row in own])
    for system in SYSTEMS:
        if some := [row for row in rows if row.system == system]:
            told.setdefault("baselines", {})[system] = figures(some)
    return told


def retrieval_table(told: dict[str, Any]) -> str:
    """Tables of `retrieval`: percent, a line for each set and part."""
    blocks = []
    for task, key in (("scoped", "retrieval"), ("open", "retrieval_open")):
        if key in told:
            ms = ", ".join(f"{name} {value:,.0f} ms" for name, value in told["ms"][key].items())
            lines = _lines(told[key])
            blocks.append(
                "\n".join([f"{_TITLES[task]}: percent; ± 95% by document", table(_HEADS, lines), f"Search: {ms}"])
            )
    if blocks:
        blocks.append(_LEGEND)
    if "baselines" in told:
        blocks.append("Naive baseline, 500-character chunks, same encoder: recall@8 over the whole corpus, percent")
        groups = _told_apart(told["baselines"]["dense"])
        rows = [
            [SYSTEMS[name], *(_percent(one[g]["recall@8"]) for g in groups)] for name, one in told["baselines"].items()
        ]
        if "retrieval" in told:
            rows.append(["LegalQA", *(_percent(told["retrieval"][g]["recall@8"]) for g in groups)])
        blocks.append(table(["", *groups], rows))
    return "\n\n".join(blocks)


_LEGEND = """R@k: share of the answers' characters among the first k × 500 characters shown
P@8: share of what is shown that is an answer; hit@8: questions of which any of it is shown
MRR: 1 / the 500 characters in which it is first shown; doc@1: first passage of the right document"""
_HEADS = ["", "n", *(f"R@{k}" for k in AT), "P@8", "hit@8", "MRR", "doc@1"]


def _told_apart(groups: dict[str, Any]) -> list[str]:
    """The names of the groups; of a single set "all" is the same and left out."""
    return [name for name in groups if name != "all" or len(groups) != 2]


def _lines(groups: dict[str, Any]) -> list[list[str]]:
    lines = []
    for name in _told_apart(groups):
        group = groups[name]
        lines.append(_line(name, group))
        if "mean_over_sets" in group:
            lines.append(_line("  mean over sets", group["mean_over_sets"]))
        lines += [_line(f"  {part}", some) for part, some in group.get("parts", {}).items()]
    return lines


def _line(name: str, group: dict[str, Any]) -> list[str]:
    cells = []
    for metric in _SHOWN:
        cell = _percent(group[metric])
        if metric in _BOUNDED and group.get("documents", 0) >= _FEW:
            low, high = group["ci"][metric]
            cell += f" ±{50 * (high - low):.1f}"
        cells.append(cell)
    return [name, f"{group['n']:,}" if "n" in group else "", *cells]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns, the first to the left."""
    every = [heads, *rows]
    widths = [max(len(row[column]) for row in every) for column in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        first, *others = (_aligned(cell, widths[at], at) for at, cell in enumerate(row))
        return "  ".join([first, *others]).rstrip()

    return "\n".join(map(line, every))


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def comparison(compared: Comparison) -> dict[str, Any]:
    """``eval --json``'s "compared"."""
    return {
        "with": compared.before.at,
        "changes": [
            {
                "task": task,
                "metric": metric,
                "before": change.before,
                "after": change.after,
                "p": change.p,
                "better": change.better,
                "worse": change.worse,
            }
            for (task, metric), change in compared.changes.items()
        ],
        "moved": [
            {"id": one.id, "task": one.task, "metric": one.metric, "before": one.before, "after": one.after}
            for one in compared.moved
        ],
        "left_out": compared.left_out,
    }


def comparison_text(compared: Comparison, text_of: Callable[[str], str]) -> str:
    """What got better and worse, the surest first; `text_of` an id is its question."""
    rows = [
        [
            f"{task} {metric}",
            _percent(change.before),
            _percent(change.after),
            f"{100 * change.difference:+.1f}",
            f"{change.p:.4f}",
            str(change.better),
            str(change.worse),
            _judged(change.difference, change.p),
        ]
        for (task, metric), change in compared.changes.items()
    ]
    heads = ["", "before", "after", "change", "p", "better", "worse", ""]
    lines = [f"Compared with the run of {compared.before.at} (paired permutation test, by document)"]
    lines.append(table(heads, rows))
    for title, moved in (
        ("Worse", compared.moved),
        ("Better", tuple(reversed(compared.moved))),
    ):
        sign = -1 if title == "Worse" else 1
        some = [one for one in moved if sign * (one.after - one.before) > 0 and one.metric in ("recall@8", "right")]
        if some:
            lines.append(f"{title}: {len(some)} questions" + (f", the first {_MOVED}" if len(some) > _MOVED else ""))
            lines += [
                f"  {one.before:.2f} → {one.after:.2f}  {one.task:<6}  {one.id}  {text_of(one.id)[:80]}"
                for one in some[:_MOVED]
            ]
    if compared.left_out:
        lines.append(f"{compared.left_out} questions stand in one of the two runs only and were left out.")
    return "\n".join(lines)


def _judged(difference: float, p: float) -> str:
    if p >= LEVEL:
        return "may be chance"
    return "better" if difference > 0 else "WORSE"
