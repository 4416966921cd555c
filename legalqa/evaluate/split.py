"""Which documents of the development data the shipped models were trained on, and which they have never seen.

The parts are drawn by document, so that no clause of a document in one part teaches anything about another part. They
are computed from the document's id alone: nobody can move a document by reordering a list.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Part = Literal["train", "development", "test"]
_TRAIN, _DEVELOPMENT = 0.60, 0.15
_TOO_FEW = ("privacy_qa",)  # three documents: two to train on, one to test on, none for development


def part_of(doc_id: str) -> Part:
    """The part of a document of the development data, by its id as in ``qa.jsonl`` ("cuad_0004")."""
    drawn = int(hashlib.sha256(f"split:{doc_id}".encode()).hexdigest()[:8], 16) / 2**32
    if drawn < _TRAIN:
        return "train"
    if doc_id.rpartition("_")[0] in _TOO_FEW or drawn >= _TRAIN + _DEVELOPMENT:
        return "test"
    return "development"
