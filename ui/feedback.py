"""Keeps in the matter what is said of the answer that is shown, and shows what was said of it before."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from legalqa.values.answer import VerifiedAnswer
from legalqa.values.feedback import Feedback, Judgement
from ui.answer import AnswerView
from ui.judging import Judging, Place, Saying
from ui.notices import announce
from ui.tasks import Problem, Tasks


class Book(Protocol):
    """What a matter keeps of what was said: `legalqa.Matter.feedback` is one."""

    def add(
        self, judgement: Judgement, question: str, *, note: str = "", where: str = "", place: Place | None = None
    ) -> Feedback:
        """Keep a judgement."""

    def list(self) -> tuple[Feedback, ...]:
        """Everything that was said, in order."""


@dataclass(frozen=True, slots=True)
class _Shown:
    book: Book
    question: str
    where: str

    def said(self) -> builtins.list[Feedback]:
        """What was said of this question."""
        return [one for one in self.book.list() if one.question == self.question]

    def keep(self, saying: Saying) -> builtins.list[Feedback]:
        """Keep what was said, of each place by itself; returns all that was said."""
        for place in saying.places or (None,):
            self.book.add(saying.judgement, self.question, note=saying.note, where=self.where, place=place)
        return self.said()


class Judge:
    """Between the answer that a view shows and the feedback of the matter."""

    def __init__(self, tasks: Tasks, view: AnswerView) -> None:
        self._tasks, self._view = tasks, view
        self._shown: _Shown | None = None
        view.judged.connect(self._keep)

    def show(self, book: Book, answer: VerifiedAnswer, where: str) -> None:
        """Show an answer, asked with the filter `where`, and what was said of it."""
        self._view.show_answer(answer)
        self._shown = _Shown(book, answer.question, where)
        self._run(self._shown.said, lambda bar, said: bar.show_said(said))

    def _keep(self, saying: Saying) -> None:
        shown = self._shown
        if shown is None:
            return

        def kept(bar: Judging, said: builtins.list[Feedback]) -> None:
            bar.close_form()
            bar.show_said(said)
            announce(bar, "It was kept.")

        self._run(lambda: shown.keep(saying), kept)

    def _run(
        self,
        act: Callable[[], builtins.list[Feedback]],
        then: Callable[[Judging, builtins.list[Feedback]], None],
    ) -> None:
        """Do it in a worker; what comes of it is shown, unless another answer is there by then."""
        bar = self._view.judging

        def done(said: builtins.list[Feedback]) -> None:
            if bar is not None and bar is self._view.judging:
                then(bar, said)

        def failed(problem: Problem) -> None:
            if bar is not None and bar is self._view.judging:
                bar.let_go()
            self._tasks.failed.emit(problem)

        self._tasks.run("library", lambda _task: act(), done, failed)
