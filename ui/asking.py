"""A question on its way through the window: what it needs of a matter, and what became of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from legalqa.values.answer import Condition, Draft, VerifiedAnswer
from legalqa.values.question import LeftOut, Scope, Suggestion, Understood
from ui.feedback import Book


class Asked(Protocol):
    """What this pane needs of a matter."""

    @property
    def feedback(self) -> Book:
        """What is said of its answers."""

    def suggestions(self) -> Sequence[Suggestion]:
        """Words that a question may go on with."""

    def filters(self, where: str) -> tuple[Condition, ...]:
        """The terms of a filter."""

    def understand(
        self, question: str, history: Sequence[str] = (), scope: str = "", without: Collection[LeftOut] = ()
    ) -> Understood:
        """What is taken to be meant by a question."""

    def ask(
        self,
        question: str,
        where: str = "",
        *,
        history: Sequence[str] = (),
        scope: str = "",
        without: Collection[LeftOut] = (),
        on_draft: Callable[[Draft], None] | None = None,
        stop: threading.Event | None = None,
    ) -> VerifiedAnswer:
        """Answer from the record, every sentence verified."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it was asked, with what became of it. `where` is the filter as typed, `history` came before it."""

    question: str
    where: str = ""
    scope: str = ""
    without: tuple[LeftOut, ...] = ()  # what of it is not to count
    history: tuple[str, ...] = ()
    filters: tuple[Condition, ...] = ()
    understood: Understood | None = None
    before: tuple[Scope, ...] = ()  # what the earlier questions were about
    answer: VerifiedAnswer | None = None


def taken(matter: Asked, asking: Asking) -> Asking:
    """The question with what is understood of it. Only one that needs the earlier ones to be understood follows them;
    for any other, what they were about is offered and no more.
    """
    filters = matter.filters(asking.where)
    understood = matter.understand(asking.question, asking.history, asking.scope, asking.without)
    if not asking.history or understood.text != asking.question:
        return replace(asking, filters=filters, understood=understood)
    alone = matter.understand(asking.question, (), asking.scope, asking.without)
    return replace(asking, filters=filters, understood=alone, history=(), before=understood.scopes)
