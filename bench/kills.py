"""``kill -9`` at random moments of reading, asking, exporting, importing and deleting: is anything lost that was said
to be done?

Every command is run as the command line runs it, in a process forked from one that has the program loaded, and is
killed after a random number of the changes that it makes to the files of the home (so that kills fall where something
is written, however busy the machine is), every third time with all its child processes at the same moment. After each
kill: every matter opens, SQLite finds its files whole, each file is in the record as it was or as it is now, the
audit file is sound or ends in one line that was not finished and is sound again after the next entry, what was answered
or acknowledged stands in it, an export is whole or is none, and a matter that was being deleted is whole, or gone with
its certificate. Every `_FULL` kills, and at the end, a run is finished and catalog and index are compared.

    python -m bench.kills [--kills 200] [--seed 1] [--minutes 60]

Exit code 1 if anything was lost. POSIX only: it forks.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import math
import os
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from legalqa import Library
from legalqa.index.catalog import Catalog
from legalqa.index.shard import Shard
from legalqa.settings import default_home

_FULL = 25  # kills between two comparisons of catalog and index
_LOOK = 0.001  # seconds between two looks at the files
_LATE = 0.02  # seconds, at the most, between a change that was seen and the kill
_LONGEST = 240.0  # seconds of one command
_WEIGHTS = {"index": 5, "ask": 5, "export": 2, "import": 3, "delete": 5}
_SETTINGS = 'reranker_model = ""\nreader_model = ""\nanswer_tokens = 16\n'  # fast: what is written is the same
_ARTICLE = """ARTICLE {n} PART {n}

{n}.1 Payment. Tenant number {n} shall pay ${n},500 per month in advance on the first day of each calendar month.

{n}.2 Cure. If Tenant fails to perform within {n} days after notice, Landlord may terminate this Lease.

"""
_UNFINISHED = ("cannot be read", "1 more lines than were written")  # what `verify` says of one line too many


class Kills:
    """A home, what was acknowledged in it, and the commands that are killed. `faults` is what went wrong."""

    def __init__(self, folder: Path, rng: random.Random, installed: Path, of: Collection[str] = ()) -> None:
        self._weights = {name: weight for name, weight in _WEIGHTS.items() if name in (of or _WEIGHTS)}
        self.rng, self.home, self.files, self.out = rng, folder / "home", folder / "files", folder / "out"
        for made in (self.home, self.files, self.out):
            made.mkdir(parents=True)
        (self.home / "models").symlink_to(installed / "models")
        (self.home / "settings.toml").write_text(_SETTINGS, encoding="utf-8")
        self.faults: list[str] = []
        self.killed: Counter[str] = Counter()
        self.unfinished = 0  # audit files that ended in a line which was not finished
        self._changes: dict[str, int] = {}  # that a command makes, from the last time that it went through
        self._may_be: dict[str, set[str]] = {}  # path → contents of which the record must have one
        self._entries = 0
        self._number = 0
        self._load()
        for number in range(10):
            text = f"LEASE NUMBER {number}\n\n" + "".join(_ARTICLE.format(n=n) for n in range(1, 4 + number))
            self._write(self.files / f"lease-{number:02}.txt", text)
        self._through("index", *self._index())
        self._through("ask", *self._ask())
        self.archive = folder / "matter.legalqa"
        self._through("export", "matter", "export", "m", str(self.archive))
        self._through("import", *self._import())
        self._through("delete", *self._delete())
        self._check()

    def once(self) -> None:
        """One command, killed; and what is left looked at."""
        [what] = self.rng.choices(list(self._weights), list(self._weights.values()))
        arguments = {
            "index": self._index,
            "ask": self._ask,
            "export": lambda: ("matter", "export", "m", str(self.out / "m.legalqa")),
            "import": self._import,
            "delete": self._delete,
        }[what]()
        code, said = self._run(arguments, self.rng.randint(1, max(self._changes[what], 1)))
        if code == -signal.SIGKILL:
            self.killed[what] += 1
        elif code != 0:
            self._fault(f"{what} ended with exit code {code}: {said[-300:]}")
        elif what == "index":
            self._settled()
        self._check(arguments[1] if what == "ask" and said.rstrip().endswith("}") else "")
        if sum(self.killed.values()) % _FULL == 0 and code == -signal.SIGKILL:
            self.compare()
            print(f"{sum(self.killed.values())} kills, {len(self.faults)} faults", file=sys.stderr, flush=True)

    def compare(self) -> None:
        """Finish reading, and hold the index against the catalog."""
        self._through("index", "index", str(self.files), "-m", "m", "-q")
        folder = self.home / "matters" / "m"
        catalog, shard = Catalog(folder / "catalog.sqlite"), Shard(folder / "index", 384)
        try:
            chunks = {
                id: {chunk.id for chunk in catalog.document(id, words=False).chunks if chunk.parent_id}
                for id in catalog.documents()
            }
            if catalog.pending():
                self._fault("documents are still pending after a whole run")
            if {id: set(shard.ids(id)) for id in chunks} != chunks or set(shard.counts()) != set(chunks):
                self._fault("catalog and index differ after a whole run")
        finally:
            catalog.close()
            shard.close()

    # The commands.

    def _index(self) -> tuple[str, ...]:
        for path in sorted(self.files.glob("*.txt")):
            if self.rng.random() < 0.4:
                self._number += 1
                self._write(path, path.read_text(encoding="utf-8") + f"\nAmended by letter {self._number}.\n")
        return ("index", str(self.files), "-m", "m", "-q", *(["--copy"] if self.rng.random() < 0.3 else []))

    def _ask(self) -> tuple[str, ...]:
        fresh = ["--fresh"] if self.rng.random() < 0.3 else []
        return ("ask", f"What must tenant number {self.rng.randint(1, 4)} pay?", "-m", "m", "--json", *fresh)

    def _import(self) -> tuple[str, ...]:
        with contextlib.suppress(Exception):
            Library(self.home).destroy("doomed")
        return ("matter", "import", str(self._other()), "--as", "Doomed")

    def _delete(self) -> tuple[str, ...]:
        library = Library(self.home)
        if all(info.slug != "doomed" for info in library.matters()):
            library.import_matter(self._other(), "Doomed")
        return ("matter", "delete", "doomed", "--yes", "--reason", "killed")

    def _other(self) -> Path:
        """The archive as one of another matter: the same id is refused beside the matter it was made of."""
        other = self.archive.with_name("other.legalqa")
        if not other.exists():
            elsewhere = Library(self.archive.with_name("elsewhere"))
            elsewhere.create("Other")
            elsewhere.open("other").close()
            elsewhere.export("other", other)
        return other

    # Running and killing.

    def _load(self) -> None:
        """Everything that commands import, so that a forked process has it."""
        import legalqa.apart
        import legalqa.cli
        import legalqa.destroying
        import legalqa.exchange
        import legalqa.index.crossencoder
        import legalqa.index.encoder
        import legalqa.report.as_json
        import legalqa.verify  # noqa: F401  # loaded, not used

    def _through(self, what: str, *arguments: str) -> None:
        code, said = self._run(arguments, None)
        if code:
            self._fault(f"{what} without a kill ended with exit code {code}: {said[-500:]}")
        if what == "index":
            self._settled()
        self._changes[what] = max(self._changes.get(what, 0), self._seen)

    def _run(self, arguments: tuple[str, ...], after: int | None) -> tuple[int, str]:
        """Exit code and standard output of a command, killed after so many changes of files; None: not at all."""
        log = self.out / "said"
        before, self._seen = self._snapshot(), 0
        pid = os.fork()
        if pid == 0:
            self._command(arguments, log)
        end = time.monotonic() + _LONGEST
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            now = self._snapshot()
            if now != before:
                before, self._seen = now, self._seen + 1
                if after is not None and self._seen >= after:
                    time.sleep(self.rng.uniform(0, _LATE))
                    self._kill(pid)
            if time.monotonic() > end:
                self._fault(f"{arguments[0]} did not end within {_LONGEST:.0f} s")
                self._kill(pid)
            time.sleep(_LOOK)
        return os.waitstatus_to_exitcode(status), log.read_text(encoding="utf-8", errors="replace")

    def _command(self, arguments: tuple[str, ...], log: Path) -> None:
        """In the forked process: the command line."""
        from legalqa import cli

        os.environ["LEGALQA_HOME"] = str(self.home)
        with log.open("wb") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        sys.argv = ["legalqa", *arguments]
        code = 70
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        finally:
            sys.stdout.flush()
            os._exit(code)

    def _kill(self, pid: int) -> None:
        doomed = [pid, *(_below(pid) if self.rng.random() < 1 / 3 else [])]
        for one in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def _snapshot(self) -> frozenset[tuple[str, int, int]]:
        folders = (self.home / "matters", self.home / "destroyed", self.out, *(self.home / "matters").glob("*"))
        return frozenset(entry for folder in folders for entry in _entries(folder))

    # What is left.

    def _check(self, answered: str = "") -> None:
        library = Library(self.home)
        destroyed = self.home / "destroyed"
        left = [*library.settings.matters.glob(".deleted-*"), *destroyed.glob("*.part")]
        if left:
            self._fault(f"a deletion was not finished at the next start: {[path.name for path in left]}")
        for info in library.matters():
            try:
                self._look_at(library, info.slug, answered)
            except Exception as error:
                self._fault(f"{info.slug} does not open: {type(error).__name__} {error}")
        certificates = [json.loads(path.read_bytes()) for path in destroyed.glob("*.json")]
        for entry in library.settings.matters.iterdir():
            if not entry.name.startswith(".") and not (entry / "matter.toml").exists():
                self._fault(f"half a matter was left: {entry.name}")
        if not all(one["slug"] == "doomed" and one["audit_head"] for one in certificates):
            self._fault("a certificate is not whole")
        exported = self.out / "m.legalqa"
        if exported.exists():
            second = Library(self.home.with_name("second"))
            second.import_matter(exported)
            second.destroy("m")
            exported.unlink()

    def _look_at(self, library: Library, slug: str, answered: str) -> None:
        for file in ("catalog.sqlite", "answers.sqlite"):
            path = library.settings.matters / slug / file
            with contextlib.closing(sqlite3.connect(path)) as connection:
                if path.exists() and connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    self._fault(f"{slug}/{file} is damaged")
        with library.open(slug) as matter:
            files = {one.path: one for one in matter.status().files}
            report = matter.audit.verify()
            if report.faults:
                self.unfinished += 1
                if len(report.faults) > 2 or any(not one.endswith(_UNFINISHED) for one in report.faults):
                    self._fault(f"audit of {slug}: {report.faults}")
            matter.recording.event("release", reason="looked at")
            after = matter.audit.verify()
            if after.faults:
                self._fault(f"audit of {slug} after the next entry: {after.faults}")
            if slug != "m":
                return
            if after.entries <= self._entries:
                self._fault(f"{self._entries} audit entries were there, {after.entries} are")
            said = [e.details.get("question") for e in matter.audit.entries() if e.number > self._entries]
            if answered and answered not in said:
                self._fault("an answer was shown that the audit file does not know")
            self._entries = after.entries
        for name, contents in self._may_be.items():
            found = files.get(name)
            if (found is None or found.state not in ("indexed", "changed", "duplicate")) and "" not in contents:
                self._fault(f"{Path(name).name} was in the record and is not: {found}")
            elif found is not None and found.sha256 not in contents:
                self._fault(f"{Path(name).name} is in the record with a content that it never had")

    def _write(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        known = self._may_be.setdefault(str(path), {""})
        known.add(hashlib.sha256(text.encode()).hexdigest())

    def _settled(self) -> None:
        """A run has said that it is done: from now on each file is in the record as it is."""
        for name in self._may_be:
            self._may_be[name] = {hashlib.sha256(Path(name).read_bytes()).hexdigest()}

    def _fault(self, said: str) -> None:
        self.faults.append(said)
        print(f"FAULT after {sum(self.killed.values())} kills: {said}", flush=True)


def _entries(folder: Path) -> Iterator[tuple[str, int, int]]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            with contextlib.suppress(OSError):
                stat = entry.stat()
                yield f"{folder.name}/{entry.name}", stat.st_size, stat.st_mtime_ns


def _below(pid: int) -> list[int]:
    """The child processes of a process, and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            parents.setdefault(int(entry.read_text().rpartition(")")[2].split()[1]), []).append(int(entry.parent.name))
    found, look = list[int](), [pid]
    while look:
        below = parents.get(look.pop(), [])
        found += below
        look += below
    return found


def run(
    folder: Path, kills: int, seed: int, installed: Path, minutes: float = math.inf, of: Collection[str] = ()
) -> Kills:
    """So many kills, or as many as there is time for, in a home made in `folder`, with the models of the home
    `installed`; what came of them.
    """
    made, end = Kills(folder, random.Random(seed), installed, of), time.monotonic() + 60 * minutes
    while sum(made.killed.values()) < kills and len(made.faults) < 10 and time.monotonic() < end:
        made.once()
    made.compare()
    made._check()
    return made


def main() -> None:
    """Run and tell; exit code 1 if there was a fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of", nargs="*", default=(), choices=[*_WEIGHTS], help="which commands; all of them")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after which no further command is begun")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="legalqa-kills-") as scratch:
        began = time.monotonic()
        done = run(Path(scratch), arguments.kills, arguments.seed, default_home(), arguments.minutes, arguments.of)
    seconds = round(time.monotonic() - began)
    print(json.dumps({**done.killed, "unfinished_lines": done.unfinished, "faults": done.faults, "seconds": seconds}))
    sys.exit(1 if done.faults else 0)


if __name__ == "__main__":
    main()
