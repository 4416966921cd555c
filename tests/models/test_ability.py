"""A model earns cited prose by what it was measured to do, and only with the file and the test that were measured."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from legalqa import ability, models
from legalqa.answer.text_model import Generation, Part, RecordedModel
from legalqa.models.ability import FEWEST, Ability
from legalqa.models.store import Manifest, installing, write_manifest

GOOD = Ability("m", "0" * 64, "t", "2026-01-01T00:00:00+00:00", FEWEST, 0.95, 0, 0.9, 1.0, 30.0, 2)


@pytest.mark.parametrize("short", [{"sentences": FEWEST - 1}, {"accepted": 0.89}, {"invented": 1}, {"right": 0.79}])
def test_every_threshold_must_be_met(short: dict[str, float]) -> None:
    assert GOOD.writes
    assert not msgspec.structs.replace(GOOD, **short).writes


def test_what_was_measured_of_another_file_does_not_count(tmp_path: Path) -> None:
    with installing(tmp_path, "m") as folder:
        (folder / "m.gguf").write_bytes(b"weights")
        write_manifest(folder, Manifest("m", "generation", "M", "MIT", "m.gguf", "0" * 64, False, {}))
    files = models.locate(tmp_path, "m")
    assert models.ability(tmp_path, "m") is None
    models.record(tmp_path, msgspec.structs.replace(GOOD, sha256=files.sha256))
    found = models.ability(tmp_path, "m")
    assert found is not None
    assert found.writes
    assert [one.state for one in models.verify(tmp_path)] == ["ok"]
    models.record(tmp_path, GOOD)
    assert models.ability(tmp_path, "m") is None


class Told(RecordedModel):
    """Says what it is told to, and that it ended by itself."""

    @property
    def last(self) -> Generation | None:
        went = super().last
        return replace(went, first_ms=10.0, ms=110.0) if went else None

    def generate(
        self, parts: Sequence[Part], *, grammar: str | None, max_tokens: int, stop: threading.Event
    ) -> Iterator[str]:
        assert grammar
        return super().generate(parts, grammar=grammar, max_tokens=max_tokens, stop=stop)


def written(said: str, holds: tuple[str, ...] = ("$5,000",)) -> ability._Written:
    asked = ability.Question("What is due?", holds, ("Buyer shall pay Seller $5,000 at closing.", "Time is short."))
    return ability._write(Told({"": said}), asked, lambda _claim, _text: 0.9, threading.Event())


def test_an_accepted_sentence_that_answers() -> None:
    found = written("Buyer shall pay Seller $5,000 at closing. [1]")
    assert (found.right, found.complete, found.invented) == (True, True, 0)
    ((claim, sentence),) = found.sentences
    assert claim.text == "Buyer shall pay Seller $5,000 at closing."
    assert sentence.verdict == "verbatim"


def test_a_number_of_another_passage_is_invented_and_a_copied_quote_is_not_the_models_own() -> None:
    assert written("Buyer shall pay Seller $5,000. [2]").invented == 1
    copied = written("“Buyer shall pay Seller $5,000 at closing.” [1]")
    assert (copied.sentences, copied.right) == ((), True)


def test_a_refusal_is_right_only_where_the_passages_do_not_answer() -> None:
    refusal = "The record does not answer this question."
    assert not written(refusal).right
    assert written(refusal, holds=()).right
    assert not written("Time is short. [2]", holds=()).right


def test_the_built_in_questions_hold_what_their_passages_say() -> None:
    for one in ability.questions():
        text = " ".join(one.passages)
        assert all(any(way in text for way in wanted.split("|")) for wanted in one.holds), one.question
    assert sum(not one.holds for one in ability.questions()) >= 2
    assert ability.stamp() == ability.stamp()
