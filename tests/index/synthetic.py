"""Small documents with everything in them, and an embedder that needs no model: for tests of the index."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from legalqa.index.catalog import FileFact
from legalqa.values.document import Chunk, Document, Page, Section, Word

SIZE = 32
_SPACE = uuid.UUID("6e5d3c1a-0000-4000-8000-000000000001")


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Hashed bag of words: the same words give the same unit vector, on every machine."""
    vectors = np.zeros((len(texts), SIZE), np.float32)
    for row, text in enumerate(texts):
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
            vectors[row, digest[0] % SIZE] += 1 if digest[1] % 2 else -1
        vectors[row, -1] += 1e-3
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def document(
    text: str,
    path: str = "files/lease.txt",
    *,
    chunk: int = 80,
    children: int = 3,
    type: str = "lease",
    date: str | None = "2019-03-01",
    parties: tuple[str, ...] = ("Harbor Point Holdings, LLC", "Delmar Foods Inc."),
    title: str = "Lease",
    bates: str | None = None,
) -> Document:
    """A document of two pages: children of `chunk` characters, `children` of them to a parent."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    id = str(uuid.uuid5(_SPACE, sha256))
    middle = len(text) // 2
    pages = tuple(
        Page(
            *(number, str(number), "ocr" if number == 2 else "text", start, end, 612.0, 792.0),
            words=_words(text, start, end, number == 2),
            confidence=91.5 if number == 2 else None,
            bates=f"{bates}{number:06d}" if bates else None,
        )
        for number, start, end in ((1, 0, middle), (2, middle, len(text)))
    )
    section = ("ARTICLE 1 RENT",)
    chunks = []
    for start in range(0, max(len(text), 1), chunk * children):
        end = min(start + chunk * children, len(text))
        parent = Chunk(str(uuid.uuid5(_SPACE, f"{id}/{start}/{end}/p/{chunk}")), start, end, None, section)
        chunks.append(parent)
        chunks += [
            Chunk(str(uuid.uuid5(_SPACE, f"{id}/{at}/{chunk}")), at, min(at + chunk, end), parent.id, section)
            for at in range(start, end, chunk)
        ]
    parts = (Section("1", "RENT", 1, 0, len(text), section),)
    return Document(*(id, path, sha256, "txt", title, type, date, parties, False, text), pages, parts, tuple(chunks))


def fact(document: Document, path: str | None = None, mtime_ns: int = 1) -> FileFact:
    """The file that a document was read from."""
    return FileFact(path or document.path, document.sha256, len(document.text), mtime_ns)


def prose(seed: int, words: int = 120) -> str:
    """Text in the manner of a contract, different for every seed."""
    chosen = np.random.default_rng(seed).choice(_WORDS, words)
    return f"Document number {seed}. " + " ".join(chosen) + "."


def _words(text: str, start: int, end: int, scanned: bool) -> tuple[Word, ...]:
    found = enumerate(re.finditer(r"\S+", text[start:end]))
    return tuple(
        Word(
            *(start + match.start(), start + match.end()),
            *(10.1 * index, 20.25, 10.1 * index + 9, 31.75),
            confidence=None if not scanned or index == 0 else 80.5 + index % 10,
        )
        for index, match in found
    )


_WORDS = re.findall(
    r"\w+",
    "tenant landlord shall pay rent monthly term renewal notice default cure days premises assign consent "
    "not without insurance indemnify breach terminate agreement party confidential disclose governing law "
    "Delaware New York amount ",
)
