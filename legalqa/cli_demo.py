"""``legalqa demo``: the whole way on the sample matter that comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from legalqa import errors, shipped
from legalqa.cli_parts import AsJson, Home, Quiet, emit, library, opened, say, stoppable

MATTER = "sample"


def questions() -> list[str]:
    """What is asked: one question a line, the last of which has no answer in the record."""
    lines = (shipped.folder("resources") / "sample" / "questions.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def demo(
    page_images: Annotated[
        Path | None, typer.Option(help="Write each cited page, its words boxed, into this folder.", show_default=False)
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Index the sample matter and ask three questions of it. A second run finds it as the first left it."""
    from legalqa import cli_index
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    library(home).ensure(MATTER)
    told: list[dict[str, Any]] = []
    with opened(home, MATTER) as matter, stoppable() as stop:
        documents = shipped.folder("resources") / "sample" / "documents"
        report = matter.index([documents], on_progress=cli_index.progress_line(quiet or as_json), stop=stop)
        say(as_text.index(report), quiet or as_json)
        for number, question in enumerate(questions(), start=1):
            answer = matter.ask(question, stop=stop)
            written = matter.write_page_images(answer, page_images / str(number)) if page_images else ()
            told.append({"question": question} | contract.answer(answer))
            if not as_json:
                pages = [f"Cited page: {path}" for path in written]
                print(f"\n{question}\n" + "\n".join([as_text.answer(answer), *pages]), flush=True)
            if answer.stopped:
                raise typer.Exit(errors.EXIT_CANCELLED)
    if as_json:
        emit({"index": contract.index(report), "answers": told}, "", as_json)
    if report.failed:
        raise typer.Exit(errors.EXIT_PARTIAL)
