"""The reader's part in the choice of evidence: windows of whole units, and what its probabilities change."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer import evidence, reader
from legalqa.answer.compose import Composer
from legalqa.answer.text_model import RecordedModel
from legalqa.values.document import Span
from legalqa.values.relevance import Relevance
from tests.answer.test_compose import LEASE, NDA, embed, passage

QUESTION = "What is the monthly base rent?"


def certain_of(words: str, else_: float = 0.0001) -> reader.Read:
    """A reader that is sure of the windows with these words and of no other."""

    def read(_question: str, texts: Sequence[str]) -> list[Relevance]:
        return [Relevance(0.9999 if words in text else else_, (), ()) for text in texts]

    return read


def test_the_reader_lifts_the_units_of_the_window_it_believes() -> None:
    passages = [passage(1, LEASE), passage(2, NDA, document="nda")]
    alone = evidence.choose(QUESTION, passages, embed)
    assert "base rent" in alone.evidence[0].text
    led = reader.choose(QUESTION, passages, embed, certain_of("Confidential"))
    assert led.evidence[0].document_id == "nda"


def test_what_the_reader_believes_nowhere_is_refused() -> None:
    passages = [passage(1, LEASE)]
    assert reader.choose(QUESTION, passages, embed, certain_of("base rent")).enough
    refused = reader.choose(QUESTION, passages, embed, certain_of("nothing", else_=0.001))
    assert not refused.enough
    assert refused.evidence  # the nearest are still told
    assert reader.choose(QUESTION, [], embed, certain_of("")).evidence == ()


def test_the_words_that_the_reader_marks_lead_within_a_window() -> None:
    first, second = "The Tenant shall insure the Premises.", "The Tenant shall repair the Premises."

    def marks(words: str) -> reader.Read:
        def read(_question: str, texts: Sequence[str]) -> list[Relevance]:
            (text,) = texts  # both sentences are read together
            spans = tuple(Span(match.start(), match.end()) for match in re.finditer(r"\S+", text))
            start = text.index(words)
            likely = tuple(0.95 if start <= one.start < start + len(words) else 0.05 for one in spans)
            return [Relevance(0.99, spans, likely)]

        return read

    for wanted in (first, second):
        choice = reader.choose("What shall the Tenant do?", [passage(1, f"{first} {second}")], embed, marks(wanted))
        assert choice.evidence[0].text == wanted


def test_the_chances_of_several_sentences_add_up() -> None:
    assert reader.probability(np.array([0.0])) == pytest.approx(1 / 2)
    assert reader.probability(np.array([0.0, 0.0])) == pytest.approx(2 / 3)
    assert reader.probability(np.array([])) == 0.0
    assert reader.probability(np.array([-2000.0])) == 0.0


def test_a_window_is_headed_as_the_index_heads_its_children() -> None:
    shown = replace(passage(1, "The rent is $500 a month."), section=("ARTICLE 2 MONEY", "2.1 Rent and Other Things"))
    (window,) = reader.windows(list(evidence.candidates([shown])))
    assert window.text == "MONEY — Rent and Other Things\nThe rent is $500 a month."
    (place,) = window.units
    assert window.text[place.start : place.end] == "The rent is $500 a month."


@given(st.lists(st.text("Rent is due. \n(a);1", max_size=400), max_size=4))
def test_every_unit_is_read_once_and_whole(texts: list[str]) -> None:
    found = list(evidence.candidates([passage(key, text) for key, text in enumerate(texts, 1)]))
    windows = list(reader.windows(found))
    read = [one.first + number for one in windows for number, _ in enumerate(one.units)]
    assert read == list(range(len(found)))
    for window in windows:
        inside = found[window.first : window.first + len(window.units)]
        assert len({candidate.passage.key for candidate in inside}) == 1
        for candidate, place in zip(inside, window.units, strict=True):
            assert window.text[place.start : place.end] == candidate.unit.reading


def test_stop_ends_between_windows() -> None:
    stop = threading.Event()
    sizes: list[int] = []

    def read(_question: str, texts: Sequence[str]) -> list[Relevance]:
        sizes.append(len(texts))
        stop.set()
        return [Relevance(0.5, (), ()) for _ in texts]

    many = "\n\n".join(f"{n}. Rent. The rent of unit {n} is due on day {n} of each month. " * 12 for n in range(1, 30))
    composer = Composer(RecordedModel({}), embed, read=read)
    answer = composer.answer("What rent?", [passage(1, many)], on_draft=print, stop=stop)
    assert answer.stopped
    assert len(sizes) == 1
    assert sizes[0] <= 16
