"""How much of a machine a model takes: settings that begin with what is wanted and end with what hardly fails.

llama.cpp answers a lack of memory with nothing, with an error, or with SIGABRT (each seen under a limit of the address
space), so the steps are gone down by the parent, one child process a step. Blocks of a prompt are as small as they
get from the start (`decoding.BLOCK`), since another size would change the last bits of what is computed.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from legalqa.answer import gguf
from legalqa.errors import EnvironmentFault, NoMemory

AUTO: Final = -1  # layers: as many as the graphics card has memory for
_LEAST_CONTEXT: Final = 1024  # tokens with which a question with a passage or two can still be asked
_RESERVE: Final = 768 << 20  # bytes of a card that are left for the context, buffers and the screen
_CARDS: Final = (1, 2)  # ggml's numbers for graphics cards, of their own and within the processor
_SHORT: Final = (b"alloc", b"memory")  # words with which llama.cpp says that memory is short
_held: list[Any] = []  # callbacks that llama.cpp may call as long as the process lives
_complaints: list[bool] = []  # one for every message that memory is short


class Setting(msgspec.Struct, frozen=True):
    """Longest prompt and answer together, in tokens; layers of the model that the graphics card computes."""

    context: int
    gpu_layers: int


def steps(context: int, gpu_layers: int) -> list[Setting]:
    """What is tried one after the other: first without the graphics card, then with shorter contexts."""
    cards = [gpu_layers, *([0] if gpu_layers else [])]
    contexts = [context]
    while contexts[-1] // 2 >= _LEAST_CONTEXT:
        contexts.append(contexts[-1] // 2)
    return [Setting(context, layers) for layers in cards[:-1]] + [Setting(one, cards[-1]) for one in contexts]


def told(wanted: Setting, used: Setting, card: bool) -> str:
    """What a user is told of a setting that is smaller than was wanted; "" of the wanted one. `card`: whether there is
    a graphics card that could have helped.
    """
    less = []
    if card and used.gpu_layers != wanted.gpu_layers:
        less.append("on the processor alone, which is slower")
    if used.context != wanted.context:
        less.append(f"with a context of {used.context:,} tokens instead of {wanted.context:,}")
    return f"Memory is short: the language model runs {' and '.join(less)}." if less else ""


def silence(lib: Any) -> None:
    """Drop llama.cpp's log: it goes to stderr and may hold text of a document. Nor does a crash start a debugger."""
    if not _held:
        os.environ["GGML_NO_BACKTRACE"] = "1"

        def listen(_level: int, text: bytes | None, _data: Any) -> None:
            if text and any(word in text for word in _SHORT):
                _complaints.append(True)

        _held.append(lib.llama_log_callback(listen))
        lib.llama_log_set(_held[0], ctypes.c_void_p(0))


def load(lib: Any, file: Path, gpu_layers: int) -> Any:
    """A model. Raises NoMemory, or EnvironmentFault if the file is not one that this llama.cpp can run."""
    parameters = lib.llama_model_default_params()
    parameters.n_gpu_layers = _layers(lib, file) if gpu_layers == AUTO else gpu_layers
    _complaints.clear()
    model = lib.llama_model_load_from_file(os.fsencode(file), parameters)
    if model:
        return model
    if _complaints:
        raise no_memory()
    raise EnvironmentFault(
        "The language model's file cannot be loaded: it is damaged or of a kind this version does not know.",
        hint="Run `legalqa models verify`, or choose another model in the settings.",
    )


def adapt(lib: Any, model: Any, context: Any, adapter: Path) -> None:
    """Lay a LoRA adapter (Hu et al. 2021) over the model. Raises EnvironmentFault if it was made for another one."""
    found = lib.llama_adapter_lora_init(model, os.fsencode(adapter))
    scales = (ctypes.c_float * 1)(1.0)
    if not found or lib.llama_set_adapters_lora(context, (lib.llama_adapter_lora_p_ctypes * 1)(found), 1, scales):
        raise EnvironmentFault(
            f"The adapter {adapter.parent.name} does not fit the model: it is damaged or was made for another one.",
            kept="Nothing was answered without it.",
            hint="Choose the model that it was made for, or set generation_adapter to nothing.",
        )


def no_memory() -> NoMemory:
    """What is said when not even the smallest setting has room."""
    return NoMemory(
        "There is not enough memory for the language model.",
        kept="Your matters are untouched.",
        hint="Close other programs, or choose a smaller model in the settings.",
    )


def died(reason: str) -> EnvironmentFault:
    """What is said when loading ends the process even with the smallest setting."""
    return EnvironmentFault(
        f"The language model cannot be loaded ({reason}): its file is damaged, or there is not enough memory.",
        kept="Your matters are untouched.",
        hint="Run `legalqa models verify`, close other programs, or choose a smaller model in the settings.",
    )


def _layers(lib: Any, file: Path) -> int:
    """As many layers as the graphics cards of this machine have memory for; 0 without one."""
    if not lib.llama_supports_gpu_offload():
        return 0
    return fitting(_free(lib), file.stat().st_size, gguf.read(file).layers)


def fitting(free: Sequence[int], size: int, layers: int) -> int:
    """How many of the layers of a model of `size` bytes fit into cards with so many bytes `free`, all of them and the
    last matrix if there is room for the whole.
    """
    room = sum(max(one - _RESERVE, 0) for one in free)
    return layers + 1 if room >= size else room * (layers + 1) // size if size else 0


def _free(lib: Any) -> list[int]:
    """Free bytes of each graphics card."""
    ggml = lib._lib
    for name in ("ggml_backend_dev_get", "ggml_backend_dev_type", "ggml_backend_dev_memory"):
        getattr(ggml, name).argtypes = {
            "ggml_backend_dev_get": [ctypes.c_size_t],
            "ggml_backend_dev_type": [ctypes.c_void_p],
            "ggml_backend_dev_memory": [ctypes.c_void_p, *[ctypes.POINTER(ctypes.c_size_t)] * 2],
        }[name]
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    found = []
    for number in range(ggml.ggml_backend_dev_count()):
        device = ggml.ggml_backend_dev_get(number)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        if ggml.ggml_backend_dev_type(device) in _CARDS:
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            found.append(free.value)
    return found
