"""The cross-encoder over a small random network: the same scores in any company, spans that are the passage's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from legalqa.errors import EnvironmentFault
from legalqa.index.crossencoder import CrossEncoder
from legalqa.models.convert import cross_to_onnx
from tests.models import tiny

WORDS = (
    "[PAD] [UNK] [CLS] [SEP] [MASK] rent is due on the first day of each month who pays lease tenant [ ] , . : ? sep"
)
QUESTION = "Who pays the rent?"
PASSAGES = ["Lease: the Tenant pays.", "Rent is due on the first day of each month.", "Tenant"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reranker")
    tiny.write(folder, tiny.random_weights("relevance", "evidence"))
    cross_to_onnx(folder, folder / "model.onnx", int8=False)
    (folder / "recipe.json").write_text(json.dumps({"max_tokens": 24}))
    words = {word: index for index, word in enumerate(WORDS.split())}
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_pair_has_one_score_whatever_stands_beside_it(folder: Path) -> None:
    cross = CrossEncoder(folder, threads=2)
    together = cross.score(QUESTION, PASSAGES)
    apart = [cross.score(QUESTION, [passage])[0] for passage in PASSAGES]
    assert together.dtype == np.float32
    assert together.tolist() == apart
    assert len(set(apart)) == len(apart)
    assert cross.score(QUESTION, PASSAGES[::-1]).tolist() == apart[::-1]
    assert cross.score(QUESTION, []).shape == (0,)


def test_a_recipe_says_what_a_cosine_is_worth(folder: Path, tmp_path: Path) -> None:
    assert CrossEncoder(folder).cosine == 0
    (tmp_path / "recipe.json").write_text(json.dumps({"max_tokens": 24, "cosine": 12.5}))
    assert CrossEncoder(tmp_path).cosine == 12.5


def test_the_question_matters_and_is_not_the_passage(folder: Path) -> None:
    cross = CrossEncoder(folder)
    assert cross.score(QUESTION, ["the rent"]) != cross.score("the rent", [QUESTION])


def test_evidence_has_a_probability_for_every_token_of_the_passage(folder: Path) -> None:
    passage = PASSAGES[0]
    read = CrossEncoder(folder).read(QUESTION, PASSAGES)
    assert [passage[span.start : span.end] for span in read[0].tokens] == ["Lease", ":", "the", "Tenant", "pays", "."]
    assert len(read[0].evidence) == 6
    assert all(0 < one < 1 for one in read[0].evidence)
    logits = CrossEncoder(folder).score(QUESTION, PASSAGES)
    assert [one.probability for one in read] == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)


def test_a_long_passage_is_cut_off_and_a_long_question_leaves_room_for_it(folder: Path) -> None:
    cross = CrossEncoder(folder)
    (long,) = cross.read(QUESTION, ["rent " * 100])
    assert len(long.tokens) == 24 - 3 - 5
    (squeezed,) = cross.read("rent " * 100, PASSAGES[:1])
    assert [PASSAGES[0][one.start : one.end] for one in squeezed.tokens][:2] == ["Lease", ":"]


def test_control_tokens_in_a_document_are_plain_text(folder: Path) -> None:
    passage = "rent [SEP] due"
    (read,) = CrossEncoder(folder).read(QUESTION, [passage])
    assert [passage[one.start : one.end] for one in read.tokens] == ["rent", "[", "SEP", "]", "due"]


def test_spans_survive_letters_that_the_tokenizer_changes(folder: Path) -> None:
    passage = "RÉNT \ud800 is\u00a0due"
    (read,) = CrossEncoder(folder).read(QUESTION, [passage])
    first = read.tokens[0]
    assert passage[first.start : first.end] == "RÉNT"
    assert read.tokens[-1].end == len(passage)
    assert CrossEncoder(folder).read("", [""])[0].tokens == ()


@pytest.mark.parametrize("broken", ["recipe.json", "tokenizer.json", "model.onnx"])
def test_a_broken_folder_is_an_environment_fault(folder: Path, tmp_path: Path, broken: str) -> None:
    for name in ("recipe.json", "tokenizer.json", "model.onnx"):
        (tmp_path / name).write_bytes(b"\x00" if name == broken else (folder / name).read_bytes())
    with pytest.raises(EnvironmentFault, match="cannot be loaded"):
        CrossEncoder(tmp_path).score(QUESTION, PASSAGES)
