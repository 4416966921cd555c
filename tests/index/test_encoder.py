"""The encoder: unit vectors, the same for a text whatever stands beside it, and nobody's control tokens."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legalqa.errors import EnvironmentFault
from legalqa.index.encoder import Encoder

pytestmark = pytest.mark.models
GOLDEN = Path(__file__).parents[1] / "golden" / "encoder.json"
TEXTS = [
    "Tenant shall pay Base Rent of $12,500.00 on the first day of each month.",
    "The lessee must pay the monthly rent in advance.",
    "The deposition of Dr. Alvarez was taken on March 3, 2021.",
]


@pytest.fixture(scope="module")
def encoder(encoder_folder: Path) -> Encoder:
    return Encoder(encoder_folder, threads=2)


def test_vectors_are_unit_length_and_meaning_is_near(encoder: Encoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert vectors.shape == (3, encoder.size)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]


def test_golden_vectors(encoder: Encoder) -> None:
    """Computed from the published float32 weights, so this also bounds what int8 costs."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    for text, exact in golden.items():
        assert encoder.embed([text])[0] @ np.asarray(exact, np.float32) > 0.98


def test_a_text_has_one_vector_whatever_stands_beside_it(encoder: Encoder, encoder_folder: Path) -> None:
    together = encoder.embed([*TEXTS, "x " * 400])
    apart = np.concatenate([encoder.embed([text]) for text in TEXTS])
    other = Encoder(encoder_folder, threads=1).embed(list(reversed(TEXTS)))[::-1]
    assert np.array_equal(together[:3], apart)
    assert np.array_equal(other, apart)


@pytest.mark.parametrize("token", ["[SEP]", "[CLS]", "[PAD]", "[MASK]", "[UNK]"])
def test_control_tokens_in_a_document_are_plain_text(encoder: Encoder, token: str) -> None:
    encoded = encoder.tokens(f"rent {token} due")
    assert encoded[0] == "[CLS]"
    assert encoded[-1] == "[SEP]"
    assert token not in encoded[1:-1]
    assert {"[", "]"} <= set(encoded[1:-1])


def test_long_texts_are_cut_at_the_recipes_length(encoder: Encoder) -> None:
    assert encoder.max_tokens == 256
    assert len(encoder.tokens("rent " * 1000)) == 256
    head = encoder.embed(["rent " * 254])
    assert np.array_equal(encoder.embed(["rent " * 254 + "murder in the first degree"]), head)


def test_no_texts_and_empty_text(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, 384)
    assert np.linalg.norm(encoder.embed([""])[0]) == pytest.approx(1, abs=1e-5)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=80) | st.just("lone \ud800 surrogate"))
def test_any_text_has_a_finite_unit_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.embed([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


def test_the_hash_is_that_of_the_graph_that_runs(encoder: Encoder, encoder_folder: Path) -> None:
    manifest = json.loads((encoder_folder / "manifest.json").read_text(encoding="utf-8"))
    assert encoder.sha256 == manifest["files"]["encoder.onnx"]


def test_prefixes_of_the_recipe_are_put_before_the_text(encoder: Encoder, encoder_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "prefixed"
    shutil.copytree(encoder_folder, copy)
    recipe = json.loads((copy / "recipe.json").read_text(encoding="utf-8"))
    (copy / "recipe.json").write_text(json.dumps(recipe | {"query_prefix": "query: ", "passage_prefix": "passage: "}))
    prefixed = Encoder(copy)
    assert np.array_equal(prefixed.embed(["rent"], query=True), encoder.embed(["query: rent"]))
    assert np.array_equal(prefixed.embed(["rent"]), encoder.embed(["passage: rent"]))


@pytest.mark.parametrize("broken", ["recipe.json", "tokenizer.json", "encoder.onnx"])
def test_a_broken_folder_is_an_environment_fault(encoder_folder: Path, tmp_path: Path, broken: str) -> None:
    copy = tmp_path / "all-minilm-l6-v2"
    shutil.copytree(encoder_folder, copy)
    (copy / broken).write_bytes(b"\x00not a model")
    with pytest.raises(EnvironmentFault, match="cannot be loaded"):
        Encoder(copy).embed(["rent"])
