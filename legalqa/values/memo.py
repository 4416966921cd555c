"""A memorandum as it is written out: plain blocks of marked words, so that Word and PDF say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from legalqa.values.answer import Verdict, VerifiedAnswer

Tone = Literal["plain", "strong", "quiet", "note", "struck", "good", "fair", "warn", "bad", "link"]
BlockKind = Literal["heading", "subheading", "text", "quote", "remark", "bullet", "table"]
COLOURS: dict[Tone, str] = {  # as red, green, blue in hexadecimal; a tone that is not here is black
    "quiet": "59616F",
    "struck": "59616F",
    "note": "8A4B00",
    "good": "17693A",
    "fair": "0B6470",
    "warn": "8A4B00",
    "bad": "B01F24",
    "link": "2350A8",
}
BOLD: tuple[Tone, ...] = ("strong", "good", "fair", "warn", "bad")
PRIVILEGED = "Privileged and Confidential — Attorney Work Product"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is to be exported, with the filter under which it was asked, as typed."""

    answer: VerifiedAnswer
    where: str = ""


@dataclass(frozen=True, slots=True)
class MemoForm:
    """What a memo is to be: by whom (`author`, "" for nobody named), headed on every page by `mark` ("" for nothing),
    with a picture of each cited page or without.
    """

    author: str = ""
    mark: str = PRIVILEGED
    pages: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at before an export leaves the firm: what it is, what may be shown of it, and where it stands.

    `document_id` and `page` (from 1) name the place in the record; "" and 0 for one that has none.
    """

    what: str
    shown: str
    where: str
    document_id: str = ""
    page: int = 0

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.what} ({self.shown}) in {self.where}"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a block; a line break in them is one. `exhibit` is the name of the picture that they point at."""

    text: str
    tone: Tone = "plain"
    exhibit: str = ""


Cell = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`pieces`) or a table: its `rows`, the first of which is its head, and the `shares` of the width that
    its columns take, in per cent.
    """

    kind: BlockKind
    pieces: Cell = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A cited page with the cited words boxed. `data` is a PNG or JPEG file of `width` × `height` pixels; it is empty
    where the page could not be drawn, and `why` says why.
    """

    name: str
    caption: str
    data: bytes = b""
    width: int = 0
    height: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The `done`-th of `total` cited pages has been drawn."""

    done: int
    total: int
    exhibit: Exhibit


@dataclass(frozen=True, slots=True)
class Memo:
    """The whole of it: heading lines (name, words), the `body`, the appendix of cited pages under its own heading, and
    the `closing` that says how it was made. No text in it holds control characters or what XML cannot carry.

    `questions` are those that were asked, `verdicts` those of all sentences; `at` is the time at which it was made, ISO
    8601 with its offset from UTC.
    """

    questions: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    title: str
    mark: str
    author: str
    at: str
    heading: tuple[tuple[str, str], ...]
    body: tuple[Block, ...]
    appendix: str
    exhibits: tuple[Exhibit, ...]
    closing: tuple[Block, ...]
