"""The reader's part in the choice of evidence: windows of whole units, and what its probabilities change."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from legalqa.answer import evidence, reader
from legalqa.answer.compose import Composer
from legalqa.answer.text_model import RecordedModel
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


@given(st.lists(st.text("Rent is due. \n(a);1", max_size=400), max_size=4))
def test_every_unit_is_read_once_and_whole(texts: list[str]) -> None:
    found = list(evidence.candidates([passage(key, text) for key, text in enumerate(texts, 1)]))
    windows = list(reader.windows(found))
    assert [index for one in windows for index in range(one.first, one.first + one.count)] == list(range(len(found)))
    for window in windows:
        inside = found[window.first : window.first + window.count]
        assert all(candidate.unit.reading in window.text for candidate in inside)
        assert len({candidate.passage.key for candidate in inside}) == 1


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
