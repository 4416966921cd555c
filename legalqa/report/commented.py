"""A copy of a Word draft with a comment at every sentence that is not simply right.

The draft may be the other side's: it is opened in a process of its own, as everything that comes from outside.
"""

from __future__ import annotations

import copy as copies
import tempfile
import threading
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec

from legalqa.child import Child, ChildDied, ChildTimeout
from legalqa.confining import Rights
from legalqa.errors import UserError
from legalqa.report.as_text import clean, place
from legalqa.values.answer import Sentence, Verdict, VerifiedAnswer

AUTHOR: Final = "LegalQA"
_SECONDS: Final = 120.0
_MEMORY: Final = 2 << 30
_FOLDED: Final = str.maketrans("“”„‟«»‘’‚‛‐‑‒–—−", '""""""\'\'\'\'------')
_QUIET: Final = ("verbatim", "supported")
WORDS: Final[dict[Verdict, str]] = {
    "verbatim": "Verbatim",
    "supported": "Supported",
    "uncited": "Cites nothing",
    "unsupported": "Not supported by the record",
    "bad_reference": "Bad reference",
}
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Note(msgspec.Struct, frozen=True):
    """A remark on a sentence of the draft; it goes where the sentence stands."""

    sentence: str
    remark: str


def notes_of(checked: VerifiedAnswer) -> list[Note]:
    """What is to be said of a draft: every sentence that is neither verbatim nor supported, in order."""
    return [Note(sentence.text, remark(sentence)) for sentence in checked.sentences if sentence.verdict not in _QUIET]


def remark(sentence: Sentence) -> str:
    """The verdict, its reasons, and where the words do stand."""
    lines = [WORDS[sentence.verdict] + ": " + "; ".join(sentence.reasons) + "."]
    for citation in sentence.citations:
        if citation.found:
            quoted = f": “{clean(citation.quote)}”" if citation.quote else ""
            lines.append(f"Held against {place(citation)}{quoted}.")
        elif citation.elsewhere:
            lines.append(f"Found instead in {'; '.join(citation.elsewhere)}.")
    return "\n".join(lines)


def write(draft: Path, target: Path, notes: Sequence[Note]) -> tuple[Note, ...]:
    """Write a copy of the Word file `draft` with the notes as comments; returns those whose sentence was not found.

    Raises UserError if the draft cannot be opened as a Word file, or the copy not be written; nothing is then written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as scratch:
            copy = Path(scratch) / "copy.docx"
            missed = _written(draft, copy, notes)
            copy.replace(target)
    except OSError as error:
        raise UserError(
            f"The commented copy could not be written to {target} ({error.strerror}).",
            kept="The draft is as it was.",
        ) from None
    return tuple(notes[index] for index in missed)


def _written(draft: Path, copy: Path, notes: Sequence[Note]) -> list[int]:
    """Write the copy in a process that can read the draft and change the copy's folder, and nothing else."""
    rights = Rights((str(draft.absolute()),), (str(copy.parent),))
    child = Child("legalqa.report.commented:Commenter", memory=_MEMORY, rights=rights)
    try:
        return child.call("write", str(draft), str(copy), list(notes), type=list[int], timeout=_SECONDS)
    except (ChildDied, ChildTimeout):
        raise UserError(
            f"{draft} could not be copied with comments: it broke the process that opened it.",
            kept="The draft is as it was.",
            hint="Save it anew with Word, or ask for the report alone.",
        ) from None
    finally:
        child.kill()


class Commenter:
    """The other end of `write`: opens the draft with python-docx."""

    def __init__(self, _stop: threading.Event) -> None:
        pass

    def write(self, draft: str, target: str, notes: list[dict[str, str]]) -> list[int]:
        """Indices of the notes that found no place."""
        import docx
        from docx.text.run import Run

        try:
            document = docx.Document(draft)
        except Exception as error:  # a damaged or hostile file may break the parser in any way
            raise UserError(
                f"{draft} cannot be opened as a Word file ({type(error).__name__}).",
                hint="The report can be written without it.",
            ) from None
        places = _Places(document.element.body)
        missed = []
        for index, note in enumerate(notes):
            runs = places.runs(note["sentence"])
            if not runs:
                missed.append(index)
                continue
            ends = [Run(run, document) for run in (runs[0], runs[-1])]
            document.add_comment(ends, text=note["remark"], author=AUTHOR, initials="LQ")
        document.save(target)
        return missed


class _Places:
    """Where sentences stand in a body: by their characters alone, white space and the kinds of marks left out.

    Looks onwards from the last sentence that was found, so that one that stands twice is commented twice.
    """

    def __init__(self, body: Any) -> None:
        self._runs: list[Any] = []
        self._after = 0
        for run in list(body.iter(_W + "r")):
            if run.getparent().tag != _W + "moveFrom":
                self._runs += _single(run)
        parts = [_bare(_text(run)) for run in self._runs]
        self._starts = [0, *accumulate(map(len, parts))][: len(parts)]
        self._whole = "".join(parts)

    def runs(self, sentence: str) -> list[Any]:
        """The runs that hold the sentence and nothing else, cut out of longer ones; none if it is not there."""
        wanted = _bare(sentence)
        if not wanted:
            return []
        at = self._whole.find(wanted, self._after)
        at = self._whole.find(wanted) if at < 0 else at
        if at < 0:
            return []
        self._after = end = at + len(wanted)
        first = self._cut(at, before=True)
        after = self._cut(end - 1, before=False)
        return [run for run in self._runs[first:after] if _text(run)]

    def _cut(self, at: int, *, before: bool) -> int:
        """Divide the run that holds character `at` before or behind it; the index of the run that begins there."""
        index = bisect_right(self._starts, at) - 1
        run, inside = self._runs[index], at - self._starts[index]
        text = _text(run)
        split = next(offset for offset in range(len(text)) if len(_bare(text[: offset + 1])) > inside)
        split += 0 if before else 1
        if split in (0, len(text)):
            return index if split == 0 else index + 1
        later = copies.deepcopy(run)
        _put(run, text[:split])
        _put(later, text[split:])
        run.addnext(later)
        self._runs.insert(index + 1, later)
        self._starts.insert(index + 1, self._starts[index] + len(_bare(text[:split])))
        return index + 1


def _single(run: Any) -> list[Any]:
    """The run as runs of one piece each (a text, a tab, a picture), formatted alike: what Word shows is the same."""
    pieces = [child for child in run if child.tag != _W + "rPr"]
    runs = [run]
    for piece in pieces[1:]:
        later = copies.deepcopy(run)
        for child in list(later):
            if child.tag != _W + "rPr":
                later.remove(child)
        later.append(piece)
        runs[-1].addnext(later)
        runs.append(later)
    return runs


def _text(run: Any) -> str:
    return "".join(child.text or "" for child in run if child.tag == _W + "t")


def _put(run: Any, text: str) -> None:
    element = next(child for child in run if child.tag == _W + "t")
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _bare(text: str) -> str:
    """The characters by which a sentence is found again."""
    return "".join(text.translate(_FOLDED).split()).casefold()
