"""Ask real questions of real contracts and hold every answer against what it may never do.

    python -m bench.cuad DATA [--home HOME] [--questions 200] [--sentences FILE]

DATA is a folder with ``docs/*.txt`` and ``qa.jsonl`` (offsets into the texts). Indexes it into the matter "cuad",
then checks that every hit of a search lies where it says (``text[start:end]``), that no answer cites a passage that
was not shown to the model, and that no quote is shown that does not stand in the cited document; and counts which
verdict the model's own sentences got. With --sentences these are written out, each with what it cites, to be read.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from legalqa import Library
from legalqa.library import slug_of
from legalqa.matter import Matter
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.reading import Reading


def plain(text: str) -> str:
    """White space made even: the one thing in which a shown quote may differ from the file."""
    return " ".join(text.split())


def check_hits(matter: Matter, questions: list[str]) -> Counter[str]:
    """Every hit's text against the file itself, read with newlines untouched."""
    seen: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for question in questions:
        for hit in matter.search(question, k=20).hits:
            if hit.path not in texts:
                with Path(hit.path).open(encoding="utf-8", newline="") as file:
                    texts[hit.path] = file.read()
            seen["hits"] += 1
            seen["wrong spans"] += texts[hit.path][hit.start : hit.end] != hit.text
            seen["without boxes"] += not hit.boxes
    return seen


def check_answer(matter: Matter, answer: VerifiedAnswer) -> Counter[str]:
    """What an answer may never do, counted."""
    seen: Counter[str] = Counter()
    shown = {str(passage.key): passage for passage in answer.passages}
    for sentence in answer.sentences:
        for citation in sentence.citations:
            seen["citations"] += 1
            passage = shown.get(citation.key)
            seen["citations of passages not shown"] += passage is None
            if citation.quote and citation.found:
                seen["quotes"] += 1
                document = matter.document(citation.document_id)
                texts = (document.text, Reading(document.text, document.regions).masked())  # a page's foot is no word
                seen["quotes not in the document"] += not any(plain(citation.quote) in plain(text) for text in texts)
    return seen


def gold_cited(answer: VerifiedAnswer, row: dict[str, Any], document: str) -> bool:
    """Does a citation overlap one of the gold spans?"""
    spans = [(a["start"], a["end"]) for a in row["answers"]]
    return any(
        Path(c.path).stem == document and c.start is not None and c.end is not None and c.start < end and start < c.end
        for sentence in answer.sentences
        for c in sentence.citations
        for start, end in spans
    )


def main() -> int:
    """Run, print the counts, and fail if anything happened that never may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--scope", action="store_true", help="filter by the contract, as a user who has it open would")
    parser.add_argument("--sentences", type=Path)
    options = parser.parse_args()
    library = Library(options.home)
    library.ensure("cuad")
    matter = library.open(slug_of("cuad"))
    report = matter.index([options.data / "docs"])
    print(f"indexed: {len(report.added)} files, {report.chunks} chunks in {report.seconds:.0f} s", flush=True)

    rows = [json.loads(line) for line in (options.data / "qa.jsonl").read_text(encoding="utf-8").splitlines()]
    rng = random.Random(0)
    answered = rng.sample([row for row in rows if row["has_answer"]], options.questions // 2)
    silent = rng.sample([row for row in rows if not row["has_answer"]], options.questions - len(answered))
    asked = answered + silent
    hits = check_hits(matter, [row["scoped_question"] for row in asked[:100]])
    print("hits:", dict(hits), flush=True)

    seen: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    written: list[dict[str, object]] = []
    began = time.perf_counter()
    for row in asked:
        where = f'document="{row["doc_id"]}.txt"' if options.scope else ""
        answer = matter.ask(row["question"] if options.scope else row["scoped_question"], where=where)
        seen += check_answer(matter, answer)
        kind = "answerable" if row["has_answer"] else "unanswerable"
        seen[f"{kind}: {answer.status}"] += 1
        seen["answerable: gold cited"] += row["has_answer"] and gold_cited(answer, row, row["doc_id"])
        for sentence in answer.sentences:
            quoted = sentence.verdict == "verbatim"
            verdicts[f"{'quote' if quoted else 'statement'}: {sentence.verdict}"] += 1
            if not quoted:
                cited = [p.text for p in answer.passages if str(p.key) in {c.key for c in sentence.citations}]
                written.append(
                    {
                        "question": row["question"],
                        "sentence": sentence.text,
                        "verdict": sentence.verdict,
                        "reasons": sentence.reasons,
                        "score": sentence.score,
                        "cited": cited,
                    }
                )
    print(f"asked {len(asked)} questions, {(time.perf_counter() - began) / len(asked):.2f} s each")
    print("counts:", dict(sorted(seen.items())))
    print("verdicts:", dict(sorted(verdicts.items())))
    if options.sentences:
        options.sentences.write_text(json.dumps(written, indent=1, ensure_ascii=False), encoding="utf-8")
    matter.close()
    never = seen["citations of passages not shown"] + seen["quotes not in the document"] + hits["wrong spans"]
    return 1 if never else 0


if __name__ == "__main__":
    sys.exit(main())
