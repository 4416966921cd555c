"""How far a name goes in a question: the words beside an anchor that belong to what it is called."""

from __future__ import annotations

import re
from dataclasses import dataclass

from legalqa.answer.understand.dates import Named
from legalqa.answer.understand.facts import Facts
from legalqa.answer.understand.kinds import kind_at
from legalqa.answer.understand.words import DETERMINERS, FORMS, STARTERS, STOP, Token, listed

_GAP = re.compile(r"[\s\"“”‘’'&/#()-]*")
_FORMAL_GAP = re.compile(r"[\s\"“”‘’'&/().,-]*")  # "Harbor Foods, Inc. and"
_LINKS = listed("with between among from to for of dated by against regarding re at on in about concerning")
_KNOWN_ONLY = listed("in on at about for by")  # the name after them must be one of the matter's
_FILLERS = listed(
    "that which we they us i he she it signed executed made entered into have had has sent received wrote got was were"
    " gave did is our concluded"
)
_GLUE = listed("of and the de for")
QUALITIES = listed(
    "original amended restated first second third fourth fifth sixth mutual executed signed current latest"
    " newest recent most new old older newer earlier later master draft final form prior"
    " standard initial last"
)


@dataclass(slots=True)
class Text:
    """A question as it is searched for frames."""

    text: str
    tokens: list[Token]
    keys: list[str]
    dates: list[Named]
    facts: Facts

    def beside(self, left: int, right: int) -> bool:
        """Whether two neighbouring words belong to one phrase."""
        one, other = self.tokens[left], self.tokens[right]
        between = self.text[one.end : other.start]
        formal = one.key in FORMS or other.key in FORMS
        return (_FORMAL_GAP if formal else _GAP).fullmatch(between) is not None

    def names(self, at: int) -> bool:
        """Whether a word may be part of a name."""
        token = self.tokens[at]
        first = at == 0 and token.key in STARTERS
        return not first and (
            (token.capital and (token.key not in STOP or self.letters(at)))
            or token.key in FORMS - STOP
            or self.facts.is_name(token.key)
        )

    def letters(self, at: int) -> bool:
        """Whether a common word is written as a part of a name: "Dong-A ST", "Veoneer US"."""
        return self.tokens[at].text.isupper() and self.keys[at] != "i" and at > 0 and not self.text.isupper()

    def determines(self, at: int) -> bool:
        """Whether "a" or "the" is no part of a name: not written with a capital inside a sentence."""
        before = self.text[: self.tokens[at].start].rstrip()
        return self.tokens[at].text.islower() or not before or before[-1] in ".?!:;"

    def date_at(self, at: int) -> Named | None:
        """The date that begins with a word."""
        start = self.tokens[at].start
        return next((date for date in self.dates if date.start == start), None)

    def in_date(self, at: int) -> bool:
        return any(date.start <= self.tokens[at].start < date.end for date in self.dates)


def left(text: Text, first: int) -> int:
    """The first word of the name that an anchor beginning at `first` stands in."""
    left = first
    while left > 0 and text.beside(left - 1, left):
        key = text.keys[left - 1]
        if key in DETERMINERS and text.determines(left - 1):
            return left - 1
        if text.text[text.tokens[left - 1].end : text.tokens[left].start] == "-":
            left -= 1  # "Dong-A"
            continue
        name = text.names(left - 1) or text.in_date(left - 1)
        glue = key in ("of", "and", "for") and left >= 2 and text.tokens[left].capital and text.names(left - 2)
        described = key not in STOP and (key in QUALITIES or text.facts.in_title(key) or key.isdigit())
        inside = key not in STOP and left >= 2 and text.tokens[left - 2].capital and text.names(left - 2)
        inside = inside and text.beside(left - 2, left - 1) and left - 2 > 0  # "the Business Machines base agreement"
        if not (name or glue or described or inside):
            break
        left -= 1
    return left


def right(text: Text, end: int) -> int:
    """The end of the name that an anchor ending before `end` stands in.

    Past "with Acme and Beta", "dated March 1, 2019", "that we signed with Acme in 2019".
    """
    right = end
    while right < len(text.keys):
        at = right
        while at < len(text.keys) and at - right < 5 and text.keys[at] in _FILLERS and text.beside(at - 1, at):
            at += 1
        if at >= len(text.keys) or not text.beside(at - 1, at):
            break
        if "(" in text.text[text.tokens[at - 1].end : text.tokens[at].start] and text.names(at):
            right = _named(text, at, known=False)  # "the Manufacturing Agreement (Antares Pharma)"
            break
        link = text.keys[at] in _LINKS
        reached = _linked(text, at) if link else _named(text, at, known=True) if at > right else _plain(text, at)
        if reached <= at:
            break
        right = reached
    return right


def _plain(text: Text, at: int) -> int:
    """A date or number straight after a kind: "Amendment No. 2", "the NDA March 2019"."""
    date = text.date_at(at)
    if date:
        return _after(text, date.end)
    if text.keys[at] in ("no", "number") and at + 1 < len(text.keys) and text.keys[at + 1].isdigit():
        return at + 2
    return at + 1 if text.keys[at].isdigit() and len(text.keys[at]) <= 4 else at


def _linked(text: Text, at: int) -> int:
    """Past a preposition and the names after it; `at` if no name follows."""
    link, place = text.keys[at], at + 1
    while place < len(text.keys) and text.keys[place] in (*DETERMINERS, "both", "us", "on", "as", "and"):
        place += 1
    if place >= len(text.keys) or not text.beside(at, place if place == at + 1 else at + 1):
        return at
    date = text.date_at(place)
    if date:
        return _after(text, date.end)
    if link in ("to", "of"):
        end = place
        while end < len(text.keys) and text.facts.in_title(text.keys[end]) and not kind_at(text.keys, end):
            end += 1
        kind = kind_at(text.keys, end) if end < len(text.keys) else None
        if kind:
            return kind.end
    reached = _named(text, place, known=link in _KNOWN_ONLY)
    return reached if reached > place else at


def _named(text: Text, at: int, *, known: bool) -> int:
    """Past the names that begin at a word: "Acme, Inc. and Beta LLC"."""
    end = at
    if known and not (text.facts.is_name(text.keys[at]) or _capital_known(text, at)):
        return at
    while end < len(text.keys):
        if end > at and not text.beside(end - 1, end) and not _listed(text, end):
            break
        if text.names(end) or (text.keys[end].isdigit() and _capital_after(text, end)):
            end += 1
        elif text.keys[end] in _GLUE and end > at and end + 1 < len(text.keys) and text.names(end + 1):
            end += 2
        else:
            break
    return end


def _listed(text: Text, at: int) -> bool:
    """Whether a name goes on a list after a comma or semicolon: "between Acme, Beta and Gamma"."""
    between = text.text[text.tokens[at - 1].end : text.tokens[at].start]
    return re.fullmatch(r"[\s\"“”’')]*[,;]\s*", between) is not None and text.names(at) and text.tokens[at].capital


def _capital_known(text: Text, at: int) -> bool:
    return text.tokens[at].capital and text.facts.known(text.keys[at])


def _capital_after(text: Text, at: int) -> bool:
    return at + 1 < len(text.keys) and text.tokens[at + 1].capital


def _after(text: Text, place: int) -> int:
    """The first word that begins at or after a character."""
    return next((at for at, token in enumerate(text.tokens) if token.start >= place), len(text.tokens))
