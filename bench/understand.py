"""Which document a question names, and what it asks: questions of the development data, and forms of our own.

    python -m bench.understand [DATA] [--facts FILE] [--wrong] [--sample N]

All documents of DATA and its distractors stand in one matter, under the file names that they have there, with the facts
that our own ingestion reads of them (kept in FILE: reading takes a minute). "first" is the share of questions whose own
document is the first scope, "alone" that it is also surely first (no other has its score), "among" that it is one of
the scopes; "core" is the share whose core is the plain question. The forms of our own are put over the contracts' gold
parties, names and dates, which our ingestion may read differently; for these a core is right if it still asks for the
topic and names no party. Times are of the processor, not of the clock.
"""

from __future__ import annotations

import argparse
import functools
import json
import pickle
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.understand_forms import FORMS, TOPICS
from legalqa.answer.understand import Facts, understand
from legalqa.answer.understand.words import FORMS as LEGAL_FORMS
from legalqa.answer.understand.words import STOP, keys
from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.values.question import DocumentFacts

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SETS = ("cuad", "maud", "contractnli", "privacy_qa")


_ENTITY = re.compile(r"^[^;(]{4,60}\b(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Corp|CORP|Corporation|GmbH|plc|Company|L\.P)\b")


@dataclass(frozen=True)
class Asked:
    """A question, the document it is about, and its core: the words themselves, or a test of them."""

    document: str
    text: str
    core: Callable[[str], bool]


def texts(data: Path) -> dict[str, str]:
    """Every text by the id of its document; distractors have no id and get one of their own."""
    found = {}
    for name in (*SETS, "distractors"):
        for file in sorted((data / name).rglob("*.txt")):
            with file.open(encoding="utf-8", errors="replace", newline="") as opened:
                found[file.stem if name in SETS else f"{name}_{file.parent.name}_{file.stem}"] = opened.read()
    return found


def facts_of(name: str, text: str) -> DocumentFacts:
    """What our ingestion reads of a document."""
    made = structured(Outline("0" * 32, f"{name}.txt", "txt", text, ((0, len(text)),)))
    people = tuple(m.value for m in made.metadata if m.field in ("signatory", "deponent", "examiner"))
    law = next((m.value for m in made.metadata if m.field == "governing_law"), "")
    return DocumentFacts(
        name, (f"{name}.txt",), made.title, made.type, made.date, made.parties, people, law,
        definitions=made.definitions, opening=text[:6_000],
    )  # fmt: skip


def matter(data: Path, kept: Path | None) -> Facts:
    """All documents as one matter."""
    read = texts(data)
    if kept and kept.exists():
        documents = pickle.loads(kept.read_bytes())
    else:
        documents = [facts_of(name, text) for name, text in read.items()]
        if kept:
            kept.write_bytes(pickle.dumps(documents))
    words = {name: set(re.findall(r"[^\W_]+", text.casefold())) for name, text in read.items()}

    @functools.cache
    def with_word(word: str) -> tuple[str, ...]:
        return tuple(name for name, held in words.items() if word in held)

    return Facts(documents, with_word)


def rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    with (data / name / "qa.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def asked(data: Path, name: str) -> list[Asked]:
    """The questions of a set that name their document."""
    found = []
    for row in rows(data, name):
        text = row.get("scoped_question", row["question"])
        plain = row["question"] if "scoped_question" in row else text.partition(";")[2]
        wanted = " ".join(plain.split())
        found.append(Asked(row["doc_id"], text, lambda core, wanted=wanted: " ".join(core.split()) == wanted))  # type: ignore[misc]
    return found


def free(data: Path) -> list[Asked]:
    """Forms of our own, each over several contracts, each contract under several forms."""
    gold: dict[str, dict[str, list[str]]] = {}
    for row in rows(data, "cuad"):
        gold.setdefault(row["doc_id"], {})[row["category"]] = [answer["text"] for answer in row["answers"]]
    found = []
    for place, (name, said) in enumerate(sorted(gold.items())):
        names = [party for party in said.get("Parties", ()) if _ENTITY.search(party) and party[0].isupper()]
        title = " ".join((said.get("Document Name") or [""])[0].split())
        years = re.findall(r"\b(?:19|20)\d\d\b", " ".join(said.get("Agreement Date", ())))
        if not names or "agreement" not in title.lower():
            continue
        values = {
            "P": " ".join(names[0].split()), "p": short(names[0]), "o": short(names[0]), "b": short(names[-1]),
            "t": noun(title), "T": title.title(), "y": years[0] if years else "", "f": f"{name}.txt", "s": name,
        }  # fmt: skip
        for step in range(8):
            form = FORMS[(place * 8 + step) % len(FORMS)]
            if ("{y}" in form and not years) or ("{b}" in form and len(names) < 2):
                continue
            topic, wanted = TOPICS[(place + step) % len(TOPICS)]
            text = form.format(q=topic, Q=topic[0].upper() + topic[1:], k=wanted, **values)
            unwanted = {word for word in keys(values["p"]) if "{p}" in form} - STOP - set(keys(topic))
            found.append(
                Asked(name, text, lambda core, w=wanted, u=unwanted: w in core.lower() and not u & set(keys(core)))  # type: ignore[misc]
            )
    return found


def short(name: str) -> str:
    """What people call a party: "PSiTech Corporation" is "PSiTech", "Harbor Foods, Inc." is "Harbor Foods"."""
    words = [word for word in re.sub(r"[(\"“].*", "", name).replace(",", " ").split() if word]
    kept = [word for word in words if word.strip(".").lower() not in LEGAL_FORMS]
    return " ".join(kept[:2]) or words[0]


def noun(title: str) -> str:
    """What people call a document: "WEBSITE CONTENT LICENSE AGREEMENT" is a "license agreement"."""
    words = re.findall(r"[A-Za-z-]+", title.lower())
    at = words.index("agreement") if "agreement" in words else len(words) - 1
    return " ".join(words[max(at - 1, 0) : at + 1])


def measure(name: str, questions: list[Asked], facts: Facts, wrong: bool) -> None:
    """Ask, count, print."""
    count, missed = Counter[str](), dict[tuple[str, str], str]()
    began = time.process_time()
    for one in questions:
        found = understand(one.text, facts)
        scopes = [(scope.document_id, scope.score) for scope in found.scopes]
        first = bool(scopes) and scopes[0][0] == one.document
        count["first"] += first
        count["alone"] += first and (len(scopes) == 1 or scopes[1][1] < scopes[0][1])
        count["among"] += one.document in dict(scopes)
        count["scopes"] += len(scopes)
        count["core"] += one.core(found.core)
        if wrong and not (first and one.core(found.core)):
            missed.setdefault((one.document, one.text[:25]), f"{one.text[-110:]!r} -> {found.core!r} {scopes[:3]}")
    seconds = time.process_time() - began
    shares = "  ".join(f"{key} {count[key] / len(questions):.3f}" for key in ("first", "alone", "among", "core"))
    each = f"{count['scopes'] / len(questions):.1f} scopes, {1000 * seconds / len(questions):.1f} ms a question"
    print(f"{name:<12} {len(questions):>5} questions  {shares}  {each}", flush=True)
    for (document, _), line in missed.items():
        print("   ", document, line)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--facts", type=Path, help="where what was read of the documents is kept")
    parser.add_argument("--wrong", action="store_true", help="print what went wrong")
    parser.add_argument("--sample", type=int, default=1, help="every N-th question only")
    options = parser.parse_args()
    began = time.process_time()
    facts = matter(options.data, options.facts)
    print(f"{len(facts.documents)} documents, {time.process_time() - began:.1f} s")
    for name in SETS:
        measure(name, asked(options.data, name)[:: options.sample], facts, options.wrong)
    measure("our forms", free(options.data)[:: options.sample], facts, options.wrong)
    return 0


if __name__ == "__main__":
    sys.exit(main())
