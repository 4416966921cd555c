"""The window: Qt widgets over `legalqa`'s public API. It adds nothing to the core but presentation."""

import ctypes
import sys

_PLENTY = 1 << 40


def _keep_none() -> None:
    """Give None more references than a session can lose.

    PySide 6.12 returns None without counting the reference, as is right from Python 3.12 on, where None cannot die.
    Before, every ``label.setText(…)`` takes one away (measured), and after some ten thousand the process is aborted.
    """
    if sys.version_info < (3, 12) and sys.getrefcount(None) < _PLENTY:
        ctypes.c_ssize_t.from_address(id(None)).value += _PLENTY


_keep_none()
