"""The parts of a question that name documents: "Consider the … between …:", "the Harbor Point lease", a file name.

Each is grown from an anchor (a file name, a title, what attorneys call a kind of document) over the words beside it
that stand in names. Only the words are looked at here; which documents they mean is decided in `scopes`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from legalqa.answer.understand.dates import dates_of
from legalqa.answer.understand.facts import ORDINALS, Facts, number_of
from legalqa.answer.understand.kinds import Kind, kind_at, tells
from legalqa.answer.understand.names import QUALITIES, Text, left, right
from legalqa.answer.understand.words import FORMS, QUESTION_WORDS, STARTERS, STOP, listed, tokens

_LEAD = re.compile(
    r"\s*(?:please\s+)?(?:consider|regarding|re|concerning|about|as\s+to|with\s+re(?:spect|gard)\s+to|turning\s+to"
    r"|take|looking\s+at|look\s+at|based\s+on|according\s+to|for|in|under|per)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:pdf|docx?|txt|rtf|eml|msg|xlsx?|pptx?|html?|md|tiff?|png|jpe?g|odt|csv)\b", re.IGNORECASE)
_HEADING = re.compile(r"[:;](?=\s)|\s[-–—]\s")
_VAGUE = listed("a an any some")


@dataclass(frozen=True, slots=True)
class Frame:
    """Words ``[start, end)`` of a question that name documents.

    `words` tell which, by key; `type` is the kind of document, "" for any; `noun` what it was called; `dates` as ISO
    8601; `file` the position of the document whose file name it is; `lead` says that the words stand before the
    question; `telling` are the words that are no kind's name and no mere quality ("the original lease" has none);
    `number` is that of "Amendment No. 2"; `vague` says that the words ask for one ("an NDA with Acme").
    """

    start: int
    end: int
    words: tuple[str, ...]
    type: str = ""
    noun: str = ""
    dates: tuple[str, ...] = ()
    file: int | None = None
    lead: bool = False
    telling: tuple[str, ...] = ()
    number: str = ""
    vague: bool = False


def frames_of(question: str, facts: Facts) -> list[Frame]:
    """The frames of a question, in order; none overlap."""
    words = tokens(question)
    text = Text(question, words, [token.key for token in words], dates_of(question), facts)
    lead = _lead(text)
    if lead:
        return [lead]
    anchors = [*_files(text), *_titles(text), *_kinds(text)]
    found: list[Frame] = []
    for frame in sorted(anchors, key=lambda frame: (frame.start, -frame.end)):
        if found and frame.start < found[-1].end:
            found[-1] = _merged(text, found[-1], frame)
        else:
            found.append(frame)
    return found


def _lead(text: Text) -> Frame | None:
    """What stands before the question: "Consider … :", "Regarding …, "."""
    opened = _LEAD.match(text.text)
    if not opened:
        return _heading(text)
    cut = _cut(text.text, opened.end())
    if cut is None:
        return _heading(text)
    inside = [at for at, token in enumerate(text.tokens) if opened.end() <= token.start and token.end <= cut]
    if not inside:
        return None
    verb = opened.group().strip().lower() in ("consider", "please consider", "take")
    kind = _first_kind(text, inside[0], inside[-1] + 1)
    telling = any(text.names(at) for at in inside) or any(text.in_date(at) for at in inside)
    if not verb and not (telling and (kind or _has_known_name(text, inside))):
        return None
    frame = _frame(text, inside[0], inside[-1] + 1, kind)
    start = text.tokens[0].start
    return replace(frame, start=start, end=cut, file=_file_in(text, cut), lead=True)


def _heading(text: Text) -> Frame | None:
    """A name before a colon or dash: "Harbor Point lease: …"."""
    mark = _HEADING.search(text.text)
    if not mark:
        return None
    end = sum(token.end <= mark.start() for token in text.tokens)
    names = [at for at in range(end) if text.keys[at] not in STOP]
    lead = _first_kind(text, 0, end)
    held = {at for at in names if text.names(at) or text.in_date(at) or text.facts.in_title(text.keys[at])}
    if not names or len(held) < len(names) or not (lead or _has_known_name(text, names)) or end == len(text.tokens):
        return None
    if not any(text.names(at) for at in names):
        return None
    frame = _frame(text, 0, end, lead)
    return replace(frame, start=0, end=mark.end(), file=_file_in(text, mark.start()), lead=True)


def _has_known_name(text: Text, inside: Sequence[int]) -> bool:
    return any(text.facts.is_name(text.keys[at]) and text.tokens[at].capital for at in inside)


def _cut(text: str, start: int) -> int | None:
    """Where the question begins that follows what it is about; None if there is no such place."""
    places = [match.end() for match in re.finditer(r"[:;](?=\s|$)|[:;](?=[A-Z])", text[start:])]
    commas = [match.end() for match in re.finditer(r",(?=\s)", text[start:])]
    for place in (*places, *commas):
        rest = re.match(r"\s*([\w&'’]+)(?:\s+(\S+))?", text[start + place :])
        begins = rest and rest.group(1).lower() in (STARTERS if place in places else QUESTION_WORDS)
        if rest and begins and (rest.group(1).islower() or not (rest.group(2) or "?")[0].isupper()):
            return start + place
    return None


def _file_in(text: Text, cut: int) -> int | None:
    return next((frame.file for frame in _files(text) if frame.end <= cut), None)


def _files(text: Text) -> list[Frame]:
    """File names, also those with blanks in them, also misspelt."""
    found = []
    for match in _SUFFIX.finditer(text.text):
        before = text.text[: match.end()].casefold()
        known = [name for name in text.facts.files if before.endswith(name)]
        if known:
            start = match.end() - len(max(known, key=len))
        else:
            start = max(before.rfind(mark, 0, match.start()) for mark in " \t\n\"“'(") + 1
        first = next((at for at, token in enumerate(text.tokens) if token.start >= start), len(text.tokens))
        last = next((at for at, token in enumerate(text.tokens) if token.end >= match.end()), first)
        meant = text.facts.files.get(text.text[start : match.end()].casefold())
        words = tuple(text.keys[first : last + 1])
        begin = _with_determiner(text, first, start)
        found.append(Frame(begin, match.end(), words, file=meant, telling=words))
    return found


def _with_determiner(text: Text, first: int, start: int) -> int:
    before = text.tokens[first - 1] if 0 < first <= len(text.tokens) else None
    return before.start if before and before.key in ("the", "our", "file") else start


def _titles(text: Text) -> list[Frame]:
    """Titles and file names without ending that stand in the question word by word."""
    found = []
    for at, key in enumerate(text.keys):
        runs = [run for run, _ in text.facts.runs.get(key, ()) if tuple(text.keys[at : at + len(run)]) == run]
        if not runs:
            continue
        end = at + len(max(runs, key=len))
        content = [place for place in range(at, end) if text.keys[place] not in STOP]
        capitals = sum(text.tokens[place].capital for place in content)
        if len(content) >= 2 and (capitals * 2 >= len(content) or _rare(text, content) >= 2):
            found.append(_grown(text, at, end, _first_kind(text, at, end)))
    return found


def _rare(text: Text, places: Sequence[int]) -> int:
    return sum(text.facts.is_name(text.keys[place]) for place in places)


def _kind(text: Text, at: int) -> Kind | None:
    return kind_at(text.keys, at)


def _first_kind(text: Text, first: int, end: int) -> Kind | None:
    """ "First Amendment to Lease" is an amendment: what is named first."""
    return next((kind for at in range(first, end) if (kind := _kind(text, at)) and kind.end <= end), None)


def _kinds(text: Text) -> list[Frame]:
    found, at = [], 0
    while at < len(text.keys):
        kind = _kind(text, at)
        if kind and all(text.beside(place, place + 1) for place in range(at, kind.end - 1)):
            frame = _grown(text, at, kind.end, kind)
            if _tells(text, frame, at, kind.end):
                found.append(frame)
            at = kind.end
        else:
            at += 1
    return found


def _tells(text: Text, frame: Frame, first: int, end: int) -> bool:
    """Whether a frame names documents: by a name, a date, or a kind that tells them from others ("the lease")."""
    before = text.keys[first - 1] if first else ""
    inside = [at for at, token in enumerate(text.tokens) if frame.start <= token.start < frame.end]
    beyond = [at for at in inside if not first <= at < end and text.keys[at] not in STOP]
    if any(text.in_date(at) or text.names(at) for at in beyond):
        return True
    lead = text.keys[inside[0]]
    if beyond:  # words of titles, as in "the supply agreement"
        return lead in ("the", "our", "their", "my", "your", "this") and any(
            text.facts.in_title(text.keys[at]) or text.keys[at] in QUALITIES for at in beyond
        )
    plural = text.keys[end - 1].endswith("s") and end - first == 1
    return tells(text.keys[first:end]) and before in ("the", "our", "my", "their") and not plural


def _grown(text: Text, first: int, end: int, kind: Kind | None) -> Frame:
    """A frame over the words beside an anchor that belong to the name."""
    return _frame(text, left(text, first), right(text, end), kind)


def _frame(text: Text, first: int, end: int, kind: Kind | None) -> Frame:
    start, stop = text.tokens[first].start, text.tokens[end - 1].end
    words = tuple(text.keys[at] for at in range(first, end) if text.keys[at] not in STOP)
    dates = tuple(date.iso for date in text.dates if start <= date.start and date.end <= stop)
    called = ""
    if kind:
        counted = kind.first > first and text.keys[kind.first - 1] in ORDINALS  # "the second amendment"
        called = text.text[text.tokens[kind.first - counted].start : text.tokens[kind.end - 1].end]
    named = {word for at in range(first, end) if (one := _kind(text, at)) for word in text.keys[at : one.end]}
    dated = {text.keys[at] for at in range(first, end) if text.in_date(at)}
    vague = QUALITIES | FORMS | named | dated
    telling = tuple(word for word in words if word not in vague)
    number = number_of(text.text[start:stop])
    return Frame(
        start,
        stop,
        words,
        kind.type if kind else "",
        called,
        dates,
        telling=telling,
        number=number,
        vague=text.keys[first] in _VAGUE,
    )


def _merged(text: Text, one: Frame, other: Frame) -> Frame:
    """One frame in place of two that overlap; the first gives the kind ("First Amendment to the Lease")."""
    end = max(one.end, other.end)
    inside = [at for at, token in enumerate(text.tokens) if one.start <= token.start and token.end <= end]
    frame = _frame(text, inside[0], inside[-1] + 1, None)
    noun = one.noun if one.type else other.noun
    file = one.file if one.file is not None else other.file
    return replace(frame, start=one.start, end=end, type=one.type or other.type, noun=noun or one.noun, file=file)
