"""A Dask cluster beside readers at home: pages a second over the same files. `python -m bench.cluster [DATA]`

Two local readers, then as many readers through a scheduler with two worker processes on this machine, each in a folder
of its own: what the network, the scheduler and the copies cost when nothing is gained by more machines. Development
data is looked for in ``../shared/data`` or in the folder given as the first argument.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from legalqa.ingest import Reader, ReadOptions
from legalqa.ingest.cluster import ClusterReader, capacity
from legalqa.models.store import sha256_of
from legalqa.values.document import Document
from tests.ingest.dask import Cluster

OPTIONS = ReadOptions(memory=3_000_000_000)
TEXTS, SCANS = 8, 2  # files


def main() -> None:
    """Print pages a second of both, their ratio, and whether the documents are the same."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("..") / "shared" / "data"
    texts = sorted((data / "cuad_pdf").rglob("*.pdf"))[:TEXTS]
    scans = sorted((data / "cuad_scanned").rglob("*.pdf"), key=lambda path: path.stat().st_size)[:SCANS]
    if not texts or not scans:
        sys.exit(f"no development data in {data}")
    folder = Path(tempfile.mkdtemp())
    cluster = Cluster(folder, 2)
    try:
        print(f"{capacity(cluster.address)} threads in the cluster")
        for name, files in (("born digital", texts), ("scans", scans)):
            _compare(name, files, cluster.address)
    finally:
        cluster.close()
        shutil.rmtree(folder, ignore_errors=True)


def _compare(name: str, files: Sequence[Path], address: str) -> None:
    home, at_home = _read(files, lambda: Reader(OPTIONS))
    away, on_cluster = _read(files, lambda: ClusterReader(OPTIONS, address))
    pages = sum(len(document.pages) for document in at_home)
    same = "the same documents" if at_home == on_cluster else "DIFFERENT DOCUMENTS"
    print(f"{name}: {len(files)} files, {pages} pages, {same}")
    print(f"  2 readers at home  {pages / home:7.1f} pages/s")
    print(f"  the cluster        {pages / away:7.1f} pages/s  {home / away:5.2f} x")


def _read(files: Sequence[Path], made: Callable[[], Reader]) -> tuple[float, list[Document]]:
    """Seconds and documents of reading the files with two readers that are warm."""
    readers = [made() for _ in range(2)]
    idle = list(readers)
    pool = ThreadPoolExecutor(len(readers))

    def read(file: Path) -> Document:
        reader = idle.pop()
        try:
            return reader.read(file, sha256_of(file))
        finally:
            idle.append(reader)

    list(pool.map(read, [files[0]] * len(readers)))  # starts processes, loads engines, connects
    begun = time.perf_counter()
    documents = list(pool.map(read, files))
    seconds = time.perf_counter() - begun
    for reader in readers:
        reader.close()
    pool.shutdown()
    return seconds, documents


if __name__ == "__main__":
    main()
