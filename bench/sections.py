"""Sections: numbered headings that were listed by reading the raw text, found with the right parent or not.

    python -m bench.sections                    score bench/sections.json
    python -m bench.sections --draw SEED        print random windows of raw text, to list headings from
    python -m bench.sections --precision SEED   print random headings that were found, with the text around them

`--draw` takes ten contracts of ``../shared/data`` (4 of cuad, 2 each of maud, contractnli and cuad_pdf) and seven
places in each; the list is then made by reading, before any section is looked at. Each row names the file, the
heading's number, its first words, and the number of its parent ("" if it has none that is numbered).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from legalqa.ingest.reader import Reader, ReadOptions
from legalqa.values.document import Document, Section

DATA = Path(__file__).parents[2] / "shared" / "data"
LIST = Path(__file__).with_suffix(".json")
WINDOW = 1300


def pool() -> list[list[Path]]:
    """The contracts of each collection."""
    texts = [sorted((DATA / name / "docs").glob("*.txt")) for name in ("cuad", "maud", "contractnli")]
    return [*texts, sorted(path for path in (DATA / "cuad_pdf").rglob("*") if path.suffix.lower() == ".pdf")]


def drawn(chooser: random.Random) -> list[Path]:
    """Ten contracts."""
    return [path for paths, count in zip(pool(), (4, 2, 2, 2), strict=True) for path in chooser.sample(paths, count)]


def read(paths: list[Path]) -> Iterator[tuple[Path, Document]]:
    """The documents as the product reads them."""
    reader = Reader(ReadOptions(ocr="never"))
    for path in paths:
        yield path, reader.read(path, sha256(path.read_bytes()).hexdigest())
    reader.close()


def draw(seed: int) -> None:
    """Print windows of the raw text of ten contracts."""
    chooser = random.Random(seed)
    for path, document in read(drawn(chooser)):
        text = document.text
        print(f"######### {path.name} {len(text)}")
        for at in sorted(chooser.randrange(len(text)) for _ in range(7)):
            print(f"--- {at}")
            print(re.sub(r"\n{2,}", "\n", text[at : at + WINDOW]))


def precision(seed: int) -> None:
    """Print headings drawn from those that were found, to be judged by reading."""
    chooser = random.Random(seed)
    for path, document in read(drawn(chooser)):
        for section in chooser.sample(document.sections, min(10, len(document.sections))):
            before = " ".join(document.text[max(section.start - 60, 0) : section.start].split())
            after = " ".join(document.text[section.start : section.start + 90].split())
            print(f"{path.name} {' > '.join(section.path)[-90:]!r}\n      {before} ▶ {after}")


def bare(number: str) -> str:
    """ "Section 4.2." → "4.2"."""
    return re.sub(r"(?i)^(?:section|sec\.|article|art\.|exhibit|schedule|§+)\s*", "", number).strip(" .:()").casefold()


def letters(text: str) -> str:
    """Only the letters and digits, in small letters."""
    return "".join(char for char in text.casefold() if char.isalnum())


def parent_of(document: Document, section: Section) -> Section | None:
    """The numbered section that the section lies in, nearest first."""
    around = [s for s in document.sections if s.start < section.start < s.end and s.level < section.level and s.number]
    return max(around, key=lambda s: s.level) if around else None


def score(path: Path, rows: list[dict[str, str]]) -> int:
    """How many headings of a document are found with the right parent; prints the others."""
    ((_, document),) = read([path])
    right = 0
    for row in rows:
        begins = letters(row["number"] + row["words"])
        found = [s for s in document.sections if letters(document.text[s.start : s.start + 200]).startswith(begins)]
        parents = [bare(parent.number) if (parent := parent_of(document, s)) else "" for s in found]
        good = bare(row["parent"]) in parents
        right += good
        mark = "right" if good else f"WRONG (parent {parents[0]!r})" if found else "MISSED"
        print(f"{path.name:<34} {row['number']:<14} {row['words']:<34} under {row['parent'] or '-':<12} {mark}")
    return right


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", type=int, metavar="SEED")
    parser.add_argument("--precision", type=int, metavar="SEED")
    parser.add_argument("--list", type=Path, default=LIST)
    given = parser.parse_args()
    if given.draw is not None:
        draw(given.draw)
        return
    if given.precision is not None:
        precision(given.precision)
        return
    rows = json.loads(given.list.read_text("utf-8"))
    paths = {path.name: path for paths in pool() for path in paths}
    missing = {row["file"] for row in rows} - paths.keys()
    if missing:
        sys.exit(f"not in {DATA}: {', '.join(sorted(missing))}")
    files = dict.fromkeys(row["file"] for row in rows)
    right = sum(score(paths[file], [row for row in rows if row["file"] == file]) for file in files)
    print(f"{right} of {len(rows)} headings found with the right parent")


if __name__ == "__main__":
    main()
