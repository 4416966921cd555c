"""A process that has held something large gives it back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


THREADS = """
import ctypes, sys, threading
from legalqa.ingest import heap

heap.give_back_large_blocks()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
together = threading.Barrier(9)
kept = []

def allocate():
    together.wait()
    kept.append([bytes(1000) for _ in range(2000)])
    together.wait()

for _ in range(8):
    threading.Thread(target=allocate).start()
together.wait()
together.wait()
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
"""


def test_threads_share_two_heaps(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", THREADS, str(told)], check=True, capture_output=True, timeout=120)
    assert 1 <= told.read_text().count("<heap nr=") <= 2
