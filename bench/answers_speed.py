"""How soon an answer begins and how soon it is whole, on a warm matter of contracts; the parts of it, by stage.

    python -m bench.answers_speed [--chunks 20000] [--questions 20] [--home HOME] [--matter NAME]

Indexes contracts of ``cuad`` into a matter until it has so many passages, unless HOME has the matter already, then asks
questions of them, each with the contract named as an attorney would (its own words of the data set), never from the
cache. Times by the clock, and of the processor: what this process and its children worked, which other programs on the
machine do not change much. "First words" is from the question to the first quoted sentence.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from pathlib import Path

from legalqa import settings
from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.values.answer import Draft

DATA = Path(__file__).parents[1].parent / "shared" / "data"
_TICKS = os.sysconf("SC_CLK_TCK")


def worked() -> float:
    """Seconds of the processor that this process and its living children have used."""
    total, own = 0.0, os.getpid()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if own in (int(stat.parent.name), int(fields[1])):
            total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


def filled(library: Library, name: str, chunks: int) -> None:
    """A matter with contracts of `cuad`, as many as it takes."""
    if name in {info.slug for info in library.matters()}:
        return
    library.create(name)
    files = sorted((DATA / "cuad" / "docs").glob("*.txt"))
    with library.open(name) as matter:
        count = 0
        for first in range(0, len(files), 10):
            if count >= chunks:
                return
            count += matter.index(files[first : first + 10]).chunks


def drawn(matter: Matter, count: int) -> list[str]:
    """Questions of contracts that the matter holds."""
    held = {Path(file.path).stem for file in matter.status().files}
    rows = [json.loads(line) for line in (DATA / "cuad" / "qa.jsonl").read_text(encoding="utf-8").splitlines()]
    fitting = [row["scoped_question"] for row in rows if row["doc_id"] in held and row["answers"]]
    return random.Random(5).sample(fitting, count)


def asked(matter: Matter, question: str) -> dict[str, float]:
    """Times of one answer, in seconds."""
    began, before, first = time.perf_counter(), worked(), [0.0, 0.0]

    def told(draft: Draft) -> None:
        if draft.text and not first[0]:
            first[:] = time.perf_counter() - began, worked() - before

    answer = matter.ask(question, fresh=True, on_draft=told)
    times = {f"ms {stage}": ms for stage, ms in answer.ms.items()}
    whole = {"whole": time.perf_counter() - began, "whole, processor": worked() - before}
    if first[0]:
        whole |= {"first words": first[0], "first words, processor": first[1]}
    if answer.status == "answered":
        whole["answered"] = whole["whole"]
    return whole | times


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--home", type=Path, default=None)
    parser.add_argument("--matter", default="speed")
    options = parser.parse_args()
    library = Library(options.home or settings.default_home())
    filled(library, options.matter, options.chunks)
    with library.open(options.matter) as matter:
        began = time.perf_counter()
        matter.warm()
        print(f"warmed in {time.perf_counter() - began:.1f} s; load of the machine {os.getloadavg()[0]:.1f}")
        questions = drawn(matter, options.questions + 2)
        for question in questions[:2]:
            matter.ask(question, fresh=True)
        rows = [asked(matter, question) for question in questions[2:]]
        again = time.perf_counter()
        matter.ask(questions[-1])
        kept = time.perf_counter() - again
    for name in dict.fromkeys(name for row in rows for name in row):
        values = sorted(row[name] for row in rows if name in row)
        unit = "ms" if name.startswith("ms ") else "s"
        most = values[max(int(len(values) * 0.9) - 1, 0)]
        figures = f"median {statistics.median(values):8.2f} {unit}, nine of ten within {most:8.2f} {unit}"
        print(f"{name.removeprefix('ms '):<24} {figures}, n {len(values)}")
    print(f"from the cache: {kept * 1000:.0f} ms")


if __name__ == "__main__":
    main()
