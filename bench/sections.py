"""Sections: numbered headings that were listed by reading the raw text, found with the right parent or not.

    python -m bench.sections                    score bench/sections.json
    python -m bench.sections --list bench/sections_development.json     score the lists that were looked at since
    python -m bench.sections --draw SEED        print places drawn at random in raw text, to list headings from
    python -m bench.sections --precision SEED   print random headings that were found, with the text around them

The list was made so (seed 20261123; earlier draws stand in the development list): ``--draw`` takes ten contracts of
``../shared/data`` that nobody has looked at (6 of cuad, 2 each of maud and contractnli) and five places in each, from
the raw file and without a line of the product's code. For each place a reader takes the next heading that is not taken
yet: article, section or sub-clause with its own number, in its own line or run on after a full stop; not a line of a
contents table, a recital, an item of a list inside a sentence, or text quoted into another agreement. After the last
heading he begins again at the first; a contract without headings gives way to the next of cuad. Each row names the
file, the heading's number, first words and offset, and its parent's number ("" if it has none that is numbered) and
offset.
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
from typing import NotRequired, TypedDict

from legalqa.ingest.reader import Reader, ReadOptions
from legalqa.values.document import Document, Section

DATA = Path(__file__).parents[2] / "shared" / "data"
LIST = Path(__file__).with_suffix(".json")
DEVELOPMENT = LIST.with_stem("sections_development")
SEEN = LIST.with_stem("sections_seen")  # contracts whose outlines were looked at while the rules were made
WINDOW = 2500


class Row(TypedDict):
    """A heading of a list."""

    file: str
    number: str
    words: str
    parent: str
    at: NotRequired[int]
    parent_at: NotRequired[int | None]


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
    """Print windows of the raw text of ten contracts that nobody has looked at, and two to spare."""
    chooser = random.Random(seed)
    used = {row["file"] for row in json.loads(DEVELOPMENT.read_text("utf-8"))}
    used.update(json.loads(SEEN.read_text("utf-8")))
    texts = [[path for path in paths if path.name not in used] for paths in pool()[:3]]
    seen: list[Path] = []
    for paths, count in [*zip(texts, (6, 2, 2), strict=True), (texts[0], 2)]:
        for path in chooser.sample([path for path in paths if path not in seen], count):
            seen.append(path)
            text = path.read_bytes().decode("utf-8")
            print(f"######### {path.name} {len(text)}")
            for at in sorted(chooser.randrange(len(text)) for _ in range(5)):
                print(f"--- {at}\n{text[at : at + WINDOW]}")


def precision(seed: int) -> None:
    """Print headings drawn from those that were found, to be judged by reading."""
    chooser = random.Random(seed)
    for path, document in read(drawn(chooser)):
        for section in chooser.sample(document.sections, min(10, len(document.sections))):
            before = " ".join(document.text[max(section.start - 60, 0) : section.start].split())
            after = " ".join(document.text[section.start : section.start + 90].split())
            print(f"{path.name} {' > '.join(section.path)[-90:]!r}\n      {before} ▶ {after}")


def bare(number: str) -> str:
    """ "Section 4.2." → "4.2", "4.0" → "4"."""
    number = re.sub(r"(?i)^(?:section|sec\.|article|art\.|exhibit|schedule|§+)\s*", "", number)
    return re.sub(r"^(\d+)\.0$", r"\1", number.strip(" .:()").casefold())


def letters(text: str) -> str:
    """Only the letters and digits, in small letters."""
    return "".join(char for char in text.casefold() if char.isalnum())


def parent_of(document: Document, section: Section) -> Section | None:
    """The numbered section that the section lies in, nearest first."""
    around = [s for s in document.sections if s.start < section.start < s.end and s.level < section.level and s.number]
    return max(around, key=lambda s: s.level) if around else None


def at_place(document: Document, section: Section | None, offset: int | None) -> bool:
    """Whether a section starts at an offset, white space aside; any place will do if the list names none."""
    if section is None or offset is None:
        return offset is None
    start, end = sorted((section.start, offset))
    return not document.text[start:end].strip()


def score(path: Path, rows: list[Row]) -> int:
    """How many headings of a document are found with the right parent; prints the others."""
    ((_, document),) = read([path])
    right = 0
    for row in rows:
        begins = letters(row["number"] + row["words"])
        found = [
            (section, parent_of(document, section))
            for section in document.sections
            if letters(document.text[section.start : section.start + 200]).startswith(begins)
            and at_place(document, section, row.get("at"))
        ]
        parents = [
            bare(parent.number) if parent else ""
            for _, parent in found
            if at_place(document, parent, row.get("parent_at"))
        ]
        good = bare(row["parent"]) in parents
        right += good
        others = [parent.number if parent else "" for _, parent in found]
        mark = "right" if good else f"WRONG (parent {others[0]!r})" if found else "MISSED"
        print(f"{path.name:<34} {row['number']:<14} {row['words']:<40} under {row['parent'] or '-':<12} {mark}")
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
    rows: list[Row] = json.loads(given.list.read_text("utf-8"))
    paths = {path.name: path for paths in pool() for path in paths}
    missing = {row["file"] for row in rows} - paths.keys()
    if missing:
        sys.exit(f"not in {DATA}: {', '.join(sorted(missing))}")
    files = dict.fromkeys(row["file"] for row in rows)
    right = sum(score(paths[file], [row for row in rows if row["file"] == file]) for file in files)
    print(f"{right} of {len(rows)} headings found with the right parent")


if __name__ == "__main__":
    main()
