"""Whether a quote is cited to the page that it stands on, and whether its boxes cover its words and no others.

    python -m bench.cited_pages DATA [--home HOME] [--questions 150] [--pictures FOLDER]

The contracts of ``cuad_pdf`` and their scans in ``cuad_scanned``, each question asked with its document open. A quote
is right if it and a gold answer hold one another. Its page is right if the gold answer stands there: of an answer that
the file holds once, the gold page; of others, a page on which pdfplumber reads it. Boxes are held against pdfplumber's
words of the original PDF whose middles lie in them; those of scans can only be looked at: `--pictures` draws cited
pages, scans first.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber

from legalqa import Library
from legalqa.library import slug_of
from legalqa.matter import Matter
from legalqa.values.answer import CheckedCitation, VerifiedAnswer

NAME = "cited pages"
PICTURES = 20


def letters(text: str) -> str:
    """What two extractions of one page agree on: letters and digits, without case."""
    return "".join(character for character in text.casefold() if character.isalnum())


def rows_of(data: Path) -> Iterator[tuple[dict[str, Any], Path, Path]]:
    """Every answerable question whose gold page is known, with the file to ask and the original PDF of it."""
    originals = {path.name: path for path in (data / "cuad_pdf").rglob("*.pdf")}
    scans = {path.stem.removesuffix("_scan"): path for path in (data / "cuad_scanned").rglob("*.pdf")}
    for line in (data / "cuad_pdf" / "qa_pages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        original = originals[Path(row["pdf"]).name]
        if row.get("answers"):
            yield row, original, original
            if original.stem in scans:
                yield row, scans[original.stem], original


def quotes(answer: VerifiedAnswer) -> list[CheckedCitation]:
    """The quotations of an answer."""
    return [one for sentence in answer.sentences for one in sentence.citations if one.found and one.quote]


def page_is_right(cited: CheckedCitation, row: dict[str, Any], pages: list[str]) -> bool | None:
    """Whether a quote is cited to the page of the gold answer that it holds; None if it holds none."""
    said, verdict = letters(cited.quote), None
    for answer in row["answers"]:
        gold = letters(answer["text"])
        if not gold or not (gold in said or said in gold):
            continue
        known = range(answer["page_start"], answer["page_end"] + 1)
        if answer["occurrences_in_pdf"] > 1 or said in gold:
            part = min(gold, said, key=len)
            both = [letters(pages[page - 1]) for page in cited.pages]
            right = part in "".join(both)
        else:
            right = bool(set(known) & set(cited.pages))
        verdict = bool(verdict) or right
    return verdict


def boxed_words(cited: CheckedCitation, original: Path) -> Counter[str]:
    """How many of pdfplumber's words lie in the boxes and belong to the quote, lie there and do not, are left out."""
    inside: Counter[str] = Counter()
    with pdfplumber.open(original) as file:
        for number in {box.page for box in cited.boxes}:
            page = file.pages[number - 1]
            for word in page.extract_words():
                x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
                boxes = [box for box in cited.boxes if box.page == number]
                if any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for box in boxes):
                    inside[letters(word["text"])] += 1
            page.close()
    wanted = Counter(filter(None, (letters(word) for word in re.split(r"\s+", cited.quote))))
    del inside[""]
    return Counter(
        covered=(inside & wanted).total(), foreign=(inside - wanted).total(), missed=(wanted - inside).total()
    )


def main() -> None:
    """Index, ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=int, default=150)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    library = Library(given.home)
    library.ensure(NAME)
    asked = list(rows_of(given.data))
    random.Random(7).shuffle(asked)
    with library.open(slug_of(NAME)) as matter:
        matter.index([given.data / "cuad_pdf", given.data / "cuad_scanned" / "pdf"])
        for kind, wanted in (("scans", True), ("PDFs", False)):
            rows = [one for one in asked if (one[1] != one[2]) is wanted][: given.questions // (3 if wanted else 1)]
            measure(matter, kind, rows, given.pictures)


def measure(matter: Matter, kind: str, rows: list[tuple[dict[str, Any], Path, Path]], pictures: Path | None) -> None:
    """Ask the questions and print what came of it."""
    seen: Counter[str] = Counter()
    texts: dict[Path, list[str]] = {}
    drawn = 0
    for row, file, original in rows:
        if original not in texts:
            with pdfplumber.open(original) as opened:
                texts[original] = [page.extract_text() or "" for page in opened.pages]
        answer = matter.ask(row["question"], where=f'document="{file.name}"')
        seen[answer.status] += 1
        for cited in quotes(answer):
            right = page_is_right(cited, row, texts[original])
            seen["quotes"] += 1
            seen["right quotes"] += right is not None
            seen["on the right page"] += right is True
            if right is False:
                print(f"  wrong page: {file.name} p. {cited.pages}, {row['category']}", flush=True)
            if file == original:
                seen.update(boxed_words(cited, original))
        if pictures and drawn < PICTURES // 2 and quotes(answer):
            drawn += len(matter.write_page_images(answer, pictures / kind))
    print(f"{kind}: {len(rows)} questions {dict(sorted(seen.items()))}")
    print(f"  page right: {seen['on the right page'] / max(seen['right quotes'], 1):.3f}", flush=True)


if __name__ == "__main__":
    main()
