"""Prompt templates: variables checked at load, and nothing untrusted passes for our own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer import prompt
from legalqa.answer.text_model import Part
from legalqa.errors import BugError


@pytest.mark.parametrize("name", ["system", "passage", "statement"])
def test_shipped_templates_load(name: str) -> None:
    assert prompt.load(name).pieces


@pytest.mark.parametrize(
    "text", ["{question}", "{question} {passages} {other}", "{question", "{question!r} {passages}"]
)
def test_wrong_variables_are_refused(text: str) -> None:
    with pytest.raises(BugError):
        prompt.Template.parse("statement", text, frozenset({"question", "passages"}))


@given(question=st.text(max_size=60), text=st.text(max_size=60))
def test_question_and_passage_are_never_trusted(question: str, text: str) -> None:
    parts = prompt.statement(question, [prompt.Shown(3, text)])
    harmless = prompt.statement("", [prompt.Shown(3, "")])
    assert [part for part in parts if part.trusted] == [part for part in harmless if part.trusted]
    assert Part(" ".join(question.split()), trusted=False) in parts
    assert Part(" ".join(text.split()), trusted=False) in parts


def test_what_changes_most_comes_last() -> None:
    roles = [part.role for part in prompt.statement("When?", [prompt.Shown(1, "Rent is due.")])]
    assert roles == sorted(roles)  # system before user
    whole = "".join(part.text for part in prompt.statement("When?", [prompt.Shown(1, "Rent is due.")]))
    assert whole.index("Rent is due.") < whole.index("When?")
    assert "Passage 1: Rent is due." in whole


def test_the_best_passages_stand_at_the_ends() -> None:
    assert prompt.edges_first([1, 2, 3, 4, 5, 6]) == [1, 3, 5, 6, 4, 2]
    assert prompt.edges_first([1, 2, 3]) == [1, 3, 2]
    assert prompt.edges_first([1]) == [1]
    assert prompt.edges_first([]) == []


def test_passages_keep_the_numbers_of_their_ranking() -> None:
    shown = [prompt.Shown(key, f"text of {key}.") for key in (1, 2, 3)]
    whole = "".join(part.text for part in prompt.statement("When?", shown))
    places = [whole.index(f"Passage {key}: text of {key}.") for key in (1, 3, 2)]
    assert places == sorted(places)
