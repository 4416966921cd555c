"""A process that has held something large gives it back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from legalqa.ingest import heap

pytestmark = pytest.mark.skipif(heap._libc() is None, reason="only glibc is told what to do")

# After one block of 24 MB has been freed, glibc takes smaller ones from its own heap, where something small that comes
# after them keeps them from the system.
HOLDING = """
import ctypes
from pathlib import Path
from legalqa.ingest import heap

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

{before}
large = b"x" * (24 << 20)
del large
before = resident()
page = b"x" * (20 << 20)
kept = [bytes(1000) for _ in range(2000)]
del page
{after}
print(resident() - before)
"""


def held(before: str = "", after: str = "") -> int:
    """Megabytes of a freed page that are still the process's."""
    script = HOLDING.format(before=before, after=after)
    return int(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=120).stdout)


def test_a_large_block_goes_back_when_it_is_freed() -> None:
    assert held() >= 15
    assert held(before="heap.give_back_large_blocks()") <= 5


def test_what_is_free_goes_back_when_asked_for() -> None:
    assert held(after="heap.trim()") <= 5
