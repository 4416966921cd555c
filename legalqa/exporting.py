"""Answers on their way out of the firm: what to look at before, and the memo with the pictures of the cited pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from legalqa import __version__, disclosing
from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.disclosing import Warned
from legalqa.errors import BugError, Cancelled, EnvironmentFault, LegalQAError, UserError
from legalqa.report import memo_answer, memo_docx, memo_pages
from legalqa.report.memo import Made, compose
from legalqa.report.memo_pages import CitedPage
from legalqa.values.answer import VerifiedAnswer
from legalqa.values.document import Document
from legalqa.values.matter import MatterInfo
from legalqa.values.memo import Answered, Drawn, Exhibit, Finding, Memo, MemoForm
from legalqa.verify import disclosure, places

OnDrawn = Callable[[Drawn], None]


class Drawing(Protocol):
    """A drawn page, as `legalqa.ingest.PageImage`."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""

    @property
    def rgb(self) -> bytes:
        """Its rows from the top, three bytes a pixel."""

    @property
    def instead(self) -> str:
        """Why it was drawn from the words that were read, "" where it shows the file."""


_SECONDS: Final = 900.0  # that writing a memo may take
_ROLES: Final = ("embedding", "reranker", "reader")  # of the models that choose the evidence


class Exporting:
    """Makes memos of one matter. `load` gives a document by id, `draw` a page of it at so many pixels a point;
    `standing` is what decides an answer, as `Recording.standing` has it, `ids` are the models' ids by role.
    """

    def __init__(
        self,
        info: MatterInfo,
        load: Callable[[str], Document],
        draw: Callable[[Document, int, float], Drawing],
        standing: Callable[[], Mapping[str, Any]],
        ids: Callable[[], Mapping[str, str]],
    ) -> None:
        self._info, self._load, self._draw, self._standing, self._ids = info, load, draw, standing, ids

    def findings(self, answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        """Personal numbers in what a memo would say and, with `form.pages`, on the pages that it would picture; the
        marks of privilege that cited documents bear. Each once, in the order in which they stand in the memo.
        """
        found: list[Warned] = []
        for number, one in enumerate(answered, 1):
            told = disclosing.of(_printed(one), self._load)
            found += (replace(each, where=_in_answer(each.where, number, len(answered))) for each in told)
            found += _said(one, number)
        for page in memo_pages.cited([one.answer for one in answered]) if form.pages else ():
            found += self._on_page(page)
        return tuple(dict.fromkeys(_finding(one) for one in found))

    def memo(self, answered: Sequence[Answered], form: MemoForm, tell: OnDrawn, stop: threading.Event) -> Memo:
        """The memo; `tell` hears of each page that is drawn. Raises UserError if there is nothing to export, Cancelled
        on `stop`.
        """
        if not answered:
            raise UserError("There is no answer to export.", hint="Ask a question first.")
        cited = memo_pages.cited([one.answer for one in answered])
        pages = cited if form.pages else ()
        exhibits = []
        for done, page in enumerate(pages, 1):
            if stop.is_set():
                raise Cancelled("The export was stopped.", kept="The answers are kept; nothing was written.")
            exhibits.append(self._exhibit(page))
            tell(Drawn(done, len(pages), exhibits[-1]))
        made = self._made(answered, dict.fromkeys(page.document_id for page in cited))
        return compose(self._info, answered, form, made, memo_pages.names(pages), exhibits)

    def _exhibit(self, page: CitedPage) -> Exhibit:
        try:
            document = self._load(page.document_id)
        except UserError as fault:  # it has left the matter since
            return memo_pages.undrawn(page, None, str(fault))
        try:
            image = self._draw(document, page.page, memo_pages.SCALE)
        except (UserError, EnvironmentFault) as fault:
            return memo_pages.undrawn(page, document, str(fault))
        return memo_pages.exhibit(page, document, image.width, image.height, image.rgb, image.instead)

    def _made(self, answered: Sequence[Answered], cited: Iterable[str]) -> Made:
        """`cited` are the ids of the documents that are cited."""
        standing, ids = self._standing(), self._known_ids()
        hashes = standing["models"]
        files = [document for id in cited if (document := self._held(id))]
        marks: dict[str, str] = {}
        for mark in (mark for one in answered for mark in disclosing.marks(one.answer, self._load)):
            marks.setdefault(mark.document_id, mark.shown)
        return Made(
            datetime.now(UTC),
            __version__,
            standing["index"]["documents"],
            standing["index"]["sha256"],
            tuple((role, ids.get(role, ""), hashes[role]) for role in _ROLES if hashes.get(role)),
            tuple((places.file_name(one.path), one.sha256) for one in files),
            marks,
        )

    def _known_ids(self) -> Mapping[str, str]:
        try:
            return self._ids()
        except LegalQAError:  # a model has gone since; the answers stand
            return {}

    def _held(self, id: str) -> Document | None:
        try:
            return self._load(id)
        except UserError:
            return None

    def _on_page(self, page: CitedPage) -> Iterator[Warned]:
        """Personal numbers anywhere on a page that is pictured whole."""
        document = self._held(page.document_id)
        if document is None or page.page > len(document.pages):
            return
        shown = document.pages[page.page - 1]
        for one in disclosure.find(document.text[shown.start : shown.end]):
            if one.kind != "privilege":
                start, end = shown.start + one.start, shown.start + one.end
                where = places.named(document, start, end)
                yield Warned(one.kind, one.shown, where, document.id, page.page)


def write(memo: Memo, target: Path, writer: str = "") -> None:
    """Write a memo as a Word file, or in a process of its own as an object does that the factory `writer` makes
    ("module:class", see `legalqa.child`), which has ``write(memo, target)`` and writes to ``target.part`` first.

    Raises UserError if it cannot be written; what stood there is then as it was.
    """
    if not writer:
        memo_docx.write(memo, target)
        return
    child = Child(writer)
    try:
        child.call("write", memo, str(target.absolute()), type=type(None), timeout=_SECONDS)
    except (ChildDied, ChildTimeout) as fault:
        target.with_name(f"{target.name}.part").unlink(missing_ok=True)  # what it had begun
        raise BugError(
            f"The memo could not be written: what writes it broke down ({fault}).",
            kept="The answers are kept.",
            hint="Save it for Word, or try it again.",
        ) from None
    finally:
        child.kill()


def _printed(one: Answered) -> VerifiedAnswer:
    """The answer with those passages alone that a memo prints."""
    shown = () if one.answer.sentences else one.answer.passages[: memo_answer.NEAREST]
    return replace(one.answer, passages=shown)


def _in_answer(where: str, number: int, several: int) -> str:
    return f"answer {number}, {where}" if several > 1 and where.startswith("sentence ") else where


def _said(one: Answered, number: int) -> Iterator[Warned]:
    """Personal numbers in the question and in what is said about the answer."""
    texts = [(f"question {number}", one.answer.question), (f"question {number}", one.where)]
    texts += [(f"a note on answer {number}", note.text) for note in one.answer.form.remarks]
    for where, text in texts:
        for found in disclosure.find(text):
            yield Warned(found.kind, found.shown, where)


def _finding(one: Warned) -> Finding:
    return Finding(disclosure.WORDS[one.kind], one.shown, one.where, one.document_id, one.page)
