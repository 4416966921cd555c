"""What a process has freed goes back to the system (glibc; elsewhere nothing is done).

glibc keeps freed memory for itself, and with every large block that is freed it raises the size from which blocks are
asked of the system one by one, up to 32 MB: after one scan a reading process held 45 MB that nobody used, for good.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # parameters of mallopt, from <malloc.h>
_ARENAS = 2  # heaps that threads share: each keeps what it has freed, and Python's threads hardly allocate at once
_LARGE = 1 << 20  # bytes of a block that is the system's, of a free end of the heap that is given back


@cache
def _libc() -> Any:
    """The C library if it is glibc, else None."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None


def give_back_large_blocks() -> None:
    """From now on every block of a megabyte or more goes back to the system when it is freed, and new threads share
    two heaps.
    """
    if (libc := _libc()) is not None:
        libc.mallopt(_ARENA_MAX, _ARENAS)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_TRIM_THRESHOLD, _LARGE)


def trim() -> None:
    """Give back what is free now, between blocks that are not: some milliseconds."""
    if (libc := _libc()) is not None:
        libc.malloc_trim(0)
