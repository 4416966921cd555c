"""Cold start of ``legalqa --help`` and of the window, beside the least that each could cost.

    python -m bench.start [--rounds N]

Wall time of whole processes, in turn, median. The baselines are a bare interpreter, and one that imports Qt's widgets
and shows an empty window. Our window is timed until it is shown and its first events are done, in a new home; its
event loop is then left.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EMPTY_WINDOW = """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.show()
application.processEvents()
"""
OUR_WINDOW = """
import os
from PySide6.QtWidgets import QApplication

def shown(*_):
    QApplication.processEvents()
    os._exit(0 if any(widget.isVisible() for widget in QApplication.topLevelWidgets()) else 3)

QApplication.exec = shown
from ui.app import main
main()
"""
SCRIPTS = Path(sys.executable).parent


def seconds(command: list[str]) -> float:
    """Wall time of one process; its failure ends the measurement."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "LEGALQA_HOME": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever installs it has its bytecode
        start = time.perf_counter()
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        taken = time.perf_counter() - start
    if ran.returncode != 0:
        sys.exit(f"{command[:3]} ended with {ran.returncode}: {ran.stderr[-500:]}")
    return taken


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    pairs = {
        "legalqa --help": ([str(SCRIPTS / "legalqa"), "--help"], [sys.executable, "-c", "pass"], "python -c pass"),
        "the window": ([sys.executable, "-c", OUR_WINDOW], [sys.executable, "-c", EMPTY_WINDOW], "an empty Qt window"),
    }
    for name, (ours, baseline, what) in pairs.items():
        taken: dict[str, list[float]] = {"ours": [], "baseline": []}
        seconds(ours)  # bytecode and file caches
        for _ in range(rounds):
            taken["ours"].append(seconds(ours))
            taken["baseline"].append(seconds(baseline))
        mine, least = (statistics.median(times) for times in taken.values())
        print(f"{name}: {mine * 1000:.0f} ms, {what}: {least * 1000:.0f} ms, {mine / least:.1f} x (median of {rounds})")


if __name__ == "__main__":
    main()
