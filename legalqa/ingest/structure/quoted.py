"""Clauses of another agreement that a text sets out: what an amendment puts in the place of what it deletes.

"Section 12 is deleted and replaced with the following:" is followed by numbers that count in the other agreement. Where
they are quoted, the passage ends with its quotation mark; where they are not, with the next number of the amendment.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from legalqa.ingest.structure import numbering

_ANNOUNCED = re.compile(
    r"\b(?:(?:to\s+read|reads?\s+as\s+follows|the\s+following)\b(?:[^.:;\r\n]|\.(?=\w)){0,100}:"
    r"|following\s+new\b(?:[^.:;\r\n]|\.(?=\w)){0,60}(?::|\.(?=\s{2})))\s*(?P<mark>[“\"]\s?)?(?=[(§A-Za-z\d])"
)
_CHANGES = re.compile(
    r"\b(?:amend|restat|replac|substitut|insert|delet|revis|add)(?:ed|ing|e)?\b|\bnew\s+(?:Section|Article|Clause)",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:(?:Sub-?)?(?:Section|Article|Clause|Paragraph)s?|Exhibit|Schedule|Appendix|Attachment|Annex)\b|§", re.I
)
_SENTENCE = re.compile(r"[.;:]\s+(?=[A-Z(])|\n[ \t]*\r?\n")
_NUMBER = re.compile(r"^[(§]?\w{1,5}(?:\.\d+)*[.)]*\s+")
_CLOSED = re.compile(r"[.;:)\]]\s?[”\"](?=[.;,]?(?:\s{2,}|\s*$|\s*(?:and|or)\b))|[”\"][.;](?=\s|$)")
_BEFORE = 300  # characters of the sentence that announces a passage
_MOST = 20_000  # characters in which a quotation mark is looked for
_PASSAGES = 300  # of a text: more are no amendment, but made to take time
_SAYS = 400  # characters of a clause in which it says that it changes another


class Passage(NamedTuple):
    """A passage that is set out: from its first number to its quotation mark; without one `end` is None."""

    start: int
    end: int | None


def passages(text: str) -> list[Passage]:
    """The passages of other agreements, in order; they do not overlap."""
    found: list[Passage] = []
    for match in _ANNOUNCED.finditer(text):
        if len(found) == _PASSAGES:
            break
        said = _SENTENCE.split(text[max(match.start() - _BEFORE, 0) : match.start()])[-1] + match.group()
        start = match.end()
        if found and start < (found[-1].end or 0):
            continue
        if not (_CHANGES.search(said) and _PLACE.search(said)) or changes(text, start):
            continue
        if next(numbering.readings(text[start : start + 100]), None) is None:
            continue
        closed = _CLOSED.search(text, start, start + _MOST) if match["mark"] else None
        found.append(Passage(start, closed.end() if closed else None))
    return found


def changes(text: str, start: int) -> bool:
    """Whether the clause whose number stands at a place says of itself that it changes another agreement."""
    clause = _SENTENCE.split(_NUMBER.sub("", text[start : start + _SAYS]))[0]
    return "hereby" in clause and bool(_CHANGES.search(clause) and _PLACE.search(clause))
