"""What is known of the documents of a matter by which questions may name them, renewed when the matter changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from legalqa.index.catalog import Catalog
from legalqa.index.vectors import document_keys, folded, party_key, word_prefixes
from legalqa.values.answer import Condition
from legalqa.values.question import DocumentFacts, LeftOut, Understood

if TYPE_CHECKING:
    from legalqa.answer.understand import Facts


class Understanding:
    """Takes the questions of one matter apart. Safe to use from several threads.

    `amended` gives the ids of the amending documents by the id of what they amend.
    """

    def __init__(self, catalog: Catalog, amended: Callable[[], Mapping[str, Sequence[str]]]) -> None:
        self._catalog, self._amended = catalog, amended
        self._lock = threading.Lock()
        self._changes = -1
        self._known: dict[tuple[int, tuple[str, ...]], DocumentFacts] = {}
        self._facts: Facts | None = None

    def of(
        self,
        question: str,
        history: Sequence[str] = (),
        scope: str | None = None,
        without: Collection[LeftOut] = (),
    ) -> Understood:
        """A question taken apart, after those asked before it (see `legalqa.answer.understand.understand`)."""
        from legalqa.answer.understand import understand

        return understand(question, self.facts(), history, scope=scope, without=without)

    def check(self, conditions: Sequence[Condition]) -> None:
        """Raise UserError for a filter by a party or document that the matter does not have, with the near miss."""
        from legalqa.answer.where import require

        wanted = {condition.field for condition in conditions if condition.operator == "="}
        if not wanted & {"party", "document"}:
            return
        documents = self.facts().documents
        parties = {key: name for one in documents for name in one.parties for key in word_prefixes(name)}
        names = {key: name for one in documents for name in one.names for key in document_keys(one.id, [name])}
        require(conditions, "party", party_key, parties)
        require(conditions, "document", folded, names)

    def facts(self) -> Facts:
        """The facts of the matter as it is now; only documents that are new are read."""
        from legalqa.answer.understand import Facts

        with self._lock:
            changes = self._catalog.changes()
            if self._facts is None or changes != self._changes:
                self._facts, self._changes = Facts(self._read(self._catalog.named()), self._catalog.with_word), changes
            return self._facts

    def _read(self, named: Sequence[tuple[int, str, str]]) -> list[DocumentFacts]:
        files: dict[int, tuple[str, ...]] = {}
        for key, _, path in named:
            files[key] = (*files.get(key, ()), path)
        new = [one[0] for one in files.items() if one not in self._known]
        read = {(key, files[key]): found for key, found in self._catalog.facts(new)}
        known = {one: self._known.get(one) or read.get(one) for one in files.items()}
        self._known = {one: found for one, found in known.items() if found}
        amends: dict[str, list[str]] = {}
        for id, amending in self._amended().items():
            for other in amending:
                amends.setdefault(other, []).append(id)
        return [replace(one, amends=tuple(amends.get(one.id, ()))) for one in self._known.values()]
