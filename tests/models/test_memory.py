"""A machine with too little memory: the model runs smaller and says so, or says that it cannot run."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from legalqa.answer import loading
from legalqa.answer.llm import LocalModel
from legalqa.answer.loading import AUTO, Setting
from legalqa.answer.text_model import Part
from legalqa.errors import EnvironmentFault
from legalqa.values.answer import ModelId

QUESTION = (Part("Say hello.", trusted=True),)


def test_steps_give_up_the_card_first_and_then_context() -> None:
    assert loading.steps(4096, AUTO) == [Setting(4096, AUTO), Setting(4096, 0), Setting(2048, 0), Setting(1024, 0)]
    assert loading.steps(512, 0) == [Setting(512, 0)]


@pytest.mark.parametrize(
    ("used", "card", "said"),
    [
        (Setting(4096, AUTO), True, ()),
        (Setting(4096, 0), False, ()),  # there is no card that could be missed
        (Setting(4096, 0), True, ("processor alone",)),
        (Setting(1024, 0), True, ("processor alone", "1,024 tokens instead of 4,096")),
        (Setting(2048, 0), False, ("2,048 tokens",)),
    ],
)
def test_what_is_said_names_what_is_less(used: Setting, card: bool, said: tuple[str, ...]) -> None:
    told = loading.told(Setting(4096, AUTO), used, card)
    assert bool(told) == bool(said)
    assert all(part in told for part in said)


GIB = 1 << 30


@pytest.mark.parametrize(
    ("free", "size", "layers", "fit"),
    [
        ([24 * GIB], 4 * GIB, 32, 33),
        ([3 * GIB], 4 * GIB, 32, 18),
        ([3 * GIB, 3 * GIB], 4 * GIB, 32, 33),
        ([GIB // 2], 4 * GIB, 32, 0),
        ([], 4 * GIB, 32, 0),
    ],
)
def test_as_many_layers_as_fit(free: list[int], size: int, layers: int, fit: int) -> None:
    assert loading.fitting(free, size, layers) == fit


@pytest.fixture
def held(language_model: Path) -> Iterator[list[LocalModel]]:
    made: list[LocalModel] = []
    yield made
    for one in made:
        one.close()


def _say(model: LocalModel) -> str:
    return "".join(model.generate(QUESTION, grammar=None, max_tokens=6, stop=threading.Event()))


def _model(language_model: Path, held: list[LocalModel], memory: int | None = None) -> LocalModel:
    held.append(LocalModel(ModelId("m", "0" * 64), language_model, 1, 4096, memory=memory))
    return held[-1]


@pytest.mark.models
@pytest.mark.slow
def test_under_a_limit_of_memory_it_runs_smaller_or_says_that_it_cannot(
    language_model: Path, held: list[LocalModel]
) -> None:
    """The real loader under real limits of the address space: words or the same answer, never a crash of the caller."""
    wanted = _say(_model(language_model, held))
    assert held[-1].reduced == ""
    outcomes = []
    for limit in (200, 420, 1000):
        model = _model(language_model, held, limit << 20)
        try:
            said = _say(model)
        except EnvironmentFault as fault:
            said = f"{fault.message} {fault.kept} {fault.hint}"
        outcomes.append((said, model.reduced))
        model.close()
    assert "memory" in outcomes[0][0]
    assert "Close other programs" in outcomes[0][0]
    assert outcomes[1][0] == wanted
    assert "tokens instead of 4,096" in outcomes[1][1]
    assert outcomes[2] == (wanted, "")


@pytest.mark.models
def test_a_model_that_is_killed_twice_starts_smaller(language_model: Path, held: list[LocalModel]) -> None:
    model = _model(language_model, held)
    whole = _say(model)
    for _ in range(2):  # as the system does when memory is used up
        pieces = model.generate(QUESTION, grammar=None, max_tokens=400, stop=threading.Event())
        next(pieces)
        assert model.pid is not None
        os.kill(model.pid, signal.SIGKILL)
        with pytest.raises(EnvironmentFault, match="Ask again"):
            list(pieces)
    assert _say(model) == whole
    assert model._steps[model._step] == Setting(4096, 0)
    assert model.reduced == ""  # without a graphics card nothing is less than was wanted
