"""``kill -9`` in the middle of a batch, again and again: is the index the same as that of an undisturbed run?

Makes a folder of a thousand files from the development data (slices of contracts, e-mails with attachments, archives,
PDFs, some scans, duplicates, files that are no documents), indexes it once in peace and once with kills at random
moments, each time resumed, and compares: documents with every word, chunk and embedding, files with their states, and
the points of the search index with their vectors. Boxes may differ by a tenth of a point, and are counted: pdfium
measures words in substituted fonts a little differently after other documents, killed or not.

    python -m bench.resume [--files 1000] [--kills 20] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from legalqa import settings
from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard
from legalqa.values.document import Document

_POINTS = 0.1  # that a box may differ
DATA = Path(__file__).parents[1].parent / "shared" / "data"


def build(folder: Path, count: int, rng: random.Random) -> None:
    """A messy folder of `count` files."""
    import pikepdf

    texts = [file.read_text(encoding="utf-8", errors="replace") for file in sorted((DATA / "cuad/docs").glob("*.txt"))]
    pdfs = sorted((DATA / "cuad_pdf").rglob("*.pdf"))
    scans = sorted((DATA / "cuad_scanned").rglob("*.pdf"))

    def piece(most: int = 2500) -> str:
        text = rng.choice(texts)
        start = rng.randrange(max(len(text) - most, 1))
        return f"Exhibit {rng.randrange(10**9)}\n\n{text[start : start + rng.randint(300, most)]}\n"

    def cut(source: Path, target: Path, pages: int) -> None:
        with pikepdf.open(source) as pdf, pikepdf.new() as out:
            first = rng.randrange(max(len(pdf.pages) - pages, 1))
            out.pages.extend(list(pdf.pages)[first : first + pages])
            out.save(target, deterministic_id=True)

    def mail(target: Path) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "counsel@example.com", "client@example.com"
        message["Subject"], message["Date"] = f"Draft {rng.randrange(10**6)}", "Mon, 1 Mar 2021 10:00:00 +0000"
        message.set_content(piece(900))
        for number in range(rng.randrange(3)):
            message.add_attachment(piece(1200).encode(), "text", "plain", filename=f"draft-{number}.txt")
        target.write_bytes(message.as_bytes())

    def archive(target: Path) -> None:
        with zipfile.ZipFile(target, "w") as out:
            for number in range(rng.randint(1, 4)):
                out.writestr(f"production/{number:03}.txt", piece(1500))

    for number in range(count):
        place = folder / f"box-{number % 10}"
        place.mkdir(parents=True, exist_ok=True)
        match number % 100:
            case n if n < 74:
                (place / f"{number:04}.txt").write_text(piece(), encoding="utf-8")
            case n if n < 84:
                mail(place / f"{number:04}.eml")
            case n if n < 88:
                archive(place / f"{number:04}.zip")
            case n if n < 95:
                cut(rng.choice(pdfs), place / f"{number:04}.pdf", 2)
            case 95:
                cut(rng.choice(scans), place / f"{number:04}-scan.pdf", 3)
            case 96:
                shutil.copyfile(next(place.glob("*.txt")), place / f"{number:04}-copy.txt")
            case 97:
                (place / f"{number:04}.pdf").write_bytes(b"%PDF-1.7\nthis is none")
            case 98:
                (place / f"{number:04}.dwg").write_bytes(bytes(rng.randrange(256) for _ in range(50)))
            case _:
                (place / "Thumbs.db").write_bytes(b"x")


def contents(home: Path) -> dict[str, Any]:
    """Everything that an index consists of."""
    folder = home / "matters" / "m"
    catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", 384)
    try:
        documents = catalog.documents()
        points = {id: sorted(shard.ids(id)) for id in sorted(shard.counts())}
        return {
            "documents": {id: _without_boxes(catalog.document(id)) for id in sorted(documents)},
            "boxes": {id: _Boxes(catalog.document(id)) for id in sorted(documents)},
            "embeddings": {id: catalog.with_embeddings(id)[1].tobytes() for id in documents},
            "files": [(r.fact, r.state, r.reason, r.document_id) for r in catalog.files()],
            "pages": {id: catalog.page_statuses(id) for id in sorted(documents)},
            "points": points,
            "vectors": {id: vector for ids in points.values() for id, vector in shard.vectors(ids).items()},
            "pending": catalog.pending(),
            "originals": sorted(file.name for file in (folder / "originals").glob("*")),
            "journals": sorted(file.name for file in (folder / "reading").glob("*.pages")),
        }
    finally:
        catalog.close()
        shard.close()


class _Boxes:
    """The boxes of a document, equal to others that nowhere differ by more than `_POINTS`."""

    def __init__(self, document: Document) -> None:
        self.corners = [(w.x0, w.y0, w.x1, w.y1) for page in document.pages for w in page.words]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Boxes) or len(self.corners) != len(other.corners):
            return False
        pairs = zip(self.corners, other.corners, strict=True)
        return all(abs(a - b) <= _POINTS for one, two in pairs for a, b in zip(one, two, strict=True))

    __hash__ = None  # type: ignore[assignment]  # compared, never a key


def _without_boxes(document: Document) -> Document:
    pages = (
        replace(page, words=tuple(replace(w, x0=0.0, y0=0.0, x1=0.0, y1=0.0) for w in page.words))
        for page in document.pages
    )
    return replace(document, pages=tuple(pages))


def home_in(folder: Path, name: str) -> Path:
    """A home of its own with the installed models."""
    home = folder / name
    home.mkdir()
    (home / "models").symlink_to(settings.default_home() / "models")
    return home


def main() -> None:
    """Build, run, kill, compare; exit code 1 if anything differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="legalqa-resume-") as scratch:
        folder = Path(scratch)
        files = folder / "files"
        build(files, arguments.files, rng)
        calm, rough = home_in(folder, "calm"), home_in(folder, "rough")
        command = [sys.executable, "-m", "legalqa.cli", "index", str(files), "-m", "m", "-q"]
        began = time.monotonic()
        code = subprocess.run(command, env={**os.environ, "LEGALQA_HOME": str(calm)}, check=False).returncode
        whole = time.monotonic() - began
        print(f"undisturbed: {whole:.0f} s, exit code {code}", flush=True)
        killed, spent = 0, 0.0
        environment = {**os.environ, "LEGALQA_HOME": str(rough)}
        while True:
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            began = time.monotonic()
            patience = rng.uniform(0.3, 1.0) * whole / (0.8 * arguments.kills) if killed < arguments.kills else None
            try:
                code = process.wait(timeout=patience)
                spent += time.monotonic() - began
                break
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
                spent += time.monotonic() - began
        print(f"killed {killed} times: {spent:.0f} s in all, exit code {code}", flush=True)
        one, other = contents(calm), contents(rough)
        differing = [part for part in one if one[part] != other[part]]
        counts = {"files": len(one["files"]), "documents": len(one["documents"]), "points": len(one["vectors"])}
        moved = sum(
            one["boxes"][id].corners != other["boxes"][id].corners for id in one["boxes"] if id in other["boxes"]
        )
        states: dict[str, int] = {}
        for _, state, _, _ in one["files"]:
            states[state] = states.get(state, 0) + 1
        print(json.dumps({**counts, "states": states, "killed": killed, "boxes_moved": moved, "differing": differing}))
        for part in differing:
            _explain(part, one[part], other[part])
        sys.exit(1 if differing or killed < arguments.kills else 0)


def _explain(part: str, one: Any, other: Any) -> None:
    if isinstance(one, dict):
        keys = [key for key in {*one, *other} if one.get(key) != other.get(key)]
        print(f"{part}: {len(keys)} differ, such as {keys[:3]}")
    else:
        print(f"{part}: {[entry for entry in one if entry not in other][:3]}")
        print(f"  instead: {[entry for entry in other if entry not in one][:3]}")


if __name__ == "__main__":
    main()
