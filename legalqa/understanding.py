"""What is known of the documents of a matter by which questions may name them, renewed when the matter changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from legalqa.index.catalog import Catalog
from legalqa.values.question import DocumentFacts, Understood

if TYPE_CHECKING:
    from legalqa.answer.understand import Facts


class Understanding:
    """Takes the questions of one matter apart. Safe to use from several threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._stamp: object = None
        self._known: dict[tuple[int, tuple[str, ...]], DocumentFacts] = {}
        self._facts: Facts | None = None

    def of(
        self, question: str, history: Sequence[str], amended: Mapping[str, Sequence[str]], scope: str | None = None
    ) -> Understood:
        """A question taken apart, after those asked before it.

        `amended` are the ids of the amending documents by the id of what they amend; `scope` is the id of the document
        that the question is about, "" for the whole matter, None for what the question says itself.
        """
        from legalqa.answer.understand import understand

        return understand(question, self.facts(amended), history, scope=scope)

    def facts(self, amended: Mapping[str, Sequence[str]]) -> Facts:
        """The facts of the matter as it is now; only documents that are new are read."""
        from legalqa.answer.understand import Facts

        with self._lock:
            stamp = self._catalog.named()
            if self._facts is None or stamp != self._stamp:
                files: dict[int, list[str]] = {}
                for key, _, path in stamp:
                    files.setdefault(key, []).append(path)
                wanted = [(key, tuple(paths)) for key, paths in files.items()]
                new = {key: paths for key, paths in wanted if (key, paths) not in self._known}
                read = {(key, new[key]): found for key, found in self._catalog.facts(list(new))}
                self._known = {one: found for one in wanted if (found := self._known.get(one) or read.get(one))}
                amends: dict[str, list[str]] = {}
                for id, amending in amended.items():
                    for other in amending:
                        amends.setdefault(other, []).append(id)
                documents = [replace(one, amends=tuple(amends.get(one.id, ()))) for one in self._known.values()]
                self._facts, self._stamp = Facts(documents, self._catalog.with_word), stamp
            return self._facts
