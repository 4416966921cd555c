"""The verifier, measured without a judge: altered quotations, unrelated passages, impossible citations.

    python -m bench.verifier [--data ../shared/data] [--fit]

Prints a table of verdicts for each kind of alteration, once as a quotation and once as a free sentence, beside what
fuzzy matching at 0.9 (the usual way) would have accepted; the support score on sentences held against their own and
against a foreign passage; precision and recall of "malformed"; checks per second. ``--fit`` also prints the threshold
of the support score at which at most one foreign passage in fifty is let through.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from legalqa.verify import authorities, check_claim, quotes
from legalqa.verify.facts import findings
from legalqa.verify.support import THRESHOLD, score
from legalqa.verify.words import sentence_spans

SEED = 7
LET_THROUGH = 0.02
REPLACED = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--fit", action="store_true", help="print the threshold that the data asks for")
    options = parser.parse_args()
    rows = list(_lines(options.data / "verifier_quotes" / "quotes.jsonl"))
    as_quotes(rows)
    as_sentences(rows)
    pairs = list(support_pairs(options.data / "cuad"))
    support_scores(pairs, fit=options.fit)
    citations(options.data / "citations")
    finds(options.data / "citations" / "eyecite_find.jsonl")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def as_quotes(rows: list[dict[str, Any]]) -> None:
    """Each text as a quotation: accepted only if it stands in the passage, word for word."""
    from rapidfuzz import fuzz

    ours, seconds = _judged(rows, lambda row: quotes.find(row["quote"], row["passage"]) is not None)
    fuzzy, fuzzy_seconds = _judged(
        rows, lambda row: fuzz.partial_ratio(" ".join(row["quote"].split()), " ".join(row["passage"].split())) >= 90
    )
    _table("as a quotation: accepted", rows, {"exact": ours, "fuzzy 0.9": fuzzy})
    print(f"{len(rows) / seconds:,.0f} quotations a second; fuzzy {len(rows) / fuzzy_seconds:,.0f}\n")


def as_sentences(rows: list[dict[str, Any]]) -> None:
    """Each text as a free sentence: flagged by its facts alone, and by the whole ladder."""
    facts, seconds = _judged(rows, lambda row: bool(findings(row["quote"], row["passage"])))
    ladder, ladder_seconds = _judged(
        rows, lambda row: check_claim(row["quote"], row["passage"]).verdict not in ("verbatim", "supported")
    )
    reworded, _ = _judged(
        rows, lambda row: check_claim("It is agreed that " + row["quote"], row["passage"]).verdict != "supported"
    )
    _table("as a free sentence: flagged", rows, {"facts alone": facts, "ladder": ladder, "in a frame": reworded})
    print(f"{len(rows) / seconds:,.0f} fact checks a second, {len(rows) / ladder_seconds:,.0f} whole ladders\n")


def _judged(rows: list[dict[str, Any]], test: Callable[[dict[str, Any]], bool]) -> tuple[list[bool], float]:
    test(rows[0])  # what loads lazily is not measured
    start = time.perf_counter()
    return [test(row) for row in rows], time.perf_counter() - start


def _table(title: str, rows: list[dict[str, Any]], judged: dict[str, list[bool]]) -> None:
    print(f"{title:34}" + "".join(f"{name:>16}" for name in judged))
    kinds = Counter((not row["supported"], row["kind"]) for row in rows)
    for (altered, kind), n in sorted(kinds.items()):
        cells = [
            sum(yes for yes, row in zip(flags, rows, strict=True) if row["kind"] == kind) for flags in judged.values()
        ]
        print(f"  {'altered' if altered else 'true'}: {kind:24}" + "".join(f"{f'{cell} of {n}':>16}" for cell in cells))


def support_pairs(cuad: Path, most: int = 600) -> Iterator[tuple[str, str, bool]]:
    """(sentence, passage, own): the sentence around an answer, a fifth of its words replaced by words of other
    contracts, held against the 1,500 characters around it in its own contract, and against the passage of the same
    question in another contract.
    """
    chosen = random.Random(SEED)
    places = [
        (row["doc_id"], row["category"], row["answers"][0]) for row in _lines(cuad / "qa.jsonl") if row["has_answer"]
    ]
    chosen.shuffle(places)
    texts: dict[str, str] = {}
    passages: dict[str, list[tuple[str, str]]] = {}
    made = []
    for doc_id, category, answer in places[: 2 * most]:
        if doc_id not in texts:
            with (cuad / "docs" / f"{doc_id}.txt").open(encoding="utf-8", newline="") as file:
                texts[doc_id] = file.read()
        low = max(answer["start"] - 500, 0)
        passage = texts[doc_id][low : answer["start"] + 1000]
        inside = answer["start"] - low
        sentence = next((passage[a:b] for a, b in sentence_spans(passage) if a <= inside < b), "")
        if 8 <= len(sentence.split()) <= 80:
            made.append((doc_id, category, sentence, passage))
            passages.setdefault(category, []).append((doc_id, passage))
    others = [word for _, _, sentence, _ in made for word in sentence.split()]
    for doc_id, category, whole, passage in made[:most]:
        words = [chosen.choice(others) if chosen.random() < REPLACED else word for word in whole.split()]
        sentence = " ".join(words)
        yield sentence, passage, True
        foreign = [other for other_id, other in passages[category] if other_id != doc_id]
        if foreign:
            yield sentence, chosen.choice(foreign), False


def support_scores(pairs: list[tuple[str, str, bool]], *, fit: bool) -> None:
    """How well the lexical score tells a sentence's own passage from the same clause of another contract."""
    start = time.perf_counter()
    scored = [(score(sentence, passage), own) for sentence, passage, own in pairs]
    seconds = time.perf_counter() - start
    own, foreign = ([value for value, mine in scored if mine is which] for which in (True, False))
    area = sum((a > b) + (a == b) / 2 for a in own for b in foreign) / (len(own) * len(foreign))
    kept = sum(value >= THRESHOLD for value in own) / len(own)
    let = sum(value >= THRESHOLD for value in foreign) / len(foreign)
    print(f"support: {len(own)} own and {len(foreign)} foreign passages, AUROC {area:.3f};", end=" ")
    print(f"at {THRESHOLD} own kept {kept:.1%}, foreign let through {let:.1%};", end=" ")
    print(f"{len(pairs) / seconds:,.0f} scores a second")
    kept = sum(_accepted(sentence, passage) for sentence, passage, mine in pairs if mine) / len(own)
    let = sum(_accepted(sentence, passage) for sentence, passage, mine in pairs if not mine) / len(foreign)
    print(
        f"  whole ladder (the replaced words may be wrong facts): own kept {kept:.1%}, foreign let through {let:.1%}\n"
    )
    if fit:
        fitted = sorted(foreign)[int(len(foreign) * (1 - LET_THROUGH))]
        print(f"  threshold letting {LET_THROUGH:.0%} through: {fitted:.2f}\n")


def _accepted(claim: str, passage: str) -> bool:
    return check_claim(claim, passage).verdict in ("supported", "verbatim")


def citations(folder: Path, today: date = date(2026, 1, 1)) -> None:
    """Precision and recall of "malformed" on valid and on derived impossible citations."""
    start = time.perf_counter()
    flagged = {name: list(_malformed(_lines(folder / f"{name}.jsonl"), today)) for name in ("valid", "invalid_derived")}
    seconds = time.perf_counter() - start
    wrong, right = sum(flagged["valid"]), sum(flagged["invalid_derived"])
    valid, invalid = map(len, flagged.values())
    print(f"authorities: malformed precision {right / (right + wrong):.3f} ({wrong} of {valid} valid),", end=" ")
    print(f"recall {right / invalid:.3f} ({right} of {invalid}); {(valid + invalid) / seconds:,.0f} a second")


_LAW = ("case_citation", "law_citation", "journal_citation", "supra_citation")
_EYECITE = ("FullCaseCitation", "ShortCaseCitation", "FullLawCitation", "FullJournalCitation", "SupraCitation")


def finds(file: Path) -> None:
    """Precision and recall of what is found at all on eyecite's own test texts, ours beside eyecite's; by count a text,
    id. and reference citations, which name no authority, left out.
    """
    rows = list(_lines(file))
    expected = [sum(one["type"] in _LAW for one in row["expected"]) for row in rows]
    found = {
        "ours": [len(authorities.spans(row["text"])) for row in rows],
        "eyecite": [sum(one["type"] in _EYECITE for one in row["eyecite_2_7_8"]) for row in rows],
    }
    for name, counts in found.items():
        right = sum(map(min, counts, expected))
        precision, recall = right / sum(counts), right / sum(expected)
        print(
            f"  found by {name}: precision {precision:.3f}, recall {recall:.3f} of {sum(expected)} in {len(rows)} texts"
        )


def _malformed(rows: Iterable[dict[str, Any]], today: date) -> Iterator[bool]:
    for row in rows:
        found = authorities.check(row["citation"], lambda _: (), today=today)
        yield any(authority.status == "malformed" for authority in found)


if __name__ == "__main__":
    main()
