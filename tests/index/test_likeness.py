"""Likeness by stored vectors: in the order of the ids, weighted, and nothing for what the index does not hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from legalqa.index.likeness import Likeness
from legalqa.index.shard import Shard
from legalqa.index.vectors import Point
from tests.index import synthetic

TEXTS = {
    "00000000-0000-4000-8000-000000000001": "rent is due monthly",
    "00000000-0000-4000-8000-000000000002": "the roof is repaired by the tenant",
}


def test_it_is_the_weighted_cosine_of_what_the_index_holds(tmp_path: Path) -> None:
    shard = Shard(tmp_path / "index", synthetic.SIZE, free_space_mb=1)
    try:
        vectors = synthetic.embed(list(TEXTS.values()))
        points = zip(TEXTS.items(), vectors, strict=True)
        shard.upsert([Point(id, "d", vector.tobytes(), text, 0, len(text)) for (id, text), vector in points])
        shard.flush()
        likeness = Likeness(shard, synthetic.embed, 30.0)
        unknown = "00000000-0000-4000-8000-000000000003"
        second, first, nothing = likeness("rent is due monthly", [*reversed(TEXTS), unknown])
        assert first == pytest.approx(30.0, abs=1e-3)
        assert second == pytest.approx(30.0 * float(vectors[0] @ vectors[1]), abs=1e-3)
        assert nothing == 0
        assert likeness("rent", list(TEXTS)).dtype == np.float32
    finally:
        shard.close()
