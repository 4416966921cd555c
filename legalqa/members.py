"""Files found inside files: attachments of an e-mail, members of an archive. Each is a file of its own in the catalog.

Its path is the containing file's with its name appended, its bytes are kept in the matter, since no original lies on
disk. It comes and goes with the containing file; a containing file that lies in two places has its members in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from legalqa.index.catalog import Catalog
from legalqa.index.files import NO_LONGER_INSIDE, FileFact
from legalqa.index.writer import Writer
from legalqa.ingest.items import Attached
from legalqa.keeping import Keeping
from legalqa.values.document import FileState

DEPTH = 4  # files inside files inside files …
MEMBERS = 20_000  # of one file on disk, at all depths together
Fault = tuple[FileFact, FileState, str]  # a member that is not read, its state, and why


class Members:
    """The members of the files of one run."""

    def __init__(self, catalog: Catalog, writer: Writer, keeping: Keeping) -> None:
        self._catalog, self._writer, self._keeping = catalog, writer, keeping
        self._within: dict[str, tuple[int, str]] = {}  # member → its depth and the file on disk that it lies in
        self._counted: Counter[str] = Counter()

    def source(self, fact: FileFact) -> Path | None:
        """Where the bytes of a file lie, None if it was found in another one and they are not kept."""
        return self._keeping.original(fact)

    def at_hand(self, path: str) -> bool:
        """Whether whatever must be read of a file's members can be, without reading the file itself again."""
        for record in self._catalog.members(path):
            fact = record.fact
            if record.state == "missing" or self._writer.unchanged(fact.path, fact.size, fact.mtime_ns):
                continue
            if not fact.sha256 or self._keeping.original(fact) is None:
                return False
        return True

    def adopt(self, fact: FileFact) -> FileState | None:
        """See `Writer.adopt`. What the document's other file contains is then inside this one too."""
        state = self._writer.adopt(fact)
        if state is None or self._catalog.members(fact.path):
            return state
        for other in self._catalog.places(fact.path):
            inside = [r.fact for r in self._catalog.members(other) if r.reason != NO_LONGER_INSIDE]
            if inside:
                moved = [replace(m, path=fact.path + m.path[len(other) :], parent=fact.path) for m in inside]
                self._writer.contains(fact.path, moved)
                break
        return state

    def known(self, path: str) -> Iterator[FileFact]:
        """The members that a file is known to have."""
        for record in self._catalog.members(path):
            if record.reason != NO_LONGER_INSIDE:
                self._place(record.fact.path, path)
                yield record.fact

    def taken_out(self, fact: FileFact, attached: Sequence[Attached]) -> tuple[list[FileFact], list[Fault]]:
        """Keep what readers found inside a file, and record it: members to be read, and those that are not, and why."""
        members: list[FileFact] = []
        faults: list[Fault] = []
        depth, top = self._within.get(fact.path, (0, fact.path))
        for number, found in enumerate(attached):
            member = FileFact(f"{fact.path}/{found.name}", found.sha256, found.size, 0, parent=fact.path)
            self._counted[top] += 1
            reason = found.reason
            if self._counted[top] > MEMBERS:
                left = f"more than {MEMBERS:,} files lie inside one file; {len(attached) - number:,} were left out"
                faults.append((FileFact(f"{fact.path}/…", "", 0, 0, parent=fact.path), "failed", left))
                break
            if not reason and depth >= DEPTH:
                reason = "the archive is nested too deeply"
            if not reason and not self._keeping.keep_member(member):
                reason = "it could not be taken out"
            self._place(member.path, fact.path)
            if reason:
                state = found.state if found.reason else "failed"
                faults.append((replace(member, sha256="") if not found.sha256 else member, state, reason))
            else:
                members.append(member)
        if attached or self._catalog.members(fact.path):
            self._writer.contains(fact.path, [*members, *(member for member, *_ in faults)])
        return members, faults

    def _place(self, path: str, container: str) -> None:
        depth, top = self._within.get(container, (0, container))
        self._within[path] = (depth + 1, top)
