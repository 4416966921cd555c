"""What a person did in a matter and may take back, one step after the other: Edit, Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand, QUndoStack


class _Step(QUndoCommand):
    def __init__(self, words: str, again: Callable[[], object], back: Callable[[], object]) -> None:
        super().__init__(words)
        self._again, self._back = again, back
        self._done = True  # a stack does a step when it is put on it; ours has been done by then

    def redo(self) -> None:
        if not self._done:
            self._again()
        self._done = False

    def undo(self) -> None:
        self._back()


class Undo(QUndoStack):
    """The steps of the open matter, from the oldest to the newest."""

    _MOST = 100

    def __init__(self) -> None:
        super().__init__()
        self.setUndoLimit(self._MOST)

    def done(self, words: str, again: Callable[[], object], back: Callable[[], object]) -> None:
        """This was done: `back` takes it back, `again` does it anew. `words` name it in the menu: "correct a cell"."""
        self.push(_Step(words, again, back))
