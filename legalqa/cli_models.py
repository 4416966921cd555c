"""``legalqa models``: what is on this machine, how it gets there, what it is able to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from legalqa import errors
from legalqa.cli_parts import AsJson, Home, Quiet, emit, library, say, stoppable

if TYPE_CHECKING:
    from legalqa.library import Library

models = typer.Typer(no_args_is_help=True, help="The models on this machine.")


@models.command("list")
def models_list(home: Home = None, as_json: AsJson = False) -> None:
    """The catalogue, and what of it is on this machine."""
    rows = library(home).models()
    lines = [f"{row['id']:<34}{row['role']:<12}{row['state']:<12}{row['licence']}" for row in rows]
    emit({"models": rows}, "\n".join(lines), as_json)


@models.command("verify")
def models_verify(home: Home = None, as_json: AsJson = False) -> None:
    """Compare every installed model file with its checksum."""
    rows = library(home).verify_models()
    lines = [f"{row['state']:<10}{row['id']}/{row['file']}" for row in rows]
    emit({"files": rows}, "\n".join(lines) or "No models are installed.", as_json)
    if not rows or any(row["state"] != "ok" for row in rows):
        raise typer.Exit(errors.EXIT_ENVIRONMENT)


@models.command("pull")
def models_pull(
    model: Annotated[str, typer.Argument(help="Catalogue id, or the address of a .gguf file.", show_default=False)],
    sha256: Annotated[str, typer.Option(help="Checksum that the file of an address must have.")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a model from its pinned source (on a connected machine) and verify it."""
    shelf = library(home)
    folder = shelf.pull_model(model, sha256)
    _installed(shelf, folder.name, str(folder), as_json)


@models.command("add")
def models_add(file: Path, home: Home = None, as_json: AsJson = False) -> None:
    """Install a model file brought to this machine by hand."""
    shelf = library(home)
    added = shelf.add_model(file)
    _installed(shelf, added, "", as_json)


def _installed(shelf: Library, id: str, folder: str, as_json: bool) -> None:
    """What was installed, with its licence, which is shown before the model is first used."""
    licence = next(row["licence"] for row in shelf.models() if row["id"] == id)
    where = f" in {folder}" if folder else ""
    found = {"id": id, "licence": licence} | ({"folder": folder} if folder else {})
    emit(found, f"{id} is installed{where}. Its licence: {licence}.", as_json)


@models.command("test")
def models_test(model: str, home: Home = None, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Measure a model over small built-in passages: it earns cited prose, or is quoted first."""
    import msgspec

    with stoppable() as stop:
        found = library(home).test_model(
            model, on_question=lambda done, all: say(f"question {done} of {all}", quiet or as_json), stop=stop
        )
    mode = "cited-prose" if found.writes else "quote-first"
    lines = [
        f"{found.sentences} sentences of its own: {found.accepted:.0%} accepted by the checker,"
        f" {found.invented} with a number that the cited passage does not state.",
        f"{found.right:.0%} of the questions answered or refused rightly; {found.complete:.0%} of the answers ended by"
        " themselves.",
        f"{found.tokens_per_second:.1f} tokens a second under the grammar with {found.threads} threads.",
        f"Answers with this model are {mode} from now on; --mode says otherwise.",
    ]
    emit({**msgspec.to_builtins(found), "mode": mode}, "\n".join(lines), as_json)
