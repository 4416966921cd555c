"""What an attorney gets to see of a folder, checked without the readers' own help. `python -m bench.readable FOLDER…`

Every file is indexed in a fresh matter and then looked at from outside: is every file and page accounted for, does
poppler (another reader of PDF) find words that we have not, or the same words in another order, does every box lie on
ink, do the chunks cover the text, is a sentence found again by searching for it? With ``--out DIR`` the text of every
document and pictures of pages with what was found on them are left there, to be read by eye. Exit code 1 if a check
that must hold does not.
"""

from __future__ import annotations

import argparse
import difflib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from legalqa.library import Library
from legalqa.matter import Matter
from legalqa.settings import default_home
from legalqa.values.document import FURNITURE, Document, Page

SCALE = 1.5  # pixels a point
DARK = 140  # grey below which a pixel is ink
COLOURS = {
    "header": "orange",
    "footer": "orange",
    "stamp": "magenta",
    "footnote": "green",
    "table": "blue",
    "contents": "brown",
    "signature": "purple",
    "hidden": "red",
    "line": "grey",
}


@dataclass
class Findings:
    """What is wrong (`faults` must not be), and figures to be looked at."""

    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    order: list[float] = field(default_factory=list)


def main() -> int:
    """Index, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="leave texts and pictures there")
    parser.add_argument("--pages", type=int, default=3, help="pages of each document that are drawn")
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    found = Findings()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to(default_home() / "models")
        library = Library(home)
        library.create("Check")
        with library.open("Check") as matter:
            report = matter.index(wanted.paths)
            print(f"{len(report.added)} files read, {report.chunks} chunks, {report.seconds:.0f} s")
            _accounted(matter, wanted.paths, found)
            documents = [matter.document(id) for id in matter.catalog.documents()]
            for document in documents:
                _checked(matter, document, found, wanted.out, wanted.pages)
            _found_again(matter, documents, found, random.Random(wanted.seed))
            _stays_hidden(matter, documents, found)
    _print(found)
    return bool(found.faults)


def _accounted(matter: Matter, paths: list[Path], found: Findings) -> None:
    status = matter.status()
    known = {file.path: file for file in status.files}
    for path in paths:
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            state = known.get(str(file.absolute()))
            if state is None:
                found.faults.append(f"{file.name}: no state at all")
            elif state.state not in ("indexed", "duplicate") and not state.reason:
                found.faults.append(f"{file.name}: {state.state} without a reason")
    for file_state in status.files:
        if file_state.state != "indexed":
            found.remarks.append(f"{Path(file_state.path).name}: {file_state.state}: {file_state.reason}")


def _checked(matter: Matter, document: Document, found: Findings, out: Path | None, drawn: int) -> None:
    name = Path(document.path).name
    _spans(document, name, found)
    for page in document.pages:
        if page.source == "failed":
            found.remarks.append(f"{name} p. {page.number}: failed: {page.reason}")
    if document.kind == "pdf" and shutil.which("pdftotext") and Path(document.path).is_file():
        _beside_poppler(document, name, found)
    for page in document.pages[:drawn]:
        if page.source in ("text", "ocr"):
            _on_ink(matter, document, page, name, found, out)
    if out is not None:
        (out / f"{name}.txt").write_text(_described(document), encoding="utf-8", errors="replace")


def _spans(document: Document, name: str, found: Findings) -> None:
    covered = np.zeros(len(document.text), bool)
    for chunk in document.chunks:
        covered[chunk.start : chunk.end] = True
    lost = sum(not char.isspace() for at, char in enumerate(document.text) if not covered[at])
    if lost:
        found.faults.append(f"{name}: {lost} characters are in no chunk")
    for hidden in document.regions_of(0, len(document.text), "hidden"):
        seen = [c for c in document.chunks if not c.hidden and c.start < hidden.end and c.end > hidden.start]
        if seen:
            found.faults.append(f"{name}: what cannot be seen ({hidden.detail}) stands in {len(seen)} visible chunks")
    for page in document.pages:
        before = page.start
        for word in page.words:
            text = document.text[word.start : word.end]
            if word.start < before or word.end > page.end or not text.strip() or text != text.strip():
                found.faults.append(f"{name} p. {page.number}: a word's span is {text[:20]!r}")
                break
            before = word.end
            if not (-2 <= word.x0 < word.x1 <= page.width + 2 and -2 <= word.y0 < word.y1 <= page.height + 2):
                found.remarks.append(f"{name} p. {page.number}: the box of {text[:20]!r} is off the page")
                break
        bare = re.sub(r"[\s|]", "", document.text[page.start : page.end])  # "|" parts the cells of our tables
        boxed = sum(len(re.sub(r"\s", "", document.text[w.start : w.end])) for w in page.words)
        if len(bare) - boxed > 0.02 * len(bare) + 20:
            found.remarks.append(f"{name} p. {page.number}: {len(bare) - boxed} of {len(bare)} characters have no box")


def _beside_poppler(document: Document, name: str, found: Findings) -> None:
    for page in document.pages:
        if page.source != "text":
            continue
        command = ["pdftotext", "-f", str(page.number), "-l", str(page.number), document.path, "-"]
        theirs = _tokens(subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace"))
        ours = _tokens(document.text[page.start : page.end])
        if len(theirs) < 20:
            continue
        lines = document.regions_of(page.start, page.end, "line")
        numbers = [str(number) for number in range(1, 60)] if lines else []  # printed beside lines: no text of ours
        missing = Counter(theirs) - Counter(ours) - Counter(numbers)
        recall = 1 - missing.total() / len(theirs)
        order = difflib.SequenceMatcher(None, theirs, ours, autojunk=False).ratio()
        found.recall.append(recall)
        found.order.append(order)
        if recall < 0.98:
            found.remarks.append(
                f"{name} p. {page.number}: poppler has besides {' '.join([*missing][:8])!r} ({recall:.3f})"
            )
        elif order < 0.9:
            found.remarks.append(f"{name} p. {page.number}: another order than poppler's ({order:.2f})")


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"[-‐­]\s*\n\s*", "", text).casefold())


def _on_ink(matter: Matter, document: Document, page: Page, name: str, found: Findings, out: Path | None) -> None:
    try:
        drawn = matter.page_image(document.id, page.number, SCALE)
    except Exception as error:  # a file without pages of its own has no picture
        if document.paged:
            found.remarks.append(f"{name} p. {page.number}: not drawn: {error}")
        return
    picture = Image.frombytes("RGB", (drawn.width, drawn.height), drawn.rgb)
    grey = np.asarray(picture.convert("L"))
    scale = drawn.width / page.width
    hidden = document.regions_of(page.start, page.end, "hidden")
    empty = [
        document.text[word.start : word.end]
        for word in page.words
        if not any(region.start <= word.start < region.end for region in hidden)
        and not _has_ink(grey, word.x0 * scale, word.y0 * scale, word.x1 * scale, word.y1 * scale)
    ]
    if len(empty) > max(2, 0.01 * len(page.words)):
        found.remarks.append(f"{name} p. {page.number}: {len(empty)} boxes without ink: {' '.join(empty[:6])!r}")
    if out is not None:
        _draw(document, page, picture, scale).save(out / f"{name}-p{page.number}.png")


def _has_ink(grey: NDArray[np.uint8], x0: float, y0: float, x1: float, y1: float) -> bool:
    box = grey[max(int(y0), 0) : int(y1) + 1, max(int(x0), 0) : int(x1) + 1]
    return bool(box.size) and int(box.max()) - int(box.min()) > 255 - DARK - 60


def _draw(document: Document, page: Page, picture: Image.Image, scale: float) -> Image.Image:
    """Every third line of text boxed as a citation would be, every region in its colour, words in reading order."""
    pen = ImageDraw.Draw(picture)
    for region in document.regions_of(page.start, page.end):
        for box in document.boxes_of(max(region.start, page.start), min(region.end, page.end)):
            frame = (box.x0 * scale - 2, box.y0 * scale - 2, box.x1 * scale + 2, box.y1 * scale + 2)
            pen.rectangle(frame, outline=COLOURS.get(region.kind, "black"), width=2)
    middles = [((w.x0 + w.x1) / 2 * scale, (w.y0 + w.y1) / 2 * scale) for w in page.words]
    for at in range(len(middles) - 1):
        pen.line((*middles[at], *middles[at + 1]), fill=(255, 0, 0) if at % 2 else (255, 120, 120))
    return picture


def _described(document: Document) -> str:
    """What `legalqa show` would say, in one file."""
    lines = [f"{document.title} | {document.type} | {document.date} | {document.parties}", ""]
    lines += [f"METADATUM {m.field} = {m.value} [{m.start}:{m.end}]" for m in document.metadata]
    lines += [f"DEFINITION {d.term}: {document.text[d.start : d.end][:100]!r}" for d in document.definitions]
    lines += [f"SECTION {'  ' * s.level}{' › '.join(s.path)}" for s in document.sections]
    for region in document.regions:
        if region.kind != "line":
            lines.append(f"REGION {region.kind} {region.detail!r}: {document.text[region.start : region.end][:90]!r}")
    for page in document.pages:
        head = f"===== page {page.number} ({page.label}, {page.source}, {page.confidence}, {page.bates})"
        lines += ["", head, document.text[page.start : page.end]]
    return "\n".join(lines)


def _found_again(matter: Matter, documents: list[Document], found: Findings, dice: random.Random) -> None:
    asked = first = exact = 0
    for document in documents:
        for sentence in _sentences(document, dice):
            asked += 1
            hits = matter.search(sentence, k=3).hits
            if any(hit.document_id == document.id for hit in hits):
                first += 1
            else:
                found.remarks.append(f"{Path(document.path).name}: not among the first three: {sentence!r}")
            if any(hit.document_id == document.id for hit in matter.search(sentence, k=50, exact=True).hits):
                exact += 1
            else:
                found.remarks.append(f"{Path(document.path).name}: not found word for word: {sentence!r}")
    if asked:
        print(f"{asked} sentences drawn at random: found among the first three {first}, word for word {exact}")


def _stays_hidden(matter: Matter, documents: list[Document], found: Findings) -> None:
    for document in documents:
        for region in document.regions_of(0, len(document.text), "hidden"):
            words = " ".join(document.text[region.start : region.end].split()[:12])
            hits = (*matter.search(words, k=20).hits, *matter.search(words, k=20, exact=True).hits) if words else ()
            if any(
                hit.document_id == document.id and hit.start < region.end and hit.end > region.start for hit in hits
            ):
                found.faults.append(f"{Path(document.path).name}: hidden text is found without asking for it")


def _sentences(document: Document, dice: random.Random) -> Iterator[str]:
    shown = [chunk for chunk in document.chunks if chunk.parent_id and not chunk.hidden]
    for chunk in dice.sample(shown, min(2, len(shown))):
        words = [match.span() for match in re.finditer(r"\S+", document.text[chunk.start : chunk.end])]
        if len(words) < 12:
            continue
        at = dice.randrange(len(words) - 11)
        start, end = chunk.start + words[at][0], chunk.start + words[at + 11][1]
        if not document.regions_of(start, end, *FURNITURE, "hidden", "footnote"):  # no reader reads across these
            yield " ".join(document.text[start:end].split())


def _print(found: Findings) -> None:
    if found.recall:
        words, order = np.mean(found.recall), np.mean(found.order)
        print(f"beside poppler, {len(found.recall)} pages: words {words:.4f}, order {order:.3f}")
    for fault in found.faults:
        print(f"FAULT  {fault}")
    for remark in found.remarks:
        print(f"look   {remark}")


if __name__ == "__main__":
    sys.exit(main())
