"""The models that come with the program: whole, as pinned, and good for what they are for. All clauses are invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from legalqa import models, shipped
from legalqa.index.crossencoder import CrossEncoder
from legalqa.index.encoder import Encoder
from legalqa.models.catalogue import Entry, load_catalogue
from legalqa.models.store import sha256_of

CLAUSES = [
    "The Supplier shall keep complete books of account, and the Buyer's accountants may inspect them once a year upon "
    "ten days' written notice.",
    "This Agreement is construed in accordance with the laws of the State of Oregon, without regard to its rules on "
    "conflicts of law.",
    "Neither party may transfer its rights or duties under this Agreement to anybody else unless the other has agreed "
    "in writing beforehand.",
    "The Supplier delivers the Goods to the Buyer's warehouse in Salem, freight prepaid, on pallets of forty cartons.",
]
ASKED = [
    ("Who may look into the seller's accounts?", 0),
    ("What is the governing law for this contract?", 1),
    ("Can the contract be handed over to another company?", 2),
    ("Where are the goods delivered?", 3),
]
OURS = [entry for entry in load_catalogue().model if entry.source == "shipped"]


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.id)
def test_what_is_shipped_is_what_the_catalogue_pins(entry: Entry) -> None:
    folder = shipped.folder("models") / entry.folder
    assert sha256_of(folder / entry.file) == entry.sha256
    assert (folder / entry.file).stat().st_size == entry.size
    for name, sha256 in entry.companions.items():
        assert sha256_of(folder / name) == sha256
    assert entry.id in (folder / "README.md").read_text(encoding="utf-8").splitlines()[0]


def folder_of(role: str) -> Path:
    (entry,) = (entry for entry in OURS if entry.role == role)
    return shipped.folder("models") / entry.folder


def test_the_embedding_finds_the_clause_that_is_asked_for() -> None:
    encoder = Encoder(folder_of("embedding"), 2)
    near = encoder.embed([text for text, _ in ASKED], query=True) @ encoder.embed(CLAUSES).T
    assert np.argmax(near, axis=1).tolist() == [index for _, index in ASKED]


def test_the_reranker_puts_the_clause_that_is_asked_for_first() -> None:
    cross = CrossEncoder(folder_of("reranker"), 2)
    for text, index in ASKED:
        assert int(np.argmax(cross.score(text, CLAUSES))) == index


def test_the_reranker_marks_the_words_that_answer() -> None:
    cross = CrossEncoder(folder_of("reranker"), 2)
    other = "Notices are sent by courier. "
    passage = other + CLAUSES[1]
    (read,) = cross.read("What is the governing law for this contract?", [passage])
    inside = [likely for token, likely in zip(read.tokens, read.evidence, strict=True) if token.start >= len(other)]
    outside = [likely for token, likely in zip(read.tokens, read.evidence, strict=True) if token.end <= len(other)]
    assert np.mean(inside) > np.mean(outside) + 0.2


def test_the_reader_doubts_where_nothing_answers() -> None:
    cross = CrossEncoder(folder_of("reader"), 2)
    lost = []
    for text, index in ASKED:
        others = [clause for number, clause in enumerate(CLAUSES) if number != index]
        with_answer, without = cross.score(text, CLAUSES), cross.score(text, others)
        assert int(np.argmax(with_answer)) == index
        assert np.logaddexp.reduce(without) < -1
        lost.append(np.logaddexp.reduce(with_answer) - np.logaddexp.reduce(without))
    assert np.mean(lost) > 2


@pytest.mark.models
def test_they_are_installed_from_the_program(models_home: Path) -> None:
    for entry in OURS:
        files = models.locate(models_home, entry.id)
        assert files.sha256 == entry.sha256
        assert files.pinned
