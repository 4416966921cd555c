"""``legalqa audit``: what was done in a matter, whether that is all, and whether it would be the same today."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from legalqa import errors
from legalqa.cli_parts import AsJson, Home, MatterName, Quiet, emit, opened, say, stoppable

if TYPE_CHECKING:
    from legalqa.values.audit import AuditEntry, Replayed

app = typer.Typer(no_args_is_help=True, help="Who did what in a matter, and proof that it is all.")


@app.command()
def show(matter: MatterName, home: Home = None, as_json: AsJson = False) -> None:
    """The entries of the audit file, oldest first."""
    import msgspec

    with opened(home, matter) as open_matter:
        entries = list(open_matter.audit.entries())
    emit({"entries": msgspec.to_builtins(entries)}, "\n".join(map(_line, entries)) or "Nothing yet.", as_json)


@app.command()
def verify(
    matter: MatterName,
    head: Annotated[str, typer.Option(help="A head that was noted earlier: it must be in the file.")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Whether the audit file is what was written: any change, cut or addition is found."""
    with opened(home, matter) as open_matter:
        report = open_matter.audit.verify(head)
    data = {"entries": report.entries, "head": report.head, "ok": not report.faults, "faults": list(report.faults)}
    said = [f"The audit file is not what was written: {fault}." for fault in report.faults]
    said = said or [f"{report.entries:,} entries, none changed, none missing."]
    note = "Note this head elsewhere; --head holds a later file against it:"
    emit(data, "\n".join([*said, f"{note}\n{report.head}"]), as_json)
    if report.faults:
        raise typer.Exit(errors.EXIT_ENVIRONMENT)


@app.command()
def replay(
    matter: MatterName,
    entry: Annotated[
        int | None, typer.Argument(help="Number of one entry; else every question.", show_default=False)
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask again what was asked, and compare answers and passages; says what has changed since."""
    with opened(home, matter) as open_matter, stoppable() as stop:
        wanted = [one for one in open_matter.audit.entries() if _wanted(one, entry)]
        if entry is not None and not wanted:
            raise errors.UserError(f"The audit file has no entry {entry}.", hint="See legalqa audit show.")
        done = list["Replayed"]()
        for number, one in enumerate(wanted, 1):
            if stop.is_set():
                raise errors.Cancelled("Asking again was stopped.", kept="What was asked again stands in the audit.")
            say(f"question {number} of {len(wanted)}", quiet or as_json)
            done.append(open_matter.replay(one, stop))
    emit({"questions": [_data(one) for one in done]}, "\n".join(map(_said, done)) or "No questions yet.", as_json)
    if any(one.differs for one in done):
        raise typer.Exit(errors.EXIT_PARTIAL)


def _wanted(one: AuditEntry, entry: int | None) -> bool:
    return one.event == "ask" if entry is None else one.number == entry


def _data(one: Replayed) -> dict[str, object]:
    said = {"entry": one.number, "question": one.question, "same": one.same, "skipped": one.skipped}
    return said | {"differs": list(one.differs), "why": list(one.why)}


def _said(one: Replayed) -> str:
    from legalqa.report.as_text import clean

    state = "skipped, " + one.skipped if one.skipped else "the same" if one.same else "differs"
    lines = [f"{one.number}  {clean(one.question)}: {state}.", *(f"    {clean(text)}" for text in one.differs)]
    if one.differs:
        lines += [f"    because of {clean(text)}" for text in one.why]
        lines += [] if one.why else ["    models, index and program are the same: was the record or a model altered?"]
    return "\n".join(lines)


def _line(entry: AuditEntry) -> str:
    from legalqa.report.as_text import clean

    details = json.dumps(entry.details, ensure_ascii=False)
    shown = details if len(details) < 160 else details[:160] + "…"
    return f"{entry.number:>5}  {entry.at}  {clean(entry.who)}  {entry.event:<8}  {clean(shown)}"
