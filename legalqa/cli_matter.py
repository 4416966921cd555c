"""``legalqa matter``: matters are made, listed, shown, held, moved and destroyed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from legalqa import errors
from legalqa.cli_parts import AsJson, Home, Quiet, emit, library, opened, say

app = typer.Typer(no_args_is_help=True, help="Create, list, show, hold, move and delete matters.")
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit file.")]


@app.command("new")
def new(
    name: str, client: Annotated[str, typer.Option(help="The client.")] = "", home: Home = None, as_json: AsJson = False
) -> None:
    """Create a matter."""
    from legalqa.report import as_json as contract

    info = library(home).create(name, client)
    emit(contract.matter(info), f"Created {info.name} ({info.slug}).", as_json)


@app.command("list")
def list_(home: Home = None, as_json: AsJson = False) -> None:
    """The matters on this machine."""
    from legalqa.report import as_json as contract

    infos = library(home).matters()
    lines = [
        f"{info.slug:<24}{info.created[:10]}  {info.name}{'  ' + info.client if info.client else ''}" for info in infos
    ]
    emit({"matters": [contract.matter(info) for info in infos]}, "\n".join(lines) or "No matters yet.", as_json)


@app.command("show")
def show(name: str, home: Home = None, as_json: AsJson = False) -> None:
    """A matter and the documents in it."""
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    with opened(home, name) as matter:
        coverage = matter.status()
        info = matter.info
    data = contract.matter(info) | contract.coverage(coverage)
    title = f"{info.name} ({info.slug}), created {info.created[:10]}\n{info.folder}\n"
    emit(data, title + as_text.coverage(coverage), as_json)


@app.command("delete")
def delete(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the certificate.")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Delete a matter: its index and everything that was read. Your own files stay; a certificate says what went."""
    here = library(home)
    info = here.info(name)
    if not yes:
        if not sys.stdin.isatty():
            raise errors.UserError("Deleting a matter asks first.", kept="Nothing was deleted.", hint="Add --yes.")
        typer.confirm(f"Delete {info.name} and everything that was read of it?", abort=True, err=True)
    certificate = here.destroy(name, reason)
    data = {"deleted": info.slug, "certificate": str(certificate)}
    emit(data, f"Deleted {info.name}. The original files were not touched.\nCertificate: {certificate}", as_json)


@app.command("hold")
def hold(name: str, reason: Reason, home: Home = None, as_json: AsJson = False) -> None:
    """Put a matter under legal hold: it cannot be deleted until it is released."""
    library(home).hold(name, reason)
    emit({"held": name}, f"{name} is under legal hold.", as_json)


@app.command("release")
def release(name: str, reason: Reason, home: Home = None, as_json: AsJson = False) -> None:
    """Lift the legal hold of a matter."""
    library(home).release(name, reason)
    emit({"released": name}, f"{name} is under no legal hold any more.", as_json)


@app.command("export")
def export(name: str, file: Path, home: Home = None, as_json: AsJson = False) -> None:
    """Write a matter into one file, as a backup or to hand it over; indexing and asking go on meanwhile."""
    done = library(home).export(name, file)
    data = {"file": str(done.file), "files": done.files, "bytes": done.bytes, "sha256": done.sha256}
    text = f"Exported {name}: {done.files:,} files, {done.bytes:,} bytes, SHA-256 {done.sha256}.\n{done.file}"
    emit(data, text, as_json)


@app.command("import")
def import_(
    file: Path,
    name: Annotated[str, typer.Option("--as", help="Another name for it here.")] = "",
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Import a file that `export` wrote: restore a backup, or take a matter over."""
    here = library(home)
    done = here.import_matter(file, name)
    say("Building the search index from the catalog.", quiet or as_json)
    with opened(home, done.info.slug) as matter:
        try:
            matter.index([])
        except errors.EnvironmentFault as fault:
            kept = f"The matter {done.info.slug} was imported whole."
            hint = f"{fault.hint} Then index anything into it: the search index is built first.".strip()
            raise errors.EnvironmentFault(fault.message, kept=kept, hint=hint) from None
    data = {"matter": done.info.slug, "files": done.files, "audit_faults": list(done.audit_faults)}
    faults = "".join(f"\nIts audit file was not what had been written: {one}." for one in done.audit_faults)
    emit(data, f"Imported {done.info.name} ({done.info.slug}), {done.files:,} files.{faults}", as_json)
    if done.audit_faults:
        raise typer.Exit(errors.EXIT_PARTIAL)


@app.command("move")
def move(
    name: str,
    to: Annotated[Path, typer.Option("--to", help="The other home.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Move a matter to another home; here it is deleted, with a certificate, when it is whole there."""
    done = library(home).move(name, to)
    emit({"matter": done.info.slug, "folder": done.info.folder}, f"Moved to {done.info.folder}.", as_json)
