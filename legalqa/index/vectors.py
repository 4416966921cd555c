"""What a vector index must be able to do, and the values that go into it and come out of it.

`Shard` (Qdrant Edge on disk) and `Server` (a Qdrant server) both satisfy `VectorIndex`; nobody else needs to know
which of them is in use. An index is never the only copy of anything: it can be rebuilt from the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from legalqa.values import bates, reading
from legalqa.values.answer import Condition
from legalqa.values.document import Chunk, Document

Vectors = NDArray[np.float32]
OPENING = 1500  # characters
_HEAD_WORDS = 6  # of a title or a section's name that the encoder sees
_NUMBERED = re.compile(r"^(?:(?:ARTICLE|Article|SECTION|Section|§)\s*)?(?:[\dIVXLC.()]+(?=\s|$)|\([a-z]+\))\s*")
_CAPITALISED = re.compile(r"\b[A-Z][\w&.-]+")
_NO_MARKS = str.maketrans("", "", ",.")
_STATE = re.compile(r"(?:the )?(?:laws of )?(?:the )?(?:state|commonwealth|province) of ")


class Point(msgspec.Struct, frozen=True):
    """One searchable chunk. `vector` is float32, little-endian, unit length; `text` feeds BM25 and is not kept.

    `names`, `type`, `parties`, `bates` and `laws` are compared without case: they are stored as `folded`. `hidden`
    marks text that cannot be seen on its page.
    """

    id: str  # a UUID
    document_id: str
    vector: bytes
    text: str
    start: int
    end: int
    parent_id: str | None = None
    names: tuple[str, ...] = ()
    type: str = "other"
    date: str | None = None
    parties: tuple[str, ...] = ()
    bates: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    kind: str = ""
    laws: tuple[str, ...] = ()
    hidden: bool = False

    def payload(self) -> dict[str, object]:
        """What the index stores and filters by. Keywords only: a boolean would match nothing."""
        values: dict[str, object] = {
            "document_id": self.document_id,
            "document": document_keys(self.document_id, self.names),
            "type": folded(self.type),
            "party": [run for party in self.parties for run in word_prefixes(party)],
            "bates": [bates.key(label) for label in self.bates],
            "bates_prefix": list(dict.fromkeys(prefix for prefix, _ in map(bates.parts, self.bates))),
            "bates_number": [number for _, number in map(bates.parts, self.bates) if number is not None],
            "kind": folded(self.kind),
            "governing_law": list(dict.fromkeys(run for law in self.laws for run in law_keys(law))),
            "hidden": "yes" if self.hidden else "no",
            "page": list(self.pages),
            "start": self.start,
            "end": self.end,
            "parent_id": self.parent_id,
        }
        if self.date is not None:
            values["date"] = f"{self.date}T00:00:00Z"
        return values


class Hit(msgspec.Struct, frozen=True):
    """A chunk that was found. `score` only orders the hits of one search."""

    id: str
    score: float


# Points that get a graph of their own. One graph over a million took 12 GB and hours to make, and was made anew when
# enough was added; of bounded ones only the last is made. A search asks one after the other: 1.5 ms each, and two of
# 100,000 take 2.7 ms where one of 200,000 takes 1.5.
GRAPH = 200_000


class VectorIndex(Protocol):
    """A store of points. Every method but `rebuild` may be repeated without harm."""

    @property
    def size(self) -> int:
        """Length of a vector."""

    def upsert(self, points: Sequence[Point]) -> None:
        """Insert or replace points; they are durable after `flush`."""

    def flush(self) -> None:
        """Return when everything upserted or deleted so far will survive a power cut."""

    def delete(self, document_id: str) -> None:
        """Delete every point of a document."""

    def delete_points(self, ids: Sequence[str]) -> None:
        """Delete points by id; unknown ids are ignored."""

    def rename(self, document_id: str, names: Sequence[str]) -> None:
        """Set the file names under which `document=` finds a document's points."""

    def search(self, vector: Vectors | None, text: str, conditions: Sequence[Condition], limit: int) -> list[Hit]:
        """The best points, dense and BM25 rankings fused; without `vector` or `text`, by the other alone."""

    def ids(self, document_id: str) -> list[str]:
        """Ids of a document's points, in no order."""

    def counts(self, conditions: Sequence[Condition] = ()) -> dict[str, int]:
        """Number of points that meet all conditions of each document that has any."""

    def count(self) -> int:
        """Number of points."""

    def vectors(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Stored dense vectors (float32, little-endian) of the ids that exist."""

    def rebuild(self, batches: Iterable[Sequence[Point]]) -> None:
        """Replace all content by these points; deleted text is then gone from the files too."""

    def optimize(self) -> None:
        """Reorganise for speed. May take minutes: never while somebody waits."""

    def close(self) -> None:
        """Release everything."""


def folded(keyword: str) -> str:
    """A keyword as it is compared: without case, white space runs as one space."""
    return " ".join(keyword.split()).casefold()


def party_key(name: str) -> str:
    """A party's name as it is compared: without case, commas and stops, so that "L.L.C." is "LLC"."""
    return folded(name.translate(_NO_MARKS))


def word_prefixes(name: str) -> list[str]:
    """Harbor Point, LLC → harbor | harbor point | harbor point llc: a party is found by how its name begins."""
    words = party_key(name).split()
    return [" ".join(words[:count]) for count in range(1, len(words) + 1)]


def document_keys(document_id: str, names: Iterable[str]) -> list[str]:
    """Keywords that `document=` may name: the files' names and the document's id."""
    return [document_id, *dict.fromkeys(folded(name) for name in names)]


def law_keys(law: str) -> list[str]:
    """State of New York → state | state of | state of new york | new | new york: a law is found by either beginning."""
    return [*word_prefixes(law), *word_prefixes(_STATE.sub("", party_key(law)))]


def searchable(document: Document) -> list[Chunk]:
    """The chunks that are searched: those that no other chunk is a part of, but for tables of contents.

    A line of a contents table has the words of the question and says nothing; `Catalog.phrase` still finds it. Of a
    document that is contents throughout everything is searched.
    """
    parents = {chunk.parent_id for chunk in document.chunks}
    leaves = [chunk for chunk in document.chunks if chunk.id not in parents]
    listed = [region for region in document.regions if region.kind == "contents"]
    says = [c for c in leaves if not any(region.start <= c.start and c.end <= region.end for region in listed)]
    return says or leaves


def embedded_text(title: str, section: Sequence[str], text: str, header: str = "") -> str:
    """What the encoder sees of a chunk: "title — section path" in few words, then its text.

    A chunk seldom repeats the name of its contract or of its article, and rows of a table never repeat their `header`.
    Of the title and of the two innermost sections only the first words, without numbers: on 24 CUAD contracts and 30
    NDAs (504 questions) recall in 4,000 characters of the right document was 0.461 and 0.820 with the whole path, 0.495
    and 0.823 so, 0.507 and 0.783 with no path at all; and a tenth of the tokens is saved.
    """
    inner = [_NUMBERED.sub("", _words(part)) for part in section[-2:]]
    return _headed((_words(title), *inner), text, header)


def ranked_text(title: str, section: Sequence[str], text: str, header: str = "") -> str:
    """What BM25 sees of a chunk, besides `opening_names`: the whole path, numbers and all, then its text."""
    return _headed((title, *section), text, header)


def _headed(path: Sequence[str], text: str, header: str) -> str:
    head = " — ".join(part for part in path if part)
    rows = f"Header: {header}\nRow: {text}" if header else text
    return f"{head}\n{rows}" if head else rows


def _words(part: str) -> str:
    return " ".join(part.split()[:_HEAD_WORDS])


def opening_names(text: str) -> str:
    """The capitalised words of a document's first `OPENING` characters, each once: parties, titles, places.

    BM25 sees them with every chunk of the document, so that a question which names the contract finds its clauses,
    though only the preamble names it. On ContractNLI and PrivacyQA (47 documents, 260 questions that name theirs)
    recall in 4,000 characters rose from 0.35 to 0.49, with 600 characters of opening to 0.47.
    """
    return " ".join(dict.fromkeys(_CAPITALISED.findall(text[:OPENING])))


def texts_of(document: Document, form: Callable[..., str] = embedded_text) -> list[str]:
    """The text in a `form` of every searchable chunk, in their order: of what is read of it, without running heads."""
    seen, all_of_it = reading.of(document), reading.of(document, hidden=True)
    tables = [region for region in document.regions if region.kind == "table"]
    texts = []
    for chunk in searchable(document):
        text = (all_of_it if chunk.hidden else seen).text(chunk.start, chunk.end)
        header = reading.header_of(tables, text, chunk.start, chunk.end)
        texts.append(form(document.title, chunk.section, text, header))
    return texts


def governing_laws(document: Document) -> tuple[str, ...]:
    """The laws that a document says to be governed by."""
    return tuple(one.value for one in document.metadata if one.field == "governing_law")


def points_of(document: Document, embeddings: NDArray[np.float16], names: Sequence[str]) -> Iterator[Point]:
    """The points of a document whose embeddings ([number of searchable chunks, size]) are known.

    The vectors are the float16 ones that the catalog keeps, so that a rebuild gives the very same index.
    """
    chunks = searchable(document)
    about = opening_names(reading.of(document).text(0, len(document.text)))
    for chunk, text, vector in zip(chunks, texts_of(document, ranked_text), embeddings.astype("<f4"), strict=True):
        pages = document.pages_of(chunk.start, chunk.end)
        yield Point(
            id=chunk.id,
            document_id=document.id,
            vector=vector.tobytes(),
            text=f"{about}\n{text}",
            start=chunk.start,
            end=chunk.end,
            parent_id=chunk.parent_id,
            names=tuple(names),
            type=document.type,
            date=document.date,
            parties=document.parties,
            bates=tuple(page.bates for page in pages if page.bates),
            pages=tuple(page.number for page in pages),
            kind=document.kind,
            laws=governing_laws(document),
            hidden=chunk.hidden,
        )
