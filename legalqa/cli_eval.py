"""``legalqa eval``: a suite measured, told as tables or JSON, kept, and compared with the run before it."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legalqa import cli_index, cli_planted, errors
from legalqa.cli_parts import AsJson, Home, Quiet, emit, library, opened, say, stoppable

if TYPE_CHECKING:
    from legalqa.evaluate.runs import Comparison, Head, Run
    from legalqa.evaluate.suite import Question, Suite
    from legalqa.evaluating import Corpus, OnStep
    from legalqa.settings import Settings

_TOLD = 5.0  # seconds between two lines of progress where nobody watches
_LIMIT = re.compile(r"\s*(?:(open|answers)\s+)?([a-z_]+(?:@\d+)?)\s*>=\s*([\d.]+)\s*")


@dataclass(frozen=True)
class _Wanted:
    """What is to be measured, and on what."""

    tasks: tuple[str, ...]
    baseline: bool
    answers: bool
    verifier: Path | None
    parts: tuple[str, ...]
    questions: int | None
    fresh: bool
    model: str | None
    mode: str


SuiteFolder = Annotated[
    Path | None, typer.Argument(help="Folder with docs/ and qa.jsonl, or of such folders.", show_default=False)
]
Claims = Annotated[
    Path | None, typer.Option(help="Claims to judge: {claim, passage, supported, kind} a line.", show_default=False)
]
Required = Annotated[
    list[str] | None,
    typer.Option(help="Exit with 3 below it: 'recall@8>=0.6', 'open mrr>=0.5', 'answers refused_rightly>=0.8'."),
]
Filler = Annotated[
    list[Path] | None, typer.Option(help="More documents to search in, without questions.", show_default=False)
]
Few = Annotated[int | None, typer.Option(min=1, help="Only so many, drawn (documents: no filler).", show_default=False)]
Named = Annotated[str, typer.Option("-m", "--matter", help="For --planted, --from-feedback.", show_default=False)]
Out = Annotated[
    Path | None, typer.Option(help="Write it to FILE, too: .json or text; --planted: .docx.", show_default=False)
]


def evaluate(
    suite: SuiteFolder = None,
    retrieval: Annotated[bool, typer.Option("--retrieval", help="What is found. The default.")] = False,
    answers: Annotated[bool, typer.Option("--answers", help="What is answered, with the document open.")] = False,
    verifier: Claims = None,
    planted: Annotated[
        bool, typer.Option("--planted", help="Errors planted in claims about the matter -m: a page for your file.")
    ] = False,
    task: Annotated[str, typer.Option(help="scoped (over all documents), open (in the right one) or both.")] = "both",
    baseline: Annotated[str, typer.Option(help="Also measure: naive.", show_default=False)] = "",
    sets: Annotated[str, typer.Option(help="Only these sets: cuad,maud.", show_default=False)] = "",
    parts: Annotated[str, typer.Option(help="Only questions on parts: development,test.", show_default=False)] = "",
    filler: Filler = None,
    documents: Few = None,
    questions: Few = None,
    compare: Annotated[str, typer.Option(help="A run to compare with: a file, or no. Default: the last run.")] = "",
    require: Required = None,
    model: Annotated[str | None, typer.Option(help="Catalogue id of another model.", show_default=False)] = None,
    mode: Annotated[str, typer.Option(help="Of --answers: auto, quote-first, cited-prose, unconstrained.")] = "auto",
    out: Out = None,
    seed: Annotated[int, typer.Option(help="Of --planted: the same seed gives the same claims.")] = 20,
    fresh: Annotated[bool, typer.Option("--fresh", help="Read the documents again.")] = False,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Make the suite --out of what users of the matter -m said.")
    ] = False,
    matter: Named = "",
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure retrieval, answers and the verifier where the truth is known, and compare with the last run."""
    if from_feedback:
        _from_feedback(home, matter, out, as_json)
        return
    if planted:
        cli_planted.evaluate(home, matter, seed, questions, out, step_line(quiet), as_json=as_json)
        return
    limits = [_limit(text) for text in require or ()]
    searched = retrieval or bool(baseline) or not (answers or verifier)
    wanted = _Wanted(
        _tasks(task) if searched else (),
        _baseline(baseline),
        answers,
        verifier,
        _parts(parts),
        questions,
        fresh,
        model,
        mode,
    )
    if suite is None and (verifier is None or searched or answers):
        raise errors.UserError("Which suite?", hint="A suite is a folder with docs/ and qa.jsonl.")
    loaded = _loaded(suite, sets, filler or (), documents, quiet) if suite else None
    told, compared = _run(loaded, library(home).settings, wanted, compare, quiet)
    _tell(told, compared, loaded.questions if loaded else (), out, as_json)
    short = [text for text in (_short(told, *limit) for limit in limits) if text]
    for text in short:
        say(text)
    if short or (compared and compared.fell):
        raise typer.Exit(errors.EXIT_PARTIAL)


def _run(
    loaded: Suite | None, settings: Settings, wanted: _Wanted, compare: str, quiet: bool
) -> tuple[dict[str, Any], Comparison | None]:
    """The JSON of what was measured, kept as a run, and its comparison with another one."""
    told: dict[str, Any] = {}
    compared = None
    with stoppable() as stop:
        if loaded is not None:
            run, told = _measured(loaded, settings, wanted, quiet, stop)
        if wanted.verifier is not None:
            from legalqa import evaluating

            told["verifier"] = evaluating.verifier(wanted.verifier, settings, step_line(quiet), stop)
    if loaded is not None and run.rows:
        folder = _runs(settings, loaded)
        compared = _compared(run, folder, compare)
        told["run"] = str(_kept(run, folder))
    return told, compared


def _tasks(task: str) -> tuple[str, ...]:
    if task not in ("scoped", "open", "both"):
        raise errors.UserError(f"--task {task}: choose scoped, open or both.")
    return ("scoped", "open") if task == "both" else (task,)


def _baseline(baseline: str) -> bool:
    if baseline not in ("", "naive"):
        raise errors.UserError(f"--baseline {baseline}: the one there is is naive.")
    return bool(baseline)


def _parts(text: str) -> tuple[str, ...]:
    from legalqa.evaluate.summary import PARTS

    parts = tuple(part for part in text.split(",") if part)
    for part in parts:
        if part not in PARTS:
            raise errors.UserError(f"--parts {part}: choose from {', '.join(PARTS)}.")
    return parts


def _loaded(suite: Path, sets: str, filler: Sequence[Path], documents: int | None, quiet: bool) -> Suite:
    from legalqa.evaluate import drawing
    from legalqa.evaluate import suite as suites

    loaded = suites.load(suite, [name for name in sets.split(",") if name], filler)
    if loaded.passed_over:
        say(f"No documents of the suite are in: {', '.join(loaded.passed_over)}.", quiet)
    return drawing.documents(loaded, documents) if documents else loaded


def _measured(
    suite: Suite, settings: Settings, wanted: _Wanted, quiet: bool, stop: threading.Event
) -> tuple[Run, dict[str, Any]]:
    """The run and its JSON."""
    from legalqa import evaluating
    from legalqa.evaluate import answering, drawing, summary
    from legalqa.evaluate.runs import Row, Run

    show, rows, asked = step_line(quiet), list[Row](), list["Question"]()
    reading = cli_index.progress_line(quiet)
    with evaluating.corpus(suite, settings, fresh=wanted.fresh, on_progress=reading, stop=stop) as corpus:
        for path, reason in corpus.unread.items():
            say(f"{Path(path).name} could not be read ({reason}); questions about it count as not found.", quiet)
        posed = [q for q in suite.questions if not wanted.parts or q.part in wanted.parts]
        worded_by = (wanted.model or settings.generation_model) + (f" {wanted.mode}" if wanted.mode != "auto" else "")
        head = evaluating.head(corpus, worded_by if wanted.answers else "")
        told: dict[str, Any] = {"about": _about(head, corpus)}
        if wanted.tasks:
            asked, told["about"]["left_out"] = _asked(posed, corpus, wanted.questions)
            rows += evaluating.retrieval(corpus, asked, wanted.tasks, show, stop)
        if wanted.baseline:
            rows += evaluating.baseline(corpus, asked, settings, show, stop)
        told |= summary.retrieval(rows)
        if wanted.answers:
            drawn = drawing.balanced(posed, wanted.questions or len(posed))
            answered = evaluating.answers(corpus, drawn, settings, wanted.model, show, stop, wanted.mode)
            with_answer = {question.id for question in drawn if question.golds}
            told["answers"] = answering.figures(answered, with_answer.__contains__)
            rows += answered
            told |= cli_planted.verdicts(corpus.matter, settings, show, stop)
    told["about"]["questions"] = len({row.id for row in rows})
    return Run(head, tuple(rows)), told


def _about(head: Head, corpus: Corpus) -> dict[str, Any]:
    return {
        "suite": head.suite,
        "documents": head.documents,
        "unread": len(corpus.unread),
        "encoder": head.encoder,
        "generation": head.generation,
        "at": head.at,
    }


def _asked(posed: Sequence[Question], corpus: Corpus, count: int | None) -> tuple[list[Question], dict[str, int]]:
    """The questions of which recall has one meaning, and how many are not asked for which reason."""
    from legalqa.evaluate import drawing

    answered = [question for question in posed if question.golds]
    once = [question for question in answered if question.once]
    placed = [question for question in once if corpus.answers(question) is not None]
    if not placed:
        raise errors.UserError("No question of the suite has an answer that stands in its documents in one place.")
    left_out = {
        "no_answer": len(posed) - len(answered),
        "answer_in_several_places": len(answered) - len(once),
        "quotation_not_found": len(once) - len(placed),
    }
    return drawing.questions(placed, count or len(placed)), left_out


def _runs(settings: Settings, suite: Suite) -> Path:
    from legalqa.evaluating import home_of

    return home_of(settings) / "runs" / (suite.folder.resolve().name + "-" + _of_folder(suite.folder))


def _of_folder(folder: Path) -> str:
    import hashlib

    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _compared(run: Run, folder: Path, with_: str) -> Comparison | None:
    """The comparison with a run of choice or the last one; None without one or if they share no question."""
    from legalqa.evaluate import answering, runs

    tested = dict.fromkeys(("scoped", "open"), runs.COMPARED) | {"answers": answering.COMPARED}
    if with_ == "no":
        return None
    if with_:
        return runs.compare(runs.load(Path(with_)), run, tested)
    before = runs.last(folder, run)
    return runs.compare(before, run, tested) if before else None


def _kept(run: Run, folder: Path) -> Path:
    from legalqa.evaluate import runs

    file = folder / f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%S.%f')}.jsonl"
    runs.save(run, file)
    return file


def _tell(
    told: dict[str, Any], compared: Comparison | None, questions: Sequence[Question], out: Path | None, as_json: bool
) -> None:
    from legalqa.evaluate import answering, pairs, summary
    from legalqa.report import planted

    texts = {question.id: question.text for question in questions}
    blocks = [summary.heading(told), summary.retrieval_table(told)]
    for key, lines_of in (("answers", answering.rows_for_people), ("verifier", pairs.rows_for_people)):
        if told.get(key):
            heads, *lines = lines_of(told[key])
            blocks.append(summary.table(heads, lines))
    if told.get("verdicts"):
        blocks.append(summary.table(planted.HEADS, planted.rows({"planted": told["verdicts"]})))
    if compared:
        told["compared"] = summary.comparison(compared)
        blocks.append(summary.comparison_text(compared, lambda id: texts.get(id, "")))
    blocks.append(f"Kept as {told['run']}" if "run" in told else "")
    text = "\n\n".join(filter(None, blocks))
    if out is not None:
        cli_planted.write(out, told, text)
    emit(told, text, as_json)


def _limit(text: str) -> tuple[str, str, float]:
    """The part of the JSON, the figure in it, and its least value."""
    from legalqa.evaluate.answering import FIGURES
    from legalqa.evaluate.metrics import METRICS

    match = _LIMIT.fullmatch(text)
    key = {None: "retrieval", "open": "retrieval_open", "answers": "answers"}[match[1]] if match else ""
    known = tuple(FIGURES) if key == "answers" else METRICS
    if match is None or match[2] not in known:
        raise errors.UserError(
            f"--require {text!r} is not of the form recall@8>=0.6.", hint=f"Known: {', '.join(known)}."
        )
    return key, match[2], float(match[3])


def _short(told: dict[str, Any], key: str, figure: str, least: float) -> str:
    found = told.get(key, {}).get("all", {}).get(figure)
    if found is None:
        return f"{figure} was required, but was not measured."
    names = {"retrieval": "over the whole corpus", "retrieval_open": "with the document open", "answers": "of answers"}
    return "" if found >= least else f"{figure} {names[key]} is {found:.3f}, at least {least} was required."


def _from_feedback(home: Path | None, name: str, out: Path | None, as_json: bool) -> None:
    from legalqa import feedback

    if not name or out is None:
        raise errors.UserError("--from-feedback needs the matter (-m) and a new folder for the suite (--out).")
    with opened(home, name) as matter:
        held = (matter.document(id) for id in matter.catalog.documents())
        with matter.recording.export("suite made of feedback", out):
            made = feedback.as_suite(matter.feedback.list(), held, out)
    data = {"suite": str(out), "questions": made.questions, "documents": made.documents, "left_out": made.left_out}
    text = f"{made.questions} questions over {made.documents} documents in {out}."
    if made.left_out:
        text += f" {made.left_out} questions were left out: nobody said where their answer stands."
    emit(data, text, as_json)


def step_line(quiet: bool) -> OnStep:
    """Progress of a measurement on stderr: rewritten on a terminal, a line now and then elsewhere."""
    last = [0.0]
    rewrite = sys.stderr.isatty()

    def show(what: str, done: int, whole: int) -> None:
        if quiet or (time.monotonic() - last[0] < (0.1 if rewrite else _TOLD) and done < whole):
            return
        last[0] = time.monotonic()
        end = "" if rewrite and done < whole else "\n"
        print(("\r\x1b[K" if rewrite else "") + f"{what}: {done:,} of {whole:,}", end=end, file=sys.stderr, flush=True)

    return show
