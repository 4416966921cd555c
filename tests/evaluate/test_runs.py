"""Runs on disk and their comparison; tables and requirements over them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from legalqa.errors import UserError
from legalqa.evaluate import metrics, runs, summary

HEAD = runs.Head("0.1.0", "suite", "d" * 64, "e" * 64, "2026-01-01T00:00:00+00:00", 9)
TESTED = {"scoped": runs.COMPARED}


def row(at: int, value: float, *, set: str = "leases", part: str = "", system: str = runs.OURS) -> runs.Row:
    scores = dict.fromkeys(metrics.METRICS, value)
    return runs.Row(f"q{at}", "scoped", set, part, f"doc{at}", scores, system, {"search": 10.0 * at})


def test_a_run_comes_back_as_it_was_written_and_holds_no_text(tmp_path: Path) -> None:
    run = runs.Run(HEAD, (row(1, 0.5), row(2, 1.0, system="bm25")))
    runs.save(run, tmp_path / "new" / "20260101T000000.jsonl")
    assert runs.load(tmp_path / "new" / "20260101T000000.jsonl") == run


def test_the_last_run_is_the_latest_over_the_same_documents_and_questions(tmp_path: Path) -> None:
    run = runs.Run(HEAD, (row(1, 0.5),))
    assert runs.last(tmp_path / "none", run) is None
    first = runs.Run(HEAD, (row(1, 0.1), row(2, 0.1)))
    elsewhere = runs.Run(msgspec.structs.replace(HEAD, digest="f" * 64), (row(1, 0.2),))
    for day, one in enumerate([runs.Run(HEAD, (row(1, 0.0),)), first, elsewhere, runs.Run(HEAD, (row(3, 0.3),))]):
        runs.save(one, tmp_path / f"2026010{day}T000000.jsonl")
    (tmp_path / "20260109T000000.jsonl").write_text("no run")
    assert runs.last(tmp_path, run) == first


@pytest.mark.parametrize("text", ["", "{}", "no JSON", msgspec.json.encode(HEAD).decode() + "\n{}"])
def test_a_file_that_is_no_run_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(UserError, match=r"x\.jsonl is no run"):
        runs.load(tmp_path / "x.jsonl")


def test_what_got_worse_comes_first_and_other_systems_do_not_count() -> None:
    before = runs.Run(HEAD, (row(1, 0.5), row(2, 0.5), row(3, 0.5), row(4, 0.5), row(1, 0.9, system="dense")))
    after = runs.Run(HEAD, (row(1, 0.6), row(2, 0.1), row(3, 0.5), row(5, 1.0), row(1, 0.0, system="dense")))
    compared = runs.compare(before, after, TESTED)
    change = compared.changes["scoped", "recall@8"]
    assert (change.before, change.better, change.worse) == (0.5, 1, 1)
    assert change.after == pytest.approx(0.4)
    assert [(one.id, one.before, one.after) for one in compared.moved if one.metric == "mrr"] == [
        ("q2", 0.5, 0.1),
        ("q1", 0.5, 0.6),
    ]
    assert compared.left_out == 2
    assert compared.fell == []
    told = summary.comparison_text(compared, lambda id: {"q2": "When does it end?"}.get(id, ""))
    assert "0.50 → 0.10  scoped  q2  When does it end?" in told
    assert "may be chance" in told


def test_a_fall_of_many_documents_is_no_chance() -> None:
    before = runs.Run(HEAD, tuple(row(at, 0.5) for at in range(20)))
    after = runs.Run(HEAD, tuple(row(at, 0.4) for at in range(20)))
    assert ("scoped", "recall@8") in runs.compare(before, after, TESTED).fell
    assert runs.compare(after, before, TESTED).fell == []


def test_runs_without_a_common_question_are_not_compared() -> None:
    with pytest.raises(UserError, match="no question in common"):
        runs.compare(runs.Run(HEAD, (row(1, 1.0),)), runs.Run(HEAD, (row(2, 1.0),)), TESTED)


def test_all_is_the_mean_over_questions_and_sets_are_weighed_alike_beside_it() -> None:
    rows = [row(at, 1.0, set="many", part="train") for at in range(9)] + [row(9, 0.0, set="few", part="test")]
    told = summary.figures(rows)
    assert told["all"]["recall@8"] == 0.9
    assert told["all"]["mean_over_sets"]["recall@8"] == 0.5
    assert told["few"]["n"] == 1
    assert told["all"]["parts"]["train"]["recall@8"] == 1.0
    assert told["all"]["parts"]["test"]["recall@8"] == 0.0
    low, high = told["all"]["ci"]["recall@8"]
    assert low < 0.9 < high
    assert "parts" not in summary.figures([replace_part(rows[0])])["all"]


def replace_part(one: runs.Row) -> runs.Row:
    return msgspec.structs.replace(one, part="")


def test_the_table_names_sets_parts_and_the_baseline() -> None:
    rows = [row(at, at / 10, set=f"set{at % 2}", part="test") for at in range(10)]
    rows += [row(at, 0.0, set=f"set{at % 2}", system=name) for at in range(10) for name in ("dense", "rrf")]
    told = summary.retrieval(rows)
    assert set(told) == {"retrieval", "baselines", "ms"}
    text = summary.retrieval_table(told)
    for words in ("mean over sets", "set0", "  test", "both, RRF", "LegalQA", "p95"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 110
