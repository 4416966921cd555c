"""Every parser of ours takes what was fuzzed: a little in each run of the tests, more with ``python -m tests.fuzz``."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import targets

EXPENSIVE = {"archive", "docx", "xlsx", "zip"}


@pytest.mark.parametrize("name", targets.TARGETS)
def test_seeds_and_what_once_broke_a_parser(name: str) -> None:
    for untrusted in targets.seeds(name):
        targets.TARGETS[name](untrusted)


@pytest.mark.parametrize("name", targets.TARGETS)
def test_changed_inputs(name: str) -> None:
    @settings(max_examples=15 if name in EXPENSIVE else 60, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(targets.seeds(name)), st.randoms(use_true_random=False))
    def fuzzed(seed: bytes, chance: random.Random) -> None:
        targets.TARGETS[name](targets.mutated(seed, chance))

    fuzzed()


@pytest.mark.parametrize("name", targets.TARGETS)
def test_any_bytes(name: str) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=400))
    def fuzzed(untrusted: bytes) -> None:
        targets.TARGETS[name](untrusted)

    fuzzed()
