"""Vectors of all passages and questions by an encoder that is installed, to mine hard negatives and to compare with.

    python -m models.training.embed PASSAGES OUT --encoder FOLDER [--sets cuad ...] [--part train]

OUT becomes a folder with one ``.npy`` a document: float16 [children, size], in the order of the passages file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from legalqa.index.encoder import Encoder
from models.training.passages import SETS


def main() -> None:
    """Embed what is not embedded yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--parts", nargs="+", default=["train", "development", "test"])
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    encoder = Encoder(given.encoder, 2)
    with given.passages.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            target = given.out / f"{row['id']}.npy"
            if row["set"] in given.sets and row["part"] in given.parts and not target.exists():
                texts = [head + text for _, _, head, text, _ in row["children"]]
                np.save(target, encoder.embed(texts).astype(np.float16))


if __name__ == "__main__":
    main()
