"""A Dask cluster on loopback: a scheduler and workers, each a process in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from legalqa import errors
from legalqa.ingest.cluster import capacity

ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and workers on loopback, ended with the test that asked for them."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")
        self.folders = [folder / f"worker{number}" for number in range(workers)]
        self.workers = [self.start_worker(at) for at in self.folders]
        self.wait_for(workers)

    def start_worker(self, folder: Path) -> subprocess.Popen[bytes]:
        folder.mkdir(exist_ok=True)
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self._start("dask_worker", self.address, "--local-directory", str(folder), *options)

    def wait_for(self, threads: int) -> None:
        for _ in range(1200):
            try:
                if capacity(self.address) == threads:
                    return
            except errors.EnvironmentFault:
                pass
            time.sleep(0.1)
        raise AssertionError((self._folder / "log").read_text(errors="replace"))

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
