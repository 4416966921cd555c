"""GGUF files from elsewhere are hostile: whatever they hold ends in a message."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa import models
from legalqa.answer import gguf
from legalqa.errors import EnvironmentFault
from legalqa.generation import role_of
from tests.models import ggufs

KEYS: dict[str, ggufs.Value] = {
    "general.architecture": "llama",
    "general.name": "Tiny",
    "general.license": "MIT",
    "llama.block_count": 2,
    "llama.context_length": 512,
}
GOOD = ggufs.encoded(KEYS, {"a": np.zeros((2, 3), np.float32), "b": np.ones(8, np.float32)})
_COUNTS = 8  # where the number of tensors stands; that of keys follows


def test_a_header_says_what_the_file_is() -> None:
    header = gguf.parse(GOOD, len(GOOD))
    assert header == gguf.Header("model", "llama", "Tiny", "MIT", layers=2, context=512, tensors=2)


@pytest.mark.models
def test_the_starter_model_is_one(language_model: Path) -> None:
    header = gguf.inspect(language_model)
    assert (header.kind, header.architecture, header.layers) == ("model", "llama", 30)


@given(st.integers(0, len(GOOD) - 64))
def test_a_file_that_was_cut_off_is_told(left: int) -> None:
    with pytest.raises(EnvironmentFault, match=r"cut off|not a GGUF"):
        gguf.parse(GOOD[:left], left)


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=12))
def test_whatever_is_changed_is_read_or_refused(at: int, other: bytes) -> None:
    untrusted = GOOD[:at] + other + GOOD[at + len(other) :]
    with contextlib.suppress(EnvironmentFault):
        assert gguf.parse(untrusted, len(untrusted)).architecture


ABSURD = {
    "tensors": (_COUNTS, struct.pack("<Q", 1 << 62), "claims to hold"),
    "keys": (_COUNTS + 8, struct.pack("<Q", 1 << 40), "claims to hold"),
    "a key's length": (_COUNTS + 16, struct.pack("<Q", 1 << 63), "cut off"),
    "version": (4, struct.pack("<I", 99), "version 99"),
}


@pytest.mark.parametrize("what", ABSURD)
def test_absurd_counts_are_refused_before_anything_is_allocated(what: str) -> None:
    at, other, said = ABSURD[what]
    with pytest.raises(EnvironmentFault, match=said):
        gguf.parse(GOOD[:at] + other + GOOD[at + len(other) :], len(GOOD))


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (struct.pack("<IQIQ", 1, 1 << 60, 0, 0), "a tensor of 1,152,9"),
        (struct.pack("<IQQIQ", 2, 1 << 33, 1 << 33, 0, 0), "a tensor of"),
        (struct.pack("<I", 99), "99 dimensions"),
        (struct.pack("<IQIQ", 1, 4, 0, 1 << 50), "before its last tensor"),
    ],
)
def test_absurd_tensors_are_refused(tensor: bytes, said: str) -> None:
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + ggufs.text("general.architecture")
    untrusted = head + struct.pack("<I", 8) + ggufs.text("llama") + ggufs.text("a") + tensor + bytes(64)
    with pytest.raises(EnvironmentFault, match=said):
        gguf.parse(untrusted, len(untrusted))


@pytest.mark.parametrize("content", [b"", b"GGUF", GOOD[:60], b"\x00" * 4096])
def test_what_is_no_model_is_not_installed(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "from-elsewhere.gguf"
    file.write_bytes(content)
    with pytest.raises(EnvironmentFault):
        role_of(file)


@pytest.mark.models
@pytest.mark.parametrize("left", [0.5, 0.999])
def test_a_model_that_was_cut_off_is_not_installed(tmp_path: Path, language_model: Path, left: float) -> None:
    file = tmp_path / "half-a-model.gguf"
    whole = language_model.read_bytes()
    file.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(EnvironmentFault, match=r"cannot be loaded|cut off"):
        models.add(tmp_path / "home", file, role_of)
    assert not any((tmp_path / "home" / "models").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_header_that_llama_cpp_must_judge_ends_in_words(tmp_path: Path, seed: int) -> None:
    """Well-formed headers of models that cannot be: no tokenizer, absurd sizes, tensors that are missing."""
    random = np.random.default_rng(seed)
    keys = dict(KEYS) | {
        "llama.embedding_length": int(random.choice([0, 1, 64, 1 << 31])),
        "llama.attention.head_count": int(random.choice([0, 3, 1 << 30])),
        "llama.feed_forward_length": int(random.choice([0, 64, 1 << 31])),
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": str(random.choice(["llama", "gpt2", "none"])),
    }
    file = tmp_path / "odd.gguf"
    file.write_bytes(ggufs.encoded(keys, {"token_embd.weight": np.zeros((4, 64), np.float32)}))
    with pytest.raises(EnvironmentFault) as told:
        models.add(tmp_path / "home", file, role_of)
    assert told.value.hint
    assert not any((tmp_path / "home" / "models").iterdir())
