"""``legalqa review``: questions asked of many documents, as a spreadsheet; gone on with where it was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legalqa import errors
from legalqa.cli_parts import AsJson, Home, MatterName, Quiet, Where, emit, opened, say, stoppable


def review(
    questions: Annotated[str, typer.Argument(help="QUESTIONS.csv, or a template: Lease, NDA, Employment, Merger.")],
    matter: MatterName,
    out: Annotated[Path, typer.Option("--out", help="Write the grid to FILE.xlsx or FILE.csv.")],
    name: Annotated[
        str, typer.Option("--name", help="Name of the review in the matter; else that of the questions.")
    ] = "",
    where: Where = "",
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask the same questions of many documents. Run it again to go on, or after documents were added."""
    from legalqa import reviewing
    from legalqa.report import grid as grids
    from legalqa.values.review import Cell

    grids.check(out)
    template = {name.casefold(): asked for name, asked in reviewing.templates().items()}.get(questions.casefold())
    asked = template or reviewing.questions_in(Path(questions))
    with opened(home, matter) as open_matter, stoppable() as stop:
        one = open_matter.review(name or Path(questions).stem)
        grid = one.set(asked, open_matter.documents_in(where))
        left = len(grid.open)

        def told(cell: Cell) -> None:
            nonlocal left
            left -= 1
            say(f"{left:,} to go: {cell.verdict or 'not found'}", quiet or as_json)

        grid = one.fill(told, stop)
        open_matter.write_review(grid, out)
    needs = sum(cell.needs_human for cell in grid.cells.values())
    size = f"{len(grid.documents):,} documents × {len(grid.questions):,} questions"
    data = {
        "review": grid.name,
        "documents": len(grid.documents),
        "questions": len(grid.questions),
        "open": len(grid.open),
        "needs_a_look": needs,
        "out": str(out),
    }
    emit(data, f"{size}, {len(grid.open):,} open, {needs:,} need a look: {out}", as_json)
    if grid.open:
        raise typer.Exit(errors.EXIT_CANCELLED)
