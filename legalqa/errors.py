"""Errors that know whose fault they are, what to tell the user, and the exit code.

Raised anywhere; turned into a message in two places only: ``cli.py`` and the window's worker module.
"""

from __future__ import annotations

EXIT_DONE, EXIT_BUG, EXIT_USAGE, EXIT_PARTIAL, EXIT_ENVIRONMENT, EXIT_DENIED, EXIT_CANCELLED = 0, 1, 2, 3, 4, 5, 130


class LegalQAError(Exception):
    """Anything that we tell the user in words: what happened, what was not lost (`kept`), what to do (`hint`)."""

    exit_code = EXIT_BUG

    def __init__(self, message: str, *, kept: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.kept = kept
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.kept, self.hint) if part)


class UserError(LegalQAError):
    """The request cannot be carried out as it stands: unknown matter, wrong filter, no such file."""

    exit_code = EXIT_USAGE


class EnvironmentFault(LegalQAError):
    """The machine lacks something: Tesseract, a model file, disk space."""

    exit_code = EXIT_ENVIRONMENT


class Damaged(EnvironmentFault):
    """The files of a search index cannot be used. Whoever may write to the matter rebuilds them from its catalog."""


class NoMemory(EnvironmentFault):
    """The machine, or its graphics card, has too little memory for what was wanted; less of it may do."""


class Denied(LegalQAError):
    """Locked by another process, or not allowed by policy."""

    exit_code = EXIT_DENIED


class NoNetwork(Denied, PermissionError):
    """Something would have left the machine. An OSError to libraries, as if a firewall had refused it."""


class Cancelled(LegalQAError):
    """The user pressed Stop."""

    exit_code = EXIT_CANCELLED


class BugError(LegalQAError):
    """Our own fault."""

    exit_code = EXIT_BUG
