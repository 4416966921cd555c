"""llama.cpp's libraries for the kinds of processors and graphics cards, where it was built with one for each.

The packaged one is (GGML_BACKEND_DL), so that it runs on any machine of its kind; one that was compiled by
`make setup` has its only one built in.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any


def load(lib: Any) -> None:
    """Load what this machine can use; `lib` is the module `llama_cpp.llama_cpp`, before its back end is started.

    From its own folder alone: left to itself llama.cpp would look in the current one too, which may hold anything.
    """
    folder = Path(lib.__file__).parent / "lib"
    if any(folder.glob("*ggml-cpu-*")):
        load_all = lib._lib.ggml_backend_load_all_from_path
        load_all.argtypes, load_all.restype = [ctypes.c_char_p], None
        load_all(os.fsencode(folder))
