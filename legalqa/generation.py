"""Which language model answers, with which adapter of the firm laid over it, and how it is started on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from legalqa import models
from legalqa.errors import UserError
from legalqa.models import ModelFiles
from legalqa.settings import Settings
from legalqa.values.answer import ModelId

if TYPE_CHECKING:
    from legalqa.answer.llm import LocalModel

CONTEXT: Final = 4096  # tokens of prompt and answer together; a model trained for less uses less


@dataclass(frozen=True, slots=True)
class Chosen:
    """A language model, installed and unaltered, and the adapter laid over it, as unaltered."""

    model: ModelFiles
    adapter: ModelFiles | None = None

    @property
    def id(self) -> ModelId:
        """Id and fingerprint: that of the file, or with an adapter one that stands for both files."""
        if self.adapter is None:
            return ModelId(self.model.id, self.model.sha256)
        both = hashlib.sha256(f"{self.model.sha256}+{self.adapter.sha256}".encode()).hexdigest()
        return ModelId(f"{self.model.id}+{self.adapter.id}", both)


def chosen(settings: Settings, id: str | None = None) -> Chosen:
    """The model of that catalogue id, or that of the settings (None), to which the adapter of the settings belongs.

    Raises EnvironmentFault if either is missing or altered, UserError if one is not what it should be.
    """
    wanted = id or settings.generation_model
    found = models.locate(settings.home, wanted)
    if found.role != "generation":
        raise UserError(f"{wanted} is no model that words answers.", hint="See legalqa models list.")
    if not settings.generation_adapter or wanted != settings.generation_model:
        return Chosen(found)
    adapter = models.locate(settings.home, settings.generation_adapter)
    if adapter.role != "adapter":
        raise UserError(f"{adapter.id} is no adapter for a language model.", hint="See legalqa models list.")
    return Chosen(found, adapter)


def started(settings: Settings, using: Chosen) -> LocalModel:
    """The model, which loads when it is first asked: as many layers on the graphics card as it has memory for, unless
    the settings say how many, and less of everything where memory is short.
    """
    from legalqa.answer.llm import LocalModel

    adapter = using.adapter.file if using.adapter else None
    return LocalModel(
        using.id, using.model.file, settings.threads, CONTEXT, gpu_layers=settings.gpu_layers, adapter=adapter
    )


def ability(settings: Settings, id: str | None = None) -> models.Ability | None:
    """What was measured of that model as it is now, with its adapter; None if nothing was. Raises as `chosen`."""
    using = chosen(settings, id)
    return models.ability(settings.home, using.model.id, using.id.sha256)


def role_of(file: Path) -> tuple[models.Role, str]:
    """What a GGUF file from elsewhere is, and its licence in its publisher's words ("" if it says none).

    It is read, and a model is loaded, in processes of their own: whatever it does there ends in EnvironmentFault.
    """
    import threading

    from legalqa.answer import gguf
    from legalqa.answer.llm import LocalModel
    from legalqa.answer.text_model import Part

    header = gguf.inspect(file)
    if header.kind == "adapter":
        return "adapter", header.licence
    trial = LocalModel(ModelId(file.stem, ""), file, 1, _TRIAL)
    try:
        for _ in trial.generate([Part("A", trusted=True)], grammar=None, max_tokens=1, stop=threading.Event()):
            pass
    finally:
        trial.close()
    return "generation", header.licence


_TRIAL: Final = 256  # tokens of context with which a model from elsewhere is tried
