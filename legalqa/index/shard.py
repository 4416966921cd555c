"""The vector index on disk: one Qdrant Edge shard a matter, served by a process of its own (`legalqa.index.edge`).

A full disk ends the engine in SIGBUS and some damage in SIGABRT: the child dies, the parent says why.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from legalqa.child import Child, ChildDied
from legalqa.errors import EnvironmentFault
from legalqa.index import space
from legalqa.index.edge import damaged
from legalqa.index.vectors import GRAPH, Hit, Point, Vectors
from legalqa.values.answer import Condition

T = TypeVar("T")
_UNORDERED = 20_000  # points without a graph from which on it pays to build one: below, a scan takes 2 ms


class Shard:
    """A matter's vector index. Calls may come from any thread, one at a time; a dead engine is started again.

    Raises EnvironmentFault if the disk is full or another process keeps the shard, Damaged if the files are unusable.
    """

    def __init__(self, folder: Path, size: int, *, free_space_mb: int = 300) -> None:
        """`folder` is the shard's own; `size` the length of a vector; writing stops before `free_space_mb` are left."""
        self._folder, self._size, self._margin = folder, size, free_space_mb
        self._child = Child("legalqa.index.edge:Engine", str(folder), size)

    @property
    def pid(self) -> int | None:
        """The engine's process while it runs."""
        return self._child.pid

    def upsert(self, points: Sequence[Point]) -> None:
        """See `VectorIndex`."""
        self._write("upsert", [msgspec.to_builtins(point, builtin_types=(bytes,)) for point in points])

    def flush(self) -> None:
        """See `VectorIndex`."""
        self._write("flush")

    def delete(self, document_id: str) -> None:
        """See `VectorIndex`."""
        self._write("delete", document_id)

    def delete_points(self, ids: Sequence[str]) -> None:
        """See `VectorIndex`."""
        if ids:
            self._write("delete_points", list(ids))

    def rename(self, document_id: str, names: Sequence[str]) -> None:
        """See `VectorIndex`."""
        self._write("rename", document_id, list(names))

    def search(self, vector: Vectors | None, text: str, conditions: Sequence[Condition], limit: int) -> list[Hit]:
        """See `VectorIndex`."""
        dense = None if vector is None else np.ascontiguousarray(vector, dtype="<f4").tobytes()
        plain = [msgspec.to_builtins(condition) for condition in conditions]
        return [Hit(*hit) for hit in self._call("search", dense, text, plain, limit, type=list[tuple[str, float]])]

    def ids(self, document_id: str) -> list[str]:
        """See `VectorIndex`."""
        return self._call("ids", document_id, type=list[str])

    def counts(self, conditions: Sequence[Condition] = ()) -> dict[str, int]:
        """See `VectorIndex`."""
        plain = [msgspec.to_builtins(condition) for condition in conditions]
        return self._call("counts", plain, type=dict[str, int])

    @property
    def size(self) -> int:
        """See `VectorIndex`."""
        return self._size

    def count(self) -> int:
        """See `VectorIndex`."""
        return self._call("count", type=int)

    def vectors(self, ids: Sequence[str]) -> dict[str, bytes]:
        """See `VectorIndex`."""
        return self._call("vectors", list(ids), type=dict[str, bytes])

    def optimize(self) -> None:
        """See `VectorIndex`. Done on a copy, which takes the shard's place: searches go on, nobody may write meanwhile.

        Nothing is done for fewer than `_UNORDERED` points without a graph, or without room for thrice the shard: being
        slower is no fault to end a night's indexing with.
        """
        if self._call("unordered", type=int) < _UNORDERED:
            return
        try:
            space.require(self._folder, 3 * space.size_of(self._folder) + self._margin * space.MIB)
        except EnvironmentFault:
            return
        with self._replaced() as other:
            self._write("copy", str(other._folder))
            other._write("optimize")

    def rebuild(self, batches: Iterable[Sequence[Point]]) -> None:
        """Build a new shard beside the old one and put it in its place; until then searches find the old one."""
        with self._replaced() as other:
            other.flush()
            loose = 0
            for batch in batches:
                other.upsert(batch)
                loose += len(batch)
                if loose >= GRAPH:
                    other._write("optimize")
                    loose = 0
            other.flush()

    @contextlib.contextmanager
    def _replaced(self) -> Iterator[Shard]:
        """A shard beside this one, which takes its place unless filling it fails."""
        fresh = self._folder.with_name(f"{self._folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        other = Shard(fresh, self._size, free_space_mb=self._margin)
        try:
            yield other
        finally:
            other.close()
            for leftover in fresh.parent.glob(f"{fresh.name}.*"):
                leftover.unlink()
        self._write("swap", str(fresh))

    def close(self) -> None:
        """Close the shard and end its process."""
        self._child.close()

    def _write(self, method: str, *args: Any) -> None:
        space.require(self._folder, self._margin * space.MIB)
        self._call(method, *args, type=type(None))

    def _call(self, method: str, *args: Any, type: type[T]) -> T:
        """Every call may be repeated, so a death is followed by one more attempt."""
        try:
            return self._child.call(method, *args, type=type)
        except ChildDied:
            space.require(self._folder, self._margin * space.MIB)
        try:
            return self._child.call(method, *args, type=type)
        except ChildDied as death:
            raise damaged(death.reason) from None
