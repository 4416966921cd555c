"""Turn the trained embedding into the int8 graph that runs, between the starter's weights and its own.

    python -m models.encoder.export --starter FOLDER --tuned FOLDER --share 0.5 --out FOLDER

Weights are interpolated (Wortsman et al. 2022): what the starter knew of other texts stays, in the share that did best
on the development part. Needs the project's environment, no torch.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from legalqa.models.convert import bert_to_onnx

LENGTH = 256  # tokens, as the starter


def main() -> None:
    """Interpolate and convert."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("starter", "tuned", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--share", type=float, required=True, help="of the tuned weights, 0 to 1")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        save_file(between(given.starter, given.tuned, given.share), folder / "model.safetensors")
        shutil.copyfile(given.starter / "config.json", folder / "config.json")
        bert_to_onnx(folder, given.out / "encoder.onnx", "mean")
        size = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    shutil.copyfile(given.starter / "tokenizer.json", given.out / "tokenizer.json")
    recipe = {"size": size, "max_tokens": LENGTH, "query_prefix": "", "passage_prefix": ""}
    (given.out / "recipe.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def between(starter: Path, tuned: Path, share: float) -> dict[str, np.ndarray]:
    """The weights of both, mixed; those that only the starter has (a pooler) are left out."""
    first, second = load_file(starter / "model.safetensors"), load_file(tuned / "model.safetensors")
    return {
        name: ((1 - share) * first[name] + share * second[name]).astype(np.float32)
        for name in second
        if name in first and np.issubdtype(first[name].dtype, np.floating)
    }


if __name__ == "__main__":
    main()
