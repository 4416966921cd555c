"""What is read of a contract about itself, against the annotations of CUAD: title, parties, date, governing law.

    python -m bench.metadata [DATA] [--part development|held-out|all] [--wrong]

DATA is a folder with ``docs/*.txt`` and ``qa.jsonl`` (default ``../shared/data/cuad``). Documents are split by a hash
of their name. A date is right if it is the Agreement Date or the Effective Date; a party if it begins with an annotated
name or is its beginning, forms of companies aside. CUAD also annotates roles ("Licensee"), short names and phrases as
parties: they count as names that may be found, not as names that must be. "opening" counts only names that are printed
within 8,000 characters of the agreement's first sentence or before it. --wrong lists what is wrong or missing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from legalqa.ingest.items import Outline
from legalqa.ingest.structure import definitions, opening
from legalqa.ingest.structure.metadata import About, about

DATA = Path(__file__).parents[2] / "shared" / "data" / "cuad"
FORMS = frozenset(("inc", "incorporated", "llc", "lp", "llp", "ltd", "limited", "corp", "corporation", "co", "company"))
ROLE = re.compile(
    r"(?i)(?:the )?(?:customer|vendor|operator|owner|distributor|company|issuer|depositor|servicer|marketing agent"
    r"|custodian"
    r"|supplier|licensee|licensor|buyer|seller|reseller|manufacturer|consultant|contractor|client|athlete|agent|partner"
    r"|affiliate|talent|host|provider|franchisee|franchisor|shipper|transporter|lessee|lessor|recipient|publisher"
    r"|sponsor"
    r"|advertiser|purchaser)s?"
)
PHRASE = re.compile(r"collectively|Part(?:y|ies)\b|referred to|^(?:also known|d/b/a|f/s/o|each|a |as )|[“\"]")


def words(name: str) -> list[str]:
    """A name without punctuation and forms of companies."""
    found = re.findall(r"[a-z0-9]+", re.sub(r"[.'’]", "", name.lower()))
    return [word for word in found if word not in FORMS and word != "the"] or found


def same(one: str, two: str) -> bool:
    first, second = words(one), words(two)
    shorter = min(len(first), len(second))
    return shorter > 0 and first[:shorter] == second[:shorter]


def wanted(text: str, answers: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """The names among the annotated spans of "Parties", with where they stand."""
    found: dict[str, int] = {}
    for answer in answers:
        name = re.split(r"\s*[(“\"]", answer["text"].strip())[0].strip(" ,")
        quoted = re.search(r"[“\"'(]\s*(?:the\s+)?$", text[max(0, answer["start"] - 12) : answer["start"]])
        if name and not quoted and not PHRASE.search(name) and not ROLE.fullmatch(name):
            found.setdefault(name, answer["start"])
    return [(name, at) for name, at in found.items() if not any(name != other and name in other for other in found)]


def days(printed: str | None) -> set[str]:
    """The days of an annotation, "2/10/14"."""
    found = set()
    for month, day, year in re.findall(r"(\d+)/(\d+)/(\d+)", printed or ""):
        full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 50 else 1900)
        try:
            found.add(date(full, int(month), int(day)).isoformat())
        except ValueError:
            continue
    return found


def letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def score(text: str, told: About, gold: dict[str, dict[str, Any]]) -> tuple[Counter[str], list[str]]:
    """Counts of "FIELD found/right/wanted/reached", and what is wrong or missing in words."""
    seen: Counter[str] = Counter()
    faults: list[str] = []

    def one(field: str, found: str | None, right: bool, expected: object) -> None:
        seen[f"{field} found"] += found is not None
        seen[f"{field} right"] += found is not None and right
        seen[f"{field} wanted"] += bool(expected)
        if (found is not None and not right) or (found is None and expected):
            faults.append(f"{field}: {found!r} for {expected!r}")

    titles = [datum.value for datum in told.metadata if datum.field == "title" and datum.end]
    name = gold["Document Name"]["gold_answer"] or ""
    title = titles[0] if titles else None
    one(
        "title",
        title,
        bool(title) and (letters(name)[:60] in letters(title or "") or letters(title or "") in letters(name)),
        name,
    )
    bearing = days(gold["Agreement Date"]["gold_answer"]) | days(gold["Effective Date"]["gold_answer"])
    one("date", told.date, told.date in bearing, bearing)
    laws = [datum for datum in told.metadata if datum.field == "governing_law"]
    clauses = gold["Governing Law"]["answers"]
    law = laws[0] if laws else None
    inside = law is not None and any(clause["start"] <= law.start < clause["end"] for clause in clauses)
    one(
        "governing law",
        law.value if law else None,
        inside,
        [" ".join(clause["text"].split())[:90] for clause in clauses],
    )
    annotated = [answer["text"] for answer in gold["Parties"]["answers"]]
    names = wanted(text, gold["Parties"]["answers"])
    front = opening.preamble(text) + 8_000
    wrong = [party for party in told.parties if not any(same(party, other) for other in annotated)]
    missing = [name for name, _ in names if not any(same(party, name) for party in told.parties)]
    seen["party found"] += len(told.parties)
    seen["party right"] += len(told.parties) - len(wrong)
    seen["party wanted"] += len(names)
    seen["party reached"] += len(names) - len(missing)
    near = [name for name, at in names if at < front]
    seen["opening wanted"] += len(near)
    seen["opening reached"] += sum(name not in missing for name in near)
    seen["documents with parties"] += bool(told.parties)
    if wrong or missing:
        faults.append(f"party: wrong {wrong}, missing {missing[:6]}")
    return seen, faults


def main() -> int:
    """Print precision and recall of each part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--part", choices=("development", "held-out", "all"), default="all")
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    gold: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for line in (options.data / "qa.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold[row["doc_id"]][row["category"]] = row
    totals: dict[str, Counter[str]] = {"development": Counter(), "held-out": Counter()}
    characters, seconds, defined = 0, 0.0, 0
    for name, rows in sorted(gold.items()):
        part = "held-out" if hashlib.sha256(name.encode()).digest()[0] % 2 else "development"
        if options.part not in (part, "all"):
            continue
        with (options.data / "docs" / f"{name}.txt").open(encoding="utf-8", newline="") as file:
            text = file.read()
        began = time.process_time()
        told = about(Outline("0" * 32, f"{name}.txt", "txt", text, ((0, len(text)),)))
        defined += len(definitions.definitions_of(text))
        seconds += time.process_time() - began
        characters += len(text)
        seen, faults = score(text, told, rows)
        totals[part] += seen + Counter({"documents": 1})
        if options.wrong:
            for fault in faults:
                print(f"{name} {fault}")
    for part, seen in totals.items():
        if not seen:
            continue
        print(f"{part}: {seen['documents']} documents, {seen['documents with parties']} with parties")
        for field in ("title", "date", "governing law"):
            right, found, expected = (seen[f"{field} {what}"] for what in ("right", "found", "wanted"))
            print(f"  {field:14} precision {right / found:.3f}  recall {right / expected:.3f}")
        print(f"  {'party':14} precision {seen['party right'] / seen['party found']:.3f}", end="")
        print(f"  recall {seen['party reached'] / seen['party wanted']:.3f}", end="")
        print(f", of those named in the opening {seen['opening reached'] / seen['opening wanted']:.3f}")
    print(f"{defined} definitions; {characters / 1e6:.1f} M characters in {seconds:.1f} s of processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
