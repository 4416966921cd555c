"""Listings held against the labels of `cuad`: which documents get a row, which should, which sentence is shown.

    python -m bench.listing --home HOME --matter NAME [--part test] [--topics 12]

The matter holds contracts of ``cuad`` (as `bench.answers_speed` makes it). Each topic is asked over the contracts of
one part (see `legalqa.evaluate.split`); the threshold was set on the development part. A row is right if the label says
that the contract has such a clause, and its quote is if it overlaps a labelled one.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import defaultdict
from pathlib import Path

from legalqa.answer.shapes import Wanted
from legalqa.evaluate.split import part_of
from legalqa.library import Library
from legalqa.values.question import Understood

DATA = Path(__file__).parents[1].parent / "shared" / "data"
TOPICS = {
    "Non-Compete": "a non-compete", "Exclusivity": "an exclusivity clause", "Cap On Liability": "a cap on liability",
    "Change Of Control": "a change of control provision", "Anti-Assignment": "a restriction on assignment",
    "Audit Rights": "audit rights", "Insurance": "an insurance requirement", "Governing Law": "a governing law clause",
    "Most Favored Nation": "a most favored nation clause", "Liquidated Damages": "liquidated damages",
    "Termination For Convenience": "a right to terminate for convenience", "Minimum Commitment": "a minimum commitment",
    "Non-Disparagement": "a non-disparagement clause", "Source Code Escrow": "source code escrow",
    "Rofr/Rofo/Rofn": "a right of first refusal", "Third Party Beneficiary": "third party beneficiaries",
    "No-Solicit Of Employees": "a non-solicitation of employees clause", "Covenant Not To Sue": "a covenant not to sue",
    "Warranty Duration": "a warranty", "Renewal Term": "an automatic renewal",
}  # fmt: skip


def labels() -> dict[str, dict[str, list[tuple[int, int]]]]:
    """By category and document, the spans that are labelled: none where the contract has no such clause."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(dict)
    for line in (DATA / "cuad" / "qa.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["category"]][row["doc_id"]] = [(one["start"], one["end"]) for one in row["answers"]]
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--matter", required=True)
    parser.add_argument("--part", default="test")
    parser.add_argument("--topics", type=int, default=len(TOPICS))
    options = parser.parse_args()
    gold, rows, right, wanted, quotes, worked = labels(), 0, 0, 0, 0, 0.0
    with Library(options.home).open(options.matter) as matter:
        names = {Path(matter.document(id).path).stem: id for id in matter.catalog.documents()}
        ids = {id: name for name, id in names.items() if part_of(name) == options.part}
        composer, tables = matter._engines.composer(None), matter._asking._tables
        for category, topic in list(TOPICS.items())[: options.topics]:
            question = f"Which agreements have {topic}?"
            began = time.process_time()
            answer = tables.listing(
                Understood(question, question), Wanted("listing", topic), list(ids), composer, lambda _draft: None,
                threading.Event(),
            )  # fmt: skip
            worked += time.process_time() - began
            wanted += sum(bool(gold[category].get(name)) for name in ids.values())
            for row in answer.form.rows:
                for index in row.sentences:
                    spans = gold[category].get(ids[row.document_id], [])
                    cited = answer.claims[index].citations[0]
                    assert cited.start is not None
                    assert cited.end is not None
                    rows, right = rows + 1, right + bool(spans)
                    quotes += any(start < cited.end and cited.start < end for start, end in spans)
    print(f"{options.part}: {len(ids)} contracts, {min(options.topics, len(TOPICS))} topics, {rows} rows")
    print(f"rows of contracts that have it: {right / max(rows, 1):.2f}; contracts that have it with a row: ", end="")
    print(f"{right / max(wanted, 1):.2f} of {wanted}; quotes that overlap a label: {quotes / max(rows, 1):.2f}")
    print(f"{worked / len(ids) / min(options.topics, len(TOPICS)) * 1000:.0f} ms of the processor for each contract")


if __name__ == "__main__":
    main()
