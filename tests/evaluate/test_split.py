"""The parts of the development data never move: a shipped model's figures rest on them."""

from __future__ import annotations

from collections import Counter

from legalqa.evaluate.split import part_of


def test_parts_are_where_they_were_when_the_models_were_trained() -> None:
    drawn = [part_of(f"privacy_qa_{number:04}") for number in (1, 2, 3)]
    assert drawn == ["train", "train", "test"]
    assert [part_of(f"cuad_{number:04}") for number in range(4, 12)] == [
        "development",
        "train",
        "train",
        "train",
        "test",
        "test",
        "train",
        "train",
    ]


def test_shares_are_as_said() -> None:
    counts = Counter(part_of(f"cuad_{number:05}") for number in range(4000))
    assert abs(counts["train"] / 4000 - 0.60) < 0.03
    assert abs(counts["development"] / 4000 - 0.15) < 0.03
    assert abs(counts["test"] / 4000 - 0.25) < 0.03
