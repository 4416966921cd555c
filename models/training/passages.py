"""The passages that the models are trained on: cut by our own ingestion, worded as our own index embeds them.

    python -m models.training.passages DATA OUT

DATA is the development data; OUT becomes one JSON object a line, one a document. Needs the project's environment, no
torch. Offsets count in the document's text.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from legalqa.evaluate.split import part_of
from legalqa.index.vectors import embedded_text, searchable
from legalqa.ingest.items import Outline
from legalqa.ingest.structure import structured
from legalqa.values import reading
from legalqa.values.document import Chunk, Document

SETS = ("cuad", "contractnli", "maud", "privacy_qa")
LONGEST_PARENT = 1_000  # characters
_ID = "00000000-0000-4000-8000-000000000001"


def main() -> None:
    """Write the passages of every document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    with given.out.open("w", encoding="utf-8") as out:
        for name in SETS:
            for file in sorted((given.data / name / "docs").glob("*.txt")):
                _write(out, cut(file, name, part_of(file.stem)))
        for file in sorted((given.data / "distractors").rglob("*.txt")):
            _write(out, cut(file, "distractors", "train"))


def _write(out: Any, row: dict[str, Any]) -> None:
    out.write(json.dumps(row, ensure_ascii=False) + "\n")
    out.flush()


def cut(file: Path, set_name: str, part: str) -> dict[str, Any]:
    """A text as the index sees it: searchable chunks and short parents, each [start, end, head, text, whole].

    `whole` says that the text is the very slice of the document, so that offsets in it are offsets in the document.
    """
    with file.open(encoding="utf-8", newline="", errors="replace") as source:
        text = source.read()
    made = structured(Outline(_ID, file.name, "txt", text, ((0, len(text)),)))
    document = Document(
        id=_ID, path=file.name, sha256="", kind="txt", title=made.title, type=made.type, date=made.date,
        parties=made.parties, paged=False, text=text, pages=(), sections=made.sections, chunks=made.chunks,
        regions=made.regions,
    )  # fmt: skip
    children = searchable(document)
    known = {chunk.id for chunk in children}
    parents = [c for c in document.chunks if c.id not in known and c.end - c.start <= LONGEST_PARENT]
    return {
        "id": file.stem,
        "set": set_name,
        "part": part,
        "title": document.title,
        "length": len(text),
        "children": list(_rows(document, children)),
        "parents": list(_rows(document, parents)),
        "definitions": [[d.term, text[d.start : d.end]] for d in made.definitions],
    }


def _rows(document: Document, chunks: Sequence[Chunk]) -> Iterator[list[Any]]:
    seen = reading.of(document)
    tables = [region for region in document.regions if region.kind == "table"]
    for chunk in chunks:
        text = seen.text(chunk.start, chunk.end)
        if not text.strip():
            continue
        header = reading.header_of(tables, text, chunk.start, chunk.end)
        whole = embedded_text(document.title, chunk.section, text, header)
        head = whole[: len(whole) - len(text)]
        is_slice = text == document.text[chunk.start : chunk.end]
        yield [chunk.start, chunk.end, head, text, is_slice]


if __name__ == "__main__":
    main()
