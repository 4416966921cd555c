"""Every file of folders through the reader: what state it ends in and why, how long it takes, what the parent holds.

    python -m bench.hostile ../shared/data/pdf_hostile ../shared/data/ocr --json hostile.json

A file is accounted for if it gave a document all of whose pages have a state (a failed one its reason), or was refused
with a state and a reason. Anything else, and any file that takes longer than it may, ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import collections
import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from legalqa.finding import sha256_of
from legalqa.ingest import Reader, ReadOptions, Unreadable

_GRACE = 30.0  # seconds that a file may take beyond its pages' patience: starting processes, dividing the text


def _outcome(reader: Reader, path: Path) -> dict[str, Any]:
    """State, reason and figures of one file."""
    began = time.monotonic()
    try:
        document = reader.read(path, sha256_of(path))
    except Unreadable as error:
        return {"state": error.state, "reason": error.reason, "seconds": time.monotonic() - began, "pages": {}}
    pages = collections.Counter(page.source for page in document.pages)
    reasons = [page.reason for page in document.pages if page.reason]
    silent = [page.number for page in document.pages if page.source == "failed" and not page.reason]
    repaired = any(item.field == "repaired" for item in document.metadata)
    return {
        "state": "indexed",
        "reason": reasons[0] if reasons else "",
        "seconds": time.monotonic() - began,
        "pages": dict(pages),
        "failed_without_reason": silent,
        "repaired": repaired,
        "characters": len(document.text),
    }


def main() -> int:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--ocr", default="auto", choices=("auto", "always", "never"))
    parser.add_argument("--page-seconds", type=float, default=60)
    parser.add_argument("--memory-mb", type=int, default=3000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    files = [f for path in options.paths for f in (sorted(path.rglob("*")) if path.is_dir() else [path]) if f.is_file()]
    results: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as spool:
        reader = Reader(
            ReadOptions(ocr=options.ocr, page_seconds=options.page_seconds, memory=options.memory_mb << 20, spool=spool)
        )
        for path in files:
            try:
                result = results[str(path)] = _outcome(reader, path)
            except Exception as error:  # what the run is for: nothing else may leave the reader
                faults.append(f"{path}: {type(error).__name__} left the reader")
                continue
            pages = sum(result["pages"].values())
            if result["state"] != "indexed" and not result["reason"]:
                faults.append(f"{path}: {result['state']} without a reason")
            if result.get("failed_without_reason"):
                faults.append(f"{path}: failed pages without a reason")
            if result["seconds"] > options.page_seconds * max(pages, 1) + _GRACE:
                faults.append(f"{path}: took {result['seconds']:.0f} seconds")
        reader.close()
    _report(results, faults)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 1 if faults else 0


def _report(results: dict[str, dict[str, Any]], faults: list[str]) -> None:
    states = collections.Counter(result["state"] for result in results.values())
    pages: collections.Counter[str] = collections.Counter()
    for result in results.values():
        pages.update(result["pages"])
    seconds = sum(result["seconds"] for result in results.values())
    print(f"{len(results)} files, {sum(pages.values())} pages in {seconds:.0f} s")
    print("files:", ", ".join(f"{state} {count}" for state, count in states.most_common()))
    print("pages:", ", ".join(f"{source} {count}" for source, count in pages.most_common()))
    repaired = [result for result in results.values() if result.get("repaired")]
    beyond = sum("repair" in result["reason"] for result in results.values())
    worded = sum(result["characters"] > 0 for result in repaired)
    print(f"refused by pdfium: {len(repaired) + beyond}, repaired {len(repaired)}, of them with text {worded}")
    reasons = collections.Counter((r["state"], r["reason"]) for r in results.values() if r["reason"])
    for (state, reason), count in reasons.most_common():
        print(f"  {count:4}  {state}: {reason}")
    print("slowest:")
    for name, result in sorted(results.items(), key=lambda item: -item[1]["seconds"])[:8]:
        what = result["pages"] or result["reason"]
        print(f"  {result['seconds']:6.1f} s  {Path(name).name}  {result['state']} {what}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:.0f} MB")
    print(f"{len(faults)} faults", *faults, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
