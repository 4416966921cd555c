"""``legalqa eval --planted``: the planted-error suite over a matter, told and written for the firm's file."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legalqa import errors
from legalqa.cli_parts import emit, library, opened, stoppable

if TYPE_CHECKING:
    from legalqa.evaluating import OnStep
    from legalqa.matter import Matter
    from legalqa.settings import Settings

EACH_OF_A_SUITE = 5  # claims of a kind planted in the documents of a suite, for the figures of the verdicts


def evaluate(
    home: Path | None, name: str, seed: int, each: int | None, out: Path | None, show: OnStep, *, as_json: bool
) -> None:
    """The planted-error suite over a matter, told and written."""
    from legalqa import planted
    from legalqa.report import planted as report

    if not name:
        raise errors.UserError("--planted needs a matter.", hint="Name it with -m.")
    if out is not None and out.suffix.lower() not in (".docx", ".md", ".json"):
        raise errors.UserError(f"The report is a .docx, .md or .json, not {out.name}.")
    with opened(home, name) as matter, stoppable() as stop:
        run = planted.run(matter, library(home).settings, seed=seed, each=each or planted.EACH, on_step=show, stop=stop)
    told = run.as_json()
    if out is not None and out.suffix.lower() == ".docx":
        report.write(told, out)
    elif out is not None:
        write(out, told, report.as_text(told))
    emit(told, report.as_text(told), as_json)


def verdicts(matter: Matter, settings: Settings, show: OnStep, stop: threading.Event) -> dict[str, Any]:
    """{"verdicts": …} over a suite's documents; {} if they hold no sentences."""
    from legalqa import planted

    try:
        return {"verdicts": planted.run(matter, settings, each=EACH_OF_A_SUITE, on_step=show, stop=stop).figures}
    except errors.UserError:
        return {}


def write(out: Path, told: dict[str, Any], text: str) -> None:
    """The JSON into a .json, the text into any other file. Raises UserError if it cannot be written."""
    whole = json.dumps(told, ensure_ascii=False, indent=1) if out.suffix.lower() == ".json" else text
    try:
        out.write_text(whole + "\n", encoding="utf-8")
    except OSError as error:
        raise errors.UserError(f"{out} could not be written ({error.strerror}).") from None
