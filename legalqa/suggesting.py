"""What may be suggested to whoever types a question: words of the matter itself, made anew when it changes."""

from __future__ import annotations

import threading

from legalqa.index.catalog import Catalog
from legalqa.values.question import Suggestion


class Suggesting:
    """The suggestions of one matter. Safe to use from several threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._changes = -1
        self._known: tuple[Suggestion, ...] = ()

    def all(self) -> tuple[Suggestion, ...]:
        """Terms, parties, then headings, each kind by how many documents have it; see `Catalog.suggestions`."""
        with self._lock:
            changes = self._catalog.changes()
            if changes != self._changes:
                self._known, self._changes = self._catalog.suggestions(), changes
            return self._known
