"""LegalQA: questions about a firm's own files, answered offline, every sentence checked against the record.

from legalqa import Library
matter = Library().open("harbor-point")
answer = matter.ask("When does the lease end?")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["LegalQAError", "Library", "Matter", "Settings", "__version__", "seal"]

if TYPE_CHECKING:
    from legalqa.errors import LegalQAError
    from legalqa.library import Library
    from legalqa.matter import Matter
    from legalqa.offline import seal
    from legalqa.settings import Settings

_WHERE = {
    "Library": "legalqa.library",
    "Matter": "legalqa.matter",
    "Settings": "legalqa.settings",
    "LegalQAError": "legalqa.errors",
    "seal": "legalqa.offline",
}


def __getattr__(name: str) -> Any:  # the parts load when they are first asked for, so that --help stays quick
    if name in _WHERE:
        import importlib

        return getattr(importlib.import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'legalqa' has no attribute {name!r}")
