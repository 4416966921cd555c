"""Start of the window. Nothing heavy is imported before it is on screen: the library loads in a worker."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

import platformdirs
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

import legalqa
from ui import faults, theme
from ui.picture import Picture
from ui.single import Single
from ui.sweeping import Sweeper
from ui.window import Window

if TYPE_CHECKING:
    from ui.window import Matters

_TURN = 0.0005  # seconds until a thread that has the interpreter must give it to one that waits


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed; returns the exit code."""
    parser = argparse.ArgumentParser(prog="legalqa-window", description="Question a firm's own files, offline.")
    parser.add_argument("--home", type=Path, help="folder of matters, models and settings")
    parser.add_argument("--matter", help="open this matter at once")
    parser.add_argument("--picture", type=Path, help="save a picture of the window in this file, and close it")
    parser.add_argument("--version", action="version", version=legalqa.__version__)
    options = parser.parse_args(arguments)
    legalqa.seal()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")

    faults.remember()
    sys.excepthook = _told

    application = prepared()
    home = options.home or _default_home()
    single = Single(home)
    if not single.claim(options.matter or ""):
        return 0  # the window that is there has come forward
    theme.install(application)
    window = Window(
        lambda: library(options.home),
        QSettings(str(home / "window.ini"), QSettings.Format.IniFormat),
        None,
        options.matter,
    )
    single.asked.connect(window.come_forward)
    application.lastWindowClosed.connect(single.close)
    window.show()
    if options.picture:
        Picture(window, options.picture, lambda: _shows_all(window, options.matter))
    _quit_on_interrupt(application)
    return application.exec()


def prepared() -> QApplication:
    """The application as the window needs it. Threads take short turns and collect no garbage, lest one that works
    holds the window up.
    """
    sys.setswitchinterval(_TURN)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("LegalQA")
    application.setApplicationVersion(legalqa.__version__)
    application.setStyle("Fusion")
    if gc.isenabled():
        Sweeper(application)
    return application


def library(home: Path | None) -> Matters:
    """The matters of a home folder, whose heavy work is done in processes of its own; it takes a second to import."""
    from legalqa import Library

    made = cast("Matters", Library(home, apart=True))
    gc.freeze()  # what was imported stays: nobody need look through it again
    return made


def _shows_all(window: Window, matter: str | None) -> bool:
    """Whether the window shows its matter's documents, or the matters if it was started without one."""
    if matter is None:
        return window.start.isVisible()
    return window.workspace.matter is not None and window.workspace.documents.list.model().rowCount() > 0


def _default_home() -> Path:
    """As `legalqa.settings.default_home`, without its second of imports."""
    return Path(os.environ.get("LEGALQA_HOME") or platformdirs.user_data_dir("legalqa", appauthor=False))


def _told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nothing caught is logged, and so stands in a report of the problem."""
    logging.getLogger(__name__).error("unexpected error in the window", exc_info=(kind, error, trace))


def _quit_on_interrupt(application: QApplication) -> None:
    """Ctrl+C in the terminal closes the window: Python sees signals only when it runs, hence the timer."""
    signal.signal(signal.SIGINT, lambda *_: application.closeAllWindows())
    timer = QTimer(application, interval=500)
    timer.timeout.connect(lambda: None)
    timer.start()


if __name__ == "__main__":
    sys.exit(main())
