"""Convert the trained reader to int8 ONNX.

    python -m models.reader.export --weights FOLDER --out FOLDER

FOLDER is what `models.reader.train` wrote. Its probabilities are left as trained: what they are worth beside the other
signs of a sentence is fitted by `bench/fit_reader.py`. Needs the project's environment, no torch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.reranker.export import write


def main() -> None:
    """Convert."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("weights", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    write(given.weights, given.out)


if __name__ == "__main__":
    main()
