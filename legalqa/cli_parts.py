"""What the commands share: their common options, and how they speak, open a matter and are stopped."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from legalqa.library import Library
    from legalqa.matter import Matter

Home = Annotated[Path | None, typer.Option("--home", help="Folder of matters and models.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
MatterName = Annotated[str, typer.Option("-m", "--matter", help="Name of the matter.")]
Where = Annotated[str, typer.Option("--where", help="Filter: 'type=lease date>=2019-01-01 bates=HB1-HB9'.")]

InScope = Annotated[
    str,
    typer.Option("--scope", help="What the question is about: a document, or all for the whole matter."),
]


def emit(data: dict[str, Any], text: str, as_json: bool) -> None:
    """Print a result: the JSON object or the text for people."""
    print(json.dumps(data, ensure_ascii=False) if as_json else text)


def say(text: str, quiet: bool = False) -> None:
    """Progress and remarks go to stderr."""
    if not quiet:
        print(text, file=sys.stderr)


def library(home: Path | None) -> Library:
    """The library in `home` or the default place."""
    from legalqa.library import Library

    return Library(home)


@contextlib.contextmanager
def opened(home: Path | None, name: str) -> Iterator[Matter]:
    """A matter, closed at the end."""
    matter = library(home).open(name)
    try:
        yield matter
    finally:
        matter.close()


@contextlib.contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets: work ends in order. A second Ctrl-C ends it at once."""
    stop = threading.Event()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
