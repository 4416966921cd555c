"""``legalqa ask … --memo``: the answer as a memorandum, with what should be seen before it leaves the firm."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legalqa import errors
from legalqa.cli_parts import say

if TYPE_CHECKING:
    from legalqa.matter import Matter
    from legalqa.values.answer import VerifiedAnswer
    from legalqa.values.memo import Drawn

MemoFile = Annotated[
    Path | None, typer.Option("--memo", help="Write the answer as a memo, a Word file (.docx).", show_default=False)
]
MemoBy = Annotated[str, typer.Option("--memo-by", help="By whom the memo is.", show_default=False)]
Replace = Annotated[bool, typer.Option("--replace", help="Write the memo over a file that is there already.")]


def check(file: Path | None, replace: bool) -> None:
    """Before anything is asked: whether the memo can be written there. Raises UserError with what to do."""
    if file is None:
        return
    if file.suffix.lower() == ".pdf":
        hint = "Give it a name in .docx and save that as PDF, or export the memo from the window."
        raise errors.UserError(
            f"--memo writes a Word file here, not {file.name}.", kept="Nothing was asked.", hint=hint
        )
    if file.suffix.lower() != ".docx":
        raise errors.UserError(f"--memo writes a Word file, not {file.name}.", hint="Give it a name in .docx.")
    if not file.absolute().parent.is_dir():
        raise errors.UserError(f"There is no folder {file.absolute().parent}.", kept="Nothing was asked.")
    if file.exists() and not replace:
        raise errors.UserError(f"{file} is there already.", kept="It was left as it is.", hint="Add --replace.")


def write(
    matter: Matter,
    answer: VerifiedAnswer,
    where: str,
    file: Path | None,
    author: str,
    stop: threading.Event,
    *,
    quiet: bool = False,
) -> dict[str, Any] | None:
    """Tell what should be seen first, then write the memo; returns what ``--json`` says of it. None if no `file` is
    wanted, or the answer was stopped.

    Raises Cancelled on `stop`, UserError or EnvironmentFault if the memo cannot be written.
    """
    from legalqa.report.memo_words import printable
    from legalqa.values.memo import Answered, MemoForm

    if file is None:
        return None
    if answer.stopped:
        say("No memo was written: the answer was stopped.")
        return None
    form, one = MemoForm(author), Answered(answer, where)
    found = matter.findings([one], form)
    for finding in found:
        say(f"Before it leaves the firm: {printable(finding.words)}")

    def drawn(told: Drawn) -> None:
        say(f"cited page {told.done} of {told.total}", quiet)

    matter.write_memo(matter.memo([one], form, on_drawn=drawn, stop=stop), file)
    return {"file": str(file), "warnings": [{"what": a.what, "shown": a.shown, "where": a.where} for a in found]}
