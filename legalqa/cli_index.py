"""``legalqa index`` behind its options: progress for people and for scripts, passwords, the report, watching."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legalqa import errors
from legalqa.cli_parts import emit
from legalqa.report import as_json as contract
from legalqa.report import as_text, coverage

if TYPE_CHECKING:
    from legalqa.matter import Matter
    from legalqa.values.matter import IndexReport, Progress

_PASSWORDS = 1000  # lines of a password file
_TOLD = 1.0  # seconds between two "progress" events
_DEBOUNCE = 1500  # milliseconds of quiet after a change, so that a file being copied is read once
_POLLED = 10.0  # seconds between two looks where the operating system tells nothing

Index = Callable[[threading.Event], "IndexReport"]


@dataclass(frozen=True)
class Telling:
    """How a run is told of: to people or to scripts, and in a report file. Raises UserError for a name of no report."""

    as_json: bool
    json_lines: bool
    quiet: bool
    report: Path | None

    def __post_init__(self) -> None:
        if self.report is not None:
            coverage.check(self.report)

    def progress(self) -> Callable[[Progress], None] | None:
        """What is called while it runs."""
        return event_lines() if self.json_lines else progress_line(self.quiet)

    def done(self, matter: Matter, report: IndexReport) -> None:
        """What came of it."""
        if self.report is not None:
            matter.write_coverage(self.report)
        if self.json_lines:
            emit_event("done", **contract.index(report))
        else:
            emit(contract.index(report), as_text.index(report), self.as_json)


def passwords_in(file: Path | None) -> tuple[str, ...]:
    """The lines of a password file, "-" being standard input. Raises UserError if it cannot be read."""
    if file is None:
        return ()
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise errors.UserError(f"The password file {file} cannot be read.", kept="Nothing was changed.") from None
    lines = tuple(dict.fromkeys(line for line in text.splitlines() if line))
    if len(lines) > _PASSWORDS:
        raise errors.UserError(f"A password file may have {_PASSWORDS:,} lines; {file} has {len(lines):,}.")
    return lines


def progress_line(quiet: bool) -> Callable[[Progress], None] | None:
    """Progress on stderr: one line that is rewritten on a terminal, one line a file elsewhere."""
    if quiet:
        return None
    rewrite = sys.stderr.isatty()
    shown = [-1]

    def show(progress: Progress) -> None:
        rate = f", {progress.rate:.1f} pages/s" if progress.rate else ""
        left = f", {_spoken(progress.seconds_left)} left" if progress.seconds_left is not None else ""
        text = f"{progress.files_done}/{progress.files_total} files, {progress.pages_done} pages{rate}{left}"
        if progress.stage == "embedding":
            text = f"embedding again with the new model: {progress.files_done}/{progress.files_total} documents"
        if rewrite:
            end = "\n" if progress.stage == "done" else ""
            print(f"\r\x1b[K{text}  {_named(progress.path)[:50]}", end=end, file=sys.stderr, flush=True)
        elif progress.files_done != shown[0]:
            shown[0] = progress.files_done
            print(text, file=sys.stderr, flush=True)

    return show


def event_lines() -> Callable[[Progress], None]:
    """Progress as events on stdout, one JSON object a line: every page, every file, and how far it is each second."""
    last = [0.0]

    def counts(progress: Progress) -> dict[str, Any]:
        return {
            "files_done": progress.files_done,
            "files": progress.files_total,
            "pages": progress.pages_done,
            "pages_per_second": None if progress.rate is None else round(progress.rate, 2),
            "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left, 1),
        }

    def show(progress: Progress) -> None:
        if progress.event == "page":
            emit_event("page", path=progress.path, done=progress.page)
        elif progress.event == "file":
            emit_event("file", path=progress.path, state=progress.state, reason=progress.reason, **counts(progress))
        if time.monotonic() - last[0] > _TOLD or progress.stage != "reading":
            last[0] = time.monotonic()
            emit_event("progress", stage=progress.stage, **counts(progress))

    return show


def emit_event(event: str, **values: Any) -> None:
    """One event on stdout."""
    print(json.dumps({"event": event, **values}), flush=True)


def watched(paths: Sequence[Path], stop: threading.Event, *, but: Path, poll: bool = False) -> Iterator[None]:
    """Yields whenever something under the paths, but not under `but`, has changed and is quiet; ends with `stop`."""
    from watchfiles import watch

    own = str(but.resolve())

    try:
        changes = watch(
            *paths,
            watch_filter=lambda _change, path: not path.startswith(own),
            debounce=_DEBOUNCE,
            stop_event=stop,
            raise_interrupt=False,
            force_polling=poll or None,
            poll_delay_ms=500,
            ignore_permission_denied=True,
        )
        for _ in changes:
            yield
    except OSError:  # too many folders to be told of, or a file system that tells nothing
        while not stop.wait(_POLLED):
            yield


def keep_watching(
    paths: Sequence[Path], home: Path, index: Index, stop: threading.Event, tell: Callable[[IndexReport], None]
) -> IndexReport:
    """Index, and index again whenever something changes, until `stop`; the last report that had something to say.

    What changes under `home` is our own doing.
    """
    changed = threading.Event()
    changed.set()

    def look() -> None:
        for _ in watched(paths, stop, but=home):
            changed.set()

    watcher = threading.Thread(target=look, name="watch", daemon=True)
    watcher.start()  # before the first run: what changes while it reads is not missed
    report: IndexReport | None = None
    while not stop.is_set():
        if not changed.wait(0.2):
            continue
        changed.clear()
        with contextlib.suppress(errors.Cancelled):
            latest = index(stop)
            if report is None or latest.added or latest.replaced or latest.removed or latest.duplicates:
                report = latest
                tell(latest)
        if report is None:
            break
    if report is None:
        raise errors.Cancelled("Indexing was stopped.", kept="What was read is kept.", hint="Run it again to go on.")
    watcher.join(5.0)
    return report


def _named(path: str) -> str:
    return Path(path).name


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
