"""A reading process in trouble: its pages hang, dawdle or die as the file itself says."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from legalqa.child import Child
from legalqa.ingest import Reader
from legalqa.ingest.items import Item, Opened, PageRead
from legalqa.ingest.worker import Worker
from legalqa.values.document import Page

PAGES = 50


class Trouble(Worker):
    """Pages that do what the file says: "2-hang 4-die 5-slow"; "all-die", "open-die" on opening; "pages-5" of them."""

    def read(self, path: bytes, kind: str, skip: list[int]) -> Iterator[Item]:
        todo = dict(part.split("-") for part in Path(os.fsdecode(path)).read_text().split())
        if "open" in todo:
            os.kill(os.getpid(), signal.SIGKILL)
        pages = int(todo.get("pages", PAGES))
        yield Opened(pages, paged=True, separator="\n\n")
        for number in range(1, pages + 1):
            if number in skip:
                continue
            match todo.get(str(number)) or todo.get("all"):
                case "hang":
                    time.sleep(60)
                case "slow":
                    time.sleep(1.5)
                case "die":
                    os.kill(os.getpid(), signal.SIGSEGV)
            text = f"Page {number}."
            yield PageRead(Page(number, str(number), "text", 0, len(text), 612, 792), text)


def trouble(stop: threading.Event, *options: Any) -> Trouble:
    """The factory that a child is told of."""
    return Trouble(stop, *options)


def troubled(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> Reader:
    """The reader with a reading process in trouble."""
    monkeypatch.setattr(reader, "_child", Child("tests.ingest.troubled:trouble", "auto", "eng"))
    return reader
