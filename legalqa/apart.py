"""A matter whose heavy work is done in processes of its own: whoever opens it keeps its interpreter to itself.

A window must paint every few milliseconds. Reading files and answering hold the interpreter's lock for longer: models
and frameworks are loaded, documents unpacked, batches packed. So one process reads files, another answers; what is
light (the list of files, a document, a picture of a page) stays with the caller.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from legalqa.child import Child, ChildDied
from legalqa.errors import BugError
from legalqa.matter import Matter
from legalqa.settings import Settings
from legalqa.values.answer import Condition, Draft, VerifiedAnswer
from legalqa.values.matter import IndexReport, MatterInfo, Progress
from legalqa.values.memo import Answered, Drawn, Finding, Memo, MemoForm
from legalqa.values.question import LeftOut, MentionKind, Understood

if TYPE_CHECKING:
    from legalqa.asking import WantedMode
    from legalqa.exporting import OnDrawn

T = TypeVar("T")
_Packed = tuple[MentionKind, str]  # a `LeftOut` on its way
_NICE = 5  # how far reading stands back, as Unix counts
_WATCH = 0.05  # seconds between two looks at whether the caller wants to stop


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What comes back while a call goes on: progress or a draft, and at last the result. Empty when it begins."""

    progress: Progress | None = None
    draft: Draft | None = None
    report: IndexReport | None = None
    answer: VerifiedAnswer | None = None
    drawn: Drawn | None = None
    memo: Memo | None = None  # without its pictures, which came one by one


class Apart(Matter):
    """A `Matter` to its caller. Questions wait for one another, and for nothing that is being read."""

    def __init__(self, info: MatterInfo, settings: Settings) -> None:
        super().__init__(info, settings)
        options = str(settings.home), info.slug, str(settings.policy.file or "")
        self._reads, self._answers, self._exports = (Child("legalqa.apart:Desk", *options) for _ in range(3))

    def index(
        self,
        paths: Sequence[Path],
        *,
        workers: int | None = None,
        copy: bool = False,
        ocr: Literal["auto", "always", "never"] | str = "auto",
        languages: str | None = None,
        passwords: Sequence[str] = (),
        retry: bool = False,
        scheduler: str = "",
        on_progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> IndexReport:
        """As `Matter.index`."""
        how = {
            "workers": workers, "copy": copy, "ocr": ocr, "languages": languages, "passwords": list(passwords),
            "retry": retry, "scheduler": scheduler,
        }  # fmt: skip
        try:
            for told in self._stream(self._reads, stop, "index", [str(path.absolute()) for path in paths], how):
                if told.progress and on_progress:
                    on_progress(told.progress)
                if told.report:
                    return told.report
        finally:
            self._reads.close()  # its memory and its models are needed elsewhere now
            self._document.cache_clear()
        raise BugError("Reading files ended without a report.")

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        without: Collection[LeftOut] = (),
        model: str | None = None,
        mode: WantedMode | str = "auto",
        fresh: bool = False,
        on_draft: Callable[[Draft], None] | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        """As `Matter.ask`."""
        how = {"history": list(history), "scope": scope, "model": model, "mode": mode, "fresh": fresh}
        for told in self._stream(self._answers, stop, "ask", question, where, how, _packed(without)):
            if told.draft and on_draft:
                on_draft(told.draft)
            if told.answer:
                return told.answer
        raise BugError("Answering ended without an answer.")

    def understand(
        self, question: str, history: Sequence[str] = (), scope: str = "", without: Collection[LeftOut] = ()
    ) -> Understood:
        """As `Matter.understand`."""
        return self._call("understand", question, list(history), scope, _packed(without), type=Understood)

    def filters(self, where: str) -> tuple[Condition, ...]:
        """As `Matter.filters`."""
        return self._call("filters", where, type=tuple[Condition, ...]) if where.strip() else ()

    def documents_in(self, where: str = "") -> tuple[str, ...]:
        """As `Matter.documents_in`."""
        return self._call("documents_in", where, type=tuple[str, ...])

    def read_draft(self, file: Path) -> str:
        """As `Matter.read_draft`."""
        return self._call("read_draft", str(file.absolute()), type=str)

    def verify(self, file: Path, text: str | None = None) -> VerifiedAnswer:
        """As `Matter.verify`."""
        return self._call("verify", str(file.absolute()), text, type=VerifiedAnswer)

    def findings(self, answered: Sequence[Answered], form: MemoForm) -> tuple[Finding, ...]:
        """As `Matter.findings`."""
        try:
            return self._exports.call("findings", list(answered), form, type=tuple[Finding, ...])
        except ChildDied as death:
            raise _explained(death) from None

    def memo(
        self,
        answered: Sequence[Answered],
        form: MemoForm,
        *,
        on_drawn: OnDrawn | None = None,
        stop: threading.Event | None = None,
    ) -> Memo:
        """As `Matter.memo`."""
        exhibits = []
        try:
            for told in self._stream(self._exports, stop, "memo", list(answered), form):
                if told.drawn:
                    exhibits.append(told.drawn.exhibit)
                    if on_drawn:
                        on_drawn(told.drawn)
                if told.memo:
                    return replace(told.memo, exhibits=tuple(exhibits))
        finally:
            self._exports.close()  # its memory is needed elsewhere
        raise BugError("The export ended without a memo.")

    def warm(self) -> None:
        """As `Matter.warm`; pages are drawn from here, and may be wanted sooner than an answer."""
        self._engines.warm_images()
        self._call("warm", type=type(None))

    def break_off(self) -> None:
        """As `Matter.break_off`: models are loaded, questions understood and findings made for nobody now."""
        super().break_off()
        for child, recorded in ((self._answers, ("ask", "verify")), (self._exports, ("memo",))):
            if child.doing and child.doing not in recorded:
                child.end()

    def close(self) -> None:
        """Let the processes and the files go."""
        self.break_off()
        self._reads.close()
        self._answers.close()
        self._exports.close()
        super().close()

    def _call(self, method: str, *args: Any, type: type[T]) -> T:
        try:
            return self._answers.call(method, *args, type=type)
        except ChildDied as death:
            raise _explained(death) from None

    def _stream(self, child: Child, stop: threading.Event | None, method: str, *args: Any) -> Iterator[Told]:
        """What the call says as it goes on; a stop is passed on from when the call has begun, lest it ends another."""
        over = threading.Event()
        try:
            stream = child.stream(method, *args, type=Told)
            with contextlib.closing(stream):  # type: ignore[type-var]  # a generator, called Iterator
                for number, told in enumerate(stream):
                    if number == 0 and stop is not None:
                        threading.Thread(target=_pass_on, args=(stop, over, child), daemon=True).start()
                    yield told
        except ChildDied as death:
            raise _explained(death) from None
        finally:
            over.set()


def _packed(without: Collection[LeftOut]) -> list[_Packed]:
    return [(one.kind, one.value) for one in without]


def _unpacked(without: list[_Packed]) -> list[LeftOut]:
    return [LeftOut(kind, value) for kind, value in without]


def _pass_on(stop: threading.Event, over: threading.Event, child: Child) -> None:
    while not over.is_set():
        if stop.wait(_WATCH):
            if not over.is_set():
                child.stop()
            return


def _explained(death: ChildDied) -> BugError:
    return BugError(
        f"A part of LegalQA broke down ({death.reason}).",
        kept="What was read and answered before is kept.",
        hint="Try it again: it is started anew.",
    )


class Desk:
    """The other end: a matter as it is, in a process of its own."""

    def __init__(self, stop: threading.Event, home: str, slug: str, policy: str = "") -> None:
        from legalqa.library import Library

        self._stop = stop
        self._matter = Library(Path(home), policy_file=Path(policy) if policy else None).open(slug)

    def index(self, paths: list[str], how: dict[str, Any]) -> Iterator[Told]:
        """Progress, then the report."""

        _give_way()

        def work(tell: Callable[[Told], None]) -> Told:
            report = self._matter.index(
                [Path(path) for path in paths],
                on_progress=lambda progress: tell(Told(progress=progress)),
                stop=self._stop,
                **how,
            )
            return Told(report=report)

        yield from _told(work)

    def ask(self, question: str, where: str, how: dict[str, Any], without: list[_Packed]) -> Iterator[Told]:
        """Drafts, then the answer."""

        def work(tell: Callable[[Told], None]) -> Told:
            answer = self._matter.ask(
                question,
                where,
                without=_unpacked(without),
                on_draft=lambda draft: tell(Told(draft=draft)),
                stop=self._stop,
                **how,
            )
            return Told(answer=answer)

        yield from _told(work)

    def understand(self, question: str, history: list[str], scope: str, without: list[_Packed]) -> Understood:
        """As `Matter.understand`."""
        return self._matter.understand(question, history, scope, _unpacked(without))

    def filters(self, where: str) -> tuple[Condition, ...]:
        """As `Matter.filters`."""
        return self._matter.filters(where)

    def documents_in(self, where: str) -> tuple[str, ...]:
        """As `Matter.documents_in`."""
        return self._matter.documents_in(where)

    def read_draft(self, file: str) -> str:
        """As `Matter.read_draft`."""
        return self._matter.read_draft(Path(file))

    def verify(self, file: str, text: str | None) -> VerifiedAnswer:
        """As `Matter.verify`."""
        return self._matter.verify(Path(file), text)

    def findings(self, answered: list[dict[str, Any]], form: dict[str, Any]) -> tuple[Finding, ...]:
        """As `Matter.findings`; the values come as plain ones."""
        return self._matter.findings(msgspec.convert(answered, list[Answered]), msgspec.convert(form, MemoForm))

    def memo(self, answered: list[dict[str, Any]], form: dict[str, Any]) -> Iterator[Told]:
        """Each picture, then the memo without them."""

        def work(tell: Callable[[Told], None]) -> Told:
            memo = self._matter.memo(
                msgspec.convert(answered, list[Answered]),
                msgspec.convert(form, MemoForm),
                on_drawn=lambda drawn: tell(Told(drawn=drawn)),
                stop=self._stop,
            )
            return Told(memo=replace(memo, exhibits=()))

        yield from _told(work)

    def warm(self) -> None:
        """As `Matter.warm`."""
        self._matter.warm()
        gc.collect()
        gc.freeze()  # going through all that was imported takes 0.1 s, in the midst of an answer

    def close(self) -> None:
        """Let processes and files go."""
        self._matter.close()


def _give_way() -> None:
    """Let whoever paints a window or answers a question go first. Threads and processes started later do the same."""
    if sys.platform != "win32":
        now = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, max(now, _NICE))


def _told(work: Callable[[Callable[[Told], None]], Told]) -> Iterator[Told]:
    """What `work` tells while it works in a thread, then what it returns; what it raises is raised here."""
    said: queue.SimpleQueue[Told | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            said.put(work(said.put))
        except BaseException as error:  # raised again by the thread that listens
            said.put(error)

    yield Told()
    thread = threading.Thread(target=run)
    thread.start()
    while True:
        told = said.get()
        if isinstance(told, BaseException):
            raise told
        yield told
        if told.report is not None or told.answer is not None or told.memo is not None:
            thread.join()
            return
