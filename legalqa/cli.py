"""The command line, and the edge at which errors become a message and an exit code.

Everything heavy is imported inside the commands: ``legalqa --help`` answers at once.
"""

from __future__ import annotations

import errno
import json
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer._click.exceptions import ClickException  # typer carries its own click and exports no base of its errors

from legalqa import (
    __version__,
    child,
    cli_audit,
    cli_demo,
    cli_eval,
    cli_matter,
    cli_memo,
    cli_models,
    cli_review,
    errors,
    offline,
)
from legalqa.cli_parts import AsJson, Home, InScope, MatterName, Quiet, Where, emit, library, opened, say, stoppable

if TYPE_CHECKING:
    from legalqa.values.answer import Draft

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Questions about a firm's own files, answered offline."
)
app.add_typer(cli_matter.app, name="matter")
app.add_typer(cli_models.models, name="models")
app.add_typer(cli_audit.app, name="audit")
app.command("eval")(cli_eval.evaluate)
app.command("demo")(cli_demo.demo)
app.command("review")(cli_review.review)


def print_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        print(f"legalqa {__version__}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Questions about a firm's own files, answered offline, every sentence checked against the record."""


@app.command()
def doctor(
    policy: Annotated[bool, typer.Option("--policy", help="Each setting and rule, and where it comes from.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """What is installed, what is missing and how to get it; and proof that nothing leaves this machine."""
    if policy:
        rows = library(home).effective()
        told = [dict(zip(("key", "value", "source"), row, strict=True)) for row in rows]
        emit({"effective": told}, "\n".join(f"{key:<22}{value:<42} {source}" for key, value, source in rows), as_json)
        return
    checks = library(home).doctor()
    width = max(len(check.name) for check in checks)
    lines = [
        f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<{width}}  {check.found}"
        + (f"\n      {check.hint}" if not check.ok else "")
        for check in checks
    ]
    data = [{"name": check.name, "ok": check.ok, "found": check.found, "hint": check.hint} for check in checks]
    emit({"checks": data}, "\n".join(lines), as_json)
    if not all(check.ok for check in checks):
        raise typer.Exit(errors.EXIT_ENVIRONMENT)


@app.command()
def index(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", show_default=False)],
    matter: MatterName,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Reading processes.", show_default=False)] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Keep a copy of every original in the matter.")] = False,
    ocr: Annotated[str, typer.Option(help="auto, always or never.")] = "auto",
    lang: Annotated[str | None, typer.Option(help="Languages of scans, e.g. eng+deu.", show_default=False)] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="Passwords to try, one a line; - reads them from stdin.", show_default=False)
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what could not be read before.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped: read what changes.")] = False,
    json_lines: Annotated[bool, typer.Option("--json-lines", help="Events on stdout, one JSON object a line.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write every file and page to FILE.csv or FILE.json.", show_default=False)
    ] = None,
    scheduler: Annotated[str, typer.Option(help="Read on a Dask cluster: tcp://host:port.", show_default=False)] = "",
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read files and folders into a matter, which is created if it is new."""
    from legalqa import cli_index

    if ocr not in ("auto", "always", "never"):
        raise errors.UserError(f"--ocr {ocr}: choose auto, always or never.")
    telling = cli_index.Telling(as_json, json_lines, quiet, report)
    passwords = cli_index.passwords_in(password_file)
    here = library(home)
    here.ensure(matter)
    with opened(home, matter) as open_matter, stoppable() as stop:
        run = partial(
            open_matter.index,
            paths,
            workers=workers,
            copy=copy,
            ocr=ocr,
            languages=lang,
            passwords=passwords,
            retry=retry,
            scheduler=scheduler,
            on_progress=telling.progress(),
        )
        tell = partial(telling.done, open_matter)
        if watch:
            done = cli_index.keep_watching(paths, here.settings.home, lambda stop: run(stop=stop), stop, tell)
        else:
            done = run(stop=stop)
            tell(done)
    if done.failed:
        raise typer.Exit(errors.EXIT_PARTIAL)


@app.command()
def status(matter: MatterName, home: Home = None, as_json: AsJson = False) -> None:
    """Every file and page accounted for."""
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    with opened(home, matter) as open_matter:
        coverage = open_matter.status()
    emit(contract.coverage(coverage), as_text.coverage(coverage), as_json)


@app.command()
def search(
    text: str,
    matter: MatterName,
    k: Annotated[int, typer.Option("-k", min=1, max=500, help="Hits.")] = 20,
    where: Where = "",
    exact: Annotated[bool, typer.Option("--exact", help="The exact phrase, wherever it stands.")] = False,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="Text that cannot be seen on its page, too: white, under a black box.")
    ] = False,
    scope: InScope = "",
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find passages."""
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    with opened(home, matter) as open_matter:
        found = open_matter.search(text, k=k, where=where, exact=exact, hidden=hidden, scope=scope)
    if found.understood:
        say(as_text.understood(found.understood), quiet or as_json)
    emit(contract.search(found), as_text.search(found), as_json)


@app.command()
def ask(
    text: str,
    matter: MatterName,
    where: Where = "",
    model: Annotated[str | None, typer.Option(help="Catalogue id of another model.", show_default=False)] = None,
    page_images: Annotated[
        Path | None, typer.Option(help="Write each cited page, its words boxed, into this folder.", show_default=False)
    ] = None,
    after: Annotated[
        list[str] | None, typer.Option("--after", help="A question asked before, oldest first.", show_default=False)
    ] = None,
    scope: InScope = "",
    mode: Annotated[
        str, typer.Option(help="auto (by the model's measured ability), quote-first, cited-prose, unconstrained.")
    ] = "auto",
    fresh: Annotated[bool, typer.Option("--fresh", help="Answer anew, whatever was answered before.")] = False,
    memo: cli_memo.MemoFile = None,
    memo_by: cli_memo.MemoBy = "",
    replace: cli_memo.Replace = False,
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Ask, and see for every sentence whether the record says so."""
    from legalqa import disclosing
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    cli_memo.check(memo, replace)
    with opened(home, matter) as open_matter, stoppable() as stop:
        answer = open_matter.ask(
            text,
            where=where,
            history=after or (),
            scope=scope,
            model=model,
            mode=mode,
            fresh=fresh,
            on_draft=draft_line(quiet),
            stop=stop,
        )
        written = open_matter.write_page_images(answer, page_images) if page_images else ()
        warned = disclosing.of(answer, open_matter.document) if as_json else ()
        exported = cli_memo.write(open_matter, answer, where, memo, memo_by, stop, quiet=quiet or as_json)
    if answer.understood:
        say(as_text.understood(answer.understood), quiet or as_json)
    data = contract.answer(answer) | {"warnings": [one.as_json() for one in warned]}
    data |= {"page_images": [str(path) for path in written]} if page_images else {}
    data |= {"memo": exported} if exported else {}
    files = [*(f"Cited page: {path}" for path in written), *([f"Memo: {memo}"] if exported else [])]
    emit(data, "\n".join([as_text.answer(answer), *files]), as_json)
    if answer.stopped:
        raise typer.Exit(errors.EXIT_CANCELLED)


def draft_line(quiet: bool) -> Callable[[Draft], None] | None:
    """The draft on stderr while it grows, where a person watches; it is never the answer."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(draft: Draft) -> None:
        from legalqa.report.as_text import clean

        print(f"\r\x1b[K\x1b[2m{draft.stage}: {clean(draft.text)[-80:]}\x1b[0m", end="", file=sys.stderr, flush=True)
        if draft.stage == "verifying":
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    return show


@app.command()
def verify(
    file: Path,
    matter: MatterName,
    copy: Annotated[
        Path | None, typer.Option("--copy", help="Write a copy of the .docx with comments at the faults.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write a report as a Word file (.docx).")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Cite-check a draft (.docx, .pdf, .txt) against the record."""
    from legalqa import disclosing
    from legalqa.report import as_json as contract
    from legalqa.report import as_text

    _word_file("--copy", copy)
    _word_file("--report", report)
    if copy and file.suffix.lower() != ".docx":
        raise errors.UserError(f"Only a .docx can be copied with comments, not {file.name}.", hint="Use --report.")
    if copy and copy.absolute() == file.absolute():
        raise errors.UserError("The commented copy needs another name than the draft.", kept="The draft is as it was.")
    with opened(home, matter) as open_matter:
        checked = open_matter.verify(file)
        warned = disclosing.of(checked, open_matter.document)
        for missed in open_matter.write_commented_copy(file, checked, copy) if copy else ():
            say(f"No place for a comment was found for: {as_text.clean(missed)}")
        if report:
            open_matter.write_cite_check(checked, report)
    for one in warned if copy or report else ():
        say(f"Before it leaves the firm: {as_text.clean(one.words)}")
    emit(contract.answer(checked) | {"warnings": [one.as_json() for one in warned]}, as_text.answer(checked), as_json)


def _word_file(option: str, path: Path | None) -> None:
    if path and path.suffix.lower() != ".docx":
        raise errors.UserError(f"{option} writes a Word file, not {path.name}.", hint="Give it a name in .docx.")
    if path and not path.absolute().parent.is_dir():
        raise errors.UserError(f"There is no folder {path.absolute().parent}.", kept="Nothing was written.")


@app.command()
def show(
    document: str,
    matter: MatterName,
    page: Annotated[int | None, typer.Option(min=1, help="One page only.", show_default=False)] = None,
    overview: Annotated[bool, typer.Option("--overview", help="What it is about, in its own words.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """What was read from a document: text, pages, words with boxes, sections, chunks; with --page what is on one."""
    from legalqa.report import as_json as contract
    from legalqa.report import as_text
    from legalqa.report import overview as overviews

    if overview and page is not None:
        raise errors.UserError("An overview is of the whole document.", hint="Give --overview or --page, not both.")
    with opened(home, matter) as open_matter:
        found = open_matter.find_document(document)
        if overview:
            made = open_matter.overview(found.id)
            emit(overviews.as_json(made), overviews.as_text(made), as_json)
            return
    if page is not None and page > len(found.pages):
        raise errors.UserError(f"{found.path} has {len(found.pages)} pages; there is no page {page}.")
    emit(contract.document(found, page), as_text.document(found, page), as_json)


@app.command()
def check(home: Home = None) -> None:
    """The verifier alone: JSON lines {"claim", "passage"} on stdin, one verdict a line on stdout."""
    checker = library(home).claim_checker()
    for number, line in enumerate(sys.stdin, 1):
        try:
            row = json.loads(line)
            claim, passage = row["claim"], row["passage"]
        except (json.JSONDecodeError, KeyError, TypeError):
            raise errors.UserError(f'Line {number} is not {{"claim": …, "passage": …}}.') from None
        print(json.dumps(checker(str(claim), str(passage)), ensure_ascii=False), flush=True)


def explain(error: errors.LegalQAError, as_json: bool) -> int:
    """Tell the user in words; with --json the object on stdout says the same."""
    if as_json:
        told = {"message": error.message, "kept": error.kept, "hint": error.hint, "exit_code": error.exit_code}
        print(json.dumps({"error": told}, ensure_ascii=False))
    say(f"legalqa: {error}")
    return error.exit_code


def as_ours(error: BaseException) -> errors.LegalQAError:
    """An error from below as one that speaks to the user; what we did not foresee is our bug."""
    if isinstance(error, errors.LegalQAError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return errors.EnvironmentFault(
            "The disk is full.", kept="What was indexed before is kept.", hint="Free some space and run it again."
        )
    if isinstance(error, PermissionError):
        return errors.EnvironmentFault(f"No permission for {error.filename}.", hint="Ask IT for access to it.")
    last = traceback.extract_tb(error.__traceback__)[-1]
    return errors.BugError(
        f"A fault of LegalQA itself ({type(error).__name__} at {Path(last.filename).name}:{last.lineno}).",
        kept="The matter on disk is kept.",
        hint="Please report it; -v before the command prints more.",
    )


def main() -> None:
    """Run the command line; always ends by SystemExit with a code of DESIGN §8."""
    child.serve_if_asked()
    offline.seal()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # TextIO hides it
    arguments = sys.argv[1:]
    verbose = bool({"-v", "--verbose"} & set(arguments))
    arguments = [argument for argument in arguments if argument not in ("-v", "--verbose")]
    as_json = bool({"--json", "--json-lines"} & set(arguments))
    try:
        code = app(arguments, standalone_mode=False) or errors.EXIT_DONE
    except ClickException as wrong:
        told = wrong.format_message()  # empty when a command was given nothing and has printed its help
        code = explain(errors.UserError(told, hint="See --help."), as_json) if told else errors.EXIT_USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = explain(errors.Cancelled("Stopped."), as_json)
    except BrokenPipeError:
        code = errors.EXIT_DONE
    except Exception as error:
        if verbose:
            traceback.print_exc()
        code = explain(as_ours(error), as_json)
    sys.exit(code)


if __name__ == "__main__":
    main()
