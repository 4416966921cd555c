"""A suite: documents, questions about them, and where the answers stand.

A suite is a folder with ``docs/`` (any kind of file) and ``qa.jsonl``, or a folder of such folders, which is one corpus
with figures for each. A folder that has ``docs/`` and no questions is filler: it is searched and never the answer.

A line of ``qa.jsonl`` has ``question``, ``doc_id`` (a file of ``docs/`` without its suffix) and ``answers``. An answer
is either ``start``, ``end`` (code points, half-open, into a .txt file read with its newlines) and ``text``, or a
``quote`` with the ``page`` it stands on (from 1, null where a file has no pages) and, if it is not the line's, its
``document`` (a file name). ``scoped_question`` names the document for a search over the whole corpus; ``has_answer``
says whether the document answers; ``category`` or ``kind`` groups; ``id`` names the line in comparisons of runs.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from legalqa.errors import UserError
from legalqa.evaluate.split import part_of

Span = tuple[int, int]
_FOLDERS = ("docs", "documents")
_FIELDS = ("id", "doc_id", "question", "scoped_question", "answers", "has_answer", "category", "kind")
_ANSWER = ("start", "end", "text", "occurrences", "document", "page", "quote")
_DEVELOPMENT = re.compile(r"(?:cuad|maud|contractnli|privacy_qa)_\d{4}")  # ids that `split.part_of` knows of
_LEAD = re.compile(
    r'Consider (?:[^;"]|"[^"]*"){3,400}; ?(?=\S)'
)  # "Consider the Merger Agreement between …; Where is …"


@dataclass(frozen=True, slots=True)
class Gold:
    """One answer, in the file `path`: at any one of `spans`. A `quote` has no spans before the file has been read."""

    path: str
    spans: tuple[Span, ...] = ()
    quote: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what answers it: all of `golds`, none if the document `path` does not.

    `text` is asked with the document open, `scoped` over the whole corpus, `core` without the words that name the
    document. `part` is the part of the development data (`split`), "" for other documents.
    """

    id: str
    set: str
    path: str
    text: str
    scoped: str
    core: str
    golds: tuple[Gold, ...]
    kind: str = ""
    part: str = ""

    @property
    def once(self) -> bool:
        """Whether every answer stands in one place, so that recall has one meaning. Quotes count as if they did."""
        return bool(self.golds) and all(len(gold.spans) == 1 or gold.quote for gold in self.golds)


@dataclass(frozen=True)
class Suite:
    """Questions and files by set; `filler` are sets without questions, `passed_over` folders that are neither."""

    folder: Path
    files: Mapping[str, tuple[Path, ...]]
    questions: tuple[Question, ...]
    filler: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and contents of the files, in hexadecimal; questions are no part of it."""
        whole = hashlib.sha256()
        for set, files in sorted(self.files.items()):
            for file in files:
                whole.update(f"{set}/{file.name}\0".encode())
                whole.update(hashlib.sha256(file.read_bytes()).digest())
        return whole.hexdigest()

    @property
    def documents(self) -> tuple[Path, ...]:
        """All files, those of the filler included."""
        return tuple(file for files in self.files.values() for file in files)


def load(folder: Path, sets: Sequence[str] = (), filler: Sequence[Path] = ()) -> Suite:
    """The suite in `folder`; `sets` are the only ones wanted, `filler` more folders of documents to search in.

    Raises UserError that names the folder, or the file, line and field that are wrong with the nearest right one.
    """
    if not folder.is_dir():
        raise UserError(f"There is no suite {folder}.", hint="A suite is a folder with docs/ and qa.jsonl.")
    here = {entry.name: entry for entry in sorted(folder.iterdir()) if entry.is_dir()}
    found = {folder.name: folder} if (folder / "qa.jsonl").is_file() else here
    asked = {name: place for name, place in found.items() if (place / "qa.jsonl").is_file()}
    if not asked:
        raise UserError(
            f"{folder} holds no suite: neither it nor a folder in it has a qa.jsonl.",
            hint="A suite is a folder with docs/ and qa.jsonl, or a folder of such folders.",
        )
    for name in sets:
        if name not in found:
            raise UserError(f"The suite has no set {name!r}{_near(name, asked)}")
    wanted = {name: place for name, place in found.items() if not sets or name in sets}
    files = {name: _documents(place) for name, place in wanted.items() if name in asked or _docs(place)}
    fillers = [name for name in files if name not in asked]
    for place in filler:
        name = place.name if place.name not in files else str(place)
        fillers.append(name)
        files[name] = _filling(place)
    questions = tuple(q for name in files if name in asked for q in _questions(name, asked[name], files[name]))
    added = {place.resolve() for place in filler}
    passed_over = tuple(name for name, place in wanted.items() if name not in files and place.resolve() not in added)
    return Suite(folder, files, questions, tuple(fillers), passed_over)


def _docs(folder: Path) -> Path | None:
    return next((folder / name for name in _FOLDERS if (folder / name).is_dir()), None)


def _documents(folder: Path) -> tuple[Path, ...]:
    docs = _docs(folder)
    if docs is None:
        raise UserError(f"{folder} has a qa.jsonl but no docs/ beside it.")
    return _filling(docs)


def _filling(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    docs = Path(os.path.abspath(_docs(folder) or folder))  # noqa: PTH100  # without "..": so the catalog names files
    files = tuple(path for path in sorted(docs.rglob("*")) if path.is_file() and not path.name.startswith("."))
    if not files:
        raise UserError(f"{docs} holds no documents.")
    return files


def _questions(set: str, folder: Path, files: Sequence[Path]) -> Iterator[Question]:
    by_name = {file.stem: file for file in files} | {file.name: file for file in files}
    texts: dict[Path, str] = {}
    taken: Counter[str] = Counter()
    for line, row in rows(folder / "qa.jsonl"):
        question = _Line(f"{folder.name}/qa.jsonl, line {line}", row, by_name, texts).question(set)
        taken[question.id] += 1
        again = taken[question.id]
        yield question if again == 1 else replace(question, id=f"{question.id}-{again}")


def rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, with their line numbers."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{file} cannot be read as UTF-8 text.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(f"{file.name}, line {number}: no JSON ({error.msg}, column {error.colno}).") from None
            if not isinstance(row, dict):
                raise UserError(f"{file.name}, line {number}: a JSON object is wanted.")
            yield number, row


@dataclass
class _Line:
    """One line of a qa.jsonl, checked."""

    where: str
    row: dict[str, Any]
    files: Mapping[str, Path]
    texts: dict[Path, str]

    def question(self, set: str) -> Question:
        text = self._of(self.row, "question", str, _FIELDS)
        answers = self._of(self.row, "answers", list, _FIELDS)
        named = self._of(self.row, "doc_id", str, _FIELDS, optional=True)
        if not text.strip():
            raise self._wrong("the question is empty.")
        own = self._file(named) if named else None
        golds = tuple(self._gold(answer, own) for answer in answers)
        path = own or (Path(golds[0].path) if golds else None)
        said = self._of(self.row, "has_answer", bool, _FIELDS, optional=True)
        if said is not None and said != bool(golds):
            raise self._wrong(f"has_answer is {str(said).lower()}, but there are {len(golds)} answers.")
        scoped = self._of(self.row, "scoped_question", str, _FIELDS, optional=True) or text
        kind = self.row.get("category") or self.row.get("kind") or ""
        stem = path.stem if path else ""
        name = hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:8]
        return Question(
            id=f"{set}/{self.row.get('id') or f'{stem}.{name}'}",
            set=set,
            path=str(path or ""),
            text=text,
            scoped=scoped,
            core=_LEAD.sub("", text, count=1),
            golds=golds,
            kind=str(kind),
            part=part_of(stem) if _DEVELOPMENT.fullmatch(stem) else "",
        )

    def _gold(self, answer: Any, own: Path | None) -> Gold:
        if not isinstance(answer, dict):
            raise self._wrong("every answer is a JSON object.")
        named = self._of(answer, "document", str, _ANSWER, optional=True)
        path = self._file(named) if named else own
        if path is None:
            raise self._wrong("neither the line's doc_id nor the answer's document says which document it is.")
        if "quote" in answer:
            quote, page = self._of(answer, "quote", str, _ANSWER), answer.get("page")
            if not quote.strip() or not (page is None or (isinstance(page, int) and page > 0)):
                raise self._wrong("an answer has words as its quote, and a page from 1 or null.")
            return Gold(str(path), quote=quote, page=page)
        start, end = (self._of(answer, name, int, _ANSWER) for name in ("start", "end"))
        text = self._of(answer, "text", str, _ANSWER, optional=True)
        return Gold(str(path), self._spans(path, start, end, text, answer.get("occurrences", 1)))

    def _spans(self, path: Path, start: int, end: int, text: str | None, occurrences: object) -> tuple[Span, ...]:
        whole = self._text(path)
        if not 0 <= start < end <= len(whole):
            raise self._wrong(f"[{start}, {end}) does not lie in {path.name}, which has {len(whole):,} characters.")
        words = whole[start:end]
        if text is not None and words != text:
            at = whole.find(text)
            hint = f"they stand at {at}." if at >= 0 else "they stand nowhere in it."
            raise self._wrong(f"the answer's words do not stand at {start} of {path.name}: {hint}")
        if occurrences == 1:
            return ((start, end),)
        places = (match.start() for match in re.finditer(re.escape(words), whole))
        return tuple(dict.fromkeys([(start, end), *((at, at + len(words)) for at in places)]))

    def _text(self, path: Path) -> str:
        if path.suffix.lower() != ".txt":
            raise self._wrong(f"start and end are offsets into a .txt file; {path.name} needs a quote and its page.")
        if path not in self.texts:
            try:
                with path.open(encoding="utf-8", newline="") as file:
                    self.texts[path] = file.read()
            except UnicodeDecodeError:
                raise self._wrong(f"{path.name} is not UTF-8.") from None
        return self.texts[path]

    def _file(self, name: str) -> Path:
        if name not in self.files:
            raise self._wrong(f"there is no document {name!r}{_near(name, self.files)}")
        return self.files[name]

    def _of(self, row: Mapping[str, Any], field: str, kind: type, known: Sequence[str], optional: bool = False) -> Any:
        value = row.get(field)
        if value is None and optional:
            return None
        if value is None:
            strangers = [name for name in row if name not in known]
            near = difflib.get_close_matches(field, strangers, n=1)
            raise self._wrong(f"{field!r} is missing" + (f"; is {near[0]!r} meant for it?" if near else "."))
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            words = {str: "text", int: "a whole number", list: "a list", bool: "true or false"}
            raise self._wrong(f"{field!r} should be {words[kind]}.")
        return value

    def _wrong(self, why: str) -> UserError:
        return UserError(f"{self.where}: {why}", kept="Nothing was measured.")


def _near(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else "."
