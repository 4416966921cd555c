"""The errors that were logged since the start, kept for a report of a problem, apart from what documents may say."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import datetime

_KEPT = 50
_CAUSES = 5  # errors behind an error


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is made of names of our code alone; `told` is the whole message, which may quote a document."""

    when: str
    level: str
    where: tuple[str, ...]
    told: str

    @classmethod
    def of(cls, record: logging.LogRecord) -> Fault:
        """What is kept of a logged error."""
        error = record.exc_info[1] if record.exc_info else None
        where = [f"{record.name}, line {record.lineno}"]
        told = [record.getMessage()]
        for _ in range(_CAUSES):
            if error is None:
                break
            where.append(type(error).__name__)
            where += [_place(frame.f_globals.get("__name__", ""), frame.f_code.co_name, line)
                      for frame, line in traceback.walk_tb(error.__traceback__)]  # fmt: skip
            told.append(f"{type(error).__name__}: {error}")
            error = error.__cause__ or error.__context__
        when = datetime.fromtimestamp(record.created).isoformat(" ", "seconds")
        return cls(when, record.levelname, tuple(where), "\n".join(told))


def _place(module: str, function: str, line: int) -> str:
    return f"  in {module}, line {line}, {function}"


class Remembered(logging.Handler):
    """Keeps the last errors and warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._faults: deque[Fault] = deque(maxlen=_KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(Fault.of(record))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The errors, the oldest first."""
        return tuple(self._faults)


_remembered = Remembered()


def remember() -> Remembered:
    """Keep what is logged from now on."""
    logging.getLogger().addHandler(_remembered)  # twice is once
    return _remembered


def known() -> tuple[Fault, ...]:
    """What was logged since `remember`."""
    return _remembered.faults
