"""The values that quoted sentences state: the one that answers, and those in which two of them differ.

How a text is read for values and compared is given by the checker (`legalqa.verify.amounts`, `.facts`); no model is
asked. Where several values could be meant, none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Protocol

from legalqa.answer.evidence import stems
from legalqa.values.form import Remark, Value, ValueKind

_ALIKE: Final = 0.6  # share of the shorter sentence's words from which on two sentences speak of one thing
_FEWEST: Final = 4  # words that they share at least
_OF: Final = re.compile(r"\s*(?:\([\d.%\s]{1,9}\)\s*)?of\s+(?P<what>[^,;.]{3,60})")
_PLURAL: Final[dict[ValueKind, str]] = {
    "amount": "amounts", "percentage": "percentages", "date": "dates", "duration": "periods", "number": "numbers",
}  # fmt: skip


class Quantity(Protocol):
    """A number, amount, date or period in a text, as `legalqa.verify.amounts.Quantity` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


Quantities = Callable[[str], Sequence[Quantity]]
Disagreements = Callable[[str, str], Sequence[str]]  # in words; nothing where two sentences agree


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence that stands word for word in the record. `sentence` is its index in the answer, `text` the text of the
    document from `start` on, `heading` what it stands under, `about` how its place is called.
    """

    sentence: int
    document_id: str
    start: int
    text: str
    heading: str
    about: str


def leading(kind: ValueKind, quoted: Sequence[Quoted], quantities: Quantities, question: str = "") -> tuple[Value, ...]:
    """The one value of the wanted kind that the quoted sentences state; () if they state none, or several.

    A percentage must be of something that the question asks about, where the sentence says of what.
    """
    found = [value for one in quoted for value in _values(kind, one, quantities)]
    if kind == "percentage" and any(not _of_what_is_asked(question, value, quoted) for value in found):
        return ()
    distinct = {(value.value, value.unit) for value in found}
    return (found[0],) if len(distinct) == 1 else ()


def differing(
    kind: ValueKind | None,
    question: str,
    quoted: Sequence[Quoted],
    quantities: Quantities,
    disagreements: Disagreements,
) -> list[Remark]:
    """What is said of quoted sentences that state different values.

    Of two sentences in nearly the same words every disagreement is told. Where the question asks for a kind of value,
    so are two sentences that share what is asked and state one value of the kind each, in different documents.
    """
    remarks: list[Remark] = []
    for one, other in combinations(quoted, 2):
        if (one.document_id, one.start) == (other.document_id, other.start):
            continue
        if are_alike(one.text, other.text) and (reasons := disagreements(one.text, other.text)):
            said = f"{one.about} and {other.about} differ: {'; '.join(reasons)}"
            remarks.append(Remark("differs", said, (one.sentence, other.sentence)))
        elif kind and one.document_id != other.document_id and _same_thing(question, one, other):
            mine, theirs = _values(kind, one, quantities), _values(kind, other, quantities)
            if len(mine) == len(theirs) == 1 and (mine[0].value, mine[0].unit) != (theirs[0].value, theirs[0].unit):
                said = (
                    f"They state different {_PLURAL[kind]}: {mine[0].text} in {one.about}, {theirs[0].text} in"
                    f" {other.about}."
                )
                remarks.append(Remark("differs", said, (one.sentence, other.sentence)))
    return remarks


def are_alike(one: str, other: str) -> bool:
    """Whether two sentences use nearly the same words, numbers aside."""
    mine, theirs = _words(one), _words(other)
    shared = len(mine & theirs)
    return shared >= _FEWEST and shared >= _ALIKE * max(len(mine), len(theirs))


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in stems(text) if not word[0].isdigit())


def _same_thing(question: str, one: Quoted, other: Quoted) -> bool:
    """Whether both sentences, each under its heading, hold all the question's words that either of them holds."""
    asked = _words(question)
    mine, theirs = asked & _words(f"{one.heading} {one.text}"), asked & _words(f"{other.heading} {other.text}")
    return len(mine) >= 1 and mine == theirs


def _of_what_is_asked(question: str, value: Value, quoted: Sequence[Quoted]) -> bool:
    """Whether what follows a percentage ("of the overdue installment") shares a word with the question."""
    one = next(one for one in quoted if one.sentence == value.sentence)
    of = _OF.match(one.text, value.end - one.start)
    return of is None or bool(_words(of["what"]) & _words(question))


def _values(kind: ValueKind, quoted: Quoted, quantities: Quantities) -> list[Value]:
    """The distinct values of a kind that a sentence states; a number in words and in figures is one."""
    found: dict[tuple[str, str], Value] = {}
    for one in quantities(quoted.text):
        if one.kind == kind:
            start, end = quoted.start + one.start, quoted.start + one.end
            place = (quoted.sentence, quoted.document_id, start, end)
            text = re.sub(r"^\W+(?=\w)(?<![$€£])|\s+$", "", one.text)
            found.setdefault((one.value, one.unit), Value(kind, text, one.value, one.unit, *place))
    return list(found.values())
