"""``legalqa eval``: a suite measured, told as tables or JSON, kept, and compared with the run before it."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from legalqa import cli_index, errors
from legalqa.cli_parts import AsJson, Home, Quiet, emit, library, say, stoppable

if TYPE_CHECKING:
    from legalqa.evaluate.runs import Comparison, Run
    from legalqa.evaluate.suite import Question, Suite
    from legalqa.evaluating import Corpus, OnStep
    from legalqa.settings import Settings

_TOLD = 5.0  # seconds between two lines of progress where nobody watches
_LIMIT = re.compile(r"\s*(?:(open)\s+)?([a-z_]+(?:@\d+)?)\s*>=\s*([\d.]+)\s*")


@dataclass(frozen=True)
class _Wanted:
    """What is to be measured, and on what."""

    tasks: tuple[str, ...]
    baseline: bool
    documents: int | None
    questions: int | None
    fresh: bool


def evaluate(
    suite: Annotated[Path, typer.Argument(help="Folder with docs/ and qa.jsonl, or of such folders.")],
    task: Annotated[str, typer.Option(help="scoped (over all documents), open (in the right one) or both.")] = "both",
    baseline: Annotated[str, typer.Option(help="Also measure: naive.", show_default=False)] = "",
    sets: Annotated[str, typer.Option(help="Only these sets: cuad,maud.", show_default=False)] = "",
    filler: Annotated[
        list[Path] | None, typer.Option(help="More documents to search in, without questions.", show_default=False)
    ] = None,
    documents: Annotated[
        int | None, typer.Option(min=1, help="Only so many documents, drawn; no filler.", show_default=False)
    ] = None,
    questions: Annotated[int | None, typer.Option(min=1, help="Only so many questions, drawn.")] = None,
    compare: Annotated[
        str, typer.Option(help="A run to compare with: a file, or no for none. Default: the last run.")
    ] = "",
    require: Annotated[
        list[str] | None, typer.Option(help="Exit with 3 below it: 'recall@8>=0.6', 'open mrr>=0.5'.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write it to FILE, too: .json or text.", show_default=False)] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Read the documents again.")] = False,
    home: Home = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure retrieval on questions whose answers are known, and compare with the last run."""
    from legalqa.evaluate import drawing
    from legalqa.evaluate import suite as suites

    if task not in ("scoped", "open", "both"):
        raise errors.UserError(f"--task {task}: choose scoped, open or both.")
    if baseline not in ("", "naive"):
        raise errors.UserError(f"--baseline {baseline}: the one there is is naive.")
    limits = [_limit(text) for text in require or ()]
    wanted = _Wanted(("scoped", "open") if task == "both" else (task,), bool(baseline), documents, questions, fresh)
    loaded = suites.load(suite, [name for name in sets.split(",") if name], filler or ())
    if loaded.passed_over:
        say(f"No documents of the suite are in: {', '.join(loaded.passed_over)}.", quiet)
    chosen = drawing.documents(loaded, documents) if documents else loaded
    settings = library(home).settings
    with stoppable() as stop:
        run, told = _measured(chosen, settings, wanted, quiet, stop)
    folder = _runs(settings, loaded)
    compared = _compared(run, folder, compare)
    kept = _kept(run, folder)
    _tell(told, compared, loaded, kept, out, as_json)
    short = [text for text in (_short(told, *limit) for limit in limits) if text]
    for text in short:
        say(text)
    if short or (compared and compared.fell):
        raise typer.Exit(errors.EXIT_PARTIAL)


def _measured(
    suite: Suite, settings: Settings, wanted: _Wanted, quiet: bool, stop: threading.Event
) -> tuple[Run, dict[str, Any]]:
    """The run and its JSON."""
    from legalqa import evaluating
    from legalqa.evaluate import summary
    from legalqa.evaluate.runs import Run

    show = step_line(quiet)
    reading = cli_index.progress_line(quiet)
    with evaluating.corpus(suite, settings, fresh=wanted.fresh, on_progress=reading, stop=stop) as corpus:
        _warn(corpus, quiet)
        asked, left_out = _asked(suite, corpus, wanted.questions)
        rows = evaluating.retrieval(corpus, asked, wanted.tasks, show, stop)
        if wanted.baseline:
            rows += evaluating.baseline(corpus, asked, settings, show, stop)
        head = evaluating.head(corpus)
    about = {
        "suite": head.suite,
        "documents": head.documents,
        "questions": len(asked),
        "unread": len(corpus.unread),
        "left_out": left_out,
        "encoder": head.encoder,
        "at": head.at,
    }
    return Run(head, tuple(rows)), {"about": about} | summary.retrieval(rows)


def _asked(suite: Suite, corpus: Corpus, count: int | None) -> tuple[list[Question], dict[str, int]]:
    """The questions of which recall has one meaning, and how many are not asked for which reason."""
    from legalqa.evaluate import drawing

    answered = [question for question in suite.questions if question.golds]
    once = [question for question in answered if question.once]
    placed = [question for question in once if corpus.answers(question) is not None]
    if not placed:
        raise errors.UserError("No question of the suite has an answer that stands in its documents in one place.")
    left_out = {
        "no_answer": len(suite.questions) - len(answered),
        "answer_in_several_places": len(answered) - len(once),
        "quotation_not_found": len(once) - len(placed),
    }
    return drawing.questions(placed, count or len(placed)), left_out


def _warn(corpus: Corpus, quiet: bool) -> None:
    for path, reason in corpus.unread.items():
        say(f"{Path(path).name} could not be read ({reason}); questions about it count as not found.", quiet)


def _runs(settings: Settings, suite: Suite) -> Path:
    from legalqa.evaluating import home_of

    return home_of(settings) / "runs" / (suite.folder.resolve().name + "-" + _of_folder(suite.folder))


def _of_folder(folder: Path) -> str:
    import hashlib

    return hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _compared(run: Run, folder: Path, with_: str) -> Comparison | None:
    """The comparison with a run of choice or the last one; None without one or if they share no question."""
    from legalqa.evaluate import runs

    tested = dict.fromkeys(("scoped", "open"), runs.COMPARED)
    if with_ == "no":
        return None
    if with_:
        return runs.compare(runs.load(Path(with_)), run, tested)
    before = runs.last(folder)
    try:
        return runs.compare(runs.load(before), run, tested) if before else None
    except errors.UserError:
        return None


def _kept(run: Run, folder: Path) -> Path:
    from legalqa.evaluate import runs

    file = folder / f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}.jsonl"
    runs.save(run, file)
    return file


def _tell(
    told: dict[str, Any], compared: Comparison | None, suite: Suite, kept: Path, out: Path | None, as_json: bool
) -> None:
    from legalqa.evaluate import summary

    texts = {question.id: question.text for question in suite.questions}
    data = told | {"run": str(kept)}
    blocks = [_about(told["about"]), summary.retrieval_table(told)]
    if compared:
        data["compared"] = summary.comparison(compared)
        blocks.append(summary.comparison_text(compared, lambda id: texts.get(id, "")))
    blocks.append(f"Kept as {kept}")
    text = "\n\n".join(blocks)
    if out is not None:
        whole = json.dumps(data, ensure_ascii=False, indent=1) if out.suffix.lower() == ".json" else text
        out.write_text(whole + "\n", encoding="utf-8")
    emit(data, text, as_json)


def _about(about: dict[str, Any]) -> str:
    lines = [f"{about['suite']}: {about['questions']:,} questions, {about['documents']:,} documents, {about['at']}"]
    left_out = about["left_out"]
    words = {
        "no_answer": "without an answer",
        "answer_in_several_places": "with an answer that stands in several places",
        "quotation_not_found": "with a quotation that does not stand in what was read",
    }
    lines += [f"not asked: {left_out[key]:,} {word}" for key, word in words.items() if left_out[key]]
    return "\n".join(lines)


def _limit(text: str) -> tuple[str, str, float]:
    """("retrieval" or "retrieval_open", metric, least value)."""
    from legalqa.evaluate.metrics import METRICS

    match = _LIMIT.fullmatch(text)
    if match is None or match[2] not in METRICS:
        raise errors.UserError(
            f"--require {text!r} is not of the form recall@8>=0.6.", hint=f"Figures: {', '.join(METRICS)}."
        )
    return ("retrieval_open" if match[1] else "retrieval"), match[2], float(match[3])


def _short(told: dict[str, Any], key: str, metric: str, least: float) -> str:
    if key not in told:
        return f"{metric} was required, but that task was not measured."
    found = told[key]["all"][metric]
    task = "with the document open" if key == "retrieval_open" else "over the whole corpus"
    return "" if found >= least else f"{metric} {task} is {found:.3f}, at least {least} was required."


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
